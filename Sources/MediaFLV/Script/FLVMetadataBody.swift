internal import MediaBytes

/// The body of an `onMetaData` tag whose numbers can be set after its size is known.
///
/// A file's metadata stands before the tags whose positions it holds. So the size comes first:
/// make the body with as many keyframes as there will be, place the tags behind it, then set the
/// numbers. None of them changes the size.
public struct FLVMetadataBody: Sendable {
  /// The body, from the name `onMetaData` to the last end marker.
  public private(set) var bytes: [UInt8]
  /// How many keyframes the index has.
  public let keyframeCount: Int
  /// Where the numbers of the outermost level lie in `bytes`.
  private var numberOffsets: [AMFString: Int] = [:]
  private var positionsOffset = 0
  private var timesOffset = 0

  /// Writes an ECMA array of the properties and, unless `keyframeCount` is nil, an index of that
  /// many keyframes as its last property, all zero until set.
  ///
  /// A property called `keyframes` among `properties` is left out then, and always one whose name
  /// is longer than the 65,535 bytes that AMF0 can write. Nil where the body would not fit in a
  /// tag, which is at 932,000 keyframes.
  public init?(_ properties: [AMFProperty], keyframeCount: Int?) {
    let count = keyframeCount ?? 0
    guard (0...Self.maxByteCount / 18).contains(count) else { return nil }
    self.keyframeCount = count
    let kept = properties.filter {
      $0.key.byteCount <= 0xffff && (keyframeCount == nil || $0.key != Self.indexName)
    }
    var writer = ByteWriter()
    var encoder = AMFEncoder()
    encoder.amf0(.string("onMetaData"), to: &writer)
    writer.amf0(.ecmaArray)
    writer.integer(UInt32(kept.count + (keyframeCount == nil ? 0 : 1)))
    for property in kept {
      writer.amf0Name(property.key)
      if case .number = property.value { numberOffsets[property.key] = writer.count + 1 }
      encoder.amf0(property.value, to: &writer)
    }
    if keyframeCount != nil {
      writer.amf0Name(Self.indexName)
      writer.amf0(.object)
      positionsOffset = Self.reserve("filepositions", count, &writer)
      timesOffset = Self.reserve("times", count, &writer)
      writer.amf0ObjectEnd()
    }
    writer.amf0ObjectEnd()
    guard writer.count <= Self.maxByteCount else { return nil }
    bytes = writer.bytes
  }

  /// The largest `DataSize`.
  private static let maxByteCount = 0xff_ffff
  private static let indexName: AMFString = "keyframes"

  private static func reserve(
    _ name: AMFString, _ count: Int, _ writer: inout ByteWriter
  ) -> Int {
    writer.amf0Name(name)
    writer.amf0(.strictArray)
    writer.integer(UInt32(count))
    let start = writer.count
    // The marker of a number is 0 as well.
    writer.fill(9 * count)
    return start + 1
  }

  /// Sets a number of the outermost level; false where the body has none of that name.
  @discardableResult
  public mutating func setNumber(_ key: AMFString, _ value: Double) -> Bool {
    guard let offset = numberOffsets[key] else { return false }
    patch(offset, value)
    return true
  }

  /// Sets a keyframe of the index: its tag's position in the file, its time in seconds.
  public mutating func setKeyframe(_ index: Int, position: Int, time: Double) {
    precondition((0..<keyframeCount).contains(index), "the index is smaller")
    patch(positionsOffset + 9 * index, Double(position))
    patch(timesOffset + 9 * index, time)
  }

  private mutating func patch(_ offset: Int, _ value: Double) {
    for index in 0..<8 {
      bytes[offset + index] = UInt8(truncatingIfNeeded: value.bitPattern >> (56 - 8 * index))
    }
  }
}
