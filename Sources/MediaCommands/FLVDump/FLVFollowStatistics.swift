internal import MediaFLV
internal import MediaIO
internal import MediaModel

/// `--follow`: a line of rolling statistics on standard error, once a second.
///
/// Rates are over the last seconds of the wall clock, so that a stream which falls behind shows.
final class FLVFollowStatistics: FLVTagObserver {
  private static let interval: Int64 = 1_000_000_000
  private static let windowCount = 5

  /// What was counted up to a moment.
  private struct Sample {
    var time: Int64
    var audioBytes = 0
    var videoBytes = 0
    var pictures = 0
    /// The timestamp of the last frame, in milliseconds; nil before the first.
    var media: Int64?
  }

  private let output: any ByteOutput
  private let now: () -> Int64
  private let isTerminal: Bool
  private var samples: [Sample] = []
  private var current: Sample
  private var findings = 0
  private var due: Int64
  private var width = 0

  init(_ output: any ByteOutput, isTerminal: Bool, now: @escaping () -> Int64) {
    self.output = output
    self.isTerminal = isTerminal
    self.now = now
    let time = now()
    current = Sample(time: time)
    samples = [current]
    due = time + Self.interval
  }

  func complete(_ record: inout FLVTagRecord, _ inspector: inout FLVInspector) throws {
    findings += record.findings.count
    switch record.mediaKind {
    case .audio?: current.audioBytes += record.size
    case .video?:
      current.videoBytes += record.size
      if record.kind == .codedFrames { current.pictures += 1 }
    default: break
    }
    if record.kind == .codedFrames {
      // A live stream does not begin at 0.
      if current.media == nil { for index in samples.indices { samples[index].media = record.dts } }
      current.media = record.dts
    }
    let time = now()
    guard time >= due else { return }
    due = time + Self.interval
    current.time = time
    show(skew: inspector.totals.largestSkew?.milliseconds)
    samples.append(current)
    if samples.count > Self.windowCount { samples.removeFirst() }
  }

  private func show(skew: Int64?) {
    guard let first = samples.first, current.time > first.time else { return }
    let seconds = Double(current.time - first.time) / 1e9
    func rate(_ bytes: KeyPath<Sample, Int>) -> String {
      Quantity.bitRate(Double(current[keyPath: bytes] - first[keyPath: bytes]) * 8 / seconds)
    }
    let pictures = Double(current.pictures - first.pictures) / seconds
    let media = current.media ?? 0
    let speed = Double(media - (first.media ?? 0)) / 1000 / seconds
    var text =
      "\(Quantity.decimal(milliseconds: media)) s  video \(Quantity.short(pictures)) fps "
      + "\(rate(\.videoBytes))  audio \(rate(\.audioBytes))  speed \(Quantity.short(speed))x"
    if let skew { text += "  largest A/V skew \(Quantity.decimal(milliseconds: skew)) s" }
    if findings > 0 { text += "  " + Quantity.counted(findings, "finding") }
    print(text)
  }

  private func print(_ text: String) {
    // Statistics that cannot be shown are no reason to stop.
    let padding = String(repeating: " ", count: max(0, width - text.utf8.count))
    try? output.write(isTerminal ? "\r" + text + padding : text + "\n")
    try? output.flush()
    width = text.utf8.count
  }

  /// Ends the line that was written over.
  func finish() {
    guard isTerminal, width > 0 else { return }
    try? output.write("\n")
    try? output.flush()
  }
}
