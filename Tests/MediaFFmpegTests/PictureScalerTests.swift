import Foundation
import MediaFFmpeg
import TestSupport
import Testing

@Suite("Scaling pictures", .peers("ffmpeg"))
struct PictureScalerTests {
  private static let from = (width: 72, height: 50)
  /// One where samples go in and out in place, and one where they do not.
  private static let sizes = [(width: 128, height: 96), (width: 37, height: 29)]

  private static func flag(_ filter: PictureScaler.Filter) -> String {
    filter == .nearest ? "neighbor" : filter.rawValue
  }

  private static func scale(
    _ source: PlainPicture, to size: (width: Int, height: Int), _ filter: PictureScaler.Filter,
    isFullRange: Bool = false, chroma: (horizontal: Int, vertical: Int)? = nil
  ) throws -> PlainPicture {
    let scaler = try PictureScaler(
      format: source.format, from: (source.width, source.height), to: size, filter: filter,
      isFullRange: isFullRange, chromaLocation: chroma)
    var (source, target) = (source, PlainPicture(source.format, size.width, size.height))
    for _ in 0..<2 {  // A scaler is used for many pictures.
      try source.withPlanes { from in try target.withPlanes { try scaler.scale(from, into: $0) } }
    }
    return target
  }

  @Test(
    "Every sample is that of ffmpeg with its accurate flags",
    arguments: ["yuv420p", "gray", "yuv422p10le", "nv12", "yuyv422", "yuv444p"])
  func likeFFmpeg(format: String) throws {
    let folder = try ScratchFolder()
    let raw = try generate(
      "testsrc2=size=\(Self.from.width)x\(Self.from.height):rate=25",
      "-frames:v 1 -pix_fmt \(format) -f rawvideo")
    try folder.write(raw, to: "in.raw")
    var arguments = [
      "-f", "rawvideo", "-pix_fmt", format, "-s", "\(Self.from.width)x\(Self.from.height)", "-i",
      folder["in.raw"],
    ]
    for (number, size) in Self.sizes.enumerated() {
      for filter in PictureScaler.Filter.allCases {
        arguments += [
          "-vf",
          "scale=\(size.width):\(size.height):flags=\(Self.flag(filter))"
            + "+accurate_rnd+full_chroma_int+full_chroma_inp", "-pix_fmt", format, "-f", "rawvideo",
          folder["\(filter)\(number)"],
        ]
      }
    }
    try runFFmpeg(arguments)
    let source = PlainPicture(format, Self.from.width, Self.from.height, raw)
    for (number, size) in Self.sizes.enumerated() {
      for filter in PictureScaler.Filter.allCases {
        let wanted = try contents(of: folder["\(filter)\(number)"])
        let scaled = try Self.scale(source, to: size, filter)
        let isSame = scaled.bytes == wanted
        #expect(isSame, "\(filter) to \(size)")
      }
    }
  }

  @Test(
    "Flat colours stay as they are, in full range too",
    arguments: [
      "yuv420p", "yuvj422p", "yuv444p", "gray", "nv21", "uyvy422", "p010le", "yuv420p10le", "gbrp",
      "rgb24", "bgra", "gray16le",
    ])
  func flatColours(format: String) throws {
    for value: UInt8 in [0, 3, 77, 200, 255] {
      var source = PlainPicture(format, 24, 18)
      source.bytes = source.bytes.indices.map { index in
        switch format {
        case "yuv420p10le": index % 2 == 0 ? value : value & 3
        case "p010le": index % 2 == 0 ? value & 0xc0 : value
        default: value
        }
      }
      for filter in PictureScaler.Filter.allCases {
        for isFullRange in [false, true] {
          let scaled = try Self.scale(source, to: (20, 15), filter, isFullRange: isFullRange)
          let half = scaled.bytes.count / 2
          let wanted = Array(repeatElement(source.bytes.prefix(2), count: half).joined())
          let isSame = scaled.bytes.dropLast(scaled.bytes.count % 2) == wanted[...]
          #expect(isSame, "\(value) with \(filter): \(scaled.bytes.prefix(8))")
        }
      }
    }
  }

