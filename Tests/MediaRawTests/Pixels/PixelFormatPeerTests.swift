import TestSupport
import Testing

@testable import MediaRaw

@Suite("Formats of pixels: what FFmpeg and GStreamer hold them to be")
struct PixelFormatPeerTests {
  /// Asks libavutil itself, whose functions go by its own description of each format.
  ///
  /// Its arguments are the file of a picture's bytes and names of formats. For each format that is
  /// known it prints the bytes of pictures of sides 1 to 17, then what samples a picture of 17 by 3
  /// has, component by component.
  private static let script = """
    import ctypes, ctypes.util, sys
    util = ctypes.CDLL(ctypes.util.find_library('avutil'))
    util.av_pix_fmt_desc_get.restype = ctypes.c_void_p
    data = ctypes.create_string_buffer(open(sys.argv[1], 'rb').read())
    width, height = 17, 3
    for name in sys.argv[2:]:
      number = util.av_get_pix_fmt(name.encode())
      if number < 0:
        continue
      sizes = [util.av_image_get_buffer_size(number, w, h, 1)
        for w in range(1, 18) for h in range(1, 18)]
      print(name, *sizes)
      description = ctypes.c_void_p(util.av_pix_fmt_desc_get(number))
      pointers = (ctypes.c_void_p * 4)()
      lines = (ctypes.c_int * 4)()
      util.av_image_fill_arrays(pointers, lines, data, number, width, height, 1)
      across, down = ctypes.c_int(), ctypes.c_int()
      util.av_pix_fmt_get_chroma_sub_sample(number, ctypes.byref(across), ctypes.byref(down))
      count = ctypes.cast(description.value + 8, ctypes.POINTER(ctypes.c_uint8))[0]
      for component in range(count):
        chroma = component in (1, 2)
        columns = -(-width >> across.value) if chroma else width
        rows = -(-height >> down.value) if chroma else height
        row = (ctypes.c_uint16 * columns)()
        samples = []
        for y in range(rows):
          util.av_read_image_line2(
            row, pointers, lines, description, 0, y, component, columns, 0, 2)
          samples += row
        print(*samples)
    """

  @Test("Sizes and samples are those of libavutil", .peers("/usr/bin/python3", "ffmpeg"))
  func libavutil() throws {
    // The rest are not pixel formats there.
    let formats = PixelFormat.all.filter { !["v210", "y410", "yv12"].contains($0.name) }
    let folder = try ScratchFolder()
    var generator = Seeded.of("libavutil")
    let picture = generator.bytes(17 * 3 * 8)
    let path = try folder.write(picture, to: "picture")
    let outcome = try ProcessRunner.run(
      Peers.python, ["-c", Self.script, path] + formats.map(\.name))
    #expect(outcome.ending == .exit(0), "\(outcome)")
    var lines = outcome.output.split(separator: "\n")[...]
    for format in formats {
      let line = (lines.popFirst() ?? "").split(separator: " ")
      #expect(line.first.map(String.init) == format.name)
      var sizes: [Int] = []
      for width in 1...17 {
        for height in 1...17 {
          sizes.append(try PictureLayout(format, width: width, height: height).byteCount)
        }
      }
      #expect(line.dropFirst().map { Int($0) } == sizes, "\(format.name)")
      let layout = try PictureLayout(format, width: 17, height: 3)
      for (number, own) in samples(of: picture, layout).enumerated() {
        let samples = (lines.popFirst() ?? "").split(separator: " ").map { UInt16($0) }
        #expect(samples == own, "\(format.name), component \(number)")
      }
    }
    #expect(lines.isEmpty)
  }

  private static func layout(_ name: String, _ width: Int, _ height: Int) throws -> PictureLayout {
    try PictureLayout(try #require(PixelFormat(named: name)), width: width, height: height)
  }

  @Test("v210 has the samples of FFmpeg's encoder", .peers("ffmpeg"), arguments: [2, 6, 46, 52])
  func v210(_ width: Int) throws {
    let planar = try Self.layout("yuv422p10le", width, 3)
    let packed = try Self.layout("v210", width, 3)
    var generator = Seeded.of("v210 \(width)")
    // Codes that are for synchronization are not written by FFmpeg.
    let values = noise(planar, &generator).map { $0.map { min(max($0, 4), 1019) } }
    var input = [UInt8](repeating: 0, count: planar.byteCount)
    put(values, into: &input, planar)
    let outcome = try ProcessRunner.run(
      "ffmpeg",
      [
        "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv422p10le", "-s", "\(width)x3", "-i", "-",
        "-c:v", "v210", "-f", "rawvideo", "-",
      ], input: .pipe(input))
    #expect(outcome.stdout.count == packed.byteCount, "\(outcome)")
    #expect(samples(of: outcome.stdout, packed) == values)
    var own = [UInt8](repeating: 0xff, count: packed.byteCount)
    put(values, into: &own, packed)
    own.withUnsafeMutableBytes { ComponentRows(packed).writePadding(of: $0) }
    #expect(own == outcome.stdout)
  }

  @Test("Y410 has the samples of GStreamer's", .peers("gst-launch-1.0"))
  func y410() throws {
    let planar = try Self.layout("yuv444p10le", 16, 4)
    let packed = try Self.layout("y410", 16, 4)
    var generator = Seeded.of("y410")
    let values = noise(planar, &generator)
    var input = [UInt8](repeating: 0, count: planar.byteCount)
    put(values, into: &input, planar)
    let folder = try ScratchFolder()
    try folder.write(input, to: "in")
    let outcome = try ProcessRunner.run(
      "gst-launch-1.0",
      [
        "-q", "filesrc", "location=\(folder["in"])", "!", "rawvideoparse", "width=16", "height=4",
        "format=y444-10le", "!", "videoconvert", "dither=none", "!", "video/x-raw,format=Y410", "!",
        "filesink",
        "location=\(folder["out"])",
      ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let opaque = [UInt16](repeating: 3, count: 64)
    #expect(try samples(of: contents(of: folder["out"]), packed) == values + [opaque])
  }
}
