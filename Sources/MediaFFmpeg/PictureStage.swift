internal import CLibAV
internal import Glibc
internal import MediaBitstream
internal import MediaBytes
internal import MediaModel

/// Decoded pictures into H.264.
final class PictureStage: TranscodingStage {
  let track: Track
  let encoder: Encoder
  private(set) var droppedCount = 0
  private let scaler: Scaler
  private let picture: FrameBuffer
  /// Ticks of the track that one tick of the input makes.
  private let ticksPerTick: Int64
  /// Ticks of a picture whose duration is not told.
  private let usualDuration: Int64
  private let keyframeTicks: Int64
  private var timeline: PictureTimeline
  /// From when on a picture becomes a keyframe; the grid begins at the first picture.
  private var nextKeyframe: Int64?
  /// Of the pictures inside the encoder, by their times.
  private var durations: [Int64: Int64] = [:]

  init(
    _ decoder: UnsafeMutablePointer<AVCodecContext>, _ libraries: FFmpegLibraries,
    trackIndex: Int, _ options: TranscoderOptions
  ) throws(FFmpegError) {
    let source = decoder.pointee
    let timeBase = source.pkt_timebase
    guard source.width > 0, source.height > 0, timeBase.num > 0, timeBase.den > 0,
      let timescale = Timescale(UInt32(timeBase.den))
    else {
      throw FFmpegError(
        call: "avcodec_open2", reason: .invalidData, text: "the size of the pictures is unknown")
    }
    let (width, height) = (Self.even(source.width), Self.even(source.height))
    let colors = Colors(source, libraries)
    let rate =
      source.framerate.num > 0 && source.framerate.den > 0
      ? source.framerate : AVRational(num: 25, den: 1)
    let ticksPerSecond = Int64(timeBase.den)
    ticksPerTick = Int64(timeBase.num)
    usualDuration = max(1, ticksPerSecond * Int64(rate.den) / Int64(rate.num))
    keyframeTicks = Self.ticks(options.keyframeInterval, ticksPerSecond)
    timeline = PictureTimeline(ticksPerSecond: ticksPerSecond)
    scaler = try Scaler(width: width, height: height, matrix: colors.matrix, libraries)
    picture = try FrameBuffer(libraries)

    let codec = try Encoder.find(options.videoEncoder, for: AV_CODEC_ID_H264, libraries)
    // Keyframes stand on a grid of times; the encoder's own count only sees that they come at all.
    let mostApart = 2 * keyframeTicks / usualDuration + 1
    var settings = options.videoOptions
    if let preset = options.preset { settings.append(("preset", preset)) }
    let tune = options.isLowDelay ? [("tune", "zerolatency")] : []
    encoder = try Encoder(
      codec, libraries, options: settings,
      defaults: ([("preset", "veryfast"), ("sc_threshold", "0")] + tune).filter { name, _ in
        !settings.contains { $0.name == name }
      }
    ) { context in
      context.pointee.width = width
      context.pointee.height = height
      context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
      context.pointee.time_base = AVRational(num: 1, den: timeBase.den)
      context.pointee.framerate = rate
      context.pointee.sample_aspect_ratio = source.sample_aspect_ratio
      context.pointee.gop_size = CInt(clamping: mostApart)
      context.pointee.thread_count = CInt(clamping: options.boundedThreadCount)
      if let most = options.bFrames { context.pointee.max_b_frames = CInt(clamping: most) }
      if let bits = options.videoBitRate {
        context.pointee.bit_rate = bits
        context.pointee.rc_max_rate = bits
        context.pointee.rc_buffer_size = CInt(clamping: bits)
      }
      colors.set(on: context)
    }
    var track = Track(index: trackIndex, kind: .video, codec: .h264, timescale: timescale)
    (track.width, track.height) = (Int(width), Int(height))
    track.bitRate = options.videoBitRate.map { Int(clamping: $0) }
    track.configuration = try Self.configuration(encoder)
    self.track = track
  }

  func take(
    _ frame: UnsafeMutablePointer<AVFrame>, _ output: (Frame) throws -> Void
  ) throws {
    let told = clibav_frame_duration(frame)
    let duration =
      told > 0 && told < 1 << 40 ? told.multipliedOrMax(by: ticksPerTick) : usualDuration
    let time = frame.time.flatMap { time -> Int64? in
      let (ticks, overflow) = time.multipliedReportingOverflow(by: ticksPerTick)
      return overflow ? nil : ticks
    }
    guard let place = timeline.place(time, duration: duration) else {
      droppedCount += 1
      return
    }
    try scaler.scale(frame, into: picture)
    defer { picture.clear() }
    picture.raw.pointee.pts = place
    // What kind of picture it was in the input is nothing to the encoder.
    picture.raw.pointee.pict_type =
      isKeyframeDue(at: place) ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
    durations[place] = duration
    try encoder.encode(picture) { try output(self.frame($0)) }
  }

