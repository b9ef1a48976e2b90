import MediaBitstream
import MediaBytes
import MediaModel

/// Access units of H.265 from packets of RFC 7798.
///
/// Frames are 4-byte length-prefixed NAL units as they came. Where something is missing, the frame
/// is dropped, or given without the NAL units concerned and marked as damaged.
public struct H265Depacketizer: RTPDepacketizer {
  private var units: AccessUnitAssembler
  private let hasDON: Bool
  private var record: [UInt8]?

  /// Makes one; `parameters` are those of the description, where there is one.
  ///
  /// Without `keepContents` frames are counted: of slices only the beginning is in them, which
  /// `RTPFrame.byteCount` tells. A frame of more than `frameLimit` bytes is dropped.
  public init(
    parameters: H265FormatParameters? = nil, keepDamaged: Bool = false, keepContents: Bool = true,
    frameLimit: Int = 64 << 20
  ) {
    hasDON = parameters?.hasDecodingOrderNumbers ?? false
    units = AccessUnitAssembler(
      .h265, frameLimit: frameLimit, keepDamaged: keepDamaged,
      keepContents: keepContents, parameterSets: parameters?.parameterSets ?? [])
    updateConfiguration()
  }

  /// hvcC of the parameter sets in force; nil while they are not known.
  public var configuration: [UInt8]? { record }

  private mutating func updateConfiguration() {
    guard units.setsChanged else { return }
    units.setsChanged = false
    record = units.sets.configurationRecord ?? record
  }

