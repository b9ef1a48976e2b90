import MediaModel
import MediaRTMP
import TestSupport
import Testing

/// Bytes that a vector can be computed of.
private func clientBytes(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + 3) }
}
private func serverBytes(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 * 11 + 5) }
}

private func digests(_ schema: RTMPHandshake.Schema) -> RTMPHandshake.Digests {
  RTMPHandshake.Digests(
    hmac: { hmacSHA256(key: $0, message: $1) }, schema: schema)
}

private func newClient(_ schema: RTMPHandshake.Schema? = nil) -> RTMPHandshake.Client {
  RTMPHandshake.Client(time: 0, digests: schema.map(digests), random: clientBytes)
}

private func newServer(_ schema: RTMPHandshake.Schema? = nil) -> RTMPHandshake.Server {
  RTMPHandshake.Server(time: 0, digests: schema.map(digests), random: serverBytes)
}

/// What Python's hmac and hashlib make of the same bytes.
private struct Vector: Sendable {
  var schema: RTMPHandshake.Schema
  var c1At: Int
  var c1Digest: String
  var c1Hash: String
  var s1At: Int
  var s1Digest: String
  var c2Proof: String
  var s2Proof: String
}

private let vectors = [
  Vector(
    schema: .zero, c1At: 66,
    c1Digest: "821f3847dde901f509787a33673451344eb87fa0362b0885aaf3b196aca96712",
    c1Hash: "91732cf7baa5e2c812027cd077a062fbc5c1ed61a08819fe6b533ce28ed19b15", s1At: 98,
    s1Digest: "c5bde5a3ca83f9a0e1abc2f786712ba5bc974170d79266c7fdefa1a45d793740",
    c2Proof: "68ec6cbf1aacc1edb20848fc2be3b3ab8a28507feca3fb8aec61c2c580b45efa",
    s2Proof: "95df45b74e08014feb78c77c7c72996e0ee23d6ad7dbbf87e5ed881e7ad2df3b"),
  Vector(
    schema: .one, c1At: 1014,
    c1Digest: "59dcee45b1799ae1ea5471cf38d2f97a53f8ee092395b30bcc103319ca74eb5a",
    c1Hash: "9e62a6f62f7cadd5e7ba78ef1e5605bf101a4290517828138570bff2e9640054", s1At: 982,
    s1Digest: "781a2fbfad0bee48bcfcc0dbd5633913bc6a3154a5a21c6efc3581646c571f39",
    c2Proof: "2c30bf9ae70275626c5d2c2f02fde3e510e53e44bbf308af07a468dc2a2ddc9b",
    s2Proof: "26a5788ba9ac6daedcfc92e2574a0a3dfb2707f6bdf8470cc9bfe3a46b83ea4e"),
]

/// Joins both sides, handing over `piece` bytes at a time, and gives all that each has sent.
private func join(
  _ client: inout RTMPHandshake.Client, _ server: inout RTMPHandshake.Server, piece: Int = .max
) throws -> (client: [UInt8], server: [UInt8]) {
  var fromClient: [UInt8] = []
  var fromServer: [UInt8] = []
  while true {
    let up = client.takeBytesToSend()
    let down = server.takeBytesToSend()
    if up.isEmpty && down.isEmpty { return (fromClient, fromServer) }
    fromClient += up
    fromServer += down
    for part in up.cut(piece) { try server.receive(part) }
    for part in down.cut(piece) { try client.receive(part) }
  }
}

extension [UInt8] {
  fileprivate func cut(_ piece: Int) -> [[UInt8]] {
    if piece >= count { return isEmpty ? [] : [self] }
    return stride(from: 0, to: count, by: piece).map {
      [UInt8](self[$0..<Swift.min(count, $0 + piece)])
    }
  }
}

private func names(_ side: inout RTMPHandshake.Client) -> [String] {
  var names: [String] = []
  while let deviation = side.nextDeviation() { names.append(deviation.code.name) }
  return names
}

