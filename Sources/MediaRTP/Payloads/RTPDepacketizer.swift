public import MediaModel

/// Puts the payloads of one source's packets together again; one type for each payload format.
///
/// Packets come in the order of their numbers, as a `ReorderBuffer` releases them. Whatever they
/// hold, nothing traps, and memory is bounded.
public protocol RTPDepacketizer: Sendable {
  /// Takes the payload of a packet; what it completes and what is wrong with it is added to
  /// `output`.
  mutating func receive(_ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput)

  /// Says that no packet follows: adds what is complete.
  mutating func finish(into output: inout RTPOutput)

  /// How many bytes wait for packets that complete them, as far as these may be many.
  var heldByteCount: Int { get }

  /// Gives up what waits, as if packets of it were missing.
  mutating func giveUp(into output: inout RTPOutput)
}

extension RTPDepacketizer {
  /// Of most formats of sound next to nothing is held.
  public var heldByteCount: Int { 0 }

  /// Ends what there is.
  public mutating func giveUp(into output: inout RTPOutput) { finish(into: &output) }
}

/// What a depacketizer has to know of a packet besides its payload.
public struct RTPPacketInfo: Hashable, Sendable {
  /// Any number by which the packet is found again, such as Wireshark's.
  public var packet: Int
  /// Its sequence number with wraps counted.
  public var number: Int64
  /// Its timestamp with wraps counted, in ticks.
  public var timestamp: Int64
  /// `M`.
  public var marker: Bool
  /// How many packets are missing right before it.
  public var lost: Int

  /// Makes it of its parts.
  public init(packet: Int, number: Int64, timestamp: Int64, marker: Bool, lost: Int = 0) {
    self.packet = packet
    self.number = number
    self.timestamp = timestamp
    self.marker = marker
    self.lost = lost
  }
}

/// What depacketizers find; the caller takes the lists' elements and empties them.
public struct RTPOutput: Sendable {
  /// Frames that are complete, or damaged where damaged ones are kept.
  public var frames: [RTPFrame] = []
  /// The pieces of a program stream that frames were taken out of, as they came.
  public var packs: [RTPFrame] = []
  /// What is wrong with packets, as far as `mostRemarks` goes.
  public var remarks: [RTPRemark] = []
  /// What the last packet is, in the payload format's words, such as `FU-A`.
  public var kind = ""
  /// The types of the NAL units in the last packet, of H.264 and H.265.
  public private(set) var nalUnitTypes: [UInt8] = []
  /// Whether somebody asks for `kind` and `nalUnitTypes`.
  public var describesPackets = true
  /// How many frames were dropped, being incomplete.
  public var droppedFrames = 0

  /// Makes one without anything.
  public init() {}

  /// Whether the caller has nothing to take.
  @inlinable public var isEmpty: Bool { remarks.isEmpty && frames.isEmpty && packs.isEmpty }

  /// Forgets what the packet before was.
  mutating func beginPacket() {
    guard describesPackets else { return }
    kind = ""
    if !nalUnitTypes.isEmpty { nalUnitTypes.removeAll(keepingCapacity: true) }
  }

  mutating func add(nalUnitType type: UInt8) {
    if describesPackets { nalUnitTypes.append(type) }
  }
}

/// A frame that was put together.
public struct RTPFrame: Hashable, Sendable {
  /// The frame as `MediaModel.Frame` holds it: H.26x as NAL units behind four bytes of length.
  public var data: [UInt8]
  /// When it is shown, in ticks with wraps counted.
  public var timestamp: Int64
  /// Whether decoding can begin with it.
  public var isKeyframe: Bool
  /// Whether something of it is missing.
  public var isDamaged = false
  /// How many bytes it has; more than are in `data` where contents are not kept.
  public var byteCount: Int
  /// The first and the last of its packets, as `RTPPacketInfo.packet` says them.
  public var packets: ClosedRange<Int>
  /// `stream_id` of the stream it is of, within a program stream; nil where packets hold one alone.
  public var elementaryStream: UInt8?

  /// Makes a whole frame.
  public init(
    _ data: [UInt8], timestamp: Int64, isKeyframe: Bool, packets: ClosedRange<Int>
  ) {
    self.data = data
    byteCount = data.count
    self.timestamp = timestamp
    self.isKeyframe = isKeyframe
    self.packets = packets
  }
}

/// Something about a packet that its payload format does not allow, or that is unusual.
public struct RTPRemark: Hashable, Sendable {
  /// What kind of thing it is.
  public var code: FindingCode
  /// A sentence without a full stop.
  public var message: String
  /// What it rests on, such as `RFC 6184 5.8`.
  public var clause: String
  /// The packet, as `RTPPacketInfo.packet` says it.
  public var packet: Int

  /// Makes it of its parts.
  public init(_ code: FindingCode, _ message: String, clause: String, packet: Int) {
    self.code = code
    self.message = message
    self.clause = clause
    self.packet = packet
  }
}

extension RTPOutput {
  /// No more are kept until the caller takes them: what a single packet or frame completes can break
  /// a rule at each of its bytes.
  static let mostRemarks = 1024

  /// Adds a remark about a packet, under the clause of its rule unless another is given.
  mutating func note(
    _ code: FindingCode, _ message: String, in packet: RTPPacketInfo,
    clause: String? = nil
  ) {
    note(code, message, in: packet.packet, clause: clause)
  }

  /// Adds a remark about a whole frame, at the last of its packets.
  mutating func note(
    _ code: FindingCode, _ message: String, in frame: RTPFrame
  ) {
    note(code, message, in: frame.packets.upperBound, clause: nil)
  }

  mutating func note(
    _ code: FindingCode, _ message: String, in packet: Int, clause: String?
  ) {
    guard remarks.count < Self.mostRemarks else { return }
    remarks.append(
      RTPRemark(code, message, clause: clause ?? code.clause ?? "RFC 3550", packet: packet))
  }
}