  /// Takes the payload of a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.beginPacket()
    units.begin(packet, packet.timestamp, into: &output)
    take(payload, packet, isNested: false, into: &output)
    units.end(packet, into: &output)
    updateConfiguration()
  }

  /// The bytes of the frame that is open.
  public var heldByteCount: Int { units.heldByteCount }

  /// Ends the frame that is open as a damaged one.
  public mutating func giveUp(into output: inout RTPOutput) {
    units.damage()
    finish(into: &output)
  }

  /// Gives what is open.
  public mutating func finish(into output: inout RTPOutput) {
    units.finish(into: &output)
  }

  private mutating func take(
    _ payload: RawSpan, _ info: RTPPacketInfo, isNested: Bool, into output: inout RTPOutput
  ) {
    guard payload.byteCount >= 2 else {
      let text = "\(payload.byteCount) bytes, less than a header"
      output.note(.emptyNALPayload, text, in: info, clause: "RFC 7798 4.2")
      return
    }
    let type = payload.byte(at: 0) >> 1 & 0x3f
    if !isNested { checkHeader(payload, info, into: &output) }
    if units.isFragmentOpen, type != 49, type != 50 { endFragmentEarly(info, into: &output) }
    if output.describesPackets { output.kind = Self.kind(type) }
    switch type {
    case 48: aggregate(payload, info, into: &output)
    case 49: fragment(payload, info, into: &output)
    case 50 where !isNested: contentInformation(payload, info, into: &output)
    case 50:
      output.note(.nestedNALPacket, "PACI inside PACI", in: info, clause: "RFC 7798 4.4.4")
      units.damage()
    default:
      if type > 50 {
        // H.265 leaves these to others, such as Dolby Vision, which uses 62 and 63.
        output.note(.reservedNALType, "NAL unit type \(type)", in: info, clause: "RFC 7798 4.2")
      }
      single(payload, type, info, into: &output)
    }
  }

  private static func kind(_ type: UInt8) -> String {
    switch type {
    case 0...47: "single"
    case 48: "AP"
    case 49: "FU"
    case 50: "PACI"
    default: "reserved"
    }
  }

  private func checkHeader(_ payload: RawSpan, _ info: RTPPacketInfo, into output: inout RTPOutput)
  {
    guard !payload.beginsWithStartCode else { return }
    if payload.byte(at: 0) & 0x80 != 0 {
      output.note(.forbiddenBit, "F is set in the first byte", in: info, clause: "RFC 7798 4.2")
    }
    if payload.byte(at: 1) & 7 == 0 {
      output.note(.temporalIDZero, "TID is 0", in: info, clause: "RFC 7798 4.2")
    }
  }

  private mutating func endFragmentEarly(_ info: RTPPacketInfo, into output: inout RTPOutput) {
    if !units.expectsDamage {
      output.note(
        .fragmentWithoutEnd, "the NAL unit before has no last fragment", in: info,
        clause: "RFC 7798 4.4.3")
    }
    units.dropFragment()
  }

  /// A NAL unit alone, with DONL behind its header where it is sent (RFC 7798 4.4.1).
  private mutating func single(
    _ payload: RawSpan, _ type: UInt8, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.add(nalUnitType: type)
    guard hasDON else {
      units.append(payload, info, into: &output)
      return
    }
    guard payload.byteCount >= 4 else {
      output.note(.emptyNALPayload, "a NAL unit without DONL", in: info, clause: "RFC 7798 4.4.1")
      units.damage()
      return
    }
    let don = UInt16(payload.byte(at: 2)) << 8 | UInt16(payload.byte(at: 3))
    let second = payload.byteCount > 4 ? payload.byte(at: 4) : 0
    units.startUnit(payload.byte(at: 0), second, don, info, into: &output)
    units.extend(payload.extracting(0..<2), info, into: &output)
    units.extend(payload.extracting(4..<payload.byteCount), info, into: &output)
    units.endUnit(info, into: &output)
  }

  /// AP (RFC 7798 4.4.2): DONL before the first size, DOND before each other.
  private mutating func aggregate(
    _ payload: RawSpan, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) {
    var position = 2
    var don: UInt16?
    if hasDON, payload.byteCount >= 4 {
      don = UInt16(payload.byte(at: 2)) << 8 | UInt16(payload.byte(at: 3))
      position = 4
    }
    if position == payload.byteCount {
      output.note(
        .emptyNALPayload, "an aggregate without NAL units", in: info, clause: "RFC 7798 4.4.2")
    }
    var walk = AggregateWalk(position: position, extraByteCount: 0, headerByteCount: 2)
    var isFirst = true
    while true {
      if let last = don, !isFirst, walk.position < payload.byteCount {
        don = last &+ UInt16(payload.byte(at: walk.position)) &+ 1
        walk.position += 1
      }
      isFirst = false
      guard let found = walk.next(in: payload, "RFC 7798 4.4.2", info, into: &output) else { break }
      let unit = payload.extracting(found.unit)
      let type = unit.byte(at: 0) >> 1 & 0x3f
      output.add(nalUnitType: type)
      guard !(48...50).contains(type) else {
        output.note(
          .nestedNALPacket, "\(Self.kind(type)) inside an aggregate", in: info,
          clause: "RFC 7798 4.4.2")
        units.damage()
        continue
      }
      units.append(unit, don: don, info, into: &output)
    }
    if walk.isBroken { units.damage() }
  }

  /// FU (RFC 7798 4.4.3); DONL is in the first fragment alone.
  private mutating func fragment(
    _ payload: RawSpan, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) {
    guard payload.byteCount >= 3 else {
      output.note(.emptyNALPayload, "a fragment without header", in: info, clause: "RFC 7798 4.4.3")
      units.damage()
      return
    }
    let header = payload.byte(at: 2)
    let type = header & 0x3f
    output.add(nalUnitType: type)
    let (isStart, isEnd) = (header & 0x80 != 0, header & 0x40 != 0)
    var position = 3
    var don: UInt16?
    if hasDON, isStart, payload.byteCount >= 5 {
      don = UInt16(payload.byte(at: 3)) << 8 | UInt16(payload.byte(at: 4))
      position = 5
    }
    if position == payload.byteCount {
      output.note(.emptyNALPayload, "a fragment without bytes", in: info, clause: "RFC 7798 4.4.3")
    }
    guard !(48...50).contains(type) else {
      output.note(
        .nestedNALPacket, "\(Self.kind(type)) inside a fragment", in: info, clause: "RFC 7798 4.4.3"
      )
      units.dropFragment()
      units.damage()
      return
    }
    let second = position < payload.byteCount ? payload.byte(at: position) : 0
    let first = payload.byte(at: 0) & 0x81 | type << 1
    guard
      units.beginFragment(
        [first, payload.byte(at: 1)], second, isStart: isStart, isEnd: isEnd, don, info,
        into: &output)
    else { return }
    units.extend(payload.extracting(position..<payload.byteCount), info, into: &output)
    if isEnd { units.endUnit(info, into: &output) }
  }

  /// PACI (RFC 7798 4.4.4): header, A, cType, PHSsize and flags in 16 bits, extension, payload.
  private mutating func contentInformation(
    _ payload: RawSpan, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) {
    guard payload.byteCount >= 4 else {
      output.note(.emptyNALPayload, "PACI without its fields", in: info, clause: "RFC 7798 4.4.4")
      units.damage()
      return
    }
    let fields = UInt16(payload.byte(at: 2)) << 8 | UInt16(payload.byte(at: 3))
    let type = UInt8(truncatingIfNeeded: fields >> 9 & 0x3f)
    let start = 4 + Int(fields >> 4 & 0x1f)
    guard start <= payload.byteCount else {
      output.note(
        .aggregateSize, "PACI's extension runs past the packet", in: info, clause: "RFC 7798 4.4.4")
      units.damage()
      return
    }
    output.note(
      .contentInformation, "content information for NAL unit type \(type)", in: info,
      clause: "RFC 7798 4.4.4")
    // The payload's own header gives its type to cType and its F to A.
    let first = payload.byte(at: 0) & 1 | type << 1 | payload.byte(at: 2) & 0x80
    var inner = [first, payload.byte(at: 1)]
    inner.append(copying: payload.extracting(start..<payload.byteCount))
    take(ByteReader(inner.span).bytes, info, isNested: true, into: &output)
    output.kind = "PACI"
  }
}
