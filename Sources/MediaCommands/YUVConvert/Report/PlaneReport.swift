internal import MediaJSON
internal import MediaRaw
internal import MediaSignal

/// One component of the output.
struct PlaneLine: Sendable {
  var name: String
  var measurement: PlaneMeasurement
}

/// `planes[]`.
enum PlaneReport {
  static let report = Report<PlaneLine>([
    .string("plane", "Y, U, V, R, G, B or A") { $0.name },
    .integer("min", "Smallest code") { line in
      line.measurement.sampleCount > 0 ? line.measurement.minimum : nil
    },
    .integer("max", "Largest code") { line in
      line.measurement.sampleCount > 0 ? line.measurement.maximum : nil
    },
    .real("mean", "Mean of the codes") { $0.measurement.mean?.micro },
    .integer("clipped", "Samples that the conversion clipped") { $0.measurement.clipped },
    .integer("out_of_range", "Samples outside the codes from black to white of limited range") {
      $0.measurement.outOfRange
    },
    .integer("samples", "Samples in all") { $0.measurement.sampleCount },
  ])
}

extension YUVConvertResult {
  var planeLines: [PlaneLine] {
    zip(plan.output.layout.format.componentNames, planes).map {
      PlaneLine(name: $0, measurement: $1)
    }
  }
}

/// `verify`.
enum VerificationReport {
  static let report = Report<PictureVerification>([
    .string("against", "formula: the conversion done again; reference: --reference") {
      $0.against.rawValue
    },
    .integer("max_error", "Largest difference of a sample, of the worst component") {
      $0.maximumError
    },
    .real("mean_error", "Mean difference of samples, of the worst component") {
      $0.meanError?.micro
    },
    .real("psnr_db", "Peak signal to noise, of the worst component") { $0.psnr?.micro },
    .string("psnr_db_reason", "Why that is null", when: { $0.psnr == nil }) {
      $0.frames > 0 ? "infinite: no sample differs" : "no picture was compared"
    },
    .real("ssim", "Structural similarity, of the worst component") { $0.ssim?.micro },
    .integer("differing", "Samples that differ, of all components") { $0.differing },
    .integer("samples", "Samples compared") { $0.sampleCount },
    .integer("frames", "Pictures compared") { $0.frames },
    .integer("worst_frame", "The first with the largest difference; null where none differs") {
      $0.worstPicture
    },
    .integer("max_allowed", "Difference that --max-error allows") { $0.maximumAllowed },
    .bool("passed", "Whether nothing is wrong") { $0.isPassed },
    .strings("reasons", "What is wrong; nothing where it passed") { $0.failures },
    .array("planes", "Each component", report: plane) { $0.planes },
  ])

  static let plane = Report<PictureVerification.Plane>([
    .string("plane", "Y, U, V, R, G, B or A") { $0.name },
    .integer("max_error", "Largest difference of a sample") { $0.difference.maximumError },
    .real("mean_error", "Mean difference of samples") { $0.difference.meanError?.micro },
    .real("psnr_db", "Peak signal to noise") { $0.difference.psnr?.micro },
    .string("psnr_db_reason", "Why that is null", when: { $0.difference.psnr == nil }) { _ in
      "infinite: no sample differs"
    },
    .real("ssim", "Structural similarity") { $0.difference.ssim?.micro },
    .integer("differing", "Samples that differ") { $0.difference.differing },
    .integer("samples", "Samples compared") { $0.difference.sampleCount },
  ])
}
