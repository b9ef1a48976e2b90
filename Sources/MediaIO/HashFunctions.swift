import CSystem

/// The hash functions of OpenSSL as plain functions, for protocol code that takes them as
/// arguments: once there, they cannot fail.
public struct HashFunctions: Sendable {
  private let crypto: csystem_crypto

  /// Opens libcrypto and tries each function.
  ///
  /// - Throws: `LibraryFailure` if libcrypto is missing or refuses one of them.
  public init() throws(LibraryFailure) {
    let library = try OpenSSL.crypto.get()
    for algorithm in MessageDigest.Algorithm.allCases { _ = try MessageDigest(algorithm) }
    crypto = library.table
  }

  /// The hash of `message`, `algorithm.byteCount` bytes.
  public func hash(_ algorithm: MessageDigest.Algorithm, _ message: [UInt8]) -> [UInt8] {
    let hash = Result { () throws(LibraryFailure) in
      var digest = try MessageDigest(algorithm)
      digest.update(message)
      return digest.finish()
    }
    switch hash {
    case .success(let bytes): return bytes
    case .failure(let failure): preconditionFailure("libcrypto gave it before: \(failure)")
    }
  }

  /// The MD5 hash of `message` (RFC 1321), 16 bytes.
  public func md5(_ message: [UInt8]) -> [UInt8] { hash(.md5, message) }

  /// The authentication code of `message` under `key` (RFC 2104 with SHA-256), 32 bytes.
  public func hmacSHA256(key: [UInt8], message: [UInt8]) -> [UInt8] {
    // OpenSSL takes a NULL key for one that was set before.
    let secret = key.isEmpty ? [0] : key
    return [UInt8](unsafeUninitializedCapacity: 32) { code, count in
      guard let start = code.baseAddress, let sha256 = crypto.EVP_get_digestbyname("sha256")
      else { return }
      let result = crypto.HMAC(
        sha256, secret, Int32(clamping: key.count), message, message.count, start, nil)
      precondition(result != nil, "HMAC failed with a function in order")
      count = 32
    }
  }
}
