internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// What a person wants to know of a conversion.
struct YUVConvertText {
  private static let labelWidth = 12
  private static let indent = String(repeating: " ", count: labelWidth + 2)

  private let result: YUVConvertResult

  init(_ result: YUVConvertResult) { self.result = result }

  /// The whole report, with newlines.
  var text: String {
    var lines = [inputLine(), outputLine()]
    lines += Self.list("assumed", result.allAssumptions.map(Self.words))
    lines += Self.list("steps", result.stepWords.isEmpty ? ["none: copied"] : result.stepWords)
    if result.plan.conversionIndex != nil {
      lines += Self.list("rule", [result.plan.conversion.rule])
    }
    lines += Self.list("notes", result.allNotes)
    if !result.planes.isEmpty { lines += [""] + planeTable() + [""] }
    lines += verificationLines()
    lines += FindingReport.lines(result.findings)
    if let failure = result.failure { lines.append("  done in part: \(failure.message)") }
    return lines.map(Quantity.printable).joined(separator: "\n") + "\n"
  }

  // MARK: Forms

  private func inputLine() -> String {
    let description = result.description
    let layout = description.layout
    let kind =
      description.containerName == description.codecName
      ? description.codecName : "\(description.containerName) \(description.codecName)"
    var parts = [kind, Self.words(layout)]
    parts.append(Self.words(result.inputMatrix, result.inputRange))
    if let rate = description.frameRate, rate.denominator > 0 {
      parts.append(
        Quantity.short(Double(rate.numerator) / Double(rate.denominator)) + " frames/s")
    }
    if let count = description.byteCount { parts.append(Quantity.bytes(count)) }
    return "\(result.input): " + parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private func outputLine() -> String {
    let layout = result.plan.output.layout
    let parts = [
      result.outputContainer, Self.words(layout),
      Self.words(result.outputMatrix, result.outputRange),
      Quantity.counted(result.frames, "frame"), Quantity.bytes(result.bytesWritten),
    ]
    return "  -> \(result.output): " + parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private static func words(_ layout: PictureLayout) -> String {
    "\(layout.width)x\(layout.height) \(layout.format.name)"
  }

  private static func words(_ matrix: String?, _ range: String?) -> String {
    [matrix, range].compactMap(\.self).joined(separator: " ")
  }

  private static func words(_ assumption: Assumption) -> String {
    "\(assumption.field) \(assumption.value) (\(assumption.reason))"
  }

  // MARK: Planes

  private func planeTable() -> [String] {
    let heads = ["min", "max", "mean", "outside range", "clipped"]
    let widths = [8, 8, 12, 16, 12]
    func row(_ label: String, _ cells: [String]) -> String {
      Self.padded("  " + label, Self.labelWidth)
        + zip(cells, widths).map { Self.aligned($0, $1) }.joined()
    }
    return [row("", heads)]
      + result.planeLines.map { line in
        let measurement = line.measurement
        guard let mean = measurement.mean else { return row(line.name, ["-"]) }
        return row(
          line.name,
          [
            String(measurement.minimum), String(measurement.maximum),
            Quantity.decimal(mean, digits: 3), String(measurement.outOfRange),
            String(measurement.clipped),
          ])
      }
  }

  // MARK: Verification

  private func verificationLines() -> [String] {
    guard let verdict = result.verification else { return [] }
    var lines = Self.list("verify", [verdict.summary])
    guard verdict.differing > 0 || !verdict.isPassed else { return lines }
    for plane in verdict.planes {
      let difference = plane.difference
      var parts = ["max \(difference.maximumError)"]
      if let mean = difference.meanError {
        parts.append("mean \(Quantity.decimal(mean, digits: 6))")
      }
      parts.append(
        difference.psnr.map { "PSNR \(Quantity.decimal($0, digits: 2)) dB" } ?? "equal")
      if let ssim = difference.ssim { parts.append("SSIM \(Quantity.decimal(ssim, digits: 6))") }
      lines.append(Self.indent + Self.padded(plane.name, 4) + parts.joined(separator: ", "))
    }
    return lines + verdict.failures.map { Self.indent + $0 }
  }

  // MARK: Hashes

  /// What stands above the hashes of pictures.
  static func hashHeading(_ names: FrameLine.Names, _ hash: PictureCheckOptions.Hash?) -> String {
    let width = hash == .sha256 ? 64 : 32
    let heads = ["picture"] + names.planes
    return aligned("frame", 8) + heads.map { "  " + padded($0, width) }.joined().trimmed + "\n"
  }

  /// The hashes of one picture and its planes.
  static func hashLine(_ line: FrameLine) -> String {
    let hashes = [line.measurement.hashes?.picture ?? ""] + line.hashes.map(\.hash)
    return aligned(String(line.measurement.number), 8) + hashes.map { "  " + $0 }.joined() + "\n"
  }

  // MARK: Columns

  /// A label and lines beside it.
  private static func list(_ label: String, _ lines: [String]) -> [String] {
    lines.enumerated().map { place, line in
      (place == 0 ? padded("  " + label, labelWidth + 2) : indent) + line
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func aligned(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}

extension String {
  /// Without blanks at the end.
  fileprivate var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension PictureVerification {
  /// The verdict in a sentence.
  var summary: String {
    let what = against == .formula ? "the formula" : "the reference"
    let count = Quantity.counted(frames, "frame")
    guard isPassed else { return "failed against \(what), \(count)" }
    guard differing > 0 else { return "passed: equal to \(what), \(count)" }
    return "passed: within \(maximumError ?? 0) of \(what), \(count)"
  }
}
