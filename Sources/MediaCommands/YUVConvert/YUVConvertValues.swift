internal import MediaCLI
internal import MediaFFmpeg
internal import MediaJSON
internal import MediaRaw

/// The syntaxes of values that only `yuv-convert` has.
enum YUVConvertValues {
  struct Size: Equatable, Sendable {
    var width: Int
    var height: Int
  }

  /// FFmpeg's abbreviations.
  static let sizes: [(name: String, size: Size)] = [
    ("sqcif", Size(width: 128, height: 96)), ("qcif", Size(width: 176, height: 144)),
    ("cif", Size(width: 352, height: 288)), ("4cif", Size(width: 704, height: 576)),
    ("16cif", Size(width: 1408, height: 1152)), ("qvga", Size(width: 320, height: 240)),
    ("vga", Size(width: 640, height: 480)), ("svga", Size(width: 800, height: 600)),
    ("xga", Size(width: 1024, height: 768)), ("ntsc", Size(width: 720, height: 480)),
    ("pal", Size(width: 720, height: 576)), ("hd480", Size(width: 852, height: 480)),
    ("hd720", Size(width: 1280, height: 720)), ("hd1080", Size(width: 1920, height: 1080)),
    ("2k", Size(width: 2048, height: 1080)), ("4k", Size(width: 4096, height: 2160)),
    ("uhd2160", Size(width: 3840, height: 2160)), ("uhd4320", Size(width: 7680, height: 4320)),
  ]

  /// `1920x1080`, `hd1080`.
  static func size(_ text: String) throws(UsageError) -> Size {
    if let known = sizes.first(where: { $0.name == text.lowercased() }) { return known.size }
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map(side)
    guard sides.count == 2, let width = sides[0], let height = sides[1] else {
      throw UsageError(
        "must be such as 1920x1080, each side from 1 to \(PictureLayout.maxSide), or a name such as "
          + "hd720", suggestion: nearest(to: text, among: sizes.map(\.name)))
    }
    return Size(width: width, height: height)
  }

