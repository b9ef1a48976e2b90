internal import CLibAV
internal import Glibc

/// Scales pictures with libswscale, with its accurate flags; format and colours stay.
///
/// Each component is filtered by itself, of RGB too, which libswscale left alone takes through YCbCr.
/// Belongs to one thread at a time.
public final class PictureScaler {
  /// How samples between the source's are found.
  public enum Filter: String, Hashable, Sendable, CaseIterable {
    /// The nearest sample.
    case nearest
    /// Between two samples each way, by distance.
    case bilinear
    /// Between four samples each way, by a cubic curve.
    case bicubic
    /// Between more, by a windowed sinc.
    case lanczos
    /// The mean of what is covered.
    case area

    fileprivate var flag: CInt {
      switch self {
      case .nearest: CLIBAV_SCALE_NEAREST
      case .bilinear: CLIBAV_SCALE_BILINEAR
      case .bicubic: CLIBAV_SCALE_BICUBIC
      case .lanczos: CLIBAV_SCALE_LANCZOS
      case .area: CLIBAV_SCALE_AREA
      }
    }
  }

  /// Where one plane lies.
  public struct Plane {
    /// Its first row.
    public var start: UnsafeMutableRawPointer
    /// Bytes from a row to the next.
    public var stride: Int

    /// A plane at an address.
    public init(start: UnsafeMutableRawPointer, stride: Int) {
      self.start = start
      self.stride = stride
    }
  }

  /// One side of the work: what pictures look like, and a copy where one is needed.
  private struct Side {
    /// What libswscale sees.
    let geometry: PlaneGeometry
    let size: (width: Int, height: Int)
    let planeCount: Int
    /// nil where planes are read or written in place.
    let copy: FrameBuffer?

    init(
      _ format: String, _ channels: PackedChannels?, _ size: (width: Int, height: Int),
      _ libraries: FFmpegLibraries
    ) throws(FFmpegError) {
      self.size = size
      geometry = try PlaneGeometry(format, width: size.width, height: size.height, libraries)
      planeCount = channels == nil ? geometry.planes.count : 1
      if channels == nil, geometry.planes.allSatisfy(\.isEven) {
        copy = nil
        return
      }
      let copy = try FrameBuffer(libraries)
      try copy.allocate(picture: geometry, width: size.width, height: size.height)
      self.copy = copy
    }
  }

  private let libraries: FFmpegLibraries
  private let table: UnsafePointer<clibav_scaling>
  private let scaler: UnsafeMutableRawPointer
  private let source: Side
  private let target: Side
  /// Of packed RGB.
  private let channels: PackedChannels?

  /// Whether libswscale scales pictures of FFmpeg's name, with 8 bits and more of each component:
  /// others it would dither.
  ///
  /// - Throws: `FFmpegError` where FFmpeg is missing.
  public static func supports(_ format: String) throws(FFmpegError) -> Bool {
    let libraries = try FFmpegLibraries.open()
    let table = try libraries.openScaling()
    let planar = PackedChannels(format, libraries)?.planar ?? withoutMatrix(format)
    guard let geometry = try? PlaneGeometry(planar, width: 16, height: 16, libraries) else {
      return false
    }
    return geometry.isWhole && table.pointee.sws_isSupportedInput(geometry.format) != 0
      && table.pointee.sws_isSupportedOutput(geometry.format) != 0
  }

