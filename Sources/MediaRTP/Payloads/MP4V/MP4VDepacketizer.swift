import MediaBitstream
import MediaBytes
import MediaModel

/// Puts frames of MPEG-4 Visual together (RFC 6416 5).
public struct MP4VDepacketizer: RTPDepacketizer {
  /// The configuration decoders begin with: that of the SDP, or of the last frame that had one.
  public private(set) var configuration: [UInt8]
  /// More than fits a packet, which frames share.
  private static let mostShared = 65_535
  private var assembler: RTPFrameAssembler
  private var hasToldConfiguration = false

  /// Makes one; `keepDamaged` keeps frames that are not whole as long as their beginning came.
  public init(_ format: MP4VPayloadFormat, keepDamaged: Bool = false) {
    configuration = format.configuration
    assembler = RTPFrameAssembler(keepDamaged: keepDamaged, clause: "RFC 6416 5.1")
  }

  /// Takes a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "MP4V-ES"
    let begins = payload.byteCount >= 4 && payload.startCode(from: 0, to: 1) != nil
    // What may be the rest of a frame whose beginning is lost is taken as that.
    let place: RTPFrameAssembler.Place = packet.lost > 0 && !begins ? .inner : .any
    let wasOpen = assembler.isOpen && assembler.timestamp == packet.timestamp
    release(assembler.turn(to: packet, place, into: &output), into: &output)
    if !wasOpen, !begins, packet.lost == 0 {
      output.note(.mp4vStart, "its frame begins with something else", in: packet)
    }
    if payload.byteCount == 0 {
      output.note(
        .videoEmptyPayload, "it has no payload", in: packet, clause: "RFC 6416 5.1")
    }
    assembler.append(payload, packet, into: &output)
    if packet.marker { release(assembler.take(into: &output), into: &output) }
  }

  /// The bytes of the frame that is open.
  public var heldByteCount: Int { assembler.heldByteCount }

  /// Ends the frame that is open as a damaged one.
  public mutating func giveUp(into output: inout RTPOutput) {
    assembler.damage()
    finish(into: &output)
  }

  /// Ends the frame that is open; without its marker it counts as damaged.
  public mutating func finish(into output: inout RTPOutput) {
    release(assembler.finish(into: &output), into: &output)
  }

  /// Gives the frames of packets with one timestamp; several small ones may share a packet.
  private mutating func release(_ whole: RTPFrame?, into output: inout RTPOutput) {
    guard let whole else { return }
    guard whole.data.count <= Self.mostShared else { return add(whole, into: &output) }
    let parts = unsafe MP4VHeaders.frames(in: whole.data.span.bytes)
    guard parts.count > 1 else { return add(whole, into: &output) }
    var first: Int?
    for part in parts {
      var frame = whole
      frame.data = Array(whole.data[part])
      if let increment = increment(frame.data) {
        first = first ?? increment.value
        frame.timestamp &+= increment.ticks(from: first ?? 0)
      }
      add(frame, into: &output)
    }
  }

  private mutating func add(_ whole: RTPFrame, into output: inout RTPOutput) {
    var frame = whole
    let headers = unsafe MP4VHeaders(frame.data.span.bytes)
    frame.isKeyframe = headers.isIntra
    // A layer may come without the objects above it; those of the SDP are no worse then.
    if let end = headers.configurationEnd, headers.startsSequence || configuration.isEmpty {
      configuration = Array(frame.data[..<end])
    }
    if frame.isKeyframe, configuration.isEmpty, !hasToldConfiguration {
      hasToldConfiguration = true
      output.note(.mp4vNoConfiguration, "nothing came before it", in: frame)
    }
    output.frames.append(frame)
  }

  /// The time of a frame within its second; nil where the layer is not known.
  private func increment(_ frame: [UInt8]) -> MP4VTimeIncrement? {
    let layer = unsafe MPEGVideoSize(videoObjectLayerIn: configuration.span.bytes)
    return layer?.timeIncrementResolution.flatMap {
      unsafe MP4VTimeIncrement(frame.span.bytes, resolution: $0)
    }
  }
}

