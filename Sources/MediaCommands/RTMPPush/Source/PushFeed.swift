internal import MediaIO
internal import MediaModel

/// The messages of a source for an event loop: read at once where that never waits, else on a
/// thread of their own.
final class PushFeed {
  private let handed: Handed
  private let reader: BackgroundReader<PushMessage>?
  private var next: BackgroundReader<PushMessage>.Step?

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

  /// What to watch where `peek` says `empty`.
  var descriptor: Int32? { reader?.rawDescriptor }

  /// What comes next, which stays there until `take`.
  ///
  /// - Throws: what reading the input throws.
  func peek() throws -> BackgroundReader<PushMessage>.Step {
    if let next { return next }
    let step: BackgroundReader<PushMessage>.Step
    if let reader {
      step = try reader.next()
    } else {
      step = try handed.next().map { .value($0) } ?? .end
    }
    if case .empty = step {} else { next = step }
    return step
  }

  /// Goes on behind what `peek` has shown.
  func take() { next = nil }

  /// What a user should know about what was not sent; to be asked for behind the end alone.
  var notes: [String] { handed.source.notes }
}
