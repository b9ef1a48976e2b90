import MediaModel
import Testing

@testable import MediaRaw

@Suite("Names of files with pictures")
struct PictureFileNameTests {
  struct Name: Sendable, CustomTestStringConvertible {
    var text: String
    var size: [Int]
    var format: String?
    var rate: [Int]
    var testDescription: String { text }

    init(_ text: String, _ size: [Int] = [], _ format: String? = nil, _ rate: [Int] = []) {
      (self.text, self.size, self.format, self.rate) = (text, size, format, rate)
    }
  }

  static let names: [Name] = [
    Name("clip_1920x1080_30_nv12.yuv", [1920, 1080], "nv12", [30, 1]),
    Name("/some_640x480/CLIP-352X288.I420", [352, 288], "yuv420p"),
    Name("bar_640x360p25_yuv422p10le.yuv", [640, 360], "yuv422p10le", [25, 1]),
    Name("bar_640x360p29.97.yuv", [640, 360], nil, [30_000, 1001]),
    Name("x_1280x720_59.94fps_P010.raw", [1280, 720], "p010le", [60_000, 1001]),
    Name("x_1280x720_59.94fps", [1280, 720], nil, [60_000, 1001]),
    Name("x_1280x720_23.976.yuv", [1280, 720], nil, [24_000, 1001]),
    Name("x_1280x720_23.98_yuv444p.yuv", [1280, 720], "yuv444p", [24_000, 1001]),
    Name("x_1280x720_12.5.yuv", [1280, 720], nil, [25, 2]),
    Name("x_1280x720@119.88.uyvy", [1280, 720], "uyvy422", [120_000, 1001]),
    Name("x_1280x720@60.nv21", [1280, 720], "nv21", [60, 1]),
    Name("x 1280x720 50p.yuv", [1280, 720], nil, [50, 1]),
    Name("x_25fps_1280x720.rgb24", [1280, 720], "rgb24", [25, 1]),
    Name("x.1280x720.420p.yuv", [1280, 720], "yuv420p"),
    // A number in front of the size, and one with a unit, is no rate.
    Name("scene_30_1280x720_300frames.yuv", [1280, 720]),
    Name("scene_1280x720_300 frames.yuv", [1280, 720]),
    // Those of the standards' own sequences.
    Name("BQMall_832x480_60.yuv", [832, 480], nil, [60, 1]),
    Name("Traffic_2560x1600_30_crop.yuv", [2560, 1600], nil, [30, 1]),
    Name(
      "Campfire_3840x2160_30fps_10bit_420_bt709_videoRange.yuv", [3840, 2160], "yuv420p10le",
      [30, 1]),
    Name("SlideShow_1280x720_20_8bit_444_r1.yuv", [1280, 720], "yuv444p", [20, 1]),
    Name("Kimono_1920x1080_24_10-bit_422.yuv", [1920, 1080], "yuv422p10le", [24, 1]),
    Name("a_1920x1080_30_420_12bit_be.yuv", [1920, 1080], "yuv420p12le", [30, 1]),
    Name("a_1920x1080_30_420p12be.yuv", [1920, 1080], "yuv420p12be", [30, 1]),
    Name("a_1920x1080_yuv422p16.yuv", [1920, 1080], "yuv422p16le"),
    Name("a_1920x1080_i420_10bit.yuv", [1920, 1080], "yuv420p10le"),
    Name("a_1920x1080_nv12_10bit.yuv", [1920, 1080], "nv12"),
    Name("akiyo_cif.yuv", [352, 288]),
    Name("name_176x144_qcif.yuv", [176, 144]),
    Name("name_cif_100x60.yuv", [100, 60]),
    Name("foreman.qcif", [176, 144]),
    Name("ducks_take_off_1080p50.yuv", [1920, 1080], nil, [50, 1]),
    Name("stockholm_720p5994.yuv", [1280, 720], nil, [60_000, 1001]),
    Name("movie 2160p.gray10", [3840, 2160], "gray10le"),
    // The last says how it is now; the suffix above all.
    Name("nv12_640x480_to_320x240_yuyv422.yuv", [320, 240], "yuyv422"),
    Name("rgb24_640x480_as_nv12.bgra", [640, 480], "bgra"),
    Name("a_640x480.p010le", [640, 480], "p010le"),
    Name("a_640x480.yv12", [640, 480], "yv12"),
    Name("a_640x480.y410", [640, 480], "y410"),
    Name("a_640x480.v210", [640, 480], "v210"),
    // Nothing in them.
    Name("clip.yuv"), Name(""), Name("/"), Name("a/"), Name("..."), Name("x"), Name("0x1080.yuv"),
    Name("99999x1.yuv"), Name("123456x1080.yuv"), Name("x1080.yuv"), Name("1920x.yuv"),
    Name("30.yuv"), Name("2024-05-17_12.30.raw"), Name("99999999999999999999fps.yuv"),
    Name("clip_400.yuv"), Name("1080p0.yuv"), Name("é×ü_×.yuv"),
  ]

  @Test("The words of names are understood", arguments: names)
  func words(_ name: Name) {
    let found = PictureFileName(name.text)
    #expect([found.width, found.height].compactMap { $0 } == name.size)
    #expect(found.format?.name == name.format)
    #expect(found.frameRate.map { [$0.numerator, $0.denominator] } ?? [] == name.rate)
  }
}
