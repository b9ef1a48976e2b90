/// Four characters that name a codec in Enhanced RTMP, as a big-endian number.
public struct FourCC: RawRepresentable, Hashable, Sendable {
  /// The four bytes, the first the most significant.
  public let rawValue: UInt32
  /// Makes it of its number.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Makes it of four ASCII characters.
  public init(_ text: StaticString) {
    precondition(text.utf8CodeUnitCount == 4, "a FourCC has four characters")
    rawValue = unsafe UnsafeBufferPointer(start: text.utf8Start, count: 4)
      .reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// H.264.
  public static let avc1 = FourCC("avc1")
  /// H.265.
  public static let hvc1 = FourCC("hvc1")
  /// H.266.
  public static let vvc1 = FourCC("vvc1")
  /// AV1.
  public static let av01 = FourCC("av01")
  /// VP8.
  public static let vp08 = FourCC("vp08")
  /// VP9.
  public static let vp09 = FourCC("vp09")
  /// AAC.
  public static let mp4a = FourCC("mp4a")
  /// Opus.
  public static let opus = FourCC("Opus")
  /// FLAC.
  public static let flac = FourCC("fLaC")
  /// AC-3.
  public static let ac3 = FourCC("ac-3")
  /// Enhanced AC-3.
  public static let eac3 = FourCC("ec-3")
  /// MPEG audio layer III.
  public static let mp3 = FourCC(".mp3")
}

extension FourCC: CustomStringConvertible {
  /// The characters where all four are printable ASCII, else the number in hexadecimal.
  public var description: String {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> (24 - 8 * $0)) }
    guard bytes.allSatisfy({ (0x20..<0x7f).contains($0) }) else {
      let digits = String(rawValue, radix: 16)
      return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
