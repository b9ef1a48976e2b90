internal import MediaBitstream
internal import MediaBytes
internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel

/// Opens whatever a user calls an input as a source of frames: natively where that is known, else
/// by FFmpeg.
struct FrameSources {
  /// What an input is, by its first bytes.
  enum Kind: Equatable {
    case flv, h264, h265, adts, wav
    case transportStream
    case other
  }

  /// An opened input.
  struct Opened {
    var source: any FrameSource
    /// What it is, in FFmpeg's words.
    var formatName: String
    /// Whether its times are made from a rate that the user may give.
    var isByteStream = false
    /// Bytes of the input, where that is known.
    var byteCount: Int64?
    /// What a user should know, asked for again at the end.
    var notes: () -> [String] = { [] }
  }

  /// Longest silence, nanoseconds.
  var timeout: Int64
  /// The rate of byte streams that state none or a wrong one.
  var rate: FrameRate?
  /// Whether a transport stream is taken as it is.
  var keepsTransportStream = false
  /// Which tracks are coded anew, of what FFmpeg demuxes; everything but byte streams and FLV then is.
  var recoding: DemuxerSource.Recoding?
  var standardInput: (Int64) throws -> ReadableFile

  func open(_ text: String) throws -> Opened {
    if text != "-", let url = MediaURL(text), url.scheme != "file" {
      guard !keepsTransportStream else {
        throw UsageErrors.transportStream
      }
      try url.resolveHost(timeout: timeout)
      return try demux(url.spelledForFFmpeg(text), nil)
    }
    let path = text == "-" ? nil : MediaURL(text)?.rest ?? text
    let file =
      try path.map { try ReadableFile.open($0, readTimeout: timeout) } ?? standardInput(timeout)
    var opened = try open(file, path)
    opened.byteCount = file.isSeekable ? file.byteCount : nil
    return opened
  }

  private func open(_ file: ReadableFile, _ path: String?) throws -> Opened {
    if file.isSeekable, !keepsTransportStream, try Self.isFLV(file) {
      return try flv(FLVInput(file))
    }
    let window = try InputWindow(file)
    let kind = try Self.kind(of: window, name: path ?? "")
    if keepsTransportStream, kind != .transportStream { throw UsageErrors.transportStream }
    if kind == .other ? try Self.canGoForward(window) : kind != .wav { window.goForward() }
    switch kind {
    case .flv: return try flv(FLVInput(window))
    case .other: break
    case .h264, .h265:
      let source = try AnnexBSource(window, isH265: kind == .h265, rate: rate)
      return Opened(
        source: source, formatName: kind == .h265 ? "hevc" : "h264", isByteStream: true
      ) { source.notes }
    case .adts: return Opened(source: try ADTSSource(window), formatName: "aac")
    case .wav:
      // Other codings are FFmpeg's.
      if recoding == nil, let source = try? WAVSource(window) {
        window.goForward()
        return Opened(source: source, formatName: "wav") { source.notes }
      }
      window.rewind()
    case .transportStream where keepsTransportStream:
      let source = try TransportStreamSource(window)
      return Opened(source: source, formatName: "mpegts") { source.notes }
    case .transportStream: break
    }
    return try demux(path, window)
  }

  private func flv(_ input: FLVInput) throws -> Opened {
    let source = try FLVSource(input)
    return Opened(source: InterleavedSource(source), formatName: "flv") { source.notes }
  }

  private enum UsageErrors {
    static let transportStream = Failure(
      .dataError, "--payload mp2t sends an MPEG transport stream as it is, and the input is none")
  }

  private func demux(_ path: String?, _ window: InputWindow?) throws -> Opened {
    var options = DemuxerOptions()
    options.timeout = timeout
    options.cancelled = Signals.interrupts
    if let window { options.input = WindowInput(window, isSeekable: !window.isForward) }
    let demuxer = try Demuxer(url: path ?? "", options: options)
    try demuxer.findStreamInfo()
    let source = try DemuxerSource(demuxer, recoding: recoding)
    return Opened(source: InterleavedSource(source), formatName: demuxer.formatName) {
      source.notes
    }
  }

  private static func isFLV(_ file: ReadableFile) throws -> Bool {
    try withUnsafeTemporaryAllocation(byteCount: 3, alignment: 1) {
      try file.read(at: 0, into: $0) == 3 && $0.elementsEqual("FLV".utf8)
    }
  }

