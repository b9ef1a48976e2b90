internal import MediaFFmpeg
internal import MediaModel

/// What a person wants to know, in under 15 lines.
struct ProbeText {
  private static let shownTags = 4
  let result: ProbeResult

  /// The lines, without newlines.
  func lines() -> [String] {
    var lines = [headline()]
    lines += tagLines(result.description.format.tags)
    for track in result.tracks { lines += trackLines(track) }
    lines += chapterLines() + programLines()
    if let gops = result.gops { lines += gops.flatMap(gopLines) }
    for hash in result.hashes ?? [] {
      let text = hash.hash ?? "unknown: the track was not read to its end"
      lines.append("  hash #\(hash.index)  \(hash.algorithm) \(text)")
    }
    if let totals = result.totals { lines.append(totalsLine(totals)) }
    if let findings = result.findings { lines += findingLines(findings) }
    return lines.map(Quantity.printable)
  }

  private func headline() -> String {
    let format = result.description.format
    var parts = [format.longName ?? format.name]
    // A live stream that says 0 says nothing.
    if let duration = format.duration, duration > 0 {
      parts.append(
        Quantity.time(Double(duration) / 1e6)
          + (format.durationSource == "bit_rate" ? " (estimated)" : ""))
    }
    if let size = format.byteCount { parts.append(Quantity.bytes(size)) }
    if let rate = format.bitRate { parts.append(Quantity.bitRate(Double(rate))) }
    if let start = format.startTime, start != 0 {
      parts.append("starts at \(Quantity.seconds(Double(start) / 1e6))")
    }
    return "\(result.input): \(parts.joined(separator: ", "))"
  }

  /// A few tags, the ones people give first.
  private func tagLines(_ tags: [Tag]) -> [String] {
    let dull = ["major_brand", "minor_version", "compatible_brands", "encoder", "creation_time"]
    let said = tags.filter { !dull.contains($0.name.lowercased()) }
    var lines = said.prefix(Self.shownTags).map { tag in
      let value = tag.value.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      return "  \(tag.name): \(value.count > 100 ? value.prefix(99) + "…" : value)"
    }
    let hidden = tags.count - lines.count
    if said.count > Self.shownTags { lines.append("  (\(hidden) more tags)") }
    return lines
  }

  private func trackLines(_ track: ProbedTrack) -> [String] {
    let stream = track.stream
    var codec = stream.codecName ?? "unknown codec"
    if let profile = stream.profileName { codec += " \(profile)" }
    if let level = stream.levelText { codec += "@\(level)" }
    if let text = track.codecString { codec += " (\(text))" }
    var parts = [codec]
    switch stream.kind {
    case .video: parts += videoParts(track)
    case .audio: parts += audioParts(stream)
    default: break
    }
    if let rate = stream.bitRate { parts.append(Quantity.bitRate(Double(rate))) }
    if let language = stream.tag("language"), language != "und" { parts.append(language) }
    parts += stream.dispositions.filter { $0.isSet && $0.name != "default" }.map(\.name)
    if let title = stream.tag("title") { parts.append("\"\(title)\"") }
    var lines = [
      "  #\(stream.index) \(Self.padded(stream.kind.rawValue, to: 8)) "
        + parts.joined(separator: ", ")
    ]
    if let measured = track.measured { lines.append(measuredLine(measured)) }
    return lines
  }

