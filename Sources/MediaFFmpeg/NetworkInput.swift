internal import CLibAV
internal import Glibc

/// How a network input is opened.
public struct NetworkOptions {
  /// Longest silence in nanoseconds, of each phase: connecting, the answer's header, its body; 0 for
  /// FFmpeg's own bounds.
  public var timeout: Int64 = 0
  /// How many timeouts more than one an answer may take that comes in pieces, redirects included.
  public var patience: Int64 = 5
  /// Header lines sent with the request, in this order.
  public var headers: [(name: String, value: String)] = []
  /// `User-Agent`; nil for FFmpeg's own.
  public var userAgent: String?
  /// Further options of FFmpeg's protocols, by name; they win over those above.
  public var options: [(name: String, value: String)] = []
  /// Polled while FFmpeg blocks: nonzero ends the wait.
  public var cancelled: (@convention(c) (UnsafeMutableRawPointer?) -> Int32)?

  /// No timeout, nothing added to the request.
  public init() {}
}

/// The bytes behind an http or https URL, as they come.
///
/// One request, read forward once: no ranges, no reconnecting, no metadata between the bytes.
/// Belongs to one thread. FFmpeg's log of the calls made here goes to the thread's `FFmpegLog`.
public final class NetworkInput {
  private enum State {
    case open
    case ended
    case failed(FFmpegError)
  }

  private let libraries: FFmpegLibraries
  private let watch: SilenceWatch
  private var context: UnsafeMutablePointer<AVIOContext>?
  private let notes: UnsafeMutablePointer<clibav_http_notes>
  private var state = State.open

  /// Bytes the server declared; nil for a chunked answer and one that only the close ends.
  public private(set) var byteCount: Int64?
  /// Bytes read so far.
  public private(set) var offset: Int64 = 0
  /// `Content-Type` as the server sent it.
  public private(set) var mimeType: String?
  /// The URL that answered, after redirects.
  public private(set) var location: String

  /// Sends the request and waits for the answer's header.
  ///
  /// - Throws: `FFmpegError`: `.timedOut`, `.cancelled`, `.http`, `ECONNREFUSED`; `EPROTO` for an
  ///   answer that is not HTTP or not whole, endless redirects and TLS that fails; `EIO` for a host
  ///   unknown, with `Failed to resolve hostname` in its text.
  public init(url: String, options: NetworkOptions = .init()) throws(FFmpegError) {
    libraries = try FFmpegLibraries.open()
    watch = SilenceWatch(window: options.timeout, cancelled: options.cancelled)
    notes = .allocate(capacity: 1)
    notes.initialize(to: clibav_http_notes())
    location = url
    var dictionary = try Self.dictionary(options, libraries)
    var interrupt = AVIOInterruptCB(
      callback: { watch in watch.map { clibav_watch_expired($0) } ?? 0 },
      opaque: UnsafeMutableRawPointer(watch.raw))
    watch.restart(extra: options.timeout.multipliedOrMax(by: options.patience))
    clibav_set_http_notes(notes)
    let code = libraries.format.pointee.avio_open2(
      &context, url, AVIO_FLAG_READ, &interrupt, &dictionary.raw)
    clibav_set_http_notes(nil)
    guard code >= 0 else { throw openingFailure(code) }
    let unknown = libraries.entries(of: dictionary.raw).map(\.name).filter { name in
      options.options.contains { $0.name == name }
    }
    guard unknown.isEmpty else {
      throw FFmpegError(call: "avio_open2", reason: .optionNotFound(unknown))
    }
    try readHeader()
  }

  deinit {
    watch.restart()
    _ = libraries.format.pointee.avio_closep(&context)
    notes.deallocate()
  }

