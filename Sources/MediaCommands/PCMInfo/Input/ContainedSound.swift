internal import MediaIO
internal import MediaModel
internal import MediaRaw

/// PCM in a file of its own kind: WAV, W64, AIFF, AU.
final class ContainedSound: SoundSource {
  private(set) var description: SoundDescription
  let stored: StoredFrames?

  private let bytes: InputBytes
  private var parser: PCMFileParser
  private let dataOffset: Int64
  /// Bytes of samples that there are, or that a pipe may still have; nil for all that follow.
  private let dataByteCount: Int64?
  private var passedByteCount: Int64 = 0

  /// Reads as far as the first sample.
  ///
  /// - Throws: `PCMFileError`, or what reading throws.
  init(_ bytes: InputBytes) throws {
    self.bytes = bytes
    var parser = PCMFileParser(byteCount: bytes.byteCount)
    try Self.advance(&parser, bytes)
    self.parser = parser
    guard let format = parser.format else {
      throw PCMFileError.malformed(offset: bytes.position, "the file ends before its samples")
    }
    dataOffset = bytes.position
    var declared: Int64? = 0
    if case .samples(let count) = parser.next { declared = count.map { max(0, $0) } }
    if let whole = bytes.byteCount {
      dataByteCount = min(declared ?? .max, max(0, whole - dataOffset))
    } else {
      dataByteCount = declared
    }
    stored = Self.stored(bytes, dataOffset, dataByteCount, format)
    description = Self.describe(parser, format)
    description.dataOffset = dataOffset
    description.byteCount = bytes.byteCount
    if let stored {
      description.frames = stored.frameCount
      description.dataByteCount = dataByteCount
    }
  }

  private static func stored(
    _ bytes: InputBytes, _ offset: Int64, _ byteCount: Int64?, _ format: PCMFormat
  ) -> StoredFrames? {
    guard let place = bytes.place, let byteCount else { return nil }
    return StoredFrames(
      place: place, offset: offset, frameCount: byteCount / Int64(format.blockAlign))
  }

  private static func describe(_ parser: PCMFileParser, _ format: PCMFormat) -> SoundDescription {
    let container = parser.container ?? .wav
    var description = SoundDescription(
      containerName: container.demuxerName, codecName: format.sampleFormat.codecName,
      format: format)
    description.container = container
    description.bitsPerSample = format.validBits
    description.bitRate = format.bitRate
    description.declaredFrames = parser.declaredFrames
    description.metadata = parser.metadata
    description.setPositions(format.positions, layout: nil)
    return description
  }

  private static func advance(_ parser: inout PCMFileParser, _ bytes: InputBytes) throws {
    while true {
      switch parser.next {
      case .read(let count):
        try withUnsafeTemporaryAllocation(byteCount: max(1, count), alignment: 16) { room in
          let wanted = UnsafeMutableRawBufferPointer(rebasing: room[..<max(0, count)])
          let read = try bytes.read(into: wanted)
          try parser.receive(UnsafeRawBufferPointer(rebasing: wanted[..<read]).bytes)
        }
      case .skip(let count): parser.pass(try bytes.skip(count))
      case .samples, .end: return
      }
      // FFmpeg, which would read from the beginning, is not asked any more; a pipe may go on with
      // chunks of any length, none of which is to fill the disk.
      if parser.format != nil { bytes.input.keepNoMore() }
    }
  }

  var position: Int64 { bytes.position }
  var findings: [Finding] { parser.findings }

  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    let left = dataByteCount.map { $0 - passedByteCount } ?? .max
    let wanted = UnsafeMutableRawBufferPointer(
      rebasing: room.prefix(Int(clamping: min(left, Int64(room.count)))))
    let count = try bytes.readAvailable(into: wanted)
    passedByteCount += Int64(count)
    return count
  }

  func finish() throws {
    if stored != nil, let dataByteCount { passedByteCount = try bytes.skip(dataByteCount) }
    guard case .samples = parser.next else { return }
    parser.pass(passedByteCount)
    description.dataByteCount = passedByteCount
    description.frames = passedByteCount / Int64(description.format.blockAlign)
    defer { description.metadata = parser.metadata }
    while true {
      try Self.advance(&parser, bytes)
      // Samples behind the first are not part of the sound.
      guard case .samples(let count) = parser.next else { return }
      parser.pass(try bytes.skip(count ?? .max))
    }
  }
}

extension PCMContainer {
  /// What FFmpeg calls its reader.
  fileprivate var demuxerName: String {
    switch self {
    case .wav, .rf64, .bw64: "wav"
    case .w64: "w64"
    case .aiff, .aifc: "aiff"
    case .au: "au"
    }
  }
}

extension SampleFormat {
  /// FFmpeg's name of the codec, or what it would be.
  var codecName: String { "pcm_\(rawValue)" }
}
