internal import MediaBytes
internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// Whoever wants to know of frames and RTCP as they come.
protocol RTPSessionObserver: AnyObject {
  /// A frame was put together, or a piece of a program stream, the frames of which came before.
  func frame(_ frame: RTPFrame, of source: RTPSource, _ payload: Int) throws
  /// A datagram of RTCP came.
  func rtcp(_ compound: RTCPCompound, _ datagram: RTPDatagram, time: Double?) throws
  /// A source ended, and another one succeeds it: all its frames have been told.
  func ended(_ source: RTPSource)
}

extension RTPSessionObserver {
  func ended(_ source: RTPSource) {}
}

/// How a session looks at its packets.
struct RTPSessionOptions {
  /// Frames of which packets are missing are kept.
  var keepDamaged = false
  /// Frames are wanted, not only their number and size.
  var keepContents = true
  /// Rules are checked that a report alone does not need.
  var checks = false
  /// Packets come from sockets, in no order of their times where there are several.
  var isLive = false
  /// All packets are of one track: its sources succeed each other, and what descriptions do not name
  /// is passed over.
  var isOneTrack = false
  /// The largest packet, in bytes with its header, that is no finding.
  var mtu = 1472
  /// The bytes that packets and frames which wait for others may have, of all sources.
  var maxHeldBytes = 256 << 20
  /// How long packets are waited for.
  var reorderLimits = ReorderBuffer<RTPTicket>.Limits()
}

/// How many datagrams of each kind came.
struct RTPDatagramCounts {
  var datagrams = 0
  var bytes = 0
  var rtp = 0
  var rtcp = 0
  var stun = 0
  var zrtp = 0
  var dtls = 0
  var turnChannel = 0
  /// Packets of RTP among those of a track that are none of its media.
  var aside = 0
  /// Nothing of RTP, or of sources that too little came from.
  var other = 0
}

/// Sorts datagrams by what they are, and packets of RTP by their sources, of any number of flows.
final class RTPSession {
  struct SourceKey: Hashable {
    var flow: RTPFlow
    var ssrc: UInt32
  }
  /// A source of RTCP is known by its host alone: its port may be another.
  struct ReportKey: Hashable {
    var address: IPAddress
    var ssrc: UInt32
  }

  static let maxSources = 4096
  static let maxReports = 8192
  /// Payload bytes that wait for their sources to become known, in all.
  static let maxHeldBytes = 16 << 20

  let options: RTPSessionOptions
  weak var observer: (any RTPSessionObserver)?
  var lines: RTPPacketLines?
  var descriptions = RTPDescriptions()
  var findings = RTPFindings()
  var counts = RTPDatagramCounts()
  var sources: [RTPSource] = []
  var sourceCount = 0
  var sourceOfKey: [SourceKey: RTPSource] = [:]
  var lastSource: RTPSource?
  /// The first source followed of each flow, and of those that reports may be about.
  var followedOfFlow: [RTPFlow: RTPSource] = [:]
  var followedOfReport: [ReportKey: RTPSource] = [:]
  /// Sources of one track that others succeeded, the last few.
  var succeeded: [UInt32] = []
  /// When room for sources may be looked for again, in datagrams.
  var nextRoom = 0
  var reports: [ReportKey: RTCPFacts] = [:]
  /// Whether any source said goodbye.
  var hasGoodbye = false
  /// Hosts between which DTLS made keys.
  var keyedFlows: Set<RTPFlow> = []
  var heldByteCount = 0
  var packetIndex = 0
  var output = RTPOutput()
  /// When the first packet came, and the last one.
  var times: ClosedRange<Nanoseconds>?
  var lastTime: Nanoseconds?
  var isOverfull = false
  /// The index of each source's stream, once all has come.
  private(set) var streamIndex: [Int: Int] = [:]

  init(_ options: RTPSessionOptions) { self.options = options }

  /// Seconds since the first packet.
  func seconds(_ time: Nanoseconds?) -> Double? {
    guard let time, let times else { return nil }
    return Double(time - times.lowerBound) / 1e9
  }

