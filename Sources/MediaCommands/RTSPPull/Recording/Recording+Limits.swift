internal import MediaModel

extension Recording {
  /// Sends a frame on where it is within `--duration` and `--max-frames`.
  func restrict(_ frame: RecordedFrame) throws {
    guard limit != nil else { return try emit(frame) }
    guard frame.track == main else {
      held.append(frame)
      return try release()
    }
    for taken in limit?.take(frame, at: frame.time) ?? [] { try emit(taken) }
    noteEnd(at: frame.now)
    try release()
  }

  func noteEnd(at now: Nanoseconds) {
    if limit?.isOver == true, overSince == nil { overSince = now }
  }

  /// Other tracks go as far as the pictures do.
  func release() throws {
    guard let limit else { return }
    let written = limit.latest.map { $0 &+ tracks[main].time(tracks[main].step) } ?? base
    let horizon = limit.isOver ? written : max(written, limit.bound ?? written)
    // What comes while pictures do not is not kept for ever.
    let tooMany = max(0, held.count - Self.mostHeld)
    let due = held.enumerated().filter { $0 < tooMany || $1.time < horizon }.map(\.element)
    held = held.enumerated().filter { $0 >= tooMany && $1.time >= horizon }.map(\.element)
    if limit.isOver { held = [] }
    for frame in due { try emit(frame) }
  }

  /// Whether all that is asked for is recorded.
  var isComplete: Bool {
    guard plan.output != nil else { return snapshot?.isDone ?? false }
    if let snapshot, !snapshot.isDone { return false }
    if snapshot != nil, plan.duration == nil, plan.maxFrames == nil { return true }
    guard let overSince, let limit, limit.isOver else { return false }
    let end = limit.latest ?? 0
    return tracks.indices.allSatisfy { index in
      let track = tracks[index]
      return index == main || track.end >= end || now - overSince > Self.patience
    }
  }

  /// The latest moment that is known of.
  private var now: Nanoseconds {
    tracks.reduce(max(latest?.now ?? 0, ticked)) { max($0, $1.latestArrival) }
  }
}
