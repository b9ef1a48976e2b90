internal import MediaFFmpeg
internal import MediaModel

/// What `--check` sees packet by packet: timestamps, gaps, keyframes, damage.
final class TimingCheck: PacketObserver {
  private struct Track {
    var packets: Int64 = 0
    var lastDTS: Int64?
    var lastEnd: Double?
    var firstPTS: Double?
    var lastKey: Double?
    var firstTime: Double?
    var lastTime: Double?
    var isVideo = false
  }

  private let limits: CheckLimits
  private let streams: [StreamDescription]
  /// Elementary streams have none to miss.
  private let hasTimestamps: Bool
  private var tracks: [Track]
  private(set) var collector = FindingCollector()
  /// The walk stopped early on request, so the end says nothing about the input.
  var isPartial = false

  init(_ limits: CheckLimits, _ description: MediaDescription) {
    self.limits = limits
    streams = description.streams
    hasTimestamps = description.format.hasTimestamps
    tracks = description.streams.map { stream in
      var track = Track()
      track.isVideo = stream.kind == .video && !stream.isStillPicture
      return track
    }
  }

  func add(_ finding: Finding) { collector.add(finding) }

  /// Where the last packet is.
  private(set) var lastOffset: Int?

  func take(_ packet: Packet, _ clock: TrackClock) {
    lastOffset = packet.position.flatMap { Int(exactly: $0) }
    let index = packet.streamIndex
    let place = Place(packet, clock)
    if packet.isCorrupt {
      add(place.finding(.corruptPackets, "the demuxer flags this packet as damaged or incomplete"))
    }
    checkStamps(packet, clock, place)
    if let dts = clock.seconds(packet.dts ?? packet.pts) {
      checkContinuity(packet, clock, place, dts)
    }
    checkKeyframes(packet, clock, place)
    tracks[index].packets += 1
    if let dts = packet.dts { tracks[index].lastDTS = dts }
    if tracks[index].firstPTS == nil, !packet.isDiscarded {
      tracks[index].firstPTS = clock.seconds(packet.pts ?? packet.dts)
    }
  }

  /// Where a packet is, for its findings.
  private struct Place {
    var offset: Int?
    var time: Double?
    var stream: Int

    init(_ packet: Packet, _ clock: TrackClock) {
      offset = packet.position.flatMap { Int(exactly: $0) }
      time = clock.seconds(packet.dts ?? packet.pts)
      stream = packet.streamIndex
    }

    func finding(_ code: FindingCode, _ message: String) -> Finding {
      Finding(code, message, offset: offset, time: time, stream: stream)
    }
  }

  private func checkStamps(_ packet: Packet, _ clock: TrackClock, _ place: Place) {
    if packet.pts == nil, packet.dts == nil, hasTimestamps, !streams[place.stream].isStillPicture {
      add(
        place.finding(
          .missingTimestamps,
          "packet \(tracks[place.stream].packets) has neither pts nor dts"))
    }
    if let pts = packet.pts, let dts = packet.dts, pts < dts {
      add(place.finding(.ptsBeforeDTS, "pts \(pts) is before dts \(dts)"))
    }
    guard let dts = packet.dts, let last = tracks[place.stream].lastDTS,
      clock.kind == .video || clock.kind == .audio
    else { return }
    if dts < last {
      add(place.finding(.decreasingDTS, "dts \(dts) after \(last)"))
    } else if dts == last {
      add(place.finding(.repeatedDTS, "dts \(dts) twice"))
    }
  }

  private func checkContinuity(
    _ packet: Packet, _ clock: TrackClock, _ place: Place, _ time: Double
  ) {
    guard clock.kind == .video || clock.kind == .audio else { return }
    let index = place.stream
    if let end = tracks[index].lastEnd, let last = tracks[index].lastTime {
      if Self.exceeds(time - end, limits.maxGap) {
        add(
          place.finding(
            .gap, "\(Quantity.seconds(time - end)) without media after \(Quantity.seconds(end))"))
      } else if Self.exceeds(end - time, limits.maxGap), time > last {
        add(
          place.finding(
            .overlap,
            "begins \(Quantity.seconds(end - time)) before the packet in front of it ends"))
      }
    }
    tracks[index].firstTime = tracks[index].firstTime ?? time
    tracks[index].lastTime = time
    tracks[index].lastEnd = time + (clock.seconds(packet.duration) ?? 0)
  }

  private func checkKeyframes(_ packet: Packet, _ clock: TrackClock, _ place: Place) {
    let index = place.stream
    guard tracks[index].isVideo else { return }
    if tracks[index].packets == 0, !packet.isKey {
      add(place.finding(.firstNotKeyframe, "decoding cannot begin with the first packet"))
    }
    guard packet.isKey, let time = place.time else { return }
    if let last = tracks[index].lastKey { checkInterval(from: last, to: time, place) }
    tracks[index].lastKey = time
  }

