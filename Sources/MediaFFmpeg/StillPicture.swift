internal import CLibAV
internal import Glibc
public import MediaModel

/// A picture, coded or of plain pixels, made into a file of its own.
///
/// Belongs to one thread.
public struct StillPicture {
  /// What the file is.
  public enum Format: Sendable, CaseIterable {
    /// JPEG (ITU-T T.81) in JFIF's colours: BT.601, full range.
    case jpeg
    /// PNG: red, green and blue.
    case png
    /// Windows' bitmap.
    case bmp
    /// Netpbm's portable pixmap, of red, green and blue.
    case ppm
    /// Netpbm's portable graymap.
    case pgm
    /// TIFF 6.0, little-endian.
    case tiff

    fileprivate var encoder: String {
      switch self {
      case .jpeg: "mjpeg"
      case .png: "png"
      case .bmp: "bmp"
      case .ppm: "ppm"
      case .pgm: "pgm"
      case .tiff: "tiff"
      }
    }

    fileprivate var codec: AVCodecID {
      switch self {
      case .jpeg: AV_CODEC_ID_MJPEG
      case .png: AV_CODEC_ID_PNG
      case .bmp: AV_CODEC_ID_BMP
      case .ppm: AV_CODEC_ID_PPM
      case .pgm: AV_CODEC_ID_PGM
      case .tiff: AV_CODEC_ID_TIFF
      }
    }
  }

  private let libraries: FFmpegLibraries
  private let format: Format
  private let quality: Int
  private let series = Series()

  /// Makes pictures of a form.
  ///
  /// - Parameters:
  ///   - format: what files are to be.
  ///   - quality: of JPEG, from 1, the best, to 31.
  /// - Throws: `FFmpegError` where FFmpeg is missing.
  public init(_ format: Format, quality: Int = 1) throws(FFmpegError) {
    libraries = try FFmpegLibraries.open()
    self.format = format
    self.quality = min(max(quality, 1), 31)
  }

  /// Makes a file of the first picture that a frame alone gives.
  ///
  /// Where the stream does not say which matrix its colours follow, BT.601 is taken, as FFmpeg does.
  /// - Parameters:
  ///   - frame: the coded bytes, in the form MP4 stores them.
  ///   - codec: FFmpeg's name of the codec.
  ///   - configuration: the decoder configuration as MP4 stores it.
  /// - Returns: The file's bytes; nil where the frame gives no whole picture.
  /// - Throws: `FFmpegError`, `notImplemented` where this FFmpeg cannot do it.
  public func file(
    of frame: UnsafeRawBufferPointer, codec: String, configuration: [UInt8]
  ) throws -> [UInt8]? {
    guard let descriptor = libraries.codec.pointee.avcodec_descriptor_get_by_name(codec),
      let found = libraries.codec.pointee.avcodec_find_decoder(descriptor.pointee.id)
    else {
      throw FFmpegError(
        call: "avcodec_find_decoder", reason: .notImplemented,
        text: "this FFmpeg decodes no \(codec)")
    }
    let libraries = libraries
    let decoder = try FrameDecoder(found, libraries) { context throws(FFmpegError) in
      context.pointee.thread_count = 1
      try Self.set(configuration, on: context, libraries)
    }
    let packet = try Packet()
    guard let byteCount = CInt(exactly: frame.count) else { return nil }
    try libraries.check(
      "av_new_packet", libraries.codec.pointee.av_new_packet(packet.raw, byteCount))
    UnsafeMutableRawBufferPointer(start: packet.raw.pointee.data, count: frame.count)
      .copyMemory(from: frame)
    packet.raw.pointee.flags = AV_PKT_FLAG_KEY
    var result: [UInt8]?
    for input in [packet, nil] {
      try decoder.decode(input) { picture in
        guard result == nil, picture.pointee.decode_error_flags == 0,
          picture.pointee.flags & AV_FRAME_FLAG_CORRUPT == 0
        else { return }
        result = try encode(picture)
      }
    }
    return result
  }

