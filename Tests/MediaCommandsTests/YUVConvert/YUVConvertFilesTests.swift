import MediaIO
import TestSupport
import Testing

@testable import MediaCommands

/// Which files are written, and which are left alone.
@Suite struct YUVConvertFilesTests {
  /// Sixteen pixels of gray.
  private static let gray = [UInt8](0..<16)

  private func run(_ words: [String]) -> (exit: ExitCode, output: String, errors: String) {
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    let environment = CommandEnvironment(standardOutput: output, standardError: errors)
    let exit = Tool.run(["yuv-convert"] + words, environment)
    return (exit, output.text, errors.text)
  }

  @Test func forceCoversTheReportOfAGuess() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(Self.gray, to: "in.yuv")
    let report = try scratch.write([0x21], to: "report.txt")
    let words = ["--guess", "-s", "4x4", "-p", "gray", "--report=\(report)", path]
    #expect(run(words).exit == .cannotCreate)
    let forced = run(["-y"] + words)
    #expect(forced.exit == .success, "\(forced.errors)")
  }

  @Test func aSequenceNeverTakesThePlaceOfItsInput() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(Self.gray + Self.gray, to: "p-2.pgm")
    let pattern = path.replacing("p-2.pgm", with: "p-%d.pgm")
    let found = run(["-y", "-q", "-s", "4x4", "-p", "gray", path, pattern])
    #expect(found.exit == .usage)
    #expect(found.errors.contains("p-2.pgm is read in this run"), "\(found.errors)")
    #expect(try contents(of: path) == Self.gray + Self.gray)
  }

  @Test func theReportHasTheSitingThatWasObeyed() throws {
    let scratch = try ScratchFolder()
    let header = "YUV4MPEG2 W2 H2 F25:1 C420jpeg\nFRAME\n"
    let path = try scratch.write(Array(header.utf8) + [1, 2, 3, 4, 5, 6], to: "in.y4m")
    let found = run(["--chroma-siting", "left", "--json", path, "/dev/null"])
    #expect(found.exit == .success, "\(found.errors)")
    #expect(found.output.contains("\"siting\": \"left\""), "\(found.output)")
  }

  /// FFmpeg puts the ratio's numbers into PNG's pHYs in their order.
  @Test func imagesHaveTheShapeOfPixelsTurnedWithThem() throws {
    let scratch = try ScratchFolder()
    let header = "YUV4MPEG2 W2 H2 F25:1 A2:1 C420jpeg\nFRAME\n"
    let path = try scratch.write(Array(header.utf8) + [1, 2, 3, 4, 5, 6], to: "in.y4m")
    let output = path.replacing("in.y4m", with: "out.png")
    let found = run(["-q", "--rotate", "90", path, output])
    #expect(found.exit == .success, "\(found.errors)")
    let bytes = try contents(of: output)
    let name = Array("pHYs".utf8)
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: name) }) + 4
    let (across, down) = (bytes[start..<start + 4], bytes[start + 4..<start + 8])
    let numbers = [across, down].map { $0.reduce(0) { $0 << 8 | Int($1) } }
    #expect(numbers == [1, 2])
  }
}
