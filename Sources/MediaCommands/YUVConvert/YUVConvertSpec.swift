internal import MediaCLI
internal import MediaFFmpeg
internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// `mediatool yuv-convert`, described.
enum YUVConvert {
  // MARK: Raw pictures

  static let videoSize = Key<YUVConvertValues.Size>(
    "video-size", short: "s", aliases: ["-video_size"], value: "WxH",
    help: "The input is raw pictures of this size, such as 1920x1080 or hd720",
    completion: .choices(YUVConvertValues.sizes.map(\.name)), parse: YUVConvertValues.size)
  static let pixelFormat = Key<PixelFormat>(
    "pix-fmt", short: "p", aliases: ["-pix_fmt", "-pixel_format"], value: "NAME",
    help: "Pixel format of raw pictures, such as yuv420p or nv12",
    completion: .choices(PixelFormat.all.map(\.name)), parse: YUVConvertValues.pixelFormat)
  static let stride = Key<[Int]>(
    "stride", value: "BYTES[,..]",
    help: "Bytes from row to row of each plane of raw pictures, or of the first alone",
    parse: YUVConvertValues.byteCounts)
  static let planeOffset = Key<[Int]>(
    "plane-offset", value: "BYTES,..", help: "Where each plane of a raw picture begins",
    parse: YUVConvertValues.byteCounts)
  static let skip = Key<Int64>(
    "skip", value: "BYTES", help: "Pass this much before the first raw picture",
    parse: ValueParsers.integer(atLeast: 0))
  static let frameRate = Key<Rational>(
    "frame-rate", short: "r", aliases: ["-framerate"], value: "FPS",
    help: "Frames per second, such as 25 or 30000/1001; nothing is dropped or repeated",
    parse: CommonOptions.frameRate)
  static let guess = Flag(
    "guess", help: "Say what a raw file of unknown layout may be, and convert nothing",
    negatable: false)

  // MARK: Output

  static let output = Key<String>(
    "output", short: "o", value: "FILE",
    help: "Where pictures go, in place of OUTPUT; files appear only when complete",
    completion: .file())
  static let to = Key<YUVConvertValues.Target>(
    "to", value: "FORMAT",
    help: "raw, y4m, png, jpeg, bmp, ppm, pgm, tiff, a pixel format, or both: y4m,yuv422p",
    completion: .choices(
      ["raw", "y4m", "png", "jpeg", "bmp", "ppm", "pgm", "tiff"] + PixelFormat.all.map(\.name)),
    parse: YUVConvertValues.target)
  static let frameRange = Key<Range<Int64>>(
    "frame-range", value: "A-B", help: "Convert only frames A to B, from 0, both included",
    parse: YUVConvertValues.frameRange)

  // MARK: Geometry

  static let deinterlace = Flag(
    "deinterlace", help: "Make whole pictures of interlaced ones, by FFmpeg's bwdif")
  static let crop = Key<PictureGeometryOptions.Placed>(
    "crop", value: "WxH+X+Y", help: "Keep this part, the middle unless a place is given",
    parse: YUVConvertValues.placed)
  static let rotate = Key<PictureRotation>(
    "rotate", choices: PictureRotation.self, help: "Turn clockwise by so many degrees")
  static let flip = Key<PictureFlip>(
    "flip", choices: PictureFlip.self, help: "Swap left and right (h), top and bottom (v)")
  static let scale = Key<PictureGeometryOptions.Scale>(
    "scale", value: "WxH",
    help: "Scale to this size; -1 keeps the shape, as 1280x-1 or 50% do",
    parse: YUVConvertValues.scale)
  static let filter = DefaultedKey<PictureScaler.Filter>(
    "filter", value: PictureScaler.Filter.allCases.map(\.rawValue).joined(separator: "|"),
    default: "bicubic", help: "How --scale finds samples",
    completion: .choices(PictureScaler.Filter.allCases.map(\.rawValue)),
    parse: ValueParsers.choice(of: PictureScaler.Filter.self))
  static let fit = DefaultedKey<PictureGeometryOptions.Fit>(
    "fit", choices: PictureGeometryOptions.Fit.self, default: .stretch,
    help: "Where --scale has another shape: fill the rest, cut what is over, or distort")
  static let pad = Key<PictureGeometryOptions.Placed>(
    "pad", value: "WxH+X+Y", help: "Put pictures into larger ones, in the middle or at X, Y",
    parse: YUVConvertValues.placed)
  static let padColor = DefaultedKey<[UInt8]>(
    "pad-color", value: "#RRGGBB", default: "black", help: "Colour of what is filled",
    completion: .choices(YUVConvertValues.colors.map(\.name)), parse: YUVConvertValues.color)

