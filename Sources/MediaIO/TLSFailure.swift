import CSystem

/// A TLS connection could not be made, or was broken: always the peer's doing, or its certificate's.
public struct TLSFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// What came is no TLS record (RFC 8446 section 5.1).
    case notTLS
    /// The certificate is not one to trust.
    case certificate(CertificateFault)
    /// The peer knows neither TLS 1.2 nor 1.3.
    case version
    /// The peer refused with this alert, in OpenSSL's words (RFC 8446 section 6).
    case alert(String)
    /// The connection ended before the handshake did.
    case endedInHandshake
    /// The connection ended without close_notify: somebody may have cut it (RFC 8446 section 6.1).
    case truncated
    /// Whatever else OpenSSL found, in its words.
    case broken(String)
  }

  /// What is wrong with a certificate.
  public enum CertificateFault: Hashable, Sendable {
    /// Its time is over.
    case expired
    /// Its time has not begun.
    case notYetValid
    /// It is signed by nobody but itself, or by such a one.
    case selfSigned
    /// It is signed by somebody who is not trusted.
    case unknownAuthority
    /// Its issuer has taken it back.
    case revoked
    /// It is for these names and addresses; the host wanted is not among them.
    case otherHost([String])
    /// Whatever else OpenSSL found, in its words.
    case other(String)
  }

  /// The host as it was wanted; empty on the server's side.
  public let host: String
  /// What is wrong.
  public let reason: Reason

  /// A failure with `host`.
  public init(host: String, reason: Reason) {
    self.host = host
    self.reason = reason
  }

  /// `host: TLS: reason`.
  public var description: String { (host.isEmpty ? "" : "\(host): ") + "TLS: \(reason)" }
}

extension TLSFailure.Reason: CustomStringConvertible {
  /// A phrase without a full stop.
  public var description: String {
    switch self {
    case .notTLS: "the peer speaks no TLS"
    case .certificate(let fault): fault.description
    case .version: "the peer knows no TLS of version 1.2 or later"
    case .alert(let words): "the peer refused: \(words)"
    case .endedInHandshake: "the peer closed the connection in the handshake"
    case .truncated: "the connection was cut: it ended without close_notify"
    case .broken(let words): words
    }
  }
}

extension TLSFailure.CertificateFault: CustomStringConvertible {
  /// A phrase without a full stop.
  public var description: String {
    switch self {
    case .expired: "certificate has expired"
    case .notYetValid: "certificate is not yet valid"
    case .selfSigned: "self-signed certificate"
    case .unknownAuthority: "certificate of an unknown CA"
    case .revoked: "certificate has been revoked"
    case .otherHost([]): "hostname mismatch: certificate names no host"
    case .otherHost(let names):
      "hostname mismatch: certificate is for \(names.joined(separator: ", "))"
    case .other(let words): "certificate: \(words)"
    }
  }

  /// Nil for X509_V_OK.
  init?(_ code: Int, names: [String], _ library: csystem_tls_functions) {
    switch code {
    case 0: return nil
    case Int(CSYSTEM_TLS_EXPIRED.rawValue): self = .expired
    case Int(CSYSTEM_TLS_NOT_YET_VALID.rawValue): self = .notYetValid
    case Int(CSYSTEM_TLS_SELF_SIGNED.rawValue), Int(CSYSTEM_TLS_SELF_SIGNED_IN_CHAIN.rawValue):
      self = .selfSigned
    case Int(CSYSTEM_TLS_NO_ISSUER.rawValue), Int(CSYSTEM_TLS_NO_LOCAL_ISSUER.rawValue),
      Int(CSYSTEM_TLS_UNVERIFIED_LEAF.rawValue):
      self = .unknownAuthority
    case Int(CSYSTEM_TLS_REVOKED.rawValue): self = .revoked
    case Int(CSYSTEM_TLS_OTHER_HOST.rawValue), Int(CSYSTEM_TLS_OTHER_ADDRESS.rawValue):
      self = .otherHost(names)
    default: self = .other(String(cString: library.X509_verify_cert_error_string(code)))
    }
  }
}
