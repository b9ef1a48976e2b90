import CSystem
import MediaModel
import TestSupport
import Testing

@testable import MediaIO

/// A client and a server in memory, and what each has told.
private final class Sides {
  let client: TLSSession
  let server: TLSSession
  var told: (client: [TLSEvent], server: [TLSEvent]) = ([], [])
  var failures: (client: TLSFailure?, server: TLSFailure?)
  /// Everything that went over the wire.
  var wire: (toServer: [UInt8], toClient: [UInt8]) = ([], [])
  private let cut: () -> Int

  init(
    _ client: TLSContext, _ server: TLSContext, host: String = "localhost",
    cut: @escaping () -> Int = { Int.max }
  ) throws {
    self.client = try TLSSession(client, host: host)
    self.server = try TLSSession(server)
    self.cut = cut
  }

  /// Carries bytes to and fro until both have nothing more to say.
  func run() {
    while true {
      let toServer = drain(client, &told.client)
      let toClient = drain(server, &told.server)
      wire.toServer += toServer
      wire.toClient += toClient
      if toServer.isEmpty && toClient.isEmpty { return }
      feed(toServer, to: server, &failures.server)
      feed(toClient, to: client, &failures.client)
    }
  }

  private func drain(_ session: TLSSession, _ events: inout [TLSEvent]) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      switch session.nextOutput() {
      case .send(let more): bytes += more
      case .event(let event): events.append(event)
      case .wait, .close: return bytes
      }
    }
  }

  private func feed(_ bytes: [UInt8], to session: TLSSession, _ failure: inout TLSFailure?) {
    var rest = bytes[...]
    while !rest.isEmpty, failure == nil {
      let piece = Array(rest.prefix(cut()))
      rest = rest.dropFirst(piece.count)
      do { try session.receive(piece, at: 0) } catch { failure = error }
    }
  }
}

extension [TLSEvent] {
  fileprivate var text: [UInt8] {
    flatMap { event -> [UInt8] in
      if case .plaintext(let bytes) = event { bytes } else { [] }
    }
  }

  fileprivate var description: TLSDescription? {
    compactMap { event -> TLSDescription? in
      if case .established(let description) = event { description } else { nil }
    }.first
  }
}

