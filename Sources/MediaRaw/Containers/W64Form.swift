internal import MediaBytes
internal import MediaModel

/// W64 (Sony Wave64): RIFF's structure with GUIDs, sizes of 64 bits that count the header too, and
/// chunks at multiples of 8.
struct W64Form: ChunkForm {
  /// Bytes of the file's own header.
  static let signatureLength = 40

  let headerLength = 24
  let samplesID = "data"
  let samplesLead: Int64 = 0
  let alignment: Int64 = 8
  var end: Int64?

  /// By the first 40 bytes; nil of another kind of file.
  init?(_ signature: RawSpan, _ facts: inout PCMFileFacts) {
    guard signature.byteCount >= Self.signatureLength, Self.isRIFF(signature),
      Self.id(signature, at: 24) == "wave"
    else { return nil }
    facts.container = .w64
    let size = signature.uint64le(at: 16).flatMap(UnsetSize.known) ?? 0
    end = size > Int64(Self.signatureLength) ? size : nil
  }

  /// Whether it begins with the GUID of Wave64, 66666972-912e-11cf-a5d6-28db04c10000.
  static func isRIFF(_ bytes: RawSpan) -> Bool {
    bytes.fourCharacters(at: 0) == "riff" && bytes.uint32(at: 4, .big) == 0x2e91_cf11
      && bytes.uint32(at: 8, .big) == 0xa5d6_28db && bytes.uint32(at: 12, .big) == 0x04c1_0000
  }

  /// The four characters that begin a GUID ending in -acf3-11d3-8cd1-00c04f8edb8a; empty of another.
  private static func id(_ bytes: RawSpan, at index: Int) -> String {
    guard let id = bytes.fourCharacters(at: index),
      bytes.uint32(at: index + 4, .big) == 0xf3ac_d311,
      bytes.uint32(at: index + 8, .big) == 0x8cd1_00c0,
      bytes.uint32(at: index + 12, .big) == 0x4f8e_db8a
    else { return "" }
    return id
  }

  func chunk(_ header: RawSpan, at offset: Int64) -> Chunk {
    let size = header.uint64le(at: 16).flatMap(UnsetSize.known)
    return Chunk(
      id: Self.id(header, at: 0), offset: offset, bodyOffset: offset + 24,
      // A size without the header itself would lead back; of samples it is one never written.
      size: size.map { max($0 - 24, 0) })
  }

  func use(_ chunk: Chunk, _ facts: inout PCMFileFacts) throws(PCMFileError) -> ChunkUse {
    switch chunk.id {
    case "data": return try chunk.useAsWaveSamples(facts)
    case "fmt ": return chunk.useAsWaveFormat(facts)
    case "fact": return .read(Int(min(chunk.size ?? 0, 8)))
    case "bext": return chunk.useWhole(&facts)
    default: return .skip
    }
  }

  mutating func read(
    _ chunk: Chunk, _ bytes: RawSpan, _ facts: inout PCMFileFacts
  ) throws(PCMFileError) -> ChunkUse {
    switch chunk.id {
    case "fmt ":
      let format = try WaveFormat(bytes, .little, at: chunk.bodyOffset, &facts)
      facts.format = try format.format(&facts)
    case "fact":
      if let frames = bytes.uint64le(at: 0).flatMap(UnsetSize.known), frames != 0 {
        facts.state(frames, in: "fact", at: chunk.bodyOffset)
      }
    case "bext": facts.readBroadcastExtension(bytes, .little, at: chunk.bodyOffset)
    default: break
    }
    return .skip
  }
}
