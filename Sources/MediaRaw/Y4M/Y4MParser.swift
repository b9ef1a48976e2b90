/// Finds the frames of a Y4M file; pictures are left to the caller, so that several threads may read
/// them.
///
/// Pulls: `next` says what is wanted of the input, from where it stands on.
public struct Y4MParser: Sendable {
  /// What is wanted of the input.
  public enum Step: Hashable, Sendable {
    /// Hand a line to `receive(line:)` without its end: the bytes up to the next `\n`, of which
    /// there are at most `Y4MHeader.maxLineLength`. Where the input has ended before any byte of
    /// it, call `end()`.
    case line
    /// A picture begins here: pass so many bytes, then call `pass`.
    case picture(byteCount: Int)
    /// Nothing more is wanted.
    case end
  }

  /// What is wanted now.
  public private(set) var next = Step.line
  /// Known after the first line.
  public private(set) var header: Y4MHeader?
  /// Tight planes of the header's form; known after the first line.
  public private(set) var layout: PictureLayout?
  /// Parameters behind `FRAME` of the last frame, as they are written.
  public private(set) var frameParameters: [String] = []
  /// Whole pictures passed.
  public private(set) var frameCount: Int64 = 0
  /// Bytes taken.
  private var position: Int64 = 0

  /// A parser at the beginning of a file.
  public init() {}

  /// Takes a line without its end.
  ///
  /// - Throws: `Y4MError`.
  public mutating func receive(line: [UInt8]) throws(Y4MError) {
    guard next == .line else { return }
    // Until the line has proved right there is nothing to go on with.
    next = .end
    let start = position
    position += Int64(line.count) + 1
    if let layout {
      try receiveFrame(line, at: start)
      next = .picture(byteCount: layout.byteCount)
    } else {
      let header = try Y4MHeader(parsing: line)
      layout = try Self.layout(of: header)
      self.header = header
      next = .line
    }
  }

  private static func layout(of header: Y4MHeader) throws(Y4MError) -> PictureLayout {
    do {
      return try PictureLayout(header.format, width: header.width, height: header.height)
    } catch { throw Y4MError(offset: 0, message: error.message) }
  }

  private mutating func receiveFrame(_ line: [UInt8], at start: Int64) throws(Y4MError) {
    let word = Array("FRAME".utf8)
    guard line.starts(with: word), line.count == word.count || line[word.count] == 0x20 else {
      throw Y4MError(offset: start, message: "FRAME expected before picture \(frameCount)")
    }
    guard line.count < Y4MHeader.maxLineLength else {
      throw Y4MError(
        offset: start + Int64(Y4MHeader.maxLineLength),
        message: "the line FRAME does not end within \(Y4MHeader.maxLineLength) bytes")
    }
    frameParameters = Y4MParameters.words(line, from: word.count).map {
      String(decoding: $0.bytes, as: UTF8.self)
    }
  }

  /// Takes notice that so many bytes of a picture were passed; fewer only where the input ends,
  /// which ends the parser.
  public mutating func pass(_ byteCount: Int) {
    guard case .picture(let expected) = next else { return }
    position += Int64(byteCount)
    guard byteCount >= expected else { return next = .end }
    frameCount += 1
    next = .line
  }

  /// Takes notice that the input has ended where a line was wanted.
  ///
  /// - Throws: `Y4MError` where that was the first line.
  public mutating func end() throws(Y4MError) {
    next = .end
    guard header != nil else {
      throw Y4MError(offset: position, message: "an empty input: \"YUV4MPEG2 \" expected")
    }
  }
}
