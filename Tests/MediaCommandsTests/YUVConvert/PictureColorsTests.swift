import MediaCLI
import MediaRaw
import MediaSignal
import Testing

@testable import MediaCommands

/// What codes mean on both sides, by whom, and what is said about it.
struct PictureColorsCase: CustomTestStringConvertible, Sendable {
  typealias Options = @Sendable (inout PictureColorOptions) -> Void
  typealias Description = @Sendable (inout PictureSourceDescription) -> Void

  var testDescription: String
  var from: String
  var to: String
  var lines = 1080
  var implied: PictureColor?
  var padColor: [UInt8]?
  var options: Options = { _ in }
  var tags: Description = { _ in }
  /// `matrix range > matrix range`.
  var expected: String
  var assumed: [String] = []
  var notes: [String] = []

  init(
    _ name: String, _ from: String, _ to: String, lines: Int = 1080, implied: PictureColor? = nil,
    padColor: [UInt8]? = nil, options: @escaping Options = { _ in },
    tags: @escaping Description = { _ in }, _ expected: String, assumed: [String] = [],
    notes: [String] = []
  ) {
    testDescription = name
    (self.from, self.to, self.lines, self.implied) = (from, to, lines, implied)
    (self.padColor, self.options, self.tags) = (padColor, options, tags)
    (self.expected, self.assumed, self.notes) = (expected, assumed, notes)
  }

  func colors(_ change: Options = { _ in }) throws -> PictureColors {
    let format = try #require(PixelFormat(named: from))
    var description = PictureSourceDescription(
      containerName: "rawvideo", codecName: "rawvideo",
      layout: try PictureLayout(format, width: 16, height: lines))
    tags(&description)
    var options = PictureColorOptions()
    self.options(&options)
    change(&options)
    return try PictureColors(
      description, options, output: try #require(PixelFormat(named: to)), impliedOutput: implied,
      padColor: padColor)
  }
}

private let jpeg = PictureColor(matrix: .bt601, range: .full)
private let matrixOnly = "matrix only: primaries and transfer stay as they are"