  @Test(
    "Channels of RGB are scaled as planes of their own are",
    arguments: [
      ("rgb24", 3), ("bgra", 4), ("0rgb", 4), ("gbrp", 1), ("rgb48be", 3), ("rgba64le", 4),
    ])
  func channels(format: String, count: Int) throws {
    let depth = format.contains("48") || format.contains("64") ? 2 : 1
    let from = (width: 40, height: 22)
    let to = (width: 64, height: 13)
    var random = Seeded.of("channels of \(format)")
    let gray = depth == 1 ? "gray" : format.hasSuffix("be") ? "gray16be" : "gray16le"
    let planes = (0..<(count == 1 ? 3 : count)).map { _ in
      PlainPicture(gray, from.width, from.height, random.bytes(from.width * from.height * depth))
    }
    for filter in PictureScaler.Filter.allCases {
      let scaled = try planes.map { try Self.scale($0, to: to, filter) }
      func join(_ planes: [PlainPicture]) -> [UInt8] {
        if count == 1 { return planes.flatMap(\.bytes) }
        return (0..<planes[0].bytes.count / depth).flatMap { pixel in
          planes.flatMap { $0.bytes[depth * pixel..<depth * (pixel + 1)] }
        }
      }
      let found = try Self.scale(
        PlainPicture(format, from.width, from.height, join(planes)), to: to, filter)
      var wanted = join(scaled)
      if format == "0rgb" {
        for index in stride(from: 0, to: wanted.count, by: 4) { wanted[index] = 255 }
      }
      let isSame = found.bytes == wanted
      #expect(isSame, "\(filter)")
    }
  }

  @Test(
    "The nearest sample is taken as it is", arguments: ["gray16le", "yuv420p10le", "rgb24", "gbrp"])
  func nearest(format: String) throws {
    var random = Seeded.of("nearest")
    var source = PlainPicture(format, 16, 8)
    source.bytes = source.bytes.indices.map { index in
      let byte = UInt8.random(in: 0...255, using: &random)
      return format == "yuv420p10le" && index % 2 == 1 ? byte & 3 : byte
    }
    let twice = try Self.scale(source, to: (32, 16), .nearest)
    let back = try Self.scale(twice, to: (16, 8), .nearest)
    #expect(back.bytes == source.bytes)
    let rows = PlainPicture.planes(format, 32, 16)[0].row
    #expect(twice.bytes.prefix(rows) == twice.bytes.dropFirst(rows).prefix(rows))
  }

  @Test("Chroma stands where it is said to")
  func chromaPlaces() throws {
    // Luma rises by 4 a sample, and chroma so that it equals luma at the place it stands.
    let places: [(name: String, place: (horizontal: Int, vertical: Int)?, shift: Double)] = [
      ("left", (0, 128), 0), ("center", (128, 128), 0.5), ("usual", nil, 0.5),
    ]
    for (name, place, shift) in places {
      var source = PlainPicture("yuv420p", 32, 16)
      for row in 0..<16 { for x in 0..<32 { source.bytes[32 * row + x] = UInt8(20 + 4 * x) } }
      for row in 0..<16 {
        for x in 0..<16 {
          source.bytes[512 + 16 * row + x] = UInt8(20 + 4 * (2 * Double(x) + shift))
        }
      }
      let scaled = try Self.scale(source, to: (64, 32), .bilinear, chroma: place)
      // In the middle, away from the edges.
      for x in 8..<24 {
        let luma = 0.5 * Double(scaled.bytes[64 * 8 + 2 * x])
        let next = 0.5 * Double(scaled.bytes[64 * 8 + 2 * x + 1])
        let wanted = shift == 0 ? 2 * luma : luma + next
        let found = Double(scaled.bytes[2048 + 32 * 8 + x])
        #expect(abs(found - wanted) <= 1, "\(name) at \(x): \(found) for \(wanted)")
      }
    }
  }

