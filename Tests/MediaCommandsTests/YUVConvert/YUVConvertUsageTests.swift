import MediaCLI
import MediaFFmpeg
import MediaModel
import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands

/// Command lines that cannot be obeyed, and what is said.
@Suite struct YUVConvertUsageTests {
  struct Line: Sendable, CustomTestStringConvertible {
    var words: String
    var says: String
    var testDescription: String { words }

    init(_ words: String, _ says: String) {
      self.words = words
      self.says = says
    }
  }

  @Test(arguments: [
    Line("", "INPUT"),
    Line("a.y4m", "OUTPUT is missing"),
    Line("a.y4m b.y4m -o c.y4m", "not to both"),
    Line("a.y4m a.y4m", "OUTPUT a.y4m is the input"),
    Line("--guess a.yuv b.yuv", "--guess converts nothing"),
    Line("-s 1920 a.yuv b", "such as 1920x1080"),
    Line("-s 0x16 a.yuv b", "each side from 1 to 65535"),
    Line("-s 70000x16 a.yuv b", "each side from 1 to 65535"),
    Line("-p yuv402p a.yuv b", "Did you mean 'yuv420p'"),
    Line("--stride x a.yuv b", "whole number"),
    Line("--skip -1 a.yuv b", "0 or more"),
    Line("-r 0 a.yuv b", "30000/1001"),
    Line("--frame-range 9-3 a.y4m b", "the last frame is before the first"),
    Line("--frame-range a a.y4m b", "0-99"),
    Line("--to pgn a.y4m b", "Did you mean 'png'"),
    Line("--to png,raw a.y4m b", "must be one of"),
    Line("a.y4m b.mp4", ".mp4 is not written"),
    Line("--scale 10 a.y4m b", "1280x-1"),
    Line("--scale -1x-1 a.y4m b", "1280x-1"),
    Line("--scale 0% a.y4m b", "50%"),
    Line("--filter area a.y4m b", "--filter needs --scale"),
    Line("--fit cover --scale 50% a.y4m b", "--fit cover needs both sides"),
    Line("--crop 10+10x4 a.y4m b", "640x480+16+8"),
    Line("--crop 0x10 a.y4m b", "640x480+16+8"),
    Line("--rotate 45 a.y4m b", "90, 180 or 270"),
    Line("--flip x a.y4m b", "h, v or hv"),
    Line("--pad-color red a.y4m b", "--pad-color needs --pad"),
    Line("--pad-color wite --pad 9x9 a.y4m b", "Did you mean 'white'"),
    Line("--matrix bt708 a.y4m b", "Did you mean 'bt709'"),
    Line("--range wide a.y4m b", "limited (tv, mpeg)"),
    Line("--json --jsonl a.y4m b", "exclude"),
    Line("--json a.y4m -", "--report=FILE"),
    Line("--hash md5 a.y4m -", "--report=FILE"),
    Line("--report=b a.y4m b", "cannot both be b"),
    Line("--max-error 1 a.y4m b", "--max-error needs --verify"),
    Line("--fail-on info a.y4m b", "--fail-on needs --check"),
    Line("--jobs 0 a.y4m b", "1"),
  ]) func saysWhatIsWrong(_ line: Line) throws {
    let outcome = run(line.words.split(separator: " ").map(String.init))
    #expect(outcome.exit == .usage)
    #expect(outcome.errors.contains(line.says), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count <= 3)
  }

  private func run(_ words: [String]) -> (exit: ExitCode, errors: String) {
    let errors = MemoryOutput()
    let environment = CommandEnvironment(standardOutput: MemoryOutput(), standardError: errors)
    let exit = Tool.run(["yuv-convert"] + words, environment)
    return (exit, errors.text)
  }
}

/// What values mean.
@Suite struct YUVConvertValuesTests {
  @Test func framesAreNumberedFromZeroWithBothEnds() throws {
    #expect(try YUVConvertValues.frameRange("0-99") == 0..<100)
    #expect(try YUVConvertValues.frameRange("5") == 5..<6)
    #expect(try YUVConvertValues.frameRange("-9") == 0..<10)
    #expect(try YUVConvertValues.frameRange("10-") == 10..<Int64.max)
    for text in ["-", "1-2-3", "9223372036854775807", "+1", ""] {
      #expect(throws: UsageError.self) { try YUVConvertValues.frameRange(text) }
    }
  }

  @Test func ratesThatAreRoundedByHabitAreMeantExactly() throws {
    #expect(try CommonOptions.frameRate("29.97") == Rational(30000, 1001))
    #expect(try CommonOptions.frameRate("23.976") == Rational(24000, 1001))
    #expect(try CommonOptions.frameRate("25") == Rational(25, 1))
    #expect(try CommonOptions.frameRate("12.5") == Rational(25, 2))
    #expect(try CommonOptions.frameRate("30000/1001") == Rational(30000, 1001))
  }

  @Test func placesAreOursAndFFmpegs() throws {
    let placed = PictureGeometryOptions.Placed(width: 640, height: 480, x: 16, y: 8)
    #expect(try YUVConvertValues.placed("640x480+16+8") == placed)
    #expect(try YUVConvertValues.placed("640:480:16:8") == placed)
    #expect(
      try YUVConvertValues.placed("640x480")
        == PictureGeometryOptions.Placed(width: 640, height: 480))
    for text in ["640x480+16", "640", "640+480x1+2", "-1x2", "99999999999999999999x1"] {
      #expect(throws: UsageError.self) { try YUVConvertValues.placed(text) }
    }
  }

  @Test func aTargetIsAContainerAFormatOrBoth() throws {
    let both = try YUVConvertValues.target("y4m,yuv422p")
    #expect(both.container == .y4m && both.format?.name == "yuv422p")
    #expect(try YUVConvertValues.target("p010").format?.name == "p010le")
    #expect(try YUVConvertValues.target("jpg").container == .image(.jpeg))
  }

  @Test func coloursHaveNamesAndNumbers() throws {
    #expect(try YUVConvertValues.color("#10a0FF") == [16, 160, 255])
    #expect(try YUVConvertValues.color("0x000001") == [0, 0, 1])
    #expect(try YUVConvertValues.color("White") == [255, 255, 255])
    for text in ["#12345", "#1234567", "123456", "#+12345"] {
      #expect(throws: UsageError.self) { try YUVConvertValues.color(text) }
    }
  }
}
