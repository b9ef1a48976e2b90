extension FLVMetadata {
  init(_ value: AMFValue, path: String) {
    var source = Source(value, path: path)
    readGeneral(&source)
    readVideo(&source)
    readAudio(&source)
    keyframes = source.keyframes()
    // The map of tracks describes tracks, which have no tracks.
    if path.isEmpty {
      videoTracks = source.tracks("videoTrackIdInfoMap")
      audioTracks = source.tracks("audioTrackIdInfoMap")
    }
    problems = source.problems
  }

  private mutating func readGeneral(_ source: inout Source) {
    duration = source.number("duration")
    fileSize = source.number("filesize") ?? source.number("fileSize")
    dataSize = source.number("datasize")
    encoder = source.text("encoder")
    metadataCreator = source.text("metadatacreator")
    creationDate = source.text("creationdate")
    canSeekToEnd = source.boolean("canSeekToEnd")
    hasVideo = source.boolean("hasVideo")
    hasAudio = source.boolean("hasAudio")
    hasMetadata = source.boolean("hasMetadata")
    hasKeyframes = source.boolean("hasKeyframes")
    lastTimestamp = source.number("lasttimestamp")
    lastKeyframeTimestamp = source.number("lastkeyframetimestamp")
    lastKeyframeLocation = source.number("lastkeyframelocation")
  }

  private mutating func readVideo(_ source: inout Source) {
    width = source.number("width")
    height = source.number("height")
    frameRate = source.number("framerate")
    videoDataRate = source.number("videodatarate")
    videoCodecID = source.codecID("videocodecid")
    videoSize = source.number("videosize")
  }

  private mutating func readAudio(_ source: inout Source) {
    audioDataRate = source.number("audiodatarate")
    audioSampleRate = source.number("audiosamplerate") ?? source.number("samplerate")
    audioSampleSize = source.number("audiosamplesize")
    audioChannels = source.number("audiochannels") ?? source.number("channels")
    isStereo = source.boolean("stereo")
    audioCodecID = source.codecID("audiocodecid")
    audioDelay = source.number("audiodelay")
    audioSize = source.number("audiosize")
  }
}

/// The properties by name, and what was wrong with those asked for.
private struct Source {
  /// A track's number has 8 bits; of keys that are none no more are told.
  private static let maxTracks = 256

  private let values: [AMFString: AMFValue]
  private let path: String
  private(set) var problems: [FLVMetadata.Problem] = []

  init(_ value: AMFValue, path: String) {
    let pairs = (value.properties ?? []).map { ($0.key, $0.value.unwrapped) }
    // Of several with one name the last counts, as in ActionScript.
    values = Dictionary(pairs) { $1 }
    self.path = path
    if value.properties == nil, !value.isAbsent {
      let name = path.isEmpty ? "onMetaData" : path
      problems.append(.init(path: name, kind: .wrongType(found: "\(value.typeName)")))
    }
  }

  private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private mutating func note(_ kind: FLVMetadata.Problem.Kind, _ key: String) {
    problems.append(.init(path: full(key), kind: kind))
  }

  /// The value; nil where it is as good as absent.
  private func value(_ key: String) -> AMFValue? {
    guard let value = values[AMFString(key)], !value.isAbsent else { return nil }
    return value
  }

  mutating func number(_ key: String) -> Double? {
    guard let value = value(key) else { return nil }
    if let number = value.number { return number }
    guard let text = value.text, let number = Double(text) else {
      note(.wrongType(found: "\(value.typeName)"), key)
      return nil
    }
    note(.numberAsText(text), key)
    return number
  }

  mutating func text(_ key: String) -> String? {
    guard let value = value(key) else { return nil }
    if value.text == nil { note(.wrongType(found: "\(value.typeName)"), key) }
    return value.text
  }

