internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// What is done to one picture on whatever thread takes it.
struct PictureWorker: Sendable {
  /// What goes out.
  enum Bytes: Sendable {
    case picture(BufferPool.Buffer)
    /// Some of the buffer's first bytes.
    case band(BufferPool.Buffer, byteCount: Int)
    case file([UInt8])

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
      switch self {
      case .picture(let buffer): return try body(UnsafeRawBufferPointer(buffer.bytes))
      case .band(let buffer, let count):
        return try body(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count]))
      case .file(let bytes): return try bytes.span.bytes.withUnsafeBytes(body)
      }
    }
  }

  /// A picture, or a band of one, to be converted.
  struct Item: Sendable {
    var picture: SourcePicture
    /// nil for the whole picture.
    var band: Int?
  }

  /// A converted picture, or band, and what it showed.
  struct Done: Sendable {
    var number: Int64
    var bytes: Bytes
    /// Whether more of the picture follows.
    var isUnfinished = false
    var measurement: PictureMeasurement?
  }

  private let plan: ConversionPlan
  private let measurer: PictureMeasurer?
  private let encoding: ImageEncoding?
  private let inputs: BufferPool
  /// One for each step's output.
  private let outputs: [BufferPool]
  private let bands: PictureBands?

  init(
    _ plan: ConversionPlan, _ measurer: PictureMeasurer?, _ encoding: ImageEncoding?,
    bands: PictureBands?
  ) {
    self.bands = bands
    self.plan = plan
    self.measurer = measurer
    self.encoding = encoding
    inputs = BufferPool(byteCount: plan.input.layout.byteCount)
    outputs = plan.steps.map { BufferPool(byteCount: $0.output.layout.byteCount) }
  }

  /// - Throws: `IOFailure`, `FFmpegError`, `Failure`.
  func convert(_ item: Item) throws -> Done {
    if let band = item.band, let bands { return try bands.convert(item.picture, band: band) }
    return try convert(item.picture)
  }

  private func convert(_ picture: SourcePicture) throws -> Done {
    var current = try picture.bytes(inputs)
    var before = current
    var after: BufferPool.Buffer?
    for (number, step) in plan.steps.enumerated() {
      let next = outputs[number].take()
      try step.apply(UnsafeRawBufferPointer(current.bytes), into: next.bytes)
      if number == plan.conversionIndex { (before, after) = (current, next) }
      current = next
    }
    var done = Done(number: picture.number, bytes: .picture(current))
    // Where nothing is converted, what was compared stays as it is.
    if plan.conversionIndex == nil { before = current }
    if let measurer {
      done.measurement = try measurer.measure(
        number: picture.number, conversionInput: UnsafeRawBufferPointer(before.bytes),
        conversionOutput: UnsafeRawBufferPointer((after ?? current).bytes),
        output: UnsafeRawBufferPointer(current.bytes))
    }
    if let encoding {
      done.bytes = .file(try encoding.file(UnsafeRawBufferPointer(current.bytes)))
    }
    return done
  }
}

/// Makes files of pictures, with an encoder for each thread.
final class ImageEncoding: Sendable {
  private let format: StillPicture.Format
  private let layout: PictureLayout
  private let aspectRatio: Rational?
  private let encoders = IdlePool<StillPicture>()

  init(_ format: StillPicture.Format, _ layout: PictureLayout, aspectRatio: Rational?) {
    self.format = format
    self.layout = layout
    self.aspectRatio = aspectRatio
  }

  /// - Throws: `FFmpegError`.
  func file(_ picture: UnsafeRawBufferPointer) throws -> [UInt8] {
    guard let base = picture.baseAddress, picture.count >= layout.byteCount else { return [] }
    return try encoders.with({ try StillPicture(format) }) { encoder in
      try encoder.file(
        ofPlanes: layout.planes.map { (base + $0.offset, $0.stride) },
        pixelFormat: layout.format.name, width: layout.width, height: layout.height,
        sampleAspectRatio: aspectRatio ?? Rational(1, 1))
    }
  }
}
