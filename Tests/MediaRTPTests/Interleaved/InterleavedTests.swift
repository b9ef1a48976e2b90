import MediaBytes
import MediaRTP
import TestSupport
import Testing

typealias Event = InterleavedDeframer.Event

/// All events of a stream that arrives in pieces.
func deframe(
  _ pieces: [[UInt8]], _ framing: InterleavedFraming = .rtsp,
  limits: InterleavedLimits = InterleavedLimits()
) -> [Event] {
  var deframer = InterleavedDeframer(framing, limits: limits)
  var events: [Event] = []
  for piece in pieces {
    deframer.receive(piece.span)
    while let event = deframer.next() { events.append(event) }
  }
  deframer.finish()
  while let event = deframer.next() { events.append(event) }
  return events
}

func deframe(_ bytes: [UInt8], _ framing: InterleavedFraming = .rtsp) -> [Event] {
  deframe([bytes], framing)
}

/// Where an event begins and ends in the stream.
func range(of event: Event, _ framing: InterleavedFraming) -> Range<Int>? {
  switch event {
  case .packet(let bytes, _, let offset):
    offset..<offset + framing.headerByteCount + bytes.count
  case .message(let message, let offset): offset..<offset + message.head.count + message.body.count
  case .skipped(let range, _): range
  case .end: nil
  }
}

extension InterleavedFraming {
  fileprivate static let all: [Self] = [.rtsp, .lengthPrefixed]
}

private func frame(_ payload: [UInt8], channel: UInt8 = 0, _ framing: InterleavedFraming = .rtsp)
  -> [UInt8]
{
  written { framing.write(payload.span.bytes, channel: channel, to: &$0) }
}

private let rtp = hex("8060 0001 00000002 00000003 aabb")
private let rtcp = hex("80c90001 11223344")
private let sdp = [UInt8]("v=0\r\ns=-\r\n".utf8)
private let describe = [UInt8](
  "RTSP/1.0 200 OK\r\nCSeq: 2\r\ncontent-type: application/sdp\r\nContent-Length: 10\r\n\r\n".utf8)
private let play = [UInt8]("PLAY rtsp://x/ RTSP/1.0\r\nCSeq: 5\r\n\r\n".utf8)

