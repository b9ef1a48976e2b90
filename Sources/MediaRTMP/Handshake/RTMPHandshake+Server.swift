public import MediaModel

extension RTMPHandshake {
  /// The side that listens.
  ///
  /// It answers in the form that C1 has: with digests, of either schema, if C1 has one that fits and
  /// HMAC-SHA256 was given; else with echoes. S0, S1 and S2 go out together once C1 is there.
  public struct Server: Sendable {
    private enum State { case version, first, second, done }
    private var state = State.version
    private var inbox: [UInt8] = []
    private var outbox: [UInt8] = []
    private var s1: [UInt8]
    private var ownDigest: [UInt8] = []
    private let digests: Digests?
    private let answerRandom: [UInt8]
    private var deviations = RTMPDeviationLog()

    /// What the client began; known once it has sent C1.
    public private(set) var form: Form?

    /// Makes S1; `random` gives as many bytes as it is asked for.
    public init(time: UInt32 = 0, digests: Digests? = nil, random: (Int) -> [UInt8]) {
      self.digests = digests
      s1 = RTMPHandshake.packet(time: time, programVersion: 0, random: random(1528))
      answerRandom = digests == nil ? [] : random(RTMPHandshakeDigest.answerByteCount)
    }

    /// Whether C2 has come.
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
    /// Throws `otherProtocol` where the peer speaks HTTP, TLS or the like, `unsupported` for RTMPE,
    /// and `malformed` where its first byte is no version at all.
    public mutating func receive(_ bytes: [UInt8]) throws(RTMPError) {
      inbox += bytes
      while true {
        switch state {
        case .version:
          if inbox.first == 6 {
            throw RTMPError(
              .unsupported, "C0", seen: "version 6, encrypted RTMP", expected: "version 3", at: 0)
          }
          guard
            try RTMPHandshake.isVersion(inbox, field: "C0", code: .c0Version, &deviations)
          else { return }
          inbox.removeFirst()
          state = .first
        case .first:
          guard let c1 = RTMPHandshake.takePacket(&inbox) else { return }
          answer(c1)
          state = .second
        case .second:
          guard let c2 = RTMPHandshake.takePacket(&inbox) else { return }
          check(c2)
          state = .done
        case .done: return
        }
      }
    }

    private mutating func answer(_ c1: [UInt8]) {
      var s2 = c1
      form = .simple
      if let digests, RTMPHandshake.hasProgramVersion(c1) {
        let digest = RTMPHandshakeDigest(hmac: digests.hmac)
        if let found = digest.find(in: c1, preferring: digests.schema, .client) {
          form = .digest(found.schema)
          let random = [UInt8](s1[8...])
          let time = s1[..<4].reduce(0) { $0 << 8 | UInt32($1) }
          s1 = RTMPHandshake.packet(
            time: time, programVersion: digests.programVersion, random: random)
          digest.sign(&s1, found.schema, .server)
          ownDigest = [UInt8](s1[RTMPHandshakeDigest.range(in: s1, found.schema)])
          s2 = digest.answer(to: found.digest, random: answerRandom, .server)
        }
      }
      outbox += [RTMPHandshake.version] + s1 + s2
    }

    private mutating func check(_ c2: [UInt8]) {
      if case .digest? = form, let digests,
        RTMPHandshakeDigest(hmac: digests.hmac).isAnswer(c2, to: ownDigest, .client)
      {
        return
      }
      guard c2[8...] != s1[8...] else { return }
      deviations.add(
        Deviation(
          .c2NotEcho, seen: "C2 does not hold the random bytes of S1", action: "went on"))
    }
  }
}
