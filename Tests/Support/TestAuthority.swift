// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation

/// A certificate authority of one test's own, made by `openssl`.
package final class TestAuthority {
  /// A certificate and its key.
  package struct Identity {
    package let certificate: String
    package let key: String

    package init(certificate: String, key: String) {
      (self.certificate, self.key) = (certificate, key)
    }
  }

  package static let hosts = "DNS:localhost,DNS:*.example.org,IP:127.0.0.1,IP:::1"

  package let folder: ScratchFolder
  /// The authority's own certificate.
  package var file: String { folder["ca.pem"] }

  package init() throws {
    folder = try ScratchFolder()
    try folder.write("", to: "index.txt")
    try folder.write(
      """
      [ca]
      default_ca = test
      [test]
      dir = \(folder.path)
      database = $dir/index.txt
      rand_serial = yes
      new_certs_dir = $dir
      default_md = sha256
      policy = any
      unique_subject = no
      copy_extensions = copy
      [any]
      commonName = supplied
      """, to: "ca.conf")
    try openssl(
      ["req", "-x509", "-days", "30", "-subj", "/CN=test authority", "-out", file]
        + Self.newKey(folder["ca.key"]))
  }

  /// A certificate for `names` (`DNS:…,IP:…`; none for an empty text), its time in the form
  /// `20260131000000Z`.
  package func issue(
    _ names: String = hosts, commonName: String = "server", from: String = "20200101000000Z",
    to: String = "20991231000000Z"
  ) throws -> Identity {
    let number = try folder.names.count
    let identity = Identity(
      certificate: folder["\(number).pem"], key: folder["\(number).key"])
    let request = folder["\(number).request"]
    let extensions = names.isEmpty ? [] : ["-addext", "subjectAltName=\(names)"]
    try openssl(
      ["req", "-new", "-subj", "/CN=\(commonName)", "-out", request]
        + Self.newKey(identity.key) + extensions)
    try openssl([
      "ca", "-batch", "-notext", "-config", folder["ca.conf"], "-cert", file, "-keyfile",
      folder["ca.key"], "-in", request, "-out", identity.certificate, "-startdate", from,
      "-enddate", to,
    ])
    return identity
  }

  private static func newKey(_ path: String) -> [String] {
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path]
  }

  private func openssl(_ arguments: [String]) throws {
    let outcome = try ProcessRunner.run("openssl", arguments)
    guard outcome.exitCode == 0 else {
      throw StartFailure(program: "openssl", reason: outcome.errors)
    }
  }
}
#endif
