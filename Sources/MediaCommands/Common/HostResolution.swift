internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO

extension MediaURL {
  /// Looks the host up before FFmpeg does, which says only "input/output error" for a name that
  /// does not exist.
  ///
  /// - Throws: `ResolveFailure`; `UsageError` or `Failure` for a URL that cannot be opened at all.
  func resolveHost(timeout: Int64) throws {
    guard try FFmpegProtocols.knows(scheme) else {
      throw Failure(.unavailable, "this FFmpeg has no protocol or device \(scheme)://")
    }
    guard !hasBadPort else { throw UsageError("the port is not a number up to 65535") }
    guard let host else {
      if ["http", "https", "rtmp", "rtmps", "rtsp", "rtsps", "mms"].contains(scheme) {
        throw UsageError("the URL names no host")
      }
      return
    }
    do {
      _ = try resolve(host: host, port: effectivePort, timeout: timeout)
    } catch {
      if let signal = Signals.received { throw Failure(.signal(signal), "interrupted") }
      throw error
    }
  }
}
