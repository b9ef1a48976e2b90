internal import MediaModel

/// The frames of several tracks in the order of their decoding times, however a file interleaves
/// them.
final class InterleavedSource: FrameSource {
  /// How far one track may be ahead of another that has no frame: nanoseconds and bytes.
  private static let limit: (time: Int64, byteCount: Int) = (5_000_000_000, 64 << 20)

  let tracks: [Track]
  private var source: any FrameSource
  private var queues: [ArraySlice<(time: Int64, frame: Frame)>]
  private var last: [Int64]
  private var byteCount = 0
  private var isAtEnd = false

  init(_ source: any FrameSource) {
    self.source = source
    tracks = source.tracks
    queues = tracks.map { _ in [] }
    last = tracks.map { _ in Int64.min }
  }

  func next() throws -> Frame? {
    if tracks.count == 1 { return try source.next() }
    while !isAtEnd, !isSettled {
      guard let frame = try source.next() else {
        isAtEnd = true
        break
      }
      let time = time(of: frame)
      byteCount += frame.data.count
      queues[frame.track].append((time, frame))
    }
    let first = queues.indices.min { a, b in
      (queues[a].first?.time ?? .max) < (queues[b].first?.time ?? .max)
    }
    guard let first, let found = queues[first].popFirst() else { return nil }
    byteCount -= found.frame.data.count
    return found.frame
  }

  /// Whether the earliest frame is certainly the next.
  private var isSettled: Bool {
    if queues.allSatisfy({ !$0.isEmpty }) { return true }
    let times = queues.compactMap(\.first?.time)
    guard let first = times.min(), let end = last.max() else { return false }
    let (ahead, overflow) = end.subtractingReportingOverflow(first)
    return byteCount > Self.limit.byteCount || overflow || ahead > Self.limit.time
  }

  /// Nanoseconds; a frame without times follows the one before it.
  private func time(of frame: Frame) -> Int64 {
    let ticks = frame.dts ?? frame.pts
    let before = last[frame.track]
    let time =
      ticks.flatMap {
        MediaTime(ticks: $0, timescale: tracks[frame.track].timescale).rescaled(to: .nanoseconds)
      }?.ticks ?? (before == .min ? 0 : before)
    last[frame.track] = max(before, time)
    return last[frame.track]
  }
}
