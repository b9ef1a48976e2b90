internal import CLibAV

/// Collects FFmpeg's log lines of one thread.
///
/// Quiet by default: FFmpeg's own voice is not the program's. The last lines of level error are
/// kept, because they say what a return code does not ("moov atom not found").
public final class FFmpegLog {
  /// A line FFmpeg would have printed.
  public struct Line: Equatable, Sendable {
    /// FFmpeg's level: 8 fatal, 16 error, 24 warning, 32 info, 40 verbose, 48 debug.
    public var level: Int
    /// Who spoke, such as `mov,mp4,m4a,3gp,3g2,mj2`.
    public var context: String
    /// What was said, without the newline.
    public var text: String
  }

  /// The most recent lines of level warning and worse.
  public private(set) var recent: [Line] = []
  /// Those of level error and worse.
  public var errors: [Line] { recent.filter { $0.level <= 16 } }
  private var fresh: [Line] = []
  private let keptLines = 32
  private let forward: ((Line) -> Void)?
  private let forwardedLevel: Int

  /// Starts to collect on this thread.
  ///
  /// - Parameters:
  ///   - level: the most verbose level wanted; warnings are always kept.
  ///   - forward: gets each line as it comes; nil to only keep errors.
  /// - Throws: `FFmpegError` when FFmpeg's libraries are not there.
  public init(level: Int = 24, forward: ((Line) -> Void)? = nil) throws(FFmpegError) {
    _ = try FFmpegLibraries.open()
    self.forward = forward
    forwardedLevel = level
    clibav_set_log_sink(
      { opaque, level, context, text in
        guard let opaque else { return }
        let line = Line(
          level: Int(level), context: String(cString: context), text: String(cString: text))
        Unmanaged<FFmpegLog>.fromOpaque(opaque).takeUnretainedValue().take(line)
      }, Unmanaged.passUnretained(self).toOpaque(), CInt(max(level, 24)))
  }

  /// The error lines since this was asked last, at most a few.
  public func takeErrors() -> [Line] {
    defer { fresh.removeAll(keepingCapacity: true) }
    return fresh
  }

  deinit { clibav_set_log_sink(nil, nil, 0) }

  private func take(_ line: Line) {
    if line.level <= 24 {
      if recent.count == keptLines { recent.removeFirst() }
      recent.append(line)
    }
    if line.level <= 16, fresh.count < keptLines { fresh.append(line) }
    if line.level <= forwardedLevel { forward?(line) }
  }
}
