internal import MediaBitstream
internal import MediaBytes
internal import MediaFFmpeg

/// AAC in ADTS, a header in front of each frame.
final class ADTSStream: ElementaryStream {
  private let output: any ByteOutput
  private var framer: ADTSFramer?
  private var writer = ByteWriter()

  init(_ output: any ByteOutput) { self.output = output }

  func configure(_ configuration: [UInt8]) throws {
    var reader = ByteReader(configuration.span)
    let config = try AudioSpecificConfig(parsing: &reader)
    do {
      framer = try ADTSFramer(config)
    } catch {
      throw Failure(.unavailable, "\(error)")
    }
  }

  func write(_ frame: RawSpan, pts: Int64) throws {
    guard framer != nil else { throw MissingConfiguration() }
    try framer?.write(frame, to: &writer)
    try output.drain(&writer)
  }
}

/// FLAC as a file of its own: `fLaC`, STREAMINFO and the frames.
///
/// The last STREAMINFO of the stream counts, since encoders know sizes and checksum only at the end;
/// so all waits in memory, or beyond a limit in a temporary file, until then.
final class FLACStream: ElementaryStream {
  private let output: any ByteOutput
  private let spool = SpoolOutput()
  private var info: FLACStreamInfo?

  init(_ output: any ByteOutput) { self.output = output }

  func configure(_ configuration: [UInt8]) throws {
    var reader = ByteReader(configuration.span)
    let new = try FLACConfiguration(parsing: &reader).streamInfo
    if let info {
      let isSame =
        new.sampleRate == info.sampleRate && new.channels == info.channels
        && new.bitsPerSample == info.bitsPerSample
      guard isSame else {
        throw Failure(.dataError, "the sound changes from \(info.summary) to \(new.summary)")
      }
    }
    info = new
  }

  func write(_ frame: RawSpan, pts: Int64) throws {
    guard info != nil else { throw MissingConfiguration() }
    try spool.write(frame)
  }

  func finish() throws {
    guard let info else { return }
    var writer = ByteWriter()
    FLACConfiguration.write(info, to: &writer)
    try output.drain(&writer)
    try spool.copy(to: output)
  }
}

/// Opus in Ogg, through FFmpeg's muxer; times are those of the packets' own durations.
final class OggOpusStream: ElementaryStream {
  private let output: any ByteOutput
  private var head: OpusHead?
  private var muxer: Muxer?
  /// When the next packet begins, in samples at 48 kHz; what is before 0 is dropped by decoders.
  private var time: Int64 = 0

  init(_ output: any ByteOutput) { self.output = output }

  func configure(_ configuration: [UInt8]) throws {
    guard !configuration.isEmpty else { return }
    var reader = ByteReader(configuration.span)
    let new = try OpusHead(parsing: &reader)
    // Packets say themselves whether they are stereo; only this changes what is heard.
    if muxer != nil, let head, (head.channels, head.mapping) != (new.channels, new.mapping) {
      throw Failure(.dataError, "the sound changes from \(head.summary) to \(new.summary)")
    }
    head = new
  }

  func write(_ frame: RawSpan, pts: Int64) throws {
    var reader = ByteReader(frame)
    let packet = try OpusPacket(parsing: &reader)
    let muxer = try self.muxer ?? begin(packet)
    self.muxer = muxer
    try frame.withUnsafeBytes {
      try muxer.write($0, track: 0, pts: time, duration: Int64(packet.samples))
    }
    time += Int64(packet.samples)
  }

  private func begin(_ packet: OpusPacket) throws -> Muxer {
    // Without a header nothing is known of the encoder's delay.
    let head =
      self.head
      ?? OpusHead(channels: packet.isStereo ? 2 : 1, preSkip: 0, inputSampleRate: 48_000)
    self.head = head
    var writer = ByteWriter()
    head.write(to: &writer)
    var track = MuxerTrack(codec: "opus", ticksPerSecond: 48_000)
    track.configuration = writer.bytes
    track.sampleRate = 48_000
    track.channels = Int(head.channels)
    var options = MuxerOptions()
    options.isBitExact = true
    time = -Int64(head.preSkip)
    let output = output
    return try Muxer(format: "ogg", tracks: [track], options: options) { bytes, _ in
      try output.write(bytes)
    }
  }

  func finish() throws { try muxer?.finish() }
}
