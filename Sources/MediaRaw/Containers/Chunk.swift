internal import MediaBytes
internal import MediaModel

/// Which byte of a number comes first.
enum ByteOrder { case little, big }

/// A part of a file: what it is, where it lies, and how long it is.
struct Chunk: Sendable {
  /// Four characters; empty of a GUID that is not known.
  var id: String
  /// Where its header begins.
  var offset: Int64
  /// Where its contents begin.
  var bodyOffset: Int64
  /// Bytes of its contents; nil where the header leaves it open.
  var size: Int64?
}

/// What is to be done with the contents of a chunk, or with the rest of them.
enum ChunkUse: Equatable {
  /// Pass them.
  case skip
  /// Read so many bytes of them and look at those.
  case read(Int)
  /// Samples, behind so many other bytes; all the rest of the input where `byteCount` is nil.
  case samples(lead: Int64, byteCount: Int64?)
}

/// A kind of file that is a row of chunks.
protocol ChunkForm: Sendable {
  /// Bytes of a chunk's header.
  var headerLength: Int { get }
  /// The chunk that holds the samples.
  var samplesID: String { get }
  /// Bytes of that chunk before the first sample.
  var samplesLead: Int64 { get }
  /// Chunks begin at multiples of it, except by mistake.
  var alignment: Int64 { get }
  /// Where the file ends by its own account; nil where its header leaves it open.
  var end: Int64? { get set }

  /// A chunk by its header, which is whole.
  func chunk(_ header: RawSpan, at offset: Int64) -> Chunk
  /// What is to be done with a chunk.
  ///
  /// - Throws: `PCMFileError` where samples come before what describes them.
  func use(_ chunk: Chunk, _ facts: inout PCMFileFacts) throws(PCMFileError) -> ChunkUse
  /// Looks at as many bytes as were asked for, or as many as there were of the input.
  ///
  /// - Returns: What is to be done with the rest; never `read`.
  /// - Throws: `PCMFileError` where no sound can be read by what is said.
  mutating func read(
    _ chunk: Chunk, _ bytes: RawSpan, _ facts: inout PCMFileFacts
  ) throws(PCMFileError) -> ChunkUse
}

/// More of a chunk than this is not read.
let maxChunkLength = 1 << 20

extension Chunk {
  /// All of it if it is not too long, nor the metadata as a whole.
  func useWhole(_ facts: inout PCMFileFacts) -> ChunkUse {
    guard let size, size <= maxChunkLength, size <= facts.metadataBudget else {
      let length = size.map { "of \($0) bytes" } ?? "of unknown size"
      facts.note(.pcmChunkSkipped, "the chunk \(name) \(length) was not read", at: offset)
      return .skip
    }
    facts.metadataBudget -= size
    return .read(Int(size))
  }

  /// The chunk `data` of WAV and its sisters.
  func useAsWaveSamples(_ facts: PCMFileFacts) throws(PCMFileError) -> ChunkUse {
    guard facts.format != nil else {
      throw .malformed(offset: offset, "samples before the chunk 'fmt ' that describes them")
    }
    return .samples(lead: 0, byteCount: size)
  }

  /// Their chunk `fmt `; what is longer is passed: all that is known of it comes first.
  func useAsWaveFormat(_ facts: PCMFileFacts) -> ChunkUse {
    facts.format == nil ? .read(Int(min(size ?? 0, 128))) : .skip
  }

  /// Its id for messages.
  var name: String { id.isEmpty ? "of an unknown GUID" : "'\(id.printable)'" }
}
