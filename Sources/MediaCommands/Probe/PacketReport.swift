internal import MediaFFmpeg
internal import MediaJSON
internal import MediaModel

/// One packet with what its track says of it.
///
/// Numbers but for what few packets have, so that handing it on costs little.
struct PacketLine: Sendable {
  let streamIndex: Int
  let pts: Int64?
  let dts: Int64?
  let duration: Int64?
  let byteCount: Int
  let position: Int64?
  let isKey: Bool
  let isDiscarded: Bool
  let isCorrupt: Bool
  /// Seconds.
  let ptsTime: Double?
  let dtsTime: Double?
  let track: TrackClock
  let sideData: SideData?

  /// What only some packets carry, out of the way of the others.
  final class SideData: Sendable {
    let blocks: [SideDataDescription]
    init(_ blocks: [SideDataDescription]) { self.blocks = blocks }
  }

  init(_ packet: Packet, _ track: TrackClock) {
    streamIndex = packet.streamIndex
    pts = packet.pts
    dts = packet.dts
    duration = packet.duration > 0 ? packet.duration : nil
    byteCount = packet.byteCount
    position = packet.position
    isKey = packet.isKey
    isDiscarded = packet.isDiscarded
    isCorrupt = packet.isCorrupt
    sideData =
      packet.hasSideData
      ? SideData(packet.sideData(pictureWidth: track.width, height: track.height)) : nil
    self.track = track
    ptsTime = track.seconds(packet.pts)
    dtsTime = packet.dts == packet.pts ? ptsTime : track.seconds(packet.dts)
  }
}

/// What a walk needs of a track at every packet.
struct TrackClock: Sendable {
  var kind: StreamDescription.Kind
  var timeBase: Rational
  var width = 0
  var height = 0

  init(_ stream: StreamDescription) {
    kind = stream.kind
    timeBase = stream.timeBase
    width = stream.width
    height = stream.height
  }

  func seconds(_ ticks: Int64?) -> Double? { ticks.flatMap { timeBase.seconds($0) } }

  /// Whether a time lies so far back that it is no frame shown out of order: half a second.
  func isFarBack(_ ticks: Int64, from highest: Int64) -> Bool {
    guard ticks < highest else { return false }
    let (distance, isOver) = highest.subtractingReportingOverflow(ticks)
    return isOver || distance > Int64(timeBase.denominator / max(1, 2 * timeBase.numerator))
  }

  /// Whole seconds between two times, rounded down; exact, as a difference of seconds is not.
  func wholeSeconds(from first: Int64, to last: Int64) -> Int64? {
    let (ticks, isOver) = last.subtractingReportingOverflow(first)
    let (scaled, isOverToo) = ticks.multipliedReportingOverflow(by: Int64(timeBase.numerator))
    let denominator = Int64(timeBase.denominator)
    guard !isOver, !isOverToo, denominator > 0 else { return nil }
    return scaled / denominator - (scaled % denominator < 0 ? 1 : 0)
  }
}

/// A packet in the document.
enum PacketReport {
  static let report = Report<PacketLine>([
    .string("codec_type", "What the track carries") { $0.track.kind.rawValue },
    .integer("stream_index", "The track") { $0.streamIndex },
    .integer("pts", "Presentation time in ticks") { $0.pts },
    .real("pts_time", "Presentation time in seconds") { $0.ptsTime },
    .integer("dts", "Decoding time in ticks") { $0.dts },
    .real("dts_time", "Decoding time in seconds") { $0.dtsTime },
    .integer("duration", "Ticks") { $0.duration },
    .real("duration_time", "Seconds") {
      $0.track.seconds($0.duration)
    },
    .integer("size", "Bytes of the payload") { $0.byteCount },
    .integer("pos", "Byte offset in the input") { $0.position },
    .bool("key", "Decoding can start here") { $0.isKey },
    .bool("discard", "To be decoded but not shown", when: { $0.isDiscarded }) { _ in true },
    .bool("corrupt", "Known to be damaged", when: { $0.isCorrupt }) { _ in true },
    .json(
      "side_data_list", "Facts of this packet", when: { $0.sideData != nil },
      shape: .array(.any)
    ) { .array($0.sideData?.blocks.map(SideDataReport.value) ?? []) },
  ])
}

/// A frame in the document.
enum FrameReport {
  static let report = Report<DecodedFrame>(common + picture + sound + extras)

  private typealias Field = ReportField<DecodedFrame>

