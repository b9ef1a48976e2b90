internal import MediaIO
internal import MediaRTMP

extension RTMPFunctions {
  /// Makes it of OpenSSL's hash functions; without them, of none, where nothing will ask for one.
  init(hashes: HashFunctions?) {
    self.init(
      randomBytes: Self.randomBytes,
      md5: { hashes?.md5($0) ?? [] },
      hmacSHA256: { hashes?.hmacSHA256(key: $0, message: $1) ?? [] })
  }

  /// Eight for each call of the kernel.
  private static func randomBytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      withUnsafeBytes(of: UInt64.random(in: 0...UInt64.max)) { bytes += $0 }
    }
    return Array(bytes.prefix(count))
  }
}