  /// Makes a file of plain pixels.
  ///
  /// - Parameters:
  ///   - pixels: red, green and blue, a byte each, row by row from the top without padding.
  ///   - width: pixels of a row, 1 to 32768.
  ///   - height: rows, 1 to 32768.
  /// - Returns: The file's bytes.
  /// - Throws: `FFmpegError`, `notImplemented` where this FFmpeg cannot do it.
  public func file(ofRGB pixels: [UInt8], width: Int, height: Int) throws -> [UInt8] {
    let sides = 1...32_768
    precondition(sides.contains(width) && sides.contains(height), "sides of a picture")
    precondition(pixels.count == 3 * width * height, "pixels of a picture")
    let frame = try FrameBuffer(libraries)
    (frame.raw.pointee.width, frame.raw.pointee.height) = (CInt(width), CInt(height))
    frame.raw.pointee.format = AV_PIX_FMT_RGB24.rawValue
    frame.raw.pointee.color_range = AVCOL_RANGE_JPEG
    try frame.allocate()
    let stride = Int(frame.raw.pointee.linesize.0)
    guard let plane = frame.raw.pointee.data.0, stride >= 3 * width else {
      throw FFmpegError(call: "av_frame_get_buffer", reason: .system(errno: ENOMEM))
    }
    pixels.withUnsafeBytes { source in
      for row in 0..<height {
        UnsafeMutableRawBufferPointer(start: plane + row * stride, count: 3 * width)
          .copyMemory(
            from: UnsafeRawBufferPointer(rebasing: source[3 * width * row..<3 * width * (row + 1)]))
      }
    }
    return try encode(frame.raw)
  }

  // MARK: Planes as they are

  /// What pixels a file of a form holds, by FFmpeg's names: the usual ones first.
  public static func pixelFormats(of format: Format) -> [String] {
    switch format {
    case .jpeg: ["yuvj420p", "yuvj422p", "yuvj444p"]
    case .png: ["rgb24", "rgba", "gray", "rgb48be", "rgba64be", "gray16be"]
    case .bmp: ["bgr24", "bgra", "gray"]
    case .ppm: ["rgb24", "rgb48be"]
    case .pgm: ["gray", "gray16be"]
    case .tiff: ["rgb24", "rgba", "gray", "rgb48le", "rgba64le", "gray16le"]
    }
  }

  /// Makes a file of planes, whose samples go into it as they are.
  ///
  /// The encoder stays for the next picture, as long as that is of the same size and pixels.
  /// - Parameters:
  ///   - planes: in FFmpeg's order, with the bytes from one row to the next.
  ///   - pixelFormat: one of `pixelFormats(of:)`; those of JPEG follow BT.601.
  ///   - width: pixels of a row.
  ///   - height: rows.
  ///   - sampleAspectRatio: width to height of a pixel, for forms that say it.
  /// - Returns: The file's bytes.
  /// - Throws: `FFmpegError`: `notImplemented` for other pixels, and where this FFmpeg cannot do it;
  ///   `invalidData` for sides that the form does not hold, and where planes are missing.
  public func file(
    ofPlanes planes: [(start: UnsafeRawPointer, stride: Int)], pixelFormat: String, width: Int,
    height: Int, sampleAspectRatio: Rational = Rational(1, 1)
  ) throws -> [UInt8] {
    guard Self.pixelFormats(of: format).contains(pixelFormat) else {
      throw FFmpegError(
        call: "avcodec_open2", reason: .notImplemented,
        text: "\(format.encoder) files do not hold \(pixelFormat)")
    }
    let geometry = try PlaneGeometry(pixelFormat, width: width, height: height, libraries)
    guard planes.count == geometry.planes.count else {
      throw FFmpegError(
        call: "avcodec_send_frame", reason: .invalidData, text: "planes are missing")
    }
    let encoder = try series.encoder(
      Series.Kind(
        pixelFormat: pixelFormat, width: width, height: height,
        aspectNumerator: CInt(clamping: sampleAspectRatio.numerator),
        aspectDenominator: CInt(clamping: sampleAspectRatio.denominator))
    ) { kind throws(FFmpegError) in
      // JFIF's header is written only with a ratio, which PNG need not tell if it is the usual one.
      let isTold = format == .jpeg || kind.aspectNumerator != kind.aspectDenominator
      return try self.encoder(
        geometry.format, CInt(width), CInt(height),
        isTold
          ? AVRational(num: kind.aspectNumerator, den: kind.aspectDenominator)
          : AVRational(num: 0, den: 1))
    }
    let frame = try FrameBuffer(libraries)
    try frame.allocate(picture: geometry, width: width, height: height)
    let source = planes.map {
      PictureScaler.Plane(start: UnsafeMutableRawPointer(mutating: $0.start), stride: $0.stride)
    }
    geometry.copy(from: source, to: frame.planes)
    frame.raw.pointee.color_range = AVCOL_RANGE_JPEG
    frame.raw.pointee.quality = lambda
    frame.raw.pointee.pts = series.next()
    var bytes: [UInt8] = []
    try encoder.encode(frame) { $0.withPayload { bytes += $0 } }
    guard !bytes.isEmpty else {
      throw FFmpegError(
        call: "avcodec_receive_packet", reason: .notImplemented,
        text: "\(format.encoder) keeps a picture back")
    }
    return bytes
  }

