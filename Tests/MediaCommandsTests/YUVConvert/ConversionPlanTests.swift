import MediaCLI
import MediaModel
import MediaRaw
import MediaSignal
import Testing

@testable import MediaCommands

/// Which steps make an output of an input.
@Suite struct ConversionPlanTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// Format and size of the input.
    var input: String
    var words: String
    /// What is done, in order, and what comes out.
    var steps: String
    var testDescription: String { "\(input) \(words)" }

    init(_ input: String, _ words: String, _ steps: String) {
      self.input = input
      self.words = words
      self.steps = steps
    }
  }

  @Test(arguments: [
    Case("yuv420p 64x48", "out.yuv", "yuv420p 64x48"),
    Case("yuvj420p 64x48", "--to yuv420p out.yuv", "yuv420p 64x48"),
    Case("yuv420p 64x48", "--to nv12 out.yuv", "convert nv12 64x48"),
    Case("yuv420p 64x48", "out.nv12", "convert nv12 64x48"),
    Case("nv12 64x48", "out.y4m", "convert yuv420p 64x48"),
    Case("p010le 64x48", "out.y4m", "convert yuv420p10le 64x48"),
    Case("rgb24 64x48", "out.y4m", "convert yuv444p 64x48"),
    Case("yuv420p10le 64x48", "out.png", "convert rgb48be 64x48"),
    Case("yuv420p 64x48", "out.png", "convert rgb24 64x48"),
    Case("rgba 64x48", "out.png", "rgba 64x48"),
    Case("rgba 64x48", "out.ppm", "convert rgb24 64x48"),
    Case("gray 64x48", "--in-range full out.png", "gray 64x48"),
    Case("uyvy422 64x48", "out.jpg", "convert yuvj422p 64x48"),
    Case("rgb24 64x48", "--crop 16x8 out.yuv", "crop rgb24 16x8"),
    Case("yuv420p 64x48", "--rotate 90 out.yuv", "rotate yuv420p 48x64"),
    Case("yuv420p 64x48", "--flip hv out.yuv", "rotate yuv420p 64x48"),
    Case("yuv420p 64x48", "--flip hv --rotate 180 out.yuv", "yuv420p 64x48"),
    Case("yuv420p 64x48", "--flip h --rotate 180 out.yuv", "flip yuv420p 64x48"),
    Case("yuyv422 64x48", "--flip h out.yuv", "convert flip convert yuyv422 64x48"),
    Case("yuv420p 64x48", "--scale 64x48 out.yuv", "yuv420p 64x48"),
    Case(
      "yuv420p 64x48", "--crop 32x32 --rotate 270 --flip v --to rgb24 out.yuv",
      "crop rotate flip convert rgb24 32x32"),
    Case("yuv420p 64x48", "--pad 80x60 --to rgb24 out.yuv", "convert pad rgb24 80x60"),
    Case("yuv420p 64x48", "--pad 64x48 out.yuv", "yuv420p 64x48"),
  ]) func stepsAreAsFewAsServe(_ example: Case) throws {
    let plan = try plan(example.input, example.words)
    let layout = plan.output.layout
    let words =
      plan.steps.map(Self.name) + [layout.format.name, "\(layout.width)x\(layout.height)"]
    #expect(words.joined(separator: " ") == example.steps)
  }

  private static func name(_ step: any PictureStep) -> String {
    switch (step as? GeometryStep)?.geometry {
    case .crop: "crop"
    case .pad: "pad"
    case .rotate: "rotate"
    case .flipHorizontally, .flipVertically: "flip"
    case nil: step is PictureConverter ? "convert" : "scale"
    }
  }

  private func plan(_ input: String, _ words: String) throws -> ConversionPlan {
    let parts = input.split(separator: " ").map(String.init)
    let format = try #require(PixelFormat(named: parts[0]))
    let size = try YUVConvertValues.size(parts[1])
    let layout = try PictureLayout(format, width: size.width, height: size.height)
    let command = try YUVConvert.spec.parse(
      ["in.yuv"] + words.split(separator: " ").map(String.init))
    return try ConversionPlan(
      YUVConvertRequest(command),
      PictureSourceDescription(containerName: "rawvideo", codecName: "rawvideo", layout: layout))
  }

  @Test func aCropOffTheGridOfChromaIsMovedAndTold() throws {
    let plan = try plan("yuv420p 64x48", "--crop 16x8+3+5 out.yuv")
    let step = try #require(plan.steps.first as? GeometryStep)
    #expect(step.geometry == .crop(PictureRectangle(x: 2, y: 4, width: 16, height: 8)))
    #expect(plan.notes.contains { $0.contains("2,4") && $0.contains("3,5") })
  }

  @Test func whatIsLostIsTold() throws {
    #expect(try plan("rgba 64x48", "out.ppm").notes == ["alpha is dropped"])
    #expect(try plan("yuv420p 64x48", "out.pgm").notes.contains("colours are dropped"))
  }

  struct Tags: Sendable, CustomTestStringConvertible {
    var words: String
    /// Of pixels that are 2:1 before, in pictures of 64x48.
    var aspect: String
    var fields: ConversionPlan.FieldsAfter
    var format = "yuv420p"
    var testDescription: String { "\(format) \(words)" }
  }

  @Test(arguments: [
    Tags(words: "out.y4m", aspect: "2:1", fields: .alternating(.topFirst)),
    Tags(words: "--rotate 90 out.y4m", aspect: "1:2", fields: .mixed),
    Tags(words: "--rotate 180 out.y4m", aspect: "2:1", fields: .alternating(.bottomFirst)),
    Tags(words: "--flip v out.y4m", aspect: "2:1", fields: .alternating(.bottomFirst)),
    Tags(words: "--flip h out.y4m", aspect: "2:1", fields: .alternating(.topFirst)),
    Tags(words: "--scale 32x48 out.y4m", aspect: "4:1", fields: .alternating(.topFirst)),
    Tags(words: "--scale 31x-1 out.y4m", aspect: "2:1", fields: .mixed),
    Tags(words: "--rotate 90 --scale 48x32 out.y4m", aspect: "1:4", fields: .mixed),
    Tags(
      words: "--crop 8x8+0+1 out.y4m", aspect: "2:1", fields: .alternating(.bottomFirst),
      format: "yuv422p"),
    Tags(
      words: "--pad 64x50+0+1 out.y4m", aspect: "2:1", fields: .alternating(.bottomFirst),
      format: "yuv444p"),
    // Half of 46 rows: chroma turns its fields round where luma does not.
    Tags(words: "--crop 64x46+0+0 --flip v out.y4m", aspect: "2:1", fields: .mixed),
  ]) func tagsFollowTheSteps(_ example: Tags) throws {
    let plan = try plan("\(example.format) 64x48", example.words)
    #expect(plan.aspectRatio(after: Rational(2, 1))?.aspectText == example.aspect)
    #expect(plan.fieldOrder(after: .topFirst) == example.fields)
    #expect(plan.aspectRatio(after: nil) == nil)
    #expect(plan.fieldOrder(after: nil) == .none)
  }

  @Test(arguments: ["--rotate 90", "--scale 32x24"])
  func fieldsThatAreLostAreNoLongerObeyedAndTold(_ words: String) throws {
    let plan = try plan("yuv420p 64x48", "--interlaced tff \(words) --to rgb24 out")
    #expect(!plan.conversion.isInterlaced)
    #expect(plan.notes.contains { $0.hasPrefix("fields are lost") })
  }

  @Test func alphaThatScalingLosesIsTold() throws {
    let plan = try plan("y410 64x48", "--scale 32x24 out.y410")
    #expect(plan.notes.contains { $0.hasPrefix("alpha is dropped") })
  }

  @Test(arguments: ["--to y4m,rgb24 out", "--to png,nv12 out", "--crop 65x1 out.yuv"])
  func whatCannotBeIsRefused(_ words: String) {
    #expect(throws: UsageError.self) { try plan("yuv420p 64x48", words) }
  }
}
