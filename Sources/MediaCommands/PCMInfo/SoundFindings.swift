internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// What is odd about a sound, as findings; about the file its parser speaks.
struct SoundFindings {
  private static let clippedRun = 3
  private static let dcOffset = 0.001
  /// Shares of power below 120 Hz: that of an LFE at least, and of any other channel at most.
  private static let bassAlone = 0.8
  private static let fullBand = 0.5
  /// dBTP of R 128, which most lossy encoders need.
  private static let truePeak = -1.0

  private let result: PCMInfoResult
  private var collector = FindingCollector(keptOfEach: 10)

  private init(_ result: PCMInfoResult) { self.result = result }

  static func all(of result: PCMInfoResult) -> [Finding] {
    guard result.measurement.frameCount > 0 else { return [] }
    var findings = SoundFindings(result)
    if result.undecodablePackets > 0 {
      let count = Quantity.counted(result.undecodablePackets, "packet")
      findings.add(.decodingError, "\(count) could not be decoded, or not wholly")
    }
    findings.order()
    for (place, channel) in result.measurement.channels.enumerated() {
      findings.channel(channel, place)
    }
    findings.bits()
    findings.bass()
    findings.pairs()
    findings.truePeak()
    findings.stored()
    return findings.collector.all()
  }

  private mutating func add(_ code: FindingCode, _ message: String, at frame: Int64? = nil) {
    collector.add(
      Finding(code, message, time: frame.map { FrameSpan.seconds($0, result.rate) }))
  }

  private var isFloat: Bool {
    [.float, .double].contains(result.description.format.sampleFormat.lane)
  }

  // MARK: Channels

  private func name(_ place: Int) -> String {
    "channel \(result.name(result.number(ofMeasured: place)))"
  }

  private mutating func channel(_ channel: ChannelMeasurement, _ place: Int) {
    let name = name(place)
    if channel.peak == 0, channel.invalidSamples == 0 {
      return add(.silentChannel, "\(name) is digital silence")
    }
    clipping(channel, name)
    if abs(channel.dcOffset) > Self.dcOffset {
      add(.dcOffset, "\(name) is off zero by \(Self.percent(channel.dcOffset))")
    }
    if channel.dropoutCount > channel.dropouts.count {
      add(
        .dropout, "\(name) breaks off \(channel.dropoutCount) times",
        at: channel.dropouts.first?.lowerBound)
    } else {
      add(dropouts: channel.dropouts, name)
    }
    if channel.invalidSamples > 0 {
      add(
        .invalidSamples,
        "\(name) has \(Quantity.counted(channel.invalidSamples, "sample")) that are no numbers")
    }
  }

  private mutating func add(dropouts: [Range<Int64>], _ name: String) {
    for dropout in dropouts {
      let count = Quantity.counted(dropout.count, "frame")
      add(.dropout, "\(name) breaks off for \(count)", at: dropout.lowerBound)
    }
  }

  private mutating func clipping(_ channel: ChannelMeasurement, _ name: String) {
    // Nothing is lost of floating point yet, so one line says it.
    if isFloat, channel.peak > 1 {
      let level = Quantity.decimal(Decibels.ofAmplitude(channel.peak) ?? 0, digits: 2)
      let count = Quantity.counted(channel.clippedSamples, "sample")
      return add(
        .overs, "\(name) reaches +\(level) dBFS; \(count) at or beyond full scale",
        at: channel.peakFrame)
    }
    let runs = channel.clippedRuns.filter { $0.count >= Self.clippedRun }
    // Beyond what is listed nobody knows how long each is.
    if channel.clippedRunCount > channel.clippedRuns.count, !runs.isEmpty {
      let count = Quantity.counted(channel.clippedSamples, "sample")
      return add(
        .clipping, "\(name) is at full scale for \(count), in \(channel.clippedRunCount) runs",
        at: runs.first?.lowerBound)
    }
    for run in runs {
      add(.clipping, "\(name) stands at full scale for \(run.count) frames", at: run.lowerBound)
    }
  }

  private static func percent(_ ratio: Double) -> String {
    Quantity.decimal(ratio * 100, digits: 2) + " % of full scale"
  }

  // MARK: Together

  private mutating func order() {
    guard result.description.arePositionsAssumed, result.channelCount > 2,
      let layout = result.assumedLayout
    else { return }
    add(.assumedChannelOrder, "the file does not say its channels' order; \(layout) is assumed")
  }

  /// Of integers: the width against what is used of it.
  private mutating func bits() {
    let format = result.description.format
    guard !isFloat, ![.alaw, .mulaw].contains(format.sampleFormat),
      result.description.bitsPerSample != nil, let used = result.measurement.overall.effectiveBits,
      used > 0, used < format.validBits
    else { return }
    add(.unusedBits, "\(used) of \(format.validBits) bits are used, the others are always 0")
  }

