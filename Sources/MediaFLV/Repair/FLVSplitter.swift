import MediaModel

/// Finds where a new file begins.
///
/// That is where a track that has frames gets another configuration or codec, where the clock is
/// set anew, and where 31 bits of time are used up. What stands in front of the first frame goes
/// with it. Where there is video, a file begins with a keyframe: until one comes, all tags stay in
/// the file before, so nothing is lost. One right in front of a change goes with it.
struct FLVSplitter: Sendable {
  /// An item in its file.
  struct Placed: Sendable {
    var item: FLVRepairItem
    /// Set on the first item of each file but the first.
    var begins: Beginning?
  }

  struct Beginning: Sendable {
    var reason: FLVRepairFile.Reason
    /// The tags in effect that set up decoders.
    var setUps: [FLVSetUpKey: FLVRepairTag]
  }

  /// How far to look ahead for a frame or a keyframe.
  private static let lookahead = 2048
  /// Where a file's time is at its end, with room for what comes until the next keyframe.
  private static let longestFile: Int64 = 0x7f00_0000

  let isEnabled: Bool
  private var queue = FLVRepairQueue<FLVRepairItem>()
  private var weight = 0
  /// How many items were taken from the queue.
  private var taken = 0
  /// The frames in the queue, and those of them that are pictures, by the number of items before.
  private var frames = FLVRepairQueue<Int>()
  private var pictures = FLVRepairQueue<Int>()
  /// Items at the head of `queue` that go into the current file.
  private var settled = 0
  private var setUps: [FLVSetUpKey: FLVRepairTag] = [:]
  /// The codec of each track's last frame.
  private var codecs: [Int: FLVRepairCodec] = [:]
  /// Tracks with frames in the current file.
  private var started: Set<Int> = []
  private var fileStart: Int64?
  /// Whether there were pictures in the current file.
  private var hasPictures = false
  /// Why a file should begin at the next keyframe.
  private var wanted: FLVRepairFile.Reason?

  init(isEnabled: Bool) { self.isEnabled = isEnabled }

  mutating func append(_ item: FLVRepairItem) {
    if isEnabled, let tag = item.tag, tag.isFrame {
      frames.append(taken + queue.count)
      if tag.record.mediaKind == .video { pictures.append(taken + queue.count) }
    }
    queue.append(item)
    weight += item.weight
  }

  /// The next item; nil where it depends on items to come whether a file begins with it.
  mutating func next(isEnded: Bool) -> Placed? {
    guard let item = queue.first else { return nil }
    guard isEnabled else { return queue.popFirst().map { Placed(item: $0) } }
    if case .header = item, settled == 0 { settled = 1 }
    var beginning: Beginning?
    if settled == 0 {
      guard let verdict = settle(isEnded: isEnded) else { return nil }
      beginning = verdict
    }
    settled -= 1
    if let tag = item.tag { note(tag) }
    if frames.first == taken { _ = frames.popFirst() }
    if pictures.first == taken { _ = pictures.popFirst() }
    taken += 1
    weight -= item.weight
    return queue.popFirst().map { Placed(item: $0, begins: beginning) }
  }

  /// Decides over the items up to the next frame; answers nil for not yet, and `.some(nil)` for the
  /// current file.
  private mutating func settle(isEnded: Bool) -> Beginning?? {
    let isFull = isEnded || weight >= Self.lookahead
    guard let first = frames.first, let frame = queue[first - taken].tag else {
      guard isFull else { return nil }
      settled = queue.count
      return .some(nil)
    }
    let count = first - taken + 1
    let lead = (0..<count - 1).compactMap { queue[$0].tag }
    var cause = wanted ?? reason(lead, frame)
    if cause == nil {
      guard let isChanged = changesBehind(frame, count, isFull) else { return nil }
      if isChanged { cause = .configuration }
    }
    guard let reason = cause else {
      settled = count
      return .some(nil)
    }
    let isWaiting = wanted != nil && frame.record.mediaKind != .video
    let picture = pictures.first.flatMap { queue[$0 - taken].tag }
    if picture == nil, !isFull, !isWaiting { return nil }
    // Sound that only another configuration sets apart stays with the pictures before.
    let needsPicture = isWaiting || hasPictures && reason == .configuration
    if isWaiting || !(picture?.isKeyframe ?? !needsPicture) {
      wanted = reason
      settled = count
      return .some(nil)
    }
    // What ends the file before, such as an end of sequence, stays there.
    let opening = (0..<count).first { queue[$0].opensFile } ?? count - 1
    guard opening == 0 else {
      settled = opening
      return .some(nil)
    }
    settled = count
    return .some(begin(reason))
  }

