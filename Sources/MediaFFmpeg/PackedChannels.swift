internal import CLibAV

/// Channels that lie side by side in every pixel, and a format in which each has a plane of its own.
///
/// libswscale scales RGB by way of YCbCr, which rounds every colour twice; planes that it takes for
/// those of YCbCr are filtered as they are.
struct PackedChannels {
  /// FFmpeg's name of the format of planes.
  let planar: String
  private let wordByteCount: Int
  /// Places in a pixel, in words, of what has a plane; alpha is the last of four.
  private let places: [Int]
  private let count: Int

  /// nil for formats that are not packed RGB of whole words.
  init?(_ name: String, _ libraries: FFmpegLibraries) {
    let format = libraries.util.pointee.av_get_pix_fmt(name)
    let descriptor = libraries.util.pointee.av_pix_fmt_desc_get(format)
    guard let value = descriptor?.pointee, value.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0,
      value.flags & UInt64(AV_PIX_FMT_FLAG_PLANAR | AV_PIX_FMT_FLAG_FLOAT) == 0
    else { return nil }
    let components = [value.comp.0, value.comp.1, value.comp.2, value.comp.3]
      .prefix(Int(value.nb_components))
    let depth = Int(value.comp.0.depth)
    guard depth == 8 || depth == 16, components.count >= 3,
      components.allSatisfy({ Int($0.depth) == depth && $0.shift == 0 })
    else { return nil }
    let size = depth / 8
    let count = Int(value.comp.0.step) / size
    let places = components.map { Int($0.offset) / size }
    guard count >= places.count, count <= 4, places.allSatisfy({ $0 < count }) else { return nil }
    (wordByteCount, self.count, self.places) = (size, count, places)
    let isBigEndian = value.flags & UInt64(AV_PIX_FMT_FLAG_BE) != 0
    let words = depth == 8 ? "" : isBigEndian ? "16be" : "16le"
    planar = (places.count == 4 ? "yuva444p" : "yuv444p") + words
  }

  /// Puts the channels of each pixel into planes.
  func split(
    _ source: PictureScaler.Plane, into planes: [PictureScaler.Plane], width: Int, height: Int
  ) {
    for (place, plane) in zip(places, planes) {
      for row in 0..<height {
        let from = UnsafeRawPointer(source.start + row * source.stride + place * wordByteCount)
        let to = plane.start + row * plane.stride
        if wordByteCount == 1 {
          Self.copy(from, by: count, to, by: 1, width, as: UInt8.self)
        } else {
          Self.copy(from, by: count, to, by: 1, width, as: UInt16.self)
        }
      }
    }
  }

  /// Puts planes side by side; what is no channel becomes 255, as FFmpeg has it.
  func merge(
    _ planes: [PictureScaler.Plane], into target: PictureScaler.Plane, width: Int, height: Int
  ) {
    if count > places.count {
      for row in 0..<height {
        (target.start + row * target.stride).initializeMemory(
          as: UInt8.self, repeating: 255, count: width * count * wordByteCount)
      }
    }
    for (place, plane) in zip(places, planes) {
      for row in 0..<height {
        let from = UnsafeRawPointer(plane.start + row * plane.stride)
        let to = target.start + row * target.stride + place * wordByteCount
        if wordByteCount == 1 {
          Self.copy(from, by: 1, to, by: count, width, as: UInt8.self)
        } else {
          Self.copy(from, by: 1, to, by: count, width, as: UInt16.self)
        }
      }
    }
  }

  @inline(__always)
  private static func copy<Word: FixedWidthInteger>(
    _ from: UnsafeRawPointer, by sourceStep: Int, _ to: UnsafeMutableRawPointer,
    by targetStep: Int, _ width: Int, as type: Word.Type
  ) {
    let size = MemoryLayout<Word>.size
    var (read, write) = (0, 0)
    for _ in 0..<width {
      to.storeBytes(
        of: from.loadUnaligned(fromByteOffset: read, as: type), toByteOffset: write, as: type)
      read &+= sourceStep &* size
      write &+= targetStep &* size
    }
  }
}
