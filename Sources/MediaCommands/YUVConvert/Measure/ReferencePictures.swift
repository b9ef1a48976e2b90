internal import MediaIO
internal import MediaRaw

/// The pictures of `--reference`: raw in the output's form, or Y4M of that form.
///
/// May be read from several threads at once.
final class ReferencePictures: Sendable {
  private enum Places: Sendable {
    /// One behind the other.
    case dense
    /// Where each begins.
    case listed([Int64])
  }

  let count: Int64
  private let path: String
  private let file: ReadableFile
  private let layout: PictureLayout
  private let places: Places

  /// - Throws: `Failure` where the file cannot be read, has another form, or parts of a picture.
  init(path: String, layout: PictureLayout) throws(Failure) {
    self.path = path
    self.layout = layout
    do {
      file = try ReadableFile.open(path)
    } catch {
      throw Self.failure(path, error)
    }
    guard file.isSeekable, let byteCount = file.byteCount else {
      throw Failure(.usage, "--reference \(path): must be a file, not a pipe")
    }
    if let y4m = try Self.y4m(file, path, layout, byteCount) {
      places = .listed(y4m)
      count = Int64(y4m.count)
    } else {
      let each = Int64(layout.byteCount)
      guard byteCount % each == 0 else {
        throw Failure(
          .dataError,
          "--reference \(path): \(byteCount) bytes are not whole pictures of \(Self.words(layout)), \(each) bytes each"
        )
      }
      places = .dense
      count = byteCount / each
    }
    guard count > 0 else {
      throw Failure(.dataError, "--reference \(path): holds no picture")
    }
  }

  /// Reads the picture of a number into `bytes`, which hold one.
  ///
  /// - Throws: `Failure` where there is none, or it cannot be read.
  func read(_ number: Int64, into bytes: UnsafeMutableRawBufferPointer) throws(Failure) {
    guard (0..<count).contains(number) else {
      throw Failure(
        .dataError,
        "--reference \(path): holds \(Quantity.counted(count, "picture")), the output has more")
    }
    let offset =
      switch places {
      case .dense: number * Int64(layout.byteCount)
      case .listed(let offsets): offsets[Int(number)]
      }
    let read: Int
    do {
      read = try file.read(at: offset, into: bytes)
    } catch {
      throw Self.failure(path, error)
    }
    guard read == bytes.count else {
      throw Failure(.dataError, "--reference \(path): ends at byte \(offset + Int64(read))")
    }
  }

  private static func failure(_ path: String, _ error: IOFailure) -> Failure {
    let failure = Failure(error)
    return Failure(failure.exit, "--reference \(path): \(failure.message)")
  }

  private static func words(_ layout: PictureLayout) -> String {
    "\(layout.width)x\(layout.height) \(layout.format.name)"
  }

  // MARK: Y4M

  /// Where the pictures of a Y4M file begin; nil of any other file.
  private static func y4m(
    _ file: ReadableFile, _ path: String, _ layout: PictureLayout, _ byteCount: Int64
  ) throws(Failure) -> [Int64]? {
    let signature = try bytes(file, path, at: 0, count: Y4MHeader.signature.count)
    guard signature == Y4MHeader.signature else { return nil }
    var (parser, offset, offsets) = (Y4MParser(), Int64(0), [Int64]())
    var isKnown = false
    while true {
      if !isKnown, let found = parser.layout {
        isKnown = true
        guard isSame(found, layout) else {
          throw Failure(
            .usage,
            "--reference \(path): pictures are \(words(found)), the output's \(words(layout))")
        }
      }
      switch parser.next {
      case .end: return offsets
      case .picture(let count):
        guard Int64(count) <= byteCount - offset else {
          throw Failure(.dataError, "--reference \(path): the last picture is not whole")
        }
        offsets.append(offset)
        parser.pass(count)
        offset += Int64(count)
      case .line:
        let text = try line(file, path, at: offset)
        let outcome = Result { () throws(Y4MError) in
          if let text { try parser.receive(line: text) } else { try parser.end() }
        }
        if case .failure(let error) = outcome {
          throw Failure(
            .dataError, "--reference \(path): at byte \(error.offset): \(error.message)")
        }
        guard let text else { return offsets }
        offset += Int64(text.count) + 1
      }
    }
  }

  /// A line without its end; nil at the end of the file.
  private static func line(
    _ file: ReadableFile, _ path: String, at offset: Int64
  ) throws(Failure) -> [UInt8]? {
    // That of a picture mostly has no parameters.
    for count in [64, Y4MHeader.maxLineLength] {
      let bytes = try bytes(file, path, at: offset, count: count)
      if bytes.isEmpty { return nil }
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) { return Array(bytes[..<end]) }
    }
    throw Failure(.dataError, "--reference \(path): at byte \(offset): no line of Y4M")
  }

  private static func bytes(
    _ file: ReadableFile, _ path: String, at offset: Int64, count: Int
  ) throws(Failure) -> [UInt8] {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { bytes.deallocate() }
    do {
      return Array(bytes.prefix(try file.read(at: offset, into: bytes)))
    } catch {
      throw failure(path, error)
    }
  }

  /// Whether pictures have the same bytes; full range may be in the name of one format alone.
  private static func isSame(_ one: PictureLayout, _ other: PictureLayout) -> Bool {
    one.width == other.width && one.height == other.height && one.planes == other.planes
      && one.format.model == other.format.model && one.format.chroma == other.format.chroma
      && one.format.components == other.format.components
      && one.format.isBigEndian == other.format.isBigEndian
  }
}
