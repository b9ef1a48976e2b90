import MediaModel

/// Makes a file's `onMetaData` true.
///
/// Properties keep their order, those that say nothing measurable their values; the index of
/// keyframes comes last, as most writers have it. Of numbers that writers define in different ways,
/// each definition is taken for right.
struct FLVMetadataRepair {
  private let file: FLVRepairFile
  private let video: FLVStream?
  private let audio: FLVStream?
  private let videoFacts: FLVTrackFacts
  private let audioFacts: FLVTrackFacts

  init(_ file: FLVRepairFile, _ facts: (FLVStream) -> FLVTrackFacts) {
    self.file = file
    video = file.stream(.video)
    audio = file.stream(.audio)
    videoFacts = video.map(facts) ?? FLVTrackFacts()
    audioFacts = audio.map(facts) ?? FLVTrackFacts()
  }

  func metadata() -> FLVRepairPlan.Metadata {
    let source = file.source
    guard source != nil || !file.streams.isEmpty else { return .absent }
    if let source, file.ownsSource, source.isInPlace, isRight(source) { return .kept }
    // More than 16 MiB of index would not fit in a tag.
    var entries = file.index
    while true {
      if let bytes = tag(source, entries) {
        return .written(
          bytes, isInPlace: file.ownsSource && source?.isInPlace ?? false,
          reason: reason(source, byteCount: bytes.count))
      }
      guard entries.count > 1 else { return source == nil ? .absent : .kept }
      entries = entries.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    }
  }

  private func isRight(_ source: FLVMetadataSource) -> Bool {
    guard source.isCanonical else { return false }
    let properties = corrected(source.properties, byteCount: source.byteCount)
    guard properties == source.properties else { return false }
    let entries = file.index
    guard !entries.isEmpty else { return source.keyframes == nil }
    guard let index = source.keyframes, index.times.count == entries.count,
      index.filePositions.count == entries.count
    else { return false }
    return entries.indices.allSatisfy { place in
      let entry = entries[place]
      return index.filePositions[place] == Double(entry.position + source.byteCount)
        && abs(index.times[place] - seconds(entry.time)) < 0.001
    }
  }

  /// The whole tag; nil where it would be too large.
  private func tag(_ source: FLVMetadataSource?, _ entries: [FLVRepairFile.Keyframe]) -> [UInt8]? {
    let count = entries.isEmpty ? nil : entries.count
    let old = source?.properties ?? []
    // Its own size is part of what it says; numbers have one size, whatever they are.
    guard
      let first = FLVMetadataBody(corrected(old, byteCount: 0), keyframeCount: count),
      var body = FLVMetadataBody(
        corrected(old, byteCount: first.tagByteCount), keyframeCount: count)
    else { return nil }
    body.setKeyframes(entries.map { ($0.position, seconds($0.time)) })
    return body.tag()
  }

  private func seconds(_ time: Int64) -> Double { Double(file.milliseconds(time)) / 1000 }

  private func reason(_ source: FLVMetadataSource?, byteCount: Int) -> String {
    guard let source else { return "there was none" }
    let new = corrected(source.properties, byteCount: byteCount)
    var parts = new.compactMap { property -> String? in
      let old = source[property.key]
      guard old != property.value else { return nil }
      let from = old.map { $0.text(maxElements: 4) } ?? "none"
      return "\(property.key.text) \(from) -> \(property.value.text(maxElements: 4))"
    }
    if !file.index.isEmpty { parts.append("\(file.index.count) keyframes in the index") }
    if !source.isCanonical { parts.append("written anew") }
    return parts.joined(separator: ", ")
  }
}

// MARK: - Properties

extension FLVMetadataRepair {
  /// The properties with true values, in a file whose metadata tag has so many bytes.
  private func corrected(_ old: [AMFProperty], byteCount: Int) -> [AMFProperty] {
    let keys = Set(old.map(\.key))
    let corrected = old.map { property in
      let value = value(of: property.key, instead: property.value, byteCount)
      return AMFProperty(property.key, value ?? property.value)
    }
    let added = required.filter { !keys.contains($0) }.compactMap { key in
      value(of: key, instead: .undefined, byteCount).map { AMFProperty(key, $0) }
    }
    return corrected + added
  }

  /// What a file should say in any case.
  private var required: [AMFString] {
    guard !file.streams.isEmpty else { return [] }
    var keys: [AMFString] = ["duration"]
    if videoFacts.width != nil, videoFacts.height != nil { keys += ["width", "height"] }
    if file.source == nil {
      if videoCodecID != nil { keys += ["videocodecid"] }
      if audioCodecID != nil { keys += ["audiocodecid"] }
      keys += ["filesize"]
    }
    if !file.index.isEmpty { keys += ["hasKeyframes", "canSeekToEnd"] }
    return keys
  }

