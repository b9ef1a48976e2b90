/// A tag and where it lies; its body stays in the input.
public struct FLVTag: Hashable, Sendable {
  /// How many tags were found before it.
  public var index: Int
  /// Where its header begins in the input.
  public var offset: Int
  /// Its header; where `declaredDataSize` is set, `dataSize` is not what the input says but right.
  public var header: FLVTagHeader
  /// The `DataSize` in the input where that is wrong but the body is whole, else nil.
  public var declaredDataSize: UInt32?

  /// Makes a tag whose header is right.
  public init(index: Int, offset: Int, header: FLVTagHeader) {
    self.index = index
    self.offset = offset
    self.header = header
  }

  /// Where its body lies in the input.
  public var body: Range<Int> {
    let start = offset + FLVTagHeader.byteCount
    return start..<start + Int(header.dataSize)
  }
}

extension FLVTag {
  /// The field behind it where that says what the specification asks for.
  public var exactPreviousTagSize: FLVPreviousTagSize {
    let size = header.dataSize + UInt32(FLVTagHeader.byteCount)
    return FLVPreviousTagSize(
      tagIndex: index, offset: body.upperBound, value: size, expected: size, kind: .exact)
  }
}

/// The field behind each tag, and the one before the first, that lets a file be read backwards
/// (FLV 10.1 E.3).
public struct FLVPreviousTagSize: Hashable, Sendable {
  /// What a writer put into the field, for a tag of the known `DataSize`.
  public enum Kind: Hashable, Sendable {
    /// What the specification asks for: 11 + DataSize, before the first tag 0.
    case exact
    /// Always 0.
    case zero
    /// DataSize, without the header.
    case dataSize
    /// DataSize + 10.
    case dataSizePlus10
    /// The sizes of this tag and all before it, their headers included.
    case runningSum
    /// None of these.
    case wrong
  }

  /// The tag it follows; nil for `PreviousTagSize0`.
  public var tagIndex: Int?
  /// Where it lies in the input.
  public var offset: Int
  /// What it says.
  public var value: UInt32
  /// What it should say.
  public var expected: UInt32
  /// How the two compare.
  public var kind: Kind

  /// Makes the field behind a tag, or with `tagIndex` nil the one before the first.
  public init(tagIndex: Int?, offset: Int, value: UInt32, expected: UInt32, kind: Kind) {
    self.tagIndex = tagIndex
    self.offset = offset
    self.value = value
    self.expected = expected
    self.kind = kind
  }
}

/// A part of the input that is no tag, or no longer one.
public struct FLVSkip: Hashable, Sendable {
  /// Why reading could not go on at the part's first byte.
  public enum Reason: Hashable, Sendable {
    /// What stands there is no tag header.
    case notATag
    /// `DataSize` runs past the end of the input.
    case pastEnd
    /// `DataSize` is over the limit.
    case overLimit
    /// `DataSize` leads to a place where neither `PreviousTagSize` nor another tag is.
    case leadsNowhere
  }

  /// The bytes skipped.
  public var range: Range<Int>
  /// Why.
  public var reason: Reason
  /// What the first eleven bytes say as a tag header; nil with `notATag`.
  public var header: FLVTagHeader?
  /// The longest run of zero bytes inside, if there is one of at least eight: a hole in the file.
  public var zeros: Range<Int>?

  /// Makes a skipped part.
  public init(
    range: Range<Int>, reason: Reason, header: FLVTagHeader? = nil, zeros: Range<Int>? = nil
  ) {
    self.range = range
    self.reason = reason
    self.header = header
    self.zeros = zeros
  }
}

/// How the input ends.
public enum FLVEnd: Hashable, Sendable {
  /// After a `PreviousTagSize`.
  case clean
  /// After the last tag, or the header: of the four bytes of `PreviousTagSize` only `present` are
  /// there.
  case missingPreviousTagSize(offset: Int, present: Int)
  /// Inside the last tag, of whose bytes, header included, only `present` are there; nil when not
  /// even its header is whole.
  case truncatedTag(offset: Int, FLVTagHeader?, present: Int)
  /// With bytes that are no tag, and no tag behind them.
  case trailing(FLVSkip)
}

extension FLVEnd {
  /// What of the bytes at the end counts as damage, for tags may have been lost in them.
  ///
  /// A few bytes, too few for a tag header, hide no tag, and zeros are what recorders reserve.
  public var skipped: FLVSkip? {
    guard case .trailing(let skip) = self else { return nil }
    let isHarmless =
      skip.reason == .notATag
      && (skip.range.count < FLVTagHeader.byteCount || skip.zeros == skip.range)
    return isHarmless ? nil : skip
  }

  /// Whether what follows the last tag, or the header, is no tag rather than nothing.
  public var isDamage: Bool {
    switch self {
    case .clean, .missingPreviousTagSize: false
    case .truncatedTag, .trailing: true
    }
  }
}
