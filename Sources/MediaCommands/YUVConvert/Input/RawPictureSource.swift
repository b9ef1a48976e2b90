internal import MediaIO
internal import MediaRaw

/// Pictures one after the other, with nothing around them.
final class RawPictureSource: PictureSource {
  private(set) var description: PictureSourceDescription
  private(set) var leftOver: Int64 = 0
  let undecodablePackets = 0
  var bytesRead: Int64 { bytes.position }

  private let bytes: InputBytes
  private let range: Range<Int64>
  private let pool: BufferPool
  /// Of the next picture.
  private var number: Int64 = 0
  private var isAtEnd = false

  /// - Parameters:
  ///   - bytes: the input, from its beginning on.
  ///   - description: with the layout of the pictures.
  ///   - skip: bytes before the first picture.
  ///   - range: numbers of the pictures wanted.
  /// - Throws: `Failure` where there is not one picture of those wanted, as far as that is known
  ///   before reading; what reading throws.
  init(
    _ bytes: InputBytes, _ description: PictureSourceDescription, skip: Int64 = 0,
    range: Range<Int64>
  ) throws {
    self.bytes = bytes
    self.range = range
    self.description = description
    pool = BufferPool(byteCount: description.layout.byteCount)
    self.description.byteCount = bytes.byteCount
    bytes.input.keepNoMore()
    guard try bytes.skip(skip) == skip else {
      throw Failure(.usage, "--skip \(skip) passes the end of the input")
    }
    if let byteCount = bytes.byteCount { try count(byteCount - skip) }
  }

  private func count(_ rest: Int64) throws(Failure) {
    let size = Int64(description.layout.byteCount)
    guard rest >= size else { throw tooShort(rest) }
    guard range.lowerBound < rest / size else { throw behindEnd(rest / size) }
    description.frameCount = min(range.upperBound, rest / size) - range.lowerBound
  }

  private func tooShort(_ rest: Int64) -> Failure {
    let layout = description.layout
    return Failure(
      .dataError,
      "\(Quantity.counted(rest, "byte")) cannot hold a picture of \(layout.width)x\(layout.height) "
        + "\(layout.format.name), which takes \(layout.byteCount)")
  }

  private func behindEnd(_ frames: Int64) -> Failure {
    Failure(
      .usage, "--frame-range begins behind the end of \(Quantity.counted(frames, "frame"))")
  }

  func next() throws -> SourcePicture? {
    try refuseAfterSignal()
    let size = Int64(description.layout.byteCount)
    if number < range.lowerBound {
      let (wanted, isBeyond) = range.lowerBound.multipliedReportingOverflow(by: size)
      let passed = try bytes.skip(isBeyond ? .max : wanted)
      number = passed / size
      if number < range.lowerBound { return try end(passed % size) }
    }
    guard !isAtEnd, number < range.upperBound else { return nil }
    guard let place = bytes.place else { return try read() }
    let offset = place.start + bytes.position
    let passed = try bytes.skip(size)
    guard passed == size else { return try end(passed) }
    return picture(.stored(place.file, offset: offset))
  }

  private func read() throws -> SourcePicture? {
    let buffer = pool.take()
    let count = try bytes.read(into: buffer.bytes)
    return count == buffer.bytes.count ? picture(.held(buffer)) : try end(Int64(count))
  }

  private func picture(_ content: SourcePicture.Content) -> SourcePicture {
    defer { number += 1 }
    return SourcePicture(number: number, content: content)
  }

  /// The input has ended, with a few bytes more than whole pictures.
  private func end(_ rest: Int64) throws(Failure) -> SourcePicture? {
    isAtEnd = true
    leftOver = rest
    if number == 0 { throw tooShort(rest) }
    if number <= range.lowerBound { throw behindEnd(number) }
    return nil
  }
}

/// - Throws: `Failure` once a signal has come.
func refuseAfterSignal() throws(Failure) {
  if let signal = Signals.received { throw Failure(.signal(signal), "interrupted") }
}
