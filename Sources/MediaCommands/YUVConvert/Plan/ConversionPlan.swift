internal import MediaCLI
internal import MediaFFmpeg
internal import MediaRaw
internal import MediaSignal

/// Everything that is done to each picture, in order.
struct ConversionPlan: Sendable {
  var input: PictureForm
  var output: PictureForm
  /// None where pictures pass as they are.
  var steps: [any PictureStep]
  /// Which of the steps is the conversion of formats and colours; nil where none is needed.
  var conversionIndex: Int?
  /// The conversion in full, also where it changes nothing.
  var conversion: PictureConversion
  var colors: PictureColors
  /// What else users should know: a crop moved to the grid of chroma, alpha dropped.
  var notes: [String]

  /// Plans the way from an input to an output.
  ///
  /// - Parameters:
  ///   - request: with an output.
  ///   - description: what the input says.
  ///   - kept: the format of an output for which none is asked; nil for that of the input.
  /// - Throws: `UsageError` for what cannot be done; `FFmpegError` where it is needed and missing.
  init(
    _ request: YUVConvertRequest, _ description: PictureSourceDescription,
    keeping kept: PixelFormat? = nil
  ) throws {
    guard let target = request.output else { throw UsageError("OUTPUT is missing") }
    let source = description.layout
    let format = try OutputFormat.choose(target, input: kept ?? source.format)
    let sizes = try PictureSizes(request.geometry, width: source.width, height: source.height)
    var options = request.color
    if target.container.isImage, format.model == .gray, options.range == nil {
      // Grays of image files go from black at 0 to white at the largest code.
      options.outputRange = options.outputRange ?? .full
    }
    let colors = try PictureColors(
      description, options, output: format, impliedOutput: target.container.impliedColor,
      outputHeight: sizes.output.height,
      padColor: sizes.pad == nil ? nil : request.geometry.padColor)
    var builder = PlanBuilder(
      input: PictureForm(source, colors.input), colors: colors, options: request.color,
      isInterlaced: request.color.interlacing != nil && !request.geometry.deinterlaces)
    do {
      try builder.add(request.geometry, sizes)
      try builder.convert(to: format, sizes.pad.map { ($0, request.geometry.padColor) })
    } catch let error as PictureLayoutError {
      throw UsageError(error.message)
    }
    input = PictureForm(source, colors.input)
    output = builder.current
    steps = builder.steps
    conversionIndex = builder.conversionIndex
    conversion =
      builder.conversion ?? PictureConversion(from: builder.current, to: builder.current)
    self.colors = colors
    notes = builder.notes
    if source.format.hasAlpha, !format.hasAlpha { notes.append("alpha is dropped") }
    if source.format.model != .gray, format.model == .gray { notes.append("colours are dropped") }
  }
}

/// Puts steps behind each other.
private struct PlanBuilder {
  let colors: PictureColors
  let options: PictureColorOptions
  /// Whether rows still alternate between fields.
  private var isInterlaced: Bool
  private(set) var current: PictureForm
  private(set) var steps: [any PictureStep] = []
  private(set) var conversionIndex: Int?
  private(set) var conversion: PictureConversion?
  private(set) var notes: [String] = []

  init(
    input: PictureForm, colors: PictureColors, options: PictureColorOptions, isInterlaced: Bool
  ) {
    current = input
    self.colors = colors
    self.options = options
    self.isInterlaced = isInterlaced
  }

  private mutating func append(_ step: any PictureStep) {
    steps.append(step)
    current = step.output
    guard isInterlaced, step.mixesFields else { return }
    isInterlaced = false
    notes.append(
      "fields are lost on the way: --interlaced is obeyed only before; see --deinterlace")
  }

  // MARK: Geometry

  mutating func add(_ geometry: PictureGeometryOptions, _ sizes: PictureSizes) throws {
    if let crop = sizes.crop { try addCrop(crop, "--crop") }
    for turn in Self.turns(geometry) { try add(turn) }
    if let size = sizes.scaled {
      try makeScalable()
      append(
        try ScaleStep(
          from: current, width: size.width, height: size.height, filter: geometry.filter,
          siting: colors.siting))
    }
    if let cover = sizes.cover { try addCrop(cover, nil) }
  }

