import MediaIO

/// RFC 1321, by libcrypto.
@Sendable func md5(_ bytes: [UInt8]) -> [UInt8] {
  guard var digest = try? MessageDigest(.md5) else { return [] }
  digest.update(bytes)
  return digest.finish()
}
