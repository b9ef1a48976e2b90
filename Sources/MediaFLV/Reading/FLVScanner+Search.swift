import MediaBytes

/// The search for the next tag behind damage.
///
/// One pass forward: each place that looks like a tag header is kept until the pass reaches the end
/// it claims; so the cost is linear and no window jumps ahead. It counts as a tag when there the
/// `PreviousTagSize` fits, or the input ends, or two more tag headers follow one behind the other.
struct FLVSearch: Sendable {
  struct Candidate: Sendable {
    /// Where the chain of tag headers begins that this one is part of.
    var origin: Int
    /// How many headers of the chain came before.
    var depth: Int
    var dataSize: UInt32
    /// Where its `PreviousTagSize` would be.
    var landing: Int
    /// The `PreviousTagSize` of whatever came before it.
    var before: UInt32
  }

  /// Where the damaged part begins.
  var start = 0
  var reason = FLVSkip.Reason.notATag
  /// What the damaged part begins with, if it looks like a tag header.
  var header: FLVTagHeader?
  /// The field behind the damaged tag, where the tag is right after all unless something is found
  /// inside it.
  var unproved: FLVPreviousTagSize?
  /// Whether the body of the damaged tag is seen to be whole as `DataSize` has it.
  var isWhole = false
  /// The next place to look at.
  var position = 0
  /// Those not yet reached, the nearest last.
  private(set) var candidates: [Candidate] = []
  /// Where the next header must be to continue a chain.
  var link: (place: Int, origin: Int, depth: Int)?
  /// The last run of zero bytes, and the longest.
  private var run = 0..<0
  private(set) var zeros = 0..<0
  /// How far back the step after the search may go.
  var floor = 0

  /// More than real media ever has open; what looks like a header by chance claims far ends.
  static let maxCandidates = 64
  /// How far back tags are looked for that the pass itself does not find.
  static let backtrack = 1 << 20
  static let chainLength = 2

  /// The lowest offset this search may come back to.
  func retained(_ limits: FLVLimits) -> Int {
    // As long as the damaged tag may turn out whole but for its DataSize, it is needed as such.
    let isRepairable =
      unproved != nil || header != nil && position - start <= limits.maxTagSize + 15
    let low = isRepairable ? start : max(start, position - Self.backtrack)
    return candidates.reduce(min(low, link?.origin ?? low)) { min($0, $1.origin) }
  }

  /// Where a search ends whose only question is whether the tag it is about is right: against a
  /// field that fits only what lies in front of that field counts.
  var bound: Int {
    guard let unproved else { return Int.max }
    return unproved.offset + (unproved.kind == .exact ? 4 : Self.backtrack)
  }

  var nextLanding: Int { candidates.last?.landing ?? Int.max }

  mutating func add(_ candidate: Candidate) {
    if candidates.count == Self.maxCandidates {
      guard let farthest = candidates.first, candidate.landing < farthest.landing else { return }
      candidates.removeFirst()
    }
    let index = candidates.firstIndex { $0.landing <= candidate.landing } ?? candidates.endIndex
    candidates.insert(candidate, at: index)
  }

  mutating func popCandidate() -> Candidate? { candidates.popLast() }

  mutating func noteZeros(_ range: Range<Int>) {
    run =
      run.contains(range.lowerBound) || run.upperBound == range.lowerBound
      ? run.lowerBound..<max(run.upperBound, range.upperBound) : range
    if run.count > zeros.count { zeros = run }
  }
}

extension FLVScanner {
  /// Starts a search of the part that begins at `start`; the first place looked at is `position`.
  mutating func beginSearch(
    at start: Int, from position: Int, _ reason: FLVSkip.Reason, _ header: FLVTagHeader?
  ) {
    search = FLVSearch()
    search.start = start
    search.position = position
    search.reason = reason
    search.header = header
    state = .searching
  }

