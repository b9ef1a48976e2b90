import MediaBytes
import MediaRTP
import TestSupport
import Testing

/// Packets written by hand from RFC 3550 5.1 and 5.3.1, RFC 8285 4.2 and 4.3.
struct RTPVector: Sendable, CustomTestStringConvertible {
  var name: String
  var wire: [UInt8]
  var header: RTPHeader
  var payload: [UInt8]
  var padding: UInt8 = 0
  var testDescription: String { name }

  init(
    _ name: String, _ wire: String, marker: Bool = false, sources: [UInt32] = [],
    ext: RTPHeaderExtension? = nil, payload: String, padding: UInt8 = 0
  ) {
    self.name = name
    self.wire = hex(wire)
    header = RTPHeader(
      payloadType: RTPPayloadType(rawValue: 96),
      sequenceNumber: RTPSequenceNumber(rawValue: 0x1234),
      timestamp: RTPTimestamp(rawValue: 0x89ab_cdef), ssrc: 0x0102_0304)
    header.marker = marker
    header.contributingSources = sources
    header.headerExtension = ext
    self.payload = hex(payload)
    self.padding = padding
  }

  static let all = [
    RTPVector("plain", "80 60 1234 89abcdef 01020304 aabbcc", payload: "aabbcc"),
    RTPVector("no payload", "80 e0 1234 89abcdef 01020304", marker: true, payload: ""),
    RTPVector(
      "two contributing sources", "82 60 1234 89abcdef 01020304 11111111 22222222 aa",
      sources: [0x1111_1111, 0x2222_2222], payload: "aa"),
    RTPVector(
      "padding", "a0 60 1234 89abcdef 01020304 aabb 0000 03", payload: "aabb", padding: 3),
    RTPVector(
      "padding alone", "a0 60 1234 89abcdef 01020304 01", payload: "", padding: 1),
    RTPVector(
      "extension without data", "90 60 1234 89abcdef 01020304 abcd 0000 aa",
      ext: RTPHeaderExtension(profile: 0xabcd, data: []), payload: "aa"),
    RTPVector(
      "everything", "b1 e0 1234 89abcdef 01020304 11111111 bede 0001 10aa0000 aabbcc 0002",
      marker: true, sources: [0x1111_1111],
      ext: RTPHeaderExtension(profile: 0xbede, data: hex("10aa0000")), payload: "aabbcc",
      padding: 2),
  ]
}

func parsePacket(_ bytes: [UInt8], isCut: Bool = false) throws(ParseError) -> RTPPacket {
  var reader = ByteReader(bytes.span, baseOffset: 1000)
  return try RTPPacket(parsing: &reader, isCut: isCut)
}

@Suite struct RTPPacketTests {
  @Test(arguments: RTPVector.all) func reads(_ vector: RTPVector) throws {
    let packet = try parsePacket(vector.wire)
    #expect(packet.header(in: vector.wire.span.bytes) == vector.header)
    #expect([UInt8](vector.wire[packet.payload]) == vector.payload)
    #expect(packet.paddingByteCount == Int(vector.padding))
    #expect(packet.payload.lowerBound == vector.header.byteCount)
  }

  @Test(arguments: RTPVector.all) func writes(_ vector: RTPVector) {
    let bytes = written {
      vector.header.write(
        to: &$0, payload: vector.payload.span.bytes, paddingByteCount: vector.padding)
    }
    #expect(bytes == vector.wire)
  }

  @Test(arguments: RTPVector.all) func everyPrefixOfTheHeaderFails(_ vector: RTPVector) {
    for count in 0..<vector.header.byteCount {
      #expect(throws: ParseError.self) { try parsePacket([UInt8](vector.wire.prefix(count))) }
    }
  }

  struct Fault: Sendable {
    var wire: String
    var error: ParseError
  }

  @Test(arguments: [
    Fault(wire: "", error: ParseError(.truncated(needed: 1), "V", at: 1000)),
    Fault(wire: "40", error: ParseError(.invalid(1), "V", at: 1000)),
    Fault(wire: "00 60 1234 89abcdef 01020304", error: ParseError(.invalid(0), "V", at: 1000)),
    Fault(
      wire: "8f 60 1234 89abcdef 01020304 00000000",
      error: ParseError(.truncated(needed: 60), "CSRC list", at: 1012)),
    Fault(
      wire: "90 60 1234 89abcdef 01020304",
      error: ParseError(.truncated(needed: 2), "header extension", at: 1012)),
    Fault(
      wire: "90 60 1234 89abcdef 01020304 bede ffff 00000000",
      error: ParseError(.truncated(needed: 262_140), "header extension", at: 1016)),
    Fault(
      wire: "a0 60 1234 89abcdef 01020304",
      error: ParseError(.truncated(needed: 1), "padding count", at: 1012)),
    Fault(
      wire: "a0 60 1234 89abcdef 01020304 aa 00",
      error: ParseError(.invalid(0), "padding count", at: 1013)),
    Fault(
      wire: "a0 60 1234 89abcdef 01020304 aa 03",
      error: ParseError(.invalid(3), "padding count", at: 1013)),
  ])
  func saysWhatIsWrong(_ fault: Fault) {
    #expect(throws: fault.error) { try parsePacket(hex(fault.wire)) }
  }

