internal import MediaBytes
internal import MediaModel

/// WAV: RIFF, its big-endian sister RIFX, and RF64 and BW64 with sizes of 64 bits (EBU Tech 3306,
/// ITU-R BS.2088).
struct RIFFForm: ChunkForm {
  let headerLength = 8
  let samplesID = "data"
  let samplesLead: Int64 = 0
  let alignment: Int64 = 2
  var end: Int64?
  private let order: ByteOrder
  private let has64Bits: Bool
  /// Sizes of the chunk `ds64`, of chunks whose own field is 0xffffffff.
  private var longSizes: [String: Int64] = [:]

  /// By the first 12 bytes; nil of another kind of file.
  init?(_ signature: RawSpan, _ facts: inout PCMFileFacts) {
    let containers: [String: PCMContainer] = [
      "RIFF": .wav, "RIFX": .wav, "RF64": .rf64, "BW64": .bw64,
    ]
    guard let id = signature.fourCharacters(at: 0), let container = containers[id],
      signature.fourCharacters(at: 8) == "WAVE"
    else { return nil }
    facts.container = container
    order = id == "RIFX" ? .big : .little
    has64Bits = container != .wav
    let size = signature.uint32(at: 4, order) ?? 0
    // Less than the four characters that are there is a size yet to be written.
    end = size < 4 || UnsetSize.isLikely(Int64(size)) ? nil : 8 + Int64(size)
  }

  func chunk(_ header: RawSpan, at offset: Int64) -> Chunk {
    let id = header.fourCharacters(at: 0) ?? ""
    let size = header.uint32(at: 4, order) ?? 0
    var chunk = Chunk(id: id, offset: offset, bodyOffset: offset + 8, size: Int64(size))
    if size == .max { chunk.size = longSizes[id] }
    return chunk
  }

  func use(_ chunk: Chunk, _ facts: inout PCMFileFacts) throws(PCMFileError) -> ChunkUse {
    switch chunk.id {
    case "data": return try chunk.useAsWaveSamples(facts)
    case "fmt ": return chunk.useAsWaveFormat(facts)
    case "ds64": return has64Bits ? chunk.useWhole(&facts) : .skip
    case "fact": return .read(Int(min(chunk.size ?? 0, 4)))
    case "bext", "iXML", "cue ", "LIST": return chunk.useWhole(&facts)
    default: return .skip
    }
  }

  mutating func read(
    _ chunk: Chunk, _ bytes: RawSpan, _ facts: inout PCMFileFacts
  ) throws(PCMFileError) -> ChunkUse {
    switch chunk.id {
    case "fmt ":
      let format = try WaveFormat(bytes, order, at: chunk.bodyOffset, &facts)
      facts.format = try format.format(&facts)
    case "ds64": readLongSizes(chunk, bytes, &facts)
    case "fact":
      guard let frames = bytes.uint32(at: 0, order) else { break }
      // 0xffffffff refers to ds64; what a stream could not know is no claim.
      if !UnsetSize.isLikely(Int64(frames)), frames != 0 {
        facts.state(Int64(frames), in: "fact", at: chunk.bodyOffset)
      }
    case "bext": facts.readBroadcastExtension(bytes, order, at: chunk.bodyOffset)
    case "iXML":
      let text = bytes.text(at: 0, bytes.byteCount)
      if facts.metadata.ixml == nil, !text.isEmpty { facts.metadata.ixml = text }
    case "cue ": facts.readCuePoints(bytes, order, at: chunk.bodyOffset)
    case "LIST": facts.readList(bytes, order, at: chunk.bodyOffset)
    default: break
    }
    return .skip
  }

  /// The chunk `ds64`: riffSize, dataSize, sampleCount, a table of other chunks' sizes.
  private mutating func readLongSizes(
    _ chunk: Chunk, _ bytes: RawSpan, _ facts: inout PCMFileFacts
  ) {
    guard let riffSize = bytes.uint64le(at: 0), let dataSize = bytes.uint64le(at: 8),
      let frames = bytes.uint64le(at: 16)
    else {
      facts.note(
        .pcmBrokenChunk, "the chunk 'ds64' has \(bytes.byteCount) bytes, at least 28 are expected",
        at: chunk.bodyOffset)
      return
    }
    if end == nil, let size = UnsetSize.known(riffSize), size >= 4 { end = 8 + size }
    longSizes["data"] = UnsetSize.known(dataSize)
    if let frames = UnsetSize.known(frames), frames != 0 {
      facts.state(frames, in: "ds64", at: chunk.bodyOffset + 16)
    }
    let rows = min(Int(bytes.uint32(at: 24, .little) ?? 0), max(bytes.byteCount - 28, 0) / 12)
    for row in 0..<rows {
      guard let id = bytes.fourCharacters(at: 28 + row * 12),
        let size = bytes.uint64le(at: 32 + row * 12)
      else { break }
      if id != "data", longSizes[id] == nil { longSizes[id] = UnsetSize.known(size) }
    }
  }
}

/// Sizes that a program writes because it cannot know yet.
enum UnsetSize {
  /// Whether a size of 32 bits is likely to be one: 0xffffffff or a little less, or a little less or
  /// more than 2^31 (SoX, arecord).
  static func isLikely(_ size: Int64) -> Bool {
    size >= 0xffff_f000 || (0x7fff_e000...0x8000_0fff).contains(size)
  }

  /// A size of 64 bits, where a file may have it.
  static func known(_ size: UInt64) -> Int64? { size < 1 << 62 ? Int64(size) : nil }
}
