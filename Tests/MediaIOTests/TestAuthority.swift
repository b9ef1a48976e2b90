import TestSupport
import Testing

/// A certificate authority of one test's own, made by `openssl`.
final class TestAuthority {
  /// A certificate and its key.
  struct Identity {
    let certificate: String
    let key: String
  }

  static let hosts = "DNS:localhost,DNS:*.example.org,IP:127.0.0.1,IP:::1"

  let folder: ScratchFolder
  /// The authority's own certificate.
  var file: String { folder["ca.pem"] }

  init() throws {
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
  func issue(
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
    try #require(outcome.exitCode == 0, "\(outcome)")
  }
}