  private static func set(
    _ configuration: [UInt8], on context: UnsafeMutablePointer<AVCodecContext>,
    _ libraries: FFmpegLibraries
  ) throws(FFmpegError) {
    guard !configuration.isEmpty else { return }
    let (copy, count) = try libraries.paddedCopy(configuration)
    context.pointee.extradata = copy
    context.pointee.extradata_size = count
  }

  // MARK: Coding anew

  private func encode(_ picture: UnsafeMutablePointer<AVFrame>) throws -> [UInt8] {
    let matrix = matrix(of: picture.pointee)
    let target = targetFormat(AVPixelFormat(picture.pointee.format), matrix)
    let converted = try convert(picture, matrix, to: target)
    let encoder = try encoder(
      target, picture.pointee.width, picture.pointee.height, picture.pointee.sample_aspect_ratio)
    converted.raw.pointee.pts = 0
    converted.raw.pointee.quality = lambda
    converted.raw.pointee.pict_type = AV_PICTURE_TYPE_NONE
    var bytes: [UInt8] = []
    for input in [converted, nil] {
      try encoder.encode(input) { $0.withPayload { bytes += $0 } }
    }
    return bytes
  }

  /// Of JPEG, what FFmpeg's encoders call so.
  private var lambda: CInt { format == .jpeg ? CInt(quality) * CInt(FF_QP2LAMBDA) : 0 }

  private func encoder(
    _ pixelFormat: AVPixelFormat, _ width: CInt, _ height: CInt, _ aspectRatio: AVRational
  ) throws(FFmpegError) -> Encoder {
    let codec = try Encoder.find(format.encoder, for: format.codec, libraries)
    // 1 is the best that MJPEG has; its encoder stops at 2 by itself.
    return try Encoder(
      codec, libraries, options: [], defaults: format == .jpeg ? [("qmin", "1")] : []
    ) { context in
      context.pointee.width = width
      context.pointee.height = height
      context.pointee.pix_fmt = pixelFormat
      context.pointee.time_base = AVRational(num: 1, den: 25)
      context.pointee.sample_aspect_ratio = aspectRatio
      context.pointee.thread_count = 1
      guard format == .jpeg else { return }
      context.pointee.color_range = AVCOL_RANGE_JPEG
      context.pointee.flags |= CInt(AV_CODEC_FLAG_QSCALE)
      context.pointee.global_quality = lambda
    }
  }

