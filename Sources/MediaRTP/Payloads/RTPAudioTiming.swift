import MediaBytes

// What the payload formats of sound share: time within packets, and remarks.

extension RTPPayloads.Packet {
  /// The timestamp of its packet, where `frame` is that of the frame it was made with.
  ///
  /// `delay` counts modulo 2^32: a packet that begins with sound held back from earlier frames is
  /// before the frame it was made with. What `finish` adds counts from the last frame given.
  public func timestamp(of frame: Int64) -> Int64 { frame &+ Int64(Int32(bitPattern: delay)) }
}

/// The length of frames that all are equally long, in ticks.
struct RTPFrameLength: Hashable, Sendable {
  /// Samples of one channel in a frame, at most 2^24.
  var samples: Int
  /// Samples in a second.
  var samplingFrequency: Int
  /// Ticks in a second.
  var clockRate: UInt32

  /// The length of `count` frames (at most 2^17) in ticks, rounded down once, not for each of them.
  func ticks(_ count: Int = 1) -> Int64 {
    let (product, overflow) = Int64(count * samples)
      .multipliedReportingOverflow(by: Int64(clockRate))
    return overflow ? 0 : product / Int64(max(samplingFrequency, 1))
  }
}

/// Frames that wait to be sent together with others.
struct RTPHeldFrames: Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var sizes: [Int] = []
  /// The timestamp of the first.
  private(set) var timestamp: Int64 = 0

  var isEmpty: Bool { sizes.isEmpty }

  mutating func add(_ frame: RawSpan, at time: Int64) {
    if isEmpty { timestamp = time }
    sizes.append(frame.byteCount)
    bytes.append(copying: frame)
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    sizes.removeAll(keepingCapacity: true)
  }

  /// Whether a frame at `time` is where the receiver puts the next one: within 2 ms, as containers
  /// that count milliseconds have it.
  func isFollowed(at time: Int64, _ length: RTPFrameLength) -> Bool {
    let expected = timestamp &+ length.ticks(sizes.count)
    return (time &- expected).magnitude <= UInt64(length.clockRate / 500)
  }
}

extension UInt32 {
  /// How far a packet is from the frame it was made with.
  init(delayFrom frame: Int64, to packet: Int64) {
    self.init(truncatingIfNeeded: packet &- frame)
  }
}

extension SDPFormatParameters {
  /// `config`, also with a last digit missing, as devices have it that count bits.
  var configuration: [UInt8]? {
    guard let text = self["config"]?.trimmed, !text.isEmpty else { return nil }
    let isOdd = text.utf8.count % 2 == 1
    let whole = SDPFormatParameters(
      payloadType: payloadType, [Parameter("config", isOdd ? text + "0" : text)])
    return whole.hexadecimal("config")
  }

  /// A parameter that is 0 or 1; nil for anything else.
  func flag(_ name: String) -> Bool? {
    switch integer(name) {
    case 0: false
    case 1: true
    default: nil
    }
  }
}
