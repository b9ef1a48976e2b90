internal import Glibc
internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO
internal import MediaRaw

/// Finds out what a word of the command line means, and who is to read it.
struct SoundOpening {
  private let text: String
  private let options: SoundInputOptions
  /// What FFmpeg said, once it has been asked.
  private(set) var log: FFmpegLog?

  /// What was open already may be read from its beginning by FFmpeg, too.
  private enum Source {
    case bytes(SoundBytes, path: String?)
    case url(String, MediaURL?)
  }

  /// How much is looked at to find out what an input is.
  private static let headByteCount = 65_536

  init(_ text: String, _ options: SoundInputOptions) {
    self.text = text
    self.options = options
  }

  /// - Throws: `Failure`, or an error that `ExitMapping` knows.
  mutating func open(
    _ standardInput: (Int64) throws(IOFailure) -> ReadableFile
  ) throws -> any SoundSource {
    let source = try locate(standardInput)
    guard case .bytes(let bytes, _) = source else {
      guard options.rawFormat == nil else {
        throw Failure(.usage, "raw samples are read from files and standard input alone")
      }
      return try demux(source, head: nil)
    }
    if let format = options.rawFormat {
      guard try !bytes.prefix(1).isEmpty else { throw Self.empty(source) }
      try checkTracks()
      return UncontainedSound(bytes, format)
    }
    return try recognize(bytes, source)
  }

  private func locate(
    _ standardInput: (Int64) throws(IOFailure) -> ReadableFile
  ) throws -> Source {
    if text == "-" {
      return .bytes(try SoundBytes(try standardInput(options.timeout)), path: nil)
    }
    let url = MediaURL(text)
    if let url, url.scheme != "file" { return .url(text, url) }
    let path = url?.rest ?? text
    let opened = Result { () throws(IOFailure) in
      try ReadableFile.open(path, readTimeout: options.timeout)
    }
    // Not a file, but perhaps one of FFmpeg's protocols.
    if case .failure(let error) = opened, error.code == ENOENT, Self.isProtocol(path) {
      return .url(text, nil)
    }
    return .bytes(try SoundBytes(try opened.get()), path: path)
  }

  /// `concat:a.wav|b.wav`, `data:...`.
  private static func isProtocol(_ path: String) -> Bool {
    guard let colon = path.firstIndex(of: ":") else { return false }
    return path[..<colon].count > 1
      && path[..<colon].allSatisfy { $0.isLetter || $0.isNumber || $0 == "," || $0 == "+" }
  }

  private static func empty(_ source: Source) -> Failure {
    if case .bytes(_, .some) = source { return Failure(.dataError, "the file is empty") }
    return Failure(.dataError, "the input is empty")
  }

  // MARK: By content

  private mutating func recognize(
    _ bytes: SoundBytes, _ source: Source
  ) throws -> any SoundSource {
    let prefix = try bytes.prefix(PCMFileParser.prefixLength)
    guard !prefix.isEmpty else { throw Self.empty(source) }
    if PCMFileParser.container(of: prefix.span.bytes) != nil {
      do {
        let sound = try ContainedSound(bytes)
        try checkTracks()
        return sound
      } catch PCMFileError.unknownCoding {
        // FFmpeg may know it.
      }
    } else if case .bytes(_, let path?) = source, Self.isNamedRaw(path) {
      throw Self.rawHint("raw samples")
    }
    return try demux(source, head: try bytes.prefix(Self.headByteCount))
  }

  /// Our own readers see one track.
  private func checkTracks() throws(Failure) {
    guard let tracks = options.tracks, !tracks.indices(kinds: ["audio"]).contains(0) else { return }
    throw Failure(.noInput, "no track of sound is \(tracks.text); the tracks are #0 audio")
  }

  private static func isNamedRaw(_ path: String) -> Bool {
    guard let suffix = suffix(path) else { return false }
    return ["pcm", "raw", "s16", "s24", "s32", "f32", "f64", "sw", "sb", "uw", "ub"]
      .contains(suffix)
      || !["alaw", "mulaw"].contains(suffix) && SampleFormat(rawValue: suffix) != nil
  }

  private static func suffix(_ path: String) -> String? {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
    return name[name.index(after: dot)...].lowercased()
  }

  private static func rawHint(_ what: String) -> Failure {
    Failure(
      .usage,
      "\(what): say what they are, such as --sample-format s16le --rate 48000 --channels 2")
  }