  /// Reads what is there, and waits only where nothing is.
  ///
  /// - Returns: how many bytes were put at the start of `buffer`, which must have room; 0 at the end.
  /// - Throws: `FFmpegError`: `.timedOut` after a silence, `.cancelled`, `EIO` where the connection
  ///   closed before the declared length or the last chunk; the same again on later calls.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FFmpegError) -> Int {
    precondition(!buffer.isEmpty, "0 bytes mean the end")
    switch state {
    case .open: break
    case .ended: return 0
    case .failed(let error): throw error
    }
    watch.restart()
    clibav_set_http_notes(notes)
    let code = libraries.format.pointee.avio_read_partial(
      context, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self),
      CInt(clamping: buffer.count))
    clibav_set_http_notes(nil)
    if code > 0 {
      offset += Int64(code)
      return Int(code)
    }
    if let error = readingFailure(code == 0 ? CLIBAV_EOF : code) {
      state = .failed(error)
      throw error
    }
    state = .ended
    return 0
  }

  // MARK: Opening

  private static func dictionary(
    _ options: NetworkOptions, _ libraries: FFmpegLibraries
  ) throws(FFmpegError) -> FFmpegDictionary {
    var dictionary = try FFmpegDictionary(libraries)
    for name in ["seekable", "multiple_requests", "reconnect", "icy"] {
      try dictionary.set(name, "0")
    }
    if options.timeout > 0 {
      let microseconds = max(1, options.timeout / 1000)
      try dictionary.set("rw_timeout", String(microseconds))
      // TCP's own, without which it gives up connecting after 5 seconds; an int in microseconds.
      try dictionary.set("timeout", String(min(microseconds, Int64(Int32.max))))
    }
    if let agent = options.userAgent { try dictionary.set("user_agent", agent) }
    let headers = options.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    if !headers.isEmpty { try dictionary.set("headers", headers) }
    for (name, value) in options.options { try dictionary.set(name, value) }
    return dictionary
  }

  private func readHeader() throws(FFmpegError) {
    // FFmpeg takes any line for a status line; one without a version is none.
    if let version = option("http_version"), version.first?.isNumber != true {
      throw FFmpegError(
        call: "avio_open2", reason: .system(errno: EPROTO), text: "the server does not speak HTTP")
    }
    let size = libraries.format.pointee.avio_size(context)
    byteCount = size >= 0 ? size : nil
    mimeType = option("mime_type").flatMap { $0.isEmpty ? nil : $0 }
    if let found = option("location"), !found.isEmpty { location = found }
  }

  /// An option of the protocol that FFmpeg fills in; nil where the protocol has none of the name.
  private func option(_ name: String) -> String? {
    var value: UnsafeMutablePointer<UInt8>?
    let code = libraries.util.pointee.av_opt_get(context, name, AV_OPT_SEARCH_CHILDREN, &value)
    guard code >= 0, let value else { return nil }
    defer { libraries.util.pointee.av_free(value) }
    return String(cString: value)
  }

  // MARK: What went wrong

  private func openingFailure(_ code: CInt) -> FFmpegError {
    if let failure = watch.failure("avio_open2", code) { return failure }
    func isProtocolFault(_ text: String) -> FFmpegError {
      FFmpegError(call: "avio_open2", reason: .system(errno: EPROTO), text: text)
    }
    switch code {
    case CLIBAV_EOF:
      return isProtocolFault("the server closed the connection before it had answered")
    case clibav_error(EPERM):
      return isProtocolFault("the server sent another range than was asked for")
    case clibav_error(EIO):
      guard let complaint else { return isProtocolFault("too many redirects") }
      guard complaint.contains("Failed to resolve hostname") else {
        return isProtocolFault(complaint)
      }
      return FFmpegError(call: "avio_open2", reason: .init(code: code), text: complaint)
    default: return libraries.failure("avio_open2", code)
    }
  }

  /// nil where `code` is how FFmpeg reports the end of a whole answer (RFC 9112 §8).
  private func readingFailure(_ code: CInt) -> FFmpegError? {
    let call: StaticString = "avio_read_partial"
    if let failure = watch.failure(call, code) { return failure }
    let isEnd = code == CLIBAV_EOF
    let isCut: Bool
    if notes.pointee.is_chunked != 0 {
      if notes.pointee.has_last_chunk != 0 { return nil }
      if code == clibav_error(EINVAL) {
        return FFmpegError(
          call: "\(call)", reason: .system(errno: EPROTO), text: complaint ?? "broken chunk")
      }
      isCut = isEnd || notes.pointee.ends_early != 0
    } else if byteCount == nil {
      // Nothing but the close can end it.
      if isEnd || notes.pointee.ends_early != 0 { return nil }
      isCut = false
    } else {
      if isEnd { return nil }
      isCut = notes.pointee.ends_early != 0
    }
    guard isCut else { return libraries.failure(call, code) }
    let whole = byteCount.map { " of \($0)" } ?? ""
    return FFmpegError(
      call: "\(call)", reason: .system(errno: EIO),
      text: "the server closed the connection after \(offset)\(whole) bytes, before the end")
  }

  /// The last warning in FFmpeg's log.
  private var complaint: String? {
    let text = withUnsafeBytes(of: notes.pointee.complaint) { text in
      String(decoding: text.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
    return text.isEmpty ? nil : text
  }
}

extension SilenceWatch {
  /// What the watch itself knows of a failed call; nil where FFmpeg's code has to tell.
  func failure(_ call: StaticString, _ code: CInt) -> FFmpegError? {
    if wasCancelled { return FFmpegError(call: "\(call)", reason: .cancelled) }
    if hasExpired || code == clibav_error(ETIMEDOUT) {
      return FFmpegError(call: "\(call)", reason: .timedOut)
    }
    return nil
  }
}
