internal import MediaBytes
internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel

/// One container of a recording, through FFmpeg's muxer.
final class RecordingContainer {
  /// Live media is written though a track is silent: so long is another one waited for.
  private static let longestInterleaving = "1000000"

  private let format: ContainerFormat
  private let muxer: Muxer

  /// Begins it with its tracks; `isFurther` says that another one is in the same output before it.
  ///
  /// - Throws: `Failure`.
  init(
    _ format: ContainerFormat, _ tracks: [MuxerTrack], hasVideo: Bool, isFurther: Bool,
    to output: ResultOutput
  ) throws {
    self.format = format
    var options = MuxerOptions()
    options.options = format.options(hasVideo: hasVideo, isLive: true)
    options.options.append(("max_interleave_delta", Self.longestInterleaving))
    if isFurther, format.muxer == "mpegts" {
      options.options.append(("mpegts_flags", "initial_discontinuity"))
    }
    options.isBitExact = true
    do {
      muxer = try Muxer(format: format.muxer, tracks: tracks, options: options) { bytes, _ in
        try output.write(bytes)
      }
      output.endHeader()
    } catch let error as IOFailure {
      throw Failure.output(error)
    } catch let error as FFmpegError {
      let codecs = tracks.map(\.codec).joined(separator: ", ")
      throw Failure(.unavailable, "this FFmpeg makes no \(format.name) file of \(codecs): \(error)")
    }
  }

  /// Writes a frame at times of its track.
  func write(_ data: [UInt8], place: Int, pts: Int64, dts: Int64, isKey: Bool) throws {
    try muxing {
      try data.span.bytes.withUnsafeBytes {
        try muxer.write($0, track: place, pts: pts, dts: dts, isKey: isKey)
      }
    }
  }

  func finish() throws { try muxing { try muxer.finish() } }

  private func muxing(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as IOFailure {
      throw Failure.output(error)
    } catch let error as FFmpegError {
      throw Failure(.dataError, "the \(format.name) file cannot go on: \(error)")
    }
  }
}
