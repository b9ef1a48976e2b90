internal import MediaModel

/// Gathers what the words of a file's name say.
struct PictureNameReader {
  typealias Size = (width: Int, height: Int)

  var size: Size?
  /// By a name such as `cif`.
  var namedSize: Size?
  var frameRate: Rational?
  private var format: PixelFormat?
  /// `420`, `yuv422`: sampling without a depth.
  private var sampling: String?
  private var depth: Int?
  private var isBigEndian = false
  /// Whether the word before was a size: then a mere number is a rate.
  private var isBehindSize = false

  private static let sizes: [String: Size] = [
    "sqcif": (128, 96), "qqvga": (160, 120), "qcif": (176, 144), "qvga": (320, 240),
    "sif": (352, 240), "cif": (352, 288), "vga": (640, 480), "4cif": (704, 576),
    "svga": (800, 600), "xga": (1024, 768), "16cif": (1408, 1152), "uhd": (3840, 2160),
  ]
  private static let heights: [Int: Size] = [
    720: (1280, 720), 1080: (1920, 1080), 1440: (2560, 1440), 2160: (3840, 2160),
    4320: (7680, 4320),
  ]
  private static let samplings = [
    "400": "gray", "411": "yuv411p", "420": "yuv420p", "422": "yuv422p", "444": "yuv444p",
  ]
  private static let depths: Set<Int> = [8, 9, 10, 12, 14, 16]

  /// The format that all words together say.
  var resolvedFormat: PixelFormat? {
    let order = isBigEndian ? "be" : "le"
    if let format {
      // A depth deepens what has a family of depths: `i420_10bit`.
      guard let depth, depth > 8, format.depth == 8 else { return format }
      return PixelFormat(named: "\(format.name)\(depth)\(order)") ?? format
    }
    guard let sampling else { return nil }
    guard let depth, depth > 8 else { return PixelFormat(named: sampling) }
    return PixelFormat(named: "\(sampling)\(depth)\(order)")
  }

  /// Reads a name in lower case.
  mutating func read(_ name: String) {
    var words = name.split { !($0.isLetter || $0.isDigit || $0 == ".") }
    // A suffix that is a format counts above the rest.
    let suffix = words.popLast() ?? ""
    let parts = suffix.split(separator: ".")
    guard let last = parts.last else { return read(words) }
    // The point of a rate makes no suffix.
    let isRate = parts.count == 2 && parts[0].allSatisfy(\.isDigit) && last.first?.isDigit == true
    guard !isRate else { return read(words + [suffix]) }
    let rest = parts.dropLast().joined(separator: ".")
    read(rest.isEmpty ? words : words + [Substring(rest)])
    read([last])
  }

  private mutating func read(_ words: [Substring]) {
    var index = 0
    while index < words.count {
      let next = index + 1 < words.count ? words[index + 1] : nil
      let wasBehindSize = isBehindSize
      isBehindSize = false
      // `10-bit`, `30 fps`.
      if let next, ["bit", "bits", "fps", "hz"].contains(next), words[index].allSatisfy(\.isDigit) {
        _ = read(word: words[index] + next, false)
        index += 2
        continue
      }
      let isCount = next == "frames"
      if !isCount, !read(word: words[index], wasBehindSize), words[index].contains(".") {
        isBehindSize = wasBehindSize
        read(words[index].split(separator: "."))
      }
      index += 1
    }
  }

  /// Whether the word says anything.
  private mutating func read(word: Substring, _ isBehindSize: Bool) -> Bool {
    if let found = PixelFormat(named: String(word)) {
      (format, sampling) = (found, nil)
      return true
    }
    return readSize(word) || readNamedSize(word) || readDepth(word)
      || readSampling(word, isBehindSize) || readRate(word, isBehindSize)
  }

  // MARK: Sizes

