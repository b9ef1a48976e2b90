import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

@Suite("Pictures: the converter")
struct PictureConverterTests {
  // MARK: Against the plain one

  @Test("A picture in an array is converted as one in memory")
  func arrays() throws {
    var random = Seeded.of("arrays")
    let conversion = PictureConversion(from: try form("nv12", 9, 5), to: try form("rgb24", 9, 5))
    let (picture, converter) = (conversion.input.random(&random), PictureConverter(conversion))
    #expect(try converter.apply(picture) == converter.convert(picture))
  }

  /// Formats that differ in kind: sampling, depth, packing, model.
  static let kinds = [
    "yuv420p", "yuv422p10le", "yuv444p12be", "yuv411p", "yuv420p16le", "yuv420p16be", "gray",
    "gray16le", "nv21",
    "p010le", "v210", "y410", "yvyu422", "rgb24", "bgra", "rgb565le", "gbrp10le", "rgba64be",
  ]

  @Test("Every pair of kinds of formats equals the plain converter", arguments: kinds)
  func pairs(_ from: String) throws {
    var random = Seeded.of("pairs \(from)")
    for to in Self.kinds { try compare(from, to, &random) }
  }

  @Test("Every format equals the plain converter, to and from two others")
  func formats() throws {
    var random = Seeded.of("formats")
    for format in PixelFormat.all {
      for other in ["yuv420p10le", "rgb24"] {
        try compare(format.name, other, &random)
        try compare(other, format.name, &random)
      }
    }
  }

  /// One conversion with everything else drawn by lot.
  private func compare(_ from: String, _ to: String, _ random: inout Seeded) throws {
    let sizes = [(1, 1), (2, 2), (5, 3), (3, 6), (9, 5), (17, 4), (11, 10)]
    let (width, height) = try #require(sizes.randomElement(using: &random))
    func color() -> PictureColor {
      PictureColor(
        matrix: ColorMatrix.all.randomElement(using: &random) ?? .bt709,
        range: Bool.random(using: &random) ? .full : .limited)
    }
    var input = try form(from, width, height)
    var output = try form(to, width, height)
    input.color = color()
    output.color = Bool.random(using: &random) ? input.color : color()
    var conversion = PictureConversion(from: input, to: output)
    conversion.chromaFilter = Bool.random(using: &random) ? .nearest : .bilinear
    conversion.siting = ChromaSiting.allCases.randomElement(using: &random) ?? .left
    conversion.isInterlaced = Bool.random(using: &random)
    conversion.dither = UInt8.random(in: 0..<4, using: &random) == 0 ? .bayer : .none
    let picture = input.random(&random)
    let general = try PictureConverter(conversion, usesFastLoops: false).convert(picture)
    let plain = try ReferenceConverter(conversion).convert(picture)
    #expect(general == plain, "\(conversion)")
    if conversion.dither == .none {
      #expect(try PictureConverter(conversion).convert(picture) == plain, "\(conversion)")
    }
  }

