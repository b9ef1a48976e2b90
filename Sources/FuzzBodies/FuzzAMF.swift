import MediaBytes
import MediaFLV

/// Reads the same bytes as AMF0, as AMF3 and as the body of a script tag of either type.
///
/// What is read survives being written and read again; AMF0 in which nothing was odd is written
/// byte for byte.
public func fuzzAMF(_ bytes: RawSpan) {
  for isAMF3 in [false, true] {
    let found = values(in: bytes, isAMF3)
    var encoder = AMFEncoder()
    var writer = ByteWriter()
    for value in found.values {
      if isAMF3 { encoder.amf3(value, to: &writer) } else { encoder.amf0(value, to: &writer) }
      _ = value.text(maxElements: 4)
      _ = FLVMetadata(value)
    }
    let written = writer.bytes
    let again = values(in: written.span.bytes, isAMF3)
    precondition(again.values == found.values, "the values changed")
    precondition(again.end == written.count, "cannot read all that was written")
    let read = [UInt8](copying: bytes.extracting(0..<found.end))
    // AMF3 leaves its writers a choice.
    if !isAMF3, found.isPlain, !read.contains(0x11) {
      precondition(written == read, "the bytes changed")
    }
  }
  for type in [FLVTagType.script, .scriptAMF3] { fuzzScript(bytes, type) }
}

/// The values up to the end or the first error, and where the last one ends.
private func values(
  in bytes: RawSpan, _ isAMF3: Bool
) -> (values: [AMFValue], end: Int, isPlain: Bool) {
  var decoder = AMFDecoder()
  var reader = ByteReader(bytes)
  var values: [AMFValue] = []
  var end = 0
  var isPlain = true
  do throws(ParseError) {
    while !reader.isAtEnd {
      values.append(try isAMF3 ? decoder.amf3(&reader) : decoder.amf0(&reader))
      precondition(reader.offset > end, "read nothing")
      end = reader.offset
      isPlain = decoder.anomalyCount == 0
    }
  } catch {
    precondition((end...bytes.byteCount).contains(error.offset), "error outside the input")
  }
  for anomaly in decoder.anomalies {
    precondition((0...bytes.byteCount).contains(anomaly.offset), "anomaly outside the input")
  }
  return (values, end, isPlain)
}

private func fuzzScript(_ bytes: RawSpan, _ type: FLVTagType) {
  var reader = ByteReader(bytes)
  let script = FLVScriptData(parsing: &reader, type: type)
  precondition(reader.isAtEnd, "bytes are left")
  _ = FLVMetadata(script)
  if let damage = script.damage {
    precondition((0...bytes.byteCount).contains(damage.offset), "error outside the input")
    return
  }
  var writer = ByteWriter()
  script.write(to: &writer)
  let written = writer.bytes
  var again = ByteReader(written.span)
  let second = FLVScriptData(parsing: &again, type: type)
  // Behind AMF3, what is no value may become one: tables are shorter where less is repeated.
  precondition(second.values.starts(with: script.values), "the values changed")
}
