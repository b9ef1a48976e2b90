internal import CLibAV

/// A failed call into FFmpeg: which one, and why.
public struct FFmpegError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of failure it was, as far as FFmpeg tells.
  public enum Reason: Equatable, Sendable {
    /// A shared library could not be opened; the Debian package that brings it.
    case libraryMissing(library: String, package: String, why: String)
    /// The bytes are not what the demuxer or decoder expects.
    case invalidData
    /// The input ended.
    case endOfFile
    /// Nothing arrived for longer than the timeout.
    case timedOut
    /// A signal asked for the end.
    case cancelled
    /// No such protocol in this FFmpeg (`rtmpe`, `foo://`).
    case protocolNotFound
    /// No demuxer of the name asked for.
    case demuxerNotFound
    /// No decoder for the codec.
    case decoderNotFound
    /// Options that the demuxer does not know.
    case optionNotFound([String])
    /// An answer of an HTTP or RTSP server: 400, 401, 403, 404, 499 (another 4xx) or 500 (any 5xx).
    case http(Int)
    /// A feature FFmpeg does not have.
    case notImplemented
    /// The operating system's error.
    case system(errno: Int32)
    /// Anything else, with FFmpeg's code.
    case other(Int32)
  }

  /// The function that failed, such as `avformat_open_input`.
  public var call: String
  /// What went wrong.
  public var reason: Reason
  /// FFmpeg's words, where it has some.
  public var text: String

  /// An error of one call.
  public init(call: String, reason: Reason, text: String = "") {
    self.call = call
    self.reason = reason
    self.text = text
  }

  /// One line for a person.
  public var description: String {
    switch reason {
    case .libraryMissing(let library, let package, let why):
      "cannot open FFmpeg's \(library) (Debian package \(package)): \(why)"
    case .optionNotFound(let names):
      "unknown option\(names.count == 1 ? "" : "s") \(names.joined(separator: ", "))"
    case .timedOut: "timed out"
    case .cancelled: "interrupted"
    case .http(let status):
      switch status {
      case 499: "the server refused the request (4xx)"
      case 500: "the server failed (5xx)"
      default: "the server answered \(status)"
      }
    default: text.isEmpty ? "\(call) failed" : text
    }
  }
}

extension FFmpegError.Reason {
  init(code: CInt) {
    switch code {
    case CLIBAV_EOF: self = .endOfFile
    case CLIBAV_INVALID_DATA: self = .invalidData
    case CLIBAV_EXIT: self = .cancelled
    case CLIBAV_PROTOCOL_NOT_FOUND: self = .protocolNotFound
    case CLIBAV_DEMUXER_NOT_FOUND: self = .demuxerNotFound
    case CLIBAV_DECODER_NOT_FOUND: self = .decoderNotFound
    case CLIBAV_OPTION_NOT_FOUND: self = .optionNotFound([])
    case CLIBAV_PATCHWELCOME: self = .notImplemented
    case CLIBAV_HTTP_BAD_REQUEST: self = .http(400)
    case CLIBAV_HTTP_UNAUTHORIZED: self = .http(401)
    case CLIBAV_HTTP_FORBIDDEN: self = .http(403)
    case CLIBAV_HTTP_NOT_FOUND: self = .http(404)
    case CLIBAV_HTTP_OTHER_4XX: self = .http(499)
    case CLIBAV_HTTP_SERVER_ERROR: self = .http(500)
    // AVERROR(e) is -e on every system with errno codes; tags are far below.
    case -4096..<0: self = .system(errno: -code)
    default: self = .other(code)
    }
  }
}
