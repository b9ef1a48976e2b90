public import MediaBytes

/// Finds the tags of an FLV file or stream, whatever happened to it, without holding its bytes.
///
/// The driver shows it windows of the input, of any size and in any cut: the steps depend on the
/// input alone. `step` is called again and again until it answers `end`. After `needs` the next
/// window must cover that range, or as much of it as the input has; after any other step the same
/// window may be shown again. A driver of a file reads a large block where a range adjoins the
/// last window and a small one where it lies elsewhere, so payloads are jumped over; no range is
/// longer than a MiB, or `bodyPrefix` and 32 bytes. A driver of a stream keeps the bytes from
/// `retained` on, and leaves `end` nil until the stream has ended.
///
/// Tags are judged before they are told, so nothing is ever taken back. A tag is believed when its
/// `PreviousTagSize` fits, whatever its type and StreamID are; a stream then is not even one tag
/// behind. Else it must be of a known type and in the StreamID in use, and the field behind it must
/// speak the dialect of the one before, or lead to the header of a tag which in its turn leads
/// somewhere; that may take one tag more. Headers of other StreamIDs are believed if eight follow each
/// other, within `maxTagSize` or up to the end. What is not believed starts a search, see `FLVSkip`; where
/// that finds nothing else, a tag whose field was hit is believed if its body is seen to be whole.
///
/// Every byte of the input belongs to exactly one step: a header with what lies between it and
/// `DataOffset`, a `tagEnd`, a `tag`, a `skipped` or the `end`. Where `DataOffset` leads nowhere, the
/// header has nine bytes; a first tag there means that `PreviousTagSize0` is missing.
public struct FLVScanner: Sendable {
  /// What was found, in the order of the input.
  public enum Step: Hashable, Sendable {
    /// Nothing more can be said before a window covers this range, or reaches the input's end.
    case needs(Range<Int>)
    /// A file header at an offset: 0, or any where files were joined end to end. Its `DataOffset`
    /// may be wrong.
    case header(FLVHeader, at: Int)
    /// A tag. Of its body the first `bodyPrefix` bytes, or all where it has fewer, are in the window
    /// or among those held.
    case tag(FLVTag)
    /// The `PreviousTagSize` behind a tag, or behind a header.
    case tagEnd(FLVPreviousTagSize)
    /// Damage that was jumped over.
    case skipped(FLVSkip)
    /// The input has ended; further calls say so again.
    case end(FLVEnd)
  }

  enum State: Sendable {
    case fileHeader(at: Int)
    case firstSize(FLVHeader, at: Int)
    case boundary(at: Int)
    case judging(FLVTag)
    /// The tag's field tells nothing, but a header follows, to be judged by its own end.
    case judgingNext(FLVTag, FLVPreviousTagSize, nextDataSize: UInt32)
    /// The tag's field tells nothing, and no plain header follows, but perhaps an odd one.
    case following(FLVTag, FLVPreviousTagSize, FLVChain)
    /// The tag's field fits but may be part of a header inside, which is right if its own field at
    /// `landing` fits too.
    case judgingInner(FLVTag, FLVPreviousTagSize, landing: Int, dataSize: UInt32)
    /// The tag leads nowhere, but its body may be whole.
    case weighing(FLVTag)
    /// The tag seems right, unless one that ends in the same place begins inside it.
    case doubting(FLVTag, FLVPreviousTagSize?, inner: Int, innerSize: UInt32)
    case accepted(FLVTag, FLVPreviousTagSize?)
    /// The tag is right, but damage begins in its field or in place of that and ends at `next`.
    case keeping(FLVTag, next: Int)
    case resuming(at: Int)
    case closing(FLVPreviousTagSize)
    /// What stands in place of `PreviousTagSize0` may be the first tag; `leadsOn` if what follows
    /// the field looks like a tag as well.
    case judgingFirst(FLVPreviousTagSize, leadsOn: Bool)
    case searching
    case steppingBack(from: Int)
    /// The field that ends at `from` says that a tag of this size begins at `start`.
    case checkingBack(from: Int, start: Int, value: UInt32)
    case ended(FLVEnd)
  }

