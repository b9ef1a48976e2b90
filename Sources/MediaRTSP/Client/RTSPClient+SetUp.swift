import MediaBytes
public import MediaModel
import MediaRTP

/// How one track is to travel.
public struct RTSPTrackPlan: Hashable, Sendable {
  /// Its place among the tracks of the presentation.
  public var track: Int
  /// What is asked of the server; without `interleaved`, one over TCP is given the next channels.
  public var transport: RTSPTransport

  /// Makes a plan.
  public init(_ track: Int, _ transport: RTSPTransport) {
    (self.track, self.transport) = (track, transport)
  }
}

/// Which channel of the connection carries what.
struct RTSPChannels: Sendable {
  struct Use: Hashable, Sendable {
    var track: Int
    var isRTCP: Bool
  }

  private var uses: [UInt8: Use] = [:]

  subscript(channel: UInt8) -> Use? { uses[channel] }

  /// The first even channel that is free, with the one behind it.
  var next: RTSPTransport.Pair<UInt8>? {
    stride(from: UInt8(0), through: 254, by: 2).first {
      uses[$0] == nil && uses[$0 + 1] == nil
    }.map { .init($0, $0 + 1) }
  }

  func isFree(_ pair: RTSPTransport.Pair<UInt8>) -> Bool {
    uses[pair.rtp] == nil && pair.rtcp.map { uses[$0] == nil && $0 != pair.rtp } ?? true
  }

  mutating func assign(_ pair: RTSPTransport.Pair<UInt8>, to track: Int) {
    uses[pair.rtp] = Use(track: track, isRTCP: false)
    if let rtcp = pair.rtcp { uses[rtcp] = Use(track: track, isRTCP: true) }
  }

  mutating func release(_ track: Int) { uses = uses.filter { $0.value.track != track } }

  func channel(of track: Int, isRTCP: Bool) -> UInt8? {
    uses.first { $0.value == Use(track: track, isRTCP: isRTCP) }?.key
  }
}

extension RTSPClient {
  /// Sets tracks up, one after the other; then `play` is due.
  ///
  /// Only while `phase` is `described`, or behind `transportRefused`; plans of tracks that do not
  /// exist are ignored.
  public mutating func setUp(_ plans: [RTSPTrackPlan], at now: Nanoseconds) {
    guard phase == .described, let presentation else { return }
    self.plans = plans.filter { presentation.tracks.indices.contains($0.track) }
    setUpNext(at: now)
  }

  private mutating func setUpNext(at now: Nanoseconds) {
    guard !plans.isEmpty else { return enter(.ready, at: now) }
    if plans[0].transport.lower == .tcp, plans[0].transport.interleaved == nil {
      plans[0].transport.interleaved = channels.next
    }
    guard let track = presentation?.tracks[plans[0].track] else { return }
    var headers = RTSPHeaders()
    headers.append("Transport", plans[0].transport.description)
    ask(RTSPRequest(.setup, track.controlURI, headers: headers), track: track.index)
    enter(.setup, at: now)
  }

  mutating func receiveSetUp(
    _ response: RTSPResponse, _ question: Question, at now: Nanoseconds
  ) throws(Failure) {
    guard phase == .setup, let plan = plans.first, question.track == plan.track else { return }
    if response.status.isOfTransport {
      plans = []
      enter(.described, at: now)
      events.append(.transportRefused(track: plan.track, response.status))
      return
    }
    guard response.status.isSuccess else {
      throw Failure(.refused(.setup, response.status), in: phase)
    }
    takeSession(response, at: now)
    let transport = transport(in: response, plan)
    plans.removeFirst()
    tracks.insert(plan.track)
    events.append(.setUp(track: plan.track, transport))
    setUpNext(at: now)
  }

  private mutating func takeSession(_ response: RTSPResponse, at now: Nanoseconds) {
    guard let session = response.headers["Session"].flatMap({ RTSPSessionID(parsing: $0) }) else {
      if sessionID == nil {
        deviate(
          .rtspNoSession, seen: "SETUP answered without a session",
          action: "went on without one")
      }
      return
    }
    if let known = sessionID, known.id != session.id {
      deviate(
        .rtspSessionChanged, seen: "another session with another track",
        action: "went on with the new one")
    }
    sessionID = session
    keepAlive.begin(timeout: session.timeout, methods: methods, at: now)
  }

  /// What the server says of the transport, completed by what was asked for.
  private mutating func transport(
    in response: RTSPResponse, _ plan: RTSPTrackPlan
  ) -> RTSPTransport {
    let asked = plan.transport
    let said = response.headers.values("Transport").flatMap { RTSPTransport.parse($0) }
    guard var transport = said.first(where: { $0.lower == asked.lower }) ?? said.first else {
      deviate(
        .rtspNoTransport, seen: "SETUP answered without a transport",
        action: "took the one asked for")
      if let pair = asked.interleaved { channels.assign(pair, to: plan.track) }
      return asked
    }
    if transport.lower != asked.lower || transport.isMulticast != asked.isMulticast {
      deviate(
        .rtspOtherTransport, seen: "\(asked) asked for, \(transport) given",
        action: "took what was given")
    }
    if transport.lower == .tcp {
      transport.interleaved = takeChannels(transport.interleaved, asked.interleaved, plan.track)
    } else {
      transport.clientPort = transport.clientPort ?? asked.clientPort
    }
    return transport
  }

  private mutating func takeChannels(
    _ said: RTSPTransport.Pair<UInt8>?, _ asked: RTSPTransport.Pair<UInt8>?, _ track: Int
  ) -> RTSPTransport.Pair<UInt8>? {
    guard let asked = asked ?? channels.next else { return said }
    var pair = said ?? asked
    if pair != asked {
      deviate(
        .rtspOtherChannels, seen: "channels \(pair.text) instead of \(asked.text)",
        action: "took those")
    } else if said == nil {
      deviate(
        .rtspOtherChannels, seen: "a transport that names no channels",
        action: "took those asked for")
    }
    channels.release(track)
    if !channels.isFree(pair) {
      deviate(
        .rtspSharedChannels, seen: "channels \(pair.text) for two tracks",
        action: "took \(asked.text) for the other one")
      pair = asked
    }
    if pair.rtcp == nil, pair.rtp < .max, channels[pair.rtp + 1] == nil { pair.rtcp = pair.rtp + 1 }
    channels.assign(pair, to: track)
    return pair
  }
}
