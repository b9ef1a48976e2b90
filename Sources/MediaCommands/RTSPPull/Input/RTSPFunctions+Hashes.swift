internal import MediaIO
internal import MediaRTSP

extension RTSPFunctions {
  /// Makes it of OpenSSL's hash functions; without them, of none, where nothing will ask for one.
  init(hashes: HashFunctions?) {
    self.init(
      randomBytes: unguessableBytes, md5: { hashes?.md5($0) ?? [] },
      sha256: { hashes?.hash(.sha256, $0) ?? [] })
  }
}
