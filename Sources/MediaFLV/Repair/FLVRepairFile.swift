import MediaModel

/// What a repair puts into one file, as its first pass finds it.
public struct FLVRepairFile: Sendable {
  /// Why a file begins.
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// It is the first one.
    case start
    /// A track's configuration or codec changes.
    case configuration
    /// Timestamps jump or start over.
    case clock
    /// The file before lasts as long as 31 bits can say.
    case length
  }

  /// A keyframe of its default video track.
  struct Keyframe: Sendable {
    /// In milliseconds, before the file's origin is subtracted.
    var time: Int64
    /// Where its tag begins, were there no metadata that the repair writes.
    var position: Int
  }

  /// Why it begins.
  public internal(set) var reason: Reason
  /// Where in the input it begins.
  public internal(set) var inputOffset: Int
  /// Its tracks, described by their tags with times that begin about 0; the index is the input's.
  public internal(set) var streams: [FLVStream] = []
  /// Sums over its audio and video tags.
  public internal(set) var totals = FLVTotals()

  /// The bytes of its header and of all tags but metadata that the repair writes.
  var byteCount = 13
  var keyframes: [Keyframe] = []
  /// The times of its frames.
  var times: ClosedRange<Int64>?
  /// The time of its first frame.
  var base: Int64?
  /// The time of its last tag.
  var lastTime: Int64?
  var lastVideoTime: Int64?
  var isLastVideoKeyframe = false
  /// Steps of its default video track that are no gaps.
  var steps = FLVTimestampSteps()
  /// The index of that track.
  private var picture: Int?
  /// What `onMetaData` says, from this file or the one before.
  var source: FLVMetadataSource?
  /// Whether `source` is a tag of this very file.
  var ownsSource = false
  /// Sequence headers from elsewhere in the input that its frames need, put in front of it.
  private(set) var opening: [FLVRepairTag] = []
  /// Such as come too late in the input, by the places there of the frames they are put in front of.
  private(set) var late: [Int: [FLVRepairTag]] = [:]

  init(_ reason: Reason, inputOffset: Int) {
    self.reason = reason
    self.inputOffset = inputOffset
  }

  /// The keyframes worth an index: FFmpeg refuses one of a single entry.
  var index: [Keyframe] { keyframes.count > 1 ? keyframes : [] }

  /// What is subtracted from times: nothing as long as they can be written as they are.
  var origin: Int64 {
    guard let times else { return 0 }
    let isLawful = times.lowerBound >= 0 && times.upperBound <= Int64(Int32.max)
    return reason == .start && isLawful ? 0 : times.lowerBound
  }

  /// A time as the file has it.
  func milliseconds(_ time: Int64) -> Int64 { time - origin }

  var header: FLVHeader {
    FLVHeader(hasAudio: totals.audio.tags > 0, hasVideo: totals.video.tags > 0)
  }

  /// The default track of a kind, which `onMetaData` is about, or the first where there is none.
  func stream(_ kind: MediaKind) -> FLVStream? {
    streams.first { $0.kind == kind && $0.trackID == 0 } ?? streams.first { $0.kind == kind }
  }
}

// MARK: - Measures

extension FLVRepairFile {
  /// From the first presentation to the end of the last, in seconds; nil without frames.
  public var duration: Double? {
    let starts = streams.compactMap { $0.pts.map { Double($0.lowerBound) / 1000 } }
    guard let end = lastEnd, let start = starts.min(), end >= start else { return nil }
    return ((end - start) * 1000).rounded() / 1000
  }

  /// What writers give as the duration: from the first timestamp or from 0, to the last timestamp
  /// or to the end of the last frame.
  var durations: [ClosedRange<Double>] {
    guard let lastEnd, let base, let times else { return [] }
    let last = Double(times.upperBound - base) / 1000
    let start = Double(milliseconds(base)) / 1000
    return [last...max(last, lastEnd), start + last...start + max(last, lastEnd)]
  }

  /// Where the last frame ends, counted from the first timestamp.
  private var lastEnd: Double? {
    streams.compactMap { stream in
      stream.pts.map { Double($0.upperBound) / 1000 + (stream.meanFrameDuration ?? 0) }
    }.max()
  }

