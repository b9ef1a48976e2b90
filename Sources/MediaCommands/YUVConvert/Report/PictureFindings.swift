internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// What is odd about pictures and their conversion, as findings.
struct PictureFindings {
  /// Shares from which samples beyond limited range, or clipped, are many.
  private static let many = 0.01
  /// Parts of the limited range that pictures must span before its ends say something.
  private static let span = 0.9

  private let result: YUVConvertResult
  private var findings: [Finding] = []

  private init(_ result: YUVConvertResult) { self.result = result }

  static func all(of result: YUVConvertResult) -> [Finding] {
    var findings = PictureFindings(result)
    findings.input()
    findings.strayBits()
    if result.inputPlanes.contains(where: { $0.sampleCount > 0 }) {
      findings.codes()
      findings.clipping()
    }
    findings.name()
    findings.matrix()
    return findings.findings
  }

  private mutating func add(_ code: FindingCode, _ message: String, offset: Int? = nil) {
    findings.append(Finding(code, message, offset: offset))
  }

  private var form: PictureForm { result.plan.conversion.input }

  // MARK: The input as a whole

  private mutating func input() {
    if result.leftOver > 0 {
      let whole = result.description.layout.byteCount
      add(
        .pictureCut,
        "\(Quantity.counted(result.leftOver, "byte")) of \(whole) behind the last whole picture")
    }
    if result.undecodablePackets > 0 {
      let count = Quantity.counted(result.undecodablePackets, "packet")
      add(.decodingError, "\(count) could not be decoded, or not wholly")
    }
  }

  private mutating func name() {
    let name = PictureFileName(result.input)
    let layout = result.description.layout
    if let width = name.width, let height = name.height,
      width != layout.width || height != layout.height
    {
      add(
        .pictureSizeInName,
        "the name says \(width)x\(height), pictures are \(layout.width)x\(layout.height)")
    } else if let format = name.format, result.description.containerName == "rawvideo",
      format != layout.format
    {
      add(
        .pictureSizeInName,
        "the name says \(format.name), pictures were read as \(layout.format.name)")
    }
  }

  private mutating func matrix() {
    let height = result.description.layout.height
    guard height > 576, height < 720,
      let assumption = result.plan.colors.assumed.first(where: { $0.field == "input.matrix" })
    else { return }
    add(.matrixOfUnusualHeight, "\(assumption.value) was assumed of \(height) lines")
  }

  // MARK: Samples

  private mutating func strayBits() {
    let (bits, depth) = (result.inputStrayBits, form.layout.format.depth)
    for (code, count, side) in [
      (FindingCode.lowBitsSet, bits.low, "below"), (.highBitsSet, bits.high, "above"),
    ] where count > 0 {
      let share = Self.share(count, bits.words, of: "word")
      let words = share.hasSuffix("%") ? share + " of the words" : share
      let verb = count == 1 ? "has" : "have"
      add(code, "\(words) \(verb) bits set \(side) the \(depth) that count")
    }
  }

  /// Components of the input without alpha, with their names.
  private var components: [(name: String, depth: Int, measurement: PlaneMeasurement)] {
    let format = form.layout.format
    let count = format.colorComponentCount
    return zip(zip(format.componentNames, format.components), result.inputPlanes).prefix(count)
      .map { (name: $0.0, depth: $0.1.depth, measurement: $1) }
  }

  private mutating func codes() {
    guard form.layout.format.model != .rgb else { return }
    let all = components
    if all.count > 1, all.allSatisfy({ $0.measurement.maximum <= 0 }) {
      return add(.emptyPictures, "Y, U and V are 0 throughout")
    }
    if result.isInputRangeKnown || result.isRangeAssumed {
      form.color.range == .limited ? beyondLimits() : insideLimits()
    }
    let chroma = all.dropFirst()
    if !chroma.isEmpty,
      chroma.allSatisfy({
        let neutral = 1 << ($0.depth - 1)
        return $0.measurement.minimum == neutral && $0.measurement.maximum == neutral
      })
    {
      add(.noColour, "U and V are \(1 << (all[0].depth - 1)) throughout")
    }
  }

  private mutating func beyondLimits() {
    for (place, component) in components.enumerated() {
      let (count, total) = (component.measurement.outOfRange, component.measurement.sampleCount)
      guard count > 0 else { continue }
      let limits = Self.limits(isChroma: place > 0, depth: component.depth)
      let isMany = Double(count) >= Self.many * Double(total)
      let share = Self.share(count, total)
      var text = "\(share) of \(component.name) \(share.hasSuffix("s") ? "lie" : "lies") outside"
      text += " \(limits.lowerBound)..\(limits.upperBound)"
      if isMany { text += ": perhaps full range" }
      add(isMany ? .outsideRange : .overshoot, text)
    }
  }

  private mutating func insideLimits() {
    guard let luma = components.first else { return }
    let limits = Self.limits(isChroma: false, depth: luma.depth)
    let (low, high) = (luma.measurement.minimum, luma.measurement.maximum)
    let reach = Double(high - low) / Double(limits.upperBound - limits.lowerBound)
    guard low >= limits.lowerBound, high <= limits.upperBound, reach >= Self.span else { return }
    add(.perhapsLimited, "Y goes from \(low) to \(high) only: perhaps limited range")
  }

  private mutating func clipping() {
    let names = result.plan.output.layout.format.componentNames
    for (name, plane) in zip(names, result.planes) where plane.clipped > 0 {
      let isMany = Double(plane.clipped) >= Self.many * Double(plane.sampleCount)
      let share = Self.share(plane.clipped, plane.sampleCount)
      add(
        isMany ? .manyClipped : .fewClipped,
        "\(share) of \(name) would lie beyond the output's codes")
    }
  }

  /// Codes of limited range, from black to white or from end to end of chroma (H.273 §8.3).
  private static func limits(isChroma: Bool, depth: Int) -> ClosedRange<Int> {
    let shift = max(depth - 8, 0)
    return (16 << shift)...((isChroma ? 240 : 235) << shift)
  }

  /// `12.3 %`; never 0 of something.
  private static func share(_ count: Int64, _ total: Int64, of unit: String = "sample") -> String {
    let percent = 100 * Double(count) / Double(max(total, 1))
    guard percent >= 0.05 else { return Quantity.counted(count, unit) }
    return Quantity.decimal(percent, digits: 1) + " %"
  }
}
