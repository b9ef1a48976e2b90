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
    let source = try InputLocation(text, timeout: options.timeout, standardInput)
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

  private static func empty(_ source: InputLocation) -> Failure {
    if case .bytes(_, .some) = source { return Failure(.dataError, "the file is empty") }
    return Failure(.dataError, "the input is empty")
  }

  // MARK: By content

  private mutating func recognize(
    _ bytes: InputBytes, _ source: InputLocation
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
  private static func unknown(_ source: InputLocation, _ head: [UInt8]) -> Failure {
    if head.isPlainText { return Failure(.dataError, "plain text, not sound") }
    if case .bytes(_, let path?) = source, suffix(path) != nil {
      return Failure(
        .dataError,
        "no sound that FFmpeg knows; raw samples want --sample-format, --rate and --channels")
    }
    return rawHint("no sound that FFmpeg knows; if these are raw samples")
  }

  // MARK: FFmpeg

  private mutating func demux(_ source: InputLocation, head: [UInt8]?) throws -> any SoundSource {
    let log = try FFmpegLog(level: options.logLevel, forward: options.forwardLog)
    self.log = log
    do {
      if let head {
        let guess = try FormatProbe.guess(head)
        if guess == nil || guess?.name == "tty" { throw Self.unknown(source, head) }
      }
      let demuxer = try source.demuxer(
        timeout: options.timeout, headers: options.headers, userAgent: options.userAgent,
        // Who wants ten seconds of a pipe does not want to wait for its end.
        readsToEnd: options.to == nil)
      // A guess that little more than chance speaks for.
      if let head, demuxer.probeScore <= 25 { throw Self.unknown(source, head) }
      try demuxer.findStreamInfo()
      return try DecodedSound(demuxer, tracks: options.tracks)
    } catch let error as FFmpegError {
      throw Failure(error, opening: source.isURL, log)
    }
  }
}
