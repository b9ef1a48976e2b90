internal import MediaModel
internal import MediaRTP

/// What of the streams is not in the output, or is there but never came.
struct RTPOmissions {
  /// Sources of which anything was written, by their numbers.
  var written: Set<Int> = []
  /// Sources that were asked for, but left out, and why.
  var leftOut: [Int: String] = [:]
  /// Sources that ought to be there and are not, and why.
  var missing: [Int: String] = [:]
  /// Frames before the first keyframe of their source, which nothing can decode.
  var early: [Int: Int] = [:]
  /// Silence in place of sound that did not come, of one source.
  var silence: (source: Int, gaps: SampleGaps)?

  /// Leaves out another track than the one that fits the output, where it is asked for.
  mutating func leaveOut(
    _ track: RTPTrack, _ selection: TrackSelection?, _ session: RTPSession
  ) {
    guard leftOut[track.source.number] == nil, selection?.takes(track, of: session) ?? true else {
      return
    }
    leftOut[track.source.number] = "one stream alone fits the output"
  }

  /// Adds a finding about each.
  func report(to session: RTPSession) {
    let absent = leftOut.merging(missing) { $1 }
    for (source, reason) in absent.sorted(by: { $0.key < $1.key }) {
      session.findings.add(.rtpLeftOut, reason, source: source)
    }
    for (source, count) in early.sorted(by: { $0.key < $1.key }) where count > 0 {
      session.findings.add(
        .rtpBeforeKeyframe, "\(Quantity.counted(count, "frame")) before the first keyframe",
        source: source)
    }
    guard let silence, let sentence = Self.sentence(silence.gaps) else { return }
    session.findings.add(.rtpSilence, sentence, source: silence.source)
  }

  private static func sentence(_ gaps: SampleGaps) -> String? {
    var parts: [String] = []
    if gaps.count > 0 {
      parts.append(
        "\(Quantity.counted(gaps.count, "gap")) filled with \(Quantity.seconds(gaps.seconds)) "
          + "of silence")
    }
    if gaps.leftCount > 0 {
      parts.append("\(Quantity.counted(gaps.leftCount, "gap")) too long to be filled")
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// All of it in a sentence, with what had not even come; nil where nothing is missing.
  func sentence(_ session: RTPSession) -> String? {
    guard !written.isEmpty else { return nil }
    var (lost, dropped) = (0, 0)
    for source in session.sources where written.contains(source.number) {
      lost += source.statistics.lost
      dropped += source.payloads.reduce(0) { $0 + $1.droppedFrames }
    }
    let early = early.values.reduce(0, +)
    var parts: [String] = []
    if lost > 0 { parts.append("\(Quantity.counted(lost, "packet")) lost") }
    if dropped > 0 { parts.append("\(Quantity.counted(dropped, "frame")) dropped") }
    if early > 0 { parts.append("\(Quantity.counted(early, "frame")) before a keyframe") }
    if let found = silence.flatMap({ Self.sentence($0.gaps) }) { parts.append(found) }
    if !leftOut.isEmpty {
      let streams = session.streams
      let places = leftOut.keys.sorted().compactMap { number in
        streams.firstIndex { $0.number == number }.map { "#\($0)" }
      }
      parts.append(
        "\(Quantity.counted(leftOut.count, "stream")) left out (\(places.joined(separator: ", ")))")
    }
    return parts.isEmpty ? nil : "not all is there: " + parts.joined(separator: "; ")
  }
}
