import MediaBytes

/// Writes an FLV file: tags in, bytes out.
///
/// The sizes in front of and behind each tag come from its body. Call `takeBytes` whenever there are
/// enough of them, and once more at the end. Where the flags of the header are to tell what the file
/// holds, they are right if the first `takeBytes` comes after the last tag; else a sink that can
/// seek writes `header` over the first nine bytes again, see `needsHeaderRewrite`.
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

  /// The header as it should be after all tags so far.
  public private(set) var header: FLVHeader
  /// The key pictures written so far.
  public private(set) var keyframes = FLVKeyframeIndex()
  /// How many bytes the file has so far, those not yet taken included.
  public private(set) var byteCount = 13
  /// How many tags have been written.
  public private(set) var tagCount = 0

  private let derivesFlags: Bool
  private var takenHeader: FLVHeader?
  private var writer = ByteWriter()

  /// Begins a file; without a header its flags say what is written.
  ///
  /// Of a header given, `DataOffset` becomes 9: nothing stands between it and the tags.
  public init(header: FLVHeader? = nil) {
    derivesFlags = header == nil
    self.header = header ?? FLVHeader(hasAudio: false, hasVideo: false)
    self.header.dataOffset = 9
  }

  /// Whether the header that was taken says less than it should.
  public var needsHeaderRewrite: Bool { takenHeader.map { $0 != header } ?? false }

  /// Writes a tag and the `PreviousTagSize` behind it; `dataSize` of the header is not looked at.
  ///
  /// `isKeyframe` puts it into `keyframes`. Throws where a value does not fit its field, and then
  /// has written nothing.
  public mutating func write(
    _ tag: FLVTagHeader, body: RawSpan, isKeyframe: Bool = false
  ) throws(Failure) {
    guard body.byteCount <= 0xff_ffff else { throw .bodyTooLarge(byteCount: body.byteCount) }
    guard tag.streamID <= 0xff_ffff else { throw .streamIDTooLarge(tag.streamID) }
    guard tag.type.rawValue <= 0x1f else { throw .typeTooLarge(tag.type.rawValue) }
    if isKeyframe {
      keyframes.entries.append(
        FLVKeyframeIndex.Entry(milliseconds: tag.timestamp, filePosition: byteCount))
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
    guard takenHeader == nil else { return writer.bytes }
    takenHeader = header
    var first = ByteWriter(capacity: 13 + writer.count)
    header.write(to: &first)
    first.integer(UInt32(0))  // PreviousTagSize0
    first.append(writer.bytes)
    return first.bytes
  }

  private mutating func announce(_ type: FLVTagType) {
    switch type {
    case .audio: header.flags |= 4
    case .video: header.flags |= 1
    default: break
    }
  }
}
