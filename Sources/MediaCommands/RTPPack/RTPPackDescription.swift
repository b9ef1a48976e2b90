internal import MediaModel
internal import MediaRTP

/// The session description of what `rtp-pack` sends.
enum RTPPackDescription {
  static func text(
    _ streams: [RTPPackResult.Stream], isMultiplexed: Bool, ttl: UInt8?, sessionID: UInt64
  ) -> String {
    guard let first = streams.first else { return "" }
    let isIPv4 = !first.host.contains(":")
    let isGroup =
      isIPv4 && (first.host.split(separator: ".").first.flatMap { Int($0) } ?? 0) / 16 == 14
    // The scope of a link-local address means nothing elsewhere.
    let host = String(first.host.prefix { $0 != "%" })
    var session = SDPSession(
      origin: SDPOrigin(
        sessionID: "\(sessionID)", sessionVersion: "\(sessionID)",
        address: isIPv4 ? "127.0.0.1" : "::1"),
      name: "mediatool",
      connection: SDPConnection(address: host, timeToLive: isGroup ? ttl ?? 1 : nil))
    for stream in streams { session.media.append(media(stream, isMultiplexed)) }
    return session.text
  }

  private static func media(_ stream: RTPPackResult.Stream, _ isMultiplexed: Bool) -> SDPMedia {
    var media = SDPMedia(stream.format, kind: stream.track.kind, port: stream.port)
    if isMultiplexed { media.add(SDPAttribute("rtcp-mux")) }
    media.add(SDPAttribute("ssrc", "\(stream.identity.ssrc) cname:\(stream.identity.cname)"))
    return media
  }
}
