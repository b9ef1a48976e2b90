internal import MediaRaw

/// Which formats and sizes are tried, and what speaks for each but the pictures themselves.
struct LayoutCandidates {
  let reader: LayoutReader
  let byteCount: Int64?
  let name: PictureFileName
  let known: (width: Int?, height: Int?, format: PixelFormat?)
  /// Distances at which rows are alike.
  let pitches: LayoutPitches

  init(
    reader: LayoutReader, byteCount: Int64?, name: PictureFileName,
    known: (width: Int?, height: Int?, format: PixelFormat?)
  ) {
    self.reader = reader
    self.byteCount = byteCount
    self.name = name
    self.known = known
    pitches = known.width == nil ? LayoutPitches(reader, limit: 24) : .none
  }

  private struct Size: Hashable {
    var width: Int
    var height: Int
  }

  /// Sizes that people have pictures in.
  private static let usual: Set<Size> = Set(
    [
      (128, 96), (160, 90), (160, 96), (160, 120), (176, 144), (192, 108), (320, 180), (320, 240),
      (352, 240),
      (352, 288), (416, 240), (426, 240), (480, 270), (480, 360), (640, 360), (640, 480),
      (704, 480), (704, 576), (720, 480), (720, 576), (768, 576), (800, 600), (832, 480),
      (848, 480), (854, 480), (960, 540), (1024, 576), (1024, 768), (1280, 720), (1280, 960),
      (1280, 1024), (1440, 1080), (1600, 1200), (1920, 1080), (1920, 1088), (1920, 1200),
      (2048, 1080), (2048, 1152), (2560, 1440), (2560, 1600), (3840, 2160), (4096, 2160),
      (7680, 4320), (64, 64), (128, 128), (256, 256), (512, 512), (1024, 1024), (2048, 2048),
      (360, 640), (480, 640), (540, 960), (576, 1024), (720, 1280), (1080, 1920),
    ].map { Size(width: $0.0, height: $0.1) })

  /// Formats by how often raw files have them; those further down cost more.
  private static let common = [
    "yuv420p", "nv12", "yuv422p", "yuyv422", "rgb24", "uyvy422", "gray", "yuv420p10le", "p010le",
    "yuv444p", "bgr24", "bgra", "rgba", "yuv422p10le", "nv21", "yuv444p10le", "v210", "nv16",
    "rgb48le", "gray16le", "gray10le", "yuv420p12le", "yuv420p16le", "p016le", "p210le",
    "y210le", "rgb565le", "yvyu422", "argb", "abgr", "bgr0", "yuv411p", "nv24", "yuv422p12le",
    "y410", "yuv420p10be", "gbrp",
  ]

  private static let formats = common.compactMap { PixelFormat(named: $0) }

