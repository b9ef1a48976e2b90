internal import MediaIO

/// The messages of a source for an event loop: read at once where that never waits, else on a
/// thread of their own.
final class PushFeed {
  private let source: PushSource
  private let reader: BackgroundReader<PushMessage>?
  private var next: BackgroundReader<PushMessage>.Step?

  init(_ source: PushSource, mayBlock: Bool) throws {
    self.source = source
    let handed = Handed(source: source)
    reader = mayBlock ? try BackgroundReader(capacity: 64) { try handed.source.next() } : nil
  }

  /// The source is that thread's from then on, but for the notes at the end.
  private struct Handed: @unchecked Sendable {
    let source: PushSource
  }

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
      step = try source.next().map { .value($0) } ?? .end
    }
    if case .empty = step {} else { next = step }
    return step
  }

  /// Goes on behind what `peek` has shown.
  func take() { next = nil }

  /// What a user should know about what was not sent; to be asked for behind the end alone.
  var notes: [String] { source.notes }
}
