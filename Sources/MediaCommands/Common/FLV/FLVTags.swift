internal import MediaBytes
internal import MediaFLV

/// The tags of an FLV input with their whole bodies, from the first to the last; damage is passed
/// over and counted.
struct FLVTags {
  /// What the file's header says of its tracks; nil until it has been read.
  private(set) var header: FLVHeader?
  /// Bytes of damage so far.
  private(set) var skipped = 0
  /// Whether the end is damaged or cut off.
  private(set) var isEndDamaged = false

  private let input: FLVInput
  private var scanner = FLVScanner(bodyPrefix: Int.max)
  private var isAtEnd = false

  init(_ input: FLVInput) { self.input = input }

  /// Goes on to the next tag and shows it to `body`; nil at the end.
  ///
  /// - Throws: what reading throws, and `body`.
  mutating func next<Result>(_ body: (FLVTag, RawSpan) throws -> Result) throws -> Result? {
    // A copy is not retained anew for each tag.
    let input = input
    while !isAtEnd {
      if let tag = input.withWindow({ scanner.takeOrdinaryTag($0, at: $1, end: input.end) }) {
        return try input.withBytes(of: tag.body) { try body(tag, $0) }
      }
      let step = try input.withWindow { window, offset in
        try scanner.step(window, at: offset, end: input.end, held: input.held)
      }
      switch step {
      case .needs(let range): try fill(range)
      case .tag(let tag): return try input.withBytes(of: tag.body) { try body(tag, $0) }
      case .header(let found, _): header = header ?? found
      case .tagEnd: break
      case .skipped(let skip): skipped += skip.range.count
      case .end(let end):
        isAtEnd = true
        skipped += end.skipped?.range.count ?? 0
        isEndDamaged = end.isDamage
      }
    }
    return nil
  }

  private mutating func fill(_ range: Range<Int>) throws {
    do {
      try input.fill(range, retaining: scanner.retained)
    } catch let failure as ReadFailure {
      throw failure.reason
    }
  }

  /// What to say of damage; nil where there was none.
  var note: String? {
    skipped > 0 ? "\(Quantity.counted(skipped, "byte")) of damage skipped" : nil
  }
}
