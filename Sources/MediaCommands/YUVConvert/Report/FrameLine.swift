internal import MediaJSON
internal import MediaRaw
internal import MediaSignal

/// What is told of one picture.
struct FrameLine: Sendable {
  var measurement: PictureMeasurement
  /// Names of planes in memory and of components.
  var names: Names
  /// Seconds of the input, where its rate is known.
  var time: Double?

  struct Names: Sendable {
    var planes: [String]
    var components: [String]

    init(_ format: PixelFormat) {
      planes = (0..<format.planeCount).map(format.planeName)
      components = format.componentNames
    }
  }

  var hashes: [(name: String, hash: String)] {
    zip(names.planes, measurement.hashes?.planes ?? []).map { (name: $0, hash: $1) }
  }
}

/// `frame_hashes[]`.
enum FrameHashReport {
  static let report = Report<FrameLine>([
    .integer("frame", "Number within the input, from 0") { $0.measurement.number },
    .string("hash", "Of all bytes of the picture as it went out, before any image coding") {
      $0.measurement.hashes?.picture
    },
    .array("planes", "Each plane in memory, without what rows have behind them", report: plane) {
      $0.hashes
    },
  ])

  static let plane = Report<(name: String, hash: String)>([
    .string("plane", "Its components, in their order in memory") { $0.name },
    .string("hash", "Of its samples") { $0.hash },
  ])
}

/// The event `frame` of --jsonl.
enum FrameEventReport {
  static let report = Report<FrameLine>([
    .integer("frame", "Number within the input, from 0") { $0.measurement.number },
    .string(
      "hash", "Of all bytes of the picture as it went out",
      when: { $0.measurement.hashes != nil }
    ) { $0.measurement.hashes?.picture ?? "" },
    .array(
      "plane_hashes", "Each plane in memory", when: { $0.measurement.hashes != nil },
      report: FrameHashReport.plane
    ) { $0.hashes },
    .array(
      "planes", "Each component", when: { !$0.measurement.planes.isEmpty },
      report: PlaneReport.report
    ) { line in
      zip(line.names.components, line.measurement.planes).map {
        PlaneLine(name: $0, measurement: $1)
      }
    },
    .array(
      "verify", "What --verify found, each component",
      when: { !$0.measurement.differences.isEmpty }, report: VerificationReport.plane
    ) { line in
      zip(line.names.components, line.measurement.differences).map {
        PictureVerification.Plane(name: $0, difference: $1)
      }
    },
  ])
}
