internal import MediaModel
internal import MediaRTP

/// Frames in the order of the times they are sent at.
struct TimedFrameQueue {
  private var frames: ArraySlice<RTPPackSession.TimedFrame> = []

  var isEmpty: Bool { frames.isEmpty }

  mutating func insert(_ frame: RTPPackSession.TimedFrame) {
    let place = frames.lastIndex { $0.time <= frame.time }.map { $0 + 1 } ?? frames.startIndex
    frames.insert(frame, at: place)
  }

  /// The first frame, unless it is later than `time`.
  mutating func next(until time: Int64) -> RTPPackSession.TimedFrame? {
    guard let first = frames.first, first.time <= time else { return nil }
    return frames.removeFirst()
  }
}

/// Cuts frames of samples where their packets end, so that each is sent when its own time comes:
/// containers have frames that last half a second.
struct SampleCutter {
  /// Bytes that do not fill a packet, of each stream.
  private var unfilled: [Int: Int] = [:]

  /// The pieces of a frame; the frame itself where it has no samples, or too few.
  mutating func pieces(
    of timed: RTPPackSession.TimedFrame, _ writer: RTPStreamWriter
  ) -> [RTPPackSession.TimedFrame] {
    let count = timed.frame.data.count
    guard let size = writer.packer.packetByteCount else { return [timed] }
    let before = unfilled[writer.index] ?? 0
    unfilled[writer.index] = (before + count) % size
    guard before > 0 || count > size else { return [timed] }
    func lasting(_ byteCount: Int, _ scale: Timescale) -> Int64 {
      let ticks = writer.packer.ticks(ofSamples: byteCount)
      return MediaTime(ticks: ticks, timescale: writer.clock).rescaled(to: scale)?.ticks ?? 0
    }
    var pieces: [RTPPackSession.TimedFrame] = []
    var start = 0
    while start < count {
      let end = min(count, start == 0 ? size - before : start + size)
      var piece = timed
      piece.frame.data = [UInt8](timed.frame.data[start..<end])
      piece.pts = timed.pts &+ lasting(start, writer.track.timescale)
      // The first packet began with what was left of the frame before.
      let early = start == 0 ? lasting(before, .nanoseconds) : 0
      piece.time = max(0, timed.time - early) + lasting(start, .nanoseconds)
      piece.lasting = lasting(end - start, .nanoseconds)
      piece.isRest = start > 0
      if start > 0 { piece.frame.configuration = nil }
      pieces.append(piece)
      start = end
    }
    return pieces
  }
}