  /// Rotation and flips as few as can be.
  private static func turns(_ options: PictureGeometryOptions) -> [PictureGeometry] {
    var turns: [PictureGeometry] = []
    var rotation = options.rotation
    if options.flipsHorizontally, options.flipsVertically {
      rotation = (rotation + 180) % 360
    }
    let isMirrored = options.flipsHorizontally != options.flipsVertically
    // Half a turn and a flip are the other flip.
    if isMirrored, rotation == 180 {
      return [options.flipsHorizontally ? .flipVertically : .flipHorizontally]
    }
    if rotation != 0 { turns.append(.rotate(rotation)) }
    if isMirrored {
      turns.append(options.flipsHorizontally ? .flipHorizontally : .flipVertically)
    }
    return turns
  }

  /// Crops from the grid of chroma on; `option` is told where that moves what was asked for.
  private mutating func addCrop(_ rectangle: PictureRectangle, _ option: String?) throws {
    let onGrid = aligned(rectangle, current.layout.format)
    if let option, onGrid != rectangle {
      notes.append(
        "\(option) begins at \(onGrid.x),\(onGrid.y), on the grid of chroma, "
          + "not at \(rectangle.x),\(rectangle.y)")
    }
    try add(.crop(onGrid))
  }

  private func aligned(_ place: PictureRectangle, _ format: PixelFormat) -> PictureRectangle {
    var result = place
    let (across, down) = (format.chroma.horizontalShift, format.chroma.verticalShift)
    result.x = (result.x >> across) << across
    // A row of chroma of each field covers four rows; without chroma fields still alternate.
    let rows = isInterlaced ? down + 1 : down
    result.y = (result.y >> rows) << rows
    return result
  }

  private mutating func add(_ geometry: PictureGeometry) throws {
    let format = current.layout.format
    if !GeometryStep.supports(geometry, format) {
      let working = GeometryStep.workingFormat(for: geometry, format)
      if working.chroma != format.chroma {
        notes.append("turned as \(working.name): \(format.name) has no such sampling when turned")
      }
      try repack(to: working)
    }
    append(try GeometryStep(geometry, input: current))
  }

  /// Changes the format, but not what codes mean.
  private mutating func repack(to format: PixelFormat) throws {
    let layout = try PictureLayout(
      format, width: current.layout.width, height: current.layout.height)
    append(PictureConverter(conversion(to: PictureForm(layout, current.color))))
  }

  private mutating func makeScalable() throws {
    let format = current.layout.format
    if try PictureScaler.supports(format.name) { return }
    let plain = format.model == .rgb ? PixelFormat(named: "gbrp") : format.planarEquivalent
    guard let plain, try PictureScaler.supports(plain.name) else {
      throw UsageError("\(format.name) cannot be scaled")
    }
    if format.hasAlpha, !plain.hasAlpha { notes.append("alpha is dropped in order to scale") }
    try repack(to: plain)
  }

  // MARK: Conversion

  private func conversion(to output: PictureForm) -> PictureConversion {
    var conversion = PictureConversion(from: current, to: output)
    conversion.chromaFilter = options.chromaFilter
    conversion.siting = colors.siting
    conversion.isInterlaced = isInterlaced
    conversion.dither = options.dither
    return conversion
  }

  /// Converts, then pads: what is around needs no conversion.
  mutating func convert(
    to format: PixelFormat, _ pad: (place: PictureRectangle, color: [UInt8])?
  ) throws {
    guard let pad else { return try convert(to: format) }
    // The offset is even wherever a chroma sample is shared.
    let place = aligned(pad.place, format)
    let geometry = PictureGeometry.pad(
      width: place.width, height: place.height, x: place.x, y: place.y, color: pad.color)
    if place != pad.place {
      notes.append("pictures lie at \(place.x),\(place.y), on the grid of chroma")
    }
    try convert(to: GeometryStep.workingFormat(for: geometry, format))
    append(try GeometryStep(geometry, input: current))
    if current.layout.format != format { try repack(to: format) }
  }

  private mutating func convert(to format: PixelFormat) throws {
    let layout = try PictureLayout(
      format, width: current.layout.width, height: current.layout.height)
    let output = PictureForm(layout, colors.output)
    let conversion = conversion(to: output)
    self.conversion = conversion
    guard !current.hasSameBytes(as: output) else {
      current = output  // at most another name of the same
      return
    }
    conversionIndex = steps.count
    append(PictureConverter(conversion))
  }
}

extension PictureForm {
  /// Whether pictures of the other form are the same byte for byte.
  fileprivate func hasSameBytes(as other: PictureForm) -> Bool {
    let (one, two) = (layout.format, other.layout.format)
    return color == other.color && layout.planes == other.layout.planes
      && layout.byteCount == other.layout.byteCount && one.model == two.model
      && one.components == two.components && one.isBigEndian == two.isBigEndian
      && one.isV210 == two.isV210 && one.paddingOffsets == two.paddingOffsets
  }
}
