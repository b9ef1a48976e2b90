internal import MediaBitstream
internal import MediaBytes
internal import MediaModel

/// AAC in ADTS, one frame after the other.
final class ADTSSource: FrameSource {
  private(set) var tracks: [Track]
  private let input: InputWindow
  private let samplesPerFrame: Int64
  private var count: Int64 = 0

  init(_ input: InputWindow) throws {
    self.input = input
    tracks = []
    samplesPerFrame = 1024
    try Self.skipID3(input)
    guard let header = try Self.header(input) else {
      throw Failure(.dataError, "there is no frame of ADTS")
    }
    tracks = [try Self.track(header, index: 0)]
  }

  /// The track that a header describes.
  static func track(_ header: ADTSHeader, index: Int) throws -> Track {
    guard let scale = Timescale(UInt32(header.samplingFrequency)) else {
      throw Failure(.dataError, "ADTS without a sampling frequency")
    }
    let config = header.audioSpecificConfig
    guard header.channelConfiguration > 0, config.isWritable else {
      throw Failure(.dataError, "ADTS whose channels only a program config element tells")
    }
    var track = Track(index: index, kind: .audio, codec: .aac, timescale: scale)
    var writer = ByteWriter()
    config.write(to: &writer)
    track.configuration = writer.bytes
    track.sampleRate = header.samplingFrequency
    track.channels = config.channels
    return track
  }

  func next() throws -> Frame? {
    guard let header = try Self.header(input) else { return nil }
    guard try input.has(header.frameLength) else {
      throw Failure(.dataError, "the input ends inside the frame at byte \(input.offset)")
    }
    let whole = input.bytes[header.byteCount..<header.frameLength]
    var frame = Frame(track: 0, data: [UInt8](whole))
    frame.offset = input.offset
    frame.dts = count * samplesPerFrame
    frame.pts = frame.dts
    frame.duration = samplesPerFrame
    frame.isKey = true
    input.consume(header.frameLength)
    count += 1
    return frame
  }

  private static func header(_ input: InputWindow) throws -> ADTSHeader? {
    _ = try input.has(15)
    guard input.count > 0 else { return nil }
    // A tag of ID3v1 ends some files.
    if input.bytes.starts(with: "TAG".utf8) { return nil }
    var reader = ByteReader(
      UnsafeRawBufferPointer(rebasing: input.bytes.prefix(15)).bytes, baseOffset: input.offset)
    let header = try ADTSHeader(parsing: &reader)
    guard header.rawDataBlockCount == 1 else {
      throw Failure(
        .dataError,
        "the frame at byte \(input.offset) holds several blocks of AAC, which need a "
          + "decoder to be taken apart")
    }
    return header
  }

  /// Passes over a tag of ID3v2, as music files have it.
  private static func skipID3(_ input: InputWindow) throws {
    guard try input.has(10), input.bytes.starts(with: "ID3".utf8) else { return }
    let size = input.bytes[6..<10].reduce(0) { $0 << 7 | Int($1 & 0x7f) }
    guard try input.has(10 + size) else {
      throw Failure(.dataError, "the input ends inside a tag of ID3")
    }
    input.consume(10 + size)
  }
}