  private func checkInterval(from last: Double, to time: Double, _ place: Place) {
    guard Self.exceeds(time - last, limits.maxGOP) else { return }
    add(
      place.finding(
        .keyframeInterval,
        "\(Quantity.seconds(time - last)) since the keyframe at \(Quantity.seconds(last)), "
          + "the limit is \(Quantity.seconds(limits.maxGOP))"))
  }

  /// Seconds are fractions that binary numbers round: a microsecond over the limit is none.
  private static func exceeds(_ seconds: Double, _ limit: Double) -> Bool {
    seconds - limit > 1e-6
  }

  /// What only the whole walk can tell, against what the container declares.
  func finish(_ format: FormatDescription, _ tracks: [ProbedTrack], _ totals: WalkTotals) {
    for track in tracks {
      let index = track.stream.index
      let state = self.tracks[index]
      if state.packets == 0, !isPartial, track.isMedia, !track.stream.isStillPicture {
        add(Finding(.emptyTrack, "no packet of \(track.stream.kindAndCodec)", stream: index))
      }
      if state.isVideo, let last = state.lastKey ?? state.firstTime, let end = state.lastTime,
        Self.exceeds(end - last, limits.maxGOP)
      {
        let place = Finding(
          .keyframeInterval,
          "no keyframe in the last \(Quantity.seconds(end - last)), "
            + "the limit is \(Quantity.seconds(limits.maxGOP))", time: last, stream: index)
        add(place)
      }
      // A length guessed from the bit rate is no declaration.
      if format.durationSource != "bit_rate" { checkDeclared(track) }
      checkStart(track, state.firstPTS)
    }
    checkSkew(tracks)
    checkDuration(format, totals)
  }

  private func checkDeclared(_ track: ProbedTrack) {
    guard let measured = track.measured, let duration = measured.duration, !isPartial else {
      return
    }
    let index = track.stream.index
    // Matroska counts a track's length from time 0, MP4 from the track's own start.
    if let declared = track.duration?.seconds, abs(declared - duration) > 0.5,
      abs(declared - (measured.end ?? declared)) > 0.5,
      track.stream.kind == .video || track.stream.kind == .audio
    {
      add(
        Finding(
          .durationMismatch,
          "the track declares \(Quantity.seconds(declared)), its packets last "
            + Quantity.seconds(duration), stream: index))
    }
    guard duration >= 2, track.stream.kind == .video || track.stream.kind == .audio else { return }
    if let declared = track.stream.bitRate, let rate = measured.bitRate, rate > 0,
      abs(Double(declared) - rate) > 0.2 * rate
    {
      add(
        Finding(
          .bitRateMismatch,
          "the track declares \(Quantity.bitRate(Double(declared))), its packets make "
            + Quantity.bitRate(rate), stream: index))
    }
    if track.isVideo, let declared = track.stream.averageFrameRate.positiveValue,
      let rate = measured.frameRate, abs(declared - rate) > 0.02 * declared + 1 / duration
    {
      add(
        Finding(
          .frameRateMismatch,
          "the track declares \(Quantity.short(declared)) fps, its packets make "
            + "\(Quantity.short(rate)) fps", stream: index))
    }
  }

  private func checkStart(_ track: ProbedTrack, _ first: Double?) {
    guard let first, first < -0.0005, track.isMedia else { return }
    add(
      Finding(
        .negativeStart, "the first packet is at \(Quantity.seconds(first))", time: first,
        stream: track.stream.index))
  }

  private func checkSkew(_ probed: [ProbedTrack]) {
    func start(_ kind: StreamDescription.Kind) -> (time: Double, index: Int)? {
      for track in probed where track.stream.kind == kind && !track.stream.isStillPicture {
        guard let first = tracks[track.stream.index].firstPTS else { continue }
        // Priming before the declared start is not heard.
        let declared = track.stream.startTime.flatMap { track.stream.timeBase.seconds($0) }
        return (max(first, declared ?? first), track.stream.index)
      }
      return nil
    }
    guard let video = start(.video), let audio = start(.audio),
      abs(video.time - audio.time) > limits.maxSkew
    else { return }
    add(
      Finding(
        .startSkew,
        "video starts at \(Quantity.seconds(video.time)), audio at \(Quantity.seconds(audio.time))",
        time: max(video.time, audio.time),
        stream: video.time > audio.time ? video.index : audio.index))
  }

  private func checkDuration(_ format: FormatDescription, _ totals: WalkTotals) {
    guard !isPartial, let declared = format.duration, format.durationSource != "bit_rate",
      let measured = totals.duration, abs(Double(declared) / 1e6 - measured) > 0.5,
      abs(Double(declared) / 1e6 - (totals.end ?? measured)) > 0.5
    else { return }
    add(
      Finding(
        .durationMismatch,
        "the container declares \(Quantity.seconds(Double(declared) / 1e6)), its packets last "
          + Quantity.seconds(measured)))
  }
}

extension StreamDescription {
  /// `video h264`.
  var kindAndCodec: String { kind.rawValue + (codecName.map { " " + $0 } ?? "") }
}
