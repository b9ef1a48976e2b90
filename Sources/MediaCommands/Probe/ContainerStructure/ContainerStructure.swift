import MediaModel

/// What the container of a local file declares about itself, against the bytes that are there.
///
/// It is read without a demuxer, so it also speaks of files that no demuxer opens: which boxes,
/// elements or chunks they hold and where the file ends too early. Payloads are stepped over, so
/// memory is constant and a long recording costs little more than its headers.
struct ContainerStructure: Hashable, Sendable {
  /// The family of containers, told by the first bytes alone.
  enum Kind: String, Hashable, Sendable {
    /// MP4, QuickTime and other files of boxes.
    case isoMedia
    /// Matroska and WebM.
    case matroska
    /// RIFF: WAVE, AVI.
    case riff
    /// RF64 and BW64, the 64-bit forms of WAVE.
    case rf64
    /// AIFF and AIFF-C.
    case aiff
    case flv
    case mpegTS
    case ogg
    case flac
    case mp3
    case adts
  }

  /// One structure of the top level: a box, element, chunk, tag or page.
  struct Element: Hashable, Sendable {
    /// Its name or four-character code; hexadecimal where the code is not text.
    var type: String
    /// Where its header begins, in bytes from the start of the file.
    var offset: Int64
    /// Its whole length by its own header, header included; nil where it is left open.
    var declaredByteCount: Int64?
    /// How many bytes of it the file holds, header included.
    var presentByteCount: Int64

    /// Whether the file ends before the element does.
    var isCut: Bool { declaredByteCount.map { $0 > presentByteCount } ?? false }
  }

  /// The family of containers.
  var kind: Kind
  /// The first elements of the top level in file order, at most `StructureLimits.elements`.
  var elements: [Element]
  /// How many elements were walked, those not kept in `elements` included.
  var elementCount: Int
  /// What is wrong, in file order as far as it has a place.
  var findings: [Finding]
  /// Where the walk gave up because a limit was reached; nil when it saw the whole file.
  var stoppedAt: Int64?

  /// One sentence on why the file cannot be opened or is not whole; nil when neither is so.
  var summary: String? {
    var worst: Finding?
    for finding in findings where finding.severity > worst?.severity ?? .warning { worst = finding }
    return worst?.message
  }

  /// Walks the top level of a file.
  ///
  /// - Parameters:
  ///   - byteCount: The length of the file.
  ///   - limits: How far the walk goes.
  ///   - read: Gives the bytes at an offset, fewer than asked only where the file ends. It is
  ///     asked for at most 256 KiB at once, always inside the file.
  /// - Returns: What was found; nil when the file is of no kind known here.
  /// - Throws: What `read` throws, nothing of its own.
  static func inspect(
    byteCount: Int64, limits: StructureLimits = StructureLimits(),
    read: (_ offset: Int64, _ count: Int) throws -> [UInt8]
  ) throws -> ContainerStructure? {
    try withoutActuallyEscaping(read) { read in
      var file = BlockSource(byteCount: byteCount, limits: limits, read: read)
      guard let format = try file.detectFormat() else { return nil }
      var walk = StructureWalk(file: file)
      do {
        try walk.walk(format)
      } catch let limit as StructureLimits.Reached {
        walk.stoppedAt = limit.offset
      }
      return ContainerStructure(
        kind: format.kind, elements: walk.elements, elementCount: walk.elementCount,
        findings: walk.findings, stoppedAt: walk.stoppedAt)
    }
  }
}

/// How far a walk goes before it says so and stops; real files stay far below.
struct StructureLimits: Sendable {
  /// Elements that are kept; the rest are only counted.
  var elements = 256
  /// Calls of `read`: a sparse file of tiny boxes would otherwise keep us busy for hours.
  var reads = 1_000_000
  /// Headers that are looked at, about 90 hours of FLV.
  var steps = 50_000_000

  /// A limit was reached at this byte.
  struct Reached: Error {
    var offset: Int64
  }
}

/// A container with what its detection found out.
enum DetectedFormat: Hashable {
  case isoMedia
  case matroska
  case iff(ChunkLayout)
  case flv
  /// Packets of `packetByteCount` bytes whose first sync byte is at `sync`.
  case mpegTS(packetByteCount: Int, sync: Int)
  case ogg
  /// A stream without a structure of its own here, after a tag of `tagByteCount` bytes.
  case elementary(ContainerStructure.Kind, tagByteCount: Int64)

  var kind: ContainerStructure.Kind {
    switch self {
    case .isoMedia: .isoMedia
    case .matroska: .matroska
    case .iff(let layout): layout.kind
    case .flv: .flv
    case .mpegTS: .mpegTS
    case .ogg: .ogg
    case .elementary(let kind, _): kind
    }
  }
}
