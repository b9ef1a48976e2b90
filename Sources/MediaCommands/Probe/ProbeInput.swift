internal import Glibc
internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel

/// One INPUT of the command line: what kind it is, and how it is opened.
final class ProbeInput {
  /// Where the bytes are.
  enum Source {
    case standardInput
    /// A regular file.
    case file(path: String, ReadableFile)
    /// A FIFO or device.
    case stream(path: String, ReadableFile)
    /// Something FFmpeg's protocols open.
    case network(MediaURL, text: String)
    /// `concat:`, `img%03d.png` and the like.
    case other(String)
  }

  private let source: Source
  private let request: ProbeRequest
  /// Bytes that come through us: of standard input, FIFOs and devices.
  private var stream: (any RandomAccessInput)?

  /// Finds out what `text` is.
  ///
  /// - Throws: `Failure` where it is a path that cannot be read.
  init(_ text: String, request: ProbeRequest) throws {
    self.request = request
    if text == "-" {
      source = .standardInput
    } else if let url = MediaURL(text), url.scheme != "file" {
      source = .network(url, text: text)
    } else {
      let path = MediaURL(text)?.rest ?? text
      source = try Self.local(path, text: text, request)
    }
  }

  /// Whether all of it is there already.
  var isRegularFile: Bool {
    if case .file = source { true } else { false }
  }

  private static func local(
    _ path: String, text: String, _ request: ProbeRequest
  ) throws -> Source {
    let status: FileStatus
    do {
      status = try fileStatus(path)
    } catch {
      // Not a file, but perhaps one of FFmpeg's patterns or protocols.
      if error.code == ENOENT, isPattern(path) { return .other(text) }
      throw Failure(error)
    }
    if status.kind == .directory { throw Failure(.noInput, "is a directory") }
    let file = try ReadableFile.open(path, readTimeout: request.arguments[CommonOptions.timeout])
    guard status.kind == .regular else { return .stream(path: path, file) }
    guard status.byteCount > 0 else { throw Failure(.dataError, "the file is empty") }
    return .file(path: path, file)
  }

  private static func isPattern(_ path: String) -> Bool {
    if path.contains("%") { return true }
    guard let colon = path.firstIndex(of: ":") else { return false }
    return path[..<colon].allSatisfy { $0.isLetter || $0.isNumber || $0 == "," || $0 == "+" }
      && colon > path.index(after: path.startIndex)
  }

  /// Opens it and finds its tracks.
  ///
  /// - Throws: `Failure`, with everything said that can be said.
  func open(_ standardInput: ProbeTask.StandardInput, log: FFmpegLog) throws -> Demuxer {
    var options = commonOptions()
    let url: String
    switch source {
    case .standardInput:
      let file = try standardInput(request.arguments[CommonOptions.timeout])
      stream = try source(of: file)
      url = "pipe:"
    case .stream(let path, let file):
      stream = try source(of: file)
      url = path
    case .file(let path, _):
      url = Self.needsPrefix(path) ? "file:" + path : path
      options.timeout = 0  // a file is never silent, and the clock need not be asked
    case .other(let text): url = text
    case .network(let location, let text):
      try location.resolveHost(timeout: request.arguments[CommonOptions.timeout])
      networkOptions(location, &options)
      url = location.spelledForFFmpeg(text)
    }
    options.input = stream
    do {
      let demuxer = try Demuxer(url: url, options: options)
      try refuseGuess(demuxer)
      try demuxer.findStreamInfo()
      try refuseEmptyGuess(demuxer)
      return demuxer
    } catch {
      throw explain(error, log: log)
    }
  }

  /// FFmpeg takes `a:b.mp4` for a protocol named a.
  private static func needsPrefix(_ path: String) -> Bool {
    path.prefix { $0 != "/" }.contains(":") || path.contains("%")
  }

  private func source(of file: ReadableFile) throws -> any RandomAccessInput {
    let limit = request.arguments[Probe.spool]
    if limit == 0 && !file.isSeekable { return ForwardSource(file) }
    // Who wants ten seconds of a pipe does not want to wait for its end.
    return SpooledSource(
      try SpooledInput(file, limit: limit), readsToEnd: request.durationLimit == nil)
  }