@Suite(.peers("openssl")) struct TLSSessionTests {
  private let authority: TestAuthority
  private let identity: TestAuthority.Identity

  init() throws {
    authority = try TestAuthority()
    identity = try authority.issue()
  }

  private func client(protocols: [String] = []) throws -> TLSContext {
    try TLSContext(trusting: .authorities(file: authority.file), protocols: protocols)
  }

  private func server(_ other: TestAuthority.Identity? = nil) throws -> TLSContext {
    let identity = other ?? identity
    return try TLSContext(certificateFile: identity.certificate, keyFile: identity.key)
  }

  @Test func bothSidesTalkAndPart() throws {
    let pair = try Sides(client(), server())
    pair.client.write(Array("early".utf8))  // before there is a session
    pair.run()
    let description = try #require(pair.told.client.description)
    #expect(description.version == "TLSv1.3")
    #expect(description.cipher.hasPrefix("TLS_"))
    #expect(description.applicationProtocol == nil)
    #expect(description.fault == nil)
    #expect(pair.told.server.text == Array("early".utf8))
    let long = Seeded.bytes("long TLS text", 100_000)
    pair.server.write(long)
    pair.run()
    #expect(isSame(pair.told.client.text, long))
    #expect(!pair.wire.toServer.contains(Array("early".utf8)))
    pair.client.close()
    pair.run()
    #expect(pair.told.server.last == .ended)
    // The other direction goes on.
    pair.server.write([7])
    pair.run()
    #expect(isSame(pair.told.client.text, long + [7]))
    pair.server.close()
    pair.run()
    #expect(pair.told.client.last == .ended)
    #expect(pair.failures.client == nil && pair.failures.server == nil)
    try pair.client.receiveEnd()
  }

  @Test func anyCutGivesTheSame() throws {
    var random = Seeded.of("TLS cuts")
    let long = random.bytes(40_000)
    var events: [[TLSEvent]] = []
    for size in [Int.max, 1, 0] {
      let pair = try Sides(client(), server()) {
        size > 0 ? size : Int.random(in: 1...700, using: &random)
      }
      pair.run()
      pair.server.write(long)
      pair.server.write([1])
      pair.server.close()
      pair.run()
      #expect(pair.failures.client == nil)
      events.append(pair.told.client)
    }
    #expect(isSame(events[0].text, long + [1]))
    #expect(events[0].count == 1 + 3 + 1 + 1)  // established, records, the last byte, the end
    for other in events[1...] {
      let isTheSame = other == events[0]
      #expect(isTheSame)
    }
  }

  @Test func faultsOfCertificatesAreNamed() throws {
    func fault(_ identity: TestAuthority.Identity, _ host: String) throws -> TLSFailure.Reason? {
      let pair = try Sides(client(), server(identity), host: host)
      pair.run()
      #expect(pair.told.client.isEmpty)
      #expect(pair.failures.client?.host == host)
      // The server is told by an alert.
      guard case .alert = pair.failures.server?.reason else {
        Issue.record("the server was told \(pair.failures.server as Any)")
        return pair.failures.client?.reason
      }
      return pair.failures.client?.reason
    }
    let old = try authority.issue(from: "20200101000000Z", to: "20200201000000Z")
    #expect(try fault(old, "localhost") == .certificate(.expired))
    let new = try authority.issue(from: "20980101000000Z")
    #expect(try fault(new, "localhost") == .certificate(.notYetValid))
    let own = TestAuthority.Identity(
      certificate: authority.file, key: authority.folder["ca.key"])
    let names = ["localhost", "*.example.org", "127.0.0.1", "::1"]
    #expect(try fault(identity, "other.example") == .certificate(.otherHost(names)))
    #expect(try fault(identity, "example.org") == .certificate(.otherHost(names)))
    #expect(try fault(identity, "127.0.0.2") == .certificate(.otherHost(names)))
    let plain = try authority.issue("", commonName: "old.example")
    #expect(try fault(plain, "localhost") == .certificate(.otherHost(["old.example"])))
    let stranger = try TestAuthority()
    #expect(try fault(stranger.issue(), "localhost") == .certificate(.unknownAuthority))
    let itself = TestAuthority.Identity(
      certificate: stranger.file, key: stranger.folder["ca.key"])
    #expect(try fault(itself, "localhost") == .certificate(.selfSigned))
    // Even that of the authority is good for nobody but those it names.
    #expect(try fault(own, "localhost") == .certificate(.otherHost(["test?authority"])))
  }

  @Test(arguments: ["localhost", "localhost.", "127.0.0.1", "::1", "LIVE.Example.Org"])
  func hostsThatTheCertificateIsFor(_ host: String) throws {
    let pair = try Sides(client(), server(), host: host)
    pair.run()
    #expect(pair.told.client.description?.fault == nil)
    #expect(pair.client.isEstablished)
    #expect(pair.failures.client == nil)
  }

  @Test func nobodyOfTheSystemVouches() throws {
    let pair = try Sides(TLSContext(), server())
    pair.run()
    #expect(pair.failures.client?.reason == .certificate(.unknownAuthority))
    let text = try #require(pair.failures.client?.description)
    #expect(text == "localhost: TLS: certificate of an unknown CA")
  }

  @Test func whoTrustsAnybodyIsToldTheFault() throws {
    let pair = try Sides(TLSContext(trusting: .anybody), server(), host: "other.example")
    pair.run()
    #expect(pair.failures.client == nil)
    #expect(pair.told.client.description?.fault == .unknownAuthority)
    pair.server.write([1])
    pair.run()
    #expect(pair.told.client.text == [1])
  }

  @Test func theNameIsToldAndAddressesAreNot() throws {
    let named = try Sides(client(), server(), host: "localhost")
    named.run()
    #expect(named.wire.toServer.contains(Array("localhost".utf8)))
    let numbered = try Sides(client(), server(), host: "127.0.0.1")
    numbered.run()
    #expect(!numbered.wire.toServer.contains(Array("127.0.0.1".utf8)))
  }

  @Test(arguments: ["220 mail ready\r\n", "\u{3}\0\0\0", "HTTP/1.1 400 Bad Request\r\n"])
  func plainWordsAreNoTLS(_ words: String) throws {
    let session = try TLSSession(client(), host: "localhost")
    let failure = #expect(throws: TLSFailure.self) {
      for byte in words.utf8 { try session.receive([byte], at: 0) }
    }
    #expect(failure?.reason == .notTLS)
    #expect(failure?.description == "localhost: TLS: the peer speaks no TLS")
  }

  @Test func anEndWithoutGoodbyeIsACut() throws {
    let greeting = try TLSSession(client(), host: "localhost")
    #expect(throws: TLSFailure(host: "localhost", reason: .endedInHandshake)) {
      try greeting.receiveEnd()
    }
    let pair = try Sides(client(), server())
    pair.run()
    #expect(throws: TLSFailure(host: "localhost", reason: .truncated)) {
      try pair.client.receiveEnd()
    }
    // A session that has failed says nothing more.
    pair.client.write([1])
    pair.client.close()
    #expect(pair.client.nextOutput() == .wait(until: nil))
  }

  @Test func damagedRecordsAreRefusedAndNeverTrap() throws {
    var random = Seeded.of("damaged TLS")
    let whole = try Sides(client(), server())
    whole.run()
    for _ in 0..<200 {
      let pair = try Sides(client(), server())
      var damaged = whole.wire.toClient
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<damaged.count, using: &random)
        damaged[place] = UInt8.random(in: 0...255, using: &random)
      }
      // The keys differ, so all of these fail, or wait for more.
      let failure = Result { () throws(TLSFailure) in try pair.client.receive(damaged, at: 0) }
      #expect(!pair.client.isEstablished, "\(failure)")
    }
    whole.server.write([1, 2, 3])
    guard case .send(var record) = whole.server.nextOutput() else {
      Issue.record("nothing to send")
      return
    }
    record[record.count - 1] ^= 1
    let failure = #expect(throws: TLSFailure.self) { try whole.client.receive(record, at: 0) }
    guard case .broken(let words)? = failure?.reason else {
      Issue.record("\(failure as Any)")
      return
    }
    #expect(words.contains("bad record mac"))
  }
}

