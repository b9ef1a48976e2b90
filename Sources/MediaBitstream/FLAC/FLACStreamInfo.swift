public import MediaBytes

/// The STREAMINFO metadata block of FLAC (RFC 9639 8.2): 34 bytes.
public struct FLACStreamInfo: Hashable, Sendable {
  /// The size of the block's body.
  public static let byteCount = 34

  /// Samples in the shortest block, the last one left out; 16 or more.
  public var minimumBlockSize: UInt16
  /// Samples in the longest block.
  public var maximumBlockSize: UInt16
  /// Bytes of the shortest frame, 24 bits; 0 when unknown.
  public var minimumFrameSize: UInt32 = 0
  /// Bytes of the longest frame, 24 bits; 0 when unknown.
  public var maximumFrameSize: UInt32 = 0
  /// Samples per second, 20 bits.
  public var sampleRate: Int
  /// 1...8.
  public var channels: Int
  /// 4...32.
  public var bitsPerSample: Int
  /// Samples of one channel in the stream, 36 bits; 0 when unknown.
  public var totalSamples: UInt64 = 0
  /// MD5 of the decoded samples, 16 bytes; zeros when unknown.
  public var md5 = [UInt8](repeating: 0, count: 16)

  /// Makes the block of a stream whose length is not known, all of its blocks of one size.
  public init(blockSize: UInt16, sampleRate: Int, channels: Int, bitsPerSample: Int) {
    (minimumBlockSize, maximumBlockSize) = (blockSize, blockSize)
    self.sampleRate = sampleRate
    self.channels = channels
    self.bitsPerSample = bitsPerSample
  }

  /// Reads the 34 bytes of the block's body.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    var ahead = reader
    minimumBlockSize = try ahead.u16("minimum block size")
    maximumBlockSize = try ahead.u16("maximum block size")
    minimumFrameSize = try ahead.u24("minimum frame size")
    maximumFrameSize = try ahead.u24("maximum frame size")
    let packed = try ahead.u64("sample rate, channels, bits per sample, total samples")
    sampleRate = Int(packed >> 44)
    channels = Int(packed >> 41 & 7) + 1
    bitsPerSample = Int(packed >> 36 & 31) + 1
    totalSamples = packed & 0xf_ffff_ffff
    md5 = try ahead.array(16, "MD5")
    guard minimumBlockSize >= 16, maximumBlockSize >= minimumBlockSize else {
      throw ParseError(.invalid(UInt64(minimumBlockSize)), "minimum block size", at: start)
    }
    guard sampleRate > 0 else { throw ParseError(.invalid(0), "sample rate", at: start + 10) }
    guard bitsPerSample >= 4 else {
      throw ParseError(.invalid(UInt64(bitsPerSample)), "bits per sample", at: start + 12)
    }
    reader = ahead
  }

  /// Writes the 34 bytes.
  public func write(to writer: inout ByteWriter) {
    precondition(
      (1...0xf_ffff).contains(sampleRate) && (1...8).contains(channels)
        && (4...32).contains(bitsPerSample) && totalSamples >> 36 == 0 && md5.count == 16,
      "a field does not fit")
    writer.integer(minimumBlockSize)
    writer.integer(maximumBlockSize)
    writer.u24(minimumFrameSize)
    writer.u24(maximumFrameSize)
    writer.integer(
      UInt64(sampleRate) << 44 | UInt64(channels - 1) << 41 | UInt64(bitsPerSample - 1) << 36
        | totalSamples)
    writer.append(md5)
  }

  /// FFmpeg's name of the layout (RFC 9639 9.1.3).
  public var channelLayout: String? { flacChannelLayout(channels) }

  /// One line, such as `FLAC 44100 Hz stereo 16 bits`.
  public var summary: String {
    "FLAC \(sampleRate) Hz \(describeChannels(channels, channelLayout)) \(bitsPerSample) bits"
  }
}

/// FFmpeg's name of the layout that FLAC gives 1...8 channels.
func flacChannelLayout(_ channels: Int) -> String? {
  let names = ["mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"]
  return names.indices.contains(channels - 1) ? names[channels - 1] : nil
}

// MARK: - The metadata before the frames

/// A metadata block of FLAC, by its place (RFC 9639 8.1).
public struct FLACMetadataBlock: Hashable, Sendable {
  /// The type, 7 bits.
  public var type: UInt8
  /// Where the body lies, from the start of the input.
  public var body: Range<Int>

  /// The type's name in the specification.
  public var name: String {
    let names = [
      "STREAMINFO", "PADDING", "APPLICATION", "SEEKTABLE", "VORBIS_COMMENT", "CUESHEET", "PICTURE",
    ]
    return names.indices.contains(Int(type)) ? names[Int(type)] : "block type \(type)"
  }
}

/// What stands before the first FLAC frame, in whatever way its container keeps it.
public struct FLACConfiguration: Hashable, Sendable {
  /// The block that every stream has.
  public var streamInfo: FLACStreamInfo
  /// All metadata blocks in order, STREAMINFO first; empty when the input is STREAMINFO's body only.
  public var blocks: [FLACMetadataBlock] = []

  /// Reads a configuration that begins where `reader` stands.
  ///
  /// It takes the native form (`fLaC`, then blocks: files, and SequenceStart of Enhanced RTMP), the
  /// body of a dfLa box (version and flags, then blocks), bare blocks, and STREAMINFO's bare 34
  /// bytes, as FFmpeg keeps them. They cannot be confused: a block size is never under 16. The
  /// reader is left behind the last block.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    var ahead = reader
    let first = try ahead.u32("fLaC")
    if first == Self.marker || first == 0 {
      try reader.skip(4, "fLaC")
    } else if first & 0x7fff_ffff != Self.streamInfoHeader {
      streamInfo = try FLACStreamInfo(parsing: &reader)
      return
    }
    let start = reader.offset
    let header = try reader.u32("metadata block header")
    guard header & 0x7fff_ffff == Self.streamInfoHeader else {
      throw ParseError(.invalid(UInt64(header)), "STREAMINFO header", at: start)
    }
    let begin = reader.offset
    streamInfo = try FLACStreamInfo(parsing: &reader)
    blocks.append(FLACMetadataBlock(type: 0, body: begin..<reader.offset))
    var isLast = header >> 31 == 1
    while !isLast {
      let header = try reader.u32("metadata block header")
      let begin = reader.offset
      guard blocks.count < Self.blockLimit else {
        throw ParseError(
          .overLimit(UInt64(blocks.count + 1), limit: Self.blockLimit), "metadata blocks",
          at: begin - 4)
      }
      try reader.skip(Int(header & 0xff_ffff), "metadata block")
      blocks.append(
        FLACMetadataBlock(type: UInt8(header >> 24 & 0x7f), body: begin..<reader.offset))
      isLast = header >> 31 == 1
    }
  }

  /// Empty blocks would take many times the memory of the record.
  private static let blockLimit = 1024
  /// Type 0, 34 bytes.
  private static let streamInfoHeader = UInt32(FLACStreamInfo.byteCount)
  /// "fLaC".
  private static let marker: UInt32 = 0x664c_6143

  /// Writes the native form with nothing but STREAMINFO, 42 bytes.
  public static func write(_ streamInfo: FLACStreamInfo, to writer: inout ByteWriter) {
    writer.integer(marker)
    writer.integer(1 << 31 | streamInfoHeader)
    streamInfo.write(to: &writer)
  }
}
