internal import MediaBytes
internal import MediaModel

/// The header of AU (NeXT and Sun), big-endian, or little-endian as DEC wrote it.
struct AUHeader {
  /// Bytes of its fields, before the annotation.
  static let length = 24

  /// The coding of the samples.
  let format: PCMFormat
  /// Where the samples begin.
  let samplesOffset: Int64
  /// Bytes of samples; nil where the header leaves it open.
  let byteCount: Int64?

  /// By the first four bytes; nil of another kind of file.
  static func order(_ bytes: RawSpan) -> ByteOrder? {
    switch bytes.fourCharacters(at: 0) {
    case ".snd": .big
    case "dns.": .little
    default: nil
    }
  }

  /// Reads the fields.
  ///
  /// - Throws: `PCMFileError` where they are not all there, or describe no PCM.
  init(_ bytes: RawSpan) throws(PCMFileError) {
    guard let order = Self.order(bytes), let offset = bytes.uint32(at: 4, order),
      let size = bytes.uint32(at: 8, order), let coding = bytes.uint32(at: 12, order),
      let rate = bytes.uint32(at: 16, order), let channels = bytes.uint32(at: 20, order)
    else {
      throw .malformed(
        offset: Int64(bytes.byteCount), "the input ends inside the header of 24 bytes")
    }
    guard offset >= Self.length else {
      throw .malformed(offset: 4, "samples at byte \(offset), inside the header")
    }
    let sample = try Self.sampleFormat(coding, order)
    guard (1...PCMFormat.maxChannelCount).contains(Int(channels)) else {
      throw .malformed(
        offset: 20, "\(channels) channels, 1 to \(PCMFormat.maxChannelCount) are expected")
    }
    guard
      let format = PCMFormat(
        sampleFormat: sample, sampleRate: Int(rate), channelCount: Int(channels))
    else { throw .sampleRate(Int(rate), at: 16) }
    self.format = format
    samplesOffset = Int64(offset)
    byteCount = size == .max || size == 0 ? nil : Int64(size)
  }

  private static func sampleFormat(
    _ coding: UInt32, _ order: ByteOrder
  ) throws(PCMFileError) -> SampleFormat {
    switch coding {
    case 1: return .mulaw
    case 6: return order == .big ? .f32be : .f32le
    case 7: return order == .big ? .f64be : .f64le
    case 27: return .alaw
    default:
      let width = Int(coding) - 1
      if let format = SampleFormat.integer(byteCount: width, order, isByteSigned: true) {
        return format
      }
      throw .unknownCoding("AU encoding \(coding)")
    }
  }

  /// Text behind the fields: lines `key=value` of FFmpeg, else a comment.
  func readAnnotation(_ bytes: RawSpan, _ facts: inout PCMFileFacts) {
    let text = bytes.text(at: 0, bytes.byteCount)
    for line in text.parts("\n") {
      let (key, value) = line.cut(at: "=")
      if let value, ["title", "artist", "album", "track", "genre"].contains(key) {
        facts.tag(key, value)
      } else {
        facts.tag("comment", line)
      }
    }
  }
}
