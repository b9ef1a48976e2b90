internal import MediaCLI
internal import MediaFFmpeg
internal import MediaJSON
internal import MediaRaw

extension YUVConvertRequest {
  /// Understands a command line.
  ///
  /// - Throws: `UsageError`, and `ExpressionError` of `--expect`.
  init(_ arguments: ParsedArguments) throws {
    input = arguments.operands.first ?? "-"
    timeout = arguments[CommonOptions.timeout]
    jobs = arguments[YUVConvert.jobs]
    guesses = arguments[YUVConvert.guess]
    frameRange = arguments[YUVConvert.frameRange] ?? 0..<Int64.max
    self.arguments = arguments
    raw = RawPictureOptions(arguments)
    color = try PictureColorOptions(arguments)
    geometry = try PictureGeometryOptions(arguments)
    checks = try PictureCheckOptions(arguments)
    output = try PictureOutputRequest(arguments, guesses: guesses)
    try checkOutputs()
  }

  /// - Throws: `UsageError` where two things would go to one place, or over the input.
  private func checkOutputs() throws(UsageError) {
    let report = checks.reportPath ?? "-"
    var outputs: [NamedOutputs.Output] = checks.isReported ? [("--report", report)] : []
    if let output {
      if output.path == "-", report == "-", checks.isReported {
        throw UsageError(
          "pictures and report cannot both go to standard output: --report=FILE takes the report "
            + "elsewhere")
      }
      if output.path == input, output.path != "-", !output.path.hasPrefix("/dev/") {
        throw UsageError("OUTPUT \(output.path) is the input")
      }
      outputs.append(("OUTPUT", output.path))
    }
    let named = NamedOutputs(outputs)
    try named.refuseSharing()
    try named.refuse(inputs: [input])
    try named.refuse([checks.reference].compactMap(\.self), as: "the reference")
  }
}

extension RawPictureOptions {
  init(_ arguments: ParsedArguments) {
    let size = arguments[YUVConvert.videoSize]
    width = size?.width
    height = size?.height
    format = arguments[YUVConvert.pixelFormat]
    strides = arguments[YUVConvert.stride]
    planeOffsets = arguments[YUVConvert.planeOffset]
    skip = arguments[YUVConvert.skip] ?? 0
    frameRate = arguments[YUVConvert.frameRate]
  }
}

extension PictureColorOptions {
  /// - Throws: `UsageError` for options that exclude each other.
  init(_ arguments: ParsedArguments) throws(UsageError) {
    let both = arguments[YUVConvert.bothMatrices]
    inputMatrix = arguments[YUVConvert.inMatrix] ?? both
    outputMatrix = arguments[YUVConvert.outMatrix] ?? both
    isMatrixOfBoth = both != nil && !arguments.given(YUVConvert.outMatrix)
    inputRange = arguments[YUVConvert.inRange]
    outputRange = arguments[YUVConvert.outRange]
    range = arguments[YUVConvert.bothRanges]
    siting = arguments[YUVConvert.chromaSiting]
    chromaFilter = arguments[YUVConvert.chromaFilter]
    interlacing = arguments[YUVConvert.interlaced]
    dither = arguments[YUVConvert.dither]
    isStrict = arguments[YUVConvert.strict]
    allowsHDR = arguments[YUVConvert.allowHDR]
  }
}

extension PictureGeometryOptions {
  /// - Throws: `UsageError` for options that have no meaning without others.
  init(_ arguments: ParsedArguments) throws(UsageError) {
    deinterlaces = arguments[YUVConvert.deinterlace]
    crop = arguments[YUVConvert.crop]
    rotation = arguments[YUVConvert.rotate]?.degrees ?? 0
    flipsHorizontally = arguments[YUVConvert.flip]?.isHorizontal ?? false
    flipsVertically = arguments[YUVConvert.flip]?.isVertical ?? false
    scale = arguments[YUVConvert.scale]
    filter = arguments[YUVConvert.filter]
    fit = arguments[YUVConvert.fit]
    pad = arguments[YUVConvert.pad]
    padColor = arguments[YUVConvert.padColor]
    for option in [YUVConvert.filter, YUVConvert.fit] as [any OptionDescribing]
    where scale == nil && arguments.given(option) {
      throw UsageError("\(option.spec.longWord) needs --scale")
    }
    if fit != .stretch {
      guard case .size(.some, .some) = scale else {
        throw UsageError("--fit \(fit.rawValue) needs both sides, such as --scale 1280x720")
      }
    }
    if arguments.given(YUVConvert.padColor), pad == nil, fit != .contain {
      throw UsageError("--pad-color needs --pad or --fit contain")
    }
  }
}

