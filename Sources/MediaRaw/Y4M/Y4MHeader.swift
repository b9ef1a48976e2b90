public import MediaModel

/// The first line of a YUV4MPEG2 file, and the line before each frame.
public struct Y4MHeader: Hashable, Sendable {
  /// How fields lie in frames: the parameter `I`.
  public enum Interlacing: String, Hashable, Sendable {
    /// Frames are no fields.
    case progressive = "p"
    /// The field of lines 0, 2, 4 is the earlier one.
    case topFirst = "t"
    /// The field of lines 1, 3, 5 is the earlier one.
    case bottomFirst = "b"
    /// Each frame says it.
    case mixed = "m"
    /// Nobody says it.
    case unknown = "?"
  }

  /// In luma samples.
  public var width: Int
  /// In lines of luma.
  public var height: Int
  /// The parameter `F`; nil where it is missing or 0:0.
  public var frameRate: Rational?
  /// The parameter `A` (of a pixel); nil where it is missing or 0:0.
  public var sampleAspectRatio: Rational?
  /// The parameter `I`; progressive where it is missing.
  public var interlacing: Interlacing
  /// The parameter `C`, else what `XYSCSS=` says, else 4:2:0 of 8 bits.
  public var format: PixelFormat
  /// Where the chroma of 4:2:0 lies, where the parameter `C` says (`420jpeg`, `420mpeg2`).
  public var siting: ChromaSiting?
  /// `XCOLORRANGE=`, where it is there.
  public var range: ColorRange?
  /// The other parameters beginning with `X`, without it.
  public var comments: [String]

  /// A header of what is known; `line` writes it.
  public init(
    width: Int, height: Int, frameRate: Rational?, format: PixelFormat,
    range: ColorRange? = nil,
    interlacing: Interlacing = .progressive, siting: ChromaSiting? = nil,
    sampleAspectRatio: Rational? = nil, comments: [String] = []
  ) {
    self.width = width
    self.height = height
    self.frameRate = frameRate
    self.format = format
    self.range = range
    self.interlacing = interlacing
    self.siting = siting
    self.sampleAspectRatio = sampleAspectRatio
    self.comments = comments
  }

  /// How such a file begins.
  public static let signature = Array("YUV4MPEG2 ".utf8)
  /// The longest line that is read, its end included.
  public static let maxLineLength = 4096
}
