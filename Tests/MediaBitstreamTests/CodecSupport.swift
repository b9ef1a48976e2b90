import MediaBitstream
import MediaBytes
import Testing

/// Reads one value from the start of `bytes` and says how many of them it took.
func read<Value>(
  _ bytes: [UInt8], _ parse: (inout ByteReader) throws(ParseError) -> Value
) throws(ParseError) -> (value: Value, count: Int) {
  var reader = ByteReader(bytes.span)
  let value = try parse(&reader)
  return (value, reader.position)
}

/// What `write` appends to an empty writer.
func written<Failure>(
  _ write: (inout ByteWriter) throws(Failure) -> Void
) throws(Failure) -> [UInt8] {
  var writer = ByteWriter()
  try write(&writer)
  return writer.bytes
}

func asc(_ bytes: [UInt8]) throws(ParseError) -> AudioSpecificConfig {
  try read(bytes) { r throws(ParseError) in try AudioSpecificConfig(parsing: &r) }.value
}

func adts(_ bytes: [UInt8]) throws(ParseError) -> ADTSHeader {
  try read(bytes) { r throws(ParseError) in try ADTSHeader(parsing: &r) }.value
}

func mpegAudio(_ bytes: [UInt8]) throws(ParseError) -> MPEGAudioHeader {
  try read(bytes) { r throws(ParseError) in try MPEGAudioHeader(parsing: &r) }.value
}

func infoTag(_ frame: [UInt8]) throws(ParseError) -> MPEGAudioInfoTag? {
  let header = try mpegAudio(frame)
  return try MPEGAudioInfoTag(frame: frame.span.bytes, header: header)
}

func opusHead(_ bytes: [UInt8]) throws(ParseError) -> OpusHead {
  try read(bytes) { r throws(ParseError) in try OpusHead(parsing: &r) }.value
}

func opusPacket(_ bytes: [UInt8]) throws(ParseError) -> OpusPacket {
  try read(bytes) { r throws(ParseError) in try OpusPacket(parsing: &r) }.value
}

func flacConfiguration(_ bytes: [UInt8]) throws(ParseError) -> FLACConfiguration {
  try read(bytes) { r throws(ParseError) in try FLACConfiguration(parsing: &r) }.value
}

func flacFrame(_ bytes: [UInt8]) throws(ParseError) -> FLACFrameHeader {
  try read(bytes) { r throws(ParseError) in try FLACFrameHeader(parsing: &r) }.value
}

func syncframe(_ bytes: [UInt8]) throws(ParseError) -> AC3Syncframe {
  try read(bytes) { r throws(ParseError) in try AC3Syncframe(parsing: &r) }.value
}

func vp8(_ bytes: [UInt8]) throws(ParseError) -> VP8FrameHeader {
  try read(bytes) { r throws(ParseError) in try VP8FrameHeader(parsing: &r) }.value
}

func vp9(_ bytes: [UInt8]) throws(ParseError) -> VP9FrameHeader {
  try VP9FrameHeader(frame: bytes.span.bytes)
}

func vpcC(_ bytes: [UInt8]) throws(ParseError) -> VPCodecConfigurationRecord {
  try read(bytes) { r throws(ParseError) in try VPCodecConfigurationRecord(parsing: &r) }.value
}

func av1Sequence(_ payload: [UInt8]) throws(ParseError) -> AV1SequenceHeader {
  var bits = BitReader(payload.span.bytes)
  return try AV1SequenceHeader(parsing: &bits)
}

func av1Unit(
  _ bytes: [UInt8], sequence: AV1SequenceHeader? = nil, allowsCut: Bool = false
) throws(ParseError) -> AV1TemporalUnit {
  try AV1TemporalUnit(bytes.span.bytes, sequence: sequence, allowsCut: allowsCut)
}

func av1OBUs(_ bytes: [UInt8], allowsCut: Bool = false) throws(ParseError) -> [AV1OBU] {
  var cursor = AV1OBUCursor(allowsCut: allowsCut)
  var units: [AV1OBU] = []
  while let unit = try cursor.next(in: bytes.span.bytes) { units.append(unit) }
  return units
}

func av1Metadata(_ payload: [UInt8]) throws(ParseError) -> AV1Metadata {
  try read(payload) { r throws(ParseError) in try AV1Metadata(parsing: &r) }.value
}

func av1C(_ bytes: [UInt8]) throws(ParseError) -> AV1CodecConfigurationRecord {
  try read(bytes) { r throws(ParseError) in try AV1CodecConfigurationRecord(parsing: &r) }.value
}

func ivfHeader(_ bytes: [UInt8]) throws(ParseError) -> IVFHeader {
  try read(bytes) { r throws(ParseError) in try IVFHeader(parsing: &r) }.value
}

/// Every prefix shorter than `whole` (all bytes by default) must fail with a ParseError.
func expectPrefixesFail<Value>(
  _ bytes: [UInt8], upTo whole: Int? = nil, _ parse: ([UInt8]) throws(ParseError) -> Value,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  for count in 0..<(whole ?? bytes.count) {
    do throws(ParseError) {
      let value = try parse([UInt8](bytes[..<count]))
      Issue.record("\(count) bytes gave \(value)", sourceLocation: sourceLocation)
    } catch {
      guard case .truncated = error.reason else {
        Issue.record("\(count) bytes: \(error)", sourceLocation: sourceLocation)
        continue
      }
    }
  }
}

/// The bytes of binary text, filled up with zeros; white space is passed over.
func binary(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }.map { $0 == "1" ? 1 : 0 as UInt8 }
  return stride(from: 0, to: digits.count, by: 8).map { start in
    (start..<start + 8).reduce(0) { $0 << 1 | ($1 < digits.count ? digits[$1] : 0) }
  }
}