  private static let common: [Field] = [
    .string("media_type", "video, audio or subtitle") { $0.kind.rawValue },
    .integer("stream_index", "The track") { $0.streamIndex },
    .bool("key_frame", "Decoding can start here", when: { $0.frame != nil }) {
      $0.frame?.isKey ?? false
    },
    .integer("pts", "Presentation time in ticks; of a subtitle, microseconds") { $0.pts },
    .real("pts_time", "Presentation time in seconds") { $0.seconds($0.pts) },
    .integer("pkt_dts", "Decoding time of its packet in ticks", when: { $0.frame != nil }) {
      $0.frame?.packetDTS
    },
    .integer(
      "best_effort_timestamp", "FFmpeg's best guess of the time in ticks",
      when: { $0.frame != nil }
    ) { $0.frame?.bestEffortTimestamp },
    .real(
      "best_effort_timestamp_time", "The same in seconds", when: { $0.frame != nil }
    ) { $0.seconds($0.frame?.bestEffortTimestamp) },
    .integer("duration", "Ticks", when: { $0.frame != nil }) {
      $0.frame.flatMap { $0.duration > 0 ? $0.duration : nil }
    },
    .integer("pkt_pos", "Byte offset of its packet", when: { $0.frame != nil }) {
      $0.frame.flatMap { $0.packetPosition >= 0 ? $0.packetPosition : nil }
    },
    .integer("pkt_size", "Bytes of its packet", when: { $0.frame != nil }) {
      $0.frame.flatMap { $0.packetByteCount >= 0 ? $0.packetByteCount : nil }
    },
  ]

  private static let picture: [Field] = [
    .integer("width", "Pixels across", when: { $0.picture != nil }) { $0.picture?.width ?? 0 },
    .integer("height", "Pixels down", when: { $0.picture != nil }) { $0.picture?.height ?? 0 },
    .string("pix_fmt", "FFmpeg's pixel format name", when: { $0.picture != nil }) {
      $0.picture?.pixelFormat
    },
    .string("sample_aspect_ratio", "Shape of a pixel", when: { $0.picture != nil }) {
      $0.picture?.sampleAspectRatio.aspectText
    },
    .string("pict_type", "I, P, B, ...", when: { $0.picture != nil }) {
      $0.picture.map { String($0.pictureType) }
    },
    .bool("interlaced_frame", "Two fields", when: { $0.picture != nil }) {
      $0.picture?.isInterlaced ?? false
    },
    .bool("top_field_first", "Which field comes first", when: { $0.picture?.isInterlaced == true })
    {
      $0.picture?.isTopFieldFirst ?? false
    },
    .integer("repeat_pict", "How much longer to show it, half frames", when: { $0.picture != nil })
    {
      $0.picture?.repeatPicture ?? 0
    },
    .string("color_range", "tv or pc", when: { $0.picture != nil }) { $0.picture?.colorRange },
    .string("color_space", "Matrix coefficients", when: { $0.picture != nil }) {
      $0.picture?.colorSpace
    },
    .string("color_primaries", "Colour primaries", when: { $0.picture != nil }) {
      $0.picture?.colorPrimaries
    },
    .string("color_transfer", "Transfer characteristics", when: { $0.picture != nil }) {
      $0.picture?.colorTransfer
    },
    .string("chroma_location", "Where chroma samples sit", when: { $0.picture != nil }) {
      $0.picture?.chromaLocation
    },
  ]

  private static let sound: [Field] = [
    .string("sample_fmt", "FFmpeg's sample format name", when: { $0.sound != nil }) {
      $0.sound?.sampleFormat
    },
    .integer("nb_samples", "Samples of one channel", when: { $0.sound != nil }) {
      $0.sound?.sampleCount ?? 0
    },
    .integer("channels", "Number of channels", when: { $0.sound != nil }) {
      $0.sound?.channelCount ?? 0
    },
    .string("channel_layout", "Names of the channels", when: { $0.sound != nil }) {
      $0.sound?.channelLayout
    },
  ]

  private static let extras: [Field] = [
    .integer("start_display_time", "Milliseconds after pts", when: { $0.subtitle != nil }) {
      $0.subtitle?.startDisplayTime ?? 0
    },
    .integer("end_display_time", "Milliseconds after pts", when: { $0.subtitle != nil }) {
      $0.subtitle?.endDisplayTime ?? 0
    },
    .integer("num_rects", "Pieces of text or bitmaps", when: { $0.subtitle != nil }) {
      $0.subtitle?.rectangles ?? 0
    },
    .map("tags", "Metadata of the frame", when: { $0.frame?.tags.isEmpty == false }) {
      $0.frame?.tags.map { ($0.name, $0.value) } ?? []
    },
    .json(
      "side_data_list", "Facts of this frame", when: { $0.frame?.sideData.isEmpty == false },
      shape: .array(.any)
    ) { .array($0.frame?.sideData.map(SideDataReport.value) ?? []) },
  ]
}

/// A decoded frame or subtitle event.
struct DecodedFrame {
  var frame: FrameDescription?
  var subtitle: SubtitleDescription?

  init(_ output: Decoder.Output) {
    switch output {
    case .frame(let frame): self.frame = frame
    case .subtitle(let subtitle): self.subtitle = subtitle
    }
  }

  var kind: StreamDescription.Kind { frame?.kind ?? .subtitle }
  var streamIndex: Int { frame?.streamIndex ?? subtitle?.streamIndex ?? 0 }
  var pts: Int64? { frame == nil ? subtitle?.pts : frame?.pts }
  var picture: FrameDescription.Picture? { frame?.picture }
  var sound: FrameDescription.Sound? { frame?.sound }

  func seconds(_ ticks: Int64?) -> Double? {
    ticks.flatMap { (frame?.timeBase ?? Rational(1, 1_000_000)).seconds($0) }
  }
}
