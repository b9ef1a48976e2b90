internal import MediaBitstream
internal import MediaFFmpeg

/// Keyframe intervals, picture types, open and closed GOPs of each video track.
final class GOPAnalyzer: PacketObserver {
  private var tracks: [Int: GOPTrack] = [:]

  init(_ demuxer: Demuxer, streams: [StreamDescription]) throws {
    for stream in streams where stream.kind == .video && !stream.isStillPicture {
      tracks[stream.index] = GOPTrack(
        stream, parser: try PictureParser(demuxer, streamIndex: stream.index))
    }
  }

  func take(_ packet: Packet, _ clock: TrackClock) {
    tracks[packet.streamIndex]?.take(packet, clock)
  }

  func finish() -> [GOPSummary] {
    tracks.keys.sorted().compactMap { tracks[$0]?.finish() }
  }
}

extension StreamDescription {
  /// A cover image, not a moving picture.
  var isStillPicture: Bool {
    dispositions.contains { $0.name == "attached_pic" && $0.isSet }
  }
}

extension StreamDescription {
  /// How NAL units follow each other: the configuration record of MP4 says so by being there.
  var nalUnitFraming: NALUnitFraming {
    guard extradata.first == 1 else { return .annexB }
    let position = codecName == "hevc" ? 21 : 4
    guard extradata.count > position else { return .annexB }
    let size = NALUnitLengthSize(rawValue: Int(extradata[position] & 3) + 1)
    return size.map { .lengthPrefixed($0) } ?? .annexB
  }
}

/// The GOPs of one track.
///
/// Memory is one GOP's pictures.
private final class GOPTrack {
  /// What kind of picture opens a GOP.
  private enum Entry {
    /// Nothing before it can be referred to.
    case closed
    /// Open if pictures shown before it follow it.
    case openIfLeading
    /// The headers do not tell.
    case unknown
  }

  private struct Picture {
    /// What pictures are shown by: presentation time, else the picture order count.
    var order: Double?
    var type: Character
  }

  private static let patternCount = 3
  /// Longer GOPs are looked at in pieces, so that a file without keyframes stays in bounds.
  private static let pictureLimit = 100_000

  private let stream: StreamDescription
  private let parser: PictureParser?
  private var summary: GOPSummary
  private var pictures: [Picture] = []
  private var entry = Entry.unknown
  private var keyOrder: Double?
  private var hasTimes = false
  private var lastKeyTime: Double?
  private var picturesOfGOP: Int64 = 0
  /// Of those, the ones that follow the keyframe but are shown before it.
  private var leading: Int64 = 0
  /// Pictures of the last GOP that are shown from its keyframe on.
  private var shownOfLast: Int64?
  private var sawKey = false
  private var typesKnown = true
  private var run: Int64 = 0
  private var longestRun: Int64 = 0
  private var intervals: (count: Int64, min: Double, sum: Double, max: Double) = (
    0, .infinity, 0, 0
  )
  private var times: (count: Int64, min: Double, sum: Double, max: Double) = (0, .infinity, 0, 0)

  init(_ stream: StreamDescription, parser: PictureParser?) {
    self.stream = stream
    self.parser = parser
    summary = GOPSummary(index: stream.index)
  }

  func take(_ packet: Packet, _ clock: TrackClock) {
    let time = clock.seconds(packet.pts)
    if time != nil { hasTimes = true }
    let type = parser?.pictureType(of: packet) ?? (packet.isKey ? "I" : nil)
    if type == nil { typesKnown = false }
    let order = time ?? orderCount
    if packet.isKey { open(packet, time, order) }
    summary.frames += 1
    picturesOfGOP += 1
    if let order, let keyOrder, order < keyOrder { leading += 1 }
    if pictures.count >= Self.pictureLimit { closeRuns() }
    pictures.append(Picture(order: order, type: type ?? "?"))
  }

  /// Elementary streams carry no times, but say in which order pictures are shown.
  private var orderCount: Double? {
    guard !hasTimes, let parser, ["h264", "hevc"].contains(stream.codecName) else { return nil }
    return Double(parser.pictureOrderCount)
  }

