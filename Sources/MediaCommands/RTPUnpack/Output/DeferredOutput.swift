internal import MediaModel
internal import MediaRTP

/// An output whose form the first track that is asked for decides.
final class DeferredOutput: RTPMediaOutput {
  /// Makes the output of a track; nil where it has no form for it.
  typealias Maker = (RTPTrack) -> (any RTPMediaOutput)?

  private let selection: TrackSelection?
  private let output: ResultOutput
  private let nothing: String
  private let isForOne: Bool
  private let make: Maker
  private var inner: (any RTPMediaOutput)?
  private var first: RTPTrack?
  private var others = RTPOmissions()

  /// `nothing` says what did not come; where it `isForOne`, other tracks count as left out.
  init(
    _ selection: TrackSelection?, _ output: ResultOutput, nothing: String, isForOne: Bool,
    _ make: @escaping Maker
  ) {
    (self.selection, self.output, self.make) = (selection, output, make)
    (self.nothing, self.isForOne) = (nothing, isForOne)
  }

  func add(_ frame: RTPFrame, _ track: RTPTrack, _ session: RTPSession) throws {
    if inner == nil {
      if let selection, !selection.takes(track, of: session) { return }
      inner = make(track)
      first = track
    }
    if isForOne, let first, first.source !== track.source {
      others.leaveOut(track, selection, session)
      return
    }
    try inner?.add(frame, track, session)
  }

  func flush() throws { try inner?.flush() }
  func abandon() { output.abandon() }

  var beginsWithKeyframes: Bool { !isForOne }

  var omissions: RTPOmissions {
    var all = inner?.omissions ?? RTPOmissions()
    all.leftOut.merge(others.leftOut) { $1 }
    return all
  }

  func finish(_ session: RTPSession) throws -> [Failure] {
    if let inner { return try inner.finish(session) }
    output.abandon()
    return [Failure(.dataError, selection?.disappointment(session) ?? nothing)]
  }
}