  /// The true value of a property; nil where nothing is known of it.
  private func value(of key: AMFString, instead old: AMFValue, _ byteCount: Int) -> AMFValue? {
    switch key {
    case "duration": duration(old)
    case "filesize", "fileSize": number(Double(file.byteCount + byteCount), old)
    case "width": number(videoFacts.width.map(Double.init), old)
    case "height": number(videoFacts.height.map(Double.init), old)
    case "framerate": frameRate(old)
    case "videocodecid": videoCodec(old)
    case "audiocodecid": audioCodec(old)
    case "audiosamplerate": sampleRate(old)
    case "audiochannels": number(audioFacts.channels.map(Double.init), old)
    case "stereo": audioFacts.channels.flatMap { $0 > 2 ? nil : boolean($0 == 2) }
    case "lasttimestamp": lastTimestamp(old)
    case "lastkeyframetimestamp": number((file.keyframes.last?.time).map(seconds), old)
    case "lastkeyframelocation":
      number((file.keyframes.last?.position).map { Double($0 + byteCount) }, old)
    case "videosize": size(file.totals.video, old)
    case "audiosize": size(file.totals.audio, old)
    case "datasize": dataSize(old, byteCount)
    case "hasVideo": boolean(file.totals.video.tags > 0)
    case "hasAudio": boolean(file.totals.audio.tags > 0)
    case "hasMetadata": boolean(true)
    case "hasKeyframes": boolean(!file.index.isEmpty)
    case "canSeekToEnd": boolean(file.isLastVideoKeyframe)
    default: nil
    }
  }

  private func boolean(_ value: Bool) -> AMFValue { .boolean(value) }

  /// A number, or the old one where that is near enough.
  private func number(
    _ new: Double?, _ old: AMFValue, within tolerance: Double = 0.0005
  ) -> AMFValue? {
    guard let new else { return nil }
    if case .number(let value) = old, abs(value - new) <= tolerance { return old }
    return .number(new)
  }

  private func duration(_ old: AMFValue) -> AMFValue? {
    guard let duration = file.duration else { return nil }
    let tolerance = file.frameDuration + 0.001
    if case .number(let value) = old, value > 0,
      file.durations.contains(where: {
        ($0.lowerBound - tolerance...$0.upperBound + tolerance).contains(value)
      })
    {
      return old
    }
    return .number(duration)
  }

  private func frameRate(_ old: AMFValue) -> AMFValue? {
    guard let rate = file.frameRate else { return nil }
    if case .number(let value) = old, rate.lawful.contains(value) { return old }
    return .number((rate.mean * 1000).rounded() / 1000)
  }

  private func lastTimestamp(_ old: AMFValue) -> AMFValue? {
    guard let last = file.times?.upperBound else { return nil }
    let lawful = [file.lastTime, file.lastVideoTime].compactMap { $0 }.map(seconds)
    if let value = old.number, lawful.contains(where: { abs($0 - value) < 0.0015 }) { return old }
    return number(seconds(last), old, within: 0.0015)
  }

  /// Of tags with their headers.
  private func size(_ count: FLVTotals.Count, _ old: AMFValue) -> AMFValue {
    let lawful = [0, 11, 15].map { Double(count.bytes + $0 * count.tags) }
    return old.number.map(lawful.contains) ?? false ? old : .number(lawful[1])
  }

  /// Of sound and pictures with all that belongs to their tags, or of script data.
  private func dataSize(_ old: AMFValue, _ byteCount: Int) -> AMFValue {
    let (audio, video, script) = (file.totals.audio, file.totals.video, file.totals.script)
    let media = (bytes: audio.bytes + video.bytes, tags: audio.tags + video.tags)
    var lawful = [15, 11, 0].map { Double(media.bytes + $0 * media.tags) }
    lawful.append(Double(script.bytes + 11 * script.tags + byteCount - 4))
    return old.number.map(lawful.contains) ?? false ? old : .number(lawful[0])
  }

  /// AAC with SBR is described by either of two rates.
  private func sampleRate(_ old: AMFValue) -> AMFValue? {
    guard let rate = audioFacts.sampleRate.map(Double.init) else { return nil }
    let isAAC = audio?.codec == .aac
    if isAAC, let value = old.number, value == rate * 2 || value * 2 == rate { return old }
    // Speeds of 5,512.5 Hz and its multiples are given with and without the fraction.
    return number(rate, old, within: 0.5)
  }

  // MARK: Codecs

  private var videoCodecID: FLVMetadata.CodecID? {
    guard let video else { return nil }
    return video.fourCC.map { .fourCC($0) } ?? video.codecID.map { .id($0.rawValue) }
  }

  private var audioCodecID: FLVMetadata.CodecID? {
    guard let audio else { return nil }
    return audio.fourCC.map { .fourCC($0) } ?? audio.soundHeader.map { .id($0.format.rawValue) }
  }

  /// The id, or the old value where that names the same codec in another way, such as the text
  /// `avc1`; 0 where there is none.
  private func videoCodec(_ old: AMFValue) -> AMFValue? {
    guard let video else { return file.streams.isEmpty ? nil : .number(0) }
    guard let id = videoCodecID, let codec = video.codec else { return videoCodecID?.value }
    switch Self.read("videocodecid", old).videoCodecID {
    case .id(let value)? where FLVVideoCodecID(rawValue: value).codec == codec: return old
    case let found? where found.fourCC?.videoCodec == codec: return old
    default: return id.value
    }
  }

  private func audioCodec(_ old: AMFValue) -> AMFValue? {
    guard let audio else { return file.streams.isEmpty ? nil : .number(0) }
    guard let id = audioCodecID, let codec = audio.codec else { return audioCodecID?.value }
    let found = Self.read("audiocodecid", old).audioCodecID
    return found == id || found?.fourCC?.audioCodec == codec ? old : id.value
  }

  private static func read(_ key: AMFString, _ value: AMFValue) -> FLVMetadata {
    FLVMetadata(.object(AMFObject([AMFProperty(key, value)])))
  }
}
