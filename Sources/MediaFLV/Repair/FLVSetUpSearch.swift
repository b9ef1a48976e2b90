import MediaModel

/// Finds the sequence headers that a file's frames need and the file does not have in front of them.
///
/// Where a file begins in the midst of the input, these are the ones in effect there; where a
/// track's first frames come without, the first one behind them.
struct FLVSetUpSearch: Sendable {
  /// A track whose first frames came without a sequence header.
  struct Bare: Sendable {
    /// The first of them.
    var tag: FLVRepairTag
    fileprivate var codec: Codec?
    fileprivate var file: Int
    /// Where in that file it begins.
    fileprivate var position: Int
  }

  /// Tracks that still are without, in each file that they have frames in.
  private(set) var bare: [Int: [Bare]] = [:]
  /// Tracks that had a sequence header, and those with frames in the current file.
  private var (configured, started): (Set<Int>, Set<Int>) = ([], [])
  /// What was in effect where the current file began, and for which of its tracks none came since.
  private var waiting: [(tag: FLVRepairTag, keys: Set<FLVSetUpKey>)] = []

  /// Another file begins, with these in effect.
  mutating func begin(_ setUps: [FLVSetUpKey: FLVRepairTag]) {
    started = []
    // One may be about several tracks.
    waiting = Dictionary(grouping: setUps.keys) { setUps[$0]?.record.tag.offset }.values
      .compactMap { keys in keys.first.flatMap { setUps[$0] }.map { ($0, Set(keys)) } }
  }

  /// Takes a tag that goes into the last of the files next.
  mutating func take(
    _ tag: FLVRepairTag, _ configurations: [Int: [UInt8]], _ files: inout [FLVRepairFile]
  ) {
    switch tag.role {
    case .setUp:
      forget(tag.setUpKeys)
      configure(tag, configurations, &files)
    case .frame:
      if !waiting.isEmpty { open(for: tag, configurations, &files) }
      noteBare(tag, files)
    case .metadata, .other: break
    }
  }

  private mutating func forget(_ keys: some Sequence<FLVSetUpKey>) {
    for index in waiting.indices { waiting[index].keys.subtract(keys) }
    waiting.removeAll { $0.keys.isEmpty }
  }

  private mutating func open(
    for tag: FLVRepairTag, _ configurations: [Int: [UInt8]], _ files: inout [FLVRepairFile]
  ) {
    guard let media = tag.record.mediaKind else { return }
    for part in tag.record.parts {
      let isOwn = { (key: FLVSetUpKey) in key.media == media && key.track == part.trackID }
      for (setUp, keys) in waiting where keys.contains(where: isOwn) {
        // What belongs to a codec that the track no longer has does not apply.
        let applies = setUp.record.parts.contains { other in
          other.trackID == part.trackID && other.codec == part.codec && other.fourCC == part.fourCC
        }
        if applies { files[files.count - 1].open(with: setUp, configurations) }
        forget(applies ? keys : keys.filter(isOwn))
      }
    }
  }

  private mutating func noteBare(_ tag: FLVRepairTag, _ files: [FLVRepairFile]) {
    guard let file = files.last else { return }
    for (part, stream) in zip(tag.record.parts, tag.streams) {
      guard started.insert(stream).inserted, !configured.contains(stream) else { continue }
      switch part.codec {
      case .h264?, .hevc?, .vvc?, .aac?, .flac?:
        bare[stream, default: []].append(
          Bare(tag: tag, codec: part.codec, file: files.count - 1, position: file.byteCount))
      default: break
      }
    }
  }

  private mutating func configure(
    _ tag: FLVRepairTag, _ configurations: [Int: [UInt8]], _ files: inout [FLVRepairFile]
  ) {
    var frames: [Bare] = []
    for (part, stream) in zip(tag.record.parts, tag.streams) where part.isConfiguration {
      configured.insert(stream)
      guard bare[stream]?.first?.codec == part.codec else { continue }
      frames += bare.removeValue(forKey: stream) ?? []
    }
    // In each file it goes in front of the first frame of all tracks that it is about.
    for (file, frames) in Dictionary(grouping: frames, by: \.file) {
      guard let first = frames.min(by: { $0.position < $1.position }) else { continue }
      files[file].insert(late: tag, before: first.tag, at: first.position, configurations)
    }
  }
}

extension FLVMediaPart {
  /// Whether decoders are set up by it; some encoders send an empty one first.
  fileprivate var isConfiguration: Bool {
    kind == .mpeg2TSSequenceStart || kind == .sequenceHeader && !payload.isEmpty
  }
}
