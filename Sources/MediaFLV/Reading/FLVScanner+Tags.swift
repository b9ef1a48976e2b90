import MediaBytes

/// Headers of which each leads to the next, beginning with that of a tag whose field is wrong.
struct FLVChain: Sendable {
  /// How many headers in a row are enough.
  static let length = 8

  /// Where the field behind the last one is.
  private(set) var place: Int
  private(set) var dataSize: UInt32
  /// How many headers came behind the tag's own.
  private(set) var depth = 0
  /// How many have a StreamID or reserved bits that mean nothing, the tag's own included.
  private var oddCount: Int

  init(_ tag: FLVTag, isOdd: Bool) {
    place = tag.body.upperBound
    dataSize = tag.header.dataSize
    oddCount = isOdd ? 1 : 0
  }

  /// Whether these are headers of a writer of odd ones, not some bytes and then plain headers.
  var isOdd: Bool { oddCount == depth + 1 || oddCount >= Self.length / 2 }

  func adding(_ header: FLVTagHeader, isOdd: Bool) -> Self {
    var chain = self
    chain.place += 4 + FLVTagHeader.byteCount + Int(header.dataSize)
    chain.dataSize = header.dataSize
    chain.depth += 1
    chain.oddCount += isOdd ? 1 : 0
    return chain
  }
}

extension FLVScanner {
  /// How far from a tag's header its end may be to ask for both at once.
  private static let nearByteCount = 1024
  /// The largest body that is looked at to see whether it is whole.
  private static let maxWeighed = 1 << 20

  mutating func readTagHeader(at offset: Int, _ window: ByteReader) -> Step? {
    if let end, offset >= end {
      state = .ended(.clean)
      return nil
    }
    let count = FLVTagHeader.byteCount
    if let needs = needs(offset..<offset + count, window) { return needs }
    if window.u8(atOffset: offset) == 0x46, isFileHeader(at: offset, window) {
      state = .fileHeader(at: offset)
      return nil
    }
    let present = bytesLeft(at: offset, atMost: count)
    guard present == count else {
      let isBegun = FLVTagType.isKnown(typeByte: window.u8(atOffset: offset))
      state = .ended(
        isBegun
          ? .truncatedTag(offset: offset, nil, present: present)
          : .trailing(FLVSkip(range: offset..<offset + present, reason: .notATag)))
      return nil
    }
    let tag = FLVTag(index: tagCount, offset: offset, header: window.tagHeader(atOffset: offset))
    state = .judging(tag)
    return judge(tag, window)
  }

  @inline(__always)
  mutating func takeOrdinaryTag(at offset: Int, _ window: ByteReader, end: Int) -> FLVTag? {
    guard offset >= window.baseOffset, window.windowEnd - offset >= FLVTagHeader.byteCount,
      FLVTagType.isKnown(typeByte: window.u8(atOffset: offset))
    else { return nil }
    let tag = FLVTag(index: tagCount, offset: offset, header: window.tagHeader(atOffset: offset))
    let tagEnd = tag.body.upperBound
    guard tagEnd + 4 <= min(window.windowEnd, end) else {
      state = .judging(tag)
      return nil
    }
    guard tag.header.dataSize <= limits.maxTagSize,
      window.u32(atOffset: tagEnd) == tag.header.dataSize + 11, !Self.isInHeader(tag, window)
    else { return nil }
    told(tag, .exact)
    state = .boundary(at: tagEnd + 4)
    return tag
  }