  /// `1920x1080`, also with a rate behind it: `1920x1080p25`.
  private mutating func readSize(_ word: Substring) -> Bool {
    let first = word.prefix { $0.isDigit }
    let behind = word.dropFirst(first.count)
    guard behind.first == "x" || behind.first == "×" else { return false }
    let second = behind.dropFirst().prefix { $0.isDigit }
    guard let width = Self.side(first), let height = Self.side(second) else { return false }
    size = (width, height)
    let rest = behind.dropFirst(1 + second.count)
    isBehindSize = rest.isEmpty || rest == "p" || rest == "i"
    if isBehindSize { return true }
    if rest.first == "p" || rest.first == "i", let rate = Self.rate(rest.dropFirst()) {
      frameRate = rate
    } else {
      isBehindSize = true
      read(rest.split(separator: "."))
    }
    return true
  }

  private static func side(_ digits: Substring) -> Int? {
    guard digits.count <= 5, let side = Int(digits), (1...PictureLayout.maxSide).contains(side)
    else { return nil }
    return side
  }

  /// `cif`, `1080p`, `1080p50`, `720p5994`.
  private mutating func readNamedSize(_ word: Substring) -> Bool {
    if let found = Self.sizes[String(word)] {
      namedSize = found
      return true
    }
    let digits = word.prefix { $0.isDigit }
    let rest = word.dropFirst(digits.count)
    guard digits.count <= 4, let lines = Int(digits), let found = Self.heights[lines],
      rest.first == "p" || rest.first == "i"
    else { return false }
    let rate = rest.dropFirst()
    guard rate.isEmpty || Self.rate(rate) != nil else { return false }
    namedSize = found
    if let rate = Self.rate(rate) { frameRate = rate }
    return true
  }

  // MARK: Formats

  /// `10bit`, `8b`.
  private mutating func readDepth(_ word: Substring) -> Bool {
    let digits = word.prefix { $0.isDigit }
    guard digits.count <= 2, let number = Int(digits), Self.depths.contains(number),
      ["bit", "bits", "b", "bpp", "bpc", "le", "be", "bitle", "bitbe"]
        .contains(word.dropFirst(digits.count))
    else { return false }
    depth = number
    if word.hasSuffix("be") { isBigEndian = true }
    return true
  }

  /// `420`, `yuv420`, `420p10`, `422p10le`, `yuv444p12b`.
  private mutating func readSampling(_ word: Substring, _ isBehindSize: Bool) -> Bool {
    var rest = word
    let isNamed = rest.hasPrefix("yuv")
    if isNamed { rest = rest.dropFirst(3) }
    let number = rest.prefix(3)
    guard let name = Self.samplings[String(number)] else { return false }
    rest = rest.dropFirst(3)
    let isPlanar = rest.first == "p"
    // As mere numbers the rarer ones mean something else more often.
    guard isNamed || isPlanar || !["400", "411"].contains(number) else { return false }
    if isPlanar { rest = rest.dropFirst() }
    guard rest.isEmpty || readDepth(rest) || readDepth(rest + "bit") else { return false }
    (sampling, format) = (name, nil)
    return true
  }

  // MARK: Rates

  /// A rate of at most 1000, also without its point (`2997`).
  private static func rate(_ text: Substring) -> Rational? {
    guard text.utf8.count <= 9, let rate = Rational(frameRate: text) else { return nil }
    if rate.numerator <= 1000 * rate.denominator { return rate }
    guard rate.denominator == 1 else { return nil }
    return Rational.ntscRate(rate.numerator, per: 100)
      ?? Rational.ntscRate(rate.numerator, per: 1000)
  }

  /// `30fps`, `25p`, `p50`, `59.94`; a whole number only behind a size.
  private mutating func readRate(_ word: Substring, _ isBehindSize: Bool) -> Bool {
    for unit in ["fps", "hz", "p", "i"] where word.hasSuffix(unit) {
      guard let rate = Self.rate(word.dropLast(unit.count)) else { continue }
      frameRate = rate
      return true
    }
    if word.hasPrefix("p"), let rate = Self.rate(word.dropFirst()) {
      frameRate = rate
      return true
    }
    guard let rate = Self.rate(word) else { return false }
    let isPlausible = isBehindSize && rate.numerator <= 300 * rate.denominator
    guard isPlausible || rate.denominator == 1001 else { return false }
    frameRate = rate
    return true
  }
}
