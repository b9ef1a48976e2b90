import MediaBytes
import MediaModel

/// Gathers the packets of one frame, whatever its format, and sees where it begins and ends.
///
/// A frame ends with the packet that has the marker, else where the next one begins. Where a packet
/// of it is missing it is dropped, or kept and marked as damaged; never does a part of it get into
/// another frame.
struct RTPFrameAssembler: Sendable {
  /// What a packet says of where in its frame it stands.
  enum Place {
    /// It begins a frame.
    case first
    /// Something of its frame came before it.
    case inner
    /// It may be either.
    case any
  }

  /// No frame that anyone sends is larger.
  static let maxByteCount = 32 << 20

  /// Whether a frame is open.
  private(set) var isOpen = false
  /// Whether something of the open frame is missing.
  private(set) var isDamaged = false
  /// Whether the beginning of the open frame came.
  private(set) var hasStart = false
  /// The bytes of the open frame.
  private(set) var data: [UInt8] = []
  private(set) var timestamp: Int64 = 0

  private let keepDamaged: Bool
  private let clause: String
  private var packets = 0...0
  /// Whether packets of the open frame came, of which nothing need be left.
  private var hasBytes = false
  private var lastEnd: Int64?
  /// Whether the sender is known to set markers, or not to.
  private var setsMarkers: Bool?

  /// Makes one; `clause` is what the rules of the marker rest on.
  init(keepDamaged: Bool, clause: String) {
    self.keepDamaged = keepDamaged
    self.clause = clause
  }

  /// Turns to the frame of a packet, to be called before any of it is appended.
  ///
  /// Gives the frame before, where it ends here.
  mutating func turn(
    to packet: RTPPacketInfo, _ place: Place, into output: inout RTPOutput
  ) -> RTPFrame? {
    var ended: RTPFrame?
    if packet.marker { setsMarkers = true }
    if isOpen {
      if packet.lost > 0 { isDamaged = true }
      let isSame = packet.timestamp == timestamp && !(place == .first && hasBytes)
      if !isSame {
        if packet.lost == 0 {
          setsMarkers = setsMarkers ?? false
          output.note(
            .videoMarkerMissing, "the next frame begins, but packet \(packets.upperBound) had none",
            in: packet, clause: clause)
        }
        ended = take(into: &output)
      }
    }
    guard !isOpen else {
      packets = packets.lowerBound...max(packets.lowerBound, packet.packet)
      return ended
    }
    open(packet, place, into: &output)
    return ended
  }

  /// Turns to the frame of a packet that cannot be read.
  mutating func turn(
    toUnreadable packet: RTPPacketInfo, into output: inout RTPOutput
  ) -> RTPFrame? {
    let wasOpen = isOpen && timestamp == packet.timestamp
    let ended = turn(to: packet, .any, into: &output)
    isDamaged = true
    if !wasOpen { hasStart = false }
    return ended
  }

  private mutating func open(
    _ packet: RTPPacketInfo, _ place: Place, into output: inout RTPOutput
  ) {
    isOpen = true
    hasBytes = false
    hasStart = place != .inner
    isDamaged = !hasStart
    data = []
    if !hasStart, packet.lost == 0 {
      let isAfterEnd = lastEnd == packet.timestamp
      output.note(
        .videoPacketWithoutStart,
        isAfterEnd ? "it goes on behind the marker of its frame" : "its frame has no first packet",
        in: packet, clause: clause)
    }
    timestamp = packet.timestamp
    packets = packet.packet...packet.packet
  }

  /// Appends bytes to the open frame.
  mutating func append(_ bytes: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput) {
    hasBytes = true
    // What is dropped later takes no memory now.
    guard keepsBytes else { return data = [] }
    guard data.count + bytes.byteCount <= Self.maxByteCount else {
      if !isDamaged {
        output.note(.videoFrameTooLarge, "it has more than \(Self.maxByteCount) bytes", in: packet)
      }
      isDamaged = true
      return
    }
    data.append(copying: bytes)
  }

  /// Whether bytes that are appended have a chance to be given away.
  var keepsBytes: Bool { hasStart && (keepDamaged || !isDamaged) }

  /// The memory that the open frame takes.
  var heldByteCount: Int { data.capacity }

  /// Says that something of the open frame is missing or wrong.
  mutating func damage() { isDamaged = true }

  /// Ends the frame that is open when no packet follows; nil where it is dropped.
  ///
  /// Without a marker its last packets may be missing, unless the sender sets no markers.
  mutating func finish(into output: inout RTPOutput) -> RTPFrame? {
    if setsMarkers != false { isDamaged = true }
    return take(into: &output)
  }

  /// Ends the open frame; nil where it is dropped.
  ///
  /// A frame whose beginning is missing is dropped in any case: nothing could read it.
  mutating func take(into output: inout RTPOutput) -> RTPFrame? {
    guard isOpen else { return nil }
    isOpen = false
    lastEnd = timestamp
    defer { data = [] }
    if isDamaged {
      output.note(
        .videoFrameNotWhole,
        "the frame at \(timestamp) is not whole" + (hasStart ? "" : ", its beginning is missing"),
        in: packets.upperBound, clause: clause)
    }
    guard keepsBytes, !data.isEmpty else {
      output.droppedFrames += 1
      return nil
    }
    var frame = RTPFrame(data, timestamp: timestamp, isKeyframe: false, packets: packets)
    frame.isDamaged = isDamaged
    return frame
  }
}
