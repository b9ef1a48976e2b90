internal import Glibc
internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO
internal import MediaRaw

/// Opens the input of `yuv-convert`: raw pictures, Y4M, or what FFmpeg decodes.
struct PictureOpening {
  private let request: YUVConvertRequest
  private let forwardLog: ((FFmpegLog.Line) -> Void)?

  /// How much is looked at to find out what an input is.
  private static let headByteCount = 65_536

  /// Decides who reads the input, and opens it.
  ///
  /// - Parameters:
  ///   - request: what the user wants.
  ///   - forwardLog: gets what FFmpeg says at -v.
  ///   - standardInput: opens it, for `-`.
  /// - Returns: the pictures of `request.frameRange`.
  /// - Throws: `Failure`: 64 where a raw input lacks its size or format, with guesses.
  static func open(
    _ request: YUVConvertRequest, forwardLog: ((FFmpegLog.Line) -> Void)? = nil,
    standardInput: (Int64) throws(IOFailure) -> ReadableFile
  ) throws -> any PictureSource {
    do {
      return try PictureOpening(request: request, forwardLog: forwardLog).open(standardInput)
    } catch {
      throw Failure(error)
    }
  }

  private func open(
    _ standardInput: (Int64) throws(IOFailure) -> ReadableFile
  ) throws -> any PictureSource {
    let location = try locate(standardInput)
    guard case .bytes(let bytes, let path) = location else {
      let form = RawPictureForm(request.raw, path: nil)
      try refuse(
        form, "is a URL, which FFmpeg reads: fetch raw pictures with another tool and pipe them in")
      return try decode(location, head: nil)
    }
    // Without the blank: a damaged first line is for the parser to explain.
    let signature = Y4MHeader.signature.dropLast()
    let prefix = try bytes.prefix(signature.count)
    guard !prefix.isEmpty else {
      throw Failure(.dataError, path == nil ? "the input is empty" : "the file is empty")
    }
    let form = RawPictureForm(request.raw, path: path)
    if prefix == Array(signature) {
      try refuse(form, "is Y4M, whose header tells all that raw pictures must be told")
      return try Y4MPictureSource(
        bytes, range: request.frameRange, frameRate: request.raw.frameRate)
    }
    if form.isRaw { return try raw(bytes, form) }
    try refuse(form, "is not raw by its name: raw pictures want --video-size and --pix-fmt")
    return try decode(location, head: try bytes.prefix(Self.headByteCount))
  }

  private func locate(
    _ standardInput: (Int64) throws(IOFailure) -> ReadableFile
  ) throws -> InputLocation {
    let text = request.input
    do {
      return try InputLocation(text, timeout: request.timeout, standardInput)
    } catch let error as IOFailure where error.code == ENOENT && text.contains("%") {
      return .url(text, nil)  // a sequence such as `frame-%04d.png`
    }
  }

  /// Options for raw pictures have no meaning where others describe them.
  private func refuse(_ form: RawPictureForm, _ reason: String) throws(Failure) {
    guard let option = form.firstRawOption else { return }
    throw Failure(.usage, "\(option) is for raw pictures; this \(reason)")
  }

  // MARK: Raw

  private func raw(_ bytes: InputBytes, _ form: RawPictureForm) throws -> RawPictureSource {
    if form.isSaid, let kind = FileSignature.kind(of: try bytes.prefix(FileSignature.byteCount)) {
      throw Failure(
        .usage,
        "is \(kind), not raw: leave out --video-size and --pix-fmt (--scale sets the output's size)"
      )
    }
    let description = try form.describe(
      bytes, namesFrameRate: request.output?.container == .y4m)
    if request.color.isStrict, !description.assumed.isEmpty {
      throw PictureColors.refusal(description.assumed)
    }
    return try RawPictureSource(
      bytes, description, skip: request.raw.skip, range: request.frameRange)
  }

  // MARK: FFmpeg

  private func decode(_ location: InputLocation, head: [UInt8]?) throws -> DecodedPictureSource {
    let arguments = request.arguments
    let level = [16, 24, 40][min(max(arguments[CommonOptions.verbose], 0), 2)]
    let log = try FFmpegLog(level: level, forward: forwardLog)
    let isURL = location.isURL
    do {
      if let head {
        let guess = try FormatProbe.guess(head)
        if guess == nil || guess?.name == "tty" { throw Self.unknown(head) }
      }
      let demuxer = try location.demuxer(
        timeout: request.timeout, headers: arguments[CommonOptions.header],
        userAgent: arguments[CommonOptions.userAgent],
        // Who wants a few pictures of a pipe does not want to wait for its end.
        readsToEnd: request.frameRange.upperBound == .max)
      // A guess that little more than chance speaks for.
      if let head, demuxer.probeScore <= 25 { throw Self.unknown(head) }
      try demuxer.findStreamInfo()
      return try DecodedPictureSource(
        demuxer, range: request.frameRange, frameRate: request.raw.frameRate, log: log,
        explain: { Failure($0, opening: isURL, log) })
    } catch let error as FFmpegError {
      throw Failure(error, opening: isURL, log)
    }
  }

  /// An input that neither we nor FFmpeg know.
  private static func unknown(_ head: [UInt8]) -> Failure {
    if head.isPlainText { return Failure(.dataError, "plain text, not pictures") }
    return Failure(
      .usage,
      "no pictures that FFmpeg knows; raw ones want --video-size and --pix-fmt, such as "
        + "--video-size 1920x1080 --pix-fmt yuv420p")
  }
}

/// What some files begin with, which raw pictures do not.
enum FileSignature {
  static let byteCount = 12

  /// A name for people; nil where it may be raw.
  static func kind(of head: [UInt8]) -> String? {
    func has(_ bytes: [UInt8], at offset: Int = 0) -> Bool {
      head.dropFirst(offset).starts(with: bytes)
    }
    func has(_ text: String, at offset: Int = 0) -> Bool { has(Array(text.utf8), at: offset) }
    if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "a PNG picture" }
    if has([0xFF, 0xD8, 0xFF]), has("JFIF", at: 6) || has("Exif", at: 6) {
      return "a JPEG picture"
    }
    if has("ftyp", at: 4) { return "an MP4 or MOV file" }
    if has([0x1A, 0x45, 0xDF, 0xA3]) { return "a Matroska or WebM file" }
    if has("RIFF"), has("AVI ", at: 8) { return "an AVI file" }
    if has("RIFF"), has("WEBP", at: 8) { return "a WebP picture" }
    return has("FLV\u{1}") ? "an FLV file" : nil
  }
}
