internal import MediaFFmpeg
internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// What of the colours is known, said or assumed, and what nobody had to know.
extension YUVConvertResult {
  private func isAssumed(_ field: String) -> Bool {
    plan.colors.assumed.contains { $0.field == field }
  }

  private var inputFormat: PixelFormat { description.layout.format }
  private var outputFormat: PixelFormat { plan.output.layout.format }

  var isRangeAssumed: Bool { isAssumed("input.range") }

  /// Whether the input or the user says the range; RGB has one of its own.
  var isInputRangeKnown: Bool {
    inputFormat.model == .rgb || description.range != nil || inputFormat.impliesFullRange
      || color.inputRange != nil || color.range != nil
  }

  private var isInputMatrixKnown: Bool {
    description.matrix != nil || color.inputMatrix != nil || isAssumed("input.matrix")
  }

  /// FFmpeg's name; nil of RGB and where nothing says and nothing hung on it.
  var inputMatrix: String? {
    inputFormat.model != .rgb && isInputMatrixKnown ? plan.colors.input.matrix.name : nil
  }

  var inputRange: String? {
    isInputRangeKnown || isRangeAssumed ? plan.colors.input.range.rawValue : nil
  }

  /// The output's are as little known as the input's where they pass as they are.
  var outputMatrix: String? {
    guard outputFormat.model != .rgb else { return nil }
    let passes =
      inputFormat.model != .rgb && plan.colors.input.matrix == plan.colors.output.matrix
      && color.outputMatrix == nil && !isAssumed("output.matrix")
    return passes && !isInputMatrixKnown ? nil : plan.colors.output.matrix.name
  }

  var outputRange: String? {
    let passes =
      outputFormat.model != .rgb && !outputFormat.impliesFullRange
      && inputFormat.model != .rgb && plan.colors.input.range == plan.colors.output.range
      && color.outputRange == nil && !isAssumed("output.range")
    return passes && inputRange == nil ? nil : plan.colors.output.range.rawValue
  }

  /// FFmpeg's name of what holds the output.
  var outputContainer: String {
    switch container {
    case .raw: "rawvideo"
    case .y4m: "yuv4mpegpipe"
    case .image(let format): "\(format)"
    }
  }

  /// Everything assumed, about the input's form first.
  var allAssumptions: [Assumption] {
    var seen: Set<String> = []
    return (description.assumed + plan.colors.assumed).filter { seen.insert($0.field).inserted }
  }

  /// What users should know, once each.
  var allNotes: [String] {
    var seen: Set<String> = []
    return (plan.notes + plan.colors.notes).filter { seen.insert($0).inserted }
  }

  /// What was done to each picture, in words.
  var stepWords: [String] {
    (geometry.deinterlaces ? ["deinterlace"] : []) + plan.steps.map(words)
  }

  private func words(_ step: any PictureStep) -> String {
    if let step = step as? GeometryStep { return Self.words(step.geometry) }
    let (from, to) = (step.input.layout, step.output.layout)
    if from.width != to.width || from.height != to.height {
      let sizes = "\(from.width)x\(from.height) to \(to.width)x\(to.height)"
      return "scale \(sizes), \(geometry.filter.rawValue)"
    }
    return "convert \(Self.words(step.input)) to \(Self.words(step.output))"
  }

  private static func words(_ form: PictureForm) -> String { form.layout.format.name }

  private static func words(_ geometry: PictureGeometry) -> String {
    switch geometry {
    case .crop(let part): "crop to \(part.width)x\(part.height) at \(part.x),\(part.y)"
    case .pad(let width, let height, let x, let y, _):
      "pad to \(width)x\(height), picture at \(x),\(y)"
    case .rotate(let degrees): "rotate by \(degrees) degrees"
    case .flipHorizontally: "flip left and right"
    case .flipVertically: "flip top and bottom"
    }
  }
}