  mutating func judge(_ tag: FLVTag, _ window: ByteReader) -> Step? {
    let tagEnd = tag.body.upperBound
    guard tag.header.dataSize <= limits.maxTagSize else { return damage(tag, .overLimit) }
    guard tagEnd <= end ?? tagEnd else { return damage(tag, .pastEnd) }
    // Eight bytes more in front: the end may lie in the header or the field of another tag.
    if let needs = needs(tagEnd - 8..<tagEnd + 4, of: tag, window) { return needs }
    guard bytesLeft(at: tagEnd, atMost: 4) == 4 else {
      guard isPlausible(tag.header) else { return damage(tag, .notATag) }
      let place = end ?? tagEnd
      let value = window.u32(atOffset: place - 4)
      // The last four bytes are its field after all, and DataSize claims some of them.
      if place - 4 - Int(value) == tag.offset { return damage(tag, .leadsNowhere) }
      return believe(tag, nil, value: value, endsAt: place)
    }
    let value = window.u32(atOffset: tagEnd)
    let kind = sizes.kind(of: value, dataSize: tag.header.dataSize)
    let size = FLVPreviousTagSize(
      tagIndex: tag.index, offset: tagEnd, value: value, expected: tag.header.dataSize + 11,
      kind: kind)
    if kind == .exact {
      if Self.isInHeader(tag, window) { return lookBehind(tag, size, window) }
      // The usual way, and so without a turn through `step`.
      state = .accepted(tag, size)
      return tell(tag, size, window)
    }
    guard tag.header.type.isKnown else { return damage(tag, .notATag) }
    if kind == sizes.dialect, kind != .wrong, isPlausible(tag.header) { return accept(tag, size) }
    return lookBehind(tag, size, window)
  }

  /// The step that asks for a range behind the header of a tag; with all from that header on where
  /// this is not much, as it will be needed too.
  @inline(__always)
  private func needs(_ range: Range<Int>, of tag: FLVTag, _ window: ByteReader) -> Step? {
    guard let step = needs(range, window) else { return nil }
    let whole = tag.offset..<range.upperBound
    let shown = min(bodyPrefix, Int(tag.header.dataSize))
    return whole.count <= max(Self.nearByteCount, shown + 32) ? needs(whole, window) : step
  }

  /// Whether a tag's field may be three zeros of another tag's header and the byte behind them,
  /// which fits a small wrong DataSize too easily: StreamID, or a Timestamp after a DataSize of 0.
  @inline(__always)
  private static func isInHeader(_ tag: FLVTag, _ window: ByteReader) -> Bool {
    let body = tag.body
    return body.count >= 8
      && (FLVTagType.isKnown(typeByte: window.u8(atOffset: body.upperBound - 8))
        || FLVTagType.isKnown(typeByte: window.u8(atOffset: body.upperBound - 3)))
  }

  /// Looks at what follows a tag whose `PreviousTagSize` alone does not prove it.
  private mutating func lookBehind(
    _ tag: FLVTag, _ size: FLVPreviousTagSize, _ window: ByteReader
  ) -> Step? {
    let next = size.offset + 4
    if let needs = needs(size.offset - 8..<next + FLVTagHeader.byteCount, of: tag, window) {
      return needs
    }
    let leadsOn = isTagOrEnd(at: next, window)
    if size.kind == .exact {
      if leadsOn { return accept(tag, size) }
      let inner = size.offset - 8
      guard inner >= tag.body.lowerBound, isTag(at: inner, window, ofAnyStream: false) else {
        return searchInside(tag, size)
      }
      let dataSize = window.u24(atOffset: inner + 1)
      let landing = inner + FLVTagHeader.byteCount + Int(dataSize)
      state = .judgingInner(tag, size, landing: landing, dataSize: dataSize)
      return nil
    }
    guard leadsOn else {
      return follow(tag, size, FLVChain(tag, isOdd: !isPlausible(tag.header)), window)
    }
    let present = bytesLeft(at: next, atMost: FLVTagHeader.byteCount)
    // Of a writer whose fields are all wrong, the next one proves no more.
    let isEnough = sizes.dialect == .wrong && present == FLVTagHeader.byteCount
    if isEnough || present == 0 || isFileHeader(at: next, window) {
      return believe(tag, size, value: size.value, endsAt: next)
    }
    // Zeros in real headers let the bytes beside them pass for headers as well.
    if present < FLVTagHeader.byteCount { return searchInside(tag, size) }
    state = .judgingNext(tag, size, nextDataSize: window.u24(atOffset: next + 1))
    return nil
  }

