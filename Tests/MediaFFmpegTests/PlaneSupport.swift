import Foundation
import MediaFFmpeg
import TestSupport
import Testing

/// A picture in FFmpeg's memory order, without gaps.
struct PlainPicture {
  let format: String
  let width: Int
  let height: Int
  var bytes: [UInt8]

  /// Bytes of a row and rows of each plane.
  static func planes(_ format: String, _ width: Int, _ height: Int) -> [(row: Int, rows: Int)] {
    let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
    switch format {
    case "yuv420p", "yuvj420p":
      return [(width, height), (halfWidth, halfHeight), (halfWidth, halfHeight)]
    case "yuv422p", "yuvj422p": return [(width, height), (halfWidth, height), (halfWidth, height)]
    case "yuv444p", "yuvj444p", "gbrp":
      return [(width, height), (width, height), (width, height)]
    case "yuv420p10le":
      return [(2 * width, height), (2 * halfWidth, halfHeight), (2 * halfWidth, halfHeight)]
    case "yuv422p10le":
      return [(2 * width, height), (2 * halfWidth, height), (2 * halfWidth, height)]
    case "p010le": return [(2 * width, height), (4 * halfWidth, halfHeight)]
    case "nv12", "nv21": return [(width, height), (2 * halfWidth, halfHeight)]
    case "gray": return [(width, height)]
    case "gray16le", "gray16be", "rgb565le": return [(2 * width, height)]
    case "yuyv422", "uyvy422": return [(4 * halfWidth, height)]
    case "rgb24", "bgr24": return [(3 * width, height)]
    case "rgba", "bgra", "argb", "0rgb": return [(4 * width, height)]
    case "rgb48le", "rgb48be": return [(6 * width, height)]
    case "rgba64le", "rgba64be": return [(8 * width, height)]
    default: preconditionFailure("no planes of \(format) known")
    }
  }

  static func byteCount(_ format: String, _ width: Int, _ height: Int) -> Int {
    planes(format, width, height).reduce(0) { $0 + $1.row * $1.rows }
  }

  init(_ format: String, _ width: Int, _ height: Int, _ bytes: [UInt8]) {
    (self.format, self.width, self.height) = (format, width, height)
    self.bytes = bytes
    precondition(bytes.count == Self.byteCount(format, width, height), "bytes of \(format)")
  }

  init(_ format: String, _ width: Int, _ height: Int) {
    let count = Self.byteCount(format, width, height)
    self.init(format, width, height, [UInt8](repeating: 0, count: count))
  }

  /// Its planes within `body`.
  mutating func withPlanes<R>(_ body: ([PictureScaler.Plane]) throws -> R) rethrows -> R {
    let planes = Self.planes(format, width, height)
    return try bytes.withUnsafeMutableBytes { bytes in
      guard var start = bytes.baseAddress else { preconditionFailure("an empty picture") }
      return try body(
        planes.map { plane in
          defer { start += plane.row * plane.rows }
          return PictureScaler.Plane(start: start, stride: plane.row)
        })
    }
  }

  /// Its planes, only to be read, within `body`.
  func withReadPlanes<R>(
    _ body: ([(start: UnsafeRawPointer, stride: Int)]) throws -> R
  ) rethrows -> R {
    var copy = self
    return try copy.withPlanes { try body($0.map { (UnsafeRawPointer($0.start), $0.stride) }) }
  }

  /// The bytes of planes handed over by FFmpeg.
  static func bytes(
    of planes: [(start: UnsafeRawPointer, stride: Int)], _ format: String, _ width: Int,
    _ height: Int
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for (plane, from) in zip(Self.planes(format, width, height), planes) {
      for row in 0..<plane.rows {
        bytes += UnsafeRawBufferPointer(start: from.start + row * from.stride, count: plane.row)
      }
    }
    return bytes
  }
}

/// Runs ffmpeg on inputs and outputs that `arguments` name; it must not fail.
func runFFmpeg(_ arguments: [String]) throws {
  let made = try ProcessRunner.run("ffmpeg", ["-v", "error", "-nostdin", "-y"] + arguments)
  try #require(made.exitCode == 0, "\(made.errors.prefix(2000))")
}
