import Foundation
import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

@Suite("Pictures: the formula of H.273")
struct ColorFormulaTests {
  /// One colour in two forms.
  struct Colour: Sendable, CustomTestStringConvertible {
    var from: String
    var samples: [Int]
    var to: String
    var codes: [Int]
    var matrix = ColorMatrix.bt709
    var input = ColorRange.limited
    var output = ColorRange.full
    var outputMatrix: ColorMatrix?
    var testDescription: String { "\(matrix.name) \(input) \(from) \(samples) → \(output) \(to)" }
  }

  static let colours = [
    // Black, white and what lies beyond.
    Colour(from: "yuv444p", samples: [16, 128, 128], to: "rgb24", codes: [0, 0, 0]),
    Colour(from: "yuv444p", samples: [235, 128, 128], to: "rgb24", codes: [255, 255, 255]),
    Colour(from: "yuv444p", samples: [255, 128, 128], to: "rgb24", codes: [255, 255, 255]),
    Colour(from: "yuv444p", samples: [0, 128, 128], to: "rgb24", codes: [0, 0, 0]),
    // Colour bars of 75 %: yellow and cyan.
    Colour(
      from: "rgb24", samples: [191, 191, 0], to: "yuv444p", codes: [161, 44, 142],
      matrix: .bt601, input: .full, output: .limited),
    Colour(
      from: "rgb24", samples: [191, 191, 0], to: "yuv444p", codes: [168, 44, 136],
      input: .full, output: .limited),
    Colour(
      from: "rgb24", samples: [0, 191, 191], to: "yuv444p", codes: [145, 147, 44],
      input: .full, output: .limited),
    // Pure red: Cr is at its largest in every matrix; full range clips 255.5 + 0.5.
    Colour(
      from: "rgb24", samples: [255, 0, 0], to: "yuv444p", codes: [74, 97, 240],
      matrix: .bt2020nc, input: .full, output: .limited),
    Colour(
      from: "rgb24", samples: [255, 0, 0], to: "yuvj444p", codes: [54, 99, 255], input: .full),
    // Depths: shifts where limited, proportions where full.
    Colour(
      from: "yuv444p", samples: [235, 16, 240], to: "p010le", codes: [940, 64, 960],
      output: .limited),
    Colour(
      from: "yuv444p10le", samples: [941, 62, 1023], to: "yuv444p", codes: [235, 16, 255],
      output: .limited),
    Colour(
      from: "yuv444p10le", samples: [942, 61, 1022], to: "yuv444p", codes: [236, 15, 255],
      output: .limited),
    Colour(
      from: "rgb24", samples: [1, 128, 255], to: "rgb48le", codes: [257, 32896, 65535], input: .full
    ),
    Colour(
      from: "yuv444p", samples: [255, 0, 255], to: "yuv444p10le", codes: [1023, 0, 1021],
      input: .full),
    Colour(
      from: "rgb24", samples: [255, 255, 255], to: "rgb565le", codes: [31, 63, 31], input: .full),
    Colour(from: "rgb24", samples: [4, 2, 5], to: "rgb565le", codes: [0, 0, 1], input: .full),
    // Ranges.
    Colour(from: "yuv444p", samples: [16, 16, 240], to: "yuv444p", codes: [0, 1, 255]),
    Colour(
      from: "yuv444p", samples: [0, 0, 255], to: "yuv444p", codes: [16, 16, 240], input: .full,
      output: .limited),
    // Gray has no chroma and is Y of its matrix.
    Colour(from: "gray", samples: [126], to: "rgb24", codes: [128, 128, 128]),
    Colour(
      from: "gray", samples: [126], to: "yuv444p10le", codes: [504, 512, 512], output: .limited),
    Colour(
      from: "rgb24", samples: [0, 255, 0], to: "gray", codes: [182], input: .full, output: .full),
    // Alpha counts from 0 to its largest code in both ranges, and is opaque where there is none.
    Colour(from: "rgb24", samples: [0, 0, 0], to: "rgba", codes: [0, 0, 0, 255], input: .full),
    Colour(
      from: "rgba", samples: [255, 255, 255, 170], to: "y410", codes: [940, 512, 512, 2],
      input: .full, output: .limited),
    Colour(from: "y410", samples: [64, 512, 512, 1], to: "rgba", codes: [0, 0, 0, 85]),
    // YCgCo: the unit of Cg and Co is that of R, G and B.
    Colour(
      from: "rgb24", samples: [0, 255, 0], to: "yuv444p", codes: [126, 238, 128],
      matrix: .ycgco, input: .full, output: .limited),
    Colour(
      from: "yuv444p", samples: [126, 238, 128], to: "rgb24", codes: [0, 255, 0], matrix: .ycgco),
    // From matrix to matrix the colour stays: the green of BT.601 in BT.709.
    Colour(
      from: "yuv444p", samples: [145, 54, 34], to: "yuv444p", codes: [173, 42, 26],
      matrix: .bt601, output: .limited, outputMatrix: .bt709),
  ]