private let cases: [PictureColorsCase] = [
  // What changes only places needs no guess.
  .init("repacking", "yuv420p", "nv12", "bt709 limited > bt709 limited"),
  .init("subsampling", "yuv444p", "yuv420p", "bt709 limited > bt709 limited"),
  .init("gray to YUV", "gray", "yuv420p", "bt709 limited > bt709 limited"),
  .init("RGB kinds", "rgb24", "bgra", "bt709 full > bt709 full"),
  .init("RGB depths", "rgb24", "rgb48", "bt709 full > bt709 full"),
  // What is not said.
  .init(
    "HD to RGB", "yuv420p", "rgb24", "bt709 limited > bt709 full",
    assumed: ["input.matrix bt709 (1080 lines, untagged)", "input.range limited (untagged)"]),
  .init(
    "576 lines to RGB", "yuv420p", "rgb24", lines: 576, "bt601 limited > bt601 full",
    assumed: ["input.matrix bt601 (576 lines, untagged)", "input.range limited (untagged)"]),
  .init(
    "577 lines to RGB", "yuv420p", "rgb24", lines: 577, "bt709 limited > bt709 full",
    assumed: ["input.matrix bt709 (577 lines, untagged)", "input.range limited (untagged)"]),
  .init(
    "2160 lines never are 2020", "yuv420p10le", "rgb48", lines: 2160,
    "bt709 limited > bt709 full",
    assumed: ["input.matrix bt709 (2160 lines, untagged)", "input.range limited (untagged)"]),
  .init(
    "yuvj is full", "yuvj420p", "rgb24", lines: 480, "bt601 full > bt601 full",
    assumed: ["input.matrix bt601 (480 lines, untagged)"]),
  .init(
    "depth", "yuv420p", "p010", "bt709 limited > bt709 limited",
    assumed: ["input.range limited (untagged)"]),
  .init(
    "gray to RGB has no matrix", "gray", "rgb24", "bt709 limited > bt709 full",
    assumed: ["input.range limited (untagged)"]),
  .init(
    "RGB to YUV", "rgb24", "yuv420p", "bt709 full > bt709 limited",
    assumed: ["output.matrix bt709 (1080 lines)", "output.range limited (usual of YUV)"]),
  .init(
    "RGB to yuvj", "rgb24", "yuvj420p", "bt709 full > bt709 full",
    assumed: ["output.matrix bt709 (1080 lines)"]),
  .init(
    "to yuvj", "yuv420p", "yuvj420p", "bt709 limited > bt709 full",
    assumed: ["input.range limited (untagged)"]),
  .init("from yuvj", "yuvj420p", "nv12", "bt709 full > bt709 full"),
  .init(
    "only the output's matrix said", "yuv420p", "yuv420p", options: { $0.outputMatrix = .bt2020nc },
    "bt709 limited > bt2020nc limited",
    assumed: ["input.matrix bt709 (1080 lines, untagged)", "input.range limited (untagged)"],
    notes: [matrixOnly]),
  .init(
    "the output's matrix is the one assumed", "yuv420p", "yuv420p",
    options: { $0.outputMatrix = .bt709 }, "bt709 limited > bt709 limited",
    assumed: ["input.matrix bt709 (1080 lines, untagged)"]),
  .init(
    "only the output's range said", "yuv420p", "yuv420p", options: { $0.outputRange = .full },
    "bt709 limited > bt709 full", assumed: ["input.range limited (untagged)"]),
  .init(
    "black around", "yuv420p", "yuv420p", padColor: [0, 0, 0], "bt709 limited > bt709 limited",
    assumed: ["input.range limited (untagged)"]),
  .init(
    "red around", "yuv420p", "yuv420p", padColor: [255, 0, 0], "bt709 limited > bt709 limited",
    assumed: ["input.matrix bt709 (1080 lines, untagged)", "input.range limited (untagged)"]),
  // What is said.
  .init(
    "tags count above what is usual", "yuv420p", "rgb24",
    tags: { ($0.matrix, $0.range) = (.bt601, .full) }, "bt601 full > bt601 full"),
  .init(
    "the user counts above tags", "yuv420p", "rgb24",
    options: { ($0.inputMatrix, $0.inputRange) = (.bt2020nc, .limited) },
    tags: { ($0.matrix, $0.range) = (.bt601, .full) }, "bt2020nc limited > bt2020nc full"),
  .init(
    "tags change with the matrix", "yuv420p", "yuv420p", options: { $0.outputMatrix = .bt601 },
    tags: { ($0.matrix, $0.range) = (.bt709, .limited) }, "bt709 limited > bt601 limited",
    notes: [matrixOnly]),
  .init(
    "--range leaves RGB alone", "yuv420p", "rgb24",
    options: { ($0.range, $0.inputMatrix) = (.limited, .bt709) }, "bt709 limited > bt709 full"),
  .init(
    "--range of RGB to YUV", "rgb24", "yuv420p",
    options: { ($0.range, $0.outputMatrix) = (.full, .bt709) }, "bt709 full > bt709 full"),
  .init(
    "--out-range names RGB", "gray", "rgb24",
    options: { ($0.range, $0.outputRange) = (.full, .limited) }, "bt709 full > bt709 limited"),
  .init(
    "limited RGB by tag", "gbrp", "rgb24", tags: { $0.range = .limited },
    "bt709 full > bt709 full",
    notes: [
      "the input says limited range, which RGB seldom has; taken as full: --in-range limited obeys it"
    ]),
  // What containers demand.
  .init(
    "JPEG of untagged HD", "yuv420p", "yuvj420p", implied: jpeg, "bt709 limited > bt601 full",
    assumed: ["input.matrix bt709 (1080 lines, untagged)", "input.range limited (untagged)"]),
  .init(
    "JPEG against the user's word", "rgb24", "yuvj444p", implied: jpeg,
    options: { ($0.outputMatrix, $0.range) = (.bt709, .limited) }, "bt601 full > bt601 full",
    notes: [
      "this kind of file is always bt601: bt709 is not obeyed",
      "this kind of file is always of full range: limited is not obeyed",
    ]),
  // What cannot be converted, but need not be.
  .init(
    "constant luminance repacked", "yuv420p10le", "p010",
    tags: { $0.unsupportedMatrix = "bt2020c" },
    "bt709 limited > bt709 limited"),
  .init(
    "constant luminance by the user's word", "yuv420p10le", "rgb48",
    options: { ($0.inputMatrix, $0.inputRange) = (.bt2020nc, .limited) },
    tags: { $0.unsupportedMatrix = "bt2020c" }, "bt2020nc limited > bt2020nc full"),
  .init(
    "wide primaries", "yuv420p", "rgb24",
    tags: { ($0.matrix, $0.range, $0.primaries) = (.bt2020nc, .limited, "bt2020") },
    "bt2020nc limited > bt2020nc full",
    notes: ["primaries stay bt2020: RGB is commonly taken for that of BT.709"]),
  .init(
    "interlaced", "yuv420p", "yuv422p", tags: { $0.fieldOrder = .topFirst },
    "bt709 limited > bt709 limited",
    notes: ["the input says interlaced: --interlaced tff treats its chroma by field"]),
]

