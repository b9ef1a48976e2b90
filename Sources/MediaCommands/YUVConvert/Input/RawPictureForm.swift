internal import MediaIO
internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// What raw pictures are, by the user's words and the file's name.
struct RawPictureForm {
  private let options: RawPictureOptions
  private let name: PictureFileName
  private let path: String?

  /// `path` is nil for standard input.
  init(_ options: RawPictureOptions, path: String?) {
    self.options = options
    self.path = path
    name = PictureFileName(path ?? "")
  }

  // MARK: Which files are raw

  /// Whether the user or the name says that these are raw pictures.
  var isRaw: Bool { isSaid || isNamedRaw }

  /// Whether the user says so.
  var isSaid: Bool { options.width != nil || options.height != nil || options.format != nil }

  /// What the user says that has a meaning for raw pictures alone.
  var firstRawOption: String? {
    if options.width != nil || options.height != nil { return "--video-size" }
    if options.format != nil { return "--pix-fmt" }
    if options.strides != nil { return "--stride" }
    if options.planeOffsets != nil { return "--plane-offset" }
    return options.skip != 0 ? "--skip" : nil
  }

  private var isNamedRaw: Bool {
    guard let suffix = path.map(Self.suffix) else { return false }
    if Self.rawSuffixes.contains(suffix) || PixelFormat(named: suffix) != nil { return true }
    // `clip_1920x1080_nv12.mkv` is named after what was coded.
    return Self.vagueSuffixes.contains(suffix) && name.width != nil && name.height != nil
      && name.format != nil
  }

  private static let rawSuffixes: Set = ["yuv", "raw", "rgb", "yuv420", "cif", "qcif"]
  private static let vagueSuffixes: Set = ["", "bin", "dat", "data", "frame", "frames", "img"]

  /// Behind the last dot of the last part, in lower case; empty where there is none.
  private static func suffix(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }

  // MARK: What they are

  /// The description of the pictures.
  ///
  /// - Throws: `Failure` where size or format are not known, or do not fit each other.
  func describe(_ bytes: InputBytes, namesFrameRate: Bool) throws -> PictureSourceDescription {
    guard let width = options.width ?? name.width, let height = options.height ?? name.height,
      let format = options.format ?? name.format
    else { throw try unknown(bytes) }
    let layout = try Result { () throws(PictureLayoutError) in
      try PictureLayout(
        format, width: width, height: height, strides: options.strides,
        planeOffsets: options.planeOffsets)
    }.mapError { Failure(.usage, $0.message) }.get()
    var description = PictureSourceDescription(
      containerName: "rawvideo", codecName: "rawvideo", layout: layout)
    description.frameRate = options.frameRate ?? name.frameRate
    description.assumed = assumed(layout, namesFrameRate: namesFrameRate)
    return description
  }

  private func assumed(_ layout: PictureLayout, namesFrameRate: Bool) -> [Assumption] {
    var assumed: [Assumption] = []
    func assume(_ field: String, _ value: String) {
      assumed.append(Assumption(field: field, value: value, reason: "from the file's name"))
    }
    if options.width == nil { assume("input.width", "\(layout.width)") }
    if options.height == nil { assume("input.height", "\(layout.height)") }
    if options.format == nil { assume("input.format", layout.format.name) }
    if namesFrameRate, options.frameRate == nil, let rate = name.frameRate {
      assume("input.frame_rate", rate.denominator == 1 ? "\(rate.numerator)" : rate.text)
    }
    return assumed
  }

  // MARK: What is missing

  private func unknown(_ bytes: InputBytes) throws -> Failure {
    var missing: [(what: String, option: String)] = []
    if (options.width ?? name.width) == nil || (options.height ?? name.height) == nil {
      missing.append(("size", "--video-size"))
    }
    if (options.format ?? name.format) == nil { missing.append(("pixel format", "--pix-fmt")) }
    let verb = missing.count == 1 ? "is" : "are"
    var message = missing.map(\.what).joined(separator: " and ") + " \(verb) not known: add "
    message += missing.map(\.option).joined(separator: " and ")
    let guesses = try guesses(bytes)
    if !guesses.isEmpty { message += "; looks like " + guesses.joined(separator: " or ") }
    return Failure(.usage, message)
  }

  /// The best guess, and the next if it is nearly as good.
  private func guesses(_ bytes: InputBytes) throws -> [String] {
    guard let place = bytes.place, let byteCount = bytes.byteCount, byteCount > options.skip else {
      return []
    }
    let rest = byteCount - options.skip
    let known = (options.width, options.height, options.format)
    let found = try withUnsafeTemporaryAllocation(
      byteCount: Int(min(rest, Self.sampleByteCount)), alignment: 64
    ) { room in
      let count = try place.read(at: options.skip, into: room)
      return LayoutGuess.guesses(
        sample: UnsafeRawBufferPointer(rebasing: room[..<count]), byteCount: rest, name: name,
        known: known, limit: 2)
    }
    guard let best = found.first else { return [] }
    return found.filter { $0.score >= 0.9 * best.score }.map {
      "\($0.width)x\($0.height) \($0.format.name) (\(Quantity.counted($0.frames, "frame")))"
    }
  }

  private static let sampleByteCount: Int64 = 4 << 20
}
