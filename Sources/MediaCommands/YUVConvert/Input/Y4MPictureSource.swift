internal import MediaIO
internal import MediaModel
internal import MediaRaw

/// The pictures of a YUV4MPEG2 file or stream.
final class Y4MPictureSource: PictureSource {
  private(set) var description: PictureSourceDescription
  private(set) var leftOver: Int64 = 0
  let undecodablePackets = 0
  var bytesRead: Int64 { input.position }

  private var input: LineBytes
  private var parser = Y4MParser()
  private let range: Range<Int64>
  private let pool: BufferPool
  /// Where the line before the next picture began.
  private var lineStart: Int64 = 0

  /// Reads the first line.
  ///
  /// - Parameters:
  ///   - bytes: the input, from its beginning on.
  ///   - range: numbers of the pictures wanted.
  ///   - frameRate: in place of the header's.
  /// - Throws: `Failure` where that line is malformed; what reading throws.
  init(_ bytes: InputBytes, range: Range<Int64>, frameRate: Rational? = nil) throws {
    self.range = range
    bytes.input.keepNoMore()
    var (input, parser) = (LineBytes(bytes), Y4MParser())
    _ = try Self.passLine(&input, &parser)
    guard let header = parser.header, let layout = parser.layout else {
      throw Failure(.dataError, "the header is missing")
    }
    (self.input, self.parser) = (input, parser)
    description = Self.describe(header, layout)
    description.frameRate = frameRate ?? header.frameRate
    description.byteCount = bytes.byteCount
    pool = BufferPool(byteCount: layout.byteCount)
    description.frameCount = try frameCount(layout)
  }

  private static func describe(
    _ header: Y4MHeader, _ layout: PictureLayout
  ) -> PictureSourceDescription {
    var description = PictureSourceDescription(
      containerName: "yuv4mpegpipe", codecName: "rawvideo", layout: layout)
    description.range = header.range
    description.siting = header.siting
    description.sampleAspectRatio = header.sampleAspectRatio
    switch header.interlacing {
    case .topFirst: description.fieldOrder = .topFirst
    case .bottomFirst: description.fieldOrder = .bottomFirst
    case .progressive, .mixed, .unknown: break
    }
    return description
  }

  /// How many pictures are wanted and there, of a file in which pictures and bare lines lie in
  /// turn; nil where it does not look like that.
  private func frameCount(_ layout: PictureLayout) throws -> Int64? {
    guard let byteCount = input.bytes.byteCount, let place = input.bytes.place else { return nil }
    let line = Y4MHeader.frameLine
    let size = Int64(layout.byteCount + line.count)
    let rest = byteCount - input.position
    guard rest > 0, rest % size == 0 else { return nil }
    for offset in [input.position, byteCount - size] {
      var found = [UInt8](repeating: 0, count: line.count)
      let count = try found.withUnsafeMutableBytes { try place.read(at: offset, into: $0) }
      guard count == line.count, found == line else { return nil }
    }
    return max(0, min(range.upperBound, rest / size) - range.lowerBound)
  }

  // MARK: Pictures

  func next() throws -> SourcePicture? {
    try refuseAfterSignal()
    while true {
      switch parser.next {
      case .line:
        lineStart = input.position
        guard parser.frameCount < range.upperBound else { return nil }
        guard try Self.passLine(&input, &parser) else { return try end() }
      case .picture(let byteCount):
        if parser.frameCount < range.lowerBound {
          let passed = try input.skip(Int64(byteCount))
          parser.pass(Int(passed))
        } else if let picture = try picture(byteCount) {
          return picture
        }
      case .end: return try end()
      }
    }
  }

  /// The picture that begins here; nil where it is not whole.
  private func picture(_ byteCount: Int) throws -> SourcePicture? {
    let number = parser.frameCount
    let content: SourcePicture.Content
    let passed: Int
    if let place = input.bytes.place {
      content = .stored(place.file, offset: place.start + input.position)
      passed = Int(try input.skip(Int64(byteCount)))
    } else {
      let buffer = pool.take()
      content = .held(buffer)
      passed = try input.read(into: buffer.bytes)
    }
    parser.pass(passed)
    return passed == byteCount ? SourcePicture(number: number, content: content) : nil
  }

  private func end() throws(Failure) -> SourcePicture? {
    leftOver = input.position - lineStart
    if parser.frameCount == 0 {
      let size = description.layout.byteCount
      throw Failure(
        .dataError,
        leftOver == 0
          ? "no picture follows the header"
          : "the first picture, of \(size) bytes, is not whole")
    }
    if parser.frameCount <= range.lowerBound {
      let frames = Quantity.counted(parser.frameCount, "frame")
      throw Failure(.usage, "--frame-range begins behind the end of \(frames)")
    }
    return nil
  }

  /// Hands the parser a line; false where the input has ended before it, or in the middle of one
  /// that begins as the line of a picture does.
  private static func passLine(_ input: inout LineBytes, _ parser: inout Y4MParser) throws -> Bool {
    let start = input.position
    let limit = Y4MHeader.maxLineLength
    switch try input.line(limit: limit) {
    case .whole(let line): try checked { () throws(Y4MError) in try parser.receive(line: line) }
    case .cut(let line):
      if parser.header != nil, "FRAME".utf8.starts(with: line) { return false }
      try checked { () throws(Y4MError) in try parser.receive(line: line) }
    case .tooLong:
      throw Failure(
        Y4MError(offset: start, message: "expected the end of a line within \(limit) bytes"))
    case .end:
      try checked { () throws(Y4MError) in try parser.end() }
      return false
    }
    return true
  }

  private static func checked(_ body: () throws(Y4MError) -> Void) throws(Failure) {
    try Result(catching: body).mapError(Failure.init).get()
  }
}

extension Failure {
  /// A file that is no Y4M, although it begins as one.
  init(_ error: Y4MError) { self.init(.dataError, "\(error.message) at byte \(error.offset)") }
}
