import CSystem

/// What the TLS sessions of one kind have in common: whom to trust, or who we are.
public final class TLSContext: @unchecked Sendable {
  /// Whose certificates are good.
  public enum Trust: Hashable, Sendable {
    /// Those of the authorities this system trusts.
    case system
    /// Those of the authorities in this file of PEM, and no others.
    case authorities(file: String)
    /// Everybody's: what is wrong with a certificate is told, but no failure.
    case anybody
  }

  /// A context could not be made.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    /// libssl is missing or unfit.
    case library(LibraryFailure)
    /// A file cannot be read.
    case file(IOFailure)
    /// A file holds no PEM of what it should hold.
    case content(path: String, expected: String)

    /// One line.
    public var description: String {
      switch self {
      case .library(let failure): failure.description
      case .file(let failure): failure.description
      case .content(let path, let expected): "\(path): no \(expected) in PEM"
      }
    }
  }

  let library: csystem_tls_functions
  let context: OpaquePointer
  let isServer: Bool

  private init(isServer: Bool) throws(Failure) {
    let opened: OpenedLibrary<csystem_tls_functions>
    do { opened = try OpenSSL.tls.get() } catch { throw .library(error) }
    library = opened.table
    guard let context = library.SSL_CTX_new(library.TLS_method()) else {
      throw .library(opened.failure("it gives no context"))
    }
    self.context = context
    self.isServer = isServer
    _ = library.SSL_CTX_ctrl(
      context, CSYSTEM_TLS_SET_MIN_VERSION, Int(CSYSTEM_TLS_1_2), nil)
    _ = library.SSL_CTX_ctrl(context, CSYSTEM_TLS_MODE, Int(CSYSTEM_TLS_RELEASE_BUFFERS), nil)
    _ = library.SSL_CTX_set_options(context, CSYSTEM_TLS_NO_RENEGOTIATION)
  }

  deinit { library.SSL_CTX_free(context) }

  /// A client's context: TLS 1.2 or later.
  ///
  /// - Parameters:
  ///   - trust: whose certificates are good.
  ///   - protocols: names for ALPN (RFC 7301), most wanted first; none by default.
  /// - Throws: `Failure`, such as a file of authorities that cannot be read.
  public convenience init(
    trusting trust: Trust = .system, protocols: [String] = []
  ) throws(Failure) {
    try self.init(isServer: false)
    switch trust {
    case .system: _ = library.SSL_CTX_set_default_verify_paths(context)
    case .authorities(let path):
      try Self.probe(path)
      guard library.SSL_CTX_load_verify_file(context, path) == 1 else {
        library.ERR_clear_error()
        throw .content(path: path, expected: "certificate")
      }
    case .anybody: break
    }
    if trust != .anybody {
      library.SSL_CTX_set_verify(context, CSYSTEM_TLS_VERIFY_PEER, noteCertificate)
    }
    let names = protocols.map { Array($0.utf8) }.filter { (1...255).contains($0.count) }
    if !names.isEmpty {
      let list = names.flatMap { [UInt8($0.count)] + $0 }
      _ = library.SSL_CTX_set_alpn_protos(context, list, UInt32(list.count))
    }
  }

  /// A server's context, which asks clients for no certificate.
  ///
  /// - Parameters:
  ///   - certificateFile: the certificate and those up to its authority, in PEM.
  ///   - keyFile: its private key in PEM.
  /// - Throws: `Failure`, such as a file that cannot be read.
  public convenience init(certificateFile: String, keyFile: String) throws(Failure) {
    try self.init(isServer: true)
    try Self.probe(certificateFile)
    try Self.probe(keyFile)
    defer { library.ERR_clear_error() }
    guard library.SSL_CTX_use_certificate_chain_file(context, certificateFile) == 1 else {
      throw .content(path: certificateFile, expected: "certificate")
    }
    // This one also compares the key with the certificate.
    guard library.SSL_CTX_use_PrivateKey_file(context, keyFile, CSYSTEM_TLS_PEM) == 1 else {
      throw .content(path: keyFile, expected: "key of the certificate")
    }
  }

  /// OpenSSL would not say why it cannot read a file.
  private static func probe(_ path: String) throws(Failure) {
    do {
      let file = try FileDescriptor(opening: path, flags: 0)
      withExtendedLifetime(file) {}
    } catch {
      throw .file(error)
    }
  }
}

/// Called by OpenSSL for each certificate with what is wrong with it, whose verdict stands.
private let noteCertificate: csystem_tls_verify = { isGood, verification in
  guard isGood == 0, let verification, let library = try? OpenSSL.tls.get().table,
    let tls = library.X509_STORE_CTX_get_ex_data(
      verification, library.SSL_get_ex_data_X509_STORE_CTX_idx()),
    let session = library.SSL_get_ex_data(OpaquePointer(tls), 0),
    let certificate = library.X509_STORE_CTX_get0_cert(verification)
  else { return isGood }
  // A certificate that is refused is not kept by the session: its names are noted while it is here.
  Unmanaged<TLSSession>.fromOpaque(session).takeUnretainedValue().refusedNames =
    TLSCertificate(certificate, library).names
  return isGood
}
