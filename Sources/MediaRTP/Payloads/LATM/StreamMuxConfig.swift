public import MediaBitstream
public import MediaBytes

/// `StreamMuxConfig` (ISO/IEC 14496-3 1.7.3.1): how LATM multiplexes, here one stream alone.
public struct StreamMuxConfig: Hashable, Sendable {
  /// How long the frames are.
  public enum FrameLength: Hashable, Sendable {
    /// Each says it (`frameLengthType` 0).
    case variable
    /// All have this many bytes, 20...531 (`frameLengthType` 1).
    case fixed(Int)
  }

  /// `audioMuxVersion`: 0 or 1.
  public var version = 0
  /// `numSubFrames` + 1: how many frames an AudioMuxElement has, 1...64.
  public var frameCount = 1
  /// The configuration's bytes, its last one filled up with zeros.
  public var configurationBytes: [UInt8]
  /// The configuration.
  public var configuration: AudioSpecificConfig
  /// How long the frames are.
  public var frameLength = FrameLength.variable
  /// `otherDataLenBits`; nil where no other data is present.
  public var otherDataBitCount: Int?
  /// `crcCheckSum`, which is not checked; nil where there is none.
  public var checksum: UInt8?

  private var configurationBitCount: Int

  /// Makes the configuration of one frame an element; nil for an AudioSpecificConfig that cannot be
  /// read, or not without being told its length, as of `audioMuxVersion` 0.
  public init?(audioSpecificConfig bytes: [UInt8]) {
    guard let found = Self.core(bytes) else { return nil }
    configurationBytes = found.bytes
    configuration = found.configuration
    configurationBitCount = found.bitCount
  }