  private func open(_ packet: Packet, _ time: Double?, _ order: Double?) {
    if sawKey, let time, let last = lastKeyTime, time > last {
      add(PacketMeter.rounded(time - last), to: &times)
    }
    close()
    sawKey = true
    (picturesOfGOP, leading) = (0, 0)
    lastKeyTime = time
    keyOrder = order
    entry = kind(of: packet)
    summary.keyframes += 1
  }

  private func add(
    _ value: Double, to spread: inout (count: Int64, min: Double, sum: Double, max: Double)
  ) {
    spread = (spread.count + 1, min(spread.min, value), spread.sum + value, max(spread.max, value))
  }

  /// Judges the GOP that has ended.
  private func close() {
    defer { closeRuns() }
    guard sawKey else { return }
    // Pictures shown before their keyframe belong, on the screen, to the GOP before.
    if let shownOfLast { add(Double(shownOfLast + leading), to: &intervals) }
    shownOfLast = picturesOfGOP - leading
    switch entry {
    case .closed:
      summary.closed += 1
      if summary.keyframes == 1 { summary.firstIsClosed = true }
    case .unknown: summary.unknown += 1
    case .openIfLeading:
      guard keyOrder != nil, pictures.allSatisfy({ $0.order != nil }) else {
        summary.unknown += 1
        break
      }
      if leading > 0 { summary.open += 1 } else { summary.closed += 1 }
    }
    if summary.patterns.count < Self.patternCount {
      let types = displayOrder().map { String($0.type) }
      summary.patterns.append(
        types.prefix(60).joined(separator: " ") + (types.count > 60 ? " ..." : ""))
    }
  }

  /// Counts B frames in display order; a run may reach over into the next GOP.
  private func closeRuns() {
    for picture in displayOrder() {
      run = picture.type == "B" ? run + 1 : 0
      longestRun = max(longestRun, run)
    }
    pictures.removeAll(keepingCapacity: true)
  }

  private func displayOrder() -> [Picture] {
    guard pictures.allSatisfy({ $0.order != nil }) else { return pictures }
    return pictures.sorted { ($0.order ?? 0) < ($1.order ?? 0) }
  }

  private func kind(of packet: Packet) -> Entry {
    packet.withPayload { payload in
      switch stream.codecName {
      case "h264":
        let kind = try? H264PictureKind(accessUnit: payload.bytes, framing: stream.nalUnitFraming)
        return kind == .idr ? .closed : kind == nil ? .unknown : .openIfLeading
      case "hevc":
        let kind = try? H265PictureKind(accessUnit: payload.bytes, framing: stream.nalUnitFraming)
        switch kind {
        case .idrWRADL, .idrNLP: return .closed
        case .cra, .bla: return .openIfLeading
        case .other, nil: return .unknown
        }
      case "vp8", "vp9", "av1", "mjpeg", "png", "prores", "dnxhd", "ffv1", "rawvideo", "gif",
        "flv1", "h263":
        return .closed
      case "mpeg1video", "mpeg2video":
        return Self.mpegGOPIsClosed(payload) ? .closed : .openIfLeading
      case "mpeg4", "msmpeg4v3", "vc1": return .openIfLeading
      default: return .unknown
      }
    }
  }

  /// `closed_gop` of the group_of_pictures_header (ISO/IEC 13818-2 §6.3.8): bit 26 after B8.
  private static func mpegGOPIsClosed(_ payload: UnsafeRawBufferPointer) -> Bool {
    var position = 0
    while position + 8 <= payload.count {
      if payload[position] == 0, payload[position + 1] == 0, payload[position + 2] == 1 {
        if payload[position + 3] == 0xB8 { return payload[position + 7] & 0x40 != 0 }
        if payload[position + 3] == 0 { return false }  // the picture has begun
      }
      position += 1
    }
    return false
  }

  func finish() -> GOPSummary {
    close()
    if intervals.count > 0 {
      summary.intervalFrames = .init(
        min: intervals.min, mean: intervals.sum / Double(intervals.count), max: intervals.max)
    }
    if times.count > 0 {
      summary.interval = .init(
        min: times.min, mean: PacketMeter.rounded(times.sum / Double(times.count)),
        max: times.max)
    }
    summary.longestBRun = typesKnown ? longestRun : nil
    return summary
  }
}
