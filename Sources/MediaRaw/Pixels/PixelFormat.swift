/// What the components of a picture are.
public enum ColorModel: Hashable, Sendable {
  /// Y, Cb, Cr.
  case yuv
  /// Y alone, without colours.
  case gray
  /// R, G, B.
  case rgb
}

/// How many luma samples one chroma sample covers, as powers of two.
public struct ChromaSubsampling: Hashable, Sendable {
  /// Of columns.
  public var horizontalShift: Int
  /// Of rows.
  public var verticalShift: Int

  /// Both powers.
  public init(horizontalShift: Int, verticalShift: Int) {
    self.horizontalShift = horizontalShift
    self.verticalShift = verticalShift
  }

  /// 4:4:4, also where there is no chroma.
  public static let none = ChromaSubsampling(horizontalShift: 0, verticalShift: 0)
  /// 4:2:0: two by two.
  public static let yuv420 = ChromaSubsampling(horizontalShift: 1, verticalShift: 1)
  /// 4:2:2: two in a row.
  public static let yuv422 = ChromaSubsampling(horizontalShift: 1, verticalShift: 0)
  /// 4:1:1: four in a row.
  public static let yuv411 = ChromaSubsampling(horizontalShift: 2, verticalShift: 0)
}

/// Where the samples of one component lie: in words of one to four bytes, at equal distances along
/// the rows of a plane.
public struct PixelComponent: Hashable, Sendable {
  /// Number of the plane.
  public var plane: Int
  /// Bytes from the word of a sample to that of the next in the row.
  public var step: Int
  /// Bytes from the beginning of the row to the first word.
  public var offset: Int
  /// Bytes of a word: 1, 2 or 4.
  public var wordByteCount: Int
  /// Bits of the word below the sample.
  public var shift: Int
  /// Bits of the sample.
  public var depth: Int

  /// A component; unless said otherwise its words are bytes without a gap.
  public init(
    plane: Int, step: Int, offset: Int = 0, wordByteCount: Int = 1, shift: Int = 0, depth: Int = 8
  ) {
    self.plane = plane
    self.step = step
    self.offset = offset
    self.wordByteCount = wordByteCount
    self.shift = shift
    self.depth = depth
  }
}

/// How the pixels of uncoded pictures are stored, under FFmpeg's name.
public struct PixelFormat: Hashable, Sendable {
  /// FFmpeg's name, such as `yuv420p10le`; `v210`, `y410` and
  /// `yv12` have those of their codings.
  public let name: String
  /// What the components are.
  public let model: ColorModel
  /// How coarse Cb and Cr are.
  public let chroma: ChromaSubsampling
  /// In the order Y, Cb, Cr or R, G, B or Y; alpha last.
  ///
  /// `v210` has the components of a format of
  /// 10 bits, but their places follow a rule of their own.
  public let components: [PixelComponent]
  /// Whether words of more than one byte begin with the most significant.
  public let isBigEndian: Bool
  /// Whether the last component is alpha.
  public let hasAlpha: Bool
  /// Bytes of each pixel that hold nothing, as offsets into it (`rgb0`); written as 255, as FFmpeg
  /// does.
  public let paddingOffsets: [Int]
  /// `yuvj420p` and the like, which say full range by their name.
  public let impliesFullRange: Bool
  /// Whether six pixels share four words of 32 bits (`v210`).
  public let isV210: Bool

  /// Components without alpha.
  public var colorComponentCount: Int { components.count - (hasAlpha ? 1 : 0) }
  /// Bits of the deepest component.
  public var depth: Int { components.map(\.depth).max() ?? 0 }
  /// Planes, numbered in the order of their bytes.
  public var planeCount: Int { (components.map(\.plane).max() ?? -1) + 1 }

  /// Names are unique.
  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }
  /// By the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  init(
    _ name: String, _ model: ColorModel, _ components: [PixelComponent],
    chroma: ChromaSubsampling = .none, isBigEndian: Bool = false, hasAlpha: Bool = false,
    paddingOffsets: [Int] = [], impliesFullRange: Bool = false, isV210: Bool = false
  ) {
    self.name = name
    self.model = model
    self.components = components
    self.chroma = chroma
    self.isBigEndian = isBigEndian
    self.hasAlpha = hasAlpha
    self.paddingOffsets = paddingOffsets
    self.impliesFullRange = impliesFullRange
    self.isV210 = isV210
  }

  /// The format of one of FFmpeg's names, or of a name that the field uses for one (`p010`, `i420`,
  /// `yuy2`, `rgb565`); upper case counts as lower.
  public init?(named name: String) {
    guard let found = Self.byName[name.lowercased()] else { return nil }
    self = found
  }
}