  @Test("Colours worked out by hand", arguments: colours)
  func colour(_ colour: Colour) throws {
    let formulas = ColorFormula.formulas(
      from: try form(colour.from, 1, 1, colour.matrix, colour.input),
      to: try form(colour.to, 1, 1, colour.outputMatrix ?? colour.matrix, colour.output))
    #expect(formulas.map { $0.code(colour.samples) } == colour.codes)
  }

  @Test("The factors are those of H.273, in lowest terms")
  func factors() throws {
    let formulas = ColorFormula.formulas(
      from: try form("yuv444p"), to: try form("rgb24", 1, 1, .bt709, .full))
    // R = 255 / 219 (Y - 16) + 255 / 224 * 2 (1 - 0.2126) (Cr - 128), and a half.
    let divisor: Int128 = 73 * 112 * 5000
    let luma: Int128 = 85 * 112 * 5000
    let chroma: Int128 = 255 * 73 * 3937
    let red = formulas[0]
    #expect(divisor % red.divisor == 0)
    let scale = divisor / red.divisor
    #expect(red.factors.map { $0 * scale } == [luma, 0, chroma])
    let constant = divisor / 2 - 16 * luma - 128 * chroma
    #expect(red.constant * scale == constant)
    let parts = red.factors + [red.constant, red.divisor]
    #expect(parts.reduce(0, greatestCommonDivisor) == 1)
  }

  @Test("A matrix and its inverse cancel exactly")
  func inverse() throws {
    for matrix in ColorMatrix.all {
      for other in ["yuv444p", "gray"] {
        let form = try form(other, 1, 1, matrix)
        let formulas = ColorFormula.formulas(from: form, to: form)
        for (component, formula) in formulas.enumerated() {
          #expect(formula.copiedInput == component)
          #expect(formula.divisor == 2)
        }
      }
    }
  }

  @Test("Values are those of the equations in floating point", arguments: ColorMatrix.all)
  func floatingPoint(_ matrix: ColorMatrix) throws {
    var random = Seeded.of("floatingPoint")
    for (name, depth) in [("yuv444p", 8), ("yuv444p10le", 10), ("yuv444p16le", 16)] {
      for range in ColorRange.allCases {
        let yuv = try form(name, 1, 1, matrix, range)
        let rgb = try form("gbrp12le", 1, 1, matrix, .full)
        let there = ColorFormula.formulas(from: yuv, to: rgb)
        let back = ColorFormula.formulas(from: rgb, to: yuv)
        let equations = Equations(matrix: matrix, range: range, depth: depth)
        for _ in 0..<50 {
          let codes = (0..<3).map { _ in Int.random(in: 0..<1 << depth, using: &random) }
          let signals = equations.rgb(codes).map { $0 * 4095 }
          for (formula, value) in zip(there, signals) {
            #expect(abs(Double(formula.unclipped(codes)) - value) <= 0.5 + 1e-7)
          }
          let pixel = (0..<3).map { _ in Int.random(in: 0...4095, using: &random) }
          let values = equations.yuv(pixel.map { Double($0) / 4095 })
          for (formula, value) in zip(back, values) {
            #expect(abs(Double(formula.unclipped(pixel)) - value) <= 0.5 + 1e-7)
          }
        }
      }
    }
  }

  /// The equations as H.273 §8.3 writes them, in floating point.
  struct Equations {
    var matrix: ColorMatrix
    var range: ColorRange
    var depth: Int

    private var luma: (zero: Double, unit: Double) {
      range == .full ? (0, pow(2, Double(depth)) - 1) : (16 * step, 219 * step)
    }
    private var step: Double { pow(2, Double(depth - 8)) }
    private var chroma: (zero: Double, unit: Double) {
      let unit = range == .full || matrix.weights == nil ? luma.unit : 224 * step
      return (pow(2, Double(depth - 1)), unit)
    }

