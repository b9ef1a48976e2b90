extension PixelFormat {
  /// Every format that is read and written here.
  public static let all: [PixelFormat] = planar + semiPlanar + packed + rgb

  static let byName: [String: PixelFormat] = {
    var names: [String: PixelFormat] = [:]
    for format in all {
      names[format.name] = format
      // FFmpeg's name without an order of bytes is that of the host's, which is little-endian.
      if format.name.hasSuffix("le") { names[String(format.name.dropLast(2))] = format }
    }
    for (alias, name) in aliases {
      if let format = names[name] { names[alias] = format }
    }
    return names
  }()

  /// Other names (fourccs, GStreamer's, plain English) and the ones they stand for.
  static let aliases: [String: String] = [
    "i420": "yuv420p", "iyuv": "yuv420p", "i422": "yuv422p", "y42b": "yuv422p",
    "i444": "yuv444p", "y444": "yuv444p", "y41b": "yuv411p",
    "i420_10le": "yuv420p10le", "i420_12le": "yuv420p12le", "i422_10le": "yuv422p10le",
    "i422_12le": "yuv422p12le", "y444_10le": "yuv444p10le", "y444_12le": "yuv444p12le",
    "y444_16le": "yuv444p16le",
    "yuy2": "yuyv422", "yuyv": "yuyv422", "uyvy": "uyvy422",
    "2vuy": "uyvy422", "yvyu": "yvyu422",
    "p010_10le": "p010le", "p016_le": "p016le", "p010_10be": "p010be", "p016_be": "p016be",
    "xv30le": "y410", "xv30": "y410",
    "gray8": "gray", "grey": "gray", "y800": "gray", "y8": "gray", "gbrp8": "gbrp", "gbr": "gbrp",
    "rgb": "rgb24", "bgr": "bgr24", "xrgb": "0rgb", "xbgr": "0bgr", "bgrx": "bgr0", "rgbx": "rgb0",
    "rgb16": "rgb565le", "bgr16": "bgr565le", "rgba64_le": "rgba64le", "rgba64_be": "rgba64be",
  ]

  // MARK: Planes

  private static let planar: [PixelFormat] = {
    var formats: [PixelFormat] = []
    let samplings: [(String, ChromaSubsampling)] = [
      ("yuv420p", .yuv420), ("yuv422p", .yuv422), ("yuv444p", .none), ("yuv411p", .yuv411),
    ]
    for (name, chroma) in samplings {
      formats.append(PixelFormat(name, .yuv, planes(3), chroma: chroma))
      let full = "yuvj" + name.dropFirst(3)
      formats.append(PixelFormat(full, .yuv, planes(3), chroma: chroma, impliesFullRange: true))
    }
    // Cr before Cb; FFmpeg has it as a fourcc of yuv420p only.
    formats.append(PixelFormat("yv12", .yuv, planes(3, [0, 2, 1]), chroma: .yuv420))
    formats.append(PixelFormat("gray", .gray, planes(1)))
    formats.append(PixelFormat("gbrp", .rgb, planes(3, [2, 0, 1])))
    for isBigEndian in [false, true] {
      let order = isBigEndian ? "be" : "le"
      for depth in [9, 10, 12, 14, 16] {
        let words = planes(3, bytes: 2, depth: depth)
        for (name, chroma) in samplings where chroma != .yuv411 {
          formats.append(
            PixelFormat(
              "\(name)\(depth)\(order)", .yuv, words, chroma: chroma, isBigEndian: isBigEndian))
        }
        formats.append(
          PixelFormat(
            "gray\(depth)\(order)", .gray, Array(words.prefix(1)), isBigEndian: isBigEndian))
        formats.append(
          PixelFormat(
            "gbrp\(depth)\(order)", .rgb, planes(3, [2, 0, 1], bytes: 2, depth: depth),
            isBigEndian: isBigEndian))
      }
    }
    return formats
  }()

  private static func planes(
    _ count: Int, _ order: [Int] = [0, 1, 2], bytes: Int = 1, depth: Int = 8
  ) -> [PixelComponent] {
    order.prefix(count).map {
      PixelComponent(plane: $0, step: bytes, wordByteCount: bytes, depth: depth)
    }
  }

  // MARK: Luma apart, chroma in pairs

  private static let semiPlanar: [PixelFormat] = {
    var formats = [
      PixelFormat("nv12", .yuv, pairs(), chroma: .yuv420),
      PixelFormat("nv21", .yuv, pairs(crFirst: true), chroma: .yuv420),
      PixelFormat("nv16", .yuv, pairs(), chroma: .yuv422),
      PixelFormat("nv24", .yuv, pairs()),
      PixelFormat("nv42", .yuv, pairs(crFirst: true)),
    ]
    for (name, chroma, depth) in [
      ("p010", ChromaSubsampling.yuv420, 10), ("p016", .yuv420, 16), ("p210", .yuv422, 10),
      ("p216", .yuv422, 16),
    ] {
      // Samples lie in the upper bits of their words.
      let words = pairs(bytes: 2, shift: 16 - depth, depth: depth)
      formats.append(PixelFormat(name + "le", .yuv, words, chroma: chroma))
      formats.append(PixelFormat(name + "be", .yuv, words, chroma: chroma, isBigEndian: true))
    }
    return formats
  }()

  private static func pairs(
    crFirst: Bool = false, bytes: Int = 1, shift: Int = 0, depth: Int = 8
  ) -> [PixelComponent] {
    [(0, 1, 0), (1, 2, crFirst ? 1 : 0), (1, 2, crFirst ? 0 : 1)].map { plane, step, place in
      PixelComponent(
        plane: plane, step: step * bytes, offset: place * bytes, wordByteCount: bytes,
        shift: shift, depth: depth)
    }
  }

  // MARK: One plane of YCbCr

  private static let packed: [PixelFormat] = [
    PixelFormat("yuyv422", .yuv, packed422(0, 1, 3), chroma: .yuv422),
    PixelFormat("uyvy422", .yuv, packed422(1, 0, 2), chroma: .yuv422),
    PixelFormat("yvyu422", .yuv, packed422(0, 3, 1), chroma: .yuv422),
    PixelFormat(
      "y210le", .yuv, packed422(0, 1, 3, bytes: 2, shift: 6, depth: 10), chroma: .yuv422),
    PixelFormat(
      "y210be", .yuv, packed422(0, 1, 3, bytes: 2, shift: 6, depth: 10), chroma: .yuv422,
      isBigEndian: true),
    PixelFormat(
      "y410", .yuv,
      [(10, 10), (0, 10), (20, 10), (30, 2)].map { shift, depth in
        PixelComponent(plane: 0, step: 4, wordByteCount: 4, shift: shift, depth: depth)
      }, hasAlpha: true),
    PixelFormat(
      "v210", .yuv, packed422(0, 1, 3, bytes: 2, depth: 10), chroma: .yuv422, isV210: true),
  ]

  private static func packed422(
    _ luma: Int, _ cb: Int, _ cr: Int, bytes: Int = 1, shift: Int = 0, depth: Int = 8
  ) -> [PixelComponent] {
    [(2, luma), (4, cb), (4, cr)].map { step, place in
      PixelComponent(
        plane: 0, step: step * bytes, offset: place * bytes, wordByteCount: bytes, shift: shift,
        depth: depth)
    }
  }

  // MARK: One plane of RGB

  private static let rgb: [PixelFormat] = [
    interleaved("rgb24", [0, 1, 2], step: 3),
    interleaved("bgr24", [2, 1, 0], step: 3),
    interleaved("rgba", [0, 1, 2, 3], step: 4),
    interleaved("bgra", [2, 1, 0, 3], step: 4),
    interleaved("argb", [1, 2, 3, 0], step: 4),
    interleaved("abgr", [3, 2, 1, 0], step: 4),
    interleaved("rgb0", [0, 1, 2], step: 4, padding: [3]),
    interleaved("bgr0", [2, 1, 0], step: 4, padding: [3]),
    interleaved("0rgb", [1, 2, 3], step: 4, padding: [0]),
    interleaved("0bgr", [3, 2, 1], step: 4, padding: [0]),
    interleaved("rgb48le", [0, 1, 2], step: 3, bytes: 2),
    interleaved("rgb48be", [0, 1, 2], step: 3, bytes: 2, isBigEndian: true),
    interleaved("bgr48le", [2, 1, 0], step: 3, bytes: 2),
    interleaved("bgr48be", [2, 1, 0], step: 3, bytes: 2, isBigEndian: true),
    interleaved("rgba64le", [0, 1, 2, 3], step: 4, bytes: 2),
    interleaved("rgba64be", [0, 1, 2, 3], step: 4, bytes: 2, isBigEndian: true),
    word565("rgb565le", red: 11, blue: 0),
    word565("rgb565be", red: 11, blue: 0, isBigEndian: true),
    word565("bgr565le", red: 0, blue: 11),
    word565("bgr565be", red: 0, blue: 11, isBigEndian: true),
  ]

  private static func interleaved(
    _ name: String, _ places: [Int], step: Int, bytes: Int = 1, isBigEndian: Bool = false,
    padding: [Int] = []
  ) -> PixelFormat {
    PixelFormat(
      name, .rgb,
      places.map {
        PixelComponent(
          plane: 0, step: step * bytes, offset: $0 * bytes, wordByteCount: bytes, depth: 8 * bytes)
      }, isBigEndian: isBigEndian, hasAlpha: places.count == 4, paddingOffsets: padding)
  }

  private static func word565(
    _ name: String, red: Int, blue: Int, isBigEndian: Bool = false
  ) -> PixelFormat {
    PixelFormat(
      name, .rgb,
      [(red, 5), (5, 6), (blue, 5)].map { shift, depth in
        PixelComponent(plane: 0, step: 2, wordByteCount: 2, shift: shift, depth: depth)
      }, isBigEndian: isBigEndian)
  }
}
