/// One side's key, of which a part signs first packets and all of it answers.
struct RTMPHandshakeKey: Sendable {
  /// The whole key.
  let whole: [UInt8]
  /// What signs a first packet.
  let name: [UInt8]

  private init(_ name: String) {
    self.name = [UInt8](name.utf8)
    whole = self.name + Self.tail
  }

  /// The key of players and encoders, 30 and 62 bytes.
  static let client = Self("Genuine Adobe Flash Player 001")
  /// The key of servers, 36 and 68 bytes.
  static let server = Self("Genuine Adobe Flash Media Server 001")

  private static let tail: [UInt8] = [
    0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68, 0xbe, 0xe8, 0x2e, 0x00, 0xd0, 0xd1, 0x02, 0x9e, 0x7e, 0x57,
    0x6e, 0xec, 0x5d, 0x2d, 0x29, 0x80, 0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae,
  ]
}

/// Digests inside of handshake packets: all of them 32 bytes of HMAC-SHA256.
struct RTMPHandshakeDigest: Sendable {
  static let byteCount = 32
  /// The part of an answer that its digest, at the end, is about.
  static let answerByteCount = RTMPHandshake.packetByteCount - byteCount

  let hmac: RTMPHandshake.HMAC

  /// Where the digest of a first packet lies: four bytes, added up, choose one of 728 places.
  static func range(in packet: [UInt8], _ schema: RTMPHandshake.Schema) -> Range<Int> {
    let base = schema == .zero ? 8 : 772
    let sum = packet[base..<base + 4].reduce(0) { $0 + Int($1) }
    let start = base + 4 + sum % 728
    return start..<start + byteCount
  }

  /// Puts the digest into a first packet.
  func sign(_ packet: inout [UInt8], _ schema: RTMPHandshake.Schema, _ key: RTMPHandshakeKey) {
    let range = Self.range(in: packet, schema)
    packet.replaceSubrange(range, with: digest(of: packet, without: range, key))
  }

  /// The digest in a first packet and its place; nil where there is none that fits.
  func find(
    in packet: [UInt8], preferring schema: RTMPHandshake.Schema, _ key: RTMPHandshakeKey
  ) -> (schema: RTMPHandshake.Schema, digest: [UInt8])? {
    for candidate in [schema, schema == .zero ? .one : .zero] {
      let range = Self.range(in: packet, candidate)
      let found = [UInt8](packet[range])
      if digest(of: packet, without: range, key) == found { return (candidate, found) }
    }
    return nil
  }

  private func digest(
    of packet: [UInt8], without range: Range<Int>, _ key: RTMPHandshakeKey
  ) -> [UInt8] {
    checked(hmac(key.name, [UInt8](packet[..<range.lowerBound] + packet[range.upperBound...])))
  }

  /// The second packet: random bytes, and a digest of them under one of the peer's digest.
  func answer(to digest: [UInt8], random: [UInt8], _ key: RTMPHandshakeKey) -> [UInt8] {
    precondition(random.count == Self.answerByteCount, "an answer has 1504 random bytes")
    return random + proof(of: random, digest, key)
  }

  /// Whether a second packet answers our digest.
  func isAnswer(_ packet: [UInt8], to digest: [UInt8], _ key: RTMPHandshakeKey) -> Bool {
    let random = [UInt8](packet[..<Self.answerByteCount])
    return packet[Self.answerByteCount...].elementsEqual(proof(of: random, digest, key))
  }

  private func proof(of random: [UInt8], _ digest: [UInt8], _ key: RTMPHandshakeKey) -> [UInt8] {
    checked(hmac(checked(hmac(key.whole, digest)), random))
  }

  private func checked(_ digest: [UInt8]) -> [UInt8] {
    precondition(digest.count == Self.byteCount, "HMAC-SHA256 has 32 bytes")
    return digest
  }
}
