internal import MediaRTSP

/// One way that packets can come by.
enum RTSPWay: String {
  case tcp
  case udp
  case multicast
  case http

  /// The ways of a choice, in the order to try them in.
  static func all(_ choice: RTSPTransportChoice) -> [RTSPWay] {
    switch choice {
    case .auto: [.tcp, .udp]
    case .tcp: [.tcp]
    case .udp: [.udp, .tcp]
    case .multicast: [.multicast]
    case .http: [.http]
    }
  }

  /// Whether packets come over the connection itself.
  var isInterleaved: Bool { self == .tcp || self == .http }

  /// As people call it.
  var words: String {
    switch self {
    case .tcp: "TCP"
    case .udp: "UDP"
    case .multicast: "multicast"
    case .http: "HTTP"
    }
  }
}