  /// Notes the time of a packet of any kind, so that others are told relative to the first.
  func note(_ time: Nanoseconds?, packet: Int) {
    guard let time else { return }
    guard let range = times else {
      times = time...time
      lastTime = time
      return
    }
    if time > range.upperBound {
      times = range.lowerBound...time
    } else if let lastTime, time < lastTime - 1_000_000, !options.isLive {
      findings.add(
        .captureTimeBack, "\(Quantity.seconds(Double(lastTime - time) / 1e9)) back",
        packet: packet, time: seconds(time))
    }
    lastTime = time
  }

  /// Takes a datagram.
  func receive(_ bytes: RawSpan, _ datagram: RTPDatagram) throws {
    counts.datagrams += 1
    counts.bytes += datagram.byteCount
    if let packet = RTPPacket(plain: bytes) { return try take(packet, bytes, datagram) }
    switch RTPDatagramKind(of: bytes, isCut: datagram.isCut) {
    case .rtp: try receiveRTP(bytes, datagram)
    case .rtcp(let form): try receiveRTCP(bytes, form, datagram)
    case .stun: counts.stun += 1
    case .zrtp: counts.zrtp += 1
    case .dtls:
      counts.dtls += 1
      if keyedFlows.count < Self.maxSources { keyedFlows.insert(Self.unordered(datagram.flow)) }
    case .turnChannel: counts.turnChannel += 1
    case .unknown: counts.other += 1
    }
  }

  /// The same for both directions.
  private static func unordered(_ flow: RTPFlow) -> RTPFlow {
    let isOrdered = "\(flow.source)" <= "\(flow.destination)"
    return isOrdered ? flow : RTPFlow(source: flow.destination, destination: flow.source)
  }

  /// Whether DTLS made keys on a flow.
  func isKeyed(_ flow: RTPFlow) -> Bool {
    !keyedFlows.isEmpty && keyedFlows.contains(Self.unordered(flow))
  }

  /// Waits no longer for packets that should have come by now; for live inputs.
  func tick(at now: Nanoseconds) throws {
    for source in sources where source.state == .followed {
      if let deadline = source.order.deadline, deadline <= now {
        try drain(source, at: now)
      }
    }
  }

  /// Says that no packet follows.
  func finish() throws {
    for source in sources where source.state == .held {
      if source.probe.isValid || isDescribed(source) || source.isSteady {
        try follow(source)
      } else {
        refuse(source)
      }
    }
    let shared = sharedSources
    for source in sources where source.state == .followed {
      source.order.finish()
      try drain(source, at: .max)
      for index in source.payloads.indices { try finish(source, index) }
      checkAtEnd(source, isShared: shared.contains(source.number))
    }
    try lines?.finish()
    for (index, source) in streams.enumerated() { streamIndex[source.number] = index }
    checkDescriptions()
  }

  /// The sources that are streams, in the order of their first packets.
  var streams: [RTPSource] {
    sources.filter { $0.state == .followed }.sorted {
      $0.packets.lowerBound < $1.packets.lowerBound
    }
  }

  var allFindings: [RTPFinding] { findings.all { streamIndex[$0] } }
  var findingCounts: [Severity: Int] { findings.counts { streamIndex[$0] } }

  /// What RTCP says of a source.
  func facts(_ source: RTPSource) -> RTCPFacts? { reports[reportKey(source)] }

  func reportKey(_ source: RTPSource) -> ReportKey {
    ReportKey(address: source.flow.source.address, ssrc: source.ssrc)
  }

  /// Sources that go to one place with one SSRC, where there are several.
  private var sharedSources: Set<Int> {
    var numbers: [SourceKey: [Int]] = [:]
    for source in sources where source.state == .followed {
      let place = source.flow.destination
      let key = SourceKey(flow: RTPFlow(source: place, destination: place), ssrc: source.ssrc)
      numbers[key, default: []].append(source.number)
    }
    return Set(numbers.values.filter { $0.count > 1 }.joined())
  }
}