  // MARK: What it is

  static func kind(of input: InputWindow, name: String) throws -> Kind {
    _ = try input.has(4096)
    let bytes = input.bytes
    guard bytes.count > 0 else { throw Failure(.dataError, "the input is empty") }
    if bytes.starts(with: "FLV".utf8) { return .flv }
    if bytes.count >= 12, bytes.starts(with: "RIFF".utf8), bytes[8..<12].elementsEqual("WAVE".utf8)
    {
      return .wav
    }
    if isTransportStream(bytes) { return .transportStream }
    if try isADTS(input) { return .adts }
    return byteStream(bytes, name)
  }

  /// Whether FFmpeg needs no way back: of what is sent live, and of MP4 whose description is in front.
  static func canGoForward(_ input: InputWindow) throws -> Bool {
    let bytes = input.bytes
    let starts: [[UInt8]] = [
      [0x1a, 0x45, 0xdf, 0xa3],  // Matroska
      [0, 0, 1, 0xba],  // MPEG-PS
      Array("OggS".utf8),
    ]
    if starts.contains(where: { bytes.starts(with: $0) }) { return true }
    var position = 0
    while position < 1 << 20, try input.has(position + 8) {
      let header = input.bytes[position..<position + 8]
      let size = header.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      switch String(decoding: header.suffix(4), as: UTF8.self) {
      case "moov": return true
      case "ftyp", "styp", "free", "skip", "wide", "uuid", "pdin": position += max(size, 8)
      default: return false
      }
    }
    return false
  }

  private static func isTransportStream(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let places = stride(from: 0, to: min(bytes.count, 5 * 188), by: 188)
    return bytes.count >= 188 && places.allSatisfy { bytes[$0] == 0x47 }
  }

  /// Two headers, one frame apart, behind a tag of ID3 if there is one.
  private static func isADTS(_ input: InputWindow) throws -> Bool {
    var start = 0
    if input.bytes.starts(with: "ID3".utf8), input.count >= 10 {
      start = 10 + input.bytes[6..<10].reduce(0) { $0 << 7 | Int($1 & 0x7f) }
    }
    guard start < 1 << 24, try input.has(start + 7),
      let length = frameLength(input.bytes, start)
    else { return false }
    guard try input.has(start + length + 7) else { return input.count == start + length }
    return frameLength(input.bytes, start + length) != nil
  }

  private static func frameLength(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[start...].prefix(15)).bytes)
    return (try? ADTSHeader(parsing: &reader))?.frameLength
  }

  /// A start code, then units that are of one of the two codecs and could not be of the other.
  private static func byteStream(_ bytes: UnsafeRawBufferPointer, _ name: String) -> Kind {
    guard let code = bytes.bytes.firstStartCode(),
      bytes[..<code].allSatisfy({ $0 == 0 })
    else { return .other }
    var position: Int? = code
    while let start = position, start + 4 < bytes.count {
      let (first, second) = (bytes[start + 3], bytes[start + 4])
      // H.265: no forbidden bit, layer 0, temporal ID 1; VPS or SPS.
      if second == 1, first == 0x40 || first == 0x42 { return .h265 }
      if first & 0x9f == 7, first & 0x60 != 0 { return .h264 }
      position = bytes.bytes.firstStartCode(from: start + 3)
    }
    let lower = name.lowercased()
    if [".h265", ".265", ".hevc"].contains(where: lower.hasSuffix) { return .h265 }
    if [".h264", ".264", ".avc"].contains(where: lower.hasSuffix) { return .h264 }
    return .other
  }
}

/// What stands at the end of an input and is not sent.
enum LeftOver {
  /// A note about so many bytes; none where there are none.
  static func note(_ byteCount: Int, _ reason: String) -> [String] {
    byteCount > 0
      ? ["the end, \(Quantity.counted(byteCount, "byte")), \(reason) and is left out"] : []
  }
}

/// What a window has been opened on, for FFmpeg.
private final class WindowInput: RandomAccessInput {
  private let window: InputWindow

  let isSeekable: Bool

  init(_ window: InputWindow, isSeekable: Bool) {
    (self.window, self.isSeekable) = (window, isSeekable)
  }

  func byteCount() throws -> Int64? { isSeekable ? try window.byteCount() : nil }
  func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try window.read(at: offset, into: buffer)
  }
}
