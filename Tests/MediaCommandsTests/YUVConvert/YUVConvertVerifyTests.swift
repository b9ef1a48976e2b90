import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands

/// --verify and --reference by the command line.
@Suite struct YUVConvertVerifyTests {
  private let folder: ScratchFolder
  private let frames: [RawPicture]

  init() throws {
    folder = try ScratchFolder()
    var generator = Seeded.of("verify")
    frames = try (0..<3).map { _ in try RawPicture.random("yuv420p", 17, 9, &generator) }
    try folder.write(frames.flatMap(\.bytes), to: "in_17x9_yuv420p.yuv")
  }

  private var input: String { folder["in_17x9_yuv420p.yuv"] }

  @Test(arguments: [
    "rgb24", "nv12", "p010le", "gbrp16be", "gray", "yuv444p,--out-matrix,bt2020nc",
    "rgb48le,--chroma-filter,bilinear,--chroma-siting,center", "rgb565le,--dither,bayer",
    "yuv422p,--interlaced,tff", "bgra,--crop,5x5+2+2,--rotate,90",
  ])
  func everySampleIsTheFormulas(_ words: String) throws {
    let words = words.split(separator: ",").map(String.init)
    let outcome = yuvConvert(
      ["--matrix", "bt709", "--range", "limited", "--verify", "--json", "-y"]
        + ["--to", "raw,\(words[0])"] + words.dropFirst() + [input, "/dev/null"])
    #expect(outcome.exit == .success, "\(outcome.errors)")
    let report = try JSONText(outcome.output)
    #expect(report["frames"]?.number == 3)
    let planes = try #require(report["verify"]?["planes"]?.items)
    let format = try #require(PixelFormat(named: words[0]))
    #expect(planes.count == format.components.count)
    for plane in planes {
      #expect(plane["max_error"]?.number == 0 && plane["mean_error"]?.number == 0)
    }
  }

  /// What the command makes, with a code of one sample changed.
  private func reference(changing place: Int, of frame: Int, by difference: UInt8) throws -> String
  {
    var pictures = try frames.map {
      try $0.converted(to: "yuv444p", ["--matrix", "bt601", "--range", "limited"]).bytes
    }
    pictures[frame][place] ^= difference
    return try folder.write(pictures.flatMap { $0 }, to: "reference")
  }

  @Test func aDifferenceIsNamedByPlaneAndFrame() throws {
    // The last sample of Cr in the last frame.
    let path = try reference(changing: 3 * 17 * 9 - 1, of: 2, by: 0x80)
    let words = ["--verify", "--reference", path, "--to", "raw,yuv444p", input, "/dev/null", "-y"]
    let outcome = yuvConvert(words)
    #expect(outcome.exit == .checkFailed)
    #expect(
      outcome.errors.contains(
        "V is off the reference by up to 128 (1 sample of 459 differs, most in frame 2)"),
      "\(outcome.errors)")
    #expect(!outcome.errors.contains("U is off"))
    #expect(yuvConvert(words + ["--max-error", "128"]).exit == .success)
    #expect(yuvConvert(words + ["--max-error", "127"]).exit == .checkFailed)
  }

  @Test func figuresAreOfThePlanesThatDiffer() throws {
    let path = try reference(changing: 0, of: 1, by: 0x01)
    let outcome = yuvConvert([
      "--verify", "--reference", path, "--to", "raw,yuv444p", "--json", input, "/dev/null", "-y",
    ])
    #expect(outcome.exit == .checkFailed)
    let planes = try #require(try JSONText(outcome.output)["verify"]?["planes"]?.items)
    #expect(planes.map { $0["max_error"]?.number } == [1, 0, 0])
    // 10 log 255² over a square error of 1 in 459 samples.
    let psnr = try #require(planes[0]["psnr_db"]?.number)
    #expect(abs(psnr - 74.749) < 0.001)
    #expect(planes[1]["psnr_db"]?.isNull == true)
    #expect(planes[1]["ssim"]?.number == 1)
  }

  @Test func anEqualReferencePasses() throws {
    let path = try reference(changing: 0, of: 0, by: 0)
    let outcome = yuvConvert([
      "--verify", "--reference", path, "--to", "raw,yuv444p", input, "/dev/null", "-y",
    ])
    #expect(outcome.exit == .success, "\(outcome.errors)")
  }
}