extension PictureCheckOptions {
  /// - Throws: `UsageError`, and `ExpressionError` of `--expect`.
  init(_ arguments: ParsedArguments) throws {
    format = try ResultFormat(arguments)
    // JSON is asked for to be seen.
    reportPath = arguments[YUVConvert.report] ?? (format == .text ? nil : "-")
    hash = arguments[YUVConvert.hash]
    reference = arguments[YUVConvert.reference]
    verifies = arguments[YUVConvert.verify] || reference != nil
    maximumError = arguments[YUVConvert.maxError]
    expectations = try arguments[CommonOptions.expect].map {
      try Expectation(parsing: $0, shape: YUVConvertReport.document.shape)
    }
    failOn = arguments[CommonOptions.check] ? arguments[CommonOptions.failOn].severity : nil
    if arguments.given(CommonOptions.failOn), failOn == nil {
      throw UsageError("--fail-on needs --check")
    }
    if arguments.given(YUVConvert.maxError), !verifies {
      throw UsageError("--max-error needs --verify or --reference")
    }
  }
}

extension PictureOutputRequest {
  /// nil where nothing is converted.
  ///
  /// - Throws: `UsageError` where there is no output, or two, or one of a kind that is not written.
  init?(_ arguments: ParsedArguments, guesses: Bool) throws(UsageError) {
    let operand = arguments.operands.dropFirst().first
    let option = arguments[YUVConvert.output]
    if let operand, let option {
      throw UsageError("pictures go to \(operand) or to --output \(option), not to both")
    }
    guard !guesses else {
      if let path = operand ?? option {
        throw UsageError("--guess converts nothing, so there is no output \(path)")
      }
      return nil
    }
    guard let path = operand ?? option else {
      throw UsageError("OUTPUT is missing: a file, - for standard output, or /dev/null")
    }
    guard !path.isEmpty else { throw UsageError("OUTPUT must not be empty") }
    let target = arguments[YUVConvert.to]
    let suffix = Self.suffix(of: path)
    let container: PictureContainer
    if let said = target?.container {
      container = said
    } else {
      container = try Self.container(suffix, path)
    }
    let named = container == .raw ? suffix.flatMap { PixelFormat(named: $0) } : nil
    self.path = path
    self.container = container
    format = target?.format ?? named
    force = arguments[CommonOptions.force]
    isFormSaid =
      target != nil || named != nil || path.hasPrefix("/dev/")
      || suffix.flatMap(YUVConvertValues.container) != nil
  }

  /// What users should know of pictures that go out as `format`.
  ///
  /// Headerless pictures are of no use to those who do not know what they are.
  func notes(_ format: PixelFormat, isInputRaw: Bool) -> [String] {
    guard container == .raw, self.format == nil, !path.hasPrefix("/dev/") else { return [] }
    // `.yuv` stands for any raw pictures, but not for those in RGB.
    if isFormSaid, format.model != .rgb { return [] }
    if path == "-" {
      return isInputRaw ? [] : ["raw \(format.name) goes out: --to names another form"]
    }
    return ["\(path) will hold raw \(format.name): --to names another form"]
  }

  private static func suffix(of path: String) -> String? {
    let name = path.split(separator: "/").last ?? ""
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count > 1 ? parts.last.map { $0.lowercased() } : nil
  }

  /// What nobody expects raw pictures under.
  private static let otherSuffixes: Set<String> = [
    "mp4", "mkv", "mov", "avi", "webm", "flv", "ts", "gif", "webp", "avif", "heic", "h264", "h265",
    "hevc", "264", "265",
  ]

  private static func container(
    _ suffix: String?, _ path: String
  ) throws(UsageError) -> PictureContainer {
    guard let suffix, !path.hasPrefix("/dev/") else { return .raw }
    if let container = YUVConvertValues.container(suffix) { return container }
    if otherSuffixes.contains(suffix) {
      throw UsageError("\(path): .\(suffix) is not written; --to raw writes pictures as they are")
    }
    return .raw
  }
}