  private static let rank: [String: Int] = Dictionary(
    formats.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })

  // MARK: What is tried

  /// Every layout that is worth a look.
  func layouts() -> [PictureLayout] {
    var formats = Self.formats
    if let named = name.format, !formats.contains(named) { formats.append(named) }
    if let format = known.format { formats = [format] }
    return formats.flatMap { format in
      widths(of: format).flatMap { width in
        heights(of: format, width: width).compactMap { height in
          layout(format, width, height)
        }
      }
    }
  }

  private func layout(_ format: PixelFormat, _ width: Int, _ height: Int) -> PictureLayout? {
    let layout = try? PictureLayout(format, width: width, height: height)
    guard let layout, Int64(layout.byteCount) <= byteCount ?? .max else { return nil }
    return layout
  }

  /// Widths whose rows are as long as those that are alike, and usual ones that may be.
  private func widths(of format: PixelFormat) -> [Int] {
    if let width = known.width { return [width] }
    guard let luma = format.components.first else { return [] }
    var widths: Set<Int> = []
    for (number, pitch) in pitches.lags.enumerated() {
      if format.isV210 {
        if pitch % 128 == 0 { widths.insert(pitch / 128 * 48) }
      } else if pitch % luma.step == 0 {
        // Of odd widths two rows of chroma are one byte longer than one of luma, and may be liker.
        let width = pitch / luma.step
        widths.formUnion(number < 6 ? [width - 1, width, width + 1] : [width])
      }
    }
    // The usual ones that fill the file, and those whose rows are likest.
    widths.formUnion(Self.usual.filter { fills(format, $0) }.map(\.width))
    let others = Set(Self.usual.map(\.width)).map { width in
      (width, pitches.bits(format.rowByteCount(plane: 0, width: width)) ?? 8)
    }
    widths.formUnion(others.sorted { $0 < $1 }.sorted { $0.1 < $1.1 }.prefix(4).map(\.0))
    if let width = name.width { widths.insert(width) }
    return widths.filter { (4...PictureLayout.maxSide).contains($0) }.sorted()
  }

  /// Whether pictures of a size make up the whole file.
  private func fills(_ format: PixelFormat, _ size: Size) -> Bool {
    guard let byteCount else { return false }
    let bytes = (0..<format.planeCount).reduce(0) {
      $0 + format.rowByteCount(plane: $1, width: size.width)
        * format.rowCount(plane: $1, height: size.height)
    }
    return byteCount % Int64(bytes) == 0
  }

  /// Heights that make whole frames of the file, and usual ones.
  private func heights(of format: PixelFormat, width: Int) -> [Int] {
    if let height = known.height { return [height] }
    var heights = Set(Self.usual.filter { $0.width == width }.map(\.height))
    if let height = name.height, name.width == width { heights.insert(height) }
    guard let byteCount else {
      heights.formUnion([width * 9 / 16, width * 3 / 4])
      return heights.filter { $0 > 0 }.sorted()
    }
    var even = 0
    var odd = 0
    for plane in 0..<format.planeCount {
      let bytes = format.rowByteCount(plane: plane, width: width)
      even += bytes * format.rowCount(plane: plane, height: 2)
      odd += bytes * format.rowCount(plane: plane, height: 1)
    }
    let range = max(width / 4, 4)...max(min(width * 5 / 2, PictureLayout.maxSide), 4)
    let whole = range.filter { height in
      let bytes = height / 2 * even + (height & 1) * odd
      return bytes > 0 && byteCount % Int64(bytes) == 0
    }
    heights.formUnion(whole.sorted { Self.oddity(width, $0) < Self.oddity(width, $1) }.prefix(12))
    return heights.sorted()
  }

  /// How far the sides are from the proportions of the usual screens and sensors.
  private static func oddity(_ width: Int, _ height: Int) -> Double {
    let ratio = Double(width) / Double(height)
    let usual: [Double] = [16.0 / 9, 4.0 / 3, 11.0 / 9, 1, 9.0 / 16, 3.0 / 4]
    return usual.reduce(1) { min($0, abs(ratio / $1 - 1)) }
  }

  // MARK: What speaks for each

  /// Bits for a byte, with what the file's size, its name and usage say put into bits too.
  func cost(of layout: PictureLayout, _ reading: LayoutReading, isFirst: Bool = false) -> Double {
    var cost = reading.bitsPerByte + 2 * reading.foldedShare
    let size = Size(width: layout.width, height: layout.height)
    cost += 0.006 * Double(min(Self.rank[layout.format.name] ?? 60, 40))
    if Self.usual.contains(size) {
      cost -= 0.2
    } else {
      cost += min(0.3 * Self.oddity(size.width, size.height), 0.4) + Double(size.width & 1) * 0.03
    }
    if size.height > size.width { cost += layout.format.model == .gray ? 0.35 : 0.1 }
    if let byteCount, byteCount % Int64(layout.byteCount) != 0 { cost += 1 }
    if name.width == layout.width, name.height == layout.height { cost -= 0.6 }
    if name.format == layout.format { cost -= 0.6 }
    if let plane = layout.planes.first, pitches.hasShorterRows(than: plane.stride) { cost += 0.4 }
    if !isFirst {
      cost -= 0.25 * frameLikeness(layout)
      cost += LayoutSeams(layout, reader).cost
    }
    return cost + implausibility(layout, reading)
  }

  /// By how many bits a byte is nearer to the same one of the next frame than to others; less where
  /// it is as near to that of half a frame.
  private func frameLikeness(_ layout: PictureLayout) -> Double {
    let bytes = layout.byteCount
    guard reader.count >= bytes * 3 / 2, bytes > 16 else { return 0 }
    func bits(_ lag: Int) -> Double {
      LayoutReader.bits(mean: reader.meanDifference(lag: lag, places: 1024), depth: 8)
    }
    let alike = bits(bytes)
    let result = min(max(bits(bytes * 5 / 8) - alike, 0), 4)
    let hasParts = [2, 3, 4].contains { bytes % $0 == 0 && bits(bytes / $0) < alike + 0.2 }
    return hasParts ? min(result, 0) - 1 : result
  }

  /// Colours that pictures do not have: Cb and Cr far from gray on the whole, a colour without
  /// variation beside an alpha with it.
  private func implausibility(_ layout: PictureLayout, _ reading: LayoutReading) -> Double {
    let format = layout.format
    var cost = 0.0
    for (number, component) in format.components.enumerated() where format.isChroma(number) {
      let center = Double(1 << (component.depth - 1))
      if abs(reading.means[number] - center) > center * 0.55 { cost += 0.2 }
    }
    // Colours vary less than light; planes that begin in the wrong place do not.
    let extents = reading.extremes.map { $0.upperBound - $0.lowerBound }
    if format.model == .yuv, let luma = extents.first,
      extents.dropFirst().prefix(2).contains(where: { $0 * 10 > luma * 9 })
    {
      cost += 0.15
    }
    // Depths that are not used: all samples dark, or the lowest bits of none set.
    if let luma = format.components.first, let top = extents.first, luma.depth > 8 {
      let high = reading.extremes[0].upperBound
      if top > 0, high < 1 << (luma.depth - 2) { cost += 0.4 }
      let low = UInt32(1) << UInt32(max(min(luma.depth, 16), 10) - 10)
      if luma.depth > 10, luma.wordByteCount == 2, reading.usedBits & (low - 1) == 0 { cost += 0.3 }
    }
    let isFlat = reading.extremes.map { $0.lowerBound == $0.upperBound }
    if format.depth < 8 { cost += 0.4 }
    if format.hasAlpha, isFlat.last == false { cost += 0.3 }
    if format.hasAlpha, isFlat.last == false, isFlat.dropLast().contains(true) { cost += 0.4 }
    return cost
  }

  /// The guess of a candidate, with what speaks for it in words.
  func guess(_ layout: PictureLayout, _ reading: LayoutReading, cost: Double) -> LayoutGuess {
    let total = byteCount ?? Int64(reader.count)
    let frames = total / Int64(layout.byteCount)
    let remainder = total % Int64(layout.byteCount)
    var evidence: [String] = []
    if byteCount != nil {
      let whole = "\(frames) frame\(frames == 1 ? "" : "s") of \(layout.byteCount) bytes"
      evidence.append(
        whole + (remainder == 0 ? " fill the file" : ", \(remainder) bytes left over"))
    }
    let percent = Int(reading.rowCorrelation * 100 + 0.5)
    evidence.append("neighbouring rows are alike by \(percent) %")
    let stride = layout.planes.first?.stride ?? 0
    if pitches.lags.contains(stride) {
      evidence.append("bytes resemble those \(stride) bytes further on")
    }
    if frameLikeness(layout) > 0.5 { evidence.append("each frame resembles the one before") }
    if Self.usual.contains(Size(width: layout.width, height: layout.height)) {
      evidence.append("\(layout.width)x\(layout.height) is a usual size")
    }
    if name.width == layout.width, name.height == layout.height {
      evidence.append("the name says \(layout.width)x\(layout.height)")
    }
    if name.format == layout.format { evidence.append("the name says \(layout.format.name)") }
    evidence += bitEvidence(layout.format, reading)
    if let twin = Self.twins[layout.format.name] {
      evidence.append("\(twin) would look the same: only colours tell which it is")
    }
    return LayoutGuess(
      format: layout.format, width: layout.width, height: layout.height, frames: frames,
      remainder: remainder, rowCorrelation: reading.rowCorrelation,
      score: min(max(1 - cost / 8, 0), 1), evidence: evidence)
  }

  private func bitEvidence(_ format: PixelFormat, _ reading: LayoutReading) -> [String] {
    guard let luma = format.components.first, luma.wordByteCount == 2, !format.isV210,
      luma.depth < 16, luma.depth > 8
    else { return [] }
    let bits = 16 - luma.depth
    let end = luma.shift > 0 ? "lowest" : "highest"
    return [
      reading.hasStrayBits
        ? "the \(end) \(bits) bits of some words are not zero, against it"
        : "the \(end) \(bits) bits of words are zero"
    ]
  }

  /// Formats that differ in the order of two components alone.
  private static let twins = [
    "nv12": "nv21", "nv21": "nv12", "nv24": "nv42", "nv42": "nv24", "rgb24": "bgr24",
    "bgr24": "rgb24", "rgba": "bgra", "bgra": "rgba", "yuyv422": "yvyu422", "yvyu422": "yuyv422",
    "argb": "abgr", "abgr": "argb", "rgb0": "bgr0", "bgr0": "rgb0", "0rgb": "0bgr",
    "0bgr": "0rgb", "rgb48le": "bgr48le", "bgr48le": "rgb48le", "rgb48be": "bgr48be",
    "bgr48be": "rgb48be",
  ]
}
