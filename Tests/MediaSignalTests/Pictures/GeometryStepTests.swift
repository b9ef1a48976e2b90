import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

extension PictureForm {
  /// A form in BT.601, limited, unless said otherwise.
  static func of(
    _ name: String, _ width: Int, _ height: Int, range: ColorRange = .limited,
    strides: [Int]? = nil
  ) throws -> PictureForm {
    let format = try #require(PixelFormat(named: name))
    return PictureForm(
      try PictureLayout(format, width: width, height: height, strides: strides),
      PictureColor(matrix: .bt601, range: range))
  }
}

extension GeometryStep {
  func apply(_ picture: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0xaa, count: output.layout.byteCount)
    picture.withUnsafeBytes { source in
      result.withUnsafeMutableBytes { apply(source, into: $0) }
    }
    return result
  }
}

@Suite("Geometry of pictures")
struct GeometryStepTests {
  /// Samples of one component by column and row.
  private static func samples(_ picture: [UInt8], _ form: PictureForm, _ component: Int)
    -> [[UInt16]]
  {
    let layout = form.layout
    let width = layout.format.sampleCount(component: component, width: layout.width)
    let rows = ComponentRows(layout)
    return (0..<layout.format.rowCount(component: component, height: layout.height)).map { row in
      var values = [UInt16](repeating: 0, count: width)
      picture.withUnsafeBytes { bytes in
        values.withUnsafeMutableBufferPointer {
          rows.read(component: component, row: row, of: bytes, into: $0)
        }
      }
      return values
    }
  }

  private static let geometries: [PictureGeometry] = [
    .rotate(90), .rotate(180), .rotate(270), .flipHorizontally, .flipVertically,
    .crop(PictureRectangle(x: 4, y: 2, width: 7, height: 5)),
    .crop(PictureRectangle(x: 0, y: 0, width: 4, height: 1)),
    .pad(width: 33, height: 21, x: 4, y: 2, color: [0, 0, 0]),
  ]

  /// Where the sample comes from that stands at a place; nil for none, which is the colour's.
  private static func origin(
    _ geometry: PictureGeometry, _ x: Int, _ y: Int, of picture: [[UInt16]], shift: (Int, Int)
  ) -> (x: Int, y: Int)? {
    let (width, height) = (picture[0].count, picture.count)
    switch geometry {
    case .rotate(90): return (y, height - 1 - x)
    case .rotate(180): return (width - 1 - x, height - 1 - y)
    case .rotate: return (width - 1 - y, x)
    case .flipHorizontally: return (width - 1 - x, y)
    case .flipVertically: return (x, height - 1 - y)
    case .crop(let rectangle): return ((x + rectangle.x) >> shift.0, (y + rectangle.y) >> shift.1)
    case .pad(_, _, let left, let top, _):
      let (x, y) = ((x - left) >> shift.0, (y - top) >> shift.1)
      return (0..<width).contains(x) && (0..<height).contains(y) ? (x, y) : nil
    }
  }

  @Test("Every sample goes where it belongs, in every format", arguments: PixelFormat.all)
  func places(_ format: PixelFormat) throws {
    var generator = Seeded.of("geometry \(format.name)")
    // Odd, and large enough for a block of 16 rows that reaches back.
    let form = try PictureForm.of(format.name, 19, 17)
    let picture = generator.bytes(form.layout.byteCount)
    for geometry in Self.geometries where GeometryStep.supports(geometry, format) {
      let step = try GeometryStep(geometry, input: form)
      let result = step.apply(picture)
      for component in format.components.indices {
        let before = Self.samples(picture, form, component)
        let after = Self.samples(result, step.output, component)
        let isChroma = format.isChroma(component)
        let shift = isChroma ? (format.chroma.horizontalShift, format.chroma.verticalShift) : (0, 0)
        let expected = after.indices.map { y in
          after[y].indices.map { x in
            let place = Self.place(geometry, x, y, shift)
            return Self.origin(geometry, place.x, place.y, of: before, shift: shift).map {
              before[$0.y][$0.x]
            }
          }
        }
        let found = zip(after, expected).map { zip($0, $1).map { $1 == nil ? nil : $0 } }
        #expect(found == expected, "\(geometry), component \(component)")
      }
    }
  }

  /// Crop and padding count in pixels, the rest in samples.
  private static func place(
    _ geometry: PictureGeometry, _ x: Int, _ y: Int, _ shift: (Int, Int)
  ) -> (x: Int, y: Int) {
    switch geometry {
    case .crop, .pad: (x << shift.0, y << shift.1)
    default: (x, y)
    }
  }

