public import MediaBytes

/// Several VP9 frames in one packet, all but the last hidden (VP9 specification Annex B).
public struct VP9Superframe: Hashable, Sendable {
  /// Where each frame lies in the packet, 1...8 of them; empty frames are left out.
  public var frames: [Range<Int>]

  /// Splits a packet; one without a superframe index is a single frame.
  ///
  /// Sizes that run past the index throw `truncated`.
  public init(packet: RawSpan, baseOffset: Int = 0) throws(ParseError) {
    guard let index = Self.index(of: packet) else {
      frames = packet.byteCount == 0 ? [] : [0..<packet.byteCount]
      return
    }
    let start = packet.byteCount - index.byteCount
    var sizes = ByteReader(packet.extracting(start + 1..<packet.byteCount - 1))
    var data = ByteReader(packet.extracting(0..<start), baseOffset: baseOffset)
    frames = []
    for _ in 0..<index.frameCount {
      var size = 0
      for byte in 0..<index.sizeByteCount {
        size |= Int(try sizes.u8("frame_sizes")) << (8 * byte)
      }
      let begin = data.position
      try data.skip(size, "superframe")
      if size > 0 { frames.append(begin..<begin + size) }
    }
  }

  /// Whether a packet ends with a superframe index.
  static func hasIndex(_ packet: RawSpan) -> Bool { index(of: packet) != nil }

  private typealias Index = (frameCount: Int, sizeByteCount: Int, byteCount: Int)

  private static func index(of packet: RawSpan) -> Index? {
    guard packet.byteCount > 0 else { return nil }
    let last = packet.byte(at: packet.byteCount - 1)
    guard last >> 5 == 6 else { return nil }
    let count = Int(last & 7) + 1
    let size = Int(last >> 3 & 3) + 1
    let bytes = 2 + count * size
    guard bytes <= packet.byteCount, packet.byte(at: packet.byteCount - bytes) == last else {
      return nil
    }
    return (count, size, bytes)
  }
}

/// Joins hidden VP9 frames that come in packets of their own with the shown one behind them, as
/// containers want them and FFmpeg's `vp9_superframe` does.
public struct VP9SuperframeJoiner: Sendable {
  private var held: [[UInt8]] = []
  /// How many hidden frames had to be left out, since no superframe could take them.
  public private(set) var lost = 0

  /// Begins a stream.
  public init() {}

  /// The packet to store for `packet`, at the time of `packet`; nil while it waits for a shown frame.
  ///
  /// A packet that is a superframe already passes as it is. Where one comes while frames wait, or
  /// a ninth frame does, since an index counts eight, those that wait are lost and no more.
  public mutating func add(_ packet: RawSpan) throws(ParseError) -> [UInt8]? {
    let isWhole = VP9Superframe.hasIndex(packet)
    let header = try VP9FrameHeader(frame: packet)
    let isHidden = !isWhole && header.existingFrameToShow == nil && !header.isShown
    if isWhole || held.count == 8 {
      lost += held.count
      held = []
    }
    if held.isEmpty, !isHidden { return [UInt8](copying: packet) }
    held.append([UInt8](copying: packet))
    if isHidden { return nil }
    defer { held = [] }
    return Self.superframe(of: held)
  }

  private static func superframe(of frames: [[UInt8]]) -> [UInt8] {
    let largest = frames.map(\.count).max() ?? 0
    let sizeBytes = (largest.bitWidth - largest.leadingZeroBitCount + 7) / 8
    let marker = 0xc0 | UInt8(sizeBytes - 1) << 3 | UInt8(frames.count - 1)
    var packet = frames.flatMap { $0 }
    packet.append(marker)
    for frame in frames {
      for byte in 0..<sizeBytes {
        packet.append(UInt8(truncatingIfNeeded: frame.count >> (8 * byte)))
      }
    }
    packet.append(marker)
    return packet
  }
}