  private func videoParts(_ track: ProbedTrack) -> [String] {
    let stream = track.stream
    var parts: [String] = []
    if stream.width > 0 {
      var size = "\(stream.width)x\(stream.height)"
      if let sample = stream.sampleAspectRatio.aspectText, sample != "1:1" {
        size += " SAR \(sample) DAR \(stream.displayAspectRatio.aspectText ?? "?")"
      }
      if let rotation = track.rotation, rotation != 0 {
        // The matrix turns counter-clockwise; people say which way to turn a phone's picture.
        let clockwise = (360 - rotation).truncatingRemainder(dividingBy: 360)
        size += " turned \(Quantity.short(clockwise))° clockwise"
      }
      parts.append(size)
    }
    if !stream.isStillPicture,
      let rate = stream.averageFrameRate.positiveValue ?? stream.realFrameRate.positiveValue
    {
      parts.append("\(Quantity.short(rate)) fps")
    }
    var format = [stream.pixelFormat].compactMap { $0 }
    var colors: [String] = []
    for color in [stream.colorSpace, stream.colorPrimaries, stream.colorTransfer] {
      if let color, !colors.contains(color) { colors.append(color) }
    }
    if !colors.isEmpty { format.append(colors.joined(separator: "/")) }
    if let range = stream.colorRange { format.append(range == "tv" ? "limited" : "full") }
    if let hdr = track.hdr, hdr != "SDR" { format.append(hdr) }
    if !format.isEmpty { parts.append(format.joined(separator: " ")) }
    if let order = stream.fieldOrder, order != "progressive" { parts.append("interlaced \(order)") }
    return parts
  }

  private func audioParts(_ stream: StreamDescription) -> [String] {
    var parts: [String] = []
    if stream.sampleRate > 0 { parts.append("\(stream.sampleRate) Hz") }
    if let layout = stream.channelLayout {
      parts.append(layout)
    } else if stream.channelCount > 0 {
      parts.append(Quantity.counted(Int64(stream.channelCount), "channel"))
    }
    if let format = stream.sampleFormat { parts.append(format) }
    if let bits = stream.bitsPerRawSample, bits > 0 { parts.append("\(bits) bits") }
    return parts
  }

  private func measuredLine(_ measured: TrackMeasure) -> String {
    var parts = [Quantity.counted(measured.packets, "packet")]
    if let frames = measured.frames { parts.append("\(frames) frames") }
    parts.append(Quantity.bytes(measured.bytes))
    if let duration = measured.duration { parts.append(Quantity.seconds(duration)) }
    if let rate = measured.bitRate { parts.append("mean \(Quantity.bitRate(rate))") }
    if let rate = measured.peakBitRate { parts.append("peak \(Quantity.bitRate(rate))") }
    if let rate = measured.frameRate { parts.append("\(Quantity.short(rate)) packets/s") }
    return "              measured " + parts.joined(separator: ", ")
  }

  private func chapterLines() -> [String] {
    let chapters = result.description.chapters
    guard !chapters.isEmpty else { return [] }
    guard result.sections.chapters else { return ["  chapters: \(chapters.count)"] }
    return chapters.enumerated().map { number, chapter in
      let start = chapter.timeBase.seconds(chapter.start).map(Quantity.time) ?? "?"
      let end = chapter.timeBase.seconds(chapter.end).map(Quantity.time) ?? "?"
      let title = chapter.tags.first { $0.name.lowercased() == "title" }?.value
      return "  chapter \(number + 1)  \(start) - \(end)" + (title.map { "  \($0)" } ?? "")
    }
  }

  private func programLines() -> [String] {
    let programs = result.description.programs
    guard result.sections.programs || programs.count > 1 else { return [] }
    return programs.map { program in
      let name = program.tags.first { $0.name == "service_name" }?.value
      let tracks = program.streamIndexes.map { "#\($0)" }.joined(separator: " ")
      return "  program \(program.number)" + (name.map { " \"\($0)\"" } ?? "") + "  \(tracks)"
    }
  }

  private func gopLines(_ gop: GOPSummary) -> [String] {
    var parts = [
      "\(Quantity.counted(gop.keyframes, "keyframe")) in \(Quantity.counted(gop.frames, "frame"))"
    ]
    if let frames = gop.intervalFrames {
      var text = "interval \(Self.spread(frames)) frames"
      if let times = gop.interval { text += " (\(Self.spread(times)) s)" }
      parts.append(text)
    }
    if let run = gop.longestBRun { parts.append("at most \(run) B in a row") }
    if let structure = gop.structure { parts.append("\(structure) GOPs") }
    return ["  gop #\(gop.index)  " + parts.joined(separator: ", ")]
      + gop.patterns.map { "          \($0)" }
  }

