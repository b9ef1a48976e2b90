internal import Glibc
internal import MediaFFmpeg
internal import MediaJSON
internal import MediaModel

/// The document of `ffprobe -of json`: its sections, names, order and string-typed values.
///
/// Optional fields that ffprobe leaves out of JSON ("N/A", "unknown") are left out here too.
struct FFprobeDocument {
  var writer = JSONWriter(style: .ffprobe)
  private let major = FFmpegVersion.formatMajor
  /// FFmpeg 8.1 or later.
  private let is81 = (FFmpegVersion.formatMajor, FFmpegVersion.formatMinor) >= (62, 7)

  // MARK: Values as ffprobe types them

  private mutating func text(_ name: String, _ value: String?) {
    guard let value else { return }
    writer.key(name)
    writer.string(value)
  }

  private mutating func integer(_ name: String, _ value: some FixedWidthInteger) {
    writer.key(name)
    writer.integer(Int64(truncatingIfNeeded: value))
  }

  /// ffprobe prints these numbers as text.
  private mutating func number(_ name: String, _ value: Int64?) {
    text(name, value.map { String($0) })
  }

  private mutating func ticks(_ name: String, _ value: Int64?) {
    if let value { integer(name, value) }
  }

  private mutating func seconds(_ name: String, _ ticks: Int64?, _ base: Rational) {
    guard let ticks else { return }
    let perTick = Double(base.numerator) / Double(base.denominator)
    text(name, Self.fixed(Double(ticks) * perTick))
  }

  /// C's `%f`: six decimals, rounded from the exact binary value.
  private static func fixed(_ value: Double) -> String {
    var buffer = [CChar](repeating: 0, count: 400)
    let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%f", $0) }
    let digits = buffer.prefix(Int(count)).map { UInt8(truncatingIfNeeded: $0) }
    return String(decoding: digits, as: UTF8.self)
  }

  private mutating func tags(_ tags: [Tag]) {
    guard !tags.isEmpty else { return }
    writer.key("tags")
    writer.beginObject()
    for tag in tags { text(tag.name, tag.value) }
    writer.endObject()
  }

  private mutating func sideData(_ blocks: [SideDataDescription]) {
    writer.key("side_data_list")
    writer.beginArray()
    for block in blocks {
      writer.beginObject()
      text("side_data_type", block.type)
      fields(block.fields)
      writer.endObject()
    }
    writer.endArray()
  }

  private mutating func fields(_ fields: [SideDataDescription.Field]) {
    for field in fields {
      switch field.value {
      case .integer(let value): integer(field.name, value)
      case .rational(let ratio): text(field.name, ratio.text)
      case .string(let value): text(field.name, value)
      case .list(let groups):
        writer.key(field.name)
        writer.beginArray()
        for group in groups {
          writer.beginObject()
          self.fields(group)
          writer.endObject()
        }
        writer.endArray()
      }
    }
  }

  // MARK: Packets and frames

  /// What the section of packets, frames or both is called.
  static func sectionName(packets: Bool, frames: Bool) -> String {
    packets && frames ? "packets_and_frames" : packets ? "packets" : "frames"
  }

  mutating func packet(_ packet: Packet, _ track: TrackClock, isMixed: Bool) {
    let base = track.timeBase
    writer.beginObject()
    if isMixed { text("type", "packet") }
    text("codec_type", track.kind == .unknown ? nil : track.kind.rawValue)
    integer("stream_index", packet.streamIndex)
    ticks("pts", packet.pts)
    seconds("pts_time", packet.pts, base)
    ticks("dts", packet.dts)
    seconds("dts_time", packet.dts, base)
    ticks("duration", packet.duration == 0 ? nil : packet.duration)
    seconds("duration_time", packet.duration == 0 ? nil : packet.duration, base)
    text("size", String(packet.byteCount))
    number("pos", packet.position)
    var flags = (packet.isKey ? "K" : "_") + (packet.isDiscarded ? "D" : "_")
    if major >= 60 { flags += packet.isCorrupt ? "C" : "_" }
    text("flags", flags)
    if packet.hasSideData {
      tags(packet.tags())
      sideData(packet.sideData(pictureWidth: track.width, height: track.height))
    }
    writer.endObject()
  }

  mutating func frame(_ frame: DecodedFrame, isMixed: Bool) {
    writer.beginObject()
    if isMixed { text("type", frame.subtitle == nil ? "frame" : "subtitle") }
    if let subtitle = frame.subtitle { subtitleFields(subtitle) }
    if let frame = frame.frame { frameFields(frame) }
    writer.endObject()
  }

  private mutating func subtitleFields(_ subtitle: SubtitleDescription) {
    text("media_type", "subtitle")
    ticks("pts", subtitle.pts)
    seconds("pts_time", subtitle.pts, Rational(1, 1_000_000))
    integer("format", subtitle.format)
    integer("start_display_time", subtitle.startDisplayTime)
    integer("end_display_time", subtitle.endDisplayTime)
    integer("num_rects", subtitle.rectangles)
  }