  private static func side(_ text: Substring) -> Int? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let side = Int(text) else { return nil }
    return (1...PictureLayout.maxSide).contains(side) ? side : nil
  }

  /// FFmpeg's names and the usual others.
  static func pixelFormat(_ text: String) throws(UsageError) -> PixelFormat {
    guard let format = PixelFormat(named: text) else {
      throw UsageError(
        "must be a pixel format such as yuv420p or nv12; mediatool help yuv-convert lists them",
        suggestion: nearest(to: text.lowercased(), among: PixelFormat.all.map(\.name)))
    }
    return format
  }

  /// `0-99` with both ends, `10-`, `-9`, `5`.
  static func frameRange(_ text: String) throws(UsageError) -> Range<Int64> {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = ends.map { end in
      end.utf8.allSatisfy { (48...57).contains($0) } ? Int64(end) : nil
    }
    if ends.count == 1, let only = numbers[0], only < Int64.max { return only..<only + 1 }
    if ends.count == 2, text != "-" {
      let first = ends[0].isEmpty ? 0 : numbers[0]
      let last = ends[1].isEmpty ? Int64.max - 1 : numbers[1]
      if let first, let last, last < Int64.max {
        guard first <= last else { throw UsageError("the last frame is before the first") }
        return first..<last + 1
      }
    }
    throw UsageError("must be such as 0-99, 10-, -9 or 5; frames count from 0")
  }

  static func byteCounts(_ text: String) throws(UsageError) -> [Int] {
    try ValueParsers.list(of: ValueParsers.integer(in: 0...PictureLayout.maxByteCount))(text)
  }

  // MARK: Output

  /// What `--to` says: a container, a pixel format or both.
  struct Target: Sendable {
    var container: PictureContainer?
    var format: PixelFormat?
  }

  static let containers: [(name: String, container: PictureContainer)] = [
    ("raw", .raw), ("rawvideo", .raw), ("yuv", .raw), ("y4m", .y4m), ("yuv4mpegpipe", .y4m),
    ("png", .image(.png)), ("jpeg", .image(.jpeg)), ("jpg", .image(.jpeg)), ("bmp", .image(.bmp)),
    ("ppm", .image(.ppm)), ("pgm", .image(.pgm)), ("tiff", .image(.tiff)), ("tif", .image(.tiff)),
  ]

  static func container(_ name: String) -> PictureContainer? {
    containers.first { $0.name == name.lowercased() }?.container
  }

  static func target(_ text: String) throws(UsageError) -> Target {
    var target = Target()
    for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      if let container = container(part), target.container == nil {
        target.container = container
      } else if let format = PixelFormat(named: part), target.format == nil {
        target.format = format
      } else {
        let names = containers.map(\.name) + PixelFormat.all.map(\.name)
        throw UsageError(
          "must be one of raw, y4m, png, jpeg, bmp, ppm, pgm, tiff, a pixel format, or both such as "
            + "y4m,yuv422p", suggestion: nearest(to: part.lowercased(), among: names))
      }
    }
    return target
  }

  // MARK: Geometry

  /// `1280x720`, `1280x-1`, `-1x720`, `50%`.
  static func scale(_ text: String) throws(UsageError) -> PictureGeometryOptions.Scale {
    if text.hasSuffix("%"), let percent = try? ValueParsers.real(String(text.dropLast())),
      percent > 0, percent <= 10_000
    {
      return .percent(percent)
    }
    if let known = sizes.first(where: { $0.name == text.lowercased() })?.size {
      return .size(width: known.width, height: known.height)
    }
    let separator: Character = text.contains(":") ? ":" : "x"
    let words = text.split(separator: separator, omittingEmptySubsequences: false)
    let sides = words.map { $0 == "-1" ? .some(nil) : side($0).map(Optional.some) }
    guard sides.count == 2, let width = sides[0], let height = sides[1],
      width != nil || height != nil
    else { throw UsageError("must be such as 1280x720, 1280x-1, -1x720 or 50%") }
    return .size(width: width, height: height)
  }

  /// `WxH`, `WxH+X+Y`, and FFmpeg's `W:H`, `W:H:X:Y`.
  static func placed(_ text: String) throws(UsageError) -> PictureGeometryOptions.Placed {
    let isColons = text.contains(":")
    let words = text.split(omittingEmptySubsequences: false) {
      isColons ? $0 == ":" : $0 == "x" || $0 == "+"
    }
    let marks = text.filter { $0 == "x" || $0 == "+" }
    let isOrdered = isColons || marks == "x" || marks == "x++"
    let numbers = words.compactMap { word in
      word.utf8.allSatisfy { (48...57).contains($0) } ? Int(word) : nil
    }
    let limits = 0...PictureLayout.maxSide
    guard isOrdered, numbers.count == words.count, [2, 4].contains(numbers.count),
      numbers.allSatisfy(limits.contains), numbers[0] > 0, numbers[1] > 0
    else { throw UsageError("must be such as 640x480, 640x480+16+8 or 640:480:16:8") }
    var placed = PictureGeometryOptions.Placed(width: numbers[0], height: numbers[1])
    if numbers.count == 4 { (placed.x, placed.y) = (numbers[2], numbers[3]) }
    return placed
  }

  static let colors: [(name: String, color: [UInt8])] = [
    ("black", [0, 0, 0]), ("white", [255, 255, 255]), ("gray", [128, 128, 128]),
    ("grey", [128, 128, 128]), ("red", [255, 0, 0]), ("green", [0, 128, 0]),
    ("lime", [0, 255, 0]), ("blue", [0, 0, 255]), ("yellow", [255, 255, 0]),
    ("cyan", [0, 255, 255]), ("magenta", [255, 0, 255]),
  ]

  /// `black`, `#102030`, `0x102030`.
  static func color(_ text: String) throws(UsageError) -> [UInt8] {
    if let known = colors.first(where: { $0.name == text.lowercased() }) { return known.color }
    let prefix = ["#", "0x"].first { text.hasPrefix($0) }
    let digits = text.dropFirst(prefix?.count ?? text.count)
    guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
      let number = UInt32(digits, radix: 16)
    else {
      throw UsageError(
        "must be #RRGGBB or a name such as black, white or gray",
        suggestion: nearest(to: text, among: colors.map(\.name)))
    }
    return [16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  // MARK: Colours

  static func matrix(_ text: String) throws(UsageError) -> ColorMatrix {
    guard let matrix = ColorMatrix(named: text) else {
      let names = ColorMatrix.all.map(\.name)
      throw UsageError(
        "must be \(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")",
        suggestion: nearest(to: text.lowercased(), among: names))
    }
    return matrix
  }

  /// Also FFmpeg's names.
  static func range(_ text: String) throws(UsageError) -> ColorRange {
    switch text.lowercased() {
    case "limited", "tv", "mpeg": return .limited
    case "full", "pc", "jpeg": return .full
    default: throw UsageError("must be limited (tv, mpeg) or full (pc, jpeg)")
    }
  }
}

/// `--flip`: both ways is a rotation by 180 degrees.
enum PictureFlip: String, CaseIterable, Sendable { case h, v, hv }

/// `--rotate`, clockwise.
enum PictureRotation: String, CaseIterable, Sendable {
  case quarter = "90"
  case half = "180"
  case threeQuarters = "270"

  var degrees: Int { Int(rawValue) ?? 0 }
}
