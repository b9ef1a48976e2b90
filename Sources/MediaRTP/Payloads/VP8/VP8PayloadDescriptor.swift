public import MediaBytes

/// The VP8 payload descriptor (RFC 7741 4.2).
///
///      0 1 2 3 4 5 6 7
///     +-+-+-+-+-+-+-+-+
///     |X|R|N|S|R| PID |
///     +-+-+-+-+-+-+-+-+
///     |I|L|T|K|  RSV  |  X
///     +-+-+-+-+-+-+-+-+
///     |M| PictureID   |  I, 7 or 15 bits
///     |   TL0PICIDX   |  L
///     |TID|Y| KEYIDX  |  T or K
///     +-+-+-+-+-+-+-+-+
public struct VP8PayloadDescriptor: Hashable, Sendable {
  /// `N`: no other frame refers to this one.
  public var isNonReference = false
  /// `S`: the payload begins a partition.
  public var startsPartition = false
  /// `PID`: which partition, 3 bits.
  public var partition: UInt8 = 0
  /// `PictureID`.
  public var pictureID: RTPPictureID?
  /// `TL0PICIDX`: counts the frames of the lowest temporal layer, modulo 256.
  public var baseLayerIndex: UInt8?
  /// `TID`: the temporal layer, 0...3.
  public var temporalLayer: UInt8?
  /// `Y`: whether the frame refers to the lowest layer only.
  public var isLayerSync = false
  /// `KEYIDX`: counts key frames, modulo 32.
  public var keyIndex: UInt8?
  /// Whether reserved bits were set.
  public var hasReservedBits = false

  /// Makes one without extensions.
  public init() {}

  /// Reads one; what follows it is not looked at.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    var ahead = reader
    let first = try ahead.u8("VP8 payload descriptor")
    hasReservedBits = first & 0x48 != 0
    isNonReference = first & 0x20 != 0
    startsPartition = first & 0x10 != 0
    partition = first & 7
    if first & 0x80 != 0 {
      let flags = try ahead.u8("VP8 extension bits")
      if flags & 15 != 0 { hasReservedBits = true }
      if flags & 0x80 != 0 { pictureID = try RTPPictureID(parsing: &ahead) }
      if flags & 0x40 != 0 { baseLayerIndex = try ahead.u8("TL0PICIDX") }
      if flags & 0x30 != 0 {
        let layers = try ahead.u8("TID and KEYIDX")
        if flags & 0x20 != 0 {
          temporalLayer = layers >> 6
          isLayerSync = layers & 0x20 != 0
        }
        if flags & 0x10 != 0 { keyIndex = layers & 31 }
      }
    }
    reader = ahead
  }

  /// Whether the payload begins a frame.
  public var startsFrame: Bool { startsPartition && partition == 0 }

  /// How many bytes it takes.
  public var byteCount: Int {
    let layers = temporalLayer != nil || keyIndex != nil ? 1 : 0
    let extensions = (pictureID?.byteCount ?? 0) + (baseLayerIndex == nil ? 0 : 1) + layers
    return extensions == 0 ? 1 : 2 + extensions
  }

  /// Its bytes.
  public var bytes: [UInt8] {
    let flags: UInt8 =
      (pictureID == nil ? 0 : 0x80) | (baseLayerIndex == nil ? 0 : 0x40)
      | (temporalLayer == nil ? 0 : 0x20) | (keyIndex == nil ? 0 : 0x10)
    let first =
      (flags == 0 ? 0 : 0x80) | (isNonReference ? 0x20 : 0) | (startsPartition ? 0x10 : 0)
      | partition & 7
    guard flags != 0 else { return [first] }
    var bytes = [first, flags] + (pictureID?.bytes ?? [])
    if let baseLayerIndex { bytes.append(baseLayerIndex) }
    if flags & 0x30 != 0 {
      let sync: UInt8 = isLayerSync ? 0x20 : 0
      bytes.append((temporalLayer ?? 0) << 6 | sync | (keyIndex ?? 0) & 31)
    }
    return bytes
  }
}

/// `PictureID` of VP8 and VP9: 7 or 15 bits that count frames (RFC 7741 4.2, RFC 9628 4.2).
public struct RTPPictureID: Hashable, Sendable {
  /// The number.
  public private(set) var value: UInt16
  /// `M`: whether it has 15 bits.
  public private(set) var isLong: Bool

  /// Makes one of the low bits of `value`.
  public init(_ value: UInt16, isLong: Bool = true) {
    self.value = value & (isLong ? 0x7fff : 0x7f)
    self.isLong = isLong
  }

  /// Reads one or two bytes.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    var ahead = reader
    let high = try ahead.u8("PictureID")
    isLong = high & 0x80 != 0
    value = UInt16(high & 0x7f)
    if isLong { value = value << 8 | UInt16(try ahead.u8("PictureID")) }
    reader = ahead
  }

  /// How many bytes it takes.
  public var byteCount: Int { isLong ? 2 : 1 }

  /// Its bytes.
  public var bytes: [UInt8] {
    guard isLong else { return [UInt8(value)] }
    return [UInt8(value >> 8) | 0x80, UInt8(truncatingIfNeeded: value)]
  }

  /// The one after it, of as many bits.
  public var next: Self { Self(value &+ 1, isLong: isLong) }

  /// How many frames it is after another one, less than half a turn ahead or behind.
  ///
  /// Where one has 7 bits only those are compared.
  public func distance(from other: Self) -> Int {
    let turn = isLong && other.isLong ? 0x8000 : 0x80
    let step = (Int(value) - Int(other.value)) & (turn - 1)
    return step < turn / 2 ? step : step - turn
  }
}

/// Watches that `PictureID` goes up by one from frame to frame.
struct RTPPictureCounter: Sendable {
  private var last: RTPPictureID?

  /// Takes the number of a frame that begins; how far it is from the one before, where that is not
  /// one frame and no packet is missing.
  mutating func begin(_ id: RTPPictureID?, isAfterLoss: Bool) -> Int? {
    defer { last = id }
    guard let id, let last, !isAfterLoss else { return nil }
    let step = id.distance(from: last)
    return step == 1 ? nil : step
  }
}
