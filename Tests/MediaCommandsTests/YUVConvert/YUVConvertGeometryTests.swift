import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands

/// Turned, flipped and cropped pictures.
@Suite struct YUVConvertGeometryTests {
  /// Options here, and FFmpeg's filters.
  private struct Transform {
    var options: String
    var filter: String
    var name: String { options.replacing(" ", with: "_") }
    var words: [String] { options.split(separator: " ").map(String.init) }
  }

  private static let transforms = [
    Transform(options: "--rotate 90", filter: "transpose=clock"),
    Transform(options: "--rotate 270", filter: "transpose=cclock"),
    Transform(options: "--rotate 180", filter: "hflip,vflip"),
    Transform(options: "--rotate 90 --flip v", filter: "transpose=clock_flip"),
    Transform(options: "--rotate 90 --flip h", filter: "transpose=cclock_flip"),
    Transform(options: "--flip h", filter: "hflip"),
    Transform(options: "--flip v", filter: "vflip"),
    Transform(options: "--flip hv", filter: "vflip,hflip"),
    Transform(options: "--crop 9x5+4+2", filter: "crop=9:5:4:2:exact=1"),
    Transform(
      options: "--crop 8x7+2+0 --rotate 270", filter: "crop=8:7:2:0:exact=1,transpose=cclock"),
  ]

  /// Every kind of plane; what FFmpeg turns only as something else is packed here of what it does.
  private static let formats = [
    "yuv420p", "nv12", "nv21", "yuv422p10le", "yuv444p", "gray", "gray16be", "rgb24", "bgra",
    "gbrp10le", "rgb48le", "rgb565le", "p010le", "yuv444p16be", "yuv411p", "yuv422p",
  ]

  /// Formats that the command takes apart to flip and crop them, and planar ones of the same samples.
  private static let packed = [
    ("yuyv422", "yuv422p"), ("uyvy422", "yuv422p"), ("nv16", "yuv422p"), ("y210le", "yuv422p10le"),
    ("v210", "yuv422p10le"), ("y410", "yuv444p10le"),
  ]

  @Test(
    "Turns, flips and crops are FFmpeg's byte for byte", .peers("ffmpeg"),
    arguments: [[17, 13], [40, 22]])
  func ffmpeg(_ sides: [Int]) throws {
    let folder = try ScratchFolder()
    var generator = Seeded.of("geometry \(sides)")
    var (arguments, outputs) = (["-v", "error"], [String]())
    var pictures: [(picture: RawPicture, transforms: [Transform])] = []
    for (number, name) in (Self.formats + ["yuv444p10le"]).enumerated() {
      let picture = try RawPicture.random(name, sides[0], sides[1], &generator)
      // FFmpeg makes 4:4:4 of what has fewer columns than rows of chroma before it turns it.
      let chroma = picture.layout.format.chroma
      let turns = chroma.horizontalShift == chroma.verticalShift
      let transforms = Self.transforms.filter { turns || !$0.filter.contains("transpose") }
      arguments += ["-f", "rawvideo", "-pix_fmt", name, "-s", "\(sides[0])x\(sides[1])"]
      arguments += ["-i", try folder.write(picture.bytes, to: name)]
      for transform in transforms {
        outputs += ["-map", "\(number)", "-vf", transform.filter, "-pix_fmt", name]
        outputs += ["-f", "rawvideo", folder["\(name) \(transform.name)"]]
      }
      pictures.append((picture, transforms))
    }
    let outcome = try ProcessRunner.run("ffmpeg", arguments + outputs)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    for (picture, transforms) in pictures {
      let name = picture.layout.format.name
      for transform in transforms {
        let theirs = try contents(of: folder["\(name) \(transform.name)"])
        for (packed, _) in [(name, name)] + Self.packed.filter({ $0.1 == name }) {
          let ours = try picture.converted(to: packed).converted(to: name, transform.words)
          #expect(ours.bytes == theirs, "\(packed) \(transform.options)")
        }
      }
    }
  }

  // MARK: Every format

  @Test("No row or column is lost at odd sizes, whatever the format", arguments: [0, 1])
  func oddSizes(_ half: Int) throws {
    var generator = Seeded.of("odd geometry \(half)")
    let sizes = [(1, 1), (3, 5), (7, 2), (17, 9), (2, 17)]
    for (number, format) in PixelFormat.all.enumerated() where number % 2 == half {
      let (width, height) = sizes[number / 2 % sizes.count]
      // A picture of one colour stays one, to the last column of the last row.
      var codes: [Int: Int] = [:]
      let picture = try RawPicture(format.name, width, height) { component, number in
        let code = codes[number] ?? Int(generator.next() >> UInt64(64 - component.depth))
        codes[number] = code
        return code
      }
      for options in Self.options(width, height) {
        let result = try picture.converted(to: format.name, options)
        for (component, rows) in result.samples.enumerated() {
          // Y410 is scaled without its alpha, which the command says.
          let isOpaque = format.name == "y410" && component == 3 && options[0] == "--scale"
          let code = isOpaque ? 3 : codes[component]
          let isWhole = rows.joined().allSatisfy { $0 == code }
          #expect(isWhole, "\(format.name) \(width)x\(height) \(options), component \(component)")
        }
      }
    }
  }

  private static func options(_ width: Int, _ height: Int) -> [[String]] {
    [
      ["--rotate", "90"], ["--rotate", "180"], ["--flip", "h"], ["--flip", "v", "--rotate", "270"],
      ["--crop", "\((width + 1) / 2)x\((height + 1) / 2)+0+0"],
      ["--scale", "\(width + 4)x\(height + 2)"], ["--scale", "3x1", "--filter", "area"],
    ]
  }
}
