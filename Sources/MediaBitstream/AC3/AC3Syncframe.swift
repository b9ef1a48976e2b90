public import MediaBytes

/// The head of an AC-3 or E-AC-3 syncframe (ETSI TS 102 366 4.3, 4.4 and E.1.2).
public struct AC3Syncframe: Hashable, Sendable {
  /// What a frame's substream is to the others: `strmtyp`, E-AC-3 only.
  public enum StreamType: UInt8, Hashable, Sendable {
    /// Decodable by itself.
    case independent = 0
    /// Adds channels to the independent substream before it.
    case dependent = 1
    /// Decodable by itself, and once AC-3.
    case convertedFromAC3 = 2
    /// Reserved.
    case reserved = 3
  }

  /// `bsid`, 5 bits: up to 10 is AC-3 (9 and 10 at lower rates), 11 to 16 E-AC-3.
  public private(set) var bitstreamID: UInt8 = 0
  /// `strmtyp`; independent in AC-3.
  public private(set) var streamType = StreamType.independent
  /// `substreamid`, 0...7; 0 in AC-3.
  public private(set) var substreamID: UInt8 = 0
  /// Samples per second.
  public private(set) var sampleRate = 0
  /// `acmod`, 3 bits: 0 is 1+1, 1 is 1/0 and so on to 7, 3/2.
  public private(set) var audioCodingMode: UInt8 = 0
  /// `lfeon`: a low frequency channel.
  public private(set) var hasLFE = false
  /// `bsmod`, 3 bits, the kind of service; nil in E-AC-3, which keeps it further on.
  public private(set) var bitstreamMode: UInt8?
  /// Bytes of the frame, its head included.
  public private(set) var frameByteCount = 0
  /// Blocks of 256 samples: 6, or in E-AC-3 1, 2, 3 or 6.
  public private(set) var blockCount = 6

  /// Reads the head, 6 to 8 bytes; the frame behind it need not be there.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    var ahead = reader
    let sync = try ahead.u16("syncword")
    guard sync == 0x0b77 else { throw ParseError(.invalid(UInt64(sync)), "syncword", at: start) }
    // Both forms have bsid in the same place.
    var behind = ahead
    try behind.skip(3, "syncinfo")
    bitstreamID = try behind.u8("bsid") >> 3
    guard bitstreamID <= 16 else {
      throw ParseError(.unsupported(UInt64(bitstreamID)), "bsid", at: start + 5)
    }
    var bits = BitReader(ahead)
    if isEnhanced { try parseEnhanced(&bits) } else { try parsePlain(&bits) }
    try reader.skip(bits.offset + (bits.isByteAligned ? 0 : 1) - start, "syncframe")
  }

  /// From `crc1` to `lfeon` (4.3.1, 4.3.2).
  private mutating func parsePlain(_ bits: inout BitReader) throws(ParseError) {
    try bits.skip(16, "crc1")
    let start = bits.offset
    let rateCode = Int(try bits.bits(2, "fscod"))
    let sizeCode = Int(try bits.bits(6, "frmsizecod"))
    guard rateCode < 3 else { throw ParseError(.invalid(3), "fscod", at: start) }
    guard sizeCode / 2 < kilobitRates.count else {
      throw ParseError(.invalid(UInt64(sizeCode)), "frmsizecod", at: start)
    }
    // bsid 9 and 10 halve the rate once and twice; the size of a frame stays.
    sampleRate = ac3SampleRates[rateCode] >> max(0, Int(bitstreamID) - 8)
    let rate = kilobitRates[sizeCode / 2]
    frameByteCount =
      switch rateCode {
      case 0: 4 * rate
      case 1: 2 * (rate * 320 / 147 + sizeCode % 2)
      default: 6 * rate
      }
    try bits.skip(5, "bsid")
    bitstreamMode = UInt8(try bits.bits(3, "bsmod"))
    audioCodingMode = UInt8(try bits.bits(3, "acmod"))
    if audioCodingMode & 1 != 0, audioCodingMode != 1 { try bits.skip(2, "cmixlev") }
    if audioCodingMode & 4 != 0 { try bits.skip(2, "surmixlev") }
    if audioCodingMode == 2 { try bits.skip(2, "dsurmod") }
    hasLFE = try bits.flag("lfeon")
  }

  /// From `strmtyp` to `lfeon` (E.1.2.2).
  private mutating func parseEnhanced(_ bits: inout BitReader) throws(ParseError) {
    streamType = StreamType(rawValue: UInt8(try bits.bits(2, "strmtyp"))) ?? .reserved
    substreamID = UInt8(try bits.bits(3, "substreamid"))
    frameByteCount = 2 * (Int(try bits.bits(11, "frmsiz")) + 1)
    let start = bits.offset
    let rateCode = Int(try bits.bits(2, "fscod"))
    let next = Int(try bits.bits(2, "numblkscod"))
    if rateCode == 3 {  // then the next two bits are fscod2, and there are six blocks
      guard next < 3 else { throw ParseError(.invalid(3), "fscod2", at: start) }
      sampleRate = ac3SampleRates[next] / 2
    } else {
      sampleRate = ac3SampleRates[rateCode]
      blockCount = [1, 2, 3, 6][next]
    }
    audioCodingMode = UInt8(try bits.bits(3, "acmod"))
    hasLFE = try bits.flag("lfeon")
  }
}

private let ac3SampleRates = [48_000, 44_100, 32_000]

/// 4.4.1.4, kbit/s.
private let kilobitRates = [
  32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640,
]

// MARK: - What follows from it

extension AC3Syncframe {
  /// Whether it is E-AC-3 (Annex E).
  public var isEnhanced: Bool { bitstreamID > 10 }

  /// Samples of one channel in the frame.
  public var samplesPerFrame: Int { 256 * blockCount }

  /// Bits per second while frames have this size.
  public var bitRate: Int { 8 * frameByteCount * sampleRate / samplesPerFrame }

  /// Channels of this substream, the low frequency one included.
  public var channels: Int {
    [2, 1, 2, 3, 3, 4, 4, 5][Int(audioCodingMode & 7)] + (hasLFE ? 1 : 0)
  }

  /// FFmpeg's name of the layout; where it has none, the one without the low frequency channel
  /// and `+LFE`.
  public var channelLayout: String {
    let index = Int(audioCodingMode & 7)
    let plain = [
      "1+1", "mono", "stereo", "3.0", "3.0(back)", "4.0", "quad(side)", "5.0(side)",
    ][index]
    guard hasLFE else { return plain }
    let withLFE: [String?] = [nil, nil, "2.1", "3.1", nil, "4.1", nil, "5.1(side)"]
    return withLFE[index] ?? "\(plain)+LFE"
  }

  /// `AC-3` or `E-AC-3`.
  public var profileName: String { isEnhanced ? "E-AC-3" : "AC-3" }

  /// One line, such as `AC-3 48000 Hz 5.1(side)`.
  public var summary: String { "\(profileName) \(sampleRate) Hz \(channelLayout)" }
}
