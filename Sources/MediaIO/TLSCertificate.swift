import CSystem

/// A certificate in OpenSSL's hands.
struct TLSCertificate {
  private let certificate: OpaquePointer
  private let library: csystem_tls_functions

  /// Uses it for as long as OpenSSL keeps it.
  init(_ certificate: OpaquePointer, _ library: csystem_tls_functions) {
    (self.certificate, self.library) = (certificate, library)
  }

  /// The most names that are told of one.
  static let nameLimit = 8

  /// The hosts it is for: its alternative names, or where there are none its common name
  /// (RFC 6125 section 6.4.4), in characters that are safe to print.
  var names: [String] {
    let names = alternativeNames
    return names.isEmpty ? [commonName].compactMap(\.self) : names
  }

  private var alternativeNames: [String] {
    guard
      let list = library.X509_get_ext_d2i(certificate, CSYSTEM_TLS_ALTERNATIVE_NAMES, nil, nil)
    else { return [] }
    let names = OpaquePointer(list)
    defer { library.GENERAL_NAMES_free(names) }
    let count = max(0, library.OPENSSL_sk_num(names))
    let texts = (0..<count).lazy.compactMap { index -> String? in
      guard let name = library.OPENSSL_sk_value(names, index) else { return nil }
      return text(of: OpaquePointer(name))
    }
    return Array(texts.prefix(Self.nameLimit))
  }

  private func text(of name: OpaquePointer) -> String? {
    var kind: Int32 = 0
    guard let value = library.GENERAL_NAME_get0_value(name, &kind) else { return nil }
    guard kind == CSYSTEM_TLS_NAME_DNS || kind == CSYSTEM_TLS_NAME_ADDRESS else { return nil }
    let string = OpaquePointer(value)
    let bytes = Array(
      UnsafeBufferPointer(
        start: library.ASN1_STRING_get0_data(string),
        count: Int(library.ASN1_STRING_length(string))))
    return kind == CSYSTEM_TLS_NAME_DNS
      ? printable(bytes) : SocketAddress(bytes: bytes, port: 0)?.host
  }

  private var commonName: String? {
    guard let subject = library.X509_get_subject_name(certificate) else { return nil }
    var text = [CChar](repeating: 0, count: 256)
    let count = library.X509_NAME_get_text_by_NID(
      subject, CSYSTEM_TLS_COMMON_NAME, &text, Int32(text.count))
    guard count > 0 else { return nil }
    return printable(text.prefix(Int(count)).map { UInt8(truncatingIfNeeded: $0) })
  }
}

/// A peer's words without what could lead a terminal astray, and not endless.
private func printable(_ bytes: [UInt8]) -> String {
  String(
    decoding: bytes.prefix(255).map { (0x21...0x7e).contains($0) ? $0 : UInt8(ascii: "?") },
    as: UTF8.self)
}
