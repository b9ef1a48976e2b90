import CSystem

/// OpenSSL's libraries, opened on first use.
///
/// Version 3, else 4, which has the same functions. Version 1.1 has those for hashes, but not all
/// that TLS needs.
enum OpenSSL {
  static let crypto = Result { () throws(LibraryFailure) in
    try OpenedLibrary(
      sonames: ["libcrypto.so.3", "libcrypto.so.4", "libcrypto.so.1.1"], csystem_crypto_open)
  }
  static let tls = Result { () throws(LibraryFailure) in
    try OpenedLibrary(sonames: ["libssl.so.3", "libssl.so.4"], csystem_tls_open)
  }
}

/// The OpenSSL that the system has.
public enum OpenSSLVersion {
  /// Opens both libraries and tells what they are, such as `OpenSSL 3.0.19 27 Jan 2026` and
  /// `libssl.so.3`, or why they cannot be used.
  public static func findLibraries() -> [(name: String, version: Result<String, LibraryFailure>)] {
    [
      ("libcrypto", OpenSSL.crypto.map { String(cString: $0.table.OpenSSL_version(0)) }),
      ("libssl", OpenSSL.tls.map(\.soname)),
    ]
  }
}

/// A library of OpenSSL's and the table of its functions that are used.
struct OpenedLibrary<Table: BitwiseCopyable & Sendable>: Sendable {
  /// Fills the table; answers false with the reason where it cannot.
  typealias Opener =
    (
      UnsafePointer<CChar>, UnsafeMutablePointer<Table>, UnsafeMutablePointer<CChar>, Int
    ) -> Bool

  static var package: String { "libssl3" }
  let soname: String
  let table: Table

  /// Opens the first of `sonames` that is there.
  ///
  /// - Throws: `LibraryFailure` about the first, which is the one to install.
  init(sonames: [String], _ opener: Opener) throws(LibraryFailure) {
    var first: LibraryFailure?
    for soname in sonames {
      switch Self.open(soname, opener) {
      case .success(let table):
        self.soname = soname
        self.table = table
        return
      case .failure(let failure): first = first ?? failure
      }
    }
    throw first ?? LibraryFailure(library: "OpenSSL", package: Self.package, reason: "no name")
  }

  func failure(_ reason: String) -> LibraryFailure {
    LibraryFailure(library: soname, package: Self.package, reason: reason)
  }

  private static func open(_ soname: String, _ opener: Opener) -> Result<Table, LibraryFailure> {
    withUnsafeTemporaryAllocation(of: Table.self, capacity: 1) { table in
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { reason in
        guard let table = table.baseAddress, let text = reason.baseAddress else {
          return .failure(LibraryFailure(library: soname, package: package, reason: "no memory"))
        }
        guard opener(soname, table, text, reason.count) else {
          let reason = String(cString: text)
          return .failure(LibraryFailure(library: soname, package: package, reason: reason))
        }
        return .success(table.pointee)
      }
    }
  }
}
