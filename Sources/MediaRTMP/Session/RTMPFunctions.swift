/// The functions that a session needs and that this library does not bring.
public struct RTMPFunctions: Sendable {
  /// That many bytes which nobody can guess.
  public var randomBytes: @Sendable (Int) -> [UInt8]
  /// RFC 1321: 16 bytes.
  public var md5: @Sendable ([UInt8]) -> [UInt8]
  /// RFC 2104 over SHA-256, of a key and a message: 32 bytes.
  public var hmacSHA256: @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]

  /// Makes it of functions.
  public init(
    randomBytes: @escaping @Sendable (Int) -> [UInt8],
    md5: @escaping @Sendable ([UInt8]) -> [UInt8],
    hmacSHA256: @escaping @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]
  ) {
    (self.randomBytes, self.md5, self.hmacSHA256) = (randomBytes, md5, hmacSHA256)
  }
}