  @Test("Kernels turn and reverse elements of any size, at any size of picture")
  func kernels() throws {
    var generator = Seeded.of("kernels of turning")
    let formats = ["gray", "gray16le", "rgb24", "rgba", "rgb48le", "rgba64le"]
    for name in formats {
      for (width, height) in [(1, 1), (1, 40), (40, 1), (15, 16), (16, 15), (17, 70), (131, 67)] {
        let form = try PictureForm.of(name, width, height)
        let size = form.layout.byteCount / width / height
        let picture = generator.bytes(form.layout.byteCount)
        func element(_ x: Int, _ y: Int) -> ArraySlice<UInt8> {
          picture[(y * width + x) * size..<(y * width + x + 1) * size]
        }
        let right = (0..<width).flatMap { x in
          (0..<height).flatMap { element(x, height - 1 - $0) }
        }
        let left = (0..<width).flatMap { x in
          (0..<height).flatMap { element(width - 1 - x, $0) }
        }
        let mirrored = (0..<height).flatMap { y in
          (0..<width).flatMap { element(width - 1 - $0, y) }
        }
        #expect(try GeometryStep(.rotate(90), input: form).apply(picture) == right)
        #expect(try GeometryStep(.rotate(270), input: form).apply(picture) == left)
        #expect(try GeometryStep(.flipHorizontally, input: form).apply(picture) == mirrored)
      }
    }
  }