  /// Looks at where the header leads whose StreamID and body seem to be the field of a tag.
  mutating func judgeInner(
    _ tag: FLVTag, _ size: FLVPreviousTagSize, _ landing: Int, _ dataSize: UInt32,
    _ window: ByteReader
  ) -> Step? {
    if let needs = needs(landing..<landing + 4, window) { return needs }
    let isRight =
      landing <= end ?? landing && bytesLeft(at: landing, atMost: 4) == 4
      && window.u32(atOffset: landing) == dataSize + 11
    return isRight ? damage(tag, .leadsNowhere) : searchInside(tag, size)
  }

  /// Looks at where the header behind a tag leads.
  mutating func judgeNext(
    _ tag: FLVTag, _ size: FLVPreviousTagSize, _ dataSize: UInt32, _ window: ByteReader
  ) -> Step? {
    let next = size.offset + 4
    let landing = next + FLVTagHeader.byteCount + Int(dataSize)
    var isProved = landing <= end ?? landing
    if isProved {
      if let needs = needs(landing..<landing + 4 + FLVTagHeader.byteCount, of: tag, window) {
        return needs
      }
      isProved =
        bytesLeft(at: landing, atMost: 4) < 4 || window.u32(atOffset: landing) == dataSize + 11
        || isTagOrEnd(at: landing + 4, window)
    }
    return isProved
      ? believe(tag, size, value: size.value, endsAt: next) : searchInside(tag, size)
  }

  /// Looks at where the headers behind a tag lead, one by one, whatever their StreamIDs are.
  mutating func follow(
    _ tag: FLVTag, _ size: FLVPreviousTagSize, _ chain: FLVChain, _ window: ByteReader
  ) -> Step? {
    let next = chain.place + 4
    state = .following(tag, size, chain)
    if let needs = needs(chain.place..<next + FLVTagHeader.byteCount, of: tag, window) {
      return needs
    }
    let present = bytesLeft(at: next, atMost: FLVTagHeader.byteCount)
    var longer: FLVChain?
    if chain.place <= end ?? chain.place {
      if present == 0 || chain.depth == FLVChain.length || isFileHeader(at: next, window) {
        return chain.isOdd ? believeOdd(tag, size) : leadsNowhere(tag)
      }
      if chain.depth > 0, window.u32(atOffset: chain.place) == chain.dataSize + 11 {
        // By zeros in a header a chain of bytes that are none comes upon one of real tags.
        return chain.depth == 1
          ? believe(tag, size, value: size.value, endsAt: size.offset + 4) : leadsNowhere(tag)
      }
      if !isTag(at: next, window, ofAnyStream: true) {
        let isBegun = chain.isOdd && chain.depth > 1
        defer { hasOddHeaders = hasOddHeaders || isBegun }
        return leadsNowhere(tag)
      }
      if present == FLVTagHeader.byteCount {
        let header = window.tagHeader(atOffset: next)
        longer = chain.adding(header, isOdd: !isPlausible(header))
      }
    }
    guard let longer, longer.place - tag.offset <= limits.maxTagSize else {
      // What cuts a chain off says nothing against it.
      return chain.isOdd && chain.depth > 2 ? believeOdd(tag, size) : leadsNowhere(tag)
    }
    return follow(tag, size, longer, window)
  }

  private mutating func believeOdd(_ tag: FLVTag, _ size: FLVPreviousTagSize) -> Step? {
    hasOddHeaders = true
    return believe(tag, size, value: size.value, endsAt: size.offset + 4)
  }

  private mutating func leadsNowhere(_ tag: FLVTag) -> Step? {
    guard isPlausible(tag.header) else { return damage(tag, .notATag) }
    // Bodies may overlap; so that the cost stays linear, no more than twice the input is looked at.
    let count = tag.body.count
    guard count <= Self.maxWeighed,
      weighedByteCount + count <= 2 * tag.offset + Self.maxWeighed
    else { return damage(tag, .leadsNowhere) }
    state = .weighing(tag)
    return nil
  }