  /// An input that neither we nor FFmpeg know: raw samples, if its name does not promise more.
  private static func unknown(_ source: Source, _ head: [UInt8]) -> Failure {
    if isText(head) { return Failure(.dataError, "plain text, not sound") }
    if case .bytes(_, let path?) = source, suffix(path) != nil {
      return Failure(
        .dataError,
        "no sound that FFmpeg knows; raw samples want --sample-format, --rate and --channels")
    }
    return rawHint("no sound that FFmpeg knows; if these are raw samples")
  }

  /// Printable UTF-8 and line ends only.
  private static func isText(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) || $0 == 0x1B }
      && String(validating: bytes.dropLast(min(3, bytes.count - 1)), as: UTF8.self) != nil
  }

  // MARK: FFmpeg

  private mutating func demux(_ source: Source, head: [UInt8]?) throws -> any SoundSource {
    let log = try FFmpegLog(level: options.logLevel, forward: options.forwardLog)
    self.log = log
    do {
      if let head {
        let guess = try FormatProbe.guess(head)
        if guess == nil || guess?.name == "tty" { throw Self.unknown(source, head) }
      }
      let demuxer = try demuxer(source)
      // A guess that little more than chance speaks for.
      if let head, demuxer.probeScore <= 25 { throw Self.unknown(source, head) }
      try demuxer.findStreamInfo()
      return try DecodedSound(demuxer, tracks: options.tracks)
    } catch let error as FFmpegError {
      throw explain(error, source, log)
    }
  }

  private func demuxer(_ source: Source) throws -> Demuxer {
    var demuxing = DemuxerOptions()
    demuxing.timeout = options.timeout
    demuxing.cancelled = Signals.interrupts
    switch source {
    case .bytes(let bytes, let path?) where bytes.place != nil:
      demuxing.timeout = 0  // a file is never silent, and the clock need not be asked
      // FFmpeg takes `a:b.mp4` for a protocol named a.
      let isOdd = path.prefix { $0 != "/" }.contains(":") || path.contains("%")
      return try Demuxer(url: isOdd ? "file:" + path : path, options: demuxing)
    case .bytes(let bytes, let path):
      // Who wants ten seconds of a pipe does not want to wait for its end.
      demuxing.input = SpooledSource(bytes.input, readsToEnd: options.to == nil)
      return try Demuxer(url: path ?? "pipe:", options: demuxing)
    case .url(let text, let location):
      guard let location else { return try Demuxer(url: text, options: demuxing) }
      try location.resolveHost(timeout: options.timeout)
      networkOptions(location, &demuxing)
      return try Demuxer(url: location.spelledForFFmpeg(text), options: demuxing)
    }
  }

  private func networkOptions(_ url: MediaURL, _ demuxing: inout DemuxerOptions) {
    let timeout = options.timeout
    if url.scheme.hasPrefix("rtsp") {
      // RTSP answers its own timeout with "invalid data", so ours has to come first.
      let later = timeout > Int64.max / 2 ? timeout : 2 * timeout
      demuxing.optionalOptions.append(("timeout", String(max(1, later / 1000))))
    } else {
      demuxing.optionalOptions.append(("rw_timeout", String(max(1, timeout / 1000))))
      // The protocol bounds its own silence, so that a slow answer in many pieces is none.
      demuxing.patience = 5
    }
    if let agent = options.userAgent { demuxing.optionalOptions.append(("user_agent", agent)) }
    let headers = options.headers.map { "\($0.key): \($0.value)\r\n" }.joined()
    if !headers.isEmpty { demuxing.optionalOptions.append(("headers", headers)) }
  }

  /// FFmpeg's log tells what its codes do not.
  private func explain(_ error: FFmpegError, _ source: Source, _ log: FFmpegLog) -> Failure {
    switch error.reason {
    case .http:
      var failure = Failure(error)
      if let said = log.recent.last(where: { $0.text.hasPrefix("HTTP error") })?.text {
        failure.message += " (\(said))"
      }
      return failure
    case .endOfFile, .system(errno: EIO):
      guard case .url = source else { break }
      return Failure(.ioError, log.errors.last?.text ?? "\(error)")
    case .invalidData, .other, .system(errno: EINVAL), .system(errno: ENOMEM),
      .system(errno: EPERM), .system(errno: ENOSYS):
      break
    default: return Failure(error)
    }
    return Failure(.dataError, log.errors.last?.text ?? "\(error)")
  }
}
