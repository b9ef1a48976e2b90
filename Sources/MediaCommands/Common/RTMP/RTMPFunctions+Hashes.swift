internal import MediaIO
internal import MediaRTMP

extension RTMPFunctions {
  /// Makes it of OpenSSL's hash functions; without them, of none, where nothing will ask for one.
  init(hashes: HashFunctions?) {
    self.init(
      randomBytes: unguessableBytes,
      md5: { hashes?.md5($0) ?? [] },
      hmacSHA256: { hashes?.hmacSHA256(key: $0, message: $1) ?? [] })
  }
}