  /// Frames per second where frames follow each other, and what may be said of it; nil where too
  /// many frames do not.
  var frameRate: (mean: Double, lawful: ClosedRange<Double>)? {
    guard let frames = stream(.video)?.frames, steps.count * 2 > frames else { return nil }
    return steps.frameRate
  }

  /// What is longer is a gap, in milliseconds.
  private static let longestStep: Int64 = 500

  /// The longest mean distance of frames among its tracks, in seconds.
  var frameDuration: Double { streams.compactMap(\.meanFrameDuration).max() ?? 0 }

  /// Takes account of a tag that goes into the file.
  mutating func take(_ tag: FLVRepairTag, _ configurations: [Int: [UInt8]]) {
    lastTime = tag.time
    if tag.isFrame {
      base = base ?? tag.time
      times =
        times.map { min($0.lowerBound, tag.time)...max($0.upperBound, tag.time) }
        ?? tag.time...tag.time
    }
    var record = tag.record
    // The origin is known at the end only; what is measured does not depend on it.
    record.tag.header.timestamp = Int32(clamping: tag.time - (base ?? tag.time))
    totals.take(
      record.tag, isFrame: record.kind == .codedFrames, isEncrypted: record.isEncrypted)
    guard let kind = record.mediaKind else { return }
    for (part, stream) in zip(record.parts, tag.streams) {
      let index = index(of: part, kind, stream, configurations, record.tag)
      streams[index].take(record, part)
    }
    for change in record.configurationChanges {
      guard let index = streams.firstIndex(where: { $0.index == change.stream }) else { continue }
      _ = streams[index].configure(change.after, at: record.tag)
    }
    if tag.isFrame, kind == .video { takePicture(tag) }
  }

  /// Takes account of a sequence header in front of all else.
  mutating func open(with tag: FLVRepairTag, _ configurations: [Int: [UInt8]]) {
    let index = opening.firstIndex { $0.record.tag.offset > tag.record.tag.offset }
    opening.insert(tag, at: index ?? opening.endIndex)
    insert(tag, at: 13, configurations)
  }

  /// Takes account of a sequence header in front of a frame that was taken, whose tag begins at
  /// `position`.
  mutating func insert(
    late tag: FLVRepairTag, before frame: FLVRepairTag, at position: Int,
    _ configurations: [Int: [UInt8]]
  ) {
    late[frame.record.tag.offset, default: []].append(tag)
    insert(tag, at: position, configurations)
  }

  private mutating func insert(
    _ tag: FLVRepairTag, at position: Int, _ configurations: [Int: [UInt8]]
  ) {
    let size = tag.record.tag.body.count + 15
    for index in keyframes.indices.reversed() {
      guard keyframes[index].position >= position else { break }
      keyframes[index].position += size
    }
    byteCount += size
    let last = lastTime
    take(tag, configurations)
    lastTime = last
  }

  private mutating func takePicture(_ tag: FLVRepairTag) {
    guard let index = stream(.video)?.index, tag.streams.contains(index) else { return }
    if index != picture {
      // What came before was another track's.
      (picture, keyframes, steps, lastVideoTime) = (index, [], FLVTimestampSteps(), nil)
    }
    if let last = lastVideoTime, tag.time - last <= Self.longestStep {
      steps.add(tag.time - last)
    }
    lastVideoTime = tag.time
    isLastVideoKeyframe = tag.isKeyframe
    if tag.isKeyframe { keyframes.append(Keyframe(time: tag.time, position: byteCount)) }
  }

  private mutating func index(
    of part: FLVMediaPart, _ kind: MediaKind, _ number: Int, _ configurations: [Int: [UInt8]],
    _ tag: FLVTag
  ) -> Int {
    if let index = streams.firstIndex(where: { $0.index == number }) { return index }
    var stream = FLVStream(index: number, kind: kind, trackID: part.trackID)
    if let configuration = configurations[number] { _ = stream.configure(configuration, at: tag) }
    streams.append(stream)
    return streams.count - 1
  }
}
