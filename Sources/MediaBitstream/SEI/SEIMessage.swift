public import MediaBytes

/// One supplemental enhancement information message of H.264 or H.265 (7.3.2.3.1, 7.3.5).
public struct SEIMessage: Hashable, Sendable {
  /// `payloadType`.
  public var type: SEIPayloadType
  /// `payloadSize`: bytes of the payload without emulation prevention.
  public var byteCount: Int
  /// Where the payload lies in the NAL unit, as transmitted.
  public var range: Range<Int>

  /// The payload without emulation prevention, at most its first `limit` bytes.
  ///
  /// `nalUnit` is the one in which a cursor found the message.
  public func payload(in nalUnit: RawSpan, limit: Int = .max) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(byteCount, limit))
    var reader = RBSPByteReader(position: range.lowerBound, in: nalUnit)
    while bytes.count < limit, let byte = reader.next(in: nalUnit, end: range.upperBound) {
      bytes.append(byte)
    }
    return bytes
  }
}

/// Walks over the messages of one SEI NAL unit without copying them.
///
/// Call `next(in:at:)` with the same bytes each time.
public struct SEICursor: Sendable {
  private var reader: RBSPByteReader
  /// Where the messages end; found by the first call.
  private var end: Int?

  /// Begins before the first message; H.264 has NAL unit headers of 1 byte, H.265 and H.266 of 2.
  public init(headerByteCount: Int) {
    reader = RBSPByteReader(position: headerByteCount)
  }

  /// The next message of `nalUnit`, whose first byte lies at `offset` of the input; nil at the end.
  ///
  /// A payload that runs past the end throws `truncated`.
  public mutating func next(
    in nalUnit: RawSpan, at offset: Int = 0
  ) throws(ParseError) -> SEIMessage? {
    let end = self.end ?? Self.endOfMessages(nalUnit)
    self.end = end
    guard reader.position < end else { return nil }
    let type = try number("payloadType", nalUnit, end, offset)
    let byteCount = try number("payloadSize", nalUnit, end, offset)
    let start = reader.position
    // Escapes only shorten what is left, so this bounds the loop.
    guard byteCount <= end - start else {
      throw ParseError(.truncated(needed: byteCount), "sei_payload", at: offset + start)
    }
    for _ in 0..<byteCount where reader.next(in: nalUnit, end: end) == nil {
      throw ParseError(.truncated(needed: byteCount), "sei_payload", at: offset + start)
    }
    return SEIMessage(
      type: SEIPayloadType(rawValue: type), byteCount: byteCount, range: start..<reader.position)
  }

  /// Reads a number coded as bytes of 255 and a last one, which are summed.
  private mutating func number(
    _ field: StaticString, _ nalUnit: RawSpan, _ end: Int, _ offset: Int
  ) throws(ParseError) -> Int {
    var number = 0
    while true {
      guard let byte = reader.next(in: nalUnit, end: end) else {
        throw ParseError(.truncated(needed: 1), field, at: offset + reader.position)
      }
      number += Int(byte)  // at most 255 for each byte of input
      if byte < 255 { return number }
    }
  }

  /// Where `rbsp_trailing_bits` begin: messages are whole bytes, so it is a byte of 0x80.
  ///
  /// Some encoders leave it out; then the messages go on to the last byte that is not zero.
  private static func endOfMessages(_ nalUnit: RawSpan) -> Int {
    var end = nalUnit.byteCount
    while end > 0, nalUnit.byte(at: end - 1) == 0 { end -= 1 }
    return end > 0 && nalUnit.byte(at: end - 1) == 0x80 ? end - 1 : end
  }
}

/// Reads the bytes of a NAL unit and leaves out each `emulation_prevention_three_byte`.
struct RBSPByteReader: Sendable {
  /// The next byte in the NAL unit as transmitted.
  private(set) var position: Int
  /// How many bytes before it are zero, as far as it matters.
  private var zeros = 0

  /// Begins at the start of an RBSP.
  init(position: Int) {
    self.position = position
  }

  /// Begins in the middle, where zeros before may make the next byte one to leave out.
  init(position: Int, in nalUnit: RawSpan) {
    self.position = position
    while zeros < 2, position > zeros, nalUnit.byte(at: position - 1 - zeros) == 0 { zeros += 1 }
  }

  /// The next byte before `end`; nil when there is none.
  mutating func next(in nalUnit: RawSpan, end: Int) -> UInt8? {
    if zeros >= 2, position < end, nalUnit.byte(at: position) == 3 {
      position += 1
      zeros = 0
    }
    guard position < end else { return nil }
    let byte = nalUnit.byte(at: position)
    position += 1
    zeros = byte == 0 ? zeros + 1 : 0
    return byte
  }
}