  /// One channel alone that carries nothing but bass is an LFE, wherever it stands.
  private mutating func bass() {
    let shares = result.measurement.channels.enumerated().compactMap { place, channel in
      channel.lowFrequencyShare.map { (place: place, share: $0) }
    }
    let low = shares.filter { $0.share > Self.bassAlone }
    let others = shares.filter { $0.share < Self.fullBand }
    guard let only = low.first, low.count == 1, others.count >= 2,
      low.count + others.count == shares.count
    else { return }
    let number = result.number(ofMeasured: only.place)
    guard result.position(number) != .lowFrequency,
      result.description.positions.contains(where: { $0 != nil })
    else { return }
    let share = Quantity.decimal(only.share * 100, digits: 0)
    add(.misplacedBass, "channel \(result.name(number)) has \(share) % of its power below 120 Hz")
  }

  private mutating func pairs() {
    // Silence is equal to silence, and told elsewhere.
    let pairs = result.measurement.pairs.filter { isHeard($0.first) && isHeard($0.second) }
    for group in Self.groups(pairs.filter(\.isIdentical)) {
      add(.identicalChannels, "channels \(Self.list(group.map(shortName))) have the same samples")
    }
    for pair in pairs where !pair.isIdentical {
      let names = "channels \(Self.list([shortName(pair.first), shortName(pair.second)]))"
      if pair.isInverted { add(.invertedChannels, "\(names) differ only in sign") }
      for range in pair.outOfPhase where !pair.isInverted {
        let length = Quantity.seconds(result.span(range).duration)
        add(.outOfPhase, "\(names) swing against each other for \(length)", at: range.lowerBound)
      }
    }
  }

  /// Channels that are all the same, each set once.
  private static func groups(_ identical: [ChannelPairMeasurement]) -> [[Int]] {
    var groups: [[Int]] = []
    for pair in identical {
      let place = groups.firstIndex { $0.contains(pair.first) || $0.contains(pair.second) }
      guard let place else {
        groups.append([pair.first, pair.second])
        continue
      }
      for channel in [pair.first, pair.second] where !groups[place].contains(channel) {
        groups[place].append(channel)
      }
    }
    return groups
  }

  /// `FL, FR and FC`.
  private static func list(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.joined() }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  private func shortName(_ place: Int) -> String {
    result.name(result.number(ofMeasured: place))
  }

  private func isHeard(_ place: Int) -> Bool {
    let channels = result.measurement.channels
    return channels.indices.contains(place) && channels[place].peak > 0
  }

  private mutating func truePeak() {
    guard let peak = result.measurement.overall.truePeak, let level = Decibels.ofAmplitude(peak),
      level > Self.truePeak
    else { return }
    add(
      .truePeakNearFullScale, "true peak is \(Quantity.decimal(level, digits: 2)) dBTP",
      at: result.measurement.overall.truePeakFrame)
  }

  // MARK: bext

  /// Stored figures hold for the whole sound: a part of it may well differ.
  private mutating func stored() {
    guard let stored = result.description.metadata.broadcast, let loudness = result.loudnessLine,
      result.channels.count == result.channelCount,
      result.measured == 0..<(result.frames ?? -1)
    else { return }
    let close = (info: 0.1, warning: 0.5)
    // Meters differ in these.
    let wide = (info: 0.5, warning: 1.0)
    compare("integrated loudness", stored.loudness, loudness.figure(\.integrated), "LUFS", close)
    compare("loudness range", stored.loudnessRange, loudness.figure(\.range), "LU", wide)
    compare("true peak", stored.maxTruePeak, loudness.truePeak, "dBTP", wide)
    compare(
      "momentary loudness", stored.maxMomentary, loudness.figure(\.momentaryMaximum), "LUFS", close)
    compare(
      "short-term loudness", stored.maxShortTerm, loudness.figure(\.shortTermMaximum), "LUFS", close
    )
  }

  private mutating func compare(
    _ what: String, _ stored: Double?, _ measured: Figure, _ unit: String,
    _ limits: (info: Double, warning: Double)
  ) {
    guard let stored, let number = measured.number else { return }
    // Both in hundredths, as the chunk has it.
    let difference = abs((number * 100).rounded() - (stored * 100).rounded()) / 100
    guard difference > limits.info else { return }
    add(
      difference > limits.warning ? .storedLoudnessWrong : .storedLoudness,
      "\(what) is \(Quantity.decimal(number, digits: 2)) \(unit), the chunk bext says "
        + Quantity.decimal(stored, digits: 2))
  }
}
