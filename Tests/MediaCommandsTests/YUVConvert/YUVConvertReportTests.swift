import MediaJSON
import MediaRaw
import MediaSignal
import TestSupport
import Testing

@testable import MediaCommands

/// The document `mediatool.yuv-convert/1`.
@Suite struct YUVConvertReportTests {
  private func verified() throws -> YUVConvertResult {
    var result = try SampleConversions.result()
    result.checks.verifies = true
    result.differences = [(0, 0), (3, 2), (0, 0)].map {
      SampleConversions.difference($0.0, of: 256, by: $0.1)
    }
    result.worstPicture = 1
    return result
  }

  /// The names that scripts rely on.
  @Test(arguments: [
    "frames == 2", "input.name == in.yuv", "input.container == rawvideo", "input.format == yuv420p",
    "input.width == 16", "input.height == 8", "input.matrix == bt709", "input.range == limited",
    "input.frame_rate == 25/1", "input.bytes == null", "output.name == out.rgb",
    "output.format == rgb24", "output.width == 16", "output.matrix == null", "output.range == full",
    "output.bytes == 768", "output.hash == null", "steps.count == 1",
    #"steps[0] == "convert yuv420p to rgb24""#, "assumed.count == 0",
    "verify.against == formula", "verify.max_error == 2", "verify.mean_error == 0.023438",
    "verify.psnr_db == 61.421391", "verify.ssim == 0.95", "verify.differing == 3",
    "verify.worst_frame == 1", "verify.passed == false", "verify.planes[0].max_error == 0",
    "verify.planes[0].psnr_db == null", "verify.planes[1].plane == G",
    "verify.planes[1].max_error == 2", "verify.planes[1].ssim == 0.95",
    "planes[2].plane == B", "planes[0].min == 3", "planes[0].max == 250", "planes[0].mean == 100",
    "planes[0].clipped == 0", "planes[0].out_of_range == 0", "planes[0].samples == 256",
    "totals.bytes_in == 384", "totals.bytes_out == 768", "findings.count == 0",
  ])
  func keysSayWhatWasDone(_ text: String) throws {
    let expectation = try Expectation(parsing: text, shape: YUVConvertReport.document.shape)
    let document = YUVConvertReport.document.value(try verified())
    let answer = expectation.evaluate(on: document)
    #expect(answer.passed, "\(answer.message)")
  }

  /// What nobody had to know is not made up; what was taken as usual is told.
  @Test func colorsAreAssumedOnlyWhereTheyMatter() throws {
    let copied = YUVConvertReport.document.value(
      try SampleConversions.result("yuv420p", "nv12", PictureColorOptions()))
    let converted = YUVConvertReport.document.value(
      try SampleConversions.result("yuv420p", "rgb24", PictureColorOptions()))
    for (text, document) in [
      ("input.matrix == null", copied), ("output.range == null", copied),
      ("assumed.count == 0", copied), ("input.matrix == bt601", converted),
      ("input.range == limited", converted), ("assumed.count == 2", converted),
      ("assumed[field=input.matrix].value == bt601", converted),
    ] {
      let expectation = try Expectation(parsing: text, shape: YUVConvertReport.document.shape)
      #expect(expectation.evaluate(on: document).passed, "\(text)")
    }
  }

