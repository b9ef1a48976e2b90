import MediaBytes
import MediaModel

/// Walks over the NAL units of an aggregation packet, each after its size of 16 bits.
struct AggregateWalk {
  var position: Int
  /// How many bytes stand between size and NAL unit.
  var extraByteCount: Int
  /// The least a NAL unit has.
  var headerByteCount = 1
  /// Whether something did not fit.
  private(set) var isBroken = false
  /// Where nothing but zeros is left; nil before the first NAL unit.
  private var padding: Int?
  private var hasToldEmpty = false

  init(position: Int, extraByteCount: Int, headerByteCount: Int = 1) {
    self.position = position
    self.extraByteCount = extraByteCount
    self.headerByteCount = headerByteCount
  }

  /// The next NAL unit and the bytes between it and its size; nil at the end.
  mutating func next(
    in payload: RawSpan, _ clause: String, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) -> (extra: Range<Int>, unit: Range<Int>)? {
    while position < payload.byteCount {
      let left = payload.byteCount - position
      if position >= padding(of: payload) {
        output.note(
          .aggregatePadding, "\(left) zeros after the last NAL unit", in: info, clause: clause)
        return nil
      }
      guard left >= 2 + extraByteCount else { return broken(left, clause, info, into: &output) }
      let size = Int(payload.byte(at: position)) << 8 | Int(payload.byte(at: position + 1))
      let start = position + 2 + extraByteCount
      guard size <= payload.byteCount - start else {
        return broken(left, clause, info, into: &output)
      }
      let extra = position + 2..<start
      position = start + size
      guard size >= headerByteCount else {
        // Others of the packet cost two bytes each, and say nothing new.
        if !hasToldEmpty {
          output.note(.emptyAggregate, "a NAL unit of \(size) bytes", in: info, clause: clause)
        }
        hasToldEmpty = true
        continue
      }
      return (extra, start..<position)
    }
    return nil
  }

  private mutating func broken(
    _ left: Int, _ clause: String, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) -> (extra: Range<Int>, unit: Range<Int>)? {
    output.note(
      .aggregateSize, "a NAL unit runs past the \(left) bytes that are left", in: info,
      clause: clause)
    isBroken = true
    position = .max
    return nil
  }

  private mutating func padding(of payload: RawSpan) -> Int {
    if let padding { return padding }
    var start = payload.byteCount
    while start > position, payload.byte(at: start - 1) == 0 { start -= 1 }
    padding = start
    return start
  }
}

extension AccessUnitAssembler {
  /// Goes on with a frame of another time within one packet.
  mutating func pass(to time: Int64, _ info: RTPPacketInfo, into output: inout RTPOutput) {
    end(
      RTPPacketInfo(
        packet: info.packet, number: info.number, timestamp: info.timestamp, marker: true),
      into: &output)
    begin(info, time, into: &output)
  }

  /// Takes the beginning of a fragment, whose NAL unit has this header; false where its bytes belong
  /// to nothing.
  mutating func beginFragment(
    _ header: [UInt8], _ second: UInt8, isStart: Bool, isEnd: Bool, _ don: UInt16?,
    _ info: RTPPacketInfo, into output: inout RTPOutput
  ) -> Bool {
    let syntax = syntax
    var clause: String { syntax.clause("5.8", "4.4.3") }
    if isStart, isEnd {
      output.note(
        .fragmentStartAndEnd, "a fragment is both start and end of its NAL unit", in: info,
        clause: clause)
    }
    if isStart {
      if isFragmentOpen {
        if !expectsDamage {
          output.note(
            .fragmentWithoutEnd, "the NAL unit before has no last fragment", in: info,
            clause: clause)
        }
        dropFragment()
      }
      startUnit(header[0], second, don, info, into: &output)
      for byte in header { extend(byte) }
      return true
    }
    guard isFragmentOpen else {
      if !expectsDamage {
        output.note(.fragmentWithoutStart, "a fragment of no NAL unit", in: info, clause: clause)
      }
      damage()
      return false
    }
    if let open = openType, open != syntax.type(header[0]) {
      output.note(
        .fragmentTypeChange, "type \(syntax.type(header[0])) in a NAL unit of type \(open)",
        in: info, clause: clause)
    }
    return true
  }
}
