import TestSupport
import Testing

@testable import MediaRaw

/// All samples of a picture, a list of rows one after the other for each component.
func samples(of picture: [UInt8], _ layout: PictureLayout) -> [[UInt16]] {
  let rows = ComponentRows(layout)
  return layout.format.components.indices.map { component in
    let width = layout.format.sampleCount(component: component, width: layout.width)
    var result: [UInt16] = []
    var row = [UInt16](repeating: 0, count: width)
    for number in 0..<layout.format.rowCount(component: component, height: layout.height) {
      picture.withUnsafeBytes { bytes in
        row.withUnsafeMutableBufferPointer {
          rows.read(component: component, row: number, of: bytes, into: $0)
        }
      }
      result += row
    }
    return result
  }
}

/// Puts all samples into a picture, component by component, without the padding.
func put(_ samples: [[UInt16]], into picture: inout [UInt8], _ layout: PictureLayout) {
  let rows = ComponentRows(layout)
  picture.withUnsafeMutableBytes { bytes in
    for (component, samples) in samples.enumerated() {
      let width = layout.format.sampleCount(component: component, width: layout.width)
      for row in 0..<samples.count / width {
        samples.withUnsafeBufferPointer {
          rows.write(
            UnsafeBufferPointer(rebasing: $0[row * width..<(row + 1) * width]),
            component: component, row: row, of: bytes)
        }
      }
    }
  }
}

/// As many samples as a picture has, of any value that its components hold.
func noise(_ layout: PictureLayout, _ generator: inout Seeded) -> [[UInt16]] {
  layout.format.components.enumerated().map { number, component in
    let width = layout.format.sampleCount(component: number, width: layout.width)
    let height = layout.format.rowCount(component: number, height: layout.height)
    let bits = UInt16(truncatingIfNeeded: (1 << component.depth) - 1)
    return (0..<width * height).map { _ in
      UInt16(truncatingIfNeeded: generator.next()) & bits
    }
  }
}

private let sides = [
  (1, 1), (2, 1), (1, 2), (3, 3), (4, 5), (5, 2), (6, 7), (7, 1), (8, 3), (11, 2), (13, 1), (17, 3),
  (49, 1),
]

@Suite("Rows of components")
struct ComponentRowsTests {
  @Test("What is written is read again, at any size", arguments: PixelFormat.all)
  func roundTrip(_ format: PixelFormat) throws {
    var generator = Seeded.of("rows \(format.name)")
    for (width, height) in sides {
      let layout = try PictureLayout(format, width: width, height: height)
      let values = noise(layout, &generator)
      // Rows may hold anything before.
      var picture = generator.bytes(layout.byteCount)
      put(values, into: &picture, layout)
      #expect(samples(of: picture, layout) == values, "\(width)x\(height)")
    }
  }

  @Test("Strides and offsets are kept to, and nothing else is touched", arguments: PixelFormat.all)
  func strides(_ format: PixelFormat) throws {
    var generator = Seeded.of("strides \(format.name)")
    let dense = try PictureLayout(format, width: 7, height: 3)
    // Planes in the reverse order, rows 8 bytes apart, a gap before each plane.
    let strides = dense.planes.map { $0.rowByteCount + 8 }
    var offsets: [Int] = []
    var end = 0
    for (plane, stride) in zip(dense.planes, strides).reversed() {
      offsets.insert(end + 5, at: 0)
      end += 5 + plane.rowCount * stride
    }
    let wide = try PictureLayout(
      format, width: 7, height: 3, strides: strides, planeOffsets: offsets)
    let values = noise(wide, &generator)
    let before = generator.bytes(wide.byteCount)
    var picture = before
    put(values, into: &picture, wide)
    #expect(samples(of: picture, wide) == values)
    let inRows = Set(
      wide.planes.flatMap { plane in
        (0..<plane.rowCount).flatMap { row in
          (0..<plane.rowByteCount).map { plane.offset + row * plane.stride + $0 }
        }
      })
    for index in picture.indices where !inRows.contains(index) {
      #expect(picture[index] == before[index], "byte \(index)")
    }
    picture.withUnsafeMutableBytes { ComponentRows(wide).writePadding(of: $0) }
    #expect(samples(of: picture, wide) == values)
    for index in picture.indices where !inRows.contains(index) {
      #expect(picture[index] == 0, "byte \(index)")
    }
  }

