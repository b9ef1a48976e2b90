internal import MediaModel

/// What a parser has found out so far.
struct PCMFileFacts {
  var container: PCMContainer?
  var format: PCMFormat?
  /// Frames the header promises.
  var declaredFrames: Int64?
  /// Frames that another field states, to be held against those there are.
  private(set) var statedFrames: [StatedFrames] = []
  var metadata = PCMMetadata()
  /// Names of points by their numbers, whichever of points and names comes first.
  var cueLabels: [UInt32: String] = [:]
  /// Bytes of metadata that may still be read, so that no file fills the memory.
  var metadataBudget = Int64(4 * maxChunkLength)
  private(set) var findings = FindingCollector()

  mutating func note(_ code: FindingCode, _ message: String, at offset: Int64) {
    findings.add(Finding(code, message, offset: Int(offset)))
  }

  /// Keeps what a field states; of more fields than any honest file has, the first few.
  mutating func state(_ frames: Int64, in field: String, at offset: Int64) {
    guard statedFrames.count < Self.mostStated else { return }
    statedFrames.append(StatedFrames(frames: frames, field: field, offset: offset))
  }
  private static let mostStated = 4

  /// Gives the points their names.
  mutating func labelCues() {
    for index in metadata.cues.indices {
      if let label = cueLabels[metadata.cues[index].id] { metadata.cues[index].label = label }
    }
  }

  /// Keeps the first value of a tag that is not empty.
  mutating func tag(_ name: String, _ value: String) {
    guard !value.isEmpty, metadata.tags[name] == nil else { return }
    metadata.tags[name] = value
  }
}

/// A number of frames, and which field says so where.
struct StatedFrames {
  var frames: Int64
  var field: String
  var offset: Int64
}
