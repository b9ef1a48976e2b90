public import MediaModel

extension RTMPHandshake {
  /// The side that connects.
  ///
  /// Send what `takeBytesToSend` gives, at the beginning and after each `receive`, until `isDone`;
  /// chunks begin with `takeRemainder`. A server that does not know digests, or does not echo, is
  /// taken as it is, and the deviation noted.
  public struct Client: Sendable {
    private enum State { case version, first, second, done }
    private var state = State.version
    private var inbox: [UInt8] = []
    private var outbox: [UInt8]
    private let c1: [UInt8]
    private let digests: Digests?
    private let ownDigest: [UInt8]
    private let answerRandom: [UInt8]
    private var deviations = RTMPDeviationLog()

    /// What the server agreed to; known once it has sent S1.
    public private(set) var form: Form?
    /// Bytes 4 to 7 of S1, of a server that says so its program's version; 0 if it does not.
    public private(set) var serverVersion: UInt32 = 0

    /// Makes C0 and C1, with digests if there are any; `random` gives as many bytes as it is asked for.
    public init(time: UInt32 = 0, digests: Digests? = nil, random: (Int) -> [UInt8]) {
      self.digests = digests
      var packet = RTMPHandshake.packet(
        time: time, programVersion: digests?.programVersion ?? 0, random: random(1528))
      if let digests {
        RTMPHandshakeDigest(hmac: digests.hmac).sign(&packet, digests.schema, .client)
        ownDigest = [UInt8](packet[RTMPHandshakeDigest.range(in: packet, digests.schema)])
        answerRandom = random(RTMPHandshakeDigest.answerByteCount)
      } else {
        ownDigest = []
        answerRandom = []
      }
      c1 = packet
      outbox = [RTMPHandshake.version] + packet
    }

    /// Whether S2 has come; then nothing more is sent but what is to be sent already.
    public var isDone: Bool { state == .done }

    /// What to send now, each byte once.
    public mutating func takeBytesToSend() -> [UInt8] {
      defer { outbox = [] }
      return outbox
    }

    /// What came behind the handshake, each byte once: the first chunks.
    public mutating func takeRemainder() -> [UInt8] {
      guard isDone else { return [] }
      defer { inbox = [] }
      return inbox
    }

    /// The next deviation found.
    public mutating func nextDeviation() -> Deviation? { deviations.next() }

    /// Takes bytes that arrived.
    ///
    /// Throws `otherProtocol` where the peer speaks HTTP, TLS or the like, and `malformed` where its
    /// first byte is no version at all.
    public mutating func receive(_ bytes: [UInt8]) throws(RTMPError) {
      inbox += bytes
      while true {
        switch state {
        case .version:
          guard
            try RTMPHandshake.isVersion(inbox, field: "S0", code: .s0Version, &deviations)
          else { return }
          inbox.removeFirst()
          state = .first
        case .first:
          guard let s1 = RTMPHandshake.takePacket(&inbox) else { return }
          answer(s1)
          state = .second
        case .second:
          guard let s2 = RTMPHandshake.takePacket(&inbox) else { return }
          check(s2)
          state = .done
        case .done: return
        }
      }
    }

    /// Sends C2: an answer to the digest of S1, else S1 again.
    private mutating func answer(_ s1: [UInt8]) {
      serverVersion = s1[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
      if let digests, serverVersion != 0 {
        let digest = RTMPHandshakeDigest(hmac: digests.hmac)
        if let found = digest.find(in: s1, preferring: digests.schema, .server) {
          form = .digest(found.schema)
          outbox += digest.answer(to: found.digest, random: answerRandom, .client)
          return
        }
      }
      if serverVersion != 0 {
        let version = s1[4..<8].map { String($0) }.joined(separator: ".")
        deviations.add(
          Deviation(
            .s1NotZero, seen: "bytes 4 to 7 of S1 are \(version), without a digest that we know",
            action: "answered with an echo"))
      }
      form = .simple
      outbox += s1
    }

    /// Notes what is odd about S2; no server is left for it.
    private mutating func check(_ s2: [UInt8]) {
      if case .digest? = form, let digests,
        RTMPHandshakeDigest(hmac: digests.hmac).isAnswer(s2, to: ownDigest, .server)
      {
        return
      }
      guard s2[8...] == c1[8...] else {
        deviations.add(
          Deviation(
            .s2NotEcho, seen: "S2 does not hold the random bytes of C1", action: "went on"))
        return
      }
      if s2[..<4] != c1[..<4] {
        deviations.add(
          Deviation(
            .s2Time, seen: "S2 does not begin with the time of C1", action: "went on"))
      }
    }
  }
}