  @Test("The bytes of a picture depend on its samples alone", arguments: PixelFormat.all)
  func determined(_ format: PixelFormat) throws {
    var generator = Seeded.of("determined \(format.name)")
    for width in [1, 5, 8, 12, 50] {
      let layout = try PictureLayout(format, width: width, height: 2)
      let values = noise(layout, &generator)
      let pictures = [UInt8(0), 0xff].map { filling in
        var picture = [UInt8](repeating: filling, count: layout.byteCount)
        if filling == 0 {
          picture.withUnsafeMutableBytes { ComponentRows(layout).writePadding(of: $0) }
        }
        put(values, into: &picture, layout)
        if filling != 0 {
          picture.withUnsafeMutableBytes { ComponentRows(layout).writePadding(of: $0) }
        }
        return picture
      }
      #expect(pictures[0] == pictures[1], "width \(width)")
    }
  }

  struct Words: Sendable, CustomTestStringConvertible {
    var format: String
    var width: Int
    var samples: [[UInt16]]
    var bytes: String
    var testDescription: String { "\(format), width \(width)" }
  }

  static let words = [
    Words(
      format: "p010le", width: 1, samples: [[940], [64], [960]], bytes: "00 eb 00 10 00 f0"),
    Words(
      format: "p010be", width: 1, samples: [[940], [64], [960]], bytes: "eb 00 10 00 f0 00"),
    Words(format: "rgb565le", width: 1, samples: [[31], [1], [2]], bytes: "22 f8"),
    Words(format: "bgr565be", width: 1, samples: [[31], [1], [2]], bytes: "10 3f"),
    Words(format: "rgb0", width: 1, samples: [[1], [2], [3]], bytes: "01 02 03 ff"),
    Words(format: "0bgr", width: 1, samples: [[1], [2], [3]], bytes: "ff 03 02 01"),
    Words(
      format: "yvyu422", width: 3, samples: [[1, 2, 3], [4, 5], [6, 7]],
      bytes: "01 06 02 04 03 07 03 05"),
    Words(
      format: "uyvy422", width: 1, samples: [[1], [4], [6]], bytes: "04 01 06 01"),
    Words(
      format: "y210le", width: 1, samples: [[1], [2], [1023]], bytes: "40 00 80 00 40 00 c0 ff"),
    // Microsoft: U in bits 0 to 9, Y 10 to 19, V 20 to 29, A 30 to 31.
    Words(
      format: "y410", width: 1, samples: [[0x3ff], [1], [2], [3]], bytes: "01 fc 2f c0"),
    Words(
      format: "v210", width: 6, samples: [[1, 2, 3, 4, 5, 6], [7, 8, 9], [10, 11, 12]],
      bytes: "07 04 a0 00 02 20 30 00 0b 10 90 00 05 30 60 00"
        + String(repeating: " 00", count: 112)),
    Words(
      format: "v210", width: 3, samples: [[1, 2, 3], [7, 8], [10, 11]],
      bytes: "07 04 a0 00 02 20 30 00 0b 00 00 00 00 00 00 00"
        + String(repeating: " 00", count: 112)),
    Words(format: "yv12", width: 2, samples: [[1, 2], [3], [4]], bytes: "01 02 04 03"),
  ]

  @Test("Samples lie where the descriptions of formats have them", arguments: words)
  func layouts(_ words: Words) throws {
    let format = try #require(PixelFormat(named: words.format))
    let layout = try PictureLayout(format, width: words.width, height: 1)
    var picture = [UInt8](repeating: 0x55, count: layout.byteCount)
    put(words.samples, into: &picture, layout)
    picture.withUnsafeMutableBytes { ComponentRows(layout).writePadding(of: $0) }
    #expect(picture == hex(words.bytes))
  }

  @Test("Bits above a sample are not looked at")
  func strayBits() throws {
    let format = try #require(PixelFormat(named: "gray10le"))
    let layout = try PictureLayout(format, width: 1, height: 1)
    #expect(samples(of: [0xff, 0xff], layout) == [[1023]])
  }
}
