import MediaBytes
import MediaModel

/// What only a track's configuration tells, found out by whoever can read it.
public struct FLVTrackFacts: Hashable, Sendable {
  /// Pixels across.
  public var width: Int?
  /// Pixels down.
  public var height: Int?
  /// Samples per second.
  public var sampleRate: Int?
  /// How many channels.
  public var channels: Int?

  /// Makes facts; nil is what is not known.
  public init(
    width: Int? = nil, height: Int? = nil, sampleRate: Int? = nil, channels: Int? = nil
  ) {
    self.width = width
    self.height = height
    self.sampleRate = sampleRate
    self.channels = channels
  }
}

/// What the first pass of a repair found out, and the second one needs.
public struct FLVRepairPlan: Sendable {
  /// What becomes of a file's `onMetaData`.
  enum Metadata: Sendable {
    /// It is right as it is.
    case kept
    /// These bytes: a whole tag and its `PreviousTagSize`, in the place of the first tag or in
    /// front of it.
    case written([UInt8], isInPlace: Bool, reason: String)
    /// There is none, and nothing to say in one.
    case absent
  }

  /// One file to be written.
  public struct File: Sendable {
    /// What goes into it.
    public var content: FLVRepairFile
    /// Its header.
    public var header: FLVHeader
    /// How many bytes it will have.
    public var byteCount: Int
    var origin: Int64
    var metadata: Metadata
  }

  /// The files, in the order of the input.
  public let files: [File]

  init(_ files: [FLVRepairFile], describing facts: (FLVStream) -> FLVTrackFacts) {
    self.files = files.map { file in
      let metadata = FLVMetadataRepair(file, facts).metadata()
      let size =
        switch metadata {
        case .kept: file.ownsSource ? file.source?.byteCount ?? 0 : 0
        case .written(let bytes, _, _): bytes.count
        case .absent: 0
        }
      return File(
        content: file, header: file.header, byteCount: file.byteCount + size, origin: file.origin,
        metadata: metadata)
    }
  }
}
