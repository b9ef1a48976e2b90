import CSystem

/// A hash of bytes as they come, computed by OpenSSL's libcrypto, which is opened on first use.
public struct MessageDigest: ~Copyable {
  /// The hash functions, named as in `--hash`.
  public enum Algorithm: String, CaseIterable, Sendable {
    /// RFC 1321, 16 bytes.
    case md5
    /// FIPS 180-4, 20 bytes.
    case sha1
    /// FIPS 180-4, 32 bytes.
    case sha256
    /// FIPS 180-4, 64 bytes.
    case sha512

    /// The length of a hash.
    public var byteCount: Int {
      switch self {
      case .md5: 16
      case .sha1: 20
      case .sha256: 32
      case .sha512: 64
      }
    }
  }

  /// The hash function.
  public let algorithm: Algorithm
  private let crypto: csystem_crypto
  private let kind: OpaquePointer
  private let context: OpaquePointer

  /// Begins a message.
  ///
  /// - Throws: `LibraryFailure` if libcrypto is missing or does not offer the function.
  public init(_ algorithm: Algorithm) throws(LibraryFailure) {
    let library = try OpenSSL.crypto.get()
    let crypto = library.table
    let kind = crypto.EVP_get_digestbyname(algorithm.rawValue)
    guard let kind, let context = crypto.EVP_MD_CTX_new() else {
      throw library.failure("it does not offer \(algorithm.rawValue)")
    }
    guard crypto.EVP_DigestInit_ex(context, kind, nil) == 1 else {
      crypto.EVP_MD_CTX_free(context)
      throw library.failure("it refuses \(algorithm.rawValue)")  // md5 under a FIPS policy
    }
    self.algorithm = algorithm
    self.crypto = crypto
    self.kind = kind
    self.context = context
  }

  deinit { crypto.EVP_MD_CTX_free(context) }

  /// Appends `bytes` to the message.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let code = crypto.EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(code == 1, "EVP_DigestUpdate failed on a context in order")
  }

  /// Appends `bytes` to the message.
  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The hash of the message, `algorithm.byteCount` bytes; a new message begins.
  public mutating func finish() -> [UInt8] {
    let hash = [UInt8](unsafeUninitializedCapacity: algorithm.byteCount) { hash, count in
      guard let start = hash.baseAddress else { return }
      let code = crypto.EVP_DigestFinal_ex(context, start, nil)
      precondition(code == 1, "EVP_DigestFinal_ex failed on a context in order")
      count = algorithm.byteCount
    }
    let code = crypto.EVP_DigestInit_ex(context, kind, nil)
    precondition(code == 1, "EVP_DigestInit_ex failed the second time")
    return hash
  }

  /// `finish()` in lower-case hexadecimal, as `md5sum` prints it.
  public mutating func finishAsText() -> String { hexadecimal(finish()) }
}

/// `bytes` as pairs of lower-case hexadecimal digits.
public func hexadecimal(_ bytes: [UInt8]) -> String {
  func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
  return String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
    for (index, byte) in bytes.enumerated() {
      text[2 * index] = digit(byte >> 4)
      text[2 * index + 1] = digit(byte & 15)
    }
    return 2 * bytes.count
  }
}
