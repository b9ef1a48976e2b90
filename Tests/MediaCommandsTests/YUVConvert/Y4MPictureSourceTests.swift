import MediaIO
import MediaModel
import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands

/// Y4M of 5x3 in 4:2:0, whose pictures take 27 bytes.
@Suite struct Y4MPictureSourceTests {
  private let folder: ScratchFolder
  private let pictures = patterned(3, byteCount: 27)
  private static let header = "YUV4MPEG2 W5 H3 F30000:1001 It A4:3 C420mpeg2 XCOLORRANGE=FULL\n"

  init() throws { folder = try ScratchFolder() }

  /// A file with these lines before its pictures.
  private func file(header: String = Self.header, _ lines: [String] = []) -> [UInt8] {
    Array(header.utf8)
      + pictures.enumerated().flatMap { number, picture in
        Array((lines.isEmpty ? "FRAME\n" : lines[number]).utf8) + picture
      }
  }

  /// What a file and a pipe give, which must be the same.
  private func both(_ bytes: [UInt8], range: Range<Int64> = 0..<Int64.max) throws -> ReadPictures {
    let path = try folder.write(bytes, to: "a.anything")
    let file = try read(try opened(pictureRequest(path) { $0.frameRange = range }))
    let pipe = try read(try opened(pictureRequest("-") { $0.frameRange = range }, pipe: bytes))
    // Bytes of pictures nobody wants may have been read of a pipe.
    #expect(file == pipe)
    return file
  }

  private func bothFail(
    _ bytes: [UInt8], range: Range<Int64> = 0..<Int64.max
  ) throws -> Failure? {
    let path = try folder.write(bytes, to: "a.y4m")
    let file = pictureFailure(pictureRequest(path) { $0.frameRange = range })
    let pipe = pictureFailure(pictureRequest("-") { $0.frameRange = range }, pipe: bytes)
    #expect(file?.message == pipe?.message && file?.exit == pipe?.exit)
    return file
  }

  @Test func theHeaderDescribesPictures() throws {
    let path = try folder.write(file(), to: "a.y4m")
    let found = try opened(pictureRequest(path)).description
    #expect(found.containerName == "yuv4mpegpipe" && found.layout.format.name == "yuv420p")
    #expect(found.layout.width == 5 && found.layout.height == 3)
    #expect(found.range == .full && found.siting == .left && found.fieldOrder == .topFirst)
    #expect(found.frameRate == Rational(30_000, 1001))
    #expect(found.sampleAspectRatio == Rational(4, 3))
    #expect(found.matrix == nil && found.assumed.isEmpty && found.frameCount == 3)
  }

  @Test func filesAndPipesGiveEveryPicture() throws {
    let bytes = file()
    let found = try both(bytes)
    #expect(found.pictures == pictures && found.numbers == [0, 1, 2])
    #expect(found.leftOver == 0 && found.bytesRead == Int64(bytes.count))
  }

  @Test func linesOfPicturesMayHaveParameters() throws {
    let lines = [
      "FRAME Ip\n", "FRAME\n", "FRAME XLONG=" + String(repeating: "x", count: 300) + "\n",
    ]
    let bytes = file(lines)
    #expect(try both(bytes).pictures == pictures)
    let path = try folder.write(bytes, to: "a.y4m")
    #expect(try opened(pictureRequest(path)).description.frameCount == nil, "not known before")
  }

  @Test(arguments: [(1..<2, 1..<2), (2..<9, 2..<3)] as [(Range<Int64>, Range<Int>)])
  func onlyPicturesOfTheRangeCome(range: Range<Int64>, expected: Range<Int>) throws {
    let found = try both(file(), range: range)
    #expect(found.pictures == Array(pictures[expected]))
    #expect(found.numbers == expected.map { Int64($0) })
  }

  @Test func rangesBehindTheEndAreUsageErrors() throws {
    let failure = try bothFail(file(), range: 3..<4)
    #expect(failure?.exit == .usage && failure?.message.contains("3 frames") == true)
  }

  @Test(arguments: [1, 27, 28, 30, 33])
  func whatIsNotWholeIsLeftOver(missing: Int) throws {
    let found = try both(Array(file().dropLast(missing)))
    #expect(found.pictures == Array(pictures[..<2]))
    #expect(found.leftOver == Int64(33 - missing))
  }

  @Test func junkBetweenPicturesIsNamedWithItsPlace() throws {
    let failure = try bothFail(file(["FRAME\n", "FRUME\n", "FRAME\n"]))
    #expect(failure?.exit == .dataError)
    let offset = Self.header.utf8.count + 33
    #expect(failure?.message.hasSuffix("at byte \(offset)") == true)
  }

  @Test(arguments: [
    ("YUV4MPEG2 W5 H0 F25:1\n", 65), ("YUV4MPEG2 W99999999 H3\n", 65), ("YUV4MPEG2 W5\n", 65),
    ("YUV4MPEG2 " + String(repeating: "X", count: 5000), 65), ("YUV4MPEG2 W5 H3", 65),
    ("YUV4MPEG2 W5 H3 C420\n", 65), ("YUV4MPEG2 W5 H3 C420\nFRAME\nabc", 65),
  ])
  func malformedFilesAreRefused(text: String, exit: Int32) throws {
    let failure = try bothFail(Array(text.utf8))
    #expect(failure?.exit.rawValue == exit)
  }

  @Test(arguments: ["--video-size", "--pix-fmt", "--stride", "--skip"])
  func whatRawPicturesAreToldIsRefused(option: String) throws {
    let path = try folder.write(file(), to: "a.yuv")
    let failure = pictureFailure(
      pictureRequest(path) {
        switch option {
        case "--video-size": ($0.raw.width, $0.raw.height) = (5, 3)
        case "--pix-fmt": $0.raw.format = PixelFormat(named: "nv12")
        case "--stride": $0.raw.strides = [8]
        default: $0.raw.skip = 1
        }
      })
    #expect(failure?.exit == .usage)
    #expect(failure?.message.hasPrefix("\(option) is for raw pictures") == true)
  }

  @Test func theUsersFrameRateCounts() throws {
    let path = try folder.write(file(), to: "a.y4m")
    let source = try opened(pictureRequest(path) { $0.raw.frameRate = Rational(50, 1) })
    #expect(source.description.frameRate == Rational(50, 1))
  }
}
