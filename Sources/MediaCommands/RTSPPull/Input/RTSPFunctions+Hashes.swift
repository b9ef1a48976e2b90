internal import MediaIO
internal import MediaRTSP

extension RTSPFunctions {
  /// Makes it of OpenSSL's hash functions; without them, they are opened when one is asked for.
  init(hashes: HashFunctions?) {
    // Opening libcrypto takes longer than all the rest until a connection is there.
    let functions = { @Sendable in hashes ?? (try? HashFunctions()) }
    self.init(
      randomBytes: unguessableBytes, md5: { functions()?.md5($0) ?? [] },
      sha256: { functions()?.hash(.sha256, $0) ?? [] })
  }
}
