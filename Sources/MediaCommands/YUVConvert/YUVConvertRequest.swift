internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// What a command line asked of `yuv-convert`, understood and checked.
struct YUVConvertRequest: Sendable {
  var input: String
  /// nil only with --guess.
  var output: PictureOutputRequest?
  var raw = RawPictureOptions()
  var color = PictureColorOptions()
  var geometry = PictureGeometryOptions()
  var checks = PictureCheckOptions()
  /// Frames of the input to convert, by number from 0.
  var frameRange: Range<Int64> = 0..<Int64.max
  var guesses = false
  var jobs: Int?
  var timeout: Int64
  var arguments: ParsedArguments
}

/// Where pictures go and as what.
struct PictureOutputRequest: Sendable {
  var path: String
  var container: PictureContainer
  /// `--to`; nil leaves the input's format as far as the container holds it.
  var format: PixelFormat?
  var force: Bool
  /// Whether --to or the suffix tells what comes out; raw pictures in the input's format do not.
  var isFormSaid = true
}

/// What holds converted pictures.
enum PictureContainer: Hashable, Sendable {
  case raw
  case y4m
  /// One file a picture: the path has a pattern such as `%04d`, or there is one picture.
  case image(StillPicture.Format)
}

/// What raw pictures need to be told.
struct RawPictureOptions: Sendable {
  var width: Int?
  var height: Int?
  var format: PixelFormat?
  var strides: [Int]?
  var planeOffsets: [Int]?
  /// Bytes before the first picture.
  var skip: Int64 = 0
  var frameRate: Rational?
}

/// What the user says of colours; --matrix has been spread over both sides.
struct PictureColorOptions: Sendable {
  var inputMatrix: ColorMatrix?
  var outputMatrix: ColorMatrix?
  /// Whether `outputMatrix` is the word of --matrix, which speaks of the input as well.
  var isMatrixOfBoth = false
  var inputRange: ColorRange?
  var outputRange: ColorRange?
  /// --range: of every side that is YUV or gray and that has no word of its own.
  var range: ColorRange?
  var siting: ChromaSiting?
  var chromaFilter = PictureConversion.ChromaFilter.nearest
  var interlacing: FieldOrder?
  var dither = PictureConversion.Dither.none
  /// A guess is an error.
  var isStrict = false
  var allowsHDR = false
}

/// In the order of their doing: deinterlace, crop, rotate, flip, scale, convert, pad.
struct PictureGeometryOptions: Sendable {
  enum Fit: String, CaseIterable, Sendable {
    /// Inside the size, the rest filled.
    case contain
    /// Over the size, what is beyond cut off.
    case cover
    case stretch
  }

  /// How large pictures become.
  enum Scale: Equatable, Sendable {
    /// A side of nil follows the other by the picture's shape.
    case size(width: Int?, height: Int?)
    /// Of both sides.
    case percent(Double)
  }

  /// A size, and its place unless in the middle.
  struct Placed: Equatable, Sendable {
    var width: Int
    var height: Int
    var x: Int?
    var y: Int?
  }

  var deinterlaces = false
  var crop: Placed?
  var rotation = 0
  var flipsHorizontally = false
  var flipsVertically = false
  var scale: Scale?
  var filter = PictureScaler.Filter.bicubic
  var fit = Fit.stretch
  var pad: Placed?
  /// Red, green, blue.
  var padColor: [UInt8] = [0, 0, 0]
}

/// What is to be said and judged.
struct PictureCheckOptions: Sendable {
  enum Hash: String, CaseIterable, Sendable { case md5, sha256 }

  var format = ResultFormat.text
  /// Where the report goes; nil for none.
  var reportPath: String?
  var hash: Hash?
  /// Whether every sample is compared with the formula, or with `reference`.
  var verifies = false
  var reference: String?
  /// Verification fails beyond; 0 unless given.
  var maximumError = 0
  var expectations: [Expectation] = []
  /// Findings from this level on end with 1; nil without --check.
  var failOn: Severity?

  /// Whether planes are to be measured.
  var measures: Bool { reportPath != nil }
  /// Whether something is printed: where `reportPath` says, or on standard output.
  var isReported: Bool { reportPath != nil || hash != nil }
}
