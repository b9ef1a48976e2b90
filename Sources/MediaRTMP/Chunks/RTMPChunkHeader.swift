import MediaBytes

/// The basic header and the message header of a chunk, as they stand (Adobe RTMP 1.0 §5.3.1).
///
/// An extended timestamp behind them is not part of it: whether one follows a type 3 header depends
/// on what came before.
struct RTMPChunkHeader {
  /// The field that says that an extended timestamp follows (§5.3.1.3).
  static let extendedMark: UInt32 = 0xff_ffff

  /// `fmt`, 0...3: how much of the message header there is.
  var format: UInt8
  /// 2...65599.
  var chunkStreamID: UInt32
  /// The timestamp (type 0) or its delta (1 and 2), 24 bits.
  var timestampField: UInt32 = 0
  /// `message length` of types 0 and 1.
  var payloadByteCount = 0
  /// `message type id` of types 0 and 1.
  var typeID = RTMPMessageType(rawValue: 0)
  /// `msg stream id` of type 0, little-endian as nothing else is.
  var messageStreamID: UInt32 = 0
  /// The bytes of both headers.
  var byteCount: Int

  /// Reads what stands at the beginning of `bytes`; nil where they end too early.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount > 0 else { return nil }
    let first = bytes.byte(at: 0)
    format = first >> 6
    let basicByteCount: Int
    switch first & 0x3f {
    case 0:
      guard bytes.byteCount >= 2 else { return nil }
      basicByteCount = 2
      chunkStreamID = 64 + UInt32(bytes.byte(at: 1))
    case 1:
      guard bytes.byteCount >= 3 else { return nil }
      basicByteCount = 3
      chunkStreamID = 64 + UInt32(bytes.byte(at: 1)) + UInt32(bytes.byte(at: 2)) << 8
    case let id:
      basicByteCount = 1
      chunkStreamID = UInt32(id)
    }
    byteCount = basicByteCount + Self.messageHeaderByteCount(format)
    guard bytes.byteCount >= byteCount else { return nil }
    readMessageHeader(bytes, at: basicByteCount)
  }

  private mutating func readMessageHeader(_ bytes: RawSpan, at start: Int) {
    guard format < 3 else { return }
    timestampField = Self.u24(bytes, start)
    guard format < 2 else { return }
    payloadByteCount = Int(Self.u24(bytes, start + 3))
    typeID = RTMPMessageType(rawValue: bytes.byte(at: start + 6))
    guard format < 1 else { return }
    messageStreamID = bytes.u32(at: start + 7).byteSwapped
  }

  private static func u24(_ bytes: RawSpan, _ index: Int) -> UInt32 {
    UInt32(bytes.u16(at: index)) << 8 | UInt32(bytes.byte(at: index + 2))
  }

  /// 11, 7, 3 or 0 bytes (§5.3.1.2).
  static func messageHeaderByteCount(_ format: UInt8) -> Int {
    switch format {
    case 0: 11
    case 1: 7
    case 2: 3
    default: 0
    }
  }
}

extension RTMPChunkHeader {
  /// Writes a basic header of one, two or three bytes, the shortest that will do (§5.3.1.1).
  static func writeBasic(format: UInt8, chunkStreamID: UInt32, to bytes: inout [UInt8]) {
    switch chunkStreamID {
    case 2..<64: bytes.append(format << 6 | UInt8(chunkStreamID))
    case 64..<320:
      bytes.append(format << 6)
      bytes.append(UInt8(chunkStreamID - 64))
    case 320..<65_600:
      bytes.append(format << 6 | 1)
      bytes.append(UInt8((chunkStreamID - 64) & 0xff))
      bytes.append(UInt8((chunkStreamID - 64) >> 8))
    default: preconditionFailure("a chunk stream ID is 2...65599")
    }
  }
}
