public import MediaBytes

/// The identification header of an Opus stream (RFC 7845 5.1).
public struct OpusHead: Hashable, Sendable {
  /// How coded streams become output channels; absent in mapping family 0.
  public struct ChannelMapping: Hashable, Sendable {
    /// Streams in a packet, 1...255.
    public var streamCount: UInt8
    /// How many of them, from the first, are stereo.
    public var coupledCount: UInt8
    /// For each output channel the decoded channel, 255 for silence.
    ///
    /// In family 3 it is the demixing matrix instead, 16 bits a coefficient (RFC 8486 3.2).
    public var table: [UInt8]
    /// Makes a mapping of its parts.
    public init(streamCount: UInt8, coupledCount: UInt8, table: [UInt8]) {
      self.streamCount = streamCount
      self.coupledCount = coupledCount
      self.table = table
    }
  }

  /// The version; the upper four bits are 0 in all that this reader takes.
  public var version: UInt8 = 1
  /// Output channels, 1...255.
  public var channels: UInt8
  /// Samples at 48 kHz to drop at the start.
  public var preSkip: UInt16
  /// The rate of the sound before encoding, 0 when unknown; decoding is at 48 kHz whatever it is.
  public var inputSampleRate: UInt32
  /// What to add to the level, in 1/256 dB.
  public var outputGain: Int16 = 0
  /// Channel mapping family: 0 mono and stereo, 1 Vorbis order, 2 and 3 ambisonics, 255 no meaning.
  public var mappingFamily: UInt8 = 0
  /// The mapping; nil exactly in family 0.
  public var mapping: ChannelMapping?

  /// Makes the header of a mono or stereo stream.
  public init(channels: UInt8, preSkip: UInt16, inputSampleRate: UInt32) {
    self.channels = channels
    self.preSkip = preSkip
    self.inputSampleRate = inputSampleRate
  }

  /// Reads a header; bytes behind it are left.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    let magic = try reader.u64("OpusHead")
    guard magic == Self.magic else { throw ParseError(.invalid(magic), "OpusHead", at: start) }
    version = try reader.u8("version")
    guard version >> 4 == 0 else {
      throw ParseError(.unsupported(UInt64(version)), "version", at: start + 8)
    }
    channels = try reader.u8("channel count")
    preSkip = try reader.u16le("pre-skip")
    inputSampleRate = try reader.u32le("input sample rate")
    outputGain = try reader.i16le("output gain")
    mappingFamily = try reader.u8("channel mapping family")
    let most: UInt8 = mappingFamily == 0 ? 2 : mappingFamily == 1 ? 8 : 255
    guard (1...most).contains(channels) else {
      throw ParseError(.invalid(UInt64(channels)), "channel count", at: start + 9)
    }
    if mappingFamily > 0 { mapping = try parseMapping(&reader) }
  }

  /// "OpusHead".
  private static let magic: UInt64 = 0x4f70_7573_4865_6164

  private func parseMapping(_ reader: inout ByteReader) throws(ParseError) -> ChannelMapping {
    let start = reader.offset
    let streams = try reader.u8("stream count")
    let coupled = try reader.u8("coupled count")
    let decoded = Int(streams) + Int(coupled)
    guard streams > 0, coupled <= streams, decoded <= 255 else {
      throw ParseError(.invalid(UInt64(streams)), "stream count", at: start)
    }
    if mappingFamily == 3 {
      let matrix = try reader.array(2 * Int(channels) * decoded, "demixing matrix")
      return ChannelMapping(streamCount: streams, coupledCount: coupled, table: matrix)
    }
    let table = try reader.array(Int(channels), "channel mapping")
    for (index, entry) in table.enumerated() where entry != 255 && Int(entry) >= decoded {
      throw ParseError(.invalid(UInt64(entry)), "channel mapping", at: start + 2 + index)
    }
    return ChannelMapping(streamCount: streams, coupledCount: coupled, table: table)
  }

  /// Writes the header.
  public func write(to writer: inout ByteWriter) {
    precondition((mappingFamily == 0) == (mapping == nil), "family 0 alone has no mapping")
    writer.integer(Self.magic)
    writer.integer(version)
    writer.integer(channels)
    writer.integer(littleEndian: preSkip)
    writer.integer(littleEndian: inputSampleRate)
    writer.integer(littleEndian: outputGain)
    writer.integer(mappingFamily)
    guard let mapping else { return }
    writer.integer(mapping.streamCount)
    writer.integer(mapping.coupledCount)
    writer.append(mapping.table)
  }

  /// FFmpeg's name of the layout; nil where the family gives the channels no places.
  public var channelLayout: String? {
    guard mappingFamily < 2 else { return nil }
    let names = ["mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"]
    return names.indices.contains(Int(channels) - 1) ? names[Int(channels) - 1] : nil
  }

  /// One line, such as `Opus 48000 Hz stereo`.
  public var summary: String {
    "Opus 48000 Hz \(describeChannels(Int(channels), channelLayout))"
  }
}
