/// Holds the bytes of a stream that arrive in any cuts until a parser has used them.
///
/// What has been consumed is dropped in bulk, so each byte is moved at most once on average, and
/// offsets count from the start of the stream for ever.
public struct StreamBuffer: Sendable {
  /// The most bytes it will hold unread.
  public let limit: Int
  /// Where the first unread byte lies in the stream.
  public private(set) var offset: Int
  private var storage: [UInt8] = []
  /// Bytes of `storage` already consumed.
  private var head = 0

  /// Makes an empty buffer of at most `limit` unread bytes; the stream begins at `offset`.
  public init(limit: Int, offset: Int = 0) {
    self.limit = limit
    self.offset = offset
  }

  /// How many bytes are unread.
  public var count: Int { storage.count - head }
  /// Whether nothing is unread.
  public var isEmpty: Bool { head == storage.count }
  /// Where the next byte to arrive will lie in the stream.
  public var endOffset: Int { offset + count }

  /// Adds bytes at the end; throws `overLimit`, and adds none, when they are too many to hold.
  public mutating func append(_ bytes: [UInt8]) throws(ParseError) {
    try append(bytes.span)
  }

  /// Adds bytes at the end; throws `overLimit`, and adds none, when they are too many to hold.
  public mutating func append(_ bytes: Span<UInt8>) throws(ParseError) {
    guard bytes.count <= limit - count else {
      let wanted = UInt64(count) + UInt64(bytes.count)
      throw ParseError(.overLimit(wanted, limit: limit), "buffered bytes", at: offset)
    }
    makeRoom(for: bytes.count)
    unsafe storage.append(copying: bytes.bytes)
  }

  /// Drops consumed bytes once they are at least as many as those that must move.
  private mutating func makeRoom(for added: Int) {
    guard head > 0, head >= count, storage.count + added > storage.capacity || isEmpty else {
      return
    }
    storage.removeSubrange(..<head)
    head = 0
  }

  /// All unread bytes, contiguous, as a view.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let all = storage.span
      return unsafe all.extracting(head..<all.count).bytes
    }
  }

  /// A reader of all unread bytes whose offsets are those of the stream.
  public var reader: ByteReader {
    @_lifetime(borrow self)
    get { ByteReader(bytes, baseOffset: offset) }
  }

  /// The first `count` unread bytes as a view; nil until that many have arrived.
  @_lifetime(borrow self)
  public func peek(_ count: Int) -> RawSpan? {
    guard (0...self.count).contains(count) else { return nil }
    return bytes.extracting(0..<count)
  }

  /// Forgets the first `count` unread bytes, which must be there.
  public mutating func consume(_ count: Int) {
    precondition((0...self.count).contains(count), "consumes more than there is")
    head += count
    offset += count
  }
}