  @Test func aCutPacketHasNoPaddingToCheck() throws {
    let packet = try parsePacket(hex("a0 60 1234 89abcdef 01020304 aa ff"), isCut: true)
    #expect(packet.payload == 12..<14 && packet.paddingByteCount == 0)
  }

  @Test func randomPacketsSurvive() throws {
    var random = Seeded.of("RTP packets")
    for _ in 0..<2000 {
      var header = RTPHeader(
        payloadType: RTPPayloadType(rawValue: .random(in: 0...127, using: &random)),
        sequenceNumber: RTPSequenceNumber(rawValue: .random(in: 0...UInt16.max, using: &random)),
        timestamp: RTPTimestamp(rawValue: .random(in: 0...UInt32.max, using: &random)),
        ssrc: .random(in: 0...UInt32.max, using: &random))
      header.marker = .random(using: &random)
      header.contributingSources = (0..<Int.random(in: 0...15, using: &random)).map {
        _ in .random(in: 0...UInt32.max, using: &random)
      }
      if Bool.random(using: &random) {
        let elements = (0..<Int.random(in: 0...5, using: &random)).map { _ in
          let longest = Bool.random(using: &random) ? 16 : 255
          let bytes = (0..<Int.random(in: 1...longest, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
          }
          return (id: UInt8.random(in: 1...(longest == 16 ? 14 : 255), using: &random), data: bytes)
        }
        header.headerExtension = RTPHeaderExtension(elements: elements)
      }
      let payload = (0..<Int.random(in: 0...40, using: &random)).map { UInt8($0) }
      let bytes = written {
        header.write(
          to: &$0, payload: payload.span.bytes,
          paddingByteCount: .random(in: 0...255, using: &random))
      }
      let packet = try parsePacket(bytes)
      #expect(packet.header(in: bytes.span.bytes) == header)
      #expect([UInt8](bytes[packet.payload]) == payload)
      _ = try packet.extensionElements(in: bytes.span.bytes)
    }
  }
}

@Suite struct RTPHeaderExtensionTests {
  /// What follows the profile and the length, and its elements.
  struct Vector: Sendable {
    var profile: UInt16
    var data: String
    var elements: [RTPExtensionElement]
  }

  private static func element(_ id: UInt8, _ data: Range<Int>) -> RTPExtensionElement {
    RTPExtensionElement(id: id, data: data)
  }

  // Offsets are those of the packet: the data begins at 16.
  @Test(arguments: [
    Vector(profile: 0xbede, data: "50aa0000", elements: [element(5, 17..<18)]),
    Vector(
      profile: 0xbede, data: "10aa 21bbbb 0000 33cccccccc",
      elements: [element(1, 17..<18), element(2, 19..<21), element(3, 24..<28)]),
    // Identifier 15 ends it, and so does 0 with a length (RFC 8285 4.2).
    Vector(profile: 0xbede, data: "10aa f0 11", elements: [element(1, 17..<18)]),
    Vector(profile: 0xbede, data: "10aa 02 11", elements: [element(1, 17..<18)]),
    Vector(profile: 0xbede, data: "", elements: []),
    Vector(
      profile: 0x1000, data: "0100 0201bb 00 0304cccccccc",
      elements: [element(1, 18..<18), element(2, 20..<21), element(3, 24..<28)]),
    Vector(profile: 0x100f, data: "ff01aa00", elements: [element(255, 18..<19)]),
    Vector(profile: 0x1234, data: "10aa0000", elements: []),
  ])
  func findsElements(_ vector: Vector) throws {
    var header = RTPHeader(
      payloadType: RTPPayloadType(rawValue: 0), sequenceNumber: RTPSequenceNumber(rawValue: 0),
      timestamp: RTPTimestamp(rawValue: 0), ssrc: 0)
    header.headerExtension = RTPHeaderExtension(profile: vector.profile, data: hex(vector.data))
    let bytes = written { header.write(to: &$0) }
    let packet = try parsePacket(bytes)
    #expect(try packet.extensionElements(in: bytes.span.bytes) == vector.elements)
  }

  @Test(arguments: [(0xbede, "10aa 3fbb"), (0x1000, "0103aabb"), (0x1000, "00000001")])
  func elementsThatDoNotFitAreErrors(profile: UInt16, data: String) throws {
    let wire =
      hex("9000 0000 00000000 00000000") + [UInt8(profile >> 8), UInt8(profile & 255), 0, 1]
    let bytes = wire + hex(data)
    let packet = try parsePacket(bytes)
    #expect(throws: ParseError.self) {
      try packet.extensionElements(in: bytes.span.bytes, at: 1000)
    }
  }

  @Test func theShorterFormIsWrittenWhereItSuffices() {
    let short = RTPHeaderExtension(elements: [(1, [0xaa]), (14, [UInt8](0..<16))])
    #expect(short.profile == 0xbede && short.data.count == 20)
    for elements in [[(15, [1])], [(1, [])], [(1, [UInt8](0..<17))]]
      as [[(id: UInt8, data: [UInt8])]]
    {
      #expect(RTPHeaderExtension(elements: elements).profile == 0x1000)
    }
  }
}