  /// The form of samples that loses least of those of a source.
  private func targetFormat(_ source: AVPixelFormat, _ matrix: AVColorSpace) -> AVPixelFormat {
    guard let descriptor = libraries.util.pointee.av_pix_fmt_desc_get(source) else {
      return format == .jpeg ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_RGB24
    }
    let value = descriptor.pointee
    let isGray = value.nb_components < 3 && value.flags & UInt64(AV_PIX_FMT_FLAG_PAL) == 0
    let isDeep = value.comp.0.depth > 8
    switch format {
    case .png:
      if isGray { return isDeep ? AV_PIX_FMT_GRAY16BE : AV_PIX_FMT_GRAY8 }
      return isDeep ? AV_PIX_FMT_RGB48BE : AV_PIX_FMT_RGB24
    case .tiff:
      if isGray { return isDeep ? AV_PIX_FMT_GRAY16LE : AV_PIX_FMT_GRAY8 }
      return isDeep ? AV_PIX_FMT_RGB48LE : AV_PIX_FMT_RGB24
    case .ppm: return isDeep ? AV_PIX_FMT_RGB48BE : AV_PIX_FMT_RGB24
    case .pgm: return isDeep ? AV_PIX_FMT_GRAY16BE : AV_PIX_FMT_GRAY8
    case .bmp: return isGray ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_BGR24
    case .jpeg:
      if isGray { return AV_PIX_FMT_YUVJ420P }
      // Another matrix makes other chroma of each sample; made coarse again it would lose.
      if matrix != AVCOL_SPC_SMPTE170M { return AV_PIX_FMT_YUVJ444P }
      switch (value.log2_chroma_w, value.log2_chroma_h) {
      case (1, 1): return AV_PIX_FMT_YUVJ420P
      case (1, 0): return AV_PIX_FMT_YUVJ422P
      default: return AV_PIX_FMT_YUVJ444P
      }
    }
  }

  /// The matrix of a picture's colours, that of JFIF where none is told.
  private func matrix(of value: AVFrame) -> AVColorSpace {
    let isUntold =
      PixelLayout(AVPixelFormat(value.format), libraries).isRGB
      || value.colorspace == AVCOL_SPC_UNSPECIFIED || value.colorspace == AVCOL_SPC_RGB
      || value.colorspace == AVCOL_SPC_BT470BG
    return isUntold ? AVCOL_SPC_SMPTE170M : value.colorspace
  }

  private func convert(
    _ picture: UnsafeMutablePointer<AVFrame>, _ matrix: AVColorSpace, to target: AVPixelFormat
  ) throws(FFmpegError) -> FrameBuffer {
    let value = picture.pointee
    let result = try FrameBuffer(libraries)
    let source = AVPixelFormat(value.format)
    let layout = PixelLayout(source, libraries)
    let isFull = layout.isFullRange(value.color_range)
    if source == target, isFull, matrix == AVCOL_SPC_SMPTE170M || format != .jpeg {
      try libraries.check(
        "av_frame_ref", libraries.util.pointee.av_frame_ref(result.raw, picture))
      return result
    }
    let table = try libraries.openScaling()
    let scaler =
      table.pointee.sws_isSupportedInput(source) == 0
      ? nil
      : clibav_new_scaler(
        table, value.width, value.height, source, value.width, value.height, target,
        CLIBAV_SCALE_USUALLY)
    guard let scaler else {
      let name = libraries.pixelFormatName(value.format) ?? "unknown"
      throw FFmpegError(
        call: "sws_getContext", reason: .notImplemented,
        text: "this FFmpeg cannot convert pictures of \(name)")
    }
    defer { clibav_free_scaler(table, scaler) }
    // Refused only for pairs of formats that have no matrix to choose.
    _ = clibav_set_scaler_colors(
      table, scaler, CInt(matrix.rawValue), isFull ? 1 : 0, CInt(AVCOL_SPC_SMPTE170M.rawValue), 1)
    (result.raw.pointee.width, result.raw.pointee.height) = (value.width, value.height)
    result.raw.pointee.format = target.rawValue
    result.raw.pointee.color_range = AVCOL_RANGE_JPEG
    try result.allocate()
    try libraries.check(
      "sws_scale", clibav_scale_picture(table, scaler, picture, value.height, result.raw))
    return result
  }
}

/// The encoder of pictures that follow each other.
private final class Series {
  struct Kind: Equatable {
    var pixelFormat: String
    var width: Int
    var height: Int
    var aspectNumerator: CInt
    var aspectDenominator: CInt
  }

  private var kind: Kind?
  private var encoder: Encoder?
  private var count: Int64 = 0

  /// That of the last picture, if it was of the same kind.
  func encoder(
    _ kind: Kind, make: (Kind) throws(FFmpegError) -> Encoder
  ) throws(FFmpegError) -> Encoder {
    if kind == self.kind, let encoder { return encoder }
    let made = try make(kind)
    (self.kind, encoder) = (kind, made)
    return made
  }

  /// The time of the next picture: MJPEG wants them to rise.
  func next() -> Int64 {
    count &+= 1
    return count
  }
}
