import MediaRaw
import TestSupport

@testable import MediaSignal

/// A form by FFmpeg's name of the format.
func form(
  _ name: String, _ width: Int = 1, _ height: Int = 1, _ matrix: ColorMatrix = .bt709,
  _ range: ColorRange = .limited
) throws -> PictureForm {
  guard let format = PixelFormat(named: name) else { throw UnknownFormat(name: name) }
  return PictureForm(
    try PictureLayout(format, width: width, height: height),
    PictureColor(matrix: matrix, range: range))
}

struct UnknownFormat: Error { var name: String }

extension PictureForm {
  /// Bytes of a picture with samples of every component in their order, rows first.
  func picture(_ samples: [[Int]]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xa5, count: layout.byteCount)
    let rows = ComponentRows(layout)
    bytes.withUnsafeMutableBytes { bytes in
      rows.writePadding(of: bytes)
      for (component, samples) in samples.enumerated() {
        let width = layout.format.sampleCount(component: component, width: layout.width)
        for row in 0..<samples.count / width {
          let part = samples[row * width..<(row + 1) * width].map { UInt16($0) }
          part.withUnsafeBufferPointer {
            rows.write($0, component: component, row: row, of: bytes)
          }
        }
      }
    }
    return bytes
  }

  /// The samples of every component.
  func samples(_ bytes: [UInt8]) -> [[Int]] {
    let rows = ComponentRows(layout)
    return layout.format.components.indices.map { component in
      let width = layout.format.sampleCount(component: component, width: layout.width)
      return (0..<layout.format.rowCount(component: component, height: layout.height)).flatMap {
        row in
        var samples = [UInt16](repeating: 0, count: width)
        bytes.withUnsafeBytes { bytes in
          samples.withUnsafeMutableBufferPointer {
            rows.read(component: component, row: row, of: bytes, into: $0)
          }
        }
        return samples.map { Int($0) }
      }
    }
  }

  /// A picture of random samples, all codes alike.
  func random(_ generator: inout Seeded) -> [UInt8] {
    let components = layout.format.components
    return picture(
      components.indices.map { component in
        let width = layout.format.sampleCount(component: component, width: layout.width)
        let rowCount = layout.format.rowCount(component: component, height: layout.height)
        return (0..<width * rowCount).map { _ in
          Int(generator.next() >> UInt64(64 - components[component].depth))
        }
      })
  }
}

extension PictureStep {
  /// What becomes of a picture.
  func convert(_ picture: [UInt8]) throws -> [UInt8] {
    var result = [UInt8](repeating: 0x5a, count: output.layout.byteCount)
    try picture.withUnsafeBytes { source in
      try result.withUnsafeMutableBytes { try apply(source, into: $0) }
    }
    return result
  }
}

/// What a conversion makes of samples, by the converter's general loop.
func converted(_ samples: [[Int]], _ conversion: PictureConversion) throws -> [[Int]] {
  let converter = PictureConverter(conversion, usesFastLoops: false)
  return try conversion.output.samples(converter.convert(conversion.input.picture(samples)))
}
