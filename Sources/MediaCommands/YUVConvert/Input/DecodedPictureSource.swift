internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel
internal import MediaRaw

/// Pictures that FFmpeg decodes, copied without gaps.
final class DecodedPictureSource: PictureSource {
  let description: PictureSourceDescription
  let leftOver: Int64 = 0
  var bytesRead: Int64 { demuxer.position ?? (number > 0 ? description.byteCount ?? 0 : 0) }
  var undecodablePackets: Int { reader.undecodablePackets }

  private let demuxer: Demuxer
  private let reader: PictureReader
  private let range: Range<Int64>
  private let pool: BufferPool
  /// Collects what FFmpeg says as long as it reads.
  private let log: FFmpegLog
  private var number: Int64 = 0
  /// What becomes of a failure of FFmpeg's.
  private let explain: (FFmpegError) -> Failure

  /// - Parameters:
  ///   - demuxer: with its streams known.
  ///   - range: numbers of the pictures wanted.
  ///   - frameRate: in place of the container's.
  ///   - log: where FFmpeg speaks.
  ///   - explain: says what one of its errors means here.
  /// - Throws: `Failure`, `FFmpegError`.
  init(
    _ demuxer: Demuxer, range: Range<Int64>, frameRate: Rational?, log: FFmpegLog,
    explain: @escaping (FFmpegError) -> Failure
  ) throws {
    self.demuxer = demuxer
    let media = demuxer.describe()
    reader = try PictureReader(
      demuxer, streamIndex: try Self.choose(media.streams).index, accepts: Self.isOurs)
    let found = reader.description
    guard let format = PixelFormat(named: found.pixelFormat) else {
      throw Failure(.unavailable, "pictures of \(found.pixelFormat) are not handled")
    }
    let layout = try Result { () throws(PictureLayoutError) in
      try PictureLayout(format, width: found.width, height: found.height)
    }.mapError { Failure(.dataError, $0.message) }.get()
    var description = DecodedPictures.describe(found, layout)
    description.frameRate = frameRate ?? description.frameRate
    description.byteCount = media.format.byteCount
    description.frameCount = found.frameCount.map {
      max(0, min($0, range.upperBound) - range.lowerBound)
    }
    self.description = description
    self.range = range
    self.log = log
    self.explain = explain
    pool = BufferPool(byteCount: layout.byteCount)
  }

  /// Names that mean the same here and there; the two highest bits of `xv30le` are no alpha.
  private static func isOurs(_ name: String) -> Bool {
    name != "xv30le" && PixelFormat(named: name)?.name == name
  }

  /// The one that is meant to be seen; covers of music come last.
  private static func choose(_ streams: [StreamDescription]) throws(Failure) -> StreamDescription {
    let pictures = streams.filter { $0.kind == .video }
    func rank(_ stream: StreamDescription) -> Int {
      func isSet(_ name: String) -> Bool {
        stream.dispositions.contains { $0.name == name && $0.isSet }
      }
      return (isSet("attached_pic") ? 0 : 2) + (isSet("default") ? 1 : 0)
    }
    guard let first = pictures.first else {
      throw Failure(.dataError, "there are no pictures in it")
    }
    // The first of the best.
    return pictures.dropFirst().reduce(first) { rank($1) > rank($0) ? $1 : $0 }
  }

  func next() throws -> SourcePicture? {
    try refuseAfterSignal()
    while number < range.lowerBound {
      guard try decode({ _ in }) else { throw behindEnd() }
      number += 1
    }
    guard number < range.upperBound else { return nil }
    let buffer = pool.take()
    let layout = description.layout
    guard try decode({ try DecodedPictures.copy($0, layout, into: buffer.bytes) }) else {
      if number == 0 { throw Failure(.dataError, "there are no pictures in it") }
      if number == range.lowerBound { throw behindEnd() }
      return nil
    }
    defer { number += 1 }
    return SourcePicture(number: number, content: .held(buffer))
  }

  private func decode(_ body: (DecodedPictures.Planes) throws -> Void) throws -> Bool {
    do {
      return try reader.next(body)
    } catch let error as FFmpegError {
      throw explain(error)
    }
  }

