import MediaBitstream
import MediaBytes

extension AV1CodecConfigurationRecord: Rewritable {}

/// Reads the bytes as av1C and as a temporal unit, whole and cut.
func readAV1(_ bytes: RawSpan) {
  if let record = rewrite(AV1CodecConfigurationRecord.self, bytes)?.value {
    precondition(!record.summary.isEmpty)
  }
  walk(bytes)
  let record = attempt(bytes) { (reader: inout ByteReader) throws(ParseError) in
    // The units are the whole input, so errors count from their first byte.
    let base = reader.offset
    do throws(ParseError) {
      return try AV1CodecConfigurationRecord(obus: reader.takeRest())
    } catch {
      throw ParseError(error.reason, error.field, at: base + error.offset)
    }
  }
  if let record, let record { checkRewriting(record) }
  guard let unit = temporalUnit(bytes) else { return }
  checkWriting(unit, bytes)
  for count in [bytes.byteCount / 2, min(64, bytes.byteCount)] {
    guard let cut = temporalUnit(bytes.extracting(0..<count), allowsCut: true) else {
      preconditionFailure("cut units cannot be read")
    }
    precondition(unit.frames.starts(with: cut.frames), "cut units have other frames")
  }
  precondition(unit.frames.allSatisfy { !$0.summary.isEmpty }, "no words")
  if let rate = unit.sequenceHeader?.timing?.frameRate {
    precondition(rate.numerator > 0 && rate.denominator > 0, "no rate")
  }
}

private func temporalUnit(_ bytes: RawSpan, allowsCut: Bool = false) -> AV1TemporalUnit? {
  attempt(bytes) { (reader: inout ByteReader) throws(ParseError) in
    let base = reader.offset
    return try AV1TemporalUnit(reader.takeRest(), allowsCut: allowsCut, baseOffset: base)
  }
}

/// Every byte belongs to one unit.
private func walk(_ bytes: RawSpan) {
  var cursor = AV1OBUCursor()
  var end = 0
  do throws(ParseError) {
    while let obu = try cursor.next(in: bytes) {
      precondition(obu.range.lowerBound == end && !obu.range.isEmpty, "a gap")
      precondition(
        obu.payload.lowerBound > end && obu.payload.upperBound == obu.range.upperBound, "outside")
      end = obu.range.upperBound
      precondition(!obu.isCut && !obu.type.name.isEmpty)
      guard obu.type == .metadata else { continue }
      let metadata = attempt(bytes.extracting(obu.payload), AV1Metadata.init(parsing:))
      precondition(metadata.map { !$0.name.isEmpty } ?? true)
    }
    precondition(end == bytes.byteCount, "bytes are left")
  } catch {
    precondition((end...bytes.byteCount).contains(error.offset), "error outside the input")
  }
}

/// Written with delimiter and sizes, the units say the same, and writing them again changes nothing.
private func checkWriting(_ unit: AV1TemporalUnit, _ bytes: RawSpan) {
  let written = rewritten(bytes)
  precondition(rewritten(written.span.bytes) == written, "does not settle")
  let again = temporalUnit(written.span.bytes)
  precondition(
    again?.frames == unit.frames && again?.sequenceHeader == unit.sequenceHeader, "changed")
}

private func rewritten(_ bytes: RawSpan) -> [UInt8] {
  var writer = ByteWriter()
  do throws(ParseError) {
    try AV1TemporalUnit.write(bytes, to: &writer)
  } catch {
    preconditionFailure("cannot write what was read: \(error)")
  }
  return writer.bytes
}
