import MediaBytes
public import MediaModel

// What its user says to the wish of the last event; to any other, nothing happens.

extension RTSPServer {
  /// Says what there is.
  ///
  /// - Parameters:
  ///   - description: SDP.
  ///   - base: what control attributes are relative to; by default what was asked for.
  /// - Throws: `Failure` for what the client had sent behind it.
  public mutating func describe(_ description: [UInt8], base: String? = nil) throws(Failure) {
    guard let request = take([.describe]) else { return }
    let uri = request.uri.utf8.last == UInt8(ascii: "/") ? request.uri : request.uri + "/"
    answer(
      request, .ok,
      [("Content-Type", "application/sdp"), ("Content-Base", base ?? uri)], body: description)
    try goOn()
  }

  /// Sets the track up by this transport; the first one begins a session.
  ///
  /// - Throws: `Failure` for what the client had sent behind it.
  public mutating func setUp(_ transport: RTSPTransport, at now: Nanoseconds) throws(Failure) {
    guard let request = take([.setup]) else { return }
    if sessionID == nil { sessionID = RTSPDigest.hexadecimal(functions.randomBytes(8)) }
    state = .ready
    tracks[request.uri] = transport
    heard(at: now)
    answer(request, .ok, [("Transport", transport.description)])
    try goOn()
  }

  /// Begins to play.
  ///
  /// - Parameters:
  ///   - information: where tracks begin.
  ///   - range: which part follows.
  /// - Throws: `Failure` for what the client had sent behind it.
  public mutating func play(
    _ information: [RTSPStreamInfo], range: RTSPRange? = nil
  ) throws(Failure) {
    guard let request = take([.play]) else { return }
    state = .playing
    var fields: [(String, String)] = []
    if let range { fields.append(("Range", range.description)) }
    if !information.isEmpty {
      fields.append(("RTP-Info", information.map(\.description).joined(separator: ",")))
    }
    answer(request, .ok, fields)
    try goOn()
  }

  /// Agrees to what was announced, to record or to pause.
  ///
  /// - Throws: `Failure` for what the client had sent behind it.
  public mutating func accept() throws(Failure) {
    guard let request = take([.announce, .record, .pause]) else { return }
    if request.method == .pause { state = .ready }
    if request.method == .record { state = .recording }
    answer(request, .ok)
    try goOn()
  }

  /// Refuses any wish, or sends the client elsewhere with a status of 300 to 399.
  ///
  /// - Throws: `Failure` for what the client had sent behind it.
  public mutating func reject(_ status: RTSPStatus, location: String? = nil) throws(Failure) {
    guard let request = waiting else { return }
    waiting = nil
    answer(request, status, location.map { [("Location", $0)] } ?? [])
    try goOn()
  }

  private mutating func take(_ methods: [RTSPMethod]) -> RTSPRequest? {
    guard let request = waiting, methods.contains(request.method) else { return nil }
    waiting = nil
    return request
  }
}

extension RTSPStreamInfo: CustomStringConvertible {
  /// As it stands in a header.
  public var description: String {
    let sequence = sequenceNumber.map { ";seq=\($0)" } ?? ""
    return "url=\(url)" + sequence + (timestamp.map { ";rtptime=\($0)" } ?? "")
  }
}

extension RTSPRequest {
  /// Says what will be sent (RFC 2326 §10.3).
  public static func announce(_ uri: String, description: [UInt8]) -> Self {
    var headers = RTSPHeaders()
    headers.append("Content-Type", "application/sdp")
    return Self(.announce, uri, headers: headers, body: description)
  }

  /// Begins to send (RFC 2326 §10.11).
  public static func record(_ uri: String) -> Self {
    var headers = RTSPHeaders()
    headers.append("Range", RTSPRange.npt(0, nil).description)
    return Self(.record, uri, headers: headers)
  }
}
