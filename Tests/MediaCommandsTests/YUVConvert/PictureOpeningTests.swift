import Foundation
import MediaIO
import MediaModel
import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands

/// Who reads an input, by its name and its content.
@Suite struct PictureOpeningTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// 32x16 of gray noise, which is no file of any kind.
  private var noise: [UInt8] {
    var random = Seeded(8)
    return (0..<32 * 16 * 3 / 2).map { _ in UInt8.random(in: 100...140, using: &random) }
  }

  @Test(arguments: [
    ("clip_32x16_nv12.yuv", "nv12"), ("clip_32x16.nv12", "nv12"), ("clip_32x16_gray", "gray"),
    ("clip_32x16_yuv420p.bin", "yuv420p"), ("32x16_25_i420.raw", "yuv420p"),
  ])
  func namesTellWhatRawPicturesAre(name: String, format: String) throws {
    let path = try folder.write(noise, to: name)
    let found = try opened(pictureRequest(path)).description
    #expect(found.layout.format.name == format)
    #expect(found.layout.width == 32 && found.layout.height == 16)
    #expect(
      found.assumed.map { "\($0.field) \($0.value) (\($0.reason))" } == [
        "input.width 32 (from the file's name)", "input.height 16 (from the file's name)",
        "input.format \(format) (from the file's name)",
      ])
    let strict = pictureFailure(pictureRequest(path) { $0.color.isStrict = true })
    #expect(strict?.exit == .usage)
    #expect(strict?.message.hasSuffix("say so with --video-size and --pix-fmt") == true)
  }

  @Test func theUsersWordCountsAboveTheName() throws {
    let path = try folder.write(noise, to: "clip_64x64_rgb24.yuv")
    let found = try opened(pictureRequest(path) { $0.setForm(32, 16, "yuv420p") }).description
    #expect(found.layout.format.name == "yuv420p" && found.layout.width == 32)
    #expect(found.assumed.isEmpty)
    let part = try opened(
      pictureRequest(path) {
        ($0.raw.width, $0.raw.height, $0.color.isStrict) = (16, 16, false)
      }
    ).description
    #expect(part.layout.format.name == "rgb24" && part.assumed.map(\.field) == ["input.format"])
  }

  @Test func ratesOfNamesMatterToFilesThatKeepThem() throws {
    let path = try folder.write(noise, to: "clip_32x16_30_nv12.yuv")
    #expect(try opened(pictureRequest(path)).description.assumed.count == 3)
    let y4m = pictureRequest(path) {
      $0.output = PictureOutputRequest(path: "o.y4m", container: .y4m, format: nil, force: false)
    }
    let found = try opened(y4m).description
    #expect(found.frameRate == Rational(30, 1))
    #expect(found.assumed.last?.field == "input.frame_rate" && found.assumed.last?.value == "30")
  }

  @Test func whatIsMissingIsNamedWithGuesses() throws {
    // A picture of smooth rows, twice.
    var picture: [UInt8] = []
    for y in 0..<288 {
      let row: Double = 60 * cos(Double(y) / 20)
      for x in 0..<352 { picture.append(UInt8(128 + row * sin(Double(x) / 30))) }
    }
    let bytes = picture + [UInt8](repeating: 128, count: 352 * 288 / 2)
    let path = try folder.write(bytes + bytes, to: "a.yuv")
    let both = pictureFailure(pictureRequest(path))
    #expect(both?.exit == .usage)
    let start = "size and pixel format are not known: add --video-size and --pix-fmt; looks like "
    #expect(both?.message.hasPrefix(start + "352x288") == true, "\(both?.message ?? "")")
    #expect(both?.message.contains("(2 frames)") == true)
    let size = pictureFailure(pictureRequest(path) { $0.raw.format = PixelFormat(named: "gray") })
    #expect(size?.message.hasPrefix("size is not known: add --video-size") == true)
    let pipe = pictureFailure(
      pictureRequest("-") { ($0.raw.width, $0.raw.height) = (352, 288) }, pipe: bytes)
    #expect(pipe?.message == "pixel format is not known: add --pix-fmt")
  }

  @Test func containersAreNotTakenForRawPictures() throws {
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let path = try folder.write(png + noise, to: "a.png")
    let failure = pictureFailure(pictureRequest(path) { $0.setForm(5, 3, "rgb24") })
    #expect(failure?.exit == .usage && failure?.message.hasPrefix("is a PNG picture") == true)
  }

  @Test func missingFilesAreMissing() {
    for name in ["none.yuv", "none_32x16_nv12.yuv", "none.mp4", "none.y4m"] {
      #expect(pictureFailure(pictureRequest(folder[name]))?.exit == .noInput)
    }
    #expect(pictureFailure(pictureRequest(folder.path))?.exit == .noInput, "a folder")
  }

  // MARK: FFmpeg

  @Test func whatNobodyKnowsIsAUsageError() throws {
    let noise = pictureFailure(pictureRequest(try folder.write(self.noise, to: "a.mp4")))
    #expect(noise?.exit == .usage && noise?.message.contains("--pix-fmt") == true)
    let words = pictureFailure(pictureRequest(try folder.write("hello world\n", to: "a.mkv")))
    #expect(words?.exit == .dataError && words?.message == "plain text, not pictures")
    let skip = pictureFailure(
      pictureRequest(try folder.write(self.noise, to: "b.mp4")) { $0.raw.skip = 5 })
    #expect(skip?.message.hasPrefix("--skip is for raw pictures") == true)
  }

  @Test(.peers("ffmpeg")) func decodedPicturesAreThoseOfFFmpeg() throws {
    let colors = "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range pc"
    // Later releases take colours from the pictures, and convert to the encoder's range.
    let filter =
      "format=yuv422p10le,setparams=range=pc:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    let words =
      "-v error -nostdin -y -f lavfi -i testsrc2=s=38x26:r=10:d=0.5 -map 0 -pix_fmt yuv422p10le "
      + "-vf \(filter) -c:v ffv1 \(colors) a.mkv -map 0 -pix_fmt yuv422p10le -f rawvideo a.raw "
      + "-map 0 -pix_fmt gray -frames:v 1 -update 1 a.png "
      + "-map 0 -pix_fmt gray -frames:v 1 -f rawvideo g.raw "
      + "-map 0 -pix_fmt rgb24 -start_number 0 s-%02d.bmp"
    let outcome = try ProcessRunner.run(
      "ffmpeg", words.split(separator: " ").map(String.init), directory: folder.path)
    try #require(outcome.ending == .exit(0), "\(outcome)")

    let source = try opened(pictureRequest(folder["a.mkv"]))
    let found = source.description
    #expect(found.layout.format.name == "yuv422p10le" && found.codecName == "ffv1")
    #expect(found.matrix == .bt709 && found.range == .full && found.primaries == "bt709")
    #expect(found.frameRate == Rational(10, 1))
    let pictures = try read(source)
    let raw = try contents(of: folder["a.raw"])
    #expect(pictures.pictures.count == 5 && pictures.pictures.flatMap { $0 } == raw)
    #expect(pictures.bytesRead == Int64(try contents(of: folder["a.mkv"]).count))

    let part = try read(try opened(pictureRequest(folder["a.mkv"]) { $0.frameRange = 2..<4 }))
    #expect(part.numbers == [2, 3] && part.pictures == Array(pictures.pictures[2..<4]))
    let pipe = try contents(of: folder["a.mkv"])
    #expect(try read(try opened(pictureRequest("-"), pipe: pipe)).pictures == pictures.pictures)
    let behind = pictureFailure(pictureRequest(folder["a.mkv"]) { $0.frameRange = 5..<6 })
    #expect(behind?.exit == .usage && behind?.message.contains("5 frames") == true)

    let still = try opened(pictureRequest(folder["a.png"]))
    #expect(still.description.layout.format.name == "gray" && still.description.range == .full)
    #expect(try read(still).pictures == [try contents(of: folder["g.raw"])])
    let sequence = try read(try opened(pictureRequest(folder["s-%02d.bmp"])))
    #expect(sequence.pictures.count == 5)
  }

  @Test(
    arguments: [
      (1, "bt709", nil), (2, nil, nil), (5, "bt601", nil), (6, "bt601", nil), (9, "bt2020nc", nil),
      (10, nil, "bt2020c"), (14, nil, "ictcp"), (99, nil, "number 99 of H.273"),
    ] as [(Int, String?, String?)])
  func numbersOfMatricesAreThoseOfH273(code: Int, name: String?, other: String?) throws {
    let format = try #require(PixelFormat(named: "yuv420p"))
    var description = PictureSourceDescription(
      containerName: "", codecName: "", layout: try PictureLayout(format, width: 2, height: 2))
    DecodedPictures.setMatrix(code, &description)
    #expect(description.matrix?.name == name && description.unsupportedMatrix == other)
  }

  @Test func rowsOfDecodedPicturesLoseTheirGaps() throws {
    let layout = try PictureLayout(
      try #require(PixelFormat(named: "yuv420p")), width: 3, height: 3)
    let rows: [UInt8] = [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 10, 11, 0, 0, 12, 13, 0, 0]
    var picture = [UInt8](repeating: 0xEE, count: layout.byteCount)
    try rows.withUnsafeBytes { rows in
      let start = try #require(rows.baseAddress)
      // The first plane upside down, as BMP has it.
      let planes = [(start: start + 8, stride: -4), (start + 12, 4), (start + 12, 4)]
      try picture.withUnsafeMutableBytes { try DecodedPictures.copy(planes, layout, into: $0) }
    }
    #expect(picture == [7, 8, 9, 4, 5, 6, 1, 2, 3, 10, 11, 12, 13, 10, 11, 12, 13])
  }
}