@Suite struct RTMPHandshakeTests {
  @Test func theTestsOwnHMAC() {
    let digest = hmacSHA256(
      key: [UInt8]("Jefe".utf8), message: [UInt8]("what do ya want for nothing?".utf8))
    #expect(
      digest == hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
  }

  @Test(arguments: [1, 100, 1536, 1537, Int.max]) func simple(piece: Int) throws {
    var client = newClient()
    var server = newServer()
    let (up, down) = try join(&client, &server, piece: piece)
    #expect(up.count == 3073 && down.count == 3073 && client.isDone && server.isDone)
    #expect(up[0] == 3 && up[1..<9] == hex("00000000 00000000")[...])
    #expect(up[9..<1537] == clientBytes(1528)[...] && down[9..<1537] == serverBytes(1528)[...])
    #expect(up[1537...].elementsEqual(down[1..<1537]) && down[1537...].elementsEqual(up[1..<1537]))
    #expect(client.form == .simple && server.form == .simple)
    #expect(client.nextDeviation() == nil && server.nextDeviation() == nil)
  }

  @Test(arguments: vectors, [1, 1000, Int.max]) private func digested(_ vector: Vector, piece: Int)
    throws
  {
    var client = newClient(vector.schema)
    // The server follows the client, whatever it would do itself.
    var server = newServer(vector.schema == .zero ? .one : .zero)
    let (up, down) = try join(&client, &server, piece: piece)
    #expect(client.form == .digest(vector.schema) && server.form == .digest(vector.schema))
    #expect(client.nextDeviation() == nil && server.nextDeviation() == nil)
    #expect(client.serverVersion == 0x0a00_2d02)
    let c1 = [UInt8](up[1..<1537])
    #expect(sha256(c1) == hex(vector.c1Hash))
    #expect([UInt8](c1[vector.c1At..<vector.c1At + 32]) == hex(vector.c1Digest))
    let s1 = [UInt8](down[1..<1537])
    #expect([UInt8](s1[vector.s1At..<vector.s1At + 32]) == hex(vector.s1Digest))
    #expect([UInt8](up.suffix(32)) == hex(vector.c2Proof))
    #expect([UInt8](down.suffix(32)) == hex(vector.s2Proof))
  }

  @Test func aServerWithoutDigestsIsAnsweredWithAnEcho() throws {
    var client = newClient(.zero)
    var server = newServer()
    let (up, down) = try join(&client, &server)
    #expect(client.form == .simple && up[1537...].elementsEqual(down[1..<1537]))
    #expect(names(&client).isEmpty && server.nextDeviation() == nil)
  }

  @Test func aClientWithoutDigestsIsAnsweredWithAnEcho() throws {
    var client = newClient()
    var server = newServer(.zero)
    let (_, down) = try join(&client, &server)
    #expect(server.form == .simple && down[5..<9] == [0, 0, 0, 0])
  }

  /// A version without a digest, and an S2 that is no echo: both are taken as they are.
  @Test func oddServers() throws {
    for schema in [nil, RTMPHandshake.Schema.zero] {
      var client = newClient(schema)
      _ = client.takeBytesToSend()
      let s1 = hex("00000001 05000101") + serverBytes(1528)
      try client.receive([3] + s1)
      #expect(client.takeBytesToSend() == s1 && client.form == .simple && !client.isDone)
      try client.receive([UInt8](repeating: 0xee, count: 1536) + [0x02, 0x00])
      #expect(client.isDone && client.takeRemainder() == [0x02, 0x00])
      #expect(names(&client) == ["s1-not-zero", "s2-not-echo"])
    }
    var late = newClient()
    let c1 = late.takeBytesToSend().dropFirst()
    try late.receive([3] + hex("00000000 00000000") + serverBytes(1528))
    try late.receive(hex("00000007 00000000") + c1.dropFirst(8))
    #expect(names(&late) == ["s2-time"])
  }

