import MediaBitstream
import MediaBytes

/// Fills packets with the OBUs of a temporal unit (AV1 RTP 4 and 5).
///
/// Temporal delimiters and tile lists are left out, and so are the size fields, which the lengths
/// of elements stand for.
public struct AV1Packetizer: RTPPacketizer {
  /// An OBU as it is sent.
  private struct Unit {
    /// `obu_header` without its size flag, and `obu_extension_header`.
    var header: [UInt8]
    var payload: Range<Int>
    var byteCount: Int { header.count + payload.count }
  }

  /// A part of an OBU, or the whole, in a packet.
  private struct Element {
    var unit: Int
    var range: Range<Int>
  }

  private let maxPayload: Int

  /// Makes one.
  public init(maxPayload: Int) { self.maxPayload = maxPayload }

  /// Splits a temporal unit; one that holds nothing to send adds no packet.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    // A header, a length of two bytes and a few bytes of an OBU.
    guard maxPayload >= 8 else {
      throw RTPPayloadError(
        "the limit of \(maxPayload) bytes leaves no room behind the aggregation header",
        clause: "AV1 RTP 4.4")
    }
    let units = try Self.units(of: frame)
    let startsSequence = units.contains {
      AV1OBUType(rawValue: $0.header[0] >> 3 & 15) == .sequenceHeader
    }
    var (next, position) = (0, 0)
    var header = AV1AggregationHeader()
    header.startsSequence = startsSequence
    while next < units.count {
      header.continuesUnit = position > 0
      let elements = fill(units, &next, &position)
      header.isContinued = position > 0
      header.elementCount = elements.count <= 3 ? elements.count : 0
      payloads.begin()
      payloads.add(header.byte)
      for (index, element) in elements.enumerated() {
        if header.elementCount == 0 || index + 1 < elements.count {
          payloads.add(LEB128.bytes(element.range.count))
        }
        Self.add(element.range, of: units[element.unit], to: &payloads)
      }
      payloads.end(marker: next == units.count)
      header.startsSequence = false
    }
  }

  /// What fits into a packet from `position` of the unit `next` on; both are moved behind it.
  private func fill(_ units: [Unit], _ next: inout Int, _ position: inout Int) -> [Element] {
    var elements: [Element] = []
    // Every element is counted with its length; only the last of up to three goes without.
    var room = maxPayload - 1
    while next < units.count {
      let left = units[next].byteCount - position
      let isLengthFree = elements.count < 3
      let withLength = left + LEB128.byteCount(left)
      if withLength <= room || (isLengthFree && left <= room) {
        elements.append(Element(unit: next, range: position..<position + left))
        (next, position) = (next + 1, 0)
        guard withLength <= room else { break }
        room -= withLength
        continue
      }
      let part = room - (isLengthFree ? 0 : LEB128.byteCount(room))
      // A few bytes are not worth an element; an empty packet takes what it can.
      guard elements.isEmpty || part >= 4 else { break }
      elements.append(Element(unit: next, range: position..<position + part))
      position += part
      break
    }
    return elements
  }

  private static func add(_ range: Range<Int>, of unit: Unit, to payloads: inout RTPPayloads) {
    let split = unit.header.count
    if range.lowerBound < split {
      payloads.add(Array(unit.header[range.clamped(to: 0..<split)]))
    }
    guard range.upperBound > split else { return }
    let offset = unit.payload.lowerBound - split
    payloads.add(
      frame: max(range.lowerBound, split) + offset..<range.upperBound + offset)
  }

  private static func units(of frame: RawSpan) throws(RTPPayloadError) -> [Unit] {
    var units: [Unit] = []
    var cursor = AV1OBUCursor()
    while let obu = try next(&cursor, in: frame) {
      if obu.type == .temporalDelimiter || obu.type == .tileList { continue }
      let first = frame.byte(at: obu.range.lowerBound) & ~2
      var header = [first]
      if obu.layer != nil { header.append(frame.byte(at: obu.range.lowerBound + 1)) }
      units.append(Unit(header: header, payload: obu.payload))
    }
    return units
  }

  private static func next(
    _ cursor: inout AV1OBUCursor, in frame: RawSpan
  ) throws(RTPPayloadError) -> AV1OBU? {
    do throws(ParseError) {
      return try cursor.next(in: frame)
    } catch {
      throw RTPPayloadError("the temporal unit is broken: \(error)", clause: "AV1 5.3")
    }
  }
}