  @Test("Values next to a tie are exact where floating point is not")
  func nearTies() throws {
    var random = Seeded.of("nearTies")
    for (from, to, matrix) in [
      ("yuv444p16le", "yuv444p16le", ColorMatrix.bt2020nc), ("yuv444p16le", "rgb48le", .bt601),
      ("rgb48le", "yuv444p16le", .bt709), ("yuv444p", "yuv444p", .bt2020nc),
    ] {
      let width = 24
      let input = try form(from, width, 1, matrix)
      let output = try form(to, width, 1, .bt709, .full)
      let formulas = ColorFormula.formulas(from: input, to: output)
      for formula in formulas {
        var samples = [[Int]](repeating: [], count: 3)
        for _ in 0..<width / 2 {
          let depth = input.layout.format.depth
          let others = (0..<2).map { _ in Int.random(in: 0..<1 << depth, using: &random) }
          for sample in nearest(formula, others, depth) {
            for (component, code) in ([sample] + others).enumerated() {
              samples[component].append(code)
            }
          }
        }
        let picture = input.picture(samples)
        let conversion = PictureConversion(from: input, to: output)
        #expect(
          try PictureConverter(conversion, usesFastLoops: false).convert(picture)
            == ReferenceConverter(conversion).convert(picture))
      }
    }
  }

  @Test("A factor that floating point does not hold still rounds to the right side")
  func doubts() {
    // A hair less than one half: odd codes lie just below a tie, which doubles take for the tie.
    let factor = Fraction(1 << 55 - 1, 1 << 56)
    let value = factor * LinearSum(variable: 0, of: 1)
    for avoidsAVX2 in [false, true] {
      let sums = FormulaSums(
        value, depth: 16, inputs: [0], depths: [16], dithers: false, avoidsAVX2: avoidsAVX2)
      for codes: [UInt16] in [[1, 2, 3, 65534, 65535, 0, 7, 8, 9], [65535]] {
        #expect(row(sums, [codes]) == codes.map { $0 / 2 })
      }
    }
  }

  @Test("With and without AVX2 the results are the same")
  func vectors() throws {
    var random = Seeded.of("vectors")
    for (from, to, depth) in [("yuv444p", "rgb24", 8), ("rgb48le", "yuv444p10le", 16)] {
      let values = CodeEquations(from: try form(from), to: try form(to)).values
      let rows = (0..<3).map { _ in
        (0..<1003).map { _ in UInt16(random.next() >> UInt64(64 - depth)) }
      }
      for (value, dithers) in zip(values, [false, true, false]) {
        let inputs = value.factors.indices.filter { value.factors[$0] != 0 }
        let results = [false, true].map { avoidsAVX2 in
          row(
            FormulaSums(
              value, depth: 8, inputs: inputs, depths: inputs.map { _ in depth }, dithers: dithers,
              avoidsAVX2: avoidsAVX2), inputs.map { rows[$0] })
        }
        #expect(results[0] == results[1])
      }
    }
  }

  /// A row by sums of samples in floating point.
  private func row(_ sums: FormulaSums, _ samples: [[UInt16]]) -> [UInt16] {
    let count = samples[0].count
    let rows = samples.map { samples in
      let row = UnsafeMutablePointer<UInt16>.allocate(capacity: count)
      row.initialize(from: samples, count: count)
      return row
    }
    let results = UnsafeMutablePointer<UInt16>.allocate(capacity: count)
    defer { for row in rows + [results] { row.deallocate() } }
    sums.run(rows.map { UnsafePointer($0) }, row: 0, count: count, into: results)
    return Array(UnsafeBufferPointer(start: results, count: count))
  }

  /// The first component's codes that bring a formula nearest to a whole number, above and below.
  private func nearest(_ formula: ColorFormula, _ others: [Int], _ depth: Int) -> [Int] {
    let divisor = formula.divisor
    var rest = formula.constant
    for (factor, code) in zip(formula.factors.dropFirst(), others) { rest += factor * Int128(code) }
    rest = (rest % divisor + divisor) % divisor
    let step = (formula.factors[0] % divisor + divisor) % divisor
    var (low, high) = ((rest, 0), (rest, 0))
    for code in 0..<min(1 << depth, 4096) {
      if rest < low.0 { low = (rest, code) }
      if rest > high.0 { high = (rest, code) }
      rest += step
      if rest >= divisor { rest -= divisor }
    }
    return [low.1, high.1]
  }

  // MARK: Round trips

  @Test("Depths and back again lose nothing", arguments: ColorRange.allCases)
  func roundTrips(_ range: ColorRange) throws {
    for (name, deeper) in [
      ("yuv420p", ["yuv420p10le", "p010le", "yuv420p12be", "p016le", "yuv420p16le"]),
      ("yuv422p10le", ["y210le", "v210", "yuv422p12le", "yuv422p16be"]),
      ("yuv444p", ["yuv444p9le", "y410", "yuv444p14le", "yuv444p16le"]),
      ("gray", ["gray10le", "gray16be"]), ("gray10le", ["gray12le", "gray16le"]),
    ] {
      let small = try form(name, 512, 4, .bt709, range)
      let codes = small.layout.format.components.indices.map { component in
        let count =
          small.layout.format.sampleCount(component: component, width: 512)
          * small.layout.format.rowCount(component: component, height: 4)
        return (0..<count).map { ($0 * 3 + component) % (1 << small.layout.format.depth) }
      }
      let picture = small.picture(codes)
      for deep in deeper {
        let large = try form(deep, 512, 4, .bt709, range)
        let up = PictureConverter(PictureConversion(from: small, to: large), usesFastLoops: false)
        let down = PictureConverter(PictureConversion(from: large, to: small), usesFastLoops: false)
        #expect(try down.convert(up.convert(picture)) == picture, "\(name) \(deep)")
      }
    }
  }

  @Test("P010 of limited white is 0xEB00")
  func white() throws {
    let conversion = PictureConversion(
      from: try form("yuv420p", 2, 2), to: try form("p010le", 2, 2))
    let bytes = try PictureConverter(conversion).convert([235, 235, 235, 235, 128, 128])
    #expect(bytes == [0, 0xeb, 0, 0xeb, 0, 0xeb, 0, 0xeb, 0, 0x80, 0, 0x80])
  }

  // MARK: Dither

  @Test("Dithered, the mean of a patch keeps what rounding loses")
  func dither() throws {
    var conversion = PictureConversion(
      from: try form("gray16le", 8, 8), to: try form("gray", 8, 8))
    conversion.dither = .bayer
    for (code, brighter) in [
      (100 * 256, 0), (100 * 256 + 64, 16), (100 * 256 + 128, 32), (100 * 256 + 252, 63),
    ] {
      let result = try converted([[Int](repeating: code, count: 64)], conversion)[0]
      #expect(result.filter { $0 == 101 }.count == brighter)
      #expect(result.filter { $0 == 100 }.count == 64 - brighter)
    }
    #expect(BayerMatrix.rows.flatMap(\.self).count == 64)
    #expect(Set(BayerMatrix.rows.flatMap(\.self)).count == 64)
  }

  @Test("Alpha and what does not lose depth are never dithered")
  func ditherSpares() throws {
    var conversion = PictureConversion(
      from: try form("rgba", 8, 8, .bt709, .full), to: try form("y410", 8, 8, .bt709, .full))
    let samples = (0..<4).map { component in (0..<64).map { ($0 * 37 + component * 11) % 256 } }
    let rounded = try converted(samples, conversion)
    conversion.dither = .bayer
    #expect(try converted(samples, conversion) == rounded)
  }

  // MARK: What is said of a conversion

  @Test("Clipped samples are those that the formula puts beyond the codes")
  func clipped() throws {
    var random = Seeded.of("clipped")
    for (from, to, ranges) in [
      ("yuv444p", "rgb24", (ColorRange.limited, ColorRange.full)),
      ("yuv444p", "yuv444p10le", (.limited, .full)),
      ("yuv444p10le", "yuv444p", (.limited, .limited)),
      ("yuv444p16le", "gbrp16le", (.full, .full)), ("yuv444p", "yuv444p16le", (.limited, .limited)),
      ("yuv444p12le", "yuv444p10le", (.limited, .limited)), ("yuv444p", "nv24", (.limited, .full)),
    ] {
      let input = try form(from, 23, 3, .bt709, ranges.0)
      let output = try form(to, 23, 3, .bt709, ranges.1)
      let picture = input.random(&random)
      let samples = input.samples(picture)
      let wanted = ColorFormula.formulas(from: input, to: output).map { formula in
        Int64(
          samples[0].indices.filter { place in
            let code = formula.unclipped(samples.map { $0[place] })
            return code < 0 || code > formula.maximum
          }.count)
      }
      let counts = picture.withUnsafeBytes {
        PictureConverter(PictureConversion(from: input, to: output)).clippedCounts($0)
      }
      #expect(counts == wanted)
    }
  }

  /// What a conversion is said to do.
  struct Said: Sendable, CustomTestStringConvertible {
    var from: String
    var to: String
    var isRepacking: Bool
    var rule: String
    var range = ColorRange.limited
    var outputRange = ColorRange.limited
    var dither = PictureConversion.Dither.none
    var isInterlaced = false
    var testDescription: String { "\(from) → \(to)" }
  }

  static let said = [
    Said(from: "yuv420p", to: "nv12", isRepacking: true, rule: "samples are copied"),
    Said(from: "yuv422p10le", to: "v210", isRepacking: true, rule: "samples are copied"),
    Said(
      from: "rgb24", to: "bgra", isRepacking: true, rule: "samples are copied", range: .full,
      outputRange: .full),
    Said(from: "rgb24", to: "rgba", isRepacking: true, rule: "samples are copied"),
    Said(from: "gray", to: "yuv420p", isRepacking: true, rule: "samples are copied"),
    Said(
      from: "yuv420p", to: "p010le", isRepacking: false,
      rule: "H.273's formula, rounded half up, clipped"),
    Said(
      from: "yuv420p", to: "yuv422p", isRepacking: false,
      rule: "chroma: nearest sample repeated"),
    Said(
      from: "yuv422p", to: "yuv420p", isRepacking: false,
      rule: "chroma: mean of the covered samples, rounded half up, by field", isInterlaced: true),
    Said(
      from: "yuv420p10le", to: "nv12", isRepacking: false,
      rule: "H.273's formula, dithered by an 8x8 Bayer matrix, clipped", dither: .bayer),
    Said(
      from: "yuv444p", to: "yuv420p10le", isRepacking: false,
      rule: "chroma: mean of the covered samples, rounded half up; "
        + "then H.273's formula, rounded half up, clipped"),
    Said(
      from: "rgb24", to: "yuv420p", isRepacking: false,
      rule: "R, G, B: mean of the covered samples, rounded half up; "
        + "then H.273's formula, rounded half up, clipped", range: .full),
  ]

  @Test("A conversion says what it does", arguments: said)
  func says(_ said: Said) throws {
    var conversion = PictureConversion(
      from: try form(said.from, 4, 4, .bt709, said.range),
      to: try form(said.to, 4, 4, .bt709, said.outputRange))
    conversion.dither = said.dither
    conversion.isInterlaced = said.isInterlaced
    #expect(PictureConverter(conversion).isRepacking == said.isRepacking)
    #expect(conversion.rule == said.rule)
  }
}