  /// Whether another track's configuration changes right behind a keyframe, before a frame of that
  /// track; nil where that is not known yet.
  private func changesBehind(_ frame: FLVRepairTag, _ count: Int, _ isFull: Bool) -> Bool? {
    guard frame.isKeyframe, frame.record.mediaKind == .video, fileStart != nil else { return false }
    var left = started.subtracting(frame.streams)
    for place in count..<max(count, queue.count) where !left.isEmpty {
      guard let tag = queue[place].tag, let stream = tag.stream else { continue }
      if tag.isFrame, tag.record.mediaKind == .video { return false }
      if tag.isFrame { left.subtract(tag.streams) }
      if tag.changesConfiguration, left.contains(stream) { return true }
    }
    return left.isEmpty || isFull ? false : nil
  }

  private func reason(_ lead: [FLVRepairTag], _ frame: FLVRepairTag) -> FLVRepairFile.Reason? {
    guard let fileStart else { return nil }
    let isChanged = (lead + [frame]).contains { tag in
      tag.changesConfiguration && tag.stream.map(started.contains) ?? false
    }
    if isChanged { return .configuration }
    if let stream = frame.stream, started.contains(stream),
      let codec = codecs[stream], codec != FLVRepairCodec(frame)
    {
      return .configuration
    }
    if frame.isRestart { return .clock }
    return frame.time - fileStart > Self.longestFile ? .length : nil
  }

  private mutating func begin(_ reason: FLVRepairFile.Reason) -> Beginning {
    wanted = nil
    started = []
    fileStart = nil
    hasPictures = false
    return Beginning(reason: reason, setUps: setUps)
  }

  private mutating func note(_ tag: FLVRepairTag) {
    if isEnabled {
      var setUp = tag
      // The configuration is found where it came into effect.
      setUp.record.configurationChanges = []
      for key in tag.setUpKeys { setUps[key] = setUp }
    }
    guard tag.isFrame, let stream = tag.stream else { return }
    started.insert(stream)
    if tag.record.mediaKind == .video { hasPictures = true }
    codecs[stream] = FLVRepairCodec(tag)
    if fileStart == nil { fileStart = tag.time }
  }
}

/// How a tag's first track is coded, as far as the tag itself says.
struct FLVRepairCodec: Equatable, Sendable {
  private let fourCC: FourCC?
  private let soundFormat: FLVSoundFormat?
  private let codecID: FLVVideoCodecID?

  init(_ tag: FLVRepairTag) {
    fourCC = tag.record.parts.first?.fourCC
    switch tag.record.body {
    case .audio(let audio): (soundFormat, codecID) = (audio.soundHeader?.format, nil)
    case .video(let video): (soundFormat, codecID) = (nil, video.codecID)
    case .script, .unknown, .unreadable: (soundFormat, codecID) = (nil, nil)
    }
  }
}

extension FLVRepairItem {
  /// Whether it belongs to the frames behind it rather than to those before.
  fileprivate var opensFile: Bool {
    switch self {
    case .join, .header: true
    case .dropped: false
    case .tag(let tag):
      switch tag.role {
      case .setUp, .metadata: true
      case .frame, .other: false
      }
    }
  }
}

extension FLVRepairTag {
  /// What it sets up; empty unless it does.
  var setUpKeys: [FLVSetUpKey] {
    guard case .setUp(let kind) = role, let media = record.mediaKind else { return [] }
    return record.parts.map { FLVSetUpKey(media: media, track: $0.trackID, kind: kind) }
  }
}
