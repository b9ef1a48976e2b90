import Foundation
import MediaIO
import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands

/// Raw pictures of 5x3 in 4:2:0, which take 27 bytes.
@Suite struct RawPictureSourceTests {
  private let folder: ScratchFolder
  private let pictures = patterned(4, byteCount: 27)
  private var bytes: [UInt8] { pictures.flatMap { $0 } }

  init() throws { folder = try ScratchFolder() }

  private func request(
    _ input: String, _ configure: (inout YUVConvertRequest) -> Void = { _ in }
  ) -> YUVConvertRequest {
    pictureRequest(input) {
      $0.setForm(5, 3, "yuv420p")
      configure(&$0)
    }
  }

  /// What a file and a pipe give, which must be the same.
  private func both(
    _ bytes: [UInt8], _ configure: (inout YUVConvertRequest) -> Void = { _ in }
  ) throws -> ReadPictures {
    let path = try folder.write(bytes, to: "a.yuv")
    let file = try read(try opened(request(path, configure)))
    let pipe = try read(try opened(request("-", configure), pipe: bytes))
    #expect(file == pipe)
    return file
  }

  @Test func filesAndPipesGiveEveryPicture() throws {
    let found = try both(bytes)
    #expect(found.pictures == pictures && found.numbers == [0, 1, 2, 3])
    #expect(found.leftOver == 0 && found.bytesRead == 108)
  }

  @Test func picturesAreCountedBeforehandWhereTheyCanBe() throws {
    let path = try folder.write(bytes, to: "a.yuv")
    let file = try opened(request(path)).description
    #expect(file.frameCount == 4 && file.byteCount == 108)
    #expect(file.containerName == "rawvideo" && file.layout.byteCount == 27)
    #expect(try opened(request("-"), pipe: bytes).description.frameCount == nil)
    #expect(try opened(request(path) { $0.frameRange = 3..<10 }).description.frameCount == 1)
  }

  @Test(
    arguments: [
      (0..<4, 0..<4), (1..<3, 1..<3), (3..<Int64.max, 3..<4), (0..<1, 0..<1), (2..<99, 2..<4),
    ] as [(Range<Int64>, Range<Int>)])
  func onlyPicturesOfTheRangeCome(range: Range<Int64>, expected: Range<Int>) throws {
    let found = try both(bytes) { $0.frameRange = range }
    #expect(found.pictures == Array(pictures[expected]))
    #expect(found.numbers == expected.map { Int64($0) })
  }

  @Test func rangesBehindTheEndAreUsageErrors() throws {
    let path = try folder.write(bytes, to: "a.yuv")
    for lower in [4, 5, Int64.max / 2] {
      let file = pictureFailure(request(path) { $0.frameRange = lower..<Int64.max })
      let pipe = pictureFailure(request("-") { $0.frameRange = lower..<Int64.max }, pipe: bytes)
      #expect(file?.exit == .usage && file?.message.contains("4 frames") == true)
      #expect(pipe?.exit == .usage && pipe?.message == file?.message)
    }
  }

  @Test func bytesBeforeTheFirstPictureAreSkipped() throws {
    let found = try both([9, 9, 9, 9, 9, 9, 9] + bytes) {
      $0.raw.skip = 7
      $0.frameRange = 1..<4
    }
    #expect(found.pictures == Array(pictures[1...]))
    for pipe in [nil, bytes] {
      let path = pipe == nil ? try folder.write(bytes, to: "a.yuv") : "-"
      #expect(pictureFailure(request(path) { $0.raw.skip = 109 }, pipe: pipe)?.exit == .usage)
    }
  }

  @Test func aShortLastPictureIsLeftOver() throws {
    let found = try both(Array(bytes.dropLast()))
    #expect(found.pictures == Array(pictures[..<3]) && found.leftOver == 26)
    let inside = try both(Array(bytes.dropLast())) { $0.frameRange = 0..<3 }
    #expect(inside.pictures.count == 3 && inside.leftOver == 0, "nobody asked for it")
  }

  @Test func lessThanOnePictureNamesBothSizes() throws {
    let short = Array(bytes.prefix(26))
    let path = try folder.write(short, to: "a.yuv")
    for (input, pipe) in [(path, nil), ("-", short)] {
      let failure = pictureFailure(request(input), pipe: pipe)
      #expect(failure?.exit == .dataError)
      #expect(
        failure?.message == "26 bytes cannot hold a picture of 5x3 yuv420p, which takes 27")
    }
  }

  @Test func emptyInputsAreMalformed() throws {
    let path = try folder.write([UInt8](), to: "a.yuv")
    #expect(pictureFailure(request(path))?.message == "the file is empty")
    let pipe = pictureFailure(request("-"), pipe: [])
    #expect(pipe?.message == "the input is empty" && pipe?.exit == .dataError)
  }

  @Test func gapsBelongToPictures() throws {
    // Rows of 5 in 8 bytes, of 3 in 4.
    let padded = patterned(2, byteCount: 3 * 8 + 2 * 2 * 4)
    let found = try both(padded.flatMap { $0 }) { $0.raw.strides = [8, 4, 4] }
    #expect(found.pictures == padded)
  }

  @Test(
    arguments: [
      (0, 3, nil), (5, 0, nil), (-1, 3, nil), (65_536, 1, nil), (65_535, 65_535, nil),
      (Int.max, Int.max, nil), (5, 3, [4]), (5, 3, [8, 8]),
    ] as [(Int, Int, [Int]?)])
  func impossibleLayoutsAreUsageErrors(width: Int, height: Int, strides: [Int]?) throws {
    let path = try folder.write(bytes, to: "a.yuv")
    let failure = pictureFailure(
      request(path) {
        $0.setForm(width, height, "yuv420p")
        $0.raw.strides = strides
      })
    #expect(failure?.exit == .usage)
  }

  @Test func aFileThatShrinksIsAReadError() throws {
    let path = try folder.write(bytes, to: "a.yuv")
    let source = try opened(request(path))
    let picture = try #require(try source.next())
    #expect(truncate(path, 20) == 0)
    #expect(throws: IOFailure(call: "read", code: EIO, subject: path)) {
      try picture.bytes(BufferPool(byteCount: 27))
    }
  }

  @Test func pipesUseTheSameMemoryAgain() throws {
    let many = (0..<1000).flatMap { _ in pictures[0] }
    let source = try opened(request("-"), pipe: many)
    var places: Set<UnsafeMutableRawPointer> = []
    while let picture = try source.next() {
      guard case .held(let buffer) = picture.content else { continue }
      places.insert(try #require(buffer.bytes.baseAddress))
    }
    #expect((1...2).contains(places.count))
  }
}
