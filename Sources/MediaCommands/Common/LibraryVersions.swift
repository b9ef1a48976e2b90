internal import MediaFFmpeg
internal import MediaIO

/// The libraries that are opened on first use, as the system has them.
enum LibraryVersions {
  /// A line a library: its version, or what a command that needs it would say.
  static func text() -> String {
    let ffmpeg = FFmpegVersion.findLibraries().map { ($0.name, words($0.version)) }
    let openSSL = OpenSSLVersion.findLibraries().map { ($0.name, words($0.version)) }
    let release = FFmpegVersion.foundRelease.map { [("FFmpeg", $0)] } ?? []
    return (release + ffmpeg + openSSL).map { name, words in
      let gap = String(repeating: " ", count: max(1, 15 - name.count))
      return name + gap + words + "\n"
    }.joined()
  }

  private static func words(_ version: Result<String, some Error>) -> String {
    switch version {
    case .success(let words): words
    case .failure(let failure): "\(failure)"
    }
  }
}