  /// What counts as damage.
  public let limits: FLVLimits
  /// How many bytes of each body must be in the window with `tag`; `Int.max` for whole bodies.
  public let bodyPrefix: Int
  /// How many tags have been told.
  public internal(set) var tagCount = 0

  var state = State.fileHeader(at: 0)
  /// Where the input ends, nil while that is not known; as of the last `step`.
  var end: Int?
  var sizes = SizeHistory()
  /// The StreamID of the last tag.
  var streamID: UInt32 = 0
  /// Whether the writer's StreamIDs and reserved bits mean nothing, as many headers in a row have
  /// shown; until a `PreviousTagSize` fits.
  var hasOddHeaders = false
  /// How many bytes were looked at to see whether bodies are whole.
  var weighedByteCount = 0
  /// What the caller has besides the window; as of the last `step`.
  var held = 0..<0
  /// How far windows have reached.
  private var reach = 0
  var search = FLVSearch()

  /// Begins before the first byte of an input.
  public init(bodyPrefix: Int = 64, limits: FLVLimits = FLVLimits()) {
    precondition(bodyPrefix >= 0, "a negative count")
    precondition((0...0xff_ffff).contains(limits.maxTagSize), "DataSize has 24 bits")
    self.bodyPrefix = bodyPrefix
    self.limits = limits
  }

  /// The lowest offset that may still be asked for.
  public var retained: Int {
    // Nothing changes, but the scanner is not copied to be asked.
    mutating get { lowestOffset }
  }

  private var lowestOffset: Int {
    switch state {
    case .fileHeader(let offset): offset
    case .firstSize(_, let base): base + 9
    case .boundary(let offset): offset
    case .judging(let tag), .judgingNext(let tag, _, _), .doubting(let tag, _, _, _),
      .following(let tag, _, _), .judgingInner(let tag, _, _, _), .weighing(let tag),
      .keeping(let tag, _):
      tag.offset
    case .accepted(let tag, _): tag.offset
    case .resuming(let place): place
    case .closing(let size): size.offset + 4
    case .judgingFirst(let size, _): size.offset
    case .searching: search.retained(limits)
    case .steppingBack, .checkingBack: search.floor
    case .ended: end ?? Int.max
    }
  }

  /// Looks at a window that begins at byte `windowOffset` of the input and says what comes next.
  ///
  /// `end` is where the input ends, nil while that is unknown; if it falls below what was shown
  /// before, nothing more is found. `held` is what the caller still has of an earlier window: a tag
  /// is told without going back to its body if the body's first bytes are there. Throws only at the
  /// very beginning: `truncated` where the input has no whole header, `invalid` where its
  /// `Signature` is not `FLV`.
  public mutating func step(
    _ window: RawSpan, at windowOffset: Int, end: Int?, held: Range<Int> = 0..<0
  ) throws(ParseError) -> Step {
    self.end = end
    self.held = held
    let window = ByteReader(window, baseOffset: windowOffset)
    reach = max(reach, window.windowEnd)
    if let end, end < reach { endEarly(at: end) }
    while true {
      if let step = try advance(window) { return step }
    }
  }

  /// The tag that comes next and the exact field behind it, where all of it lies in the window and
  /// needs no closer look, as nearly every tag does; nil says nothing, and `step` is to be asked.
  ///
  /// This is the same as two steps, in a fraction of their time.
  public mutating func takeOrdinaryTag(
    _ window: RawSpan, at windowOffset: Int, end: Int?
  ) -> FLVTag? {
    guard case .boundary(let offset) = state else { return nil }
    let window = ByteReader(window, baseOffset: windowOffset)
    return takeOrdinaryTag(at: offset, window, end: end ?? Int.max)
  }

  /// Whether the field behind the tag that was just told is exact; then the next step is behind it.
  public mutating func takeExactTagEnd() -> Bool {
    guard case .closing(let size) = state, size.kind == .exact else { return false }
    state = .boundary(at: size.offset + 4)
    return true
  }