  // MARK: Colours

  private static func matrix(_ name: String, _ help: String) -> Key<ColorMatrix> {
    Key<ColorMatrix>(
      name, value: "NAME", help: help, completion: .choices(ColorMatrix.all.map(\.name)),
      parse: YUVConvertValues.matrix)
  }

  private static func range(_ name: String, _ help: String) -> Key<ColorRange> {
    Key<ColorRange>(
      name, value: "limited|full", help: help, completion: .choices(["limited", "full"]),
      parse: YUVConvertValues.range)
  }

  static let inMatrix = matrix("in-matrix", "Matrix of the input's YCbCr, such as bt709")
  static let outMatrix = matrix("out-matrix", "Matrix of the output's YCbCr")
  static let bothMatrices = matrix("matrix", "Matrix of YCbCr on either side")
  static let inRange = range("in-range", "Range of the input's codes, also tv or pc")
  static let outRange = range("out-range", "Range of the output's codes")
  static let bothRanges = range("range", "Range of every side that is YCbCr")
  static let chromaFilter = DefaultedKey<PictureConversion.ChromaFilter>(
    "chroma-filter", value: "nearest|bilinear", default: "nearest",
    help: "How chroma is brought to more samples", completion: .choices(["nearest", "bilinear"]),
    parse: ValueParsers.choice(of: PictureConversion.ChromaFilter.self))
  static let chromaSiting = Key<ChromaSiting>(
    "chroma-siting", choices: ChromaSiting.self,
    help: "Where the input's chroma lies, for bilinear and for scaling")
  static let interlaced = Key<FieldOrder>(
    "interlaced", choices: FieldOrder.self,
    help: "Pictures are two fields: 4:2:0 chroma belongs to its own")
  static let dither = DefaultedKey<PictureConversion.Dither>(
    "dither", value: "none|bayer", default: "none", help: "How steps of fewer bits are hidden",
    completion: .choices(["none", "bayer"]),
    parse: ValueParsers.choice(of: PictureConversion.Dither.self))
  static let strict = Flag("strict", help: "Exit 64 where matrix, range or size would be assumed")
  static let allowHDR = Flag("allow-hdr", help: "Let PQ and HLG become 8-bit RGB as they are")

  // MARK: Report and checks

  static let report = Key<String>(
    "report", value: "FILE", bare: "-",
    help: "Say what was done and what planes hold, on standard output or in FILE",
    completion: .file())
  static let hash = Key<PictureCheckOptions.Hash>(
    "hash", choices: PictureCheckOptions.Hash.self, help: "Report a hash of each frame and plane")
  static let verify = Flag(
    "verify", help: "Compare every sample with the exact formula, or with --reference")
  static let reference = Key<String>(
    "reference", value: "FILE",
    help: "Compare with the raw pictures of FILE, which have the output's form",
    completion: .file())
  static let maxError = DefaultedKey<Int>(
    "max-error", value: "N", default: "0", help: "With --verify, exit 1 beyond this many codes",
    parse: ValueParsers.integer(in: 0...65_535))

  /// All pixel formats, both orders of bytes in one.
  private static var formatNames: [String] {
    let names = PixelFormat.all.map(\.name)
    return names.compactMap { name in
      let stem = name.dropLast(2)
      if name.hasSuffix("be"), names.contains(stem + "le") { return nil }
      return name.hasSuffix("le") && names.contains(stem + "be") ? name + "/be" : name
    }
  }

  // MARK: Work

  static let jobs = Key<Int>(
    "jobs", value: "N", help: "Threads; as many as processors unless given",
    parse: ValueParsers.integer(in: 1...256))
}