@Suite struct InterleavedTests {
  @Test func packetsAndMessagesInTurn() throws {
    let stream =
      describe + sdp + frame(rtp, channel: 6) + frame(rtcp, channel: 7) + play
      + frame([], channel: 1)
    let events = deframe(stream)
    let message = InterleavedMessage(head: describe, body: sdp)
    let start = describe.count + sdp.count
    #expect(
      events == [
        .message(message, at: 0), .packet(rtp, channel: 6, at: start),
        .packet(rtcp, channel: 7, at: start + 18),
        .message(InterleavedMessage(head: play, body: []), at: start + 30),
        .packet([], channel: 1, at: start + 30 + play.count), .end,
      ])
    #expect(message.sessionDescription == sdp && message.isResponse)
    #expect(message.startLine == "RTSP/1.0 200 OK" && message.header("cseq") == "2")
    let request = InterleavedMessage(head: play, body: [])
    #expect(request.sessionDescription == nil && !request.isResponse)
  }

  @Test func lineEndsBetweenMessages() {
    let events = deframe(hex("0d0a") + play + hex("0d0a0d0a") + frame(rtp))
    #expect(events[0] == .skipped(0..<2, .lineEnds))
    #expect(events[2] == .skipped(2 + play.count..<6 + play.count, .lineEnds))
    #expect(events[3] == .packet(rtp, channel: 0, at: 6 + play.count))
  }

  @Test func lineFeedsAloneEndLinesToo() {
    let message = [UInt8]("OPTIONS * RTSP/1.0\nCSeq: 1\nContent-Length: 3\n\nabc".utf8)
    let events = deframe(message + frame(rtp))
    #expect(
      events.first
        == .message(
          InterleavedMessage(
            head: [UInt8](message.dropLast(3)), body: [UInt8]("abc".utf8)), at: 0))
    #expect(events.count == 3)
  }

  @Test(arguments: [1, 7, 300, 70_000, 200_000])
  func junkIsCountedAndLeft(count: Int) throws {
    var random = Seeded.of("interleaved junk")
    let junk = [0x01] + (1..<count).map { _ in UInt8.random(in: 0x80...0xff, using: &random) }
    let stream = frame(rtp) + junk + frame(rtcp, channel: 1) + frame(rtp)
    let events = deframe(stream)
    var skipped = 0
    for case .skipped(let range, .junk) in events { skipped += range.count }
    #expect(skipped == count)
    #expect(
      events.suffix(3) == [
        .packet(rtcp, channel: 1, at: 18 + count), .packet(rtp, channel: 0, at: 30 + count), .end,
      ])
  }

  @Test func aMessageEndsJunk() {
    let events = deframe([1, 2, 3] + play + frame(rtp))
    #expect(events[0] == .skipped(0..<3, .junk))
    #expect(events[1] == .message(InterleavedMessage(head: play, body: []), at: 3))
  }

  @Test func aDollarInJunkProvesNothing() {
    // Its length leads into the next packet, behind which nothing fits.
    let junk = hex("00 24 00 0005 80 60")
    let events = deframe(junk + frame(rtp) + frame(rtp))
    #expect(events[0] == .skipped(0..<7, .junk))
    #expect(events[1] == .packet(rtp, channel: 0, at: 7))
  }

  /// The length behind a dollar by chance is not waited for where no packet begins there.
  @Test func junkOfGreatLengthIsNotWaitedFor() {
    var deframer = InterleavedDeframer(.rtsp)
    deframer.lose(0)
    let bytes = hex("2400ffff28") + frame(rtp) + frame(rtp)
    deframer.receive(bytes.span)
    #expect(deframer.next() == .skipped(0..<5, .junk))
    #expect(deframer.next() == .packet(rtp, channel: 0, at: 5))
  }

  @Test func theEndInsideOfSomething() {
    #expect(
      deframe(frame(rtp) + frame(rtp).dropLast()) == [
        .packet(rtp, channel: 0, at: 0), .skipped(18..<35, .incomplete), .end,
      ])
    #expect(
      deframe([UInt8](play.dropLast(3))) == [.skipped(0..<play.count - 3, .incomplete), .end])
    #expect(
      deframe(describe + sdp.dropLast()).first == .skipped(0..<describe.count + 9, .incomplete))
    #expect(deframe([]) == [.end])
  }

  @Test func lostBytes() {
    var deframer = InterleavedDeframer()
    let first = frame(rtp) + frame(rtp).prefix(9)
    deframer.receive(first.span)
    deframer.lose(9)
    // The middle of a packet, then whole ones.
    let second = hex("0001 24 ff ff") + frame(rtcp, channel: 1) + frame(rtp)
    deframer.receive(second.span)
    deframer.finish()
    var events: [Event] = []
    while let event = deframer.next() { events.append(event) }
    #expect(
      events == [
        .packet(rtp, channel: 0, at: 0), .skipped(18..<27, .incomplete), .skipped(27..<36, .lost),
        .skipped(36..<41, .junk), .packet(rtcp, channel: 1, at: 41),
        .packet(rtp, channel: 0, at: 53), .end,
      ])
  }

  @Test func aCaptureThatBeginsInTheMiddle() {
    var deframer = InterleavedDeframer()
    deframer.lose(0)
    let bytes = hex("2400ffff 81") + frame(rtp) + frame(rtp)
    deframer.receive(bytes.span)
    #expect(deframer.next() == nil, "the packet may still be what it says")
    deframer.finish()
    #expect(deframer.next() == .skipped(0..<5, .junk))
    #expect(deframer.next() == .packet(rtp, channel: 0, at: 5))
  }

  @Test func limitsHold() {
    var limits = InterleavedLimits()
    limits.maxHeadByteCount = 20
    #expect(deframe([play], limits: limits) == [.skipped(0..<play.count, .junk), .end])
    limits = InterleavedLimits()
    limits.maxBodyByteCount = 9
    let events = deframe([describe + sdp + frame(rtp) + frame(rtp)], limits: limits)
    #expect(events.first == .message(InterleavedMessage(head: describe, body: []), at: 0))
    #expect(events.dropFirst().first == .skipped(describe.count..<describe.count + 10, .junk))
  }

  /// Reading the head again with every byte would take minutes.
  @Test func aLongBodyInBytesCostsNoMoreThanAShortOne() {
    let field = "X-Padding: " + String(repeating: "x", count: 1000) + "\r\n"
    let head = [UInt8](
      ("RTSP/1.0 200 OK\r\nContent-Length: 1048576\r\n" + String(repeating: field, count: 60)
        + "\r\n").utf8)
    let body = [UInt8](repeating: 0x61, count: 1 << 20)
    let expected = Event.message(InterleavedMessage(head: head, body: body), at: 0)
    let packet = Event.packet(rtp, channel: 0, at: head.count + body.count)
    #expect(deframe((head + body + frame(rtp)).map { [$0] }) == [expected, packet, .end])
    // Behind a loss it has to be found first.
    var deframer = InterleavedDeframer()
    deframer.lose(10)
    var events: [Event] = []
    for byte in [1] + head + body {
      deframer.receive([byte].span)
      while let event = deframer.next() { events.append(event) }
    }
    let later = Event.message(InterleavedMessage(head: head, body: body), at: 11)
    #expect(events == [.skipped(0..<10, .lost), .skipped(10..<11, .junk), later])
  }

  @Test func lineEndsWithoutEndAreNotHeld() {
    let stream = [UInt8](repeating: 0x0a, count: 200_000) + frame(rtp)
    let events = deframe(stream.map { [$0] })
    #expect(events == deframe(stream))
    #expect(events.first == .skipped(0..<65_536, .lineEnds) && events.count == 6)
    #expect(events.suffix(2) == [.packet(rtp, channel: 0, at: 200_000), .end])
  }

  /// The worst that can be waited for: as much junk as is held, then a message that does not end.
  @Test(arguments: InterleavedFraming.all) func whatIsHeldIsBounded(_ framing: InterleavedFraming) {
    var limits = InterleavedLimits()
    limits.maxHeadByteCount = 200
    limits.maxBodyByteCount = 100_000
    let message = [UInt8]("PLAY x RTSP/1.0\r\nContent-Length: 100000\r\n\r\n".utf8)
    for junkCount in [0, 1, 65_535, 65_536, 65_537] {
      for ending in [message, hex("24 01 ffff 80"), hex("ffff 80"), hex("0d0a")] {
        var deframer = InterleavedDeframer(framing, limits: limits)
        var random = Seeded.of("interleaved bounds")
        let junk = (0..<junkCount).map { _ in UInt8.random(in: 0xc0...0xff, using: &random) }
        let stream = junk + ending + [UInt8](repeating: 0x80, count: 300_000)
        var most = 0
        for start in stride(from: 0, to: stream.count, by: 1000) {
          deframer.receive([UInt8](stream[start..<min(start + 1000, stream.count)]).span)
          while deframer.next() != nil {}
          most = max(most, deframer.bufferedByteCount)
        }
        #expect(most <= limits.maxBufferedByteCount)
      }
    }
  }

  @Test func lossUponLossIsOneGap() {
    var deframer = InterleavedDeframer()
    deframer.receive(frame(rtp).span)
    for _ in 0..<100_000 { deframer.lose(2) }
    #expect(deframer.next() == .packet(rtp, channel: 0, at: 0))
    #expect(deframer.next() == .skipped(18..<200_018, .lost))
    #expect(deframer.next() == nil)
  }

  /// Each word begins a message that the end cuts off; none may read to the end by itself.
  @Test func wordsWithoutEndAreReadOnce() {
    let words = [UInt8](String(repeating: "GET ", count: 16_000).utf8)
    #expect(deframe([1] + words) == [.skipped(0..<64_001, .junk), .end])
  }

  @Test func lengthPrefixes() {
    let stun = hex("0001 0000 2112a442 000000000000000000000000")
    let stream =
      frame(rtp, .lengthPrefixed) + frame(rtcp, .lengthPrefixed) + frame(stun, .lengthPrefixed)
      + hex("0000")
    let events = deframe(stream, .lengthPrefixed)
    #expect(
      events == [
        .packet(rtp, channel: 0, at: 0), .packet(rtcp, channel: 0, at: 16),
        .packet(stun, channel: 0, at: 26), .packet([], channel: 0, at: 48), .end,
      ])
    let broken = hex("0005 ff") + stream
    #expect(deframe(broken, .lengthPrefixed).first == .skipped(0..<3, .junk))
    #expect(deframe(broken, .lengthPrefixed).dropFirst().first == .packet(rtp, channel: 0, at: 3))
  }

  @Test func anyCutGivesTheSame() {
    var random = Seeded.of("interleaved cuts")
    for framing in [InterleavedFraming.rtsp, .lengthPrefixed] {
      for _ in 0..<300 {
        var stream: [UInt8] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
          switch Int.random(in: 0..<8, using: &random) {
          case 0: stream += describe + sdp
          case 1: stream += play
          case 2:
            stream += (0..<Int.random(in: 1...30, using: &random)).map { _ in
              [0x24, 0x80, 0, 1, 0x41, 0x0d, 0x0a, 0x50].randomElement(using: &random) ?? 0
            }
          case 3: stream += frame(rtcp, channel: 1, framing)
          case 4: stream += [UInt8]("PLAY RTSP/RTSP/".utf8)
          default: stream += frame(rtp, framing)
          }
        }
        let whole = deframe(stream, framing)
        #expect(deframe(stream.map { [$0] }, framing) == whole)
        var pieces: [[UInt8]] = []
        var rest = stream[...]
        while !rest.isEmpty {
          let count = Int.random(in: 1...min(40, rest.count), using: &random)
          pieces.append([UInt8](rest.prefix(count)))
          rest = rest.dropFirst(count)
        }
        #expect(deframe(pieces, framing) == whole)
        var position = 0
        for found in whole.compactMap({ range(of: $0, framing) }) {
          #expect(found.lowerBound == position && !found.isEmpty)
          position = found.upperBound
        }
        #expect(position == stream.count)
      }
    }
  }
}