  /// Looks at whether the body ends where `DataSize` says, as nothing behind it tells.
  mutating func weigh(_ tag: FLVTag, _ window: ByteReader) -> Step? {
    let body = tag.body
    if let needs = needs(tag.offset..<body.upperBound, window) { return needs }
    weighedByteCount += body.count
    let start = body.lowerBound - window.baseOffset
    let isWhole = tag.isSeenWhole(in: window.bytes.extracting(start..<start + body.count))
    _ = damage(tag, .leadsNowhere)
    search.isWhole = isWhole
    return nil
  }

  /// Accepts a tag only if a search finds nothing inside it.
  private mutating func searchInside(_ tag: FLVTag, _ size: FLVPreviousTagSize) -> Step? {
    guard size.kind == .exact || isPlausible(tag.header) else { return damage(tag, .notATag) }
    beginSearch(at: tag.offset, from: tag.offset + 1, .leadsNowhere, tag.header)
    search.unproved = size
    return nil
  }

  /// Accepts a tag whose own `PreviousTagSize` is wrong or missing, unless the one in that place
  /// leads back to a tag inside this one: then it is `DataSize` that is wrong.
  mutating func believe(
    _ tag: FLVTag, _ size: FLVPreviousTagSize?, value: UInt32, endsAt place: Int
  ) -> Step? {
    let inner = place - 4 - Int(value)
    guard value >= 11, inner >= tag.body.lowerBound else { return accept(tag, size) }
    state = .doubting(tag, size, inner: inner, innerSize: value - 11)
    return nil
  }

  mutating func doubt(
    _ tag: FLVTag, _ size: FLVPreviousTagSize?, _ inner: Int, _ innerSize: UInt32,
    _ window: ByteReader
  ) -> Step? {
    if let needs = needs(inner..<inner + FLVTagHeader.byteCount, window) { return needs }
    let header = window.tagHeader(atOffset: inner)
    let isInside = isPlausible(header) && header.dataSize == innerSize
    return isInside ? damage(tag, .leadsNowhere) : accept(tag, size)
  }

  mutating func accept(_ tag: FLVTag, _ size: FLVPreviousTagSize?) -> Step? {
    state = .accepted(tag, size)
    return nil
  }

  /// Tells an accepted tag, once the first bytes of its body are there.
  mutating func tell(_ tag: FLVTag, _ size: FLVPreviousTagSize?, _ window: ByteReader) -> Step? {
    let body = tag.body
    let prefix = min(body.count, bodyPrefix)
    let shown = tag.offset..<body.lowerBound + prefix
    let isHeld = held.lowerBound <= shown.lowerBound && shown.upperBound <= held.upperBound
    if !isHeld, let needs = needs(shown, window) { return needs }
    if let size {
      told(tag, size.kind)
      state = .closing(size)
    } else {
      streamID = tag.header.streamID
      tagCount += 1
      let present = bytesLeft(at: body.upperBound, atMost: 3)
      state = .ended(.missingPreviousTagSize(offset: body.upperBound, present: present))
    }
    return .tag(tag)
  }

  @inline(__always)
  private mutating func told(_ tag: FLVTag, _ kind: FLVPreviousTagSize.Kind) {
    streamID = tag.header.streamID
    tagCount += 1
    sizes.note(kind, dataSize: tag.header.dataSize)
    if kind == .exact { hasOddHeaders = false }
  }

  /// Tells a tag without the field behind it.
  mutating func keep(_ tag: FLVTag, _ next: Int, _ window: ByteReader) -> Step? {
    let step = tell(tag, nil, window)
    if case .tag = step { state = .resuming(at: next) }
    return step
  }

  private mutating func damage(_ tag: FLVTag, _ reason: FLVSkip.Reason) -> Step? {
    if isPlausible(tag.header) {
      beginSearch(at: tag.offset, from: tag.offset + 1, reason, tag.header)
    } else {
      beginSearch(at: tag.offset, from: tag.offset + 1, .notATag, nil)
    }
    return nil
  }
}
