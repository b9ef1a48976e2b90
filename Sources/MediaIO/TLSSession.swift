import CSystem
public import MediaModel

/// What a TLS session has to tell.
public enum TLSEvent: Equatable, Sendable {
  /// The handshake is done, and the peer who it should be.
  case established(TLSDescription)
  /// What the peer said: a record's content, up to 16,384 bytes.
  case plaintext([UInt8])
  /// The peer has said that it sends no more (close_notify).
  case ended
}

/// What was agreed in a handshake.
public struct TLSDescription: Equatable, Sendable {
  /// Such as `TLSv1.3`.
  public var version: String
  /// Such as `TLS_AES_256_GCM_SHA384`.
  public var cipher: String
  /// The protocol chosen by ALPN; nil where none was.
  public var applicationProtocol: String?
  /// What is wrong with the certificate of a peer who was trusted all the same.
  public var fault: TLSFailure.CertificateFault?
}

/// One side of a TLS connection: a machine whose bytes are records.
///
/// What is to be said goes into `write`; a client's first `nextOutput` is its greeting. It is of
/// one thread, and an object because OpenSSL's state cannot be copied.
public final class TLSSession: Machine {
  /// What it has to tell.
  public typealias Event = TLSEvent
  /// What it fails with.
  public typealias Failure = TLSFailure

  /// The most that one record holds (RFC 8446 section 5.1).
  static let recordByteCount = 16_384

  /// The names of a certificate that was refused.
  var refusedNames: [String] = []
  private let host: String
  private let context: TLSContext
  private let library: csystem_tls_functions
  private let tls: OpaquePointer
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer
  private var due: [Output<TLSEvent>] = []
  private var state = State.greeting
  /// What was to be said before the handshake was done.
  private var waiting: [UInt8] = []
  private var firstBytes: [UInt8] = []

  private enum State { case greeting, established, ended, failed }

  /// Begins a session, the server's side with a server's context.
  ///
  /// - Parameters:
  ///   - context: is kept.
  ///   - host: the name or address that the peer's certificate must be for; a name is also told
  ///     to the peer (SNI, RFC 6066 section 3). A server has none.
  /// - Throws: `LibraryFailure` where OpenSSL has no more memory.
  public init(_ context: TLSContext, host: String = "") throws(LibraryFailure) {
    let library = context.library
    guard let tls = library.SSL_new(context.context) else {
      throw try OpenSSL.tls.get().failure("it gives no session")
    }
    guard let incoming = library.BIO_new(library.BIO_s_mem()),
      let outgoing = library.BIO_new(library.BIO_s_mem())
    else {
      library.SSL_free(tls)
      throw try OpenSSL.tls.get().failure("it gives no memory")
    }
    // Both are the session's from here on.
    library.SSL_set_bio(tls, incoming, outgoing)
    self.host = host
    self.context = context
    self.library = library
    (self.tls, self.incoming, self.outgoing) = (tls, incoming, outgoing)
    _ = library.SSL_set_ex_data(tls, 0, Unmanaged.passUnretained(self).toOpaque())
    if context.isServer {
      library.SSL_set_accept_state(tls)
    } else {
      library.SSL_set_connect_state(tls)
      expectHost()
      // A greeting cannot fail for want of a peer.
      _ = library.SSL_do_handshake(tls)
      library.ERR_clear_error()
      collect()
    }
  }

  deinit { library.SSL_free(tls) }

  private func expectHost() {
    if let address = SocketAddress(host, port: 0) {
      let digits = String(address.host.prefix { $0 != "%" })
      _ = library.X509_VERIFY_PARAM_set1_ip_asc(library.SSL_get0_param(tls), digits)
      return
    }
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    guard !name.isEmpty else { return }
    library.SSL_set_hostflags(tls, UInt32(CSYSTEM_TLS_NO_PARTIAL_WILDCARDS))
    _ = library.SSL_set1_host(tls, name)
    name.withCString { text in
      _ = library.SSL_ctrl(
        tls, CSYSTEM_TLS_SET_HOST_NAME, 0, UnsafeMutableRawPointer(mutating: text))
    }
  }

  /// Whether the handshake is done and what is written goes out.
  public var isEstablished: Bool { state == .established }

  /// Takes what the peer sent.
  public func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(TLSFailure) {
    // After its close_notify a peer has nothing to say that would be kept.
    guard state == .greeting || state == .established, !bytes.isEmpty else { return }
    try expectRecord(bytes)
    var rest = bytes.count
    bytes.withUnsafeBytes { bytes in
      while rest > 0, let start = bytes.baseAddress {
        let count = library.BIO_write(
          incoming, start + (bytes.count - rest), Int32(clamping: rest))
        precondition(count > 0, "a buffer in memory takes all")
        rest -= Int(count)
      }
    }
    try advance()
  }

  /// Does nothing: a session knows no time.
  public func tick(at now: Nanoseconds) {}

  /// The next thing to do, in order.
  public func nextOutput() -> Output<TLSEvent> {
    due.isEmpty ? .wait(until: nil) : due.removeFirst()
  }

  /// Whether `nextOutput` has something to do.
  var hasOutput: Bool { !due.isEmpty }

  /// Says `bytes` to the peer, once the handshake is done.
  public func write(_ bytes: [UInt8]) {
    switch state {
    case .greeting: waiting += bytes
    case .established: encrypt(bytes)
    // The peer may still hear who will say no more.
    case .ended: encrypt(bytes)
    case .failed: break
    }
  }

  /// Says that nothing more will be said (close_notify).
  public func close() {
    guard state == .established || state == .ended else { return }
    library.ERR_clear_error()
    _ = library.SSL_shutdown(tls)
    collect()
  }