    func rgb(_ codes: [Int]) -> [Double] {
      let y = (Double(codes[0]) - luma.zero) / luma.unit
      let (b, r) = (
        (Double(codes[1]) - chroma.zero) / chroma.unit,
        (Double(codes[2]) - chroma.zero) / chroma.unit
      )
      guard let weights = matrix.weights else { return [y - b + r, y + b, y - b - r] }
      let (kr, kb) = (Double(weights.red) / 10_000, Double(weights.blue) / 10_000)
      let (red, blue) = (y + r * 2 * (1 - kr), y + b * 2 * (1 - kb))
      return [red, (y - kr * red - kb * blue) / (1 - kr - kb), blue]
    }

    func yuv(_ rgb: [Double]) -> [Double] {
      let (r, g, b) = (rgb[0], rgb[1], rgb[2])
      var (y, pb, pr) = (g / 2 + (r + b) / 4, g / 2 - (r + b) / 4, (r - b) / 2)
      if let weights = matrix.weights {
        let (kr, kb) = (Double(weights.red) / 10_000, Double(weights.blue) / 10_000)
        y = kr * r + (1 - kr - kb) * g + kb * b
        pb = (b - y) / (1 - kb) / 2
        pr = (r - y) / (1 - kr) / 2
      }
      return [
        y * luma.unit + luma.zero, pb * chroma.unit + chroma.zero, pr * chroma.unit + chroma.zero,
      ]
    }
  }
}

/// Material of other projects, where it lies beside the checkout; it is not part of this one.
let pictureCorpus: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

@Suite(
  "Pictures: values of others",
  .enabled(if: pictureCorpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct PictureCorpusTests {
  private func document() throws -> [String: Any] {
    let url = try #require(pictureCorpus).appendingPathComponent("yuv.json")
    return try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
  }

  /// The columns of the tables: matrix and range.
  static let columns: [(String, ColorMatrix, ColorRange)] = [
    ("601l", .bt601, .limited), ("601f", .bt601, .full), ("709l", .bt709, .limited),
    ("709f", .bt709, .full), ("2020l", .bt2020nc, .limited), ("2020f", .bt2020nc, .full),
  ]

  @Test("The tables of colours are met to the last code")
  func tables() throws {
    let document = try document()
    var compared = 0
    for (table, from) in [("yuv_to_rgb", "yuv"), ("rgb_to_yuv", "rgb")] {
      let rows = try #require(document[table] as? [[String: Any]])
      for row in rows {
        let samples = try #require(row[from] as? [Int])
        for (name, matrix, range) in Self.columns {
          guard let codes = row[name] as? [Int] else { continue }
          let yuv = try form("yuv444p", 1, 1, matrix, range)
          let rgb = try form("rgb24", 1, 1, matrix, .full)
          let formulas = ColorFormula.formulas(
            from: from == "yuv" ? yuv : rgb, to: from == "yuv" ? rgb : yuv)
          #expect(formulas.map { $0.code(samples) } == codes, "\(name) of \(samples)")
          compared += 1
        }
      }
    }
    #expect(compared >= 80)
  }

  @Test("A picture of 5 by 3 in 4:2:0 has the colours given for it")
  func oddPicture() throws {
    let document = try document()
    let example = try #require(document["odd_5x3"] as? [String: Any])
    let folder = try #require(pictureCorpus)
    let file = try #require(example["file"] as? String)
    let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(file)))
    let conversion = PictureConversion(
      from: try form("yuv420p", 5, 3, .bt601), to: try form("rgb24", 5, 3, .bt601, .full))
    let wanted = try #require(example["rgb24_bt601_limited_nearest_chroma"] as? String)
    for step in [
      PictureConverter(conversion, usesFastLoops: false), ReferenceConverter(conversion),
    ] as [any PictureStep] {
      #expect(hex(try step.convert(bytes)) == wanted)
    }
  }

  @Test("colour-science's values of 10 bits are met")
  func colourScience() throws {
    let document = try document()
    let examples = try #require(document["colour_science"] as? [[String: Any]])
    #expect(!examples.isEmpty)
    for example in examples {
      // A quarter, a half and three quarters of white, which 16 bits hold only nearly.
      let rgb = try #require(example["rgb"] as? [Double])
      let formulas = ColorFormula.formulas(
        from: try form("rgb48le", 1, 1, .bt601, .full), to: try form("yuv444p10le", 1, 1, .bt601))
      #expect(
        formulas.map { $0.code(rgb.map { Int(($0 * 65535).rounded()) }) }
          == example["ycbcr"] as? [Int])
    }
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
  }
}
