internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// All that `yuv-convert` did.
struct YUVConvertResult: Sendable {
  /// The input as the user gave it, secrets masked.
  var input: String
  var output: String
  var description: PictureSourceDescription
  var container: PictureContainer
  var plan: ConversionPlan
  var frames: Int64 = 0
  var bytesRead: Int64 = 0
  var bytesWritten: Int64 = 0
  /// Sums over all pictures, one for each component of the output.
  var planes: [PlaneMeasurement] = []
  var differences: [PlaneDifference] = []
  /// Bytes of a last picture that is not whole.
  var leftOver: Int64 = 0
  var undecodablePackets = 0
  var findings: [Finding] = []
  /// Why work ended early; what is said holds for the part done.
  var failure: FailedInput?
  /// Threads that worked.
  var jobs = 1
  /// What was asked for, as far as the report tells of it: see `adopt`.
  var checks = PictureCheckOptions()
  var color = PictureColorOptions()
  var geometry = PictureGeometryOptions()
  /// Whether only some frames of the input were asked for.
  var isPart = false
  /// Sums over the pictures as they went into the conversion, one for each component.
  var inputPlanes: [PlaneMeasurement] = []
  var inputStrayBits = StrayBits()
  /// The first picture with the largest error.
  var worstPicture: Int64?
  /// Pictures of `--reference`.
  var referenceFrames: Int64?
}

extension YUVConvertResult {
  /// Takes over what the report tells of the request; `measurer` is the one at work.
  mutating func adopt(_ request: YUVConvertRequest, _ measurer: PictureMeasurer?) {
    checks = request.checks
    color = request.color
    geometry = request.geometry
    isPart = request.frameRange.upperBound < Int64.max
    referenceFrames = measurer?.referenceFrames
  }

  /// Adds up what pictures showed, in their order.
  mutating func add(_ measurement: PictureMeasurement) {
    Self.add(measurement.planes, to: &planes) { $0.add($1) }
    Self.add(measurement.inputPlanes, to: &inputPlanes) { $0.add($1) }
    inputStrayBits.add(measurement.inputStrayBits)
    let worst = differences.map(\.maximumError).max() ?? 0
    if measurement.maximumError > worst { worstPicture = measurement.number }
    Self.add(measurement.differences, to: &differences) { $0.add($1) }
  }

  private static func add<Part>(
    _ new: [Part], to sums: inout [Part], _ add: (inout Part, Part) -> Void
  ) {
    guard sums.count == new.count else {
      if sums.isEmpty { sums = new }
      return
    }
    for (place, part) in new.enumerated() { add(&sums[place], part) }
  }
}
