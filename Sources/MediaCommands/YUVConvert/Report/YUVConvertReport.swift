internal import MediaJSON
internal import MediaRaw
internal import MediaSignal

/// The document `mediatool.yuv-convert/1`.
enum YUVConvertReport {
  static let schemaName = "mediatool.yuv-convert/1"

  static let document = Report<YUVConvertResult>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .integer("frames", "Pictures converted") { $0.frames },
    .object("input", "The pictures as they came", report: input) { $0 },
    .object("output", "The pictures as they went out", report: output) { $0 },
    .strings("steps", "What was done to each picture, in order") { $0.stepWords },
    .string("rule", "How chroma was resampled before the formula was applied") {
      $0.plan.conversion.rule
    },
    .array("assumed", "What neither the input nor the user said", report: assumption) {
      $0.allAssumptions
    },
    .strings("notes", "What else users should know") { $0.allNotes },
    .object(
      "verify", "The verdict of --verify; null without", report: VerificationReport.report
    ) { $0.verification },
    .array("planes", "Each component of the output, over all", report: PlaneReport.report) {
      $0.planeLines
    },
    .streamed(
      "frame_hashes", "Hashes of each picture, with --hash", isOptional: true,
      totals: ["totals.frames"], report: FrameHashReport.report),
    .object(
      "error", "Why work ended early; what is said holds for the part done",
      when: { $0.failure != nil }, report: FailedInput.report
    ) { $0.failure },
    .object("totals", "Of all pictures", report: totals) { $0 },
    .array("findings", "What is odd about the pictures", report: FindingReport.report) {
      $0.findings
    },
  ])

  /// An input that could not be converted.
  static let failure = Report<FailedInput>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The input as given, secrets masked") { $0.input },
    .object("error", "Why it could not be converted", report: FailedInput.report) { $0 },
    .array(
      "findings", "What --check found", when: { $0.findings != nil }, report: FindingReport.report
    ) { $0.findings ?? [] },
  ])

  /// The schema of all that `--json` may print.
  static func jsonSchema() -> JSONValue {
    let id = "urn:mediatool:yuv-convert:1"
    return .object([
      "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": .string(id),
      "title": .string(schemaName),
      "anyOf": [
        document.jsonSchema(title: "Pictures converted", id: id + ":converted"),
        failure.jsonSchema(title: "An input that failed", id: id + ":failed"),
        YUVGuessReport.document.jsonSchema(title: "Layouts guessed", id: id + ":guessed"),
      ],
    ])
  }

  // MARK: Parts

  private static let input = Report<YUVConvertResult>([
    .string("name", "The input as given, secrets masked") { $0.input },
    .string("container", "FFmpeg's name of the container; rawvideo of plain pictures") {
      $0.description.containerName
    },
    .string("codec", "FFmpeg's name of the coding") { $0.description.codecName },
    .string("format", "FFmpeg's name of the pixel format") { $0.description.layout.format.name },
    .integer("width", "Luma samples of a row") { $0.description.layout.width },
    .integer("height", "Rows of luma") { $0.description.layout.height },
    .string("matrix", "FFmpeg's name, assumed if so listed; null of RGB and where it is unknown") {
      $0.inputMatrix
    },
    .string("range", "limited or full, assumed if so listed; null where it is unknown") {
      $0.inputRange
    },
    .string("siting", "Where chroma lies: left, center or topleft") {
      ($0.color.siting ?? $0.description.siting)?.rawValue
    },
    .string("field_order", "tff or bff of interlaced pictures") {
      ($0.color.interlacing ?? $0.description.fieldOrder)?.rawValue
    },
    .string("frame_rate", "Pictures a second, as a fraction") {
      $0.description.frameRate?.text
    },
    .string("sample_aspect_ratio", "Width of a pixel to its height") {
      $0.description.sampleAspectRatio?.aspectText
    },
    .string("primaries", "FFmpeg's name of the primaries, which are never changed") {
      $0.description.primaries
    },
    .string("transfer", "FFmpeg's name of the transfer function, which is never changed") {
      $0.description.transfer
    },
    .integer("bytes", "Bytes of the whole input") { $0.description.byteCount },
  ])

  private static let output = Report<YUVConvertResult>([
    .string("name", "The output as given") { $0.output },
    .string("container", "FFmpeg's name of the container; rawvideo of plain pictures") {
      $0.outputContainer
    },
    .string("format", "FFmpeg's name of the pixel format") { $0.plan.output.layout.format.name },
    .integer("width", "Luma samples of a row") { $0.plan.output.layout.width },
    .integer("height", "Rows of luma") { $0.plan.output.layout.height },
    .string("matrix", "FFmpeg's name; null of RGB and where it is unknown") { $0.outputMatrix },
    .string("range", "limited or full; null where it is unknown") { $0.outputRange },
    .integer("bytes", "Bytes written") { $0.bytesWritten },
    .string("hash", "The function of the hashes; null without --hash") { $0.checks.hash?.rawValue },
  ])

  private static let assumption = Report<Assumption>([
    .string("field", "Which value") { $0.field },
    .string("value", "What was taken") { $0.value },
    .string("reason", "Why") { $0.reason },
  ])

  private static let totals = Report<YUVConvertResult>([
    .integer("frames", "Pictures converted") { $0.frames },
    .integer("bytes_in", "Bytes read of the input") { $0.bytesRead },
    .integer("bytes_out", "Bytes written") { $0.bytesWritten },
    .integer("clipped", "Samples of the output that the conversion clipped") {
      $0.planes.reduce(0) { $0 + $1.clipped }
    },
    .integer("out_of_range", "Samples of the output outside of its limited range") {
      $0.planes.reduce(0) { $0 + $1.outOfRange }
    },
    .integer("left_over", "Bytes of a last picture that is not whole") { $0.leftOver },
    .integer("jobs", "Threads that worked") { $0.jobs },
  ])
}
