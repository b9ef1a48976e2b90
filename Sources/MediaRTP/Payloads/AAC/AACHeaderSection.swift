import MediaBytes
import MediaModel

/// The AU header section of a packet, and the auxiliary section behind it (RFC 3640 3.2.1, 3.2.2).
struct AACHeaderSection {
  struct Header {
    /// `AU-size`; nil where headers have none.
    var size: Int?
    /// How many access units after the packet's first it is.
    var index: Int
    /// `CTS-delta` in ticks.
    var ctsDelta: Int64?
  }

  private(set) var headers: [Header] = []
  /// Where the access units begin.
  private(set) var byteCount = 0
  /// `AU-Index` of the first header.
  private(set) var firstIndex = 0
  private(set) var isInterleaved = false
  /// What is unusual: code and sentence.
  private(set) var notes: [(FindingCode, String)] = []

  private let lengths: AACPayloadFormat.FieldLengths

  /// Reads the section; nil where it is longer than the packet, `notes` aside nothing is then known.
  init?(_ payload: RawSpan, _ lengths: AACPayloadFormat.FieldLengths) {
    self.lengths = lengths
    var reader = BitReader(payload)
    if lengths.hasHeaders {
      guard payload.byteCount >= 2, let bits = try? reader.bits(16, "AU-headers-length") else {
        return nil
      }
      guard readHeaders(&reader, bitCount: Int(bits), payload.byteCount) else { return nil }
    }
    guard lengths.auxiliaryDataSize > 0 else { return }
    reader = BitReader(payload.extracting(byteCount..<payload.byteCount))
    guard
      let size = try? reader.bits(lengths.auxiliaryDataSize, "auxiliary-data-size"),
      size <= UInt64(reader.bitsRemaining)
    else { return nil }
    byteCount += (lengths.auxiliaryDataSize + Int(size) + 7) / 8
  }

  /// Whether the section ends within the packet.
  private mutating func readHeaders(
    _ reader: inout BitReader, bitCount: Int, _ payloadByteCount: Int
  ) -> Bool {
    var left = bitCount
    if left > 0, left < lengths.least(isFirst: true), 8 * left >= lengths.least(isFirst: true) {
      notes.append((.aacHeadersLengthInBytes, "AU-headers-length is \(left), fewer bits than one"))
      left *= 8
    }
    byteCount = 2 + (left + 7) / 8
    guard byteCount <= payloadByteCount else { return false }
    // A header without fields would never end.
    while left > 0, left >= lengths.least(isFirst: headers.isEmpty) {
      let before = reader.bitsRemaining
      guard let header = header(&reader) else { break }
      let used = before - reader.bitsRemaining
      guard used <= left, used > 0 else {
        left = max(left, 1)
        break
      }
      left -= used
      headers.append(header)
    }
    if left > 0 {
      notes.append(
        (.aacHeadersTrailingBits, "AU-headers-length leaves \(left) bits behind the last header"))
    }
    return true
  }

  private mutating func header(_ reader: inout BitReader) -> Header? {
    do {
      let size = lengths.size > 0 ? Int(try reader.bits(lengths.size, "AU-size")) : nil
      var index = 0
      if let last = headers.last {
        let delta = Int(try reader.bits(lengths.indexDelta, "AU-Index-delta"))
        if delta > 0 { isInterleaved = true }
        index = last.index + delta + 1
        // Further apart than any receiver would wait.
        guard index < 1 << 16 else { return nil }
      } else {
        firstIndex = Int(try reader.bits(lengths.index, "AU-Index"))
      }
      let cts = try delta(&reader, lengths.ctsDelta, "CTS-delta")
      _ = try delta(&reader, lengths.dtsDelta, "DTS-delta")
      try reader.skip(lengths.randomAccess, "RAP-flag")
      try reader.skip(lengths.streamState, "Stream-state")
      return Header(size: size, index: index, ctsDelta: cts)
    } catch {
      return nil
    }
  }

  /// A flag and, where it is set, a number in two's complement; nothing where it has no bits.
  private func delta(
    _ reader: inout BitReader, _ bits: Int, _ field: StaticString
  ) throws(ParseError) -> Int64? {
    guard bits > 0, try reader.flag(field) else { return nil }
    let value = Int64(bitPattern: try reader.bits(bits, field))
    return (value << Int64(64 - bits)) >> Int64(64 - bits)
  }
}

extension AACPayloadFormat.FieldLengths {
  /// Whether packets have an AU header section at all.
  var hasHeaders: Bool { size + index + indexDelta + rest > 0 }

  private var rest: Int {
    (ctsDelta > 0 ? 1 : 0) + (dtsDelta > 0 ? 1 : 0) + randomAccess + streamState
  }

  /// The fewest bits that a header has, at least 1.
  func least(isFirst: Bool) -> Int { max(1, size + (isFirst ? index : indexDelta) + rest) }
}
