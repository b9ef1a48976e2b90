import MediaBytes

/// Writes an FLV file: tags in, bytes out.
///
/// The sizes in front of and behind each tag come from its body. Call `takeBytes` whenever there are
/// enough of them, and once more at the end. What only the end tells, the flags of the header and
/// `onMetaData` with the index of keyframes, is in `opening`: a sink that can go back writes it in
/// the place of the first `openingByteCount` bytes.
public struct FLVWriter: Sendable {
  /// What cannot be said in an FLV tag.
  public enum Failure: Error, Hashable, Sendable {
    /// A body of this many bytes; 24 bits hold 16,777,215.
    case bodyTooLarge(byteCount: Int)
    /// A StreamID of more than 24 bits.
    case streamIDTooLarge(UInt32)
    /// A type of more than 5 bits.
    case typeTooLarge(UInt8)
  }

  /// A header and `PreviousTagSize0`, with which the bytes to be taken begin.
  public static let openingByteCount = 13

  /// The header as it should be after all tags so far.
  public private(set) var header: FLVHeader
  /// How many bytes the file has so far, those not yet taken included.
  public private(set) var byteCount = Self.openingByteCount
  /// How many tags have been written.
  public private(set) var tagCount = 0

  private let derivesFlags: Bool
  /// Where the tags with key pictures are, and their times in seconds.
  private var keyframes: [(position: Int, time: Double)] = []
  private var hasBegun = false
  private var writer = ByteWriter()

  /// Begins a file; without a header its flags say what is written.
  ///
  /// Of a header given, `DataOffset` becomes 9: nothing stands between it and the tags.
  public init(header: FLVHeader? = nil) {
    derivesFlags = header == nil
    self.header = header ?? FLVHeader(hasAudio: false, hasVideo: false)
    self.header.dataOffset = 9
  }

  /// Writes a tag and the `PreviousTagSize` behind it; `dataSize` of the header is not looked at.
  ///
  /// `isKeyframe` puts it into the index. Throws where a value does not fit its field, and then
  /// has written nothing.
  public mutating func write(
    _ tag: FLVTagHeader, body: RawSpan, isKeyframe: Bool = false
  ) throws(Failure) {
    guard body.byteCount <= 0xff_ffff else { throw .bodyTooLarge(byteCount: body.byteCount) }
    guard tag.streamID <= 0xff_ffff else { throw .streamIDTooLarge(tag.streamID) }
    guard tag.type.rawValue <= 0x1f else { throw .typeTooLarge(tag.type.rawValue) }
    if isKeyframe {
      keyframes.append((byteCount, Double(tag.timestamp) / 1000))
    }
    if derivesFlags { announce(tag.type) }
    var tag = tag
    tag.dataSize = UInt32(body.byteCount)
    tag.write(to: &writer)
    writer.append(body)
    writer.integer(tag.dataSize + 11)
    byteCount += FLVTagHeader.byteCount + body.byteCount + 4
    tagCount += 1
  }

  /// Writes a tag whose body is an array.
  public mutating func write(
    _ tag: FLVTagHeader, body: [UInt8], isKeyframe: Bool = false
  ) throws(Failure) {
    try unsafe write(tag, body: body.span.bytes, isKeyframe: isKeyframe)
  }

  /// The bytes made since the last call; the first begin with the file header.
  public mutating func takeBytes() -> [UInt8] {
    defer { writer.removeAll() }
    guard !hasBegun else { return writer.bytes }
    hasBegun = true
    var first = beginning
    first.append(writer.bytes)
    return first.bytes
  }

  /// How a file of all tags so far begins: its header, and in front of the tags an `onMetaData` of
  /// these properties with the index of keyframes.
  ///
  /// A number called `filesize` becomes that of the file which begins so. An index of one keyframe is
  /// left out: there is nothing to seek. Nil where the metadata would not fit in a tag.
  public func opening(_ properties: [AMFProperty]) -> [UInt8]? {
    let count = keyframes.count > 1 ? keyframes.count : nil
    guard var body = FLVMetadataBody(properties, keyframeCount: count) else { return nil }
    body.setNumber("filesize", Double(byteCount + body.tagByteCount))
    if count != nil { body.setKeyframes(keyframes) }
    var first = beginning
    first.append(body.tag())
    return first.bytes
  }

  private var beginning: ByteWriter {
    var writer = ByteWriter()
    header.write(to: &writer)
    writer.integer(UInt32(0))  // PreviousTagSize0
    return writer
  }

  private mutating func announce(_ type: FLVTagType) {
    switch type {
    case .audio: header.flags |= 4
    case .video: header.flags |= 1
    default: break
    }
  }
}
