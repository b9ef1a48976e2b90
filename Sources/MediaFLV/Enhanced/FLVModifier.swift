import MediaBytes

/// One ModEx packet: it modifies or extends the message it precedes (Enhanced RTMP v2).
public struct FLVModifier: Hashable, Sendable {
  /// What a modifier says, `AudioPacketModExType` and `VideoPacketModExType`, 4 bits.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    /// The four bits.
    public let rawValue: UInt8
    /// Makes a kind of its four bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nanoseconds to add to the time of presentation.
    public static let timestampOffsetNano = Self(rawValue: 0)
  }

  /// A message has no use for more, and every modifier costs memory.
  static let maxCount = 64

  /// What it says.
  public var kind: Kind
  /// `modExData`, 1...65,536 bytes.
  public var data: [UInt8]
  /// Whether its size is written in 16 bits although 8 would do.
  public var hasWideSize = false

  /// Makes a modifier; `data` has 1...65,536 bytes.
  public init(_ kind: Kind, data: [UInt8]) {
    self.kind = kind
    self.data = data
  }

  /// Makes the one that adds `nanoseconds`, 0...999,999, to the time of presentation.
  public static func timestampOffset(nanoseconds: UInt32) -> Self {
    precondition(nanoseconds < 1_000_000, "the offset must be less than a millisecond")
    return Self(
      .timestampOffsetNano,
      data: [UInt8(nanoseconds >> 16), UInt8(nanoseconds >> 8 & 0xff), UInt8(nanoseconds & 0xff)])
  }

  /// The first three bytes as a number, lawful or not; nil when it is not about time or shorter.
  var rawNanoseconds: UInt32? {
    guard kind == .timestampOffsetNano, data.count >= 3 else { return nil }
    return UInt32(data[0]) << 16 | UInt32(data[1]) << 8 | UInt32(data[2])
  }

  /// Nanoseconds to add to the time of presentation; nil when it is not about time or unlawful.
  public var nanoseconds: UInt32? {
    guard let rawNanoseconds, rawNanoseconds < 1_000_000 else { return nil }
    return rawNanoseconds
  }

  /// What is wrong with it; `offset` is where its data begin in the body.
  func anomaly(at offset: Int) -> FLVBodyAnomaly? {
    guard kind == .timestampOffsetNano else {
      return FLVBodyAnomaly(.reserved(.modExType, kind.rawValue), at: offset + data.count)
    }
    guard let rawNanoseconds else {
      return FLVBodyAnomaly(.modifierTooShort(data.count), at: offset)
    }
    guard nanoseconds == nil else { return nil }
    return FLVBodyAnomaly(.nanosecondOffsetOutOfRange(rawNanoseconds), at: offset)
  }

  /// Reads a modifier and the packet type behind it.
  static func parse(
    _ reader: inout ByteReader
  ) throws(ParseError) -> (modifier: FLVModifier, nextPacketType: UInt8) {
    var size = 1 + Int(try reader.u8("modExDataSize"))
    let isWide = size == 256
    if isWide { size = 1 + Int(try reader.u16("modExDataSize")) }
    let data = try reader.array(size, "modExData")
    let types = try reader.u8("ModExType")
    var modifier = FLVModifier(Kind(rawValue: types >> 4), data: data)
    modifier.hasWideSize = isWide && size < 256
    return (modifier, types & 0xf)
  }

  /// Writes it and the type of the packet that follows, the type that announced it left out.
  func write(to writer: inout ByteWriter, nextPacketType: UInt8) {
    precondition((1...65_536).contains(data.count), "a modifier has 1...65536 bytes")
    if data.count < 256 && !hasWideSize {
      writer.integer(UInt8(data.count - 1))
    } else {
      writer.integer(UInt8(255))
      writer.integer(UInt16(data.count - 1))
    }
    writer.append(data)
    writer.integer(kind.rawValue << 4 | nextPacketType)
  }
}
