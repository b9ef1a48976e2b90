internal import Glibc
internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO

/// What a word of the command line means, opened as far as it can be without FFmpeg.
enum InputLocation {
  /// A file, a pipe, a device; what FFmpeg reads of it begins at its beginning.
  case bytes(InputBytes, path: String?)
  /// Something that FFmpeg's protocols open; nil where it has no host.
  case url(String, MediaURL?)

  var isURL: Bool {
    if case .url = self { true } else { false }
  }

  /// Opens a path or `-`, of which a pipe may be silent for `timeout` nanoseconds; URLs are left as
  /// they are.
  init(
    _ text: String, timeout: Int64, _ standardInput: (Int64) throws(IOFailure) -> ReadableFile
  ) throws {
    if text == "-" {
      self = .bytes(try InputBytes(try standardInput(timeout)), path: nil)
      return
    }
    let url = MediaURL(text)
    if let url, url.scheme != "file" {
      self = .url(text, url)
      return
    }
    let path = url?.rest ?? text
    let opened = Result { () throws(IOFailure) in
      try ReadableFile.open(path, readTimeout: timeout)
    }
    // Not a file, but perhaps one of FFmpeg's protocols.
    if case .failure(let error) = opened, error.code == ENOENT, Self.mayBeProtocol(path) {
      self = .url(text, nil)
      return
    }
    self = .bytes(try InputBytes(try opened.get()), path: path)
  }

  /// `concat:a.wav|b.wav`, `data:...`.
  private static func mayBeProtocol(_ path: String) -> Bool {
    guard let colon = path.firstIndex(of: ":") else { return false }
    return path[..<colon].count > 1
      && path[..<colon].allSatisfy { $0.isLetter || $0.isNumber || $0 == "," || $0 == "+" }
  }

  /// Lets FFmpeg open it; `headers` go with every HTTP request, and `readsToEnd` says whether a
  /// pipe's size may be found out by reading all of it.
  func demuxer(
    timeout: Int64, headers: [KeyValuePair], userAgent: String?, readsToEnd: Bool
  ) throws -> Demuxer {
    var demuxing = DemuxerOptions()
    demuxing.timeout = timeout
    demuxing.cancelled = Signals.interrupts
    switch self {
    case .bytes(let bytes, let path?) where bytes.place != nil:
      demuxing.timeout = 0  // a file is never silent, and the clock need not be asked
      // FFmpeg takes `a:b.mp4` for a protocol named a.
      let isOdd = path.prefix { $0 != "/" }.contains(":") || path.contains("%")
      return try Demuxer(url: isOdd ? "file:" + path : path, options: demuxing)
    case .bytes(let bytes, let path):
      demuxing.input = SpooledSource(bytes.input, readsToEnd: readsToEnd)
      return try Demuxer(url: path ?? "pipe:", options: demuxing)
    case .url(let text, let location):
      guard let location else { return try Demuxer(url: text, options: demuxing) }
      try location.resolveHost(timeout: timeout)
      demuxing.setNetwork(location, timeout: timeout, headers: headers, userAgent: userAgent)
      return try Demuxer(url: location.spelledForFFmpeg(text), options: demuxing)
    }
  }
}

extension DemuxerOptions {
  /// What the protocols of a URL are told: how long a silence may last, and who asks.
  fileprivate mutating func setNetwork(
    _ url: MediaURL, timeout: Int64, headers: [KeyValuePair], userAgent: String?
  ) {
    if url.scheme.hasPrefix("rtsp") {
      // RTSP answers its own timeout with "invalid data", so ours has to come first.
      let later = timeout > Int64.max / 2 ? timeout : 2 * timeout
      optionalOptions.append(("timeout", String(max(1, later / 1000))))
    } else {
      optionalOptions.append(("rw_timeout", String(max(1, timeout / 1000))))
      // The protocol bounds its own silence, so that a slow answer in many pieces is none.
      patience = 5
    }
    if let userAgent { optionalOptions.append(("user_agent", userAgent)) }
    let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
    if !lines.isEmpty { optionalOptions.append(("headers", lines)) }
  }
}

extension Failure {
  /// Why FFmpeg could not open an input; its log tells what its codes do not.
  init(_ error: FFmpegError, opening isURL: Bool, _ log: FFmpegLog) {
    switch error.reason {
    case .http:
      self.init(error)
      if let said = log.recent.last(where: { $0.text.hasPrefix("HTTP error") })?.text {
        message += " (\(said))"
      }
    case .endOfFile where isURL, .system(errno: EIO) where isURL:
      self.init(.ioError, log.errors.last?.text ?? "\(error)")
    case .endOfFile, .system(errno: EIO), .invalidData, .other, .system(errno: EINVAL),
      .system(errno: ENOMEM), .system(errno: EPERM), .system(errno: ENOSYS):
      self.init(.dataError, log.errors.last?.text ?? "\(error)")
    default: self.init(error)
    }
  }
}

extension [UInt8] {
  /// Printable UTF-8 and line ends only.
  var isPlainText: Bool {
    allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) || $0 == 0x1B }
      && String(validating: dropLast(Swift.min(3, count - 1)), as: UTF8.self) != nil
  }
}
