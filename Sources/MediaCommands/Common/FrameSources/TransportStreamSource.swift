internal import MediaBytes
internal import MediaModel

/// An MPEG transport stream as it is: groups of packets, with times by its program clock.
///
/// ISO/IEC 13818-1 2.4.3: 188 bytes a packet; between two clock references packets are spread evenly.
final class TransportStreamSource: FrameSource {
  static let packetByteCount = 188
  /// As many as fit in the packets of most networks (RFC 2250 2).
  private static let group = 7
  /// References are at most 100 ms apart (2.7.2): what has none for so long has none at all.
  private static let lookahead = 40_000

  let tracks: [Track]
  /// What a user should know about what is left out.
  private(set) var notes: [String] = []
  private let input: InputWindow
  private var queue: [Frame] = []
  private var head = 0
  /// The group at hand, and the groups that wait for the next reference.
  private var waiting: [(data: [UInt8], offset: Int)] = []
  private var clockPID: Int?
  private var lastReference: Int64?
  private var lastInterval: Int64 = 0
  private var lastCount = 1
  private var time: Int64 = 0
  private var isAtEnd = false

  init(_ input: InputWindow) throws {
    self.input = input
    guard try input.has(Self.packetByteCount), input.bytes[0] == 0x47 else {
      throw Failure(.dataError, "no transport stream: it does not begin with a packet of 188 bytes")
    }
    tracks = [
      Track(index: 0, kind: .video, codec: Codec(rawValue: "mpegts"), timescale: .mpeg)
    ]
  }

  func next() throws -> Frame? {
    while head == queue.count {
      guard !isAtEnd else { return nil }
      (queue, head) = ([], 0)
      try readGroup()
    }
    defer { head += 1 }
    return queue[head]
  }

  private func readGroup() throws {
    _ = try input.has(Self.group * Self.packetByteCount)
    let count = min(input.count / Self.packetByteCount, Self.group)
    guard count > 0 else {
      isAtEnd = true
      notes += LeftOver.note(input.count, "is no whole packet")
      return release(until: nil)
    }
    let bytes = UnsafeRawBufferPointer(rebasing: input.bytes[..<(count * Self.packetByteCount)])
    var reference: Int64?
    for index in 0..<count {
      let start = index * Self.packetByteCount
      guard bytes[start] == 0x47 else {
        throw Failure(
          .dataError, "the packet at byte \(input.offset + start) does not begin with 0x47")
      }
      reference = reference ?? clock(bytes, start)
    }
    if let reference { release(until: reference) }
    waiting.append(([UInt8](bytes), input.offset))
    input.consume(bytes.count)
    if waiting.count > Self.lookahead { release(until: nil) }
  }

  /// `program_clock_reference_base`, 33 bits at 90 kHz, of the first program that has one.
  private func clock(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int64? {
    let hasAdaptation = bytes[start + 3] & 0x20 != 0
    guard hasAdaptation, bytes[start + 4] >= 7, bytes[start + 5] & 0x10 != 0 else { return nil }
    let pid = Int(bytes[start + 1] & 0x1f) << 8 | Int(bytes[start + 2])
    if clockPID == nil { clockPID = pid }
    guard pid == clockPID else { return nil }
    return (0..<4).reduce(Int64(0)) { $0 << 8 | Int64(bytes[start + 6 + $1]) } << 1
      | Int64(bytes[start + 10] >> 7)
  }

  /// Hands out the groups that wait, up to the next reference.
  private func release(until reference: Int64?) {
    defer { lastReference = reference ?? lastReference }
    guard !waiting.isEmpty else { return }
    var interval = lastInterval * Int64(waiting.count) / Int64(lastCount)
    if let reference, let lastReference {
      let step = (reference - lastReference) & 0x1_ffff_ffff
      // A jump of the clock says nothing of the rate.
      if step < 90_000 { interval = step }
    }
    for (index, group) in waiting.enumerated() {
      var frame = Frame(track: 0, data: group.data)
      frame.pts = time + interval * Int64(index) / Int64(waiting.count)
      frame.dts = frame.pts
      frame.isKey = true
      frame.offset = group.offset
      queue.append(frame)
    }
    time += interval
    (lastInterval, lastCount) = (interval, waiting.count)
    waiting = []
  }
}