  /// Reads a configuration; several programmes, layers or time framings are `.unsupported`.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    version = Int(try reader.bits(1, "audioMuxVersion"))
    if version == 1 {
      try reader.expect(0, 1, "audioMuxVersionA")
      _ = try reader.latmValue("taraBufferFullness")
    }
    try reader.expect(1, 1, "allStreamsSameTimeFraming")
    frameCount = Int(try reader.bits(6, "numSubFrames")) + 1
    try reader.expect(0, 4, "numProgram")
    try reader.expect(0, 3, "numLayer")
    let found = try Self.audioSpecificConfig(&reader, version: version)
    (configurationBytes, configuration, configurationBitCount) = found
    let start = reader.offset
    switch try reader.bits(3, "frameLengthType") {
    case 0: try reader.skip(8, "latmBufferFullness")
    case 1: frameLength = .fixed(Int(try reader.bits(9, "frameLength")) + 20)
    case let type: throw ParseError(.unsupported(type), "frameLengthType", at: start)
    }
    if try reader.flag("otherDataPresent") {
      otherDataBitCount = try Self.otherDataBitCount(&reader, version: version)
    }
    if try reader.flag("crcCheckPresent") {
      checksum = UInt8(try reader.bits(8, "crcCheckSum"))
    }
  }

  /// Reads a configuration that ends with its AudioSpecificConfig, extensions of which are then
  /// bounded: frames have their lengths with them, and no other data follows.
  ///
  /// Nil for any that begins otherwise, or has no AudioSpecificConfig.
  init?(cutBehindConfiguration bytes: [UInt8]) {
    var reader = unsafe BitReader(bytes.span.bytes)
    guard let start = try? reader.bits(15, "StreamMuxConfig"), start & ~0x1f80 == 0x2000,
      let found = try? reader.latmBytes(reader.bitsRemaining / 8, "AudioSpecificConfig")
    else { return nil }
    var inner = ByteReader(found.span)
    guard let configuration = try? AudioSpecificConfig(parsing: &inner) else { return nil }
    frameCount = Int(start >> 7 & 0x3f) + 1
    configurationBytes = found
    self.configuration = configuration
    configurationBitCount = 8 * found.count
  }

  private static func otherDataBitCount(
    _ reader: inout BitReader, version: Int
  ) throws(ParseError) -> Int {
    if version == 1 { return try reader.latmValue("otherDataLenBits") }
    var count = 0
    var isLast = false
    let start = reader.offset
    while !isLast {
      isLast = try !reader.flag("otherDataLenEsc")
      count = (count << 8) + Int(try reader.bits(8, "otherDataLenTmp"))
      guard count < 1 << 32 else {
        throw ParseError(.overLimit(UInt64(count), limit: 1 << 32), "otherDataLenBits", at: start)
      }
    }
    return count
  }

  private typealias Core = (
    bytes: [UInt8], configuration: AudioSpecificConfig, bitCount: Int
  )

  private static func audioSpecificConfig(
    _ reader: inout BitReader, version: Int
  ) throws(ParseError) -> Core {
    let start = reader.offset
    guard version == 0 else {
      let count = try reader.latmValue("ascLen")
      guard count <= reader.bitsRemaining, count <= 8 * longest else {
        throw ParseError(.overLimit(UInt64(count), limit: 8 * longest), "ascLen", at: start)
      }
      var bytes = try reader.latmBytes(count / 8, "AudioSpecificConfig")
      let rest = count % 8
      if rest > 0 {
        bytes.append(UInt8(try reader.bits(rest, "AudioSpecificConfig") << UInt64(8 - rest)))
      }
      var inner = ByteReader(bytes.span)
      return (bytes, try AudioSpecificConfig(parsing: &inner), count)
    }
    // How long it is only reading it tells.
    var ahead = reader
    let bytes = try ahead.latmBytes(min(longest, ahead.bitsRemaining / 8), "AudioSpecificConfig")
    let tail = ahead.bitsRemaining % 8
    let more =
      bytes.count < longest && tail > 0
      ? [UInt8(try ahead.bits(tail, "AudioSpecificConfig") << UInt64(8 - tail))] : []
    guard let found = core(bytes + more) else {
      throw ParseError(.invalid(UInt64(bytes.first ?? 0)), "AudioSpecificConfig", at: start)
    }
    try reader.skip(found.bitCount, "AudioSpecificConfig")
    return found
  }

  /// More than a program config element with the longest comment needs.
  private static let longest = 320

  /// The configuration at the start of some bytes without a backward compatible extension, which
  /// needs a length (1.6.2.1, `bits_to_decode`); nil for types whose configuration is not read.
  ///
  /// The fewest bytes that can be read leave no room for the extension.
  private static func core(_ bytes: [UInt8]) -> Core? {
    for count in 2...longest where count <= bytes.count {
      var reader = unsafe BitReader(bytes.span.bytes.extracting(0..<count))
      let result = Result { () throws(ParseError) in try AudioSpecificConfig(parsing: &reader) }
      switch result {
      case .failure(let error):
        guard case .truncated = error.reason else { return nil }
      case .success(let configuration):
        guard configuration.specificConfig != .other, configuration.epConfig ?? 0 < 2 else {
          return nil
        }
        let bitCount = 8 * count - reader.bitsRemaining
        var prefix = [UInt8](bytes[..<count])
        // Whatever follows is not its own.
        if reader.bitsRemaining > 0 { prefix[count - 1] &= 0xff << UInt8(reader.bitsRemaining) }
        return (prefix, configuration, bitCount)
      }
    }
    return nil
  }

  /// Writes the configuration as `audioMuxVersion` 0, filled up with zeros to whole bytes.
  public var bytes: [UInt8] {
    var writer = BitWriter()
    writer.bits(1, 0)  // audioMuxVersion
    writer.bits(1, 1)  // allStreamsSameTimeFraming
    writer.bits(6, frameCount - 1)  // numSubFrames
    writer.bits(4, 0)  // numProgram
    writer.bits(3, 0)  // numLayer
    for bit in 0..<configurationBitCount {
      writer.bits(1, Int(configurationBytes[bit / 8] >> UInt8(7 - bit % 8) & 1))
    }
    switch frameLength {
    case .variable:
      writer.bits(3, 0)
      writer.bits(8, 0xff)  // latmBufferFullness: variable rate
    case .fixed(let count):
      writer.bits(3, 1)
      writer.bits(9, count - 20)
    }
    writer.bits(1, 0)  // otherDataPresent
    writer.bits(1, 0)  // crcCheckPresent
    return writer.bytes
  }
}

extension BitReader {
  /// Reads a field that is supported with one value alone.
  fileprivate mutating func expect(
    _ value: UInt64, _ count: Int, _ field: StaticString
  ) throws(ParseError) {
    let start = offset
    let found = try bits(count, field)
    guard found == value else { throw ParseError(.unsupported(found), field, at: start) }
  }
}
