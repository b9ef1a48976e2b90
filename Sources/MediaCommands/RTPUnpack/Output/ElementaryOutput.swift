internal import Glibc
internal import MediaBytes
internal import MediaIO
internal import MediaModel
internal import MediaRTP

/// Takes the frames of all sources and writes those it wants.
protocol RTPMediaOutput: AnyObject {
  func add(_ frame: RTPFrame, _ track: RTPTrack, _ session: RTPSession) throws
  /// Hands on what is written so far.
  func flush() throws
  /// Completes the output; gives what is missing from it.
  func finish(_ session: RTPSession) throws -> [Failure]
  /// What the output lacks, once it is complete.
  var omissions: RTPOmissions { get }
  /// Whether pictures before the first keyframe are left out.
  var beginsWithKeyframes: Bool { get }
  /// Leaves no file behind.
  func abandon()
}

extension RTPMediaOutput {
  var beginsWithKeyframes: Bool { false }
}

/// One track as its codec's own stream format.
final class ElementaryOutput: RTPMediaOutput {
  private let format: ElementaryFormat
  private let selection: TrackSelection?
  private let output: ResultOutput
  private var track: RTPTrack?
  private var stream: (any ElementaryStream)?
  private var configuration: [UInt8] = []
  private var start: Int64 = 0
  private var frames = 0
  private(set) var omissions = RTPOmissions()
  /// Frames left out, and why the first of them was.
  private var lost: (count: Int, reason: String)?

  init(
    _ format: ElementaryFormat, _ selection: TrackSelection?, _ output: ResultOutput
  ) {
    (self.format, self.selection, self.output) = (format, selection, output)
  }

  func add(_ frame: RTPFrame, _ track: RTPTrack, _ session: RTPSession) throws {
    guard format.codecs.contains(track.codec) else { return }
    if let known = self.track {
      guard known.isSame(as: track) else {
        omissions.leaveOut(track, selection, session)
        return
      }
    } else {
      if let selection, !selection.takes(track, of: session) { return }
      self.track = track
      omissions.written = [track.source.number]
      start = frame.timestamp
      stream = try format.make(track, output)
    }
    guard !frame.data.isEmpty, let stream else { return }
    try write(frame, track, stream)
  }

  private func write(
    _ frame: RTPFrame, _ track: RTPTrack, _ stream: any ElementaryStream
  ) throws {
    let milliseconds = (frame.timestamp - start) * 1000 / Int64(track.clockRate)
    do {
      let found = track.configuration
      if !found.isEmpty, found != configuration {
        configuration = found
        try stream.configure(found)
      }
      if let samples = stream as? WAVStream {
        try samples.fill(before: frame.data.count, at: frame.timestamp)
      }
      try stream.write(frame.data.span.bytes, pts: milliseconds)
      frames += 1
    } catch let error as IOFailure {
      throw error.code == EPIPE ? error : Failure.output(error)
    } catch let error as Failure {
      throw error
    } catch {
      lost = (
        (lost?.count ?? 0) + 1, lost?.reason ?? "in packet \(frame.packets.lowerBound): \(error)"
      )
    }
  }

  func flush() throws { try output.flush() }

  func finish(_ session: RTPSession) throws -> [Failure] {
    guard frames > 0 else {
      output.abandon()
      let reason = lost.map { ": \($0.count) frames left out, the first \($0.reason)" } ?? ""
      let sentence =
        selection?.disappointment(session) ?? "there is no \(format.what) to write\(reason)"
      return [Failure(.dataError, sentence)]
    }
    if let samples = stream as? WAVStream, let track {
      omissions.silence = (track.source.number, samples.gaps)
    }
    try stream?.finish()
    try output.finish()
    guard let lost else { return [] }
    return [
      Failure(
        .dataError, "\(Quantity.counted(lost.count, "frame")) left out, the first \(lost.reason)")
    ]
  }

  func abandon() { output.abandon() }
}