@Suite(.peers("openssl")) struct TLSContextTests {
  @Test func filesThatAreNotThereOrNotGood() throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    let text = try authority.folder.write("no certificate", to: "text")
    func failure(_ body: () throws(TLSContext.Failure) -> TLSContext) -> TLSContext.Failure? {
      do {
        _ = try body()
        return nil
      } catch { return error }
    }
    let gone = authority.folder["gone.pem"]
    #expect(
      failure { () throws(TLSContext.Failure) in
        try TLSContext(trusting: .authorities(file: gone))
      } == .file(IOFailure(call: "open", code: 2, subject: gone)))
    let noCertificate = failure { () throws(TLSContext.Failure) in
      try TLSContext(trusting: .authorities(file: text))
    }
    #expect(noCertificate == .content(path: text, expected: "certificate"))
    #expect(noCertificate?.description == "\(text): no certificate in PEM")
    #expect(
      failure { () throws(TLSContext.Failure) in
        try TLSContext(certificateFile: text, keyFile: identity.key)
      } == .content(path: text, expected: "certificate"))
    let other = authority.folder["ca.key"]
    #expect(
      failure { () throws(TLSContext.Failure) in
        try TLSContext(certificateFile: identity.certificate, keyFile: other)
      } == .content(path: other, expected: "key of the certificate"))
  }

  @Test func aMissingLibraryIsNamed() {
    let failure = #expect(throws: LibraryFailure.self) {
      _ = try OpenedLibrary(sonames: ["libssl.so.0"], csystem_tls_open)
    }
    #expect(failure?.library == "libssl.so.0")
    #expect(failure?.package == "libssl3")
    let unfit = #expect(throws: LibraryFailure.self) {
      _ = try OpenedLibrary(sonames: ["libm.so.6"], csystem_tls_open)
    }
    #expect(unfit?.reason == "libm.so.6 lacks the function TLS_method")
  }
}

extension Seeded {
  fileprivate static func bytes(_ test: String, _ count: Int) -> [UInt8] {
    var random = of(test)
    return random.bytes(count)
  }
}
