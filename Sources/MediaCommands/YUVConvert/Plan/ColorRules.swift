internal import MediaCLI
internal import MediaRaw
internal import MediaSignal

/// How matrix, range and siting are found, one after the other; collects what was assumed.
struct ColorRules {
  private let description: PictureSourceDescription
  private let options: PictureColorOptions
  private let source: PixelFormat
  private let target: PixelFormat
  private let implied: PictureColor?
  var padColor: [UInt8]?
  var outputHeight: Int

  private(set) var assumed: [Assumption] = []
  private(set) var notes: [String] = []
  private(set) var isOutputRangeKnown = true
  private var inputMatrix = ColorMatrix.bt601
  /// Whether Y, Cb and Cr become those of another matrix.
  private var changesMatrix = false

  init(
    _ description: PictureSourceDescription, _ options: PictureColorOptions, output: PixelFormat,
    implied: PictureColor?
  ) {
    self.description = description
    self.options = options
    source = description.layout.format
    target = output
    self.implied = implied
    outputHeight = description.layout.height
  }

  private mutating func assume(_ field: String, _ value: String, _ reason: String) {
    assumed.append(Assumption(field: field, value: value, reason: reason))
  }

  // MARK: What cannot be

  /// - Throws: `UsageError` for wishes that contradict each other or lose what nobody wants to lose.
  mutating func refuse() throws(UsageError) {
    let makesPicture = target.model == .rgb || implied != nil
    let staysRGB = source.model == .rgb && source.depth <= target.depth
    if makesPicture, target.depth <= 8, !staysRGB, !options.allowsHDR,
      let transfer = description.transfer, let name = Self.highDynamicRange[transfer]
    {
      throw UsageError(
        "\(name) does not become \(target.depth)-bit RGB without --allow-hdr: "
          + "its transfer stays as it is")
    }
    if target.impliesFullRange, implied == nil, said(options.outputRange, target) == .limited {
      throw UsageError("\(target.name) means full range: --out-range limited contradicts it")
    }
    if source.model == .rgb, description.range == .limited, options.inputRange == nil {
      notes.append(
        "the input says limited range, which RGB seldom has; taken as full: --in-range limited "
          + "obeys it")
    }
  }

  private static let highDynamicRange = ["smpte2084": "PQ", "arib-std-b67": "HLG"]

  // MARK: Matrix

  /// The matrices of both sides.
  ///
  /// - Throws: `UsageError` where that of the input is needed and is none of ours.
  mutating func matrices() throws(UsageError) -> (input: ColorMatrix, output: ColorMatrix) {
    guard source.model != .rgb else {
      let output = rgbTargetMatrix()
      return (output, output)
    }
    let wanted = target.model == .rgb ? nil : implied?.matrix ?? options.outputMatrix
    let paintsColor = padColor.map { Set($0).count > 1 } ?? false
    let matters =
      source.model == .yuv && (target.model == .rgb || wanted != nil)
      || paintsColor && wanted == nil && target.model == .yuv
    inputMatrix = try sourceMatrix(matters: matters)
    let output = wanted ?? inputMatrix
    changesMatrix = source.model == .yuv && target.model != .rgb && output != inputMatrix
    noteMatrix(output)
    return (inputMatrix, output)
  }

  private mutating func rgbTargetMatrix() -> ColorMatrix {
    noteImpliedMatrix()
    if let said = implied?.matrix ?? options.outputMatrix { return said }
    let usual = ColorMatrix.assumed(height: outputHeight)
    if target.model != .rgb { assume("output.matrix", usual.name, "\(outputHeight) lines") }
    return usual
  }

  private mutating func sourceMatrix(matters: Bool) throws(UsageError) -> ColorMatrix {
    if let said = options.inputMatrix { return said }
    let height = description.layout.height
    let usual = ColorMatrix.assumed(height: height)
    if let other = description.unsupportedMatrix {
      guard matters else { return usual }
      throw UsageError(
        "the input's matrix is \(other), which is not handled: --in-matrix takes it for another")
    }
    if let said = description.matrix { return said }
    if matters { assume("input.matrix", usual.name, "\(height) lines, untagged") }
    return usual
  }

