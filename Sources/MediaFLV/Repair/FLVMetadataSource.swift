/// An `onMetaData` of the input, from which that of a copy is made.
struct FLVMetadataSource: Sendable {
  /// Its properties but the index of keyframes; of several with one name only the last, where the
  /// first of them stands.
  var properties: [AMFProperty] = []
  var keyframes: FLVMetadata.Keyframes?
  /// What a writer of ours would make of it is the same byte for byte.
  var isCanonical = false
  /// The bytes of its tag, `PreviousTagSize` included.
  var byteCount: Int
  /// Whether its tag is the first of a file.
  var isInPlace = false

  static let indexName: AMFString = "keyframes"

  /// Reads it; nil where the script data is something else.
  init?(_ script: FLVScriptData, _ tag: FLVTag) {
    guard script.name == "onMetaData" else { return nil }
    byteCount = tag.body.count + 15
    let value = script.arguments.first?.unwrapped
    let all = value?.properties ?? []
    keyframes = FLVMetadata(script)?.keyframes
    var places: [AMFString: Int] = [:]
    for property in all where property.key != Self.indexName {
      // A reference counts objects from the start of the body, which will be another one.
      guard !property.value.hasReference else { continue }
      let plain = AMFProperty(property.key, property.value.normalized)
      if let place = places[property.key] {
        properties[place] = plain
      } else {
        places[property.key] = properties.count
        properties.append(plain)
      }
    }
    guard case .ecmaArray = script.arguments.first else { return }
    let isPlain =
      script.anomalies.isEmpty && script.damage == nil && script.arguments.count == 1
      && !script.hasSetDataFrame && script.encoding == .amf0 && tag.header.type == .script
    let hasIndex = all.contains { $0.key == Self.indexName }
    isCanonical = isPlain && properties.count + (hasIndex ? 1 : 0) == all.count
  }

  subscript(key: AMFString) -> AMFValue? { properties.first { $0.key == key }?.value }

  /// The names of what holds for one file alone.
  static let measures: Set<AMFString> = [
    "duration", "filesize", "fileSize", "lasttimestamp", "lastkeyframetimestamp",
    "lastkeyframelocation", "datasize", "videosize", "audiosize", "hasKeyframes", "canSeekToEnd",
  ]

  /// Whether it says something that holds for one file alone.
  var describesWholeFile: Bool {
    let isMeasured = ["duration", "filesize", "fileSize"].contains { (key: AMFString) in
      self[key]?.number.map { $0 != 0 } ?? false
    }
    return isMeasured || keyframes.map { !$0.filePositions.isEmpty } ?? false
  }
}

extension AMFValue {
  /// The values directly inside.
  private var parts: [AMFValue] {
    switch self {
    case .object(let object): object.properties.map(\.value)
    case .ecmaArray(let array): array.properties.map(\.value) + array.elements
    case .strictArray(let elements): elements
    case .avmPlus(let value): [value]
    case .dictionary(let dictionary): dictionary.entries.flatMap { [$0.key, $0.value] }
    case .vector(let vector):
      if case .object(_, let values) = vector.elements { values } else { [] }
    default: []
    }
  }

  fileprivate var hasReference: Bool {
    if case .reference = self { true } else { parts.contains(where: \.hasReference) }
  }

  /// The same with the counts of its arrays right.
  fileprivate var normalized: AMFValue {
    switch self {
    case .object(var object):
      object.properties = object.properties.map { AMFProperty($0.key, $0.value.normalized) }
      return .object(object)
    case .ecmaArray(var array):
      array.properties = array.properties.map { AMFProperty($0.key, $0.value.normalized) }
      array.declaredCount = UInt32(clamping: array.properties.count)
      return .ecmaArray(array)
    case .strictArray(let elements): return .strictArray(elements.map(\.normalized))
    default: return self
    }
  }
}