  private func behindEnd() -> Failure {
    Failure(
      .usage, "--frame-range begins behind the end of \(Quantity.counted(number, "frame"))")
  }
}

/// What FFmpeg says of its pictures in our words.
enum DecodedPictures {
  typealias Planes = [(start: UnsafeRawPointer, stride: Int)]

  static func describe(
    _ found: PictureReader.Description, _ layout: PictureLayout
  ) -> PictureSourceDescription {
    var description = PictureSourceDescription(
      containerName: found.containerName, codecName: found.codecName, layout: layout)
    if layout.format.model != .rgb { setMatrix(found.matrix, &description) }
    description.range = found.isFullRange.map { $0 ? .full : .limited }
    if description.range == nil, layout.format.model == .gray, isFullGray(found.codecName) {
      description.range = .full
    }
    description.siting = found.chromaLocation.flatMap(ChromaSiting.init(rawValue:))
    description.fieldOrder =
      found.isInterlaced ? (found.isTopFieldFirst ? .topFirst : .bottomFirst) : nil
    description.primaries = found.primariesName
    description.transfer = found.transferName
    description.frameRate = found.frameRate
    description.sampleAspectRatio = found.sampleAspectRatio
    description.notes = notes(found)
    return description
  }

  /// MatrixCoefficients, ITU-T H.273 table 4.
  static func setMatrix(_ code: Int, _ description: inout PictureSourceDescription) {
    switch code {
    case 2, 3: break
    case 5: description.matrix = .bt601
    default:
      description.matrix = ColorMatrix.all.first { $0.code == code }
      guard description.matrix == nil else { return }
      description.unsupportedMatrix = otherMatrices[code] ?? "number \(code) of H.273"
    }
  }

  /// FFmpeg's names.
  private static let otherMatrices = [
    0: "gbr", 10: "bt2020c", 11: "smpte2085", 12: "chroma-derived-nc", 13: "chroma-derived-c",
    14: "ictcp", 15: "ipt-c2", 16: "ycgco-re", 17: "ycgco-ro",
  ]

  /// Whether grays of an untagged image go from 0 to the largest code, as its format says.
  private static func isFullGray(_ codec: String) -> Bool {
    [
      "png", "apng", "bmp", "gif", "mjpeg", "jpeg2000", "jpegls", "pbm", "pgm", "ppm", "pam",
      "tiff",
      "targa", "sgi", "webp",
    ].contains(codec)
  }

  private static func notes(_ found: PictureReader.Description) -> [String] {
    var notes: [String] = []
    if let from = found.convertedFrom {
      let loss = found.dropsAlpha ? "; its alpha is dropped" : ""
      notes.append("decoded as \(from), which FFmpeg made \(found.pixelFormat)\(loss)")
    }
    if let rotation = found.rotation, rotation != 0 {
      let degrees = (Int(rotation.rounded()) + 360) % 360
      let hint = [90, 180, 270].contains(degrees) ? ": --rotate \(degrees) does so" : ""
      notes.append("players are asked to turn the picture by \(degrees) degrees\(hint)")
    }
    return notes
  }

  /// Copies planes into those of a layout of the same format and size.
  static func copy(
    _ planes: Planes, _ layout: PictureLayout, into picture: UnsafeMutableRawBufferPointer
  ) throws(Failure) {
    guard planes.count >= layout.planes.count, picture.count >= layout.byteCount,
      let base = picture.baseAddress
    else { throw Failure(.dataError, "a decoded picture has \(planes.count) planes") }
    for (source, plane) in zip(planes, layout.planes) {
      let target = base + plane.offset
      if source.stride == plane.stride {
        let count = plane.stride * (plane.rowCount - 1) + plane.rowByteCount
        target.copyMemory(from: source.start, byteCount: count)
        continue
      }
      for row in 0..<plane.rowCount {
        (target + row * plane.stride).copyMemory(
          from: source.start + row * source.stride, byteCount: plane.rowByteCount)
      }
    }
  }
}