  /// A digest that is one bit off is none.
  @Test func aWrongDigestIsNone() throws {
    var client = newClient(.one)
    var server = newServer(.one)
    var c1 = client.takeBytesToSend()
    c1[1 + 1014] ^= 1
    try server.receive(c1)
    #expect(server.form == .simple)
    var other = newServer(.one)
    try other.receive(
      [3] + RTMPHandshake.Client(digests: digests(.one), random: serverBytes).c1Bytes)
    #expect(other.form == .digest(.one))
    var down = other.takeBytesToSend()
    down[1 + 1536] ^= 1
    try client.receive(down)
    #expect(client.form == .digest(.one) && names(&client) == ["s2-not-echo"])
  }

  @Test func remaindersBelongToChunks() throws {
    var client = newClient()
    var server = newServer()
    try server.receive(client.takeBytesToSend())
    try client.receive(server.takeBytesToSend() + [1, 2, 3])
    #expect(client.isDone && client.takeRemainder() == [1, 2, 3] && client.takeRemainder().isEmpty)
    try client.receive([4])
    #expect(client.takeRemainder() == [4])
    #expect(server.takeRemainder().isEmpty && !server.isDone)
    try server.receive(client.takeBytesToSend() + [5])
    #expect(server.isDone && server.takeRemainder() == [5])
  }

  @Test func aC2OfOtherBytes() throws {
    var server = newServer()
    try server.receive([3] + [UInt8](repeating: 0, count: 1536))
    try server.receive([UInt8](repeating: 1, count: 1536))
    #expect(server.isDone && server.nextDeviation()?.code == .c2NotEcho)
  }

  @Test(arguments: [UInt8(0), 2, 4, 6, 21, 22, 31]) func oddVersions(version: UInt8) throws {
    var client = newClient()
    try client.receive([version] + serverBytes(1536))
    #expect(names(&client).contains("s0-version") && client.form == .simple)
    var server = newServer()
    if version == 6 {
      let error = #expect(throws: RTMPError.self) { try server.receive([6]) }
      #expect(error?.kind == .unsupported)
    } else {
      try server.receive([version] + clientBytes(1536))
      #expect(server.nextDeviation()?.code == .c0Version)
      #expect(server.takeBytesToSend().first == 3)
    }
  }

  private static let strangers: [(bytes: [UInt8], text: String)] = [
    ([UInt8]("HTTP/1.1 400 Bad Request\r\n".utf8), "an HTTP answer"),
    ([UInt8]("RTSP/1.0 400 Bad Request\r\n".utf8), "an RTSP answer"),
    ([UInt8]("SSH-2.0-x".utf8), "an SSH greeting"),
    ([UInt8]("GET / HTTP/1.1\r\n".utf8), "an HTTP request"),
    (hex("15 0301 0002 0246"), "a TLS alert"),
    (hex("16 0303 0100"), "a TLS greeting"),
  ]

  @Test(arguments: strangers.indices) func otherProtocolsAreNamed(index: Int) throws {
    let (bytes, text) = Self.strangers[index]
    for pieces in [[bytes], bytes.map { [$0] }] {
      var client = newClient()
      var server = newServer()
      let error = #expect(throws: RTMPError.self) { for p in pieces { try client.receive(p) } }
      #expect(error?.kind == .otherProtocol && error?.fault == .peer)
      #expect(error?.description == "S0 at byte 0: \(text), expected RTMP version 3")
      let other = #expect(throws: RTMPError.self) { for p in pieces { try server.receive(p) } }
      #expect(other?.description == "C0 at byte 0: \(text), expected RTMP version 3")
    }
  }

  @Test func garbageIsToldByItsFirstByte() throws {
    for text in ["* OK IMAP", "HELO", "\u{7f}", "{\"a\""] {
      var client = newClient()
      let error = #expect(throws: RTMPError.self) { try client.receive([UInt8](text.utf8)) }
      #expect(error?.kind == .malformed && error?.seen == "byte \(text.utf8.first!)")
    }
  }
}

extension RTMPHandshake.Client {
  /// C1 of a client that has not begun.
  fileprivate var c1Bytes: [UInt8] {
    var copy = self
    return [UInt8](copy.takeBytesToSend().dropFirst())
  }
}