  /// One move of the machine; nil when it can move again at once.
  @inline(__always)
  private mutating func advance(_ window: ByteReader) throws(ParseError) -> Step? {
    switch state {
    case .fileHeader(let offset): return try readFileHeader(at: offset, window)
    case .firstSize(let header, let base): return readFirstSize(header, at: base, window)
    case .boundary(let offset): return readTagHeader(at: offset, window)
    case .judging(let tag): return judge(tag, window)
    case .judgingNext(let tag, let size, let next): return judgeNext(tag, size, next, window)
    case .doubting(let tag, let size, let inner, let innerSize):
      return doubt(tag, size, inner, innerSize, window)
    case .following(let tag, let size, let chain): return follow(tag, size, chain, window)
    case .judgingInner(let tag, let size, let landing, let dataSize):
      return judgeInner(tag, size, landing, dataSize, window)
    case .weighing(let tag): return weigh(tag, window)
    case .accepted(let tag, let size): return tell(tag, size, window)
    case .keeping(let tag, let next): return keep(tag, next, window)
    case .resuming(let place): return resume(at: place)
    case .closing(let size):
      state = .boundary(at: size.offset + 4)
      return .tagEnd(size)
    case .judgingFirst(let size, let leadsOn): return judgeFirst(size, leadsOn, window)
    case .searching: return search(window)
    case .steppingBack(let place): return stepBack(from: place, window)
    case .checkingBack(let place, let start, let value):
      return checkBack(from: place, start, value, window)
    case .ended(let how): return .end(how)
    }
  }

  /// Ends an input that has been cut below what was read of it.
  private mutating func endEarly(at end: Int) {
    if case .ended = state { return }
    let offset =
      switch state {
      case .searching, .steppingBack, .checkingBack: search.start
      default: retained
      }
    state = .ended(
      .truncatedTag(offset: min(offset, end), nil, present: max(0, end - offset)))
  }
}

// MARK: - Headers of files

extension FLVScanner {
  private mutating func readFileHeader(
    at base: Int, _ window: ByteReader
  ) throws(ParseError) -> Step? {
    if let needs = needs(base..<base + 9, window) { return needs }
    var reader = ByteReader(
      window.bytes.extracting(base - window.baseOffset..<window.bytes.byteCount), baseOffset: base)
    // A wrong DataOffset is no reason to give up here, as it is to FLVHeader's own parser.
    let signature = try reader.u24("Signature")
    guard signature == 0x46_4c56 else {
      throw ParseError(.invalid(UInt64(signature)), "Signature", at: base)
    }
    var header = FLVHeader(hasAudio: false, hasVideo: false)
    header.version = try reader.u8("Version")
    header.flags = try reader.u8("TypeFlags")
    header.dataOffset = try reader.u32("DataOffset")
    sizes = SizeHistory()
    streamID = 0
    hasOddHeaders = false
    state = .firstSize(header, at: base)
    return .header(header, at: base)
  }

  private mutating func readFirstSize(
    _ header: FLVHeader, at base: Int, _ window: ByteReader
  ) -> Step? {
    let headerEnd = base + 9
    let offset = base + Int(header.dataOffset)
    let isLawful = (9...max(9, limits.maxDataOffset)).contains(Int(header.dataOffset))
    guard isLawful, offset <= end ?? offset else {
      beginSearch(at: headerEnd, from: headerEnd, .notATag, nil)
      return nil
    }
    if let needs = needs(offset..<offset + 4, window) { return needs }
    guard bytesLeft(at: offset, atMost: 4) == 4 else {
      state = .ended(
        .missingPreviousTagSize(offset: offset, present: bytesLeft(at: offset, atMost: 4)))
      return nil
    }
    let value = window.u32(atOffset: offset)
    let size = FLVPreviousTagSize(
      tagIndex: nil, offset: offset, value: value, expected: 0, kind: value == 0 ? .exact : .wrong)
    if value != 0 || header.dataOffset != 9 {
      // What is not as usual must at least lead to a tag; two things wrong are one, DataOffset.
      let next = offset + 4..<offset + 4 + FLVTagHeader.byteCount
      if let needs = needs(offset..<next.upperBound, window) { return needs }
      let leadsOn = isTagOrEnd(at: next.lowerBound, window)
      if header.dataOffset == 9, FLVTagType.isKnown(typeByte: UInt8(value >> 24)) {
        state = .judgingFirst(size, leadsOn: leadsOn)
        return nil
      }
      guard value == 0 || header.dataOffset == 9,
        leadsOn || isTag(at: next.lowerBound, window, ofAnyStream: true)
      else {
        beginSearch(at: headerEnd, from: headerEnd, .notATag, nil)
        return nil
      }
    }
    state = .closing(size)
    return nil
  }

