public import MediaBytes

/// The header of a FLAC frame (RFC 9639 9.1).
public struct FLACFrameHeader: Hashable, Sendable {
  /// Whether the blocks of the stream differ in size; then `number` counts samples, not frames.
  public var isVariableBlockSize: Bool
  /// Samples of one channel, 1...65536.
  public var blockSize: Int
  /// Samples per second; nil where STREAMINFO tells.
  public var sampleRate: Int?
  /// 1...8.
  public var channels: Int
  /// 8...32; nil where STREAMINFO tells.
  public var bitsPerSample: Int?
  /// The number of the frame, 31 bits, or of its first sample, 36 bits.
  public var number: UInt64

  /// Reads a header and checks its CRC.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    var ahead = reader
    let head = try ahead.u32("frame sync code")
    // Sync code, 14 bits of 0x3ffe, and a reserved bit.
    guard head >> 17 == 0x7ffc else {
      throw ParseError(.invalid(UInt64(head >> 17)), "frame sync code", at: start)
    }
    isVariableBlockSize = head >> 16 & 1 == 1
    let assignment = Int(head >> 4 & 15)
    guard assignment <= 10, head & 1 == 0 else {
      throw ParseError(.invalid(UInt64(assignment)), "channel assignment", at: start + 3)
    }
    channels = assignment < 8 ? assignment + 1 : 2
    let sizeCode = Int(head >> 1 & 7)
    guard sizeCode != 3 else { throw ParseError(.invalid(3), "bits per sample", at: start + 3) }
    bitsPerSample = sizeCode == 0 ? nil : [8, 12, 0, 16, 20, 24, 32][sizeCode - 1]
    number = try ahead.codedNumber()
    blockSize = try ahead.blockSize(code: Int(head >> 12 & 15), at: start + 2)
    sampleRate = try ahead.sampleRate(code: Int(head >> 8 & 15), at: start + 2)
    let covered = ahead.position - reader.position
    let crc = try ahead.u8("frame header CRC")
    let bytes = try reader.take(covered, "frame header")
    guard crc == crc8(bytes) else {
      throw ParseError(.invalid(UInt64(crc)), "frame header CRC", at: start + covered)
    }
    reader = ahead
  }

  /// One line, such as `4096 samples`.
  public var summary: String { "\(blockSize) samples" }
}

extension ByteReader {
  /// Reads a number coded as UTF-8 codes characters, but up to seven bytes (RFC 9639 9.1.5).
  fileprivate mutating func codedNumber() throws(ParseError) -> UInt64 {
    let start = offset
    let first = try u8("coded number")
    let ones = (~first).leadingZeroBitCount
    if ones == 0 { return UInt64(first) }
    guard (2...7).contains(ones) else {
      throw ParseError(.invalid(UInt64(first)), "coded number", at: start)
    }
    var value = ones == 7 ? 0 : UInt64(first & (0x7f >> UInt8(ones)))
    for _ in 1..<ones {
      let next = try u8("coded number")
      guard next >> 6 == 2 else {
        throw ParseError(.invalid(UInt64(next)), "coded number", at: offset - 1)
      }
      value = value << 6 | UInt64(next & 0x3f)
    }
    return value
  }

  fileprivate mutating func blockSize(code: Int, at start: Int) throws(ParseError) -> Int {
    switch code {
    case 0: throw ParseError(.invalid(0), "block size", at: start)
    case 1: 192
    case 2...5: 576 << (code - 2)
    case 6: Int(try u8("block size")) + 1
    case 7: Int(try u16("block size")) + 1
    default: 256 << (code - 8)
    }
  }

  fileprivate mutating func sampleRate(code: Int, at start: Int) throws(ParseError) -> Int? {
    let rates = [
      88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
    ]
    switch code {
    case 0: return nil
    case 1...11: return rates[code - 1]
    case 12: return 1000 * Int(try u8("sample rate"))
    case 13: return Int(try u16("sample rate"))
    case 14: return 10 * Int(try u16("sample rate"))
    default: throw ParseError(.invalid(15), "sample rate", at: start)
    }
  }
}

/// CRC-8 with the polynomial x^8 + x^2 + x + 1 (RFC 9639 9.1.8).
private func crc8(_ bytes: RawSpan) -> UInt8 {
  var crc: UInt8 = 0
  for index in 0..<bytes.byteCount {
    crc ^= bytes.byte(at: index)
    for _ in 0..<8 { crc = crc & 0x80 == 0 ? crc << 1 : crc << 1 ^ 0x07 }
  }
  return crc
}
