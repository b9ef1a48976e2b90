import MediaIO
import MediaJSON
import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands
@testable import MediaSignal

/// What --guess prints.
@Suite struct YUVGuessTests {
  static var sample: YUVGuessResult {
    let guesses = ["yuv420p", "nv12"].compactMap(PixelFormat.init(named:)).map {
      LayoutGuess(
        format: $0, width: 352, height: 288, frames: 3, remainder: 0, rowCorrelation: 0.98,
        score: $0.name == "nv12" ? 0.5 : 0.925,
        evidence: ["a whole number of pictures", "rows are alike: 0.98"])
    }
    return YUVGuessResult(
      input: "my clip.yuv", byteCount: 456_192, sampleByteCount: 456_192, guesses: guesses)
  }

  @Test func goldenText() throws {
    try expectGolden(YUVGuessReport.text(Self.sample), "guess.txt")
  }

  @Test func commandsCanBePasted() {
    var result = Self.sample
    let guess = result.guesses[0]
    #expect(
      result.command(guess)
        == "mediatool yuv-convert -s 352x288 -p yuv420p 'my clip.yuv' out.y4m")
    (result.input, result.skip) = ("it's.yuv", 64)
    #expect(result.command(guess).hasSuffix(#"--skip 64 'it'\''s.yuv' out.y4m"#))
  }

  @Test func documentsFitTheirShape() {
    let document = YUVGuessReport.document.value(Self.sample)
    #expect(YUVGuessReport.document.shape.mismatches(in: document).isEmpty)
  }

  /// A soft picture with slopes in every direction, in `yuv420p`.
  private static let picture: [UInt8] = {
    var bytes: [UInt8] = []
    for (width, height, scale) in [(176, 144, 1), (88, 72, 2), (88, 72, 3)] {
      for row in 0..<height {
        for column in 0..<width {
          let slope = 40 + scale * (row * 30 / height) + column * 90 / width
          bytes.append(UInt8(slope + (row * column / 97) % 9))
        }
      }
    }
    return bytes
  }()

  @Test(arguments: [false, true]) func aSoftPictureIsRecognized(isKnown: Bool) throws {
    let folder = try ScratchFolder()
    try folder.write(Self.picture + Self.picture, to: "in.yuv")
    var raw = RawPictureOptions()
    if isKnown { (raw.width, raw.height) = (176, 144) }
    let output = MemoryOutput()
    let exit = try YUVGuess.run(
      input: "in.yuv", raw: raw, format: .json, file: .open("\(folder.path)/in.yuv"),
      output: output)
    let document = try JSONValue(parsing: output.text)
    #expect(exit == .success)
    let expectation = try Expectation(
      parsing: "guesses[0].width == 176", shape: YUVGuessReport.document.shape)
    #expect(expectation.evaluate(on: document).passed, "\(output.text.prefix(600))")
  }

  @Test func anEmptyInputIsAnError() throws {
    #expect(throws: Failure.self) {
      try YUVGuess.run(
        input: "-", raw: RawPictureOptions(), format: .text, file: .open("/dev/null"),
        output: MemoryOutput())
    }
  }
}
