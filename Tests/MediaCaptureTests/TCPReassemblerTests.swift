import MediaBytes
import MediaCapture
import TestSupport
import Testing

/// Segments of one direction: a first sequence number and bytes, or flags.
private func segment(
  _ sequence: UInt32, _ text: String, _ flags: TCPFlags = .ack, reversed: Bool = false,
  port: UInt16 = 1000
) -> [UInt8] {
  Packet.ipv4(
    6,
    Packet.tcp(
      Array(text.utf8), sequence: sequence, flags: flags, from: reversed ? 554 : port,
      to: reversed ? port : 554),
    from: reversed ? Packet.v4.1 : Packet.v4.0, to: reversed ? Packet.v4.0 : Packet.v4.1)
}

private func text(_ packets: [[UInt8]], limits: TCPLimits = TCPLimits()) throws -> [String] {
  try streams(Packet.pcap(packets), limits: limits).bytes.map {
    String(decoding: $0, as: UTF8.self)
  }
}

struct TCPReassemblerTests {
  @Test func bothDirectionsFromSYNToFIN() throws {
    let found = try streams(
      Packet.pcap([
        segment(99, "", .syn), segment(499, "", [.syn, .ack], reversed: true), segment(100, ""),
        segment(100, "OPTIONS"), segment(500, "200 OK", reversed: true), segment(107, " *"),
        segment(109, "", [.fin, .ack]), segment(506, "!", [.fin, .ack], reversed: true),
        segment(110, ""), segment(109, "late"),
      ]))
    #expect(found.bytes.map { String(decoding: $0, as: UTF8.self) } == ["OPTIONS *", "200 OK!"])
    #expect(found.endpoints == ["10.0.0.1:1000 -> 10.0.0.2:554", "10.0.0.2:554 -> 10.0.0.1:1000"])
    #expect(found.closings == [0: .finished, 1: .finished] && found.gaps.isEmpty)
    let numbers = found.events.compactMap { event -> Int? in
      if case .bytes = event.kind { event.number } else { nil }
    }
    #expect(numbers == [4, 5, 6, 8])
  }

