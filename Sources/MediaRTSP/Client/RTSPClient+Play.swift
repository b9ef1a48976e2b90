import MediaBytes
public import MediaModel
import MediaRTP

// Playing, and the end of it.

extension RTSPClient {
  /// Begins to play what is set up, or goes on behind `pause`.
  public mutating func play(_ request: RTSPPlayRequest = .init(), at now: Nanoseconds) {
    guard phase == .ready || phase == .paused, let presentation else { return }
    (playRequest, starts) = (request, [:])
    ask(playRequest(at: presentation.controlURI, range: usualRange))
    enter(.play, at: now)
  }

  /// Stops for a while.
  public mutating func pause(at now: Nanoseconds) {
    guard phase == .playing, let presentation else { return }
    ask(RTSPRequest(.pause, presentation.controlURI))
    enter(.paused, at: now)
  }

  /// Takes leave: the end is there when the server says so, or after `finishTimeout`.
  public mutating func finish(at now: Nanoseconds) {
    guard phase != .finishing, phase != .finished else { return }
    keepAlive.due = nil
    guard sessionID != nil, let presentation else { return enter(.finished, at: now) }
    ask(RTSPRequest(.teardown, presentation.controlURI))
    enter(.finishing, at: now)
  }

  /// Sends a packet of ours, such as a receiver report, on a track's channel.
  ///
  /// Nothing is sent where the track has no channel, or the packet more than 65,535 bytes.
  public mutating func send(_ packet: [UInt8], track: Int, isRTCP: Bool) {
    guard packet.count <= 0xffff, let channel = channels.channel(of: track, isRTCP: isRTCP) else {
      return
    }
    var writer = ByteWriter(capacity: packet.count + 4)
    unsafe InterleavedFraming.rtsp.write(packet.span.bytes, channel: channel, to: &writer)
    outbox += writer.bytes
  }

  /// From the beginning, unless something else is asked for; servers want to hear it.
  private var usualRange: RTSPRange { playRequest.range ?? .npt(0, nil) }

  private func playRequest(at uri: String, range: RTSPRange?) -> RTSPRequest {
    var headers = RTSPHeaders()
    if let range { headers.append("Range", range.description) }
    if let speed = playRequest.speed { headers.append("Speed", Self.decimal(speed)) }
    if let scale = playRequest.scale { headers.append("Scale", Self.decimal(scale)) }
    return RTSPRequest(.play, uri, headers: headers)
  }

  /// With one digit behind the point at least (§12.34).
  private static func decimal(_ value: Double) -> String { "\(value)" }

  mutating func receivePlay(
    _ response: RTSPResponse, _ question: Question, at now: Nanoseconds
  ) throws(Failure) {
    guard phase == .play, let presentation else { return }
    guard response.status.isSuccess else {
      if try playOtherwise(response.status, question, presentation, at: now) { return }
      throw Failure(.refused(.play, response.status), in: phase)
    }
    let information = response.headers.values("RTP-Info").flatMap { RTSPStreamInfo.parse($0) }
    starts.merge(starts(information, presentation)) { known, _ in known }
    // Where tracks are played one by one, the last answer is the one that counts.
    guard !pending.contains(where: { $0.request.method == .play }) else { return }
    if starts.count < tracks.count {
      deviate(
        .rtspNoStreamInfo,
        seen: "RTP-Info of \(starts.count) tracks of \(tracks.count)",
        action: "take where they begin from their packets")
    }
    enter(.playing, at: now)
    events.append(
      .playing(starts, range: response.headers["Range"].flatMap { RTSPRange(parsing: $0) }))
  }

  /// Asks again in a way that servers of less patience take.
  private mutating func playOtherwise(
    _ status: RTSPStatus, _ question: Question, _ presentation: RTSPPresentation,
    at now: Nanoseconds
  ) throws(Failure) -> Bool {
    switch status.code {
    case 457 where playRequest.range == nil && question.request.headers["Range"] != nil:
      deviate(
        .rtspRangeRefused, seen: "PLAY with Range: npt=0- refused: \(status)",
        action: "asked without Range")
      ask(playRequest(at: question.request.uri, range: nil), track: question.track)
    case 459 where question.track == nil:
      deviate(
        .rtspAggregateRefused, seen: "PLAY of all tracks refused: \(status)",
        action: "asked for one after the other")
      for track in tracks.sorted() {
        ask(playRequest(at: presentation.tracks[track].controlURI, range: usualRange), track: track)
      }
    default: return false
    }
    enter(.play, at: now)
    return true
  }

  mutating func receivePause(
    _ response: RTSPResponse, _ question: Question, at now: Nanoseconds
  ) throws(Failure) {
    guard phase == .paused else { return }
    guard response.status.isSuccess else {
      throw Failure(.refused(.pause, response.status), in: phase)
    }
    deadline = nil
  }

  /// Which part of `RTP-Info` is about which track: by the whole address, by its end, or by order.
  private func starts(
    _ information: [RTSPStreamInfo], _ presentation: RTSPPresentation
  ) -> [Int: RTSPStreamInfo] {
    var starts: [Int: RTSPStreamInfo] = [:]
    let order = tracks.sorted()
    for (place, part) in information.enumerated() {
      let uri = options.url.control(part.url, base: presentation.base)
      let byAddress = order.first { presentation.tracks[$0].controlURI == uri }
      let byEnd = order.filter {
        Self.lastPart(presentation.tracks[$0].controlURI) == Self.lastPart(uri)
      }
      let byOrder = information.count == order.count ? order[place] : nil
      guard let track = byAddress ?? (byEnd.count == 1 ? byEnd[0] : byOrder), starts[track] == nil
      else { continue }
      starts[track] = part
    }
    return starts
  }

  private static func lastPart(_ uri: String) -> String { uri.parts("/").last ?? "" }

  // MARK: Packets

  mutating func receive(_ packet: [UInt8], on channel: UInt8, at now: Nanoseconds) {
    guard let use = channels[channel] else {
      // What is on its way when the end comes is no news.
      guard phase != .finishing else { return }
      deviate(
        .rtspUnknownChannel, seen: "packets on channel \(channel), which nobody set up",
        action: "ignored them")
      return
    }
    switch phase {
    case .playing: deadline = options.silence.map { now + $0 }
    case .finishing: return
    case .paused: break
    default:
      deviate(
        .rtspEarlyPackets, seen: "packets before the answer to PLAY", action: "took them")
    }
    events.append(.packet(packet, track: use.track, isRTCP: use.isRTCP))
  }
}