@Suite struct PictureColorsTests {
  @Test(arguments: cases) func sayWhatCodesMean(_ value: PictureColorsCase) throws {
    let colors = try value.colors()
    let sides = [colors.input, colors.output].map { "\($0.matrix.name) \($0.range.rawValue)" }
    #expect(sides.joined(separator: " > ") == value.expected)
    #expect(colors.assumed.map { "\($0.field) \($0.value) (\($0.reason))" } == value.assumed)
    #expect(colors.notes == value.notes)
  }

  @Test(arguments: cases) func strictnessForbidsToAssumeAndNothingElse(
    _ value: PictureColorsCase
  ) throws {
    let result = Result { try value.colors { $0.isStrict = true } }
    guard !value.assumed.isEmpty else {
      _ = try result.get()
      return
    }
    let error = #expect(throws: UsageError.self) { try result.get() }
    #expect(error?.message.contains(value.assumed.joined(separator: ", ")) == true)
  }

  @Test func strictnessNamesTheOptions() {
    let value = PictureColorsCase("", "yuv420p", "rgb24", "")
    let error = #expect(throws: UsageError.self) { try value.colors { $0.isStrict = true } }
    #expect(
      error?.message
        == "--strict forbids assuming input.matrix bt709 (1080 lines, untagged), input.range "
        + "limited (untagged): say so with --in-matrix and --in-range")
  }

  @Test func strictnessIsSatisfiedByWordsAndTags() throws {
    let value = PictureColorsCase(
      "", "yuv420p", "rgb24", options: { ($0.isStrict, $0.inputMatrix) = (true, .bt601) },
      tags: { $0.range = .limited }, "")
    #expect(try value.colors().assumed.isEmpty)
  }

  // MARK: High dynamic range

  @Test(arguments: [
    ("smpte2084", "yuv420p10le", "rgb24", true), ("arib-std-b67", "yuv420p10le", "bgra", true),
    ("smpte2084", "gbrp10le", "rgb24", true), ("smpte2084", "rgb24", "bgr24", false),
    ("smpte2084", "yuv420p10le", "rgb48", false), ("smpte2084", "yuv420p10le", "nv12", false),
    ("bt709", "yuv420p10le", "rgb24", false),
  ])
  func highDynamicRangeDoesNotBecomeEightBitRGBUnasked(
    transfer: String, from: String, to: String, isRefused: Bool
  ) throws {
    let value = PictureColorsCase("", from, to, tags: { $0.transfer = transfer }, "")
    if isRefused {
      let error = #expect(throws: UsageError.self) { try value.colors() }
      #expect(error?.message.contains("--allow-hdr") == true)
    } else {
      _ = try value.colors()
    }
    _ = try value.colors { $0.allowsHDR = true }
  }

  @Test func highDynamicRangeDoesNotBecomeJPEG() {
    let value = PictureColorsCase(
      "", "yuv420p10le", "yuvj420p", implied: jpeg, tags: { $0.transfer = "smpte2084" }, "")
    #expect(throws: UsageError.self) { try value.colors() }
  }

  // MARK: Refusals

  @Test func matricesThatAreNotHandledAreNamed() {
    let value = PictureColorsCase(
      "", "yuv420p10le", "rgb48", tags: { $0.unsupportedMatrix = "ictcp" }, "")
    let error = #expect(throws: UsageError.self) { try value.colors() }
    #expect(error?.message.contains("ictcp") == true)
    #expect(error?.message.contains("--in-matrix") == true)
  }

  @Test func limitedContradictsAFormatThatIsFullByName() {
    let value = PictureColorsCase(
      "", "yuv420p", "yuvj420p", options: { $0.outputRange = .limited }, "")
    #expect(throws: UsageError.self) { try value.colors() }
  }

  // MARK: Siting

  @Test(
    arguments: [
      ("yuv420p", "rgb24", nil, ColorMatrix.bt709, "left", true),
      ("yuv420p", "yuv444p", nil, .bt2020nc, "topleft", true),
      ("yuv420p", "rgb24", ChromaSiting.center, .bt709, "center", false),
      ("yuv444p", "rgb24", nil, .bt709, "left", false),
      ("yuv420p", "nv12", nil, .bt709, "left", false),
      ("yuv422p", "yuv420p", nil, .bt709, "left", false),
    ] as [(String, String, ChromaSiting?, ColorMatrix, String, Bool)])
  func sitingIsAssumedWhereChromaIsInterpolated(
    from: String, to: String, tag: ChromaSiting?, matrix: ColorMatrix, siting: String,
    isAssumed: Bool
  ) throws {
    let value = PictureColorsCase(
      "", from, to, tags: { ($0.matrix, $0.range, $0.siting) = (matrix, .limited, tag) }, "")
    let colors = try value.colors { $0.chromaFilter = .bilinear }
    #expect(colors.siting.rawValue == siting)
    #expect(colors.assumed.map(\.field) == (isAssumed ? ["input.siting"] : []))
    #expect(try value.colors().assumed.isEmpty, "nearest samples have no siting")
    let said = try value.colors { ($0.chromaFilter, $0.siting) = (.bilinear, .topleft) }
    #expect(said.siting == .topleft && said.assumed.isEmpty)
  }

  @Test(
    arguments: [
      ("yuv444p", nil, ChromaSiting.center), ("rgb24", nil, .center), ("yuv420p", nil, nil),
      ("yuv420p", .topleft, .topleft), ("yuv422p", nil, nil), ("yuv422p", .topleft, .left),
      ("yuv422p", .center, .center), ("gray", .left, nil),
    ] as [(String, ChromaSiting?, ChromaSiting?)])
  func meansLieInTheMiddle(from: String, tag: ChromaSiting?, expected: ChromaSiting?) throws {
    let value = PictureColorsCase("", from, "yuv420p", tags: { $0.siting = tag }, "")
    #expect(try value.colors().outputSiting == expected)
  }

  // MARK: Tags of the output

  @Test(
    arguments: [
      ("yuv420p", "nv12", nil, false), ("yuv420p", "nv12", ColorRange.full, true),
      ("yuv420p", "yuv420p10le", nil, true), ("rgb24", "yuv420p", nil, true),
      ("yuvj420p", "yuv420p", nil, true),
    ] as [(String, String, ColorRange?, Bool)])
  func rangeIsKnownWhereItWasSaidOrUsed(
    from: String, to: String, tag: ColorRange?, isKnown: Bool
  ) throws {
    let value = PictureColorsCase("", from, to, tags: { $0.range = tag }, "")
    #expect(try value.colors().isOutputRangeKnown == isKnown)
  }

  @Test func linesOfTheOutputDecideItsMatrix() throws {
    let format = try #require(PixelFormat(named: "rgb24"))
    let description = PictureSourceDescription(
      containerName: "png_pipe", codecName: "png",
      layout: try PictureLayout(format, width: 1920, height: 1080))
    let colors = try PictureColors(
      description, PictureColorOptions(), output: try #require(PixelFormat(named: "yuv420p")),
      impliedOutput: nil, outputHeight: 480)
    #expect(colors.output.matrix == .bt601)
    #expect(colors.assumed.first?.reason == "480 lines")
  }
}