  private mutating func frameFields(_ frame: FrameDescription) {
    let base = frame.timeBase
    text("media_type", frame.kind.rawValue)
    integer("stream_index", frame.streamIndex)
    integer("key_frame", frame.isKey ? 1 : 0)
    ticks("pts", frame.pts)
    seconds("pts_time", frame.pts, base)
    ticks("pkt_dts", frame.packetDTS)
    seconds("pkt_dts_time", frame.packetDTS, base)
    ticks("best_effort_timestamp", frame.bestEffortTimestamp)
    seconds("best_effort_timestamp_time", frame.bestEffortTimestamp, base)
    if major < 61 {
      let duration = frame.packetDuration == 0 ? nil : frame.packetDuration
      ticks("pkt_duration", duration)
      seconds("pkt_duration_time", duration, base)
    }
    if major >= 60 {
      let duration = frame.duration == 0 ? nil : frame.duration
      ticks("duration", duration)
      seconds("duration_time", duration, base)
    }
    number("pkt_pos", frame.packetPosition == -1 ? nil : frame.packetPosition)
    text("pkt_size", frame.packetByteCount == -1 ? nil : String(frame.packetByteCount))
    if let picture = frame.picture { pictureFields(picture) }
    if let sound = frame.sound {
      text("sample_fmt", sound.sampleFormat)
      integer("nb_samples", sound.sampleCount)
      integer("channels", sound.channelCount)
      text("channel_layout", sound.channelLayout)
    }
    tags(frame.tags)
    if !frame.sideData.isEmpty { sideData(frame.sideData) }
  }

  private mutating func pictureFields(_ picture: FrameDescription.Picture) {
    integer("width", picture.width)
    integer("height", picture.height)
    if major >= 60 {
      integer("crop_top", picture.crop.top)
      integer("crop_bottom", picture.crop.bottom)
      integer("crop_left", picture.crop.left)
      integer("crop_right", picture.crop.right)
    }
    text("pix_fmt", picture.pixelFormat)
    text("sample_aspect_ratio", picture.sampleAspectRatio.aspectText)
    text("pict_type", String(picture.pictureType))
    if major < 61 {
      integer("coded_picture_number", picture.codedNumber)
      integer("display_picture_number", picture.displayNumber)
    }
    integer("interlaced_frame", picture.isInterlaced ? 1 : 0)
    integer("top_field_first", picture.isTopFieldFirst ? 1 : 0)
    if major >= 62 { integer("lossless", picture.isLossless ? 1 : 0) }
    integer("repeat_pict", picture.repeatPicture)
    colors(
      range: picture.colorRange, space: picture.colorSpace, primaries: picture.colorPrimaries,
      transfer: picture.colorTransfer, location: picture.chromaLocation, primariesFirst: true)
    text("alpha_mode", picture.alphaMode)
  }

  private mutating func colors(
    range: String?, space: String?, primaries: String?, transfer: String?, location: String?,
    primariesFirst: Bool
  ) {
    text("color_range", range)
    text("color_space", space)
    if primariesFirst { text("color_primaries", primaries) }
    text("color_transfer", transfer)
    if !primariesFirst { text("color_primaries", primaries) }
    text("chroma_location", location)
  }

  // MARK: Sections

  mutating func streams(_ tracks: [ProbedTrack]) {
    writer.key("streams")
    writer.beginArray()
    for track in tracks { stream(track) }
    writer.endArray()
  }

  private mutating func stream(_ track: ProbedTrack) {
    let stream = track.stream
    writer.beginObject()
    integer("index", stream.index)
    text("codec_name", stream.codecName)
    text("codec_long_name", stream.codecName == nil ? nil : stream.codecLongName ?? "unknown")
    text("profile", stream.profileText)
    text("codec_type", stream.kind == .unknown ? nil : stream.kind.rawValue)
    text("codec_tag_string", stream.codecTagText)
    text("codec_tag", stream.codecTagHexadecimal)
    text("mime_codec_string", stream.mimeCodec)
    switch stream.kind {
    case .video: videoFields(track)
    case .audio: audioFields(stream)
    case .subtitle:
      if stream.width != 0 { integer("width", stream.width) }
      if stream.height != 0 { integer("height", stream.height) }
    default: break
    }
    for option in stream.decoder?.exportedOptions ?? [] { text(option.name, option.value) }
    if major >= 60 { for option in stream.demuxerOptions { text(option.name, option.value) } }
    if track.showsIdentifier {
      text("id", "0x" + String(UInt32(truncatingIfNeeded: stream.identifier), radix: 16))
    }
    timing(track)
    if !stream.extradata.isEmpty { integer("extradata_size", stream.extradata.count) }
    writer.key("disposition")
    writer.beginObject()
    for disposition in stream.dispositions {
      integer(disposition.name, disposition.isSet ? 1 : 0)
    }
    writer.endObject()
    tags(stream.tags)
    if !stream.sideData.isEmpty { sideData(stream.sideData) }
    writer.endObject()
  }

