import MediaBytes
import MediaRTP
import TestSupport
import Testing

@Suite struct RTPDatagramKindTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var name: String
    var wire: String
    var kind: RTPDatagramKind
    var testDescription: String { name }
    init(_ name: String, _ wire: String, _ kind: RTPDatagramKind) {
      self.name = name
      self.wire = wire
      self.kind = kind
    }
  }

  private static let rr = "80c90001 11223344"
  private static let sdes = "81ca0002 11223344 01014100"

  @Test(arguments: [
    Vector("RTP", "8060 0001 00000002 00000003 aabb", .rtp),
    Vector("RTP with its marker", "80e0 0001 00000002 00000003", .rtp),
    Vector("RTP too short", "8060 0001 00000002", .unknown),
    Vector("a report alone", rr, .rtcp(.compound)),
    Vector("report and SDES", rr + sdes, .rtcp(.compound)),
    Vector("feedback alone (RFC 5506)", "81ce0002 11223344 55667788", .rtcp(.reducedSize)),
    Vector("a length past the end", "80c90009 11223344 00000000", .rtcp(.malformed)),
    Vector("bytes behind", rr + "00000000", .rtcp(.malformed)),
    // Payload type 80 with its marker set is 208, in RTCP's range but no packet there.
    Vector("payload type 80 with its marker", "80d0 0007 00000002 00000003 aabb", .rtp),
    Vector("RTCP of an unassigned type", "80d0 0001 00000002", .rtcp(.reducedSize)),
    // E flag and index 1 in front of a tag of 80 bits (RFC 3711 3.4).
    Vector(
      "SRTCP, 80 bits",
      "80c80006 11223344 d1d2d3d4d5d6d7d8 0102030405060708 6162636465666768 80000001"
        + "00112233445566778899", .rtcp(.encrypted)),
    Vector(
      "SRTCP, 32 bits", "80c90001 11223344 5a5a5a5a 80000002 00112233", .rtcp(.encrypted)),
    Vector(
      "SRTCP, GCM", "80c90001 11223344 00112233445566778899aabbccddeeff 80000003",
      .rtcp(.encrypted)),
    Vector("STUN", "0001 0000 2112a442 000000000000000000000000", .stun),
    Vector(
      "first byte of STUN, no cookie", "0001 0000 11111111 000000000000000000000000", .unknown),
    Vector("DTLS", "16 fefd 0000 000000000001 0001 00", .dtls),
    Vector("TLS is no DTLS", "16 0301 0000 000000000001 0001 00", .unknown),
    Vector("ZRTP", "1000 0001 5a525450 11223344", .zrtp),
    Vector("TURN channel", "4001 0002 aabb", .turnChannel),
    Vector("QUIC", "c0000000 01080000", .unknown),
    Vector("nothing", "", .unknown),
    Vector("three bytes", "800000", .unknown),
  ])
  func tellsThemApart(_ vector: Vector) {
    let bytes = hex(vector.wire)
    #expect(RTPDatagramKind(of: bytes.span.bytes) == vector.kind)
    for count in 0..<bytes.count { _ = RTPDatagramKind(of: bytes.span.bytes.extracting(0..<count)) }
  }

  @Test func aCutReportIsNotMalformed() {
    let bytes = hex("80c80006 11223344 0000")
    #expect(RTPDatagramKind(of: bytes.span.bytes, isCut: true) == .rtcp(.compound))
    #expect(RTPDatagramKind(of: bytes.span.bytes) == .rtcp(.malformed))
  }

  @Test func ciphertextIsToldFromPayloadHeaders() {
    var random = Seeded.of("SRTP evidence")
    var cipher = SRTPEvidence()
    var h264 = SRTPEvidence()
    var opus = SRTPEvidence()
    var samples = SRTPEvidence()
    let indicators: [[UInt8]] = [[0x7c, 0x85], [0x7c, 0x05], [0x41, 0x9a]]
    for index in 0..<1000 {
      let noise = (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }
      cipher.add(noise.span.bytes)
      #expect(!cipher.isEncrypted || index >= SRTPEvidence.minPackets - 1)
      let slice: [UInt8] = indicators[index % 3] + noise
      h264.add(slice.span.bytes)
      let frame: [UInt8] = [0xfc] + noise
      opus.add(frame.span.bytes)
      let quiet = noise.map { $0 >> 2 }
      samples.add(quiet.span.bytes)
    }
    #expect(cipher.isEncrypted)
    #expect(!h264.isEncrypted && !opus.isEncrypted && !samples.isEncrypted)
  }
}