  private static func spread(_ spread: GOPSummary.Spread) -> String {
    let (min, mean, max) = (
      Quantity.short(spread.min), Quantity.short(spread.mean), Quantity.short(spread.max)
    )
    return min == max ? min : "\(min) to \(max), mean \(mean)"
  }

  private func totalsLine(_ totals: WalkTotals) -> String {
    var parts = [Quantity.counted(totals.packets, "packet"), Quantity.bytes(totals.bytes)]
    if let frames = totals.frames { parts.append("\(frames) frames") }
    if let duration = totals.duration { parts.append(Quantity.seconds(duration)) }
    if let rate = totals.bitRate { parts.append(Quantity.bitRate(rate)) }
    return "  total: " + parts.joined(separator: ", ")
  }

  private func findingLines(_ findings: [Finding]) -> [String] {
    guard !findings.isEmpty else { return ["  check: no findings"] }
    let counts = [Severity.fatal, .error, .warning, .info].compactMap { level in
      let count = findings.count { $0.severity == level }
      return count == 0
        ? nil
        : level == .fatal || level == .info
          ? "\(count) \(level.rawValue)" : Quantity.counted(Int64(count), level.rawValue)
    }
    return ["  check: \(counts.joined(separator: ", "))"]
      + findings.map { "    " + FindingReport.line($0) }
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

/// Packets and frames, one line each.
enum ProbeLines {
  static func packet(_ line: PacketLine) -> String {
    func time(_ ticks: Int64?) -> String {
      line.track.seconds(ticks).map { Quantity.decimal($0, digits: 6) } ?? "-"
    }
    var text = "packet #\(line.streamIndex) \(line.track.kind.rawValue)"
    text += "  pts \(time(line.pts))  dts \(time(line.dts))"
    if line.duration != nil { text += "  duration \(time(line.duration))" }
    text += "  size \(line.byteCount)"
    if let position = line.position { text += "  pos \(position)" }
    if line.isKey { text += "  key" }
    if line.isDiscarded { text += "  discard" }
    if line.isCorrupt { text += "  corrupt" }
    return text
  }

  static func frame(_ frame: DecodedFrame) -> String {
    var text = "frame #\(frame.streamIndex) \(frame.kind.rawValue)"
    let time = frame.seconds(frame.frame?.bestEffortTimestamp ?? frame.pts)
    text += "  at \(time.map { Quantity.decimal($0, digits: 6) } ?? "-")"
    if let picture = frame.picture {
      text += "  \(picture.pictureType)  \(picture.width)x\(picture.height)"
      if let format = picture.pixelFormat { text += " \(format)" }
      if picture.isInterlaced { text += picture.isTopFieldFirst ? "  tff" : "  bff" }
    }
    if let sound = frame.sound {
      text += "  \(sound.sampleCount) samples"
      if let format = sound.sampleFormat { text += " \(format)" }
    }
    if let subtitle = frame.subtitle { text += "  \(subtitle.rectangles) rectangles" }
    if frame.frame?.isKey == true { text += "  key" }
    return text
  }
}

extension StreamDescription {
  /// The level as people write it: `4.1` for H.264, `3.1` for H.265.
  var levelText: String? {
    guard let level, level > 0 else { return nil }
    switch codecName {
    case "h264": return level == 9 ? "1b" : "\(level / 10).\(level % 10)"
    case "hevc": return level % 30 == 0 ? "\(level / 30)" : "\(level / 30).\(level % 30 / 3)"
    case "av1": return level < 24 ? "\(2 + level / 4).\(level % 4)" : nil
    case "vp9": return level >= 10 ? "\(level / 10).\(level % 10)" : nil
    default: return nil
    }
  }
}