/// `vop_time_increment` (ISO/IEC 14496-2 6.2.5): when a frame is shown, as far as a second goes.
struct MP4VTimeIncrement {
  let value: Int
  private let resolution: Int

  /// nil where there is no frame.
  init?(_ bytes: RawSpan, resolution: Int) {
    var position = 0
    while let start = bytes.startCode(from: position, to: bytes.byteCount),
      start + 3 < bytes.byteCount
    {
      position = start + 4
      guard bytes.byte(at: start + 3) == 0xb6 else { continue }
      var reader = BitReader(bytes.extracting(position..<bytes.byteCount))
      // As many bits as the largest value takes.
      let count = max(1, Int.bitWidth - (resolution - 1).leadingZeroBitCount)
      guard (try? reader.skip(2, "vop_coding_type")) != nil else { return nil }
      while let isLater = try? reader.flag("modulo_time_base"), isLater {}
      guard (try? reader.skip(1, "marker_bit")) != nil,
        let value = try? reader.bits(count, "vop_time_increment")
      else { return nil }
      self.value = Int(value)
      self.resolution = resolution
      return
    }
    return nil
  }

  /// Ticks from another frame to this, less than half a second either way: pictures that share a
  /// packet are close to each other, and `modulo_time_base` counts from a third.
  func ticks(from other: Int) -> Int64 {
    var parts = (value - other) % resolution
    if parts > resolution / 2 { parts -= resolution }
    if parts < -resolution / 2 { parts += resolution }
    return Int64(parts) * Int64(MP4VPayloadFormat.clockRate) / Int64(resolution)
  }
}

/// What the start codes of a frame say (ISO/IEC 14496-2 6.2.1).
struct MP4VHeaders {
  /// Whether its first `vop_coding_type` is I.
  var isIntra = false
  /// Whether it has a visual object sequence.
  var startsSequence = false
  /// Where the configuration ends, if a video object layer is in it.
  var configurationEnd: Int?

  init(_ bytes: RawSpan) {
    var position = 0
    var hasLayer = false
    while let start = bytes.startCode(from: position, to: bytes.byteCount) {
      guard start + 3 < bytes.byteCount else { return }
      switch bytes.byte(at: start + 3) {
      case 0xb0: startsSequence = true
      case 0x20...0x2f: hasLayer = true
      case 0xb3, 0xb6:
        if hasLayer, configurationEnd == nil { configurationEnd = start }
        if bytes.byte(at: start + 3) == 0xb6 {
          isIntra = start + 4 < bytes.byteCount && bytes.byte(at: start + 4) >> 6 == 0
          return
        }
      default: break
      }
      position = start + 4
    }
  }
}

extension MP4VHeaders {
  /// Where each frame is with what stands before it, such as a `group_of_vop`.
  static func frames(in bytes: RawSpan) -> [Range<Int>] {
    var frames: [Range<Int>] = []
    var (position, begin, hasFrame) = (0, 0, false)
    while let start = bytes.startCode(from: position, to: bytes.byteCount),
      start + 3 < bytes.byteCount
    {
      let code = bytes.byte(at: start + 3)
      // Whatever follows a frame belongs to the next one, but for the end of the sequence.
      if hasFrame, code != 0xb1 {
        frames.append(begin..<start)
        (begin, hasFrame) = (start, false)
      }
      hasFrame = hasFrame || code == 0xb6
      position = start + 4
    }
    frames.append(begin..<bytes.byteCount)
    return frames
  }
}

extension RawSpan {
  /// The first `00 00 01` that begins at `from` or later, and before `to`.
  func startCode(from: Int, to: Int) -> Int? {
    var index = from
    while index < to, index + 2 < byteCount {
      if byte(at: index) == 0, byte(at: index + 1) == 0, byte(at: index + 2) == 1 { return index }
      index += 1
    }
    return nil
  }
}
