internal import MediaFFmpeg
internal import MediaPlot

/// `--plot`: bit rate over time, a panel per track, keyframes marked.
enum BitRatePlot {
  static func svg(input: String, tracks: [ProbedTrack], meter: PacketMeter) -> String {
    let origin = meter.origin ?? 0
    let panels = tracks.compactMap { track -> Chart.Panel? in
      let measured = meter.tracks[track.stream.index]
      guard measured.packets > 0, track.isMedia else { return nil }
      var points: [(x: Double, y: Double)] = []
      for second in measured.seconds.keys.sorted() {
        points.append((Double(second) + origin, Double(measured.seconds[second] ?? 0) * 8))
        // A second without packets is one at rate 0.
        if measured.seconds[second + 1] == nil { points.append((Double(second + 1) + origin, 0)) }
      }
      var title = "#\(track.stream.index) \(track.stream.kindAndCodec)"
      if let rate = track.measured?.bitRate { title += ", mean \(Quantity.bitRate(rate))" }
      if let rate = track.measured?.peakBitRate { title += ", peak \(Quantity.bitRate(rate))" }
      return Chart.Panel(
        title: title, series: [.init(name: "bit rate", points: points, style: .step)],
        markers: track.isVideo ? measured.keyframeTimes : [], yLabel: "bit/s",
        markerName: "keyframe")
    }
    return Chart(title: "Bit rate of \(input)", xLabel: "time", panels: panels).svg()
  }
}
