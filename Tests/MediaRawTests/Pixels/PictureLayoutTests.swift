import Testing

@testable import MediaRaw

@Suite("Layouts of pictures")
struct PictureLayoutTests {
  private static func format(_ name: String) throws -> PixelFormat {
    try #require(PixelFormat(named: name))
  }

  struct Rows: Sendable, CustomTestStringConvertible {
    var format: String
    var width: Int
    var height: Int
    /// Offset, stride and rows of each plane.
    var planes: [[Int]]
    var byteCount: Int
    var testDescription: String { "\(format) \(width)x\(height)" }
  }

  static let denseRows = [
    Rows(
      format: "yuv420p", width: 5, height: 3, planes: [[0, 5, 3], [15, 3, 2], [21, 3, 2]],
      byteCount: 27),
    Rows(format: "nv12", width: 5, height: 3, planes: [[0, 5, 3], [15, 6, 2]], byteCount: 27),
    Rows(format: "p010", width: 5, height: 3, planes: [[0, 10, 3], [30, 12, 2]], byteCount: 54),
    Rows(
      format: "yuv411p", width: 5, height: 2, planes: [[0, 5, 2], [10, 2, 2], [14, 2, 2]],
      byteCount: 18),
    Rows(format: "yuyv422", width: 5, height: 1, planes: [[0, 12, 1]], byteCount: 12),
    Rows(format: "y210", width: 5, height: 1, planes: [[0, 24, 1]], byteCount: 24),
    Rows(format: "v210", width: 48, height: 1, planes: [[0, 128, 1]], byteCount: 128),
    Rows(format: "v210", width: 49, height: 2, planes: [[0, 256, 2]], byteCount: 512),
    Rows(format: "rgb48", width: 3, height: 2, planes: [[0, 18, 2]], byteCount: 36),
    Rows(
      format: "gbrp", width: 3, height: 2, planes: [[0, 3, 2], [6, 3, 2], [12, 3, 2]], byteCount: 18
    ),
  ]

  @Test("Planes follow each other, chroma rounded up", arguments: denseRows)
  func dense(_ rows: Rows) throws {
    let layout = try PictureLayout(
      Self.format(rows.format), width: rows.width, height: rows.height)
    #expect(layout.planes.map { [$0.offset, $0.stride, $0.rowCount] } == rows.planes)
    #expect(layout.planes.allSatisfy { $0.rowByteCount == $0.stride })
    #expect(layout.byteCount == rows.byteCount)
  }

  struct Strides: Sendable, CustomTestStringConvertible {
    var format: String
    var given: [Int]
    var strides: [Int]
    var testDescription: String { "\(format) \(given)" }
  }

  static let givenStrides = [
    Strides(format: "yuv420p", given: [64], strides: [64, 32, 32]),
    Strides(format: "yuv420p", given: [65], strides: [65, 33, 33]),
    Strides(format: "yuv420p", given: [64, 40, 48], strides: [64, 40, 48]),
    Strides(format: "yuv420p10le", given: [128], strides: [128, 64, 64]),
    Strides(format: "yuv411p", given: [64], strides: [64, 16, 16]),
    Strides(format: "yuv444p", given: [64], strides: [64, 64, 64]),
    Strides(format: "gbrp", given: [64], strides: [64, 64, 64]),
    Strides(format: "nv12", given: [64], strides: [64, 64]),
    Strides(format: "nv12", given: [63], strides: [63, 64]),
    Strides(format: "nv24", given: [64], strides: [64, 128]),
    Strides(format: "p010", given: [128], strides: [128, 128]),
    Strides(format: "rgb24", given: [160], strides: [160]),
    Strides(format: "v210", given: [256], strides: [256]),
  ]

  @Test("One stride is that of the first plane, the others in proportion", arguments: givenStrides)
  func strides(_ strides: Strides) throws {
    let layout = try PictureLayout(
      Self.format(strides.format), width: 48, height: 4, strides: strides.given)
    #expect(layout.planes.map(\.stride) == strides.strides)
    let bytes = layout.planes.reduce(0) { $0 + $1.stride * $1.rowCount }
    #expect(layout.byteCount == bytes)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var format = "yuv420p"
    var width = 48
    var height = 4
    var strides: [Int]?
    var offsets: [Int]?
    var message: String
    var testDescription: String { message }
  }