  @Test func sequenceNumbersWrap() throws {
    #expect(
      try text([
        segment(0xffff_fffd, "", .syn), segment(0xffff_fffe, "abcd"), segment(2, "efgh"),
        segment(0xffff_fffe, "abcd"), segment(10, "mn"), segment(6, "ijkl"),
      ]) == ["abcdefghijklmn"])
  }

  @Test func orderAndRetransmissions() throws {
    let found = try streams(
      Packet.pcap([
        segment(10, "ab"), segment(14, "ef"), segment(16, "gh"), segment(14, "ef"),
        segment(10, "abcd"), segment(9, "x"), segment(12, "cdefghij"), segment(10, "ab"),
      ]))
    #expect(found.bytes == [Array("abcdefghij".utf8)])
    #expect(found.gaps.isEmpty && found.retransmissions == 2)
    #expect(found.closings == [0: .captureEnd])
  }

  @Test func gapsAreToldAtTheEnd() throws {
    let found = try streams(
      Packet.pcap([segment(10, "ab"), segment(15, "fg"), segment(19, "jk"), segment(18, "IJKL")]))
    #expect(found.bytes == [Array("abfgIJKL".utf8)])
    #expect(found.gaps == [0: [2..<5, 7..<8]])
  }

  @Test func gapsAreToldWhenTooMuchWaits() throws {
    var limits = TCPLimits()
    limits.maxHeldSegments = 2
    let packets = [segment(10, "a"), segment(12, "c"), segment(14, "e"), segment(16, "g")]
    let found = try streams(Packet.pcap(packets + [segment(11, "b")]), limits: limits)
    #expect(found.bytes == [Array("aceg".utf8)] && found.gaps == [0: [1..<2, 3..<4, 5..<6]])
    let first = found.events.first { if case .gap = $0.kind { true } else { false } }
    #expect(first?.number == 2)
    limits = TCPLimits()
    limits.maxHeldBytes = 64
    #expect(try text(packets, limits: limits) == ["aceg"])
    limits = TCPLimits()
    limits.maxTotalHeldBytes = 0
    #expect(try text(packets, limits: limits) == ["aceg"])
  }

  @Test func aCutSegmentLeavesAGap() throws {
    var file = Packet.pcap([
      segment(10, "ab"), Array(segment(12, "cdef").dropLast(3)), segment(16, "g"),
    ])
    let place = 24 + 16 + 42 + 12
    file.replaceSubrange(place..<place + 4, with: little(44 as UInt32))
    let found = try streams(file)
    #expect(found.bytes == [Array("abcg".utf8)] && found.gaps == [0: [3..<6]])
  }

  @Test func resetsEndBothSides() throws {
    let found = try streams(
      Packet.pcap([
        segment(10, "ab"), segment(14, "x"), segment(50, "cd", reversed: true),
        segment(52, "", .rst, reversed: true), segment(16, "z"),
      ]))
    #expect(found.bytes == [Array("abx".utf8), Array("cd".utf8)])
    #expect(found.gaps == [0: [2..<4]] && found.closings == [0: .reset, 1: .reset])
  }

  @Test func portsAreUsedAgain() throws {
    let found = try streams(
      Packet.pcap([
        segment(9, "", .syn), segment(9, "", .syn), segment(10, "one"), segment(899, "", .syn),
        segment(900, "two"),
      ]))
    #expect(found.bytes == [Array("one".utf8), Array("two".utf8)])
    #expect(found.closings == [0: .replaced, 1: .captureEnd])
  }

  @Test func finWaitsForWhatIsMissing() throws {
    let found = try streams(
      Packet.pcap([
        segment(10, "ab"), segment(14, "ef", [.fin, .ack]), segment(12, "cd"), segment(17, ""),
      ]))
    #expect(found.bytes == [Array("abcdef".utf8)] && found.closings == [0: .finished])
  }

  @Test func dataOfASYN() throws {
    #expect(try text([segment(9, "ab", .syn), segment(12, "cd")]) == ["abcd"])
  }

  @Test func streamsAreBounded() throws {
    var limits = TCPLimits()
    limits.maxStreams = 4
    let packets = (0..<20).map { segment(1, "x", port: UInt16(2000 + $0)) }
    let found = try streams(Packet.pcap(packets), limits: limits)
    #expect(found.bytes.count == 20 && found.closings.count == 20)
    #expect(found.closings.values.count { $0 == .abandoned } == 16)
  }

  /// A stream cut at random, shuffled a little, with repeats, comes out as it was.
  @Test func anyOrderGivesTheSameBytes() throws {
    var random = Seeded.of("anyOrderGivesTheSameBytes")
    for _ in 0..<100 {
      let bytes = (0..<Int.random(in: 1...500, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let first = UInt32.random(in: 0...UInt32.max, using: &random)
      var packets: [[UInt8]] = []
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
        let early = max(0, start - Int.random(in: 0...10, using: &random))
        packets.append(
          Packet.ipv4(
            6, Packet.tcp(Array(bytes[early..<end]), sequence: first &+ 1 &+ UInt32(early))))
        start = end
      }
      for _ in 0..<packets.count {
        let place = Int.random(in: 0..<packets.count, using: &random)
        let other = min(packets.count - 1, place + Int.random(in: 0...3, using: &random))
        packets.swapAt(place, other)
        if Bool.random(using: &random) { packets.insert(packets[place], at: other) }
      }
      let open = Packet.ipv4(6, Packet.tcp([], sequence: first, flags: .syn))
      let found = try streams(Packet.pcap([open] + packets))
      #expect(found.bytes == [bytes] && found.gaps.isEmpty)
    }
  }
}
