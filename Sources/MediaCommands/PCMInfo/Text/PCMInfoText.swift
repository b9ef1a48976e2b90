internal import MediaModel
internal import MediaPlot
internal import MediaRaw
internal import MediaSignal

/// What a sound engineer wants to know at a glance.
struct PCMInfoText {
  /// How it may look.
  struct Style: Sendable {
    /// Columns of the terminal.
    var width = 80
    /// A wave and level bars are drawn.
    var drawsWave = false
    var usesColor = false
    /// What waves and bars are made of.
    var alphabet = TerminalWave.Alphabet.unicode
  }

  private static let shownSilences = 5
  private static let shownTags = 6
  private static let shownPairs = 4
  private static let labelWidth = 17

  private let result: PCMInfoResult
  private let style: Style

  init(_ result: PCMInfoResult, _ style: Style) {
    self.result = result
    self.style = style
  }

  /// The whole report, with newlines.
  var text: String {
    var lines = [headline()] + formLines() + orderLines()
    lines = lines.map(Quantity.printable)
    if style.drawsWave { lines += LevelPicture(result, style).lines() }
    var rest =
      [""]
      + LevelTable(
        result.channelLines, overall: result.overallLine, width: style.width
      ).rows()
    rest += loudnessLines() + targetLines() + silenceLines() + pairLines()
    rest += metadataLines() + FindingReport.lines(result.findings)
    if let failure = result.failure { rest.append("  read in part: \(failure.message)") }
    lines += rest.map(Quantity.printable)
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Form

  private func headline() -> String {
    let description = result.description
    var parts = ["\(description.containerName) \(description.codecName)"]
    parts.append("\(result.rate) Hz")
    parts.append(
      description.channelLayout ?? Quantity.counted(Int64(result.channelCount), "channel"))
    if let bits = description.bitsPerSample { parts.append("\(bits) bits") }
    if let duration = result.duration { parts.append(Quantity.time(duration)) }
    if let frames = result.frames { parts.append(Quantity.counted(frames, "frame")) }
    // Whole, unlike elsewhere: of PCM it is a product that people know.
    if let rate = description.bitRate {
      parts.append(Quantity.short(Double(rate) / 1000, digits: 1) + " kb/s")
    }
    return "\(result.input): \(parts.joined(separator: ", "))"
  }

  private func formLines() -> [String] {
    let description = result.description
    var lines: [String] = []
    if let offset = description.dataOffset {
      var parts = [description.format.sampleFormat.rawValue]
      if let order = description.endianness { parts.append("\(order)-endian") }
      parts.append("\(Quantity.counted(Int64(description.format.blockAlign), "byte")) a frame")
      if let count = description.dataByteCount {
        parts.append("\(Quantity.counted(count, "byte")) at \(offset)")
      }
      lines.append(Self.line("samples", parts.joined(separator: ", ")))
    }
    if let declared = description.declaredFrames, declared != result.frames {
      lines.append(Self.line("declared", Quantity.counted(declared, "frame")))
    }
    if let aac = CodedFrames(1024, result).frames, let mp3 = CodedFrames(1152, result).frames,
      aac > 0
    {
      let times = [1024, 1152].map {
        Quantity.decimal(FrameSpan.seconds($0, result.rate) * 1000, digits: 3) + " ms"
      }
      lines.append(
        Self.line(
          "coded frames", "AAC \(aac) of 1024 (\(times[0])), MP3 \(mp3) of 1152 (\(times[1]))"))
    }
    let span = result.span
    if result.frames != nil, span.frames != 0..<(result.frames ?? 0) {
      lines.append(
        Self.line("measured", "\(Quantity.time(span.start)) to \(Quantity.time(span.end))"))
    }
    return lines
  }

  private func orderLines() -> [String] {
    guard result.channelCount > 2, let layout = result.assumedLayout else { return [] }
    return [Self.line("order assumed", layout)]
  }

  // MARK: Loudness

  private func loudnessLines() -> [String] {
    guard let loudness = result.loudnessLine else { return [] }
    func words(_ figure: Figure, _ unit: String, _ more: String?) -> String {
      guard let number = figure.number else { return "undefined: \(figure.reason ?? "")" }
      return Self.number(number) + " \(unit)" + (more.map { "  " + $0 } ?? "")
    }
    func gate(_ figure: Figure) -> String? {
      figure.number.map { "gate \(Quantity.decimal($0, digits: 2))" }
    }
    func end(_ time: Double?) -> String? { time.map { "at \(Quantity.time($0))" } }
    let (low, high) = (loudness.figure(\.rangeLow).number, loudness.figure(\.rangeHigh).number)
    let range = low.flatMap { low in
      high.map {
        "from \(Quantity.decimal(low, digits: 2)) to \(Quantity.decimal($0, digits: 2)) LUFS"
      }
    }
    var lines = [
      "",
      Self.line(
        "loudness", words(loudness.figure(\.integrated), "LUFS", gate(loudness.figure(\.threshold)))
      ),
      Self.line("range", words(loudness.figure(\.range), "LU  ", range)),
      Self.line(
        "momentary, most",
        words(
          loudness.figure(\.momentaryMaximum), "LUFS",
          end(loudness.time(loudness.measurement.momentaryMaximumEnd)))),
      Self.line(
        "short-term, most",
        words(
          loudness.figure(\.shortTermMaximum), "LUFS",
          end(loudness.time(loudness.measurement.shortTermMaximumEnd)))),
    ]
    if result.channelCount == 1 {
      lines.append(
        Self.line(
          "mono",
          loudness.isDualMono
            ? "counted as two equal channels, 3 LU louder" : "counted as one channel"))
    }
    return lines
  }

  private func targetLines() -> [String] {
    guard let verdict = result.target else { return [] }
    var head = verdict.isMet ? "met" : "not met: " + verdict.failures.joined(separator: "; ")
    if verdict.isSofter { head += ", though softer than its level" }
    var lines = [Self.line("target", "\(verdict.target.name) is \(head)")]
    if let loudness = verdict.loudnessGain {
      var gain = "gain of \(Self.signed(loudness)) dB to its loudness"
      if let headroom = verdict.headroom {
        gain += ", \(Self.signed(headroom)) dB to its true peak"
        if verdict.isLimitedByPeak { gain += ": apply the latter, or limit" }
      }
      lines.append(Self.line("", gain))
    }
    return lines
  }

  // MARK: Places

  private func silenceLines() -> [String] {
    let silences = result.silenceLines
    guard !silences.isEmpty else { return [] }
    let count = Int64(result.measurement.silenceCount)
    let length = silences.reduce(0) { $0 + $1.span.duration }
    var lines = [
      Self.line(
        "silence", "\(Quantity.counted(count, "stretch", "es")), \(Quantity.seconds(length))")
    ]
    for silence in silences.prefix(Self.shownSilences) {
      lines.append(
        Self.line(
          "",
          "\(Quantity.time(silence.span.start)) to \(Quantity.time(silence.span.end))"
            + (silence.isDigital ? ", digital" : "")))
    }
    if count > Self.shownSilences {
      lines.append(Self.line("", "(\(count - Int64(Self.shownSilences)) more)"))
    }
    return lines
  }

  /// Of two channels always; of more those pairs that are odd, the first few.
  private func pairLines() -> [String] {
    let isStereo = result.measurement.channels.count == 2
    let lines = result.pairLines.compactMap { pair -> String? in
      var words: [String] = []
      if pair.measurement.isIdentical { words.append("identical") }
      if pair.measurement.isInverted { words.append("inverted") }
      if !pair.outOfPhase.isEmpty { words.append("out of phase in part") }
      guard isStereo || !words.isEmpty else { return nil }
      if let correlation = pair.measurement.correlation {
        words.insert("correlation \(Quantity.decimal(correlation, digits: 3))", at: 0)
      }
      guard !words.isEmpty else { return nil }
      let names = "\(result.name(pair.first)) and \(result.name(pair.second))"
      return Self.line(names, words.joined(separator: ", "))
    }
    guard lines.count > Self.shownPairs else { return lines }
    return lines.prefix(Self.shownPairs)
      + [Self.line("", "(\(lines.count - Self.shownPairs) more pairs)")]
  }

  private func metadataLines() -> [String] {
    let metadata = result.description.metadata
    var lines: [String] = []
    if let bext = metadata.broadcast {
      var words = [bext.description, bext.originator, bext.originationDate, bext.originationTime]
        .filter { !$0.isEmpty }
      if let loudness = bext.loudness {
        words.append("\(Quantity.decimal(loudness, digits: 2)) LUFS")
      }
      lines.append(Self.line("bext", words.joined(separator: ", ")))
    }
    for (name, value) in metadata.tags.sorted(by: { $0.key < $1.key }).prefix(Self.shownTags) {
      let first = value.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      lines.append(Self.line(name, first.count > 100 ? first.prefix(99) + "…" : first))
    }
    if metadata.ixml != nil { lines.append(Self.line("iXML", "there, see --json")) }
    if !metadata.cues.isEmpty {
      lines.append(Self.line("cues", "\(metadata.cues.count)"))
    }
    return lines
  }

  // MARK: Columns

  private static func line(_ label: String, _ text: String) -> String {
    let label = "  " + label
    return label + String(repeating: " ", count: max(1, labelWidth + 2 - label.count)) + text
  }

  /// As wide as the loudest, so that points stand below each other.
  private static func number(_ value: Double) -> String {
    let text = Quantity.decimal(value, digits: 2)
    return String(repeating: " ", count: max(0, 8 - text.count)) + text
  }

  private static func signed(_ value: Double) -> String {
    let text = Quantity.decimal(value, digits: 2)
    return text.hasPrefix("-") ? text : "+" + text
  }
}