  private mutating func timing(_ track: ProbedTrack) {
    let stream = track.stream
    text("r_frame_rate", stream.realFrameRate.text)
    text("avg_frame_rate", stream.averageFrameRate.text)
    text("time_base", stream.timeBase.text)
    ticks("start_pts", stream.startTime)
    seconds("start_time", stream.startTime, stream.timeBase)
    ticks("duration_ts", stream.duration)
    seconds("duration", stream.duration, stream.timeBase)
    number("bit_rate", stream.bitRate)
    number("max_bit_rate", stream.decoder?.maximumBitRate)
    text("bits_per_raw_sample", stream.decoder?.bitsPerRawSample.map { String($0) })
    number("nb_frames", stream.frameCount)
    number("nb_read_frames", track.measured?.frames.flatMap { $0 > 0 ? $0 : nil })
    number("nb_read_packets", track.readPackets.flatMap { $0 > 0 ? $0 : nil })
  }

  private mutating func videoFields(_ track: ProbedTrack) {
    let stream = track.stream
    integer("width", stream.width)
    integer("height", stream.height)
    if let decoder = stream.decoder {
      integer("coded_width", decoder.codedWidth)
      integer("coded_height", decoder.codedHeight)
      if major < 62 {  // later ones only when asked to analyse frames
        integer("closed_captions", decoder.hasClosedCaptions ? 1 : 0)
        integer("film_grain", decoder.hasFilmGrain ? 1 : 0)
      }
    }
    integer("has_b_frames", stream.videoDelay)
    text("sample_aspect_ratio", stream.sampleAspectRatio.aspectText)
    if stream.sampleAspectRatio.aspectText != nil {
      text(
        "display_aspect_ratio",
        "\(stream.displayAspectRatio.numerator):\(stream.displayAspectRatio.denominator)")
    }
    text("pix_fmt", stream.pixelFormat)
    integer("level", stream.level ?? -99)
    colors(
      range: stream.colorRange, space: stream.colorSpace, primaries: stream.colorPrimaries,
      transfer: stream.colorTransfer, location: stream.chromaLocation, primariesFirst: false)
    text("field_order", stream.fieldOrder)
    if let decoder = stream.decoder, !is81 || track.measured?.frames != nil {
      integer("refs", decoder.referenceFrames)
    }
  }

  private mutating func audioFields(_ stream: StreamDescription) {
    text("sample_fmt", stream.sampleFormat)
    text("sample_rate", String(stream.sampleRate))
    integer("channels", stream.channelCount)
    text("channel_layout", stream.channelLayout)
    integer("bits_per_sample", stream.bitsPerSample)
    if major >= 60 { integer("initial_padding", stream.initialPadding) }
  }

  mutating func programs(_ programs: [ProgramDescription], _ tracks: [ProbedTrack]) {
    writer.key("programs")
    writer.beginArray()
    for program in programs {
      writer.beginObject()
      integer("program_id", program.identifier)
      integer("program_num", program.number)
      integer("nb_streams", program.streamIndexes.count)
      integer("pmt_pid", program.pmtPID)
      integer("pcr_pid", program.pcrPID)
      tags(program.tags)
      streams(
        program.streamIndexes.compactMap { index in
          tracks.first { $0.stream.index == index }
        })
      writer.endObject()
    }
    writer.endArray()
  }

  mutating func chapters(_ chapters: [ChapterDescription]) {
    writer.key("chapters")
    writer.beginArray()
    for chapter in chapters {
      writer.beginObject()
      integer("id", chapter.identifier)
      text("time_base", chapter.timeBase.text)
      integer("start", chapter.start)
      seconds("start_time", chapter.start, chapter.timeBase)
      integer("end", chapter.end)
      seconds("end_time", chapter.end, chapter.timeBase)
      tags(chapter.tags)
      writer.endObject()
    }
    writer.endArray()
  }

  mutating func format(_ format: FormatDescription) {
    let microseconds = Rational(1, 1_000_000)
    writer.key("format")
    writer.beginObject()
    text("filename", format.filename)
    integer("nb_streams", format.streamCount)
    integer("nb_programs", format.programCount)
    if let groups = format.streamGroupCount { integer("nb_stream_groups", groups) }
    text("format_name", format.name)
    text("format_long_name", format.longName)
    seconds("start_time", format.startTime, microseconds)
    seconds("duration", format.duration, microseconds)
    number("size", format.byteCount)
    number("bit_rate", format.bitRate)
    integer("probe_score", format.probeScore)
    tags(format.tags)
    writer.endObject()
  }
}