  private mutating func noteMatrix(_ output: ColorMatrix) {
    noteImpliedMatrix()
    if changesMatrix, implied == nil {
      notes.append("matrix only: primaries and transfer stay as they are")
    }
    if target.model == .rgb, let primaries = description.primaries,
      ["bt2020", "smpte431", "smpte432"].contains(primaries)
    {
      notes.append("primaries stay \(primaries): RGB is commonly taken for that of BT.709")
    }
  }

  private mutating func noteImpliedMatrix() {
    guard let implied, let wish = options.outputMatrix, target.model != .rgb,
      wish != implied.matrix,
      // --matrix is obeyed where it speaks of the input, too.
      source.model == .rgb || !options.isMatrixOfBoth
    else { return }
    notes.append("this kind of file is always \(implied.matrix.name): \(wish.name) is not obeyed")
  }

  // MARK: Range

  /// The ranges of both sides, once the matrices are known.
  mutating func ranges() -> (input: ColorRange, output: ColorRange) {
    let wanted = wantedRange()
    guard source.model != .rgb else {
      let input = options.inputRange ?? .full
      if let wanted { return (input, wanted) }
      assume("output.range", ColorRange.limited.rawValue, "usual of YUV")
      return (input, .limited)
    }
    let matters =
      wanted != nil || changesMatrix || padColor != nil
      || source.components.first?.depth != target.components.first?.depth
    let said =
      said(options.inputRange, source) ?? description.range
      ?? (source.impliesFullRange ? .full : nil)
    if said == nil, matters { assume("input.range", ColorRange.limited.rawValue, "untagged") }
    isOutputRangeKnown = said != nil || matters
    let input = said ?? .limited
    return (input, wanted ?? input)
  }

  /// The output's range, unless it is to be that of the input.
  private mutating func wantedRange() -> ColorRange? {
    let wish = said(options.outputRange, target)
    if let implied {
      let isObeyed = options.outputRange == nil && source.model != .rgb
      if let wish, wish != implied.range, !isObeyed {
        let name = implied.range.rawValue
        notes.append("this kind of file is always of \(name) range: \(wish.rawValue) is not obeyed")
      }
      return implied.range
    }
    if target.model == .rgb { return wish ?? .full }
    return wish ?? (target.impliesFullRange ? .full : nil)
  }

  /// What was said of one side: --range speaks of sides in YUV alone.
  private func said(_ range: ColorRange?, _ format: PixelFormat) -> ColorRange? {
    range ?? (format.model == .rgb ? nil : options.range)
  }

  // MARK: Chroma

  /// Where the input's chroma lies, once the matrices are known.
  mutating func siting() -> ChromaSiting {
    noteFields()
    if let said = options.siting ?? description.siting { return said }
    let usual = inputMatrix == .bt2020nc ? ChromaSiting.topleft : .left
    if options.chromaFilter == .bilinear, refinesChroma {
      assume("input.siting", usual.rawValue, "untagged")
    }
    return usual
  }

  /// Whether chroma is needed between the places where it is.
  private var refinesChroma: Bool {
    guard source.model == .yuv, source.chroma != .none else { return false }
    switch target.model {
    case .rgb: return true
    case .gray: return changesMatrix
    case .yuv:
      return changesMatrix || source.chroma.horizontalShift > target.chroma.horizontalShift
        || source.chroma.verticalShift > target.chroma.verticalShift
    }
  }

  /// Means lie in the middle of what they are made of; what stays keeps its place.
  var outputSiting: ChromaSiting? {
    guard target.model == .yuv, target.chroma == .yuv420, source.model != .gray else { return nil }
    if source.model == .rgb || source.chroma == .none { return .center }
    let said = options.siting ?? description.siting
    if source.chroma == .yuv420 { return said }
    // 4:2:2 keeps its columns; rows become means.
    return source.chroma == .yuv422 ? said.map { $0 == .center ? .center : .left } : nil
  }

  private mutating func noteFields() {
    guard let order = description.fieldOrder, options.interlacing == nil, target.model != .gray,
      source.model != .gray
    else { return }
    let rows = [source, target].map { $0.model == .yuv ? $0.chroma.verticalShift : 0 }
    guard rows[0] != rows[1] || rows[0] > 0 && changesMatrix else { return }
    notes.append(
      "the input says interlaced: --interlaced \(order.rawValue) treats its chroma by field")
  }
}