  /// Takes the end of the bytes.
  ///
  /// - Throws: `TLSFailure` unless the peer had said before that it sends no more.
  public func receiveEnd() throws(TLSFailure) {
    switch state {
    case .greeting: throw fail(.endedInHandshake)
    case .established: throw fail(.truncated)
    case .ended, .failed: break
    }
  }
}

// What OpenSSL does with it.

extension TLSSession {
  /// The first two bytes are a record's type and the major version (RFC 8446 section 5.1).
  private func expectRecord(_ bytes: [UInt8]) throws(TLSFailure) {
    guard firstBytes.count < 2 else { return }
    firstBytes += bytes.prefix(2 - firstBytes.count)
    guard (20...24).contains(firstBytes[0]), firstBytes.count < 2 || firstBytes[1] == 3 else {
      throw fail(.notTLS)
    }
  }

  private func advance() throws(TLSFailure) {
    library.ERR_clear_error()
    if state == .greeting {
      let code = library.SSL_do_handshake(tls)
      collect()
      guard code == 1 else { return try check(code) }
      state = .established
      due.append(.event(.established(description)))
      encrypt(waiting)
      waiting = []
    }
    while state == .established {
      var code: Int32 = 0
      let record = [UInt8](unsafeUninitializedCapacity: Self.recordByteCount) { room, count in
        guard let start = room.baseAddress else { return }
        code = library.SSL_read(tls, start, Int32(room.count))
        count = Int(max(code, 0))
      }
      // Reading may have answered a peer that changes its keys.
      collect()
      guard code > 0 else { return try check(code) }
      due.append(.event(.plaintext(record)))
    }
  }

  /// Whether there is more to come, no more, or something is wrong.
  private func check(_ code: Int32) throws(TLSFailure) {
    switch UInt32(bitPattern: library.SSL_get_error(tls, code)) {
    case CSYSTEM_TLS_WANT_READ.rawValue, CSYSTEM_TLS_WANT_WRITE.rawValue: break
    case CSYSTEM_TLS_ZERO_RETURN.rawValue:
      state = .ended
      due.append(.event(.ended))
    default: throw fail(reason())
    }
  }

  private func encrypt(_ bytes: [UInt8]) {
    var done = 0
    library.ERR_clear_error()
    bytes.withUnsafeBytes { bytes in
      while done < bytes.count, let start = bytes.baseAddress {
        let count = library.SSL_write(tls, start + done, Int32(clamping: bytes.count - done))
        // Only a session that has failed refuses, and that will be told when it is read from.
        guard count > 0 else { return }
        done += Int(count)
      }
    }
    collect()
  }

  /// Makes what OpenSSL wants sent an output.
  private func collect() {
    let count = library.BIO_ctrl_pending(outgoing)
    guard count > 0 else { return }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { room, filled in
      while filled < count, let start = room.baseAddress {
        let more = library.BIO_read(outgoing, start + filled, Int32(clamping: count - filled))
        guard more > 0 else { return }
        filled += Int(more)
      }
    }
    due.append(.send(bytes))
  }

  private func fail(_ reason: TLSFailure.Reason) -> TLSFailure {
    state = .failed
    return TLSFailure(host: host, reason: reason)
  }

  /// What stands in OpenSSL's queue of errors: the first one is the cause.
  private func reason() -> TLSFailure.Reason {
    let code = library.ERR_get_error()
    let words = library.ERR_reason_error_string(code).map { String(cString: $0) }
    library.ERR_clear_error()
    let reason = UInt32(truncatingIfNeeded: code & 0x7f_ffff)
    guard code >> 23 & 0xff == UInt(CSYSTEM_TLS_LIBRARY) else {
      return .broken(words ?? "OpenSSL gives no reason")
    }
    switch reason {
    case CSYSTEM_TLS_CERTIFICATE_VERIFY_FAILED.rawValue:
      return fault.map { .certificate($0) } ?? .broken("certificate verify failed")
    case CSYSTEM_TLS_UNSUPPORTED_PROTOCOL.rawValue, CSYSTEM_TLS_WRONG_VERSION_NUMBER.rawValue:
      return .version
    case UInt32(CSYSTEM_TLS_ALERT_OFFSET)..<UInt32(CSYSTEM_TLS_ALERT_OFFSET) + 256:
      guard reason != Self.protocolVersionAlert else { return .version }
      // Such as "tlsv1 alert unknown ca".
      let name = (words ?? "").split(separator: " ").dropFirst().drop { $0 == "alert" }
      return .alert(name.isEmpty ? "alert \(reason)" : name.joined(separator: " "))
    default: return .broken(words ?? "OpenSSL's error \(reason)")
    }
  }

  /// RFC 8446 section 6.2.
  private static let protocolVersionAlert = UInt32(CSYSTEM_TLS_ALERT_OFFSET) + 70

  private var fault: TLSFailure.CertificateFault? {
    TLSFailure.CertificateFault(
      library.SSL_get_verify_result(tls), names: peerNames ?? refusedNames, library)
  }

  private var peerNames: [String]? {
    guard let certificate = library.SSL_get1_peer_certificate(tls) else { return nil }
    defer { library.X509_free(certificate) }
    return TLSCertificate(certificate, library).names
  }

  private var description: TLSDescription {
    var (name, count): (UnsafePointer<UInt8>?, UInt32) = (nil, 0)
    library.SSL_get0_alpn_selected(tls, &name, &count)
    let chosen = UnsafeBufferPointer(start: name, count: Int(count))
    return TLSDescription(
      version: String(cString: library.SSL_get_version(tls)),
      cipher: String(cString: library.SSL_CIPHER_get_name(library.SSL_get_current_cipher(tls))),
      applicationProtocol: chosen.isEmpty ? nil : String(decoding: chosen, as: UTF8.self),
      fault: context.isServer ? nil : fault)
  }
}
