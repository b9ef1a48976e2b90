internal import MediaRaw
internal import MediaSignal

/// The verdict of `--verify`.
struct PictureVerification: Sendable {
  /// One component.
  struct Plane: Sendable {
    var name: String
    var difference: PlaneDifference
  }

  /// Whether the conversion was done again by the formula, or a file has what should come out.
  enum Against: String, Sendable { case formula, reference }

  var against: Against
  var planes: [Plane]
  /// Pictures compared, and those of the reference.
  var frames: Int64
  var referenceFrames: Int64?
  /// `--max-error`.
  var maximumAllowed: Int
  /// The first picture with the largest error.
  var worstPicture: Int64?
  /// Why it did not pass; a sentence each.
  var failures: [String] = []

  var isPassed: Bool { failures.isEmpty }

  /// Of the worst component each.
  var maximumError: Int? { planes.map(\.difference.maximumError).max() }
  var meanError: Double? { planes.compactMap(\.difference.meanError).max() }
  var psnr: Double? { planes.compactMap(\.difference.psnr).min() }
  var ssim: Double? { planes.compactMap(\.difference.ssim).min() }
  /// Of all components together.
  var differing: Int64 { planes.reduce(0) { $0 + $1.difference.differing } }
  var sampleCount: Int64 { planes.reduce(0) { $0 + $1.difference.sampleCount } }
}

extension YUVConvertResult {
  /// The verdict; nil where none was asked for.
  var verification: PictureVerification? {
    guard checks.verifies || checks.reference != nil else { return nil }
    let names = plan.output.layout.format.componentNames
    var verdict = PictureVerification(
      against: checks.reference == nil ? .formula : .reference,
      planes: zip(names, differences).map { PictureVerification.Plane(name: $0, difference: $1) },
      frames: differences.first?.pictureCount ?? 0, referenceFrames: referenceFrames,
      maximumAllowed: checks.maximumError, worstPicture: worstPicture)
    verdict.failures = failures(of: verdict)
    return verdict
  }

  private func failures(of verdict: PictureVerification) -> [String] {
    guard verdict.frames > 0 else { return ["no picture was compared"] }
    var failures: [String] = []
    let what = verdict.against == .formula ? "the formula" : "the reference"
    for plane in verdict.planes where plane.difference.maximumError > checks.maximumError {
      let count = Quantity.counted(plane.difference.differing, "sample")
      var text = "\(plane.name) is off \(what) by up to \(plane.difference.maximumError)"
      let verb = plane.difference.differing == 1 ? "differs" : "differ"
      text += " (\(count) of \(plane.difference.sampleCount) \(verb)"
      if let worstPicture, plane.difference.maximumError == verdict.maximumError {
        text += ", most in frame \(worstPicture)"
      }
      failures.append("\(text)), more than --max-error \(checks.maximumError)")
    }
    // A part of the input may well be compared with the whole.
    if let count = verdict.referenceFrames, count > verdict.frames, !isPart, failure == nil {
      failures.append(
        "the reference has \(Quantity.counted(count, "picture")), the output \(verdict.frames)")
    }
    return failures
  }
}