  mutating func boolean(_ key: String) -> Bool? {
    guard let value = value(key) else { return nil }
    if let boolean = value.boolean { return boolean }
    let converted: Bool? =
      switch (value.number, value.text) {
      case (let number?, _): number == 1 ? true : number == 0 ? false : nil
      case (_, "true"?), (_, "1"?): true
      case (_, "false"?), (_, "0"?): false
      default: nil
      }
    let isConverted = converted != nil
    note(
      isConverted
        ? .booleanAsOther(found: "\(value)") : .wrongType(found: "\(value.typeName)"), key)
    return converted
  }

  mutating func codecID(_ key: String) -> FLVMetadata.CodecID? {
    guard let value = value(key) else { return nil }
    if let number = value.number {
      if let id = UInt8(exactly: number) { return .id(id) }
      if let code = UInt32(exactly: number) { return .fourCC(FourCC(rawValue: code)) }
      note(.codecID(number), key)
      return nil
    }
    guard let text = value.text else {
      note(.wrongType(found: "\(value.typeName)"), key)
      return nil
    }
    return .text(text)
  }

  // MARK: Parts

  mutating func keyframes() -> FLVMetadata.Keyframes? {
    guard let value = value("keyframes") else { return nil }
    guard value.properties != nil else {
      note(.wrongType(found: "\(value.typeName)"), "keyframes")
      return nil
    }
    let positions = numbers("filepositions", in: value)
    let times = numbers("times", in: value)
    guard positions != nil || times != nil else { return nil }
    let index = FLVMetadata.Keyframes(filePositions: positions ?? [], times: times ?? [])
    if index.filePositions.count != index.times.count {
      note(
        .countsDiffer(filePositions: index.filePositions.count, times: index.times.count),
        "keyframes")
    }
    return index
  }

  /// A list of numbers, from any type of array.
  private mutating func numbers(_ key: String, in object: AMFValue) -> [Double]? {
    guard let list = object[AMFString(key)]?.unwrapped, !list.isAbsent else { return nil }
    let elements: [AMFValue]
    switch list {
    case .strictArray(let values): elements = values
    case .ecmaArray(let array): elements = array.elements + array.properties.map(\.value)
    case .vector(let vector):
      switch vector.elements {
      case .double(let values): return values
      case .int(let values): return values.map(Double.init)
      case .uint(let values): return values.map(Double.init)
      case .object(_, let values): elements = values
      }
    default:
      note(.wrongType(found: "\(list.typeName)"), "keyframes.\(key)")
      return nil
    }
    var odd: AMFValue?
    let result = elements.map { element -> Double in
      if let number = element.number { return number }
      odd = odd ?? element
      return element.text.flatMap { Double($0) } ?? .nan
    }
    // One problem for the whole list.
    if let odd {
      let number = odd.text.flatMap { Double($0) == nil ? nil : $0 }
      note(
        number.map { .numberAsText($0) } ?? .wrongType(found: "\(odd.typeName)"),
        "keyframes.\(key)")
    }
    return result
  }

  mutating func tracks(_ key: String) -> [FLVMetadata.Track] {
    guard let map = value(key) else { return [] }
    guard let entries = map.properties else {
      note(.wrongType(found: "\(map.typeName)"), key)
      return []
    }
    // Of several with one number the last counts, as with names; they are read when all is known.
    var values = [AMFValue?](repeating: nil, count: Self.maxTracks)
    for entry in entries {
      if let id = UInt8(entry.key.text) {
        values[Int(id)] = entry.value.unwrapped
      } else if problems.count < Self.maxTracks {
        note(.trackID(entry.key.text), key)
      }
    }
    var tracks: [FLVMetadata.Track] = []
    for (id, value) in values.enumerated() {
      guard let value else { continue }
      let info = FLVMetadata(value, path: "\(full(key)).\(id)")
      problems += info.problems
      tracks.append(FLVMetadata.Track(id: id, info: info))
    }
    return tracks
  }
}

extension AMFValue {
  /// Whether it says no more than the absence of the property.
  fileprivate var isAbsent: Bool {
    switch self {
    case .null, .undefined, .unsupported: true
    default: false
    }
  }
}
