/// What a file's name tells of the pictures in it, such as `clip_1920x1080_30_nv12.yuv`.
///
/// The name is read word by word; of several that say the same thing the last counts, and the
/// suffix above all. `1080p`, `cif` and the like count only where no `1920x1080` stands.
public struct PictureFileName: Hashable, Sendable {
  /// In luma samples.
  public var width: Int?
  /// In luma samples.
  public var height: Int?
  /// How pixels are stored.
  public var format: PixelFormat?
  /// Frames per second.
  public var frameRate: PictureRatio?

  /// Reads the name behind the last slash.
  public init(_ path: String) {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    var reader = PictureNameReader()
    reader.read(name.lowercased())
    let size = reader.size ?? reader.namedSize
    width = size?.width
    height = size?.height
    format = reader.resolvedFormat
    frameRate = reader.frameRate
  }
}

/// Frames per second, or the width of a sample by its height, as a fraction that is kept as it is
/// written.
public struct PictureRatio: Hashable, Sendable {
  /// Frames, or the width.
  public var numerator: Int
  /// Seconds in which they are shown, or the height.
  public var denominator: Int

  /// Both as they are given, not in their lowest terms.
  public init(_ numerator: Int, _ denominator: Int) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// A rate as people write it: `30`, `12.5`, `29.97` and `59.94` (which stand for 30000/1001 and
  /// 60000/1001), also without the point (`2997`), up to 1000; nil for what is no number.
  init?(written text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let digits = parts.joined()
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }),
      digits.allSatisfy(\.isDigit), digits.count <= 8, let number = Int(digits), number > 0
    else { return nil }
    let scale = (0..<(parts.count == 2 ? parts[1].count : 0)).reduce(1) { power, _ in power * 10 }
    if scale > 1 || number > 1000 {
      if let exact = Self.ntsc(number, scale) {
        self = exact
        return
      }
    }
    guard number <= 1000 * scale else { return nil }
    self = PictureRatio(number, scale).reduced
  }

  /// In its lowest terms.
  public var reduced: PictureRatio {
    let divisor = Self.commonDivisor(numerator, denominator)
    return divisor > 0 ? PictureRatio(numerator / divisor, denominator / divisor) : self
  }

  /// The rate of NTSC's family that some digits stand for.
  private static func ntsc(_ number: Int, _ scale: Int) -> PictureRatio? {
    let scales = scale > 1 ? [scale] : [100, 1000]
    for scale in scales {
      for rate in [24, 30, 48, 60, 120, 240] {
        // As near as two digits behind the point can be, cut off or rounded.
        let difference = abs(number * 1001 - rate * 1000 * scale)
        if difference * 100 < 1001 * scale, number < rate * scale {
          return PictureRatio(rate * 1000, 1001)
        }
      }
    }
    return nil
  }

  private static func commonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : commonDivisor(b, a % b)
  }
}

extension Character {
  var isDigit: Bool { ("0"..."9").contains(self) }
}
