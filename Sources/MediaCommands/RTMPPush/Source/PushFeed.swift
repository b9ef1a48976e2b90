internal import MediaIO
internal import MediaModel

/// The messages of a source for an event loop: read at once where that never waits, else on a
/// thread of their own.
final class PushFeed {
  private let handed: Handed
  private let reader: BackgroundReader<PushMessage>?
  private var untaken: PushMessage?

  init(_ source: any PushReading, mayBlock: Bool) throws {
    let handed = Handed(source: source)
    self.handed = handed
    reader = mayBlock ? try BackgroundReader(capacity: 64) { try handed.next() } : nil
  }

  /// The source is that thread's from then on, but for the notes at the end.
  private final class Handed: @unchecked Sendable {
    let source: any PushReading
    /// Set before there is a frame for anybody to see.
    private(set) var begin: Nanoseconds?

    init(source: any PushReading) { self.source = source }

    func next() throws -> PushMessage? {
      let message = try source.next()
      if begin == nil, message?.isFrame == true { begin = MonotonicClock.now() }
      return message
    }
  }

  /// When the first frame came, to be asked for once it is there.
  var begin: Nanoseconds? { handed.begin }

  /// What to watch where `next` says `empty`.
  var descriptor: Int32? { reader?.rawDescriptor }

  /// What comes next.
  ///
  /// - Throws: what reading the input throws.
  func next() throws -> BackgroundReader<PushMessage>.Step {
    if let message = untaken.take() { return .value(message) }
    if let reader { return try reader.next() }
    return try handed.next().map { .value($0) } ?? .end
  }

  /// Makes `message` the next once more.
  func putBack(_ message: PushMessage) { untaken = message }

  /// What a user should know about what was not sent; to be asked for behind the end alone.
  var notes: [String] { handed.source.notes }
}
