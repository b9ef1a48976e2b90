internal import MediaRaw
internal import MediaSignal

/// The parts of a result as they are reported.
extension PCMInfoResult {
  var rate: Int { description.format.sampleRate }

  /// Channels of the input, measured or not.
  var channelCount: Int {
    max(description.format.channelCount, (channels.max() ?? -1) + 1, description.positions.count)
  }

  /// Where each channel of the input stands.
  var allPositions: [ChannelPosition?] {
    (0..<channelCount).map(position)
  }

  func position(_ channel: Int) -> ChannelPosition? {
    description.positions.indices.contains(channel) ? description.positions[channel] : nil
  }

  /// What people call a channel of the input.
  func name(_ channel: Int) -> String { position(channel)?.name ?? String(channel) }

  /// Frames of the whole input.
  var frames: Int64? {
    if let frames = description.frames { return frames }
    return measured.lowerBound == 0 ? measurement.frameCount : nil
  }

  /// Seconds of the whole input.
  var duration: Double? { frames.map { FrameSpan.seconds($0, rate) } }

  /// What was measured.
  var span: FrameSpan {
    let start = measured.lowerBound
    return FrameSpan(frames: start..<start &+ max(0, measurement.frameCount), rate: rate)
  }

  func span(_ frames: Range<Int64>) -> FrameSpan { FrameSpan(frames: frames, rate: rate) }

  var hasTruePeak: Bool { measurement.overall.truePeak != nil }

  var channelLines: [LevelLine] {
    measurement.channels.enumerated().map { place, measurement in
      let index = number(ofMeasured: place)
      return line(measurement, index: index, position: position(index))
    }
  }

  var overallLine: LevelLine { line(measurement.overall, index: nil, position: nil) }

  /// The number within the input of a channel that was measured.
  func number(ofMeasured place: Int) -> Int {
    channels.indices.contains(place) ? channels[place] : place
  }

  private func line(
    _ measurement: ChannelMeasurement, index: Int?, position: ChannelPosition?
  ) -> LevelLine {
    LevelLine(
      index: index, position: position, measurement: measurement, rate: rate,
      frameCount: self.measurement.frameCount, hasTruePeak: hasTruePeak)
  }

  var loudnessLine: LoudnessLine? {
    measurement.loudness.map {
      LoudnessLine(
        measurement: $0, truePeak: overallLine.truePeak, rate: rate,
        frameCount: measurement.frameCount, isDualMono: isDualMono, weights: loudnessWeights,
        assumedLayout: assumedLayout)
    }
  }

  /// `FL FR FC LFE BL BR`; nil where the file says the order.
  var assumedLayout: String? {
    guard description.arePositionsAssumed else { return nil }
    return (0..<channelCount).map(name).joined(separator: " ")
  }

  var silenceLines: [SilenceLine] {
    measurement.silences.map { SilenceLine(span: span($0.frames), isDigital: $0.isDigital) }
  }

  var pairLines: [PairLine] {
    measurement.pairs.map { pair in
      PairLine(
        first: number(ofMeasured: pair.first), second: number(ofMeasured: pair.second),
        measurement: pair, outOfPhase: pair.outOfPhase.map { span($0) })
    }
  }

  /// Judges the sound by a target.
  func verdict(_ target: LoudnessTarget) -> TargetVerdict {
    let integrated = loudnessLine?.figure(\.integrated)
    return TargetVerdict(
      target, integrated: integrated?.number, truePeak: overallLine.truePeak.number,
      reason: integrated?.reason)
  }
}