extension YUVConvert {
  static let spec = CommandSpec(
    name: "yuv-convert",
    abstract: "Convert raw video exactly: formats, matrices, ranges, geometry",
    discussion: [
      """
      Converts the pictures of INPUT to OUTPUT. INPUT is raw pictures (with --video-size and \
      --pix-fmt, or a name that says them such as clip_1920x1080_30_nv12.yuv), Y4M, - for standard \
      input, or any video or image FFmpeg decodes. OUTPUT is raw pictures, Y4M, or images, as its \
      suffix or --to says; frame-%04d.png makes a file of each picture, from 1 on.
      """,
      """
      Every sample is the exact value of ITU-T H.273's formula, rounded to the nearest code, halves \
      up, then clipped. Where chroma becomes coarser the mean of the samples covered is taken first, \
      rounded half up; where it becomes finer the nearest is repeated unless --chroma-filter says \
      otherwise. Primaries and transfer never change.
      """,
      """
      What neither the input nor an option says is assumed and told: BT.601 up to 576 lines, else \
      BT.709; limited range unless the format is a yuvj one. RGB has full range. --strict makes an \
      assumption an error.
      """,
      """
      Things are done in this order: deinterlace, crop, rotate, flip, scale, convert, pad. Scaling, \
      deinterlacing, images and decoding need FFmpeg's libraries; nothing else does.
      """,
      """
      Pixel formats: \(formatNames.joined(separator: ", ")). le may be left out.
      """,
      """
      Whole pictures of an input that ends inside one are kept, and the exit code is 65. --expect \
      takes 'path operator value' and tests the JSON report, as in mediatool-probe(1).
      """,
    ],
    operands: [
      OperandSpec("INPUT", help: "File, URL or -", minimum: 1, maximum: 1, completion: .url),
      OperandSpec("OUTPUT", help: "File or -", minimum: 0, maximum: 1, completion: .file()),
    ],
    groups: [
      OptionGroup("Output", [output, to, frameRange, CommonOptions.force]),
      OptionGroup(
        "Raw pictures", [videoSize, pixelFormat, stride, planeOffset, skip, frameRate, guess]),
      OptionGroup(
        "Geometry", [deinterlace, crop, rotate, flip, scale, filter, fit, pad, padColor]),
      OptionGroup(
        "Colours",
        [
          inMatrix, outMatrix, bothMatrices, inRange, outRange, bothRanges, chromaFilter,
          chromaSiting, interlaced, dither, strict, allowHDR,
        ]),
      OptionGroup("Report", [report, CommonOptions.json, CommonOptions.jsonl, hash]),
      OptionGroup(
        "Checks",
        [
          verify, reference, maxError, CommonOptions.check, CommonOptions.failOn,
          CommonOptions.expecting("totals.clipped == 0"),
        ]),
      OptionGroup("Work", [CommonOptions.timeout, jobs]),
      CommonOptions.messages,
    ],
    exits: ExitCode.meanings,
    examples: [
      Example(
        "mediatool yuv-convert -s 1920x1080 -p yuv420p in.yuv out.nv12",
        caption: "Repack raw pictures; the suffix names the format"),
      Example(
        "mediatool yuv-convert --matrix bt709 --to rgb24 in.y4m out.rgb",
        caption: "Make RGB of Y4M by the matrix that is meant"),
      Example(
        "mediatool yuv-convert --frame-range 0-9 clip.mp4 frame-%04d.png",
        caption: "The first ten pictures as files"),
      Example(
        "mediatool yuv-convert --verify --report --to p010le in_1280x720_yuv420p.yuv /dev/null",
        caption: "Prove every sample and see what the planes hold"),
      Example(
        "ffmpeg -i in.mp4 -f yuv4mpegpipe - | mediatool yuv-convert --to rgb24 - - | consumer",
        caption: "Stand in a pipeline"),
      Example("mediatool yuv-convert --guess unknown.yuv", caption: "Find out what a file holds"),
    ],
    seeAlso: ["mediatool-probe(1)", "ffmpeg-filters(1)", "mediatool-findings(7)"])
}

extension PictureFlip {
  var isHorizontal: Bool { self != .v }
  var isVertical: Bool { self != .h }
}
