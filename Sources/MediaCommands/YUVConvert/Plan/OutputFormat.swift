internal import MediaCLI
internal import MediaFFmpeg
internal import MediaRaw

/// In which format pictures go out.
enum OutputFormat {
  /// The format that was asked for, or the one of the container that loses least of the input's.
  ///
  /// - Throws: `UsageError` where the container does not hold what was asked for.
  static func choose(
    _ request: PictureOutputRequest, input: PixelFormat
  ) throws(UsageError) -> PixelFormat {
    switch request.container {
    case .raw: return request.format ?? input
    case .y4m: return try y4m(request.format, input)
    case .image(let kind): return try image(kind, request.format, input)
    }
  }

  // MARK: Y4M

  private static func y4m(
    _ wanted: PixelFormat?, _ input: PixelFormat
  ) throws(UsageError) -> PixelFormat {
    if let wanted {
      if Y4MHeader.canHold(wanted) { return wanted }
      let near = planar(like: wanted).first(where: Y4MHeader.canHold)
      let hint = near.map { ", such as \($0.name)" } ?? ""
      throw UsageError(
        "Y4M does not hold \(wanted.name): planar YUV only\(hint); --to raw,\(wanted.name) does")
    }
    if Y4MHeader.canHold(input) { return input }
    let fallback = PixelFormat(named: "yuv444p") ?? input
    return planar(like: input).first(where: Y4MHeader.canHold) ?? fallback
  }

  /// Planar YUV formats that lose least, the best first.
  private static func planar(like format: PixelFormat) -> [PixelFormat] {
    let sampling =
      switch format.chroma {
      case .yuv420: "yuv420p"
      case .yuv422: "yuv422p"
      case .yuv411: "yuv411p"
      default: "yuv444p"
      }
    let family = format.model == .gray ? "gray" : sampling
    let deeper = [8, 9, 10, 12, 14, 16].filter { $0 >= format.colorDepth }
    let depths = deeper + [12, 10, 8].filter { $0 < format.colorDepth }
    return depths.compactMap {
      PixelFormat(named: $0 == 8 ? family : "\(family)\($0)le")
    }
  }

  // MARK: Images

  private static func image(
    _ kind: StillPicture.Format, _ wanted: PixelFormat?, _ input: PixelFormat
  ) throws(UsageError) -> PixelFormat {
    let held = StillPicture.pixelFormats(of: kind)
    if let wanted {
      // The order of bytes is the file's business.
      let other =
        wanted.name.hasSuffix("le")
        ? wanted.name.dropLast(2) + "be"
        : wanted.name.hasSuffix("be") ? wanted.name.dropLast(2) + "le" : wanted.name[...]
      for name in [wanted.name, String(other)] where held.contains(name) {
        if let format = PixelFormat(named: name) { return format }
      }
      throw UsageError("\(kind) files do not hold \(wanted.name): \(held.joined(separator: ", "))")
    }
    if kind == .jpeg { return jpeg(input) }
    let formats = held.compactMap { PixelFormat(named: $0) }
    return formats.min { cost($0, of: input) < cost($1, of: input) } ?? input
  }

  private static func jpeg(_ input: PixelFormat) -> PixelFormat {
    let name =
      switch (input.model, input.chroma) {
      case (.yuv, .yuv422), (.yuv, .yuv411): "yuvj422p"
      case (.yuv, .none), (.rgb, _): "yuvj444p"
      default: "yuvj420p"
      }
    return PixelFormat(named: name) ?? input
  }

  /// How much a format loses, then how much it wastes.
  private static func cost(_ format: PixelFormat, of input: PixelFormat) -> Int {
    var cost = 0
    if format.model == .gray, input.model != .gray { cost += 1000 }
    if format.depth < min(input.colorDepth, 9) { cost += 100 }
    if !format.hasAlpha, input.hasAlpha { cost += 50 }
    if format.model != .gray, input.model == .gray { cost += 8 }
    if format.depth > 8, input.colorDepth <= 8 { cost += 4 }
    if format.hasAlpha, !input.hasAlpha { cost += 2 }
    return cost
  }
}

extension PixelFormat {
  /// Bits of the deepest component but alpha.
  var colorDepth: Int { components.prefix(colorComponentCount).map(\.depth).max() ?? 8 }

  /// The planar YUV format of the same sampling, depth and order of bytes, in which libraries handle
  /// what they do not as it is; nil for other models.
  var planarEquivalent: PixelFormat? {
    guard model == .yuv else { return nil }
    let prefix = impliesFullRange ? "yuvj" : "yuv"
    let sampling =
      switch chroma {
      case .yuv420: "420p"
      case .yuv422: "422p"
      case .yuv411: "411p"
      default: "444p"
      }
    let order = colorDepth == 8 ? "" : "\(colorDepth)\(isBigEndian ? "be" : "le")"
    return PixelFormat(named: prefix + sampling + order)
  }
}

extension PictureContainer {
  /// What its pictures must be, whatever the user says.
  var impliedColor: PictureColor? {
    self == .image(.jpeg) ? PictureColor(matrix: .bt601, range: .full) : nil
  }

  var isImage: Bool { if case .image = self { true } else { false } }
}