  static let refused = [
    Refusal(width: 0, message: "a picture of 0x4: each side must be 1 to 65535"),
    Refusal(height: -1, message: "a picture of 48x-1: each side must be 1 to 65535"),
    Refusal(width: 65_536, message: "a picture of 65536x4: each side must be 1 to 65535"),
    Refusal(width: .max, height: .max, message: "each side must be 1 to 65535"),
    Refusal(
      format: "rgba64", width: 65_535, height: 65_535,
      message: "takes 34358689800 bytes: at most 2147483647 are handled"),
    // Already its second plane would begin beyond the end.
    Refusal(
      format: "yuv444p16", width: 65_535, height: 65_535,
      message: "a picture of 65535x65535 yuv444p16le takes 25769017350 bytes"),
    Refusal(strides: [47], message: "a stride of 47: a row of yuv420p takes 48 bytes"),
    Refusal(strides: [48, 24, 23], message: "a stride of 23: a row of yuv420p takes 24 bytes"),
    Refusal(strides: [-64], message: "a stride of -64"),
    Refusal(strides: [.min], message: "a stride of \(Int.min)"),
    Refusal(strides: [.max], message: "a stride of \(Int.max)"),
    Refusal(strides: [.max, .max, .max], message: "a stride of \(Int.max)"),
    Refusal(strides: [], message: "0 strides: yuv420p has 3 planes"),
    Refusal(strides: [48, 24], message: "2 strides: yuv420p has 3 planes"),
    Refusal(
      format: "p010", strides: [97],
      message: "a stride of 97: must be a multiple of the 2 bytes of a sample"),
    Refusal(offsets: [0, 192], message: "2 plane offsets: yuv420p has 3 planes"),
    Refusal(offsets: [], message: "0 plane offsets: yuv420p has 3 planes"),
    Refusal(offsets: [0, 192, 192, 5], message: "4 plane offsets: yuv420p has 3 planes"),
    Refusal(offsets: [0, -1, 300], message: "a plane offset of -1"),
    Refusal(offsets: [.max, 0, 300], message: "a plane offset of \(Int.max)"),
    Refusal(
      offsets: [0, 191, 300],
      message: "planes overlap: one ends at byte 192, the next begins at 191"
    ),
    Refusal(
      offsets: [100, 0, 40], message: "planes overlap: one ends at byte 48, the next begins at 40"),
    Refusal(
      offsets: [0, 192, 2_147_483_640], message: "bytes: at most 2147483647 are handled"),
  ]

  @Test("What cannot be laid out is refused with a reason", arguments: refused)
  func refusals(_ refusal: Refusal) throws {
    let format = try Self.format(refusal.format)
    let error = #expect(throws: PictureLayoutError.self) {
      try PictureLayout(
        format, width: refusal.width, height: refusal.height, strides: refusal.strides,
        planeOffsets: refusal.offsets)
    }
    #expect(error?.message.contains(refusal.message) == true, "\(error?.message ?? "")")
  }

  @Test("Planes may stand in any order")
  func offsets() throws {
    let layout = try PictureLayout(
      Self.format("yuv420p"), width: 4, height: 2, planeOffsets: [4, 2, 0])
    #expect(layout.planes.map(\.offset) == [4, 2, 0])
    #expect(layout.byteCount == 12)
  }

  @Test(
    "Other names stand for FFmpeg's",
    arguments: [
      ["yuv420p10", "yuv420p10le"], ["P010", "p010le"], ["gray10", "gray10le"],
      ["rgb48", "rgb48le"], ["gbrp16", "gbrp16le"], ["bgr565", "bgr565le"], ["y210", "y210le"],
      ["I420", "yuv420p"], ["YUY2", "yuyv422"], ["GRAY8", "gray"], ["Y800", "gray"],
      ["BGRx", "bgr0"], ["xv30", "y410"], ["P010_10LE", "p010le"], ["p010be", "p010be"],
    ])
  func aliases(_ names: [String]) {
    #expect(PixelFormat(named: names[0])?.name == names[1])
  }

  @Test("Every other name leads to a format, and none hides one")
  func aliasesLead() {
    for (alias, name) in PixelFormat.aliases {
      #expect(PixelFormat(named: alias)?.name == name)
      #expect(!PixelFormat.all.contains { $0.name == alias }, "\(alias)")
    }
    #expect(Set(PixelFormat.all.map(\.name)).count == PixelFormat.all.count)
    #expect(PixelFormat(named: "yuv420") == nil)
    #expect(PixelFormat(named: "le") == nil)
  }
}
