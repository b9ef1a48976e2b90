internal import MediaJSON
internal import MediaModel

/// How long the phases of a connection took, in nanoseconds; nil for those it did not have or did
/// not pass.
struct RTMPPhases: Equatable, Sendable {
  var dns: Nanoseconds?
  var tcp: Nanoseconds?
  var tls: Nanoseconds?
  var handshake: Nanoseconds?
  var connect: Nanoseconds?
  var createStream: Nanoseconds?
  /// The answer to `publish` or `play`.
  var start: Nanoseconds?
}

extension RTMPPhases {
  /// `tcp 0.2 ms, handshake 1.1 ms`: the phases that were passed, the last called `start`.
  func words(start name: String) -> String {
    let all: [(String, Nanoseconds?)] = [
      ("dns", dns), ("tcp", tcp), ("tls", tls), ("handshake", handshake), ("connect", connect),
      ("createStream", createStream), (name, start),
    ]
    return all.compactMap { name, time in
      time.map { "\(name) \(Quantity.decimal(Double($0) / 1e6, digits: 1)) ms" }
    }.joined(separator: ", ")
  }

  /// Members of a document, the last called `start`.
  static func report(start name: String) -> Report<RTMPPhases> {
    Report([
      .real("dns_ms", "The resolver's answer; null for an address") { milliseconds($0.dns) },
      .real("tcp_ms", "TCP, over all addresses tried") { milliseconds($0.tcp) },
      .real("tls_ms", "The handshake of TLS; null without") { milliseconds($0.tls) },
      .real("handshake_ms", "The handshake of RTMP") { milliseconds($0.handshake) },
      .real("connect_ms", "The answer to connect") { milliseconds($0.connect) },
      .real("create_stream_ms", "The answer to createStream") { milliseconds($0.createStream) },
      .real("\(name)_ms", "The answer to \(name)") { milliseconds($0.start) },
    ])
  }

  private static func milliseconds(_ time: Nanoseconds?) -> Double? {
    time.map { Double($0) / 1e6 }
  }
}
