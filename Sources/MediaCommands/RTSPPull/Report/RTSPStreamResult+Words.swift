internal import MediaModel
internal import MediaRTP

// The lines a person reads.

extension RTSPStreamResult {
  var lines: [String] {
    var head = "#\(index) \(kind?.rawValue ?? "unknown")  "
    head += stream?.format?.description ?? format?.encodingName ?? "unknown format"
    if let stream { head += ", PT \(stream.type), SSRC \(Quantity.ssrc(stream.ssrc))" }
    if let flow {
      head += ", \(flow.source) -> \(flow.destination)"
      if flow.transport == .interleaved { head += " (channel \(flow.channel))" }
    }
    guard stream != nil else { return [head + ": nothing came"] }
    return [head] + figures.lines(kind).map { "   " + $0 }
      + (clockWords.map { ["   " + $0] } ?? [])
  }

  private var clockWords: String? {
    var parts: [String] = []
    if figures.senderReports > 0 {
      parts.append(Quantity.counted(figures.senderReports, "sender report"))
    }
    if let drift { parts.append("drift \(Quantity.decimal(drift, digits: 1)) ppm") }
    if let soundDelay {
      let time = Quantity.decimal(abs(soundDelay) * 1000, digits: 1)
      parts.append("\(time) ms \(soundDelay < 0 ? "ahead of" : "behind") the pictures")
    }
    if facts?.goodbye != nil { parts.append("BYE") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