  @Test func streamedHashesCannotBeExpected() {
    #expect(throws: ExpressionError.self) {
      try Expectation(
        parsing: "frame_hashes.count == 1", shape: YUVConvertReport.document.shape)
    }
  }

  // MARK: Printing

  private func printed(
    _ result: YUVConvertResult, hashes: Int, _ change: (inout PictureCheckOptions) -> Void
  ) throws -> String {
    var result = result
    change(&result.checks)
    let output = MemoryOutput()
    let printer = YUVConvertPrinter(result.checks, output: output)
    printer.frameRate = result.description.frameRate
    for number in 0..<hashes {
      var measurement = PictureMeasurement(
        number: Int64(number), format: result.plan.output.layout.format)
      measurement.hashes = PictureHashes(picture: "aa\(number)", planes: ["bb\(number)"])
      try printer.add(measurement)
    }
    try printer.finish(result)
    return output.text
  }

  @Test func aDocumentHasHashesInItsMiddle() throws {
    let text = try printed(try verified(), hashes: 2) {
      ($0.reportPath, $0.format, $0.hash) = ("-", .json, .md5)
    }
    let document = try JSONValue(parsing: text)
    let mismatches = YUVConvertReport.document.shape.mismatches(in: document)
    #expect(mismatches.isEmpty, "\(mismatches.prefix(3))")
    try expectGolden(text, "hashes.json")
  }

  @Test func withoutPicturesTheListIsEmpty() throws {
    let text = try printed(try verified(), hashes: 0) {
      ($0.reportPath, $0.format, $0.hash) = ("-", .json, .sha256)
    }
    #expect(try JSONValue(parsing: text)["frame_hashes"] == .array([]))
  }

  @Test func linesComePictureByPicture() throws {
    let text = try printed(try verified(), hashes: 2) {
      ($0.reportPath, $0.format, $0.hash) = ("-", .jsonl, .md5)
    }
    let lines = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(lines.count == 3)
    #expect(lines[1]["event"] == .string("frame") && lines[1]["time"] == .real(0.04))
    #expect(lines[1]["frame"] == .integer(1) && lines[1]["hash"] == .string("aa1"))
    #expect(lines[2]["event"] == nil && lines[2]["frames"] == .integer(2))
    #expect(lines[2]["frame_hashes"] == nil)
  }

  @Test func nothingIsPrintedUnasked() throws {
    #expect(try printed(try verified(), hashes: 1) { $0.reportPath = nil }.isEmpty)
  }

  @Test func documentsFitTheSchema() throws {
    let folder = try ScratchFolder()
    var failed = try verified()
    failed.failure = FailedInput(input: "in.yuv", exit: .dataError, message: "cut")
    failed.findings = PictureFindings.all(of: failed)
    failed.planes = []
    let texts = [
      try printed(try verified(), hashes: 2) {
        ($0.reportPath, $0.format, $0.hash) = ("-", .json, .md5)
      },
      try printed(try SampleConversions.result("yuv420p", "nv12"), hashes: 0) {
        ($0.reportPath, $0.format) = ("-", .json)
      },
      try printed(failed, hashes: 0) { ($0.reportPath, $0.format) = ("-", .json) },
      YUVGuessReport.document.value(YUVGuessTests.sample).text(style: .pretty),
      YUVConvertReport.failure.value(try #require(failed.failure)).text(style: .pretty),
    ]
    for (number, text) in texts.enumerated() {
      try folder.write(Array(text.utf8), to: "\(number).json")
    }
    try expectSchema("yuv-convert-1", in: folder)
  }

  // MARK: Text

  @Test func goldenTexts() throws {
    var result = try verified()
    result.planes[0].clipped = 4
    result.findings = PictureFindings.all(of: result)
    try expectGolden(YUVConvertText(result).text, "verified.txt")
    var copied = try SampleConversions.result("yuv420p", "yuv420p", PictureColorOptions())
    copied.planes = []
    copied.container = .y4m
    try expectGolden(YUVConvertText(copied).text, "copied.txt")
    let hashes = try printed(
      try SampleConversions.result("yuv420p", "rgb24", PictureColorOptions()), hashes: 2
    ) { ($0.reportPath, $0.hash) = ("-", .md5) }
    try expectGolden(hashes, "hashes.txt")
  }

  /// A file's name cannot move the cursor.
  @Test func controlCharactersAreSpelledOut() throws {
    var result = try SampleConversions.result()
    result.input = "a\u{1B}[2J.yuv"
    #expect(YUVConvertText(result).text.contains("a\\u{1b}[2J.yuv"))
  }
}