  private func commonOptions() -> DemuxerOptions {
    let arguments = request.arguments
    var options = DemuxerOptions()
    options.inputFormat = arguments[Probe.inputFormat]
    options.probeByteCount = arguments[Probe.probeSize]
    options.analyzeMicroseconds = arguments[Probe.analyzeDuration].map { $0 / 1000 }
    options.options = arguments[Probe.option].map { ($0.key, $0.value) }
    options.timeout = arguments[CommonOptions.timeout]
    options.cancelled = Signals.interrupts
    return options
  }

  private func networkOptions(_ url: MediaURL, _ options: inout DemuxerOptions) {
    let arguments = request.arguments
    let timeout = arguments[CommonOptions.timeout]
    if url.scheme.hasPrefix("rtsp") {
      // RTSP answers its own timeout with "invalid data", so ours has to come first.
      let later = timeout > Int64.max / 2 ? timeout : 2 * timeout
      options.optionalOptions.append(("timeout", String(max(1, later / 1000))))
    } else {
      options.optionalOptions.append(("rw_timeout", String(max(1, timeout / 1000))))
      // The protocol bounds its own silence, so that a slow answer in many pieces is none.
      options.patience = 5
    }
    if let agent = arguments[CommonOptions.userAgent] {
      options.optionalOptions.append(("user_agent", agent))
    }
    let headers = arguments[CommonOptions.header].map { "\($0.key): \($0.value)\r\n" }.joined()
    if !headers.isEmpty { options.optionalOptions.append(("headers", headers)) }
  }

  // MARK: What is not media

  /// A format that only the file's name speaks for is no better than none.
  private func refuseGuess(_ demuxer: Demuxer) throws {
    guard request.arguments[Probe.inputFormat] == nil else { return }
    // FFmpeg takes any text for a terminal's.
    let isTerminal = demuxer.formatName == "tty"
    guard demuxer.probeScore <= 50 || isTerminal, let head = try head() else { return }
    if try isTerminal || FormatProbe.guess(head) == nil || Self.isText(head) {
      throw Failure(.dataError, Self.notMedia(head))
    }
  }

  /// A format found by little more than chance that then has no track to show.
  private func refuseEmptyGuess(_ demuxer: Demuxer) throws {
    guard request.arguments[Probe.inputFormat] == nil, demuxer.probeScore <= 25 else { return }
    let hasTrack = demuxer.describe().streams.contains { stream in
      stream.width > 0 || stream.sampleRate > 0 || stream.kind == .subtitle
    }
    if !hasTrack { throw Failure(.dataError, "no media format that FFmpeg knows") }
  }

  /// The first bytes; nil where they are not ours to read.
  private func head() throws -> [UInt8]? {
    guard isReadable else { return nil }
    return try bytes(at: 0, count: 65_536)
  }

  private var isReadable: Bool {
    if case .file = source { return true }
    return stream?.isSeekable == true
  }