  @Test("Strides of the input are kept to, and the output has none")
  func strides() throws {
    var generator = Seeded.of("strides of geometry")
    let dense = try PictureForm.of("yuv420p", 25, 19)
    let wide = try PictureForm.of("yuv420p", 25, 19, strides: [40])
    let picture = generator.bytes(wide.layout.byteCount)
    var packed: [UInt8] = []
    for plane in wide.layout.planes {
      for row in 0..<plane.rowCount {
        let start = plane.offset + row * plane.stride
        packed += picture[start..<start + plane.rowByteCount]
      }
    }
    let whole = PictureGeometry.crop(PictureRectangle(x: 0, y: 0, width: 25, height: 19))
    for geometry in Self.geometries + [whole] {
      let step = try GeometryStep(geometry, input: wide)
      #expect(
        step.apply(picture) == (try GeometryStep(geometry, input: dense).apply(packed)),
        "\(geometry)")
      #expect(step.output.layout.planes.allSatisfy { $0.stride == $0.rowByteCount })
    }
  }

  struct Working: Sendable, CustomTestStringConvertible {
    var geometry: PictureGeometry
    var format: String
    var working: String
    var testDescription: String { "\(format) \(geometry)" }
  }

  static let working = [
    Working(geometry: .rotate(90), format: "nv12", working: "nv12"),
    Working(geometry: .rotate(90), format: "yuv422p10le", working: "yuv444p10le"),
    Working(geometry: .rotate(180), format: "yuv422p10le", working: "yuv422p10le"),
    Working(geometry: .rotate(270), format: "yuv411p", working: "yuv444p"),
    Working(geometry: .rotate(270), format: "yuvj422p", working: "yuvj444p"),
    Working(geometry: .rotate(90), format: "p216be", working: "yuv444p16be"),
    Working(geometry: .flipHorizontally, format: "yuyv422", working: "yuv422p"),
    Working(geometry: .flipHorizontally, format: "y210le", working: "yuv422p10le"),
    Working(geometry: .flipHorizontally, format: "v210", working: "yuv422p10le"),
    Working(geometry: .rotate(90), format: "v210", working: "yuv444p10le"),
    Working(geometry: .rotate(90), format: "y410", working: "y410"),
    Working(geometry: .flipVertically, format: "v210", working: "v210"),
    Working(
      geometry: .crop(PictureRectangle(x: 0, y: 0, width: 2, height: 2)), format: "uyvy422",
      working: "uyvy422"),
    Working(
      geometry: .crop(PictureRectangle(x: 0, y: 0, width: 3, height: 2)), format: "uyvy422",
      working: "yuv422p"),
  ]

  @Test("What cannot be moved as it is has a planar format that can", arguments: working)
  func workingFormats(_ working: Working) throws {
    let format = try #require(PixelFormat(named: working.format))
    #expect(GeometryStep.workingFormat(for: working.geometry, format).name == working.working)
  }

  @Test("Every format has one that any geometry works in", arguments: PixelFormat.all)
  func workingFormatWorks(_ format: PixelFormat) {
    for geometry in Self.geometries {
      let working = GeometryStep.workingFormat(for: geometry, format)
      #expect(GeometryStep.supports(geometry, working), "\(geometry)")
      #expect(working.depth == format.depth && working.model == format.model)
      #expect(working.isBigEndian == format.isBigEndian)
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var geometry: PictureGeometry
    var format = "yuv420p"
    var message: String
    var testDescription: String { message }
  }

  private static func crop(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> PictureGeometry {
    .crop(PictureRectangle(x: x, y: y, width: width, height: height))
  }

  static let refused = [
    Refusal(geometry: crop(0, 0, 26, 1), message: "a crop of 26x1 at 0,0: does not lie inside"),
    Refusal(geometry: crop(2, 0, 24, 1), message: "does not lie inside a picture of 25x19"),
    Refusal(geometry: crop(0, -2, 4, 4), message: "does not lie inside a picture of 25x19"),
    Refusal(geometry: crop(0, 0, 0, 4), message: "does not lie inside a picture of 25x19"),
    Refusal(geometry: crop(.max, .max, .max, .max), message: "does not lie inside"),
    Refusal(geometry: crop(1, 0, 4, 4), message: "so it must begin at multiples of 2 and 2"),
    Refusal(geometry: crop(0, 1, 4, 4), message: "so it must begin at multiples of 2 and 2"),
    Refusal(
      geometry: crop(2, 1, 4, 4), format: "yuv411p",
      message: "a crop at 2,1: yuv411p has a chroma sample for 4x1 pixels"),
    Refusal(
      geometry: .pad(width: 24, height: 19, x: 0, y: 0, color: [0, 0, 0]),
      message: "padding to 24x19: a picture of 25x19 at 0,0 does not lie inside"),
    Refusal(
      geometry: .pad(width: 64, height: 64, x: 3, y: 0, color: [0, 0, 0]),
      message: "padding at 3,0"),
    Refusal(
      geometry: .pad(width: 70_000, height: 64, x: 0, y: 0, color: [0, 0, 0]),
      message: "each side must be 1 to 65535"),
    Refusal(
      geometry: .pad(width: 64, height: 64, x: 0, y: 0, color: [0]),
      message: "a colour of 1 numbers"),
    Refusal(geometry: .rotate(45), message: "a rotation by 45 degrees: must be 90, 180 or 270"),
    Refusal(
      geometry: .rotate(90), format: "yuv422p", message: "yuv422p cannot be rotated as it is"),
  ]

  @Test("What cannot be done is refused with a reason", arguments: refused)
  func refusals(_ refusal: Refusal) throws {
    let form = try PictureForm.of(refusal.format, 25, 19)
    let error = #expect(throws: PictureLayoutError.self) {
      try GeometryStep(refusal.geometry, input: form)
    }
    #expect(error?.message.contains(refusal.message) == true, "\(error?.message ?? "")")
  }

  struct Filling: Sendable, CustomTestStringConvertible {
    var format: String
    var color: [UInt8]
    var range = ColorRange.limited
    /// Of each plane's elements around the picture.
    var elements: [String]
    var testDescription: String { "\(format) \(color)" }
  }

  static let fillings = [
    Filling(format: "yuv420p", color: [0, 0, 0], elements: ["10", "80", "80"]),
    Filling(format: "yuv420p", color: [255, 255, 255], elements: ["eb", "80", "80"]),
    Filling(format: "yuv420p", color: [255, 0, 0], elements: ["51", "5a", "f0"]),
    Filling(format: "nv21", color: [255, 0, 0], elements: ["51", "f0 5a"]),
    Filling(format: "yuv420p", color: [0, 0, 0], range: .full, elements: ["00", "80", "80"]),
    Filling(format: "p010le", color: [255, 255, 255], elements: ["00 eb", "00 80 00 80"]),
    Filling(format: "gray", color: [255, 255, 255], elements: ["eb"]),
    Filling(format: "rgb24", color: [1, 2, 3], range: .full, elements: ["01 02 03"]),
    Filling(format: "0bgr", color: [1, 2, 3], range: .full, elements: ["ff 03 02 01"]),
    Filling(format: "bgra", color: [1, 2, 3], range: .full, elements: ["03 02 01 ff"]),
    Filling(format: "gbrp", color: [1, 2, 3], range: .full, elements: ["02", "03", "01"]),
    Filling(format: "rgb48be", color: [1, 2, 3], range: .full, elements: ["01 01 02 02 03 03"]),
    Filling(format: "rgb565le", color: [255, 0, 0], range: .full, elements: ["00 f8"]),
  ]

  @Test("Padding has the codes of its colour", arguments: fillings)
  func padding(_ filling: Filling) throws {
    let form = try PictureForm.of(filling.format, 2, 2, range: filling.range)
    let geometry = PictureGeometry.pad(width: 7, height: 5, x: 2, y: 2, color: filling.color)
    let step = try GeometryStep(geometry, input: form)
    let result = step.apply([UInt8](repeating: 0x77, count: form.layout.byteCount))
    for (plane, element) in zip(step.output.layout.planes, filling.elements) {
      let element = hex(element)
      let columns = plane.rowByteCount / element.count
      let isLuma = columns == 7
      let inside = isLuma ? 2..<4 : 1..<2
      for row in 0..<plane.rowCount {
        for column in 0..<columns {
          let start = plane.offset + row * plane.stride + column * element.count
          let isInside = inside.contains(row) && inside.contains(column)
          let expected = isInside ? [UInt8](repeating: 0x77, count: element.count) : element
          #expect(Array(result[start..<start + element.count]) == expected, "\(column), \(row)")
        }
      }
    }
  }
}