  mutating func search(_ window: ByteReader) -> Step? {
    let lookahead = 4 + FLVTagHeader.byteCount
    let wanted = max(search.start, search.position - 4)..<search.position + lookahead
    if let needs = needs(wanted, window) { return needs }
    let windowEnd = min(window.windowEnd, end ?? Int.max)
    let isLast = windowEnd == end
    // Short of the end, a place is looked at when all that may follow it is there.
    let bound = search.bound
    let limit = min(bound, isLast ? windowEnd + 1 : windowEnd - lookahead + 1)
    let headersEnd = windowEnd - FLVTagHeader.byteCount + 1
    while search.position < limit {
      let here = search.position
      while search.nextLanding <= here, let candidate = search.popCandidate() {
        if isConfirmed(candidate, window) { return found(candidate.origin, near: here) }
      }
      let stop = min(limit, search.nextLanding)
      guard let place = nextCandidate(in: window, from: here, to: min(stop, headersEnd)) else {
        search.position = stop
        continue
      }
      search.position = place
      if consider(place, window) { return found(place, near: place) }
      search.position = place + 1
    }
    if search.position == bound { return resume(at: bound) }
    guard isLast else { return nil }
    // Nothing; but the last field may tell of a tag that the pass does not look for.
    return found(windowEnd, near: windowEnd)
  }

  private mutating func found(_ place: Int, near position: Int) -> Step? {
    search.floor = min(search.retained(limits), place)
    search.position = position
    state = .steppingBack(from: place)
    return nil
  }

  /// The next place whose type, StreamID and bits are those of a tag header, or which may begin a
  /// file.
  private mutating func nextCandidate(in window: ByteReader, from: Int, to: Int) -> Int? {
    let bytes = window.bytes
    let mask: UInt8 = hasOddHeaders ? 0x3f : 0xff
    var index = from - window.baseOffset
    let stop = to - window.baseOffset
    while index < stop {
      let byte = bytes.byte(at: index)
      if byte == 0 {
        index = skipZeros(in: window, from: index)
      } else if FLVTagType.isKnown(typeByte: byte & mask) {
        let place = index + window.baseOffset
        if hasOddHeaders || isStreamID(window.u24(atOffset: place + 8)) { return place }
        index += 1
      } else if byte == 0x46, isFileHeader(at: index + window.baseOffset, window) {
        return index + window.baseOffset
      } else {
        index += 1
      }
    }
    return nil
  }

  /// The index behind a run of zeros: no tag begins with one, so holes cost next to nothing.
  private mutating func skipZeros(in window: ByteReader, from start: Int) -> Int {
    let bytes = window.bytes
    var index = start + 1
    while index + 8 <= bytes.byteCount,
      unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self) == 0
    {
      index += 8
    }
    if index > start + 1 {
      while index < bytes.byteCount, bytes.byte(at: index) == 0 { index += 1 }
      var lower = start + window.baseOffset
      // The pass begins behind the first byte of the part.
      if lower == search.start + 1, window.u8(atOffset: search.start) == 0 { lower -= 1 }
      search.noteZeros(lower..<index + window.baseOffset)
    }
    return index
  }

  /// Whether what stands here is certain by itself; else it is kept until its end is reached.
  private mutating func consider(_ place: Int, _ window: ByteReader) -> Bool {
    let hasFieldBefore = place - 4 >= search.start + FLVTagHeader.byteCount
    let before = place - 4 >= search.start ? window.u32(atOffset: place - 4) : 0
    // The field in front counts back to the very start of the damaged part.
    if hasFieldBefore, Int(before) == place - 4 - search.start { return true }
    if isFileHeader(at: place, window) { return true }
    let dataSize = window.u24(atOffset: place + 1)
    guard dataSize <= limits.maxTagSize else { return false }
    let link = search.link?.place == place ? search.link : nil
    search.add(
      FLVSearch.Candidate(
        origin: link?.origin ?? place, depth: link?.depth ?? 0, dataSize: dataSize,
        landing: place + FLVTagHeader.byteCount + Int(dataSize), before: before))
    return false
  }

  /// Whether the end of what looked like a tag is that of one; the pass has just reached it.
  private mutating func isConfirmed(
    _ candidate: FLVSearch.Candidate, _ window: ByteReader
  ) -> Bool {
    let landing = candidate.landing
    let isLong = !hasOddHeaders || candidate.depth >= FLVSearch.chainLength
    guard bytesLeft(at: landing, atMost: 4) == 4 else { return isLong }
    let value = window.u32(atOffset: landing)
    if value == candidate.dataSize + 11 { return true }
    guard isTagOrEnd(at: landing + 4, window) else { return false }
    let chainLength = hasOddHeaders ? FLVChain.length : FLVSearch.chainLength
    if candidate.depth == chainLength
      || isLong
        && (bytesLeft(at: landing, atMost: 5) == 4
          || sizes.isInUse(value, dataSize: candidate.dataSize, before: candidate.before))
    {
      return true
    }
    if landing - candidate.origin <= limits.maxTagSize {
      search.link = (landing + 4, candidate.origin, candidate.depth + 1)
    }
    return false
  }
}

