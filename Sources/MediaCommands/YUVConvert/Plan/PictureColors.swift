internal import MediaCLI
internal import MediaRaw

/// What the codes on both sides mean, and what of that had to be assumed.
///
/// The matrix of RGB has no meaning; it repeats that of the other side.
struct PictureColors: Sendable {
  var input: PictureColor
  var output: PictureColor
  /// Of the input's chroma.
  var siting: ChromaSiting
  /// Of the chroma of an output in 4:2:0; nil where that is not known.
  var outputSiting: ChromaSiting?
  /// Whether `output.range` rests on what somebody said, or on an assumption that is told: then tags
  /// may repeat it.
  var isOutputRangeKnown: Bool
  /// Only what has an influence on the output's samples or tags, behind what the input's
  /// description assumes.
  var assumed: [Assumption]
  /// What users should know: `matrix only: primaries and transfer stay as they are`.
  var notes: [String]

  /// Decides, by the user's word first, then the input's, then what is usual.
  ///
  /// - Parameters:
  ///   - description: what the input says.
  ///   - options: what the user says.
  ///   - output: the format of the output.
  ///   - impliedOutput: what the output's container demands (JPEG: BT.601, full).
  ///   - outputHeight: lines of the output; nil for those of the input.
  ///   - padColor: what is painted around pictures; nil where nothing is.
  /// - Throws: `UsageError` where something must be assumed and --strict forbids it, or HDR would
  ///   become 8-bit RGB without --allow-hdr, or the input's matrix is needed and is none of ours.
  init(
    _ description: PictureSourceDescription, _ options: PictureColorOptions, output: PixelFormat,
    impliedOutput: PictureColor?, outputHeight: Int? = nil, padColor: [UInt8]? = nil
  ) throws(UsageError) {
    var rules = ColorRules(description, options, output: output, implied: impliedOutput)
    rules.padColor = padColor
    rules.outputHeight = outputHeight ?? description.layout.height
    try rules.refuse()
    let matrices = try rules.matrices()
    let ranges = rules.ranges()
    input = PictureColor(matrix: matrices.input, range: ranges.input)
    self.output = PictureColor(matrix: matrices.output, range: ranges.output)
    isOutputRangeKnown = rules.isOutputRangeKnown
    siting = rules.siting()
    outputSiting = rules.outputSiting
    assumed = description.assumed + rules.assumed
    notes = description.notes + rules.notes
    if options.isStrict, !assumed.isEmpty { throw Self.refusal(assumed) }
  }

  /// What `--strict` says of guesses.
  static func refusal(_ assumed: [Assumption]) -> UsageError {
    var options: [String] = []
    for option in assumed.compactMap({ optionNames[$0.field] }) where !options.contains(option) {
      options.append(option)
    }
    return UsageError(
      "--strict forbids assuming \(assumed.sentence): "
        + "say so with \(options.joined(separator: " and "))")
  }

  private static let optionNames = [
    "input.matrix": "--in-matrix", "input.range": "--in-range", "input.siting": "--chroma-siting",
    "output.matrix": "--out-matrix", "output.range": "--out-range", "input.width": "--video-size",
    "input.height": "--video-size", "input.format": "--pix-fmt",
    "input.frame_rate": "--frame-rate",
  ]
}
