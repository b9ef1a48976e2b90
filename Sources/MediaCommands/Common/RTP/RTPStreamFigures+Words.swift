internal import MediaModel

// The lines a person reads.

extension RTPStreamFigures {
  /// What became of the packets, and of the frames where they are put together.
  func lines(_ kind: MediaKind?) -> [String] {
    var counts = [
      Quantity.counted(packets, "packet"), "\(lost) lost", "\(duplicates) duplicated",
      "\(reordered) reordered",
    ]
    if tooLate > 0 { counts.append("\(tooLate) too late") }
    if strays > 0 { counts.append(Quantity.counted(strays, "stray")) }
    if restarts > 0 { counts.append(Quantity.counted(restarts, "restart")) }
    return [counts.joined(separator: ", ") + jitterWords, frameWords(kind)].compactMap(\.self)
  }

  private var jitterWords: String {
    guard let jitter else { return "" }
    func words(_ milliseconds: Double) -> String { Quantity.decimal(milliseconds, digits: 3) }
    return "; jitter \(words(jitter.last)) ms "
      + "(mean \(words(jitter.mean)), max \(words(jitter.highest)))"
  }

  private func frameWords(_ kind: MediaKind?) -> String? {
    var parts: [String] = []
    if let frames {
      parts.append(Quantity.counted(frames.count, "frame"))
      if kind == .video { parts.append(Quantity.counted(frames.keyframes, "keyframe")) }
      if let mean = frames.meanInterval { parts.append("one every \(Quantity.seconds(mean))") }
      if frames.dropped > 0 { parts.append("\(frames.dropped) dropped") }
      if frames.damaged > 0 { parts.append("\(frames.damaged) damaged") }
      if kind == .video, let rate = frames.rate { parts.append("\(Quantity.short(rate)) fps") }
    }
    if let bitRate { parts.append(Quantity.bitRate(bitRate)) }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

extension Quantity {
  /// `0x0001e240`.
  static func ssrc(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
