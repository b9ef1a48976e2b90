import MediaBitstream
import MediaBytes
import MediaModel

/// Access units of H.264 from packets of RFC 6184, of any packetization mode.
///
/// Frames are 4-byte length-prefixed NAL units as they came. Where something is missing, the frame
/// is dropped, or given without the NAL units concerned and marked as damaged.
public struct H264Depacketizer: RTPDepacketizer {
  private var units: AccessUnitAssembler
  private let mode: Int?
  private var record: [UInt8]?

  /// Makes one; `parameters` are those of the description, where there is one.
  ///
  /// Without `keepContents` frames are counted: of slices only the beginning is in them, which
  /// `RTPFrame.byteCount` tells. A frame of more than `frameLimit` bytes is dropped.
  public init(
    parameters: H264FormatParameters? = nil, keepDamaged: Bool = false, keepContents: Bool = true,
    frameLimit: Int = 64 << 20
  ) {
    mode = parameters.flatMap(\.packetizationMode)
    units = AccessUnitAssembler(
      .h264, frameLimit: frameLimit, keepDamaged: keepDamaged,
      keepContents: keepContents, parameterSets: parameters?.parameterSets ?? [])
    updateConfiguration()
  }

  /// avcC of the parameter sets in force; nil while they are not known.
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
    if skipMiddle(payload, packet, into: &output) { return }
    units.begin(packet, packet.timestamp, into: &output)
    if payload.byteCount > 0 {
      take(payload, packet, into: &output)
    } else {
      output.note(.emptyNALPayload, "the payload is empty", in: packet, clause: "RFC 6184 5.3")
    }
    units.end(packet, into: &output)
    updateConfiguration()
  }

  /// Passes over what most packets are, FU-A of a slice that is only counted, at once.
  private mutating func skipMiddle(
    _ payload: RawSpan, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) -> Bool {
    guard payload.byteCount > 2, payload.byte(at: 0) & 0x9f == 28,
      payload.byte(at: 1) & 0xc0 == 0, mode ?? 1 == 1
    else { return false }
    let type = payload.byte(at: 1) & 0x1f
    guard units.skip(fragmentOf: type, byteCount: payload.byteCount - 2, info) else {
      return false
    }
    if output.describesPackets { output.kind = Self.kinds[28] }
    output.add(nalUnitType: type)
    return true
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
    _ payload: RawSpan, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) {
    let header = payload.byte(at: 0)
    let type = header & 0x1f
    if header & 0x80 != 0 {
      output.note(.forbiddenBit, "F is set in the first byte", in: info, clause: "RFC 6184 5.3")
    }
    if units.isFragmentOpen, type != 28, type != 29 { endFragmentEarly(info, into: &output) }
    if output.describesPackets { output.kind = Self.kinds[Int(type)] }
    checkMode(type, info, into: &output)
    switch type {
    case 24: aggregate(payload, 1, nil, 0, info, into: &output)
    case 25, 26, 27:
      guard payload.byteCount >= 3 else {
        output.note(
          .emptyNALPayload, "an aggregate without NAL units", in: info, clause: "RFC 6184 5.7")
        return
      }
      let don = UInt16(payload.byte(at: 1)) << 8 | UInt16(payload.byte(at: 2))
      aggregate(payload, 3, don, Int(type == 25 ? 0 : type - 24), info, into: &output)
    case 28, 29: fragment(payload, info, into: &output)
    case 30, 31:
      output.note(.reservedNALType, "NAL unit type \(type)", in: info, clause: "RFC 6184 5.2")
    default:
      output.add(nalUnitType: type)
      let isByteStream = payload.beginsWithStartCode
      if type == 0, !isByteStream {
        output.note(.reservedNALType, "NAL unit type 0", in: info, clause: "RFC 6184 5.2")
      }
      units.append(payload, info, into: &output)
    }
  }

  private static let kinds: [String] =
    ["reserved"] + [String](repeating: "single", count: 23) + [
      "STAP-A", "STAP-B", "MTAP16", "MTAP24", "FU-A", "FU-B", "reserved", "reserved",
    ]

  private func checkMode(_ type: UInt8, _ info: RTPPacketInfo, into output: inout RTPOutput) {
    let isLawful =
      switch mode {
      case 0: type < 24
      case 1: type < 25 || type == 28
      case 2: type >= 25
      default: true
      }
    guard !isLawful, type < 30, let mode else { return }
    output.note(
      .packetizationMode, "\(Self.kinds[Int(type)]) in packetization mode \(mode)",
      in: info, clause: "RFC 6184 5.4")
  }

  private mutating func endFragmentEarly(_ info: RTPPacketInfo, into output: inout RTPOutput) {
    if !units.expectsDamage {
      output.note(
        .fragmentWithoutEnd, "the NAL unit before has no last fragment", in: info,
        clause: "RFC 6184 5.8")
    }
    units.dropFragment()
  }

  /// STAP-A, STAP-B and MTAP (RFC 6184 5.7); `timeByteCount` is 2 or 3 in MTAPs.
  private mutating func aggregate(
    _ payload: RawSpan, _ start: Int, _ don: UInt16?, _ timeByteCount: Int, _ info: RTPPacketInfo,
    into output: inout RTPOutput
  ) {
    var walk = AggregateWalk(
      position: start, extraByteCount: timeByteCount > 0 ? timeByteCount + 1 : 0)
    var entries: [(don: UInt16, time: Int64, range: Range<Int>)] = []
    var index: UInt16 = 0
    while let found = walk.next(in: payload, "RFC 6184 5.7", info, into: &output) {
      let unit = payload.extracting(found.unit)
      let type = unit.byte(at: 0) & 0x1f
      output.add(nalUnitType: type)
      guard type < 24 else {
        output.note(
          .nestedNALPacket, "\(Self.kinds[Int(type)]) inside an aggregate", in: info,
          clause: "RFC 6184 5.7")
        units.damage()
        continue
      }
      guard timeByteCount > 0, let don else {
        units.append(unit, don: don.map { $0 &+ index }, info, into: &output)
        index &+= 1
        continue
      }
      var offset: Int64 = 0
      for place in found.extra.dropFirst() { offset = offset << 8 | Int64(payload.byte(at: place)) }
      let difference = UInt16(payload.byte(at: found.extra.lowerBound))
      entries.append((don &+ difference, info.timestamp + offset, found.unit))
    }
    if walk.isBroken { units.damage() }
    entries.sort {
      Int16(bitPattern: $0.don &- (don ?? 0)) < Int16(bitPattern: $1.don &- (don ?? 0))
    }
    var time = info.timestamp
    for entry in entries {
      var part = info
      part.lost = 0
      // Frames of one packet have no markers between them.
      part.marker = false
      if entry.time != time {
        time = entry.time
        units.pass(to: entry.time, part, into: &output)
      }
      units.append(payload.extracting(entry.range), don: entry.don, part, into: &output)
    }
  }

  /// FU-A and FU-B (RFC 6184 5.8).
  private mutating func fragment(
    _ payload: RawSpan, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) {
    let indicator = payload.byte(at: 0)
    guard payload.byteCount >= 2 else {
      output.note(.emptyNALPayload, "a fragment without header", in: info, clause: "RFC 6184 5.8")
      units.damage()
      return
    }
    let header = payload.byte(at: 1)
    let type = header & 0x1f
    output.add(nalUnitType: type)
    let (isStart, isEnd) = (header & 0x80 != 0, header & 0x40 != 0)
    var position = 2
    var don: UInt16?
    if indicator & 0x1f == 29, payload.byteCount >= 4 {
      don = UInt16(payload.byte(at: 2)) << 8 | UInt16(payload.byte(at: 3))
      position = 4
    }
    if position == payload.byteCount {
      output.note(.emptyNALPayload, "a fragment without bytes", in: info, clause: "RFC 6184 5.8")
    }
    guard type < 24 else {
      output.note(
        .nestedNALPacket, "\(Self.kinds[Int(type)]) inside a fragment", in: info,
        clause: "RFC 6184 5.8")
      units.dropFragment()
      units.damage()
      return
    }
    let second = position < payload.byteCount ? payload.byte(at: position) : 0
    let first = indicator & 0xe0 | type
    guard
      units.beginFragment(
        [first], second, isStart: isStart, isEnd: isEnd, don, info, into: &output)
    else { return }
    units.extend(payload.extracting(position..<payload.byteCount), info, into: &output)
    if isEnd { units.endUnit(info, into: &output) }
  }
}
