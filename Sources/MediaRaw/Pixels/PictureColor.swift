/// How Y, Cb and Cr come of R, G and B: MatrixCoefficients of ITU-T H.273 §8.3, those that are
/// linear.
public struct ColorMatrix: Hashable, Sendable {
  /// FFmpeg's name.
  public let name: String
  /// H.273's number.
  public let code: Int
  /// Kr and Kb in parts of 10,000; nil of YCgCo.
  public let weights: Weights?

  /// What R and B weigh in Y, in parts of 10,000; G has the rest.
  public struct Weights: Hashable, Sendable {
    /// Kr.
    public let red: Int
    /// Kb.
    public let blue: Int
    /// 1 - Kr - Kb.
    public var green: Int { 10_000 - red - blue }
  }

  private init(_ name: String, _ code: Int, _ weights: Weights?) {
    self.name = name
    self.code = code
    self.weights = weights
  }

  /// BT.709.
  public static let bt709 = ColorMatrix("bt709", 1, Weights(red: 2126, blue: 722))
  /// FCC Title 47, 1953.
  public static let fcc = ColorMatrix("fcc", 4, Weights(red: 3000, blue: 1100))
  /// BT.470 BG and SMPTE 170M: the same numbers under two codes.
  public static let bt601 = ColorMatrix("bt601", 6, Weights(red: 2990, blue: 1140))
  /// SMPTE 240M.
  public static let smpte240m = ColorMatrix("smpte240m", 7, Weights(red: 2120, blue: 870))
  /// Y, Cg, Co, not the reversible kind.
  public static let ycgco = ColorMatrix("ycgco", 8, nil)
  /// BT.2020 with non-constant luminance.
  public static let bt2020nc = ColorMatrix("bt2020nc", 9, Weights(red: 2627, blue: 593))

  /// Every matrix that is known here.
  public static let all = [bt601, bt709, bt2020nc, smpte240m, fcc, ycgco]

  /// FFmpeg's names and the usual others: `smpte170m`, `bt470bg`, `601`, `bt2020`, `bt2020_ncl`.
  public init?(named name: String) {
    switch name.lowercased() {
    case "bt601", "smpte170m", "bt470bg", "601", "bt470": self = .bt601
    case "bt709", "709": self = .bt709
    case "bt2020nc", "bt2020", "bt2020_ncl", "2020": self = .bt2020nc
    case "smpte240m": self = .smpte240m
    case "fcc": self = .fcc
    case "ycgco", "ycocg": self = .ycgco
    default: return nil
    }
  }

  /// What pictures of so many lines have where nothing says: BT.601 up to 576, else BT.709.
  public static func assumed(height: Int) -> ColorMatrix { height <= 576 ? .bt601 : .bt709 }
}

/// Which codes stand for black and white: VideoFullRangeFlag of H.273 §8.3.
public enum ColorRange: String, Hashable, Sendable, CaseIterable {
  /// Y from 16 to 235, Cb and Cr from 16 to 240 at 8 bits, R, G, B as Y.
  case limited
  /// All codes.
  case full
}

/// Where chroma samples lie among the luma samples they cover.
public enum ChromaSiting: String, Hashable, Sendable, CaseIterable {
  /// With the left column, between rows: MPEG-2, H.264.
  case left
  /// In the middle: JPEG, MPEG-1.
  case center
  /// With the upper left sample: BT.2020.
  case topleft
}

/// Which field of interlaced pictures came first.
public enum FieldOrder: String, Hashable, Sendable, CaseIterable {
  /// The field of lines 0, 2, 4.
  case topFirst = "tff"
  /// The field of lines 1, 3, 5.
  case bottomFirst = "bff"
}

/// What the codes of a picture mean.
public struct PictureColor: Hashable, Sendable {
  /// Of Y, Cb and Cr; of no meaning to RGB.
  public var matrix: ColorMatrix
  /// Of all components but alpha.
  public var range: ColorRange

  /// A matrix and a range.
  public init(matrix: ColorMatrix, range: ColorRange) {
    self.matrix = matrix
    self.range = range
  }
}