// MARK: - Backwards from what was found

extension FLVScanner {
  /// Follows the `PreviousTagSize` fields back from a place where a tag or the input's end is.
  ///
  /// They lead to tags of other types and StreamIDs, and at last to one whose `DataSize` is wrong:
  /// the damaged one itself, whose body then is whole, or another that begins a part of its own.
  mutating func stepBack(from place: Int, _ window: ByteReader) -> Step? {
    guard place - 4 >= search.floor, place - 4 > search.start else { return resume(at: place) }
    if let needs = needs(place - 4..<place, window) { return needs }
    let value = window.u32(atOffset: place - 4)
    sizes.resume(after: value)
    let start = place - 4 - Int(value)
    guard value >= 11, Int(value) - 11 <= limits.maxTagSize,
      start >= max(search.floor, search.start)
    else { return resume(at: place) }
    if start == search.start, let header = search.header {
      return acceptCorrected(header, value, at: place - 4)
    }
    state = .checkingBack(from: place, start: start, value: value)
    return nil
  }

  mutating func checkBack(
    from place: Int, _ start: Int, _ value: UInt32, _ window: ByteReader
  ) -> Step? {
    if let needs = needs(start..<start + FLVTagHeader.byteCount, window) { return needs }
    let header = window.tagHeader(atOffset: start)
    guard header.dataSize != value - 11 else {
      state = .steppingBack(from: start)
      return nil
    }
    return resume(at: isPlausible(header) ? start : place)
  }

  private mutating func acceptCorrected(
    _ header: FLVTagHeader, _ value: UInt32, at offset: Int
  ) -> Step? {
    var tag = FLVTag(index: tagCount, offset: search.start, header: header)
    tag.header.dataSize = value - 11
    if header.dataSize != tag.header.dataSize { tag.declaredDataSize = header.dataSize }
    return accept(
      tag,
      FLVPreviousTagSize(
        tagIndex: tag.index, offset: offset, value: value, expected: value, kind: .exact))
  }

  /// Ends the search: reading goes on at `place`, or the input has no more tags.
  mutating func resume(at place: Int) -> Step? {
    if let size = search.unproved, let header = search.header,
      // One that begins in a field that fits has lost its first bytes.
      place >= (size.kind == .exact ? size.offset + 1 : size.offset + 4)
    {
      return accept(FLVTag(index: tagCount, offset: search.start, header: header), size)
    }
    if let header = search.header, search.reason == .leadsNowhere, search.floor <= search.start {
      let tag = FLVTag(index: tagCount, offset: search.start, header: header)
      // It leads to what was found, only its field is missing; or the damage begins in that.
      if place == tag.body.upperBound && sizes.dialect == nil
        || search.isWhole && place > tag.body.upperBound
      {
        search.start = tag.body.upperBound
        search.header = nil
        search.reason = .notATag
        state = .keeping(tag, next: place)
        return nil
      }
    }
    let range = search.start..<place
    let zeros = search.zeros.clamped(to: range)
    let skip = FLVSkip(
      range: range, reason: search.reason, header: search.header,
      zeros: zeros.count >= 8 ? zeros : nil)
    state = .boundary(at: place)
    guard place == end else { return skip.range.isEmpty ? nil : .skipped(skip) }
    if range.isEmpty {
      state = .ended(.missingPreviousTagSize(offset: place, present: 0))
    } else if let header = search.header, search.reason == .pastEnd {
      state = .ended(
        .truncatedTag(offset: search.start, header, present: place - search.start))
    } else {
      state = .ended(.trailing(skip))
    }
    return nil
  }
}