  func finish(_ output: (Frame) throws -> Void) throws {
    try encoder.encode(nil) { try output(frame($0)) }
  }

  private func isKeyframeDue(at time: Int64) -> Bool {
    guard let next = nextKeyframe else {
      nextKeyframe = time &+ keyframeTicks
      return true
    }
    guard time >= next else { return false }
    nextKeyframe = time &- (time &- next) % keyframeTicks &+ keyframeTicks
    return true
  }

  private func frame(_ packet: Packet) throws(FFmpegError) -> Frame {
    var writer = ByteWriter(capacity: packet.byteCount + 64)
    let bytes = UnsafeRawBufferPointer(start: packet.raw.pointee.data, count: packet.byteCount)
    do throws(ParseError) {
      try NALUnitFraming.annexB.rewrite(bytes.bytes, as: .lengthPrefixed(.four), into: &writer)
    } catch {
      throw FFmpegError(call: "avcodec_receive_packet", reason: .invalidData, text: "\(error)")
    }
    var frame = Frame(track: track.index, data: writer.bytes)
    frame.pts = packet.pts
    frame.dts = packet.dts ?? packet.pts
    frame.duration = packet.pts.flatMap { durations.removeValue(forKey: $0) }
    // Some encoders skip pictures.
    if let dts = packet.dts, durations.count > 512 {
      durations = durations.filter { $0.key >= dts }
    }
    frame.isKey = packet.isKey
    return frame
  }

  /// avcC of the parameter sets that the encoder gives with start codes.
  private static func configuration(_ encoder: Encoder) throws(FFmpegError) -> [UInt8] {
    let units = [UInt8](encoder.extradata).unitsBetweenStartCodes
    guard
      let record = AVCDecoderConfigurationRecord(
        sequenceParameterSets: units.filter { $0.isUnit(.sps) },
        pictureParameterSets: units.filter { $0.isUnit(.pps) })
    else {
      throw FFmpegError(
        call: "avcodec_open2", reason: .invalidData,
        text: "\(encoder.name) gives no parameter sets")
    }
    var writer = ByteWriter()
    record.write(to: &writer)
    return writer.bytes
  }

  /// The even size at or below, and 2 for 1: 4:2:0 halves both sides.
  private static func even(_ size: CInt) -> CInt { max(2, size & ~1) }

  /// At least one tick, so that a grid of them is a grid.
  private static func ticks(_ nanoseconds: Int64, _ ticksPerSecond: Int64) -> Int64 {
    let (product, overflow) = nanoseconds.multipliedReportingOverflow(by: ticksPerSecond)
    return overflow ? 1 << 40 : max(1, product / 1_000_000_000)
  }
}

/// What the coded stream says of its colours: what the input said, and for RGB how it was converted.
private struct Colors {
  let matrix: AVColorSpace
  private let primaries: AVColorPrimaries
  private let transfer: AVColorTransferCharacteristic

  init(_ source: AVCodecContext, _ libraries: FFmpegLibraries) {
    let isRGB =
      PixelLayout(source.pix_fmt, libraries).isRGB || source.colorspace == AVCOL_SPC_RGB
    // Players take high definition for BT.709 and the rest for BT.601, told or not.
    let isHigh = source.width >= 1280 || source.height >= 720
    matrix = isRGB ? (isHigh ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M) : source.colorspace
    primaries = source.color_primaries
    transfer = source.color_trc
  }

  func set(on context: UnsafeMutablePointer<AVCodecContext>) {
    context.pointee.color_range = AVCOL_RANGE_MPEG
    context.pointee.colorspace = matrix
    context.pointee.color_primaries = primaries
    context.pointee.color_trc = transfer
  }
}

extension [UInt8] {
  /// Whether it is a NAL unit of a type.
  fileprivate func isUnit(_ type: H264NALUnitType) -> Bool {
    first.map(H264NALUnitType.init(header:)) == type
  }

  /// The NAL units of a few bytes of Annex B.
  fileprivate var unitsBetweenStartCodes: [[UInt8]] {
    var writer = ByteWriter()
    // Start codes cannot be wrong, and lengths of four bytes hold any unit there can be.
    try? NALUnitFraming.annexB.rewrite(span.bytes, as: .lengthPrefixed(.four), into: &writer)
    var units: [[UInt8]] = []
    var rest = writer.bytes[...]
    while rest.count > 4 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      units.append([UInt8](rest.dropFirst(4).prefix(length)))
      rest = rest.dropFirst(4 + length)
    }
    return units
  }
}
