internal import CLibAV
internal import Glibc

/// A picture, coded or of plain pixels, made into a file of its own.
public struct StillPicture {
  /// What the file is.
  public enum Format: Sendable {
    /// JPEG (ITU-T T.81) in JFIF's colours: BT.601, full range.
    case jpeg
    /// PNG: red, green and blue.
    case png

    fileprivate var encoder: String { self == .jpeg ? "mjpeg" : "png" }
    fileprivate var codec: AVCodecID { self == .jpeg ? AV_CODEC_ID_MJPEG : AV_CODEC_ID_PNG }
  }

  private let libraries: FFmpegLibraries
  private let format: Format

  /// Makes pictures of a form.
  ///
  /// - Throws: `FFmpegError` where FFmpeg is missing.
  public init(_ format: Format) throws(FFmpegError) {
    libraries = try FFmpegLibraries.open()
    self.format = format
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
    let codec = try Encoder.find(format.encoder, for: format.codec, libraries)
    // 1 is the best that MJPEG has; its encoder stops at 2 by itself.
    let encoder = try Encoder(
      codec, libraries, options: [], defaults: format == .jpeg ? [("qmin", "1")] : []
    ) { context in
      context.pointee.width = picture.pointee.width
      context.pointee.height = picture.pointee.height
      context.pointee.pix_fmt = target
      context.pointee.time_base = AVRational(num: 1, den: 25)
      context.pointee.sample_aspect_ratio = picture.pointee.sample_aspect_ratio
      context.pointee.thread_count = 1
      guard format == .jpeg else { return }
      context.pointee.color_range = AVCOL_RANGE_JPEG
      context.pointee.flags |= CInt(AV_CODEC_FLAG_QSCALE)
      context.pointee.global_quality = CInt(FF_QP2LAMBDA)
    }
    converted.raw.pointee.pts = 0
    converted.raw.pointee.quality = format == .jpeg ? CInt(FF_QP2LAMBDA) : 0
    converted.raw.pointee.pict_type = AV_PICTURE_TYPE_NONE
    var bytes: [UInt8] = []
    for input in [converted, nil] {
      try encoder.encode(input) { $0.withPayload { bytes += $0 } }
    }
    return bytes
  }

  /// The form of samples that loses least of those of a source.
  private func targetFormat(_ source: AVPixelFormat, _ matrix: AVColorSpace) -> AVPixelFormat {
    guard let descriptor = libraries.util.pointee.av_pix_fmt_desc_get(source) else {
      return format == .png ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_YUVJ420P
    }
    let value = descriptor.pointee
    let isGray = value.nb_components < 3 && value.flags & UInt64(AV_PIX_FMT_FLAG_PAL) == 0
    switch format {
    case .png:
      let isDeep = value.comp.0.depth > 8
      if isGray { return isDeep ? AV_PIX_FMT_GRAY16BE : AV_PIX_FMT_GRAY8 }
      return isDeep ? AV_PIX_FMT_RGB48BE : AV_PIX_FMT_RGB24
    case .jpeg:
      if isGray { return AV_PIX_FMT_GRAY8 }
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
    if source == target, isFull, matrix == AVCOL_SPC_SMPTE170M || format == .png {
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