  /// A scaler between two sizes.
  ///
  /// - Parameters:
  ///   - format: FFmpeg's name of a pixel format.
  ///   - source: width and height in luma samples, each 1 to 65535.
  ///   - target: the same of the result.
  ///   - filter: how samples between the source's are found.
  ///   - isFullRange: whether samples take their whole range; it decides nothing but what libswscale
  ///     may take for black.
  ///   - chromaLocation: horizontal and vertical place of coarser chroma in units of 1/256 of a luma
  ///     sample, as `src_h_chr_pos` and `src_v_chr_pos`; nil for the middle of the samples covered,
  ///     which is libswscale's own.
  /// - Throws: `FFmpegError`, `notImplemented` for a format that libswscale does not scale, and sizes
  ///   that it refuses.
  public init(
    format: String, from source: (width: Int, height: Int), to target: (width: Int, height: Int),
    filter: Filter, isFullRange: Bool, chromaLocation: (horizontal: Int, vertical: Int)?
  ) throws(FFmpegError) {
    libraries = try FFmpegLibraries.open()
    table = try libraries.openScaling()
    guard try Self.supports(format) else {
      throw FFmpegError(
        call: "sws_init_context", reason: .notImplemented,
        text: "this FFmpeg cannot scale pictures of \(format)")
    }
    channels = PackedChannels(format, libraries)
    let planar = channels?.planar ?? Self.withoutMatrix(format)
    self.source = try Side(planar, channels, source, libraries)
    self.target = try Side(planar, channels, target, libraries)
    let geometry = self.source.geometry
    var way = clibav_resizing()
    way.format = geometry.format
    (way.source_width, way.source_height) = (CInt(source.width), CInt(source.height))
    (way.width, way.height) = (CInt(target.width), CInt(target.height))
    way.flags = filter.flag
    way.is_full = isFullRange ? 1 : 0
    // A side that is not coarser has no place to choose.
    let place = chromaLocation.map { (CInt(clamping: $0.horizontal), CInt(clamping: $0.vertical)) }
    way.horizontal_chroma =
      geometry.horizontalShift > 0 ? place?.0 ?? CLIBAV_USUAL_CHROMA : CLIBAV_USUAL_CHROMA
    way.vertical_chroma =
      geometry.verticalShift > 0 ? place?.1 ?? CLIBAV_USUAL_CHROMA : CLIBAV_USUAL_CHROMA
    guard let scaler = clibav_new_resizer(libraries.util, table, &way) else {
      throw FFmpegError(
        call: "sws_init_context", reason: .notImplemented,
        text: "this FFmpeg cannot scale pictures of \(format) from "
          + "\(source.width)x\(source.height) to \(target.width)x\(target.height)")
    }
    self.scaler = scaler
  }

  deinit { clibav_free_scaler(table, scaler) }

  /// Scales one picture; planes in FFmpeg's order, of which no byte outside the rows is touched.
  ///
  /// - Throws: `FFmpegError` where libswscale fails, or planes are missing.
  public func scale(_ source: [Plane], into target: [Plane]) throws(FFmpegError) {
    guard source.count == self.source.planeCount, target.count == self.target.planeCount else {
      throw FFmpegError(call: "sws_scale", reason: .invalidData, text: "planes are missing")
    }
    let input = take(source)
    let output = self.target.copy?.planes ?? target
    try scaleInPlace(input, into: output)
    guard self.target.copy != nil else { return }
    if let channels {
      let size = self.target.size
      channels.merge(output, into: target[0], width: size.width, height: size.height)
    } else {
      self.target.geometry.copy(from: output, to: target)
    }
  }

  /// Planes that libswscale may read.
  private func take(_ planes: [Plane]) -> [Plane] {
    guard let copy = source.copy?.planes else { return planes }
    if let channels {
      channels.split(planes[0], into: copy, width: source.size.width, height: source.size.height)
    } else {
      source.geometry.copy(from: planes, to: copy)
    }
    return copy
  }

  /// Planes of red, green and blue under a name by which they are filtered as they are.
  private static func withoutMatrix(_ format: String) -> String {
    format.hasPrefix("gbrp") ? "yuv444p" + format.dropFirst(4) : format
  }

  private func scaleInPlace(_ source: [Plane], into target: [Plane]) throws(FFmpegError) {
    let height = CInt(clamping: self.source.geometry.planes.first?.rowCount ?? 0)
    var from = clibav_planes(source)
    var to = clibav_planes(target)
    let code = clibav_scale_planes(table, scaler, &from, height, &to)
    try libraries.check("sws_scale", code)
  }
}

extension clibav_planes {
  /// Four planes at most.
  init(_ planes: [PictureScaler.Plane]) {
    self.init()
    withUnsafeMutablePointer(to: &data) { data in
      data.withMemoryRebound(to: UnsafeMutablePointer<UInt8>?.self, capacity: 4) { data in
        for (number, plane) in planes.prefix(4).enumerated() {
          data[number] = plane.start.assumingMemoryBound(to: UInt8.self)
        }
      }
    }
    withUnsafeMutablePointer(to: &strides) { strides in
      strides.withMemoryRebound(to: CInt.self, capacity: 4) { strides in
        for (number, plane) in planes.prefix(4).enumerated() {
          strides[number] = CInt(clamping: plane.stride)
        }
      }
    }
  }
}