  /// Tells a tag in place of `PreviousTagSize0` by the field behind it, whatever its StreamID is: its
  /// Timestamp may look like the type of another tag.
  private mutating func judgeFirst(
    _ size: FLVPreviousTagSize, _ leadsOn: Bool, _ window: ByteReader
  ) -> Step? {
    let dataSize = size.value & 0xff_ffff
    let landing = size.offset + FLVTagHeader.byteCount + Int(dataSize)
    if dataSize <= limits.maxTagSize, landing <= end ?? landing {
      if let needs = needs(landing..<landing + 4, window) { return needs }
      if bytesLeft(at: landing, atMost: 4) < 4 || window.u32(atOffset: landing) == dataSize + 11 {
        state = .boundary(at: size.offset)
        return nil
      }
    }
    if leadsOn {
      state = .closing(size)
    } else {
      beginSearch(at: size.offset, from: size.offset, .notATag, nil)
    }
    return nil
  }

  /// Whether a second file begins here, as where files were joined end to end.
  func isFileHeader(at offset: Int, _ window: ByteReader) -> Bool {
    guard window.windowEnd - offset >= 9, bytesLeft(at: offset, atMost: 9) == 9,
      window.u32(atOffset: offset) == 0x464c_5601, window.u8(atOffset: offset + 4) & 0xfa == 0
    else { return false }
    let dataOffset = Int(window.u32(atOffset: offset + 5))
    return (9...max(9, limits.maxDataOffset)).contains(dataOffset)
  }
}

// MARK: - What a tag header looks like

extension FLVTagType {
  /// Whether the first byte of a tag header names a type with a meaning, encrypted or not.
  static func isKnown(typeByte: UInt8) -> Bool {
    switch typeByte & 0xdf {
    case 8, 9, 15, 18: true
    default: false
    }
  }
}

extension FLVScanner {
  /// Whether a header looks right, its `DataSize` aside.
  func isPlausible(_ header: FLVTagHeader) -> Bool {
    header.type.isKnown
      && (hasOddHeaders || header.reservedBits == 0 && isStreamID(header.streamID))
  }

  /// 0, or what a writer who does not know better has in all tags.
  func isStreamID(_ value: UInt32) -> Bool { value == 0 || value == streamID }

  /// Whether a tag or a file header stands here, or the input ends; of a tag header that the end
  /// cuts off, the type must do.
  func isTagOrEnd(at offset: Int, _ window: ByteReader) -> Bool {
    let present = bytesLeft(at: offset, atMost: FLVTagHeader.byteCount)
    guard present > 0 else { return true }
    return isFileHeader(at: offset, window)
      || isTag(at: offset, window, ofAnyStream: hasOddHeaders)
  }

  /// Whether a tag header stands here, or as much of it as the input has.
  func isTag(at offset: Int, _ window: ByteReader, ofAnyStream: Bool) -> Bool {
    let present = bytesLeft(at: offset, atMost: FLVTagHeader.byteCount)
    guard present > 0 else { return false }
    let byte = window.u8(atOffset: offset)
    guard FLVTagType.isKnown(typeByte: ofAnyStream ? byte & 0x3f : byte) else { return false }
    guard present == FLVTagHeader.byteCount else { return true }
    return window.u24(atOffset: offset + 1) <= limits.maxTagSize
      && (ofAnyStream || isStreamID(window.u24(atOffset: offset + 8)))
  }

  /// How many bytes the input has from here on, as far as is known, but at most `count`.
  func bytesLeft(at offset: Int, atMost count: Int) -> Int {
    guard let end else { return count }
    return max(0, min(count, end - offset))
  }

  /// The step that asks for a range; nil when the window covers it, less what the input lacks.
  @inline(__always)
  func needs(_ range: Range<Int>, _ window: ByteReader) -> Step? {
    let upper = min(range.upperBound, end ?? range.upperBound)
    guard range.lowerBound < upper,
      range.lowerBound < window.baseOffset || upper > window.windowEnd
    else { return nil }
    return .needs(range.lowerBound..<upper)
  }
}
