internal import MediaCLI
internal import MediaBytes
internal import MediaIO
internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

/// How packets are to come.
enum RTSPTransportChoice: String, WordChoice {
  /// TCP, unless the server wants something else; UDP turns to TCP where it is refused or silent.
  case auto
  case tcp
  case udp
  case multicast
  /// RTSP within HTTP.
  case http
}

/// How a presentation is asked for.
struct RTSPInputOptions {
  /// Where it is; user and password are in it, wherever they were given.
  var url: RTSPURL
  var transport = RTSPTransportChoice.auto
  /// Ports to receive at; nil for those that the kernel gives.
  var ports: ClosedRange<UInt16>?
  /// The interface that multicast comes in by; nil where routes say.
  var interface: NetworkInterface?
  var userAgent = "mediatool"
  /// Fields of every request.
  var headers: [(name: String, value: String)] = []
  var play = RTSPPlayRequest()
  /// The longest silence of any phase.
  var timeout: Nanoseconds = 10_000_000_000
  /// How often in a row to try again; nil for ever.
  var retries: Int? = 0
  /// What `rtsps://` trusts; nil for `rtsp://`.
  var tls: TLSContext?
  /// Whether the description is all that is wanted.
  var onlyDescribes = false
  /// Whether messages are told.
  var traces = false
  /// How long little that comes over TCP may lie in the kernel for more, which spares wakes.
  var patience: Nanoseconds?
}

/// How long the phases of a connection took, in nanoseconds; nil for those not passed.
struct RTSPPhases: Equatable, Sendable {
  var dns: Nanoseconds?
  var tcp: Nanoseconds?
  var tls: Nanoseconds?
  var options: Nanoseconds?
  var describe: Nanoseconds?
  var setup: Nanoseconds?
  var play: Nanoseconds?
  /// From PLAY's answer to the first packet.
  var firstPacket: Nanoseconds?
}

/// Where a packet came from and when.
struct RTSPArrival {
  /// The track of the presentation.
  var track: Int
  var isRTCP: Bool
  /// Addresses of the datagram; of the connection, with the channel, where it is interleaved.
  var flow: RTPFlow
  /// Of the monotonic clock.
  var now: Nanoseconds
  /// Since 1970.
  var wall: Nanoseconds
}

/// What begins with the answer to PLAY.
struct RTSPPlayback {
  /// The transport of each track that is set up, as it was agreed on.
  var transports: [Int: RTSPTransport]
  /// Where tracks begin, by the server's word.
  var starts: [Int: RTSPStreamInfo]
  /// Which part of a recording it is.
  var range: RTSPRange?
  var phases: RTSPPhases
}

/// What happens to a presentation that is played, in order; packets are told apart from it.
enum RTSPNews {
  /// A connection was made, and this is there; what is set up next was chosen by `choose`.
  case described(RTSPPresentation)
  /// Packets are on their way.
  case playing(RTSPPlayback)
  /// A connection was lost or refused; nanoseconds until the next try, or nil for none.
  case lost(Failure, retry: Nanoseconds?)
  /// The server ended the presentation, or every track said goodbye.
  case ended(String)
  /// Something else was tried than at first, in words for the user.
  case note(String)
  /// The server does something otherwise than the specification has it; each kind once.
  case deviation(Deviation)
  /// A message, where they are asked for.
  case trace(RTSPTrace)
}