  /// At most `count` bytes, fewer only at the end.
  private func bytes(at offset: Int64, count: Int) throws -> [UInt8] {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { block.deallocate() }
    var filled = 0
    while filled < count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: block[filled...])
      let read: Int
      if case .file(_, let file) = source {
        read = try file.read(at: offset + Int64(filled), into: rest)
      } else {
        read = try stream?.read(at: offset + Int64(filled), into: rest) ?? 0
      }
      guard read > 0 else { break }
      filled += read
    }
    return Array(block[..<filled])
  }

  private static func notMedia(_ head: [UInt8]) -> String {
    isText(head) ? "plain text, not media" : "no media format that FFmpeg knows"
  }

  /// Printable UTF-8 and line ends only.
  private static func isText(_ bytes: [UInt8]) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) || $0 == 0x1B }
      && String(validating: bytes.dropLast(min(3, bytes.count - 1)), as: UTF8.self) != nil
  }

  /// The most that can be said of an input that could not be opened.
  private func explain(_ error: any Error, log: FFmpegLog) -> any Error {
    guard let error = error as? FFmpegError else { return error }
    if case .network(let url, _) = source, let failure = networkFailure(error, url, log) {
      return failure
    }
    switch error.reason {
    case .http:
      // FFmpeg's code knows only the kind of refusal, its log the server's words.
      let said = log.recent.last { $0.text.hasPrefix("HTTP error") }?.text
      var failure = Failure(error)
      if let said { failure.message += " (\(said))" }
      return failure
    case .invalidData, .endOfFile, .other, .system(errno: EINVAL), .system(errno: EIO),
      .system(errno: ENOMEM), .system(errno: EPERM), .system(errno: ENOSYS):
      break
    default: return Failure(error)
    }
    let said = log.errors.last?.text ?? "\(error)"
    guard let head = try? head() else { return Failure(.dataError, said) }
    if head.isEmpty { return Failure(.dataError, "the input is empty") }
    let structure = structure()
    if let summary = structure?.summary { return Failure(.dataError, summary) }
    if let guess = try? FormatProbe.guess(head), guess.score > 25 {
      return Failure(.dataError, "\(guess.name): \(said)")
    }
    guard let structure else { return Failure(.dataError, Self.notMedia(head)) }
    return Failure(.dataError, "\(structure.kind.name): \(said)")
  }

  /// What broke off the reading.
  ///
  /// Of a local file, FFmpeg's "out of memory" or "not permitted" are its words for sizes and
  /// fields that make no sense.
  func judge(_ error: any Error) -> any Error {
    guard let failed = error as? FFmpegError else { return error }
    if case .network = source { return error }
    switch failed.reason {
    case .system(errno: ENOMEM), .system(errno: EPERM), .system(errno: ENOSYS), .notImplemented,
      .other:
      return Failure(.dataError, "the container's structure is broken (\(failed))")
    default: return error
    }
  }

  /// FFmpeg's codes say "input/output error" for much that its log can tell apart.
  private func networkFailure(_ error: FFmpegError, _ url: MediaURL, _ log: FFmpegLog) -> Failure? {
    func said(_ words: String) -> String? { log.recent.last { $0.text.contains(words) }?.text }
    if let line = said("Failed to resolve hostname") { return Failure(.noHost, line) }
    // FFmpeg verifies from version 9 on, before it only if told to.
    if let line = said("ertificate") { return Failure(.protocolError, line) }
    if url.scheme.hasPrefix("rtmp"), let line = said("Server error: ") {
      let isMissing = line.contains("NotFound") || line.contains("not found")
      return Failure(isMissing ? .noInput : .unavailable, line)
    }
    switch error.reason {
    case .endOfFile:
      return Failure(.protocolError, "the server closed the connection before any media")
    case .system(errno: EPERM) where url.scheme.hasPrefix("rtmp"):
      return Failure(.unavailable, "the server rejected the request")
    case .system(errno: EIO) where said("Server error") == nil && !url.scheme.hasPrefix("rtmp"):
      return Failure(.ioError, log.errors.last?.text ?? "\(error)")
    default: return nil
    }
  }

  /// What the container itself declares; nil for a network and for kinds it does not know.
  func structure() -> ContainerStructure? {
    guard isReadable, let count = byteCount() else { return nil }
    return try? ContainerStructure.inspect(byteCount: count) { offset, count in
      try self.bytes(at: offset, count: count)
    }
  }

  private func byteCount() -> Int64? {
    if case .file(_, let file) = source { return file.byteCount }
    return try? stream?.byteCount()
  }
}

extension ContainerStructure.Kind {
  /// What people call it.
  var name: String {
    switch self {
    case .isoMedia: "MP4 or QuickTime"
    case .matroska: "Matroska"
    case .riff: "RIFF"
    case .rf64: "RF64"
    case .aiff: "AIFF"
    case .flv: "FLV"
    case .mpegTS: "MPEG-TS"
    case .ogg: "Ogg"
    case .flac: "FLAC"
    case .mp3: "MP3"
    case .adts: "ADTS"
    }
  }
}

extension ContainerStructure {
  /// The walk saw a chunked file to its end and missed nothing.
  var holdsAllItsMedia: Bool {
    [.riff, .rf64, .aiff].contains(kind) && !findings.contains { $0.severity >= .error }
  }
}