  @Test("No byte outside the rows is read or written")
  func boundaries() throws {
    let sides = [1, 2, 3, 5, 8, 13, 17, 31, 32, 33, 64, 96]
    for (number, width) in sides.enumerated() {
      for format in ["yuv420p", "rgb24", "gray16le", "nv12", "yuyv422", "bgra"] {
        let from = (width: width, height: sides[(number + 5) % sides.count])
        let to = (
          width: sides[(number + 7) % sides.count], height: sides[(number + 3) % sides.count]
        )
        let filter = PictureScaler.Filter.allCases[number % 5]
        let scaler = try PictureScaler(
          format: format, from: from, to: to, filter: filter, isFullRange: false,
          chromaLocation: nil)
        let source = PlainPicture.planes(format, from.width, from.height).map { GuardedPlane($0) }
        // Rows with 9 bytes between them that must stay.
        let target = PlainPicture.planes(format, to.width, to.height).map {
          GuardedPlane($0, gap: 10)
        }
        try withExtendedLifetime(source) {
          try scaler.scale(source.map(\.plane), into: target.map(\.plane))
        }
        #expect(target.allSatisfy { $0.hasWholeGaps }, "\(format) \(from) to \(to) \(filter)")
      }
    }
  }

  @Test("Formats that would be dithered, and sizes that are none, are refused")
  func refusals() throws {
    let supported = try ["yuv420p", "p010le"].filter { try PictureScaler.supports($0) }
    #expect(supported == ["yuv420p", "p010le"])
    for format in ["rgb565le", "pal8", "vaapi", "nosuch", "monow"] {
      let isSupported = try PictureScaler.supports(format)
      #expect(!isSupported, "\(format)")
      let error = #expect(throws: FFmpegError.self) {
        try PictureScaler(
          format: format, from: (16, 16), to: (8, 8), filter: .area, isFullRange: false,
          chromaLocation: nil)
      }
      #expect(error?.reason == .notImplemented)
      #expect(error?.description.contains(format) == true)
    }
    for size in [(0, 4), (4, -1), (70_000, 4)] {
      #expect(throws: FFmpegError.self) {
        try PictureScaler(
          format: "gray", from: (16, 16), to: size, filter: .area, isFullRange: false,
          chromaLocation: nil)
      }
    }
  }
}

/// Memory of a plane that ends where none may be touched.
private final class GuardedPlane {
  let plane: PictureScaler.Plane
  private let base: UnsafeMutableRawPointer
  private let byteCount: Int
  private let shape: (row: Int, rows: Int)
  private static let filler: UInt8 = 0xa5

  init(_ shape: (row: Int, rows: Int), gap: Int = 0) {
    self.shape = shape
    let stride = shape.row + gap
    let used = stride * (shape.rows - 1) + shape.row
    let page = 4096
    byteCount = (used + page - 1) / page * page + page
    let access = PROT_READ | PROT_WRITE
    guard let base = mmap(nil, byteCount, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) else {
      preconditionFailure("mmap")
    }
    self.base = base
    memset(base, CInt(Self.filler), byteCount - page)
    precondition(mprotect(base + byteCount - page, page, PROT_NONE) == 0, "mprotect")
    plane = PictureScaler.Plane(start: base + byteCount - page - used, stride: stride)
  }

  deinit { munmap(base, byteCount) }

  var hasWholeGaps: Bool {
    let before = UnsafeRawBufferPointer(start: base, count: plane.start - base)
    guard before.allSatisfy({ $0 == Self.filler }) else { return false }
    return (0..<shape.rows - 1).allSatisfy { row in
      let gap = UnsafeRawBufferPointer(
        start: plane.start + row * plane.stride + shape.row, count: plane.stride - shape.row)
      return gap.allSatisfy { $0 == Self.filler }
    }
  }
}
