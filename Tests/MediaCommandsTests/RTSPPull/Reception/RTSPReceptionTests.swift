import MediaBytes
import MediaModel
import MediaRTP
import Testing

@testable import MediaCommands

/// Packets of a connection in, frames of its tracks out.
@Suite struct RTSPReceptionTests {
  private let second = ReceptionRig.second

  /// A picture of one slice, a packet, a twenty-fifth of a second after the last.
  private func picture(_ index: Int, ssrc: UInt32 = 0x1122_3344) -> TestPacket {
    TestPacket(
      sequence: 500 &+ UInt16(index), timestamp: 3600 &* UInt32(index),
      time: Int64(index) * second / 25, payload: [0x41, 0x9a, UInt8(truncatingIfNeeded: index)],
      marker: true, ssrc: ssrc)
  }

  private func sound(_ count: Int, ssrc: UInt32, first: UInt32 = 1000) -> [TestPacket] {
    RTPCaptures.sound(count).enumerated().map { index, packet in
      var packet = packet
      (packet.ssrc, packet.timestamp) = (ssrc, first &+ 160 &* UInt32(index))
      return packet
    }
  }

  // MARK: Tracks

  @Test(arguments: [true, false]) func oneSSRCAndTypeForAllTracksAreToldApart(isUDP: Bool) throws {
    let rig = try ReceptionRig()
    rig.isUDP = isUDP
    for index in 0..<25 {
      try rig.receive([picture(index)], track: 0)
      try rig.receive([sound(25, ssrc: 0x1122_3344)[index]], track: 1)
    }
    try rig.reception.finish()
    #expect(rig.frames.count { $0.index == 0 && $0.track.codec == .h264 } == 25)
    #expect(rig.frames.count { $0.index == 1 && $0.track.codec.rawValue == "pcm_s16le" } == 25)
    let streams = rig.streams(at: second)
    #expect(streams.map(\.figures.lost) == [0, 0])
    #expect(streams.map(\.figures.packets) == [25, 25])
  }

  @Test func theFirstPacketIsAFrameAtOnce() throws {
    let rig = try ReceptionRig()
    try rig.receive(sound(1, ssrc: 5))
    #expect(rig.times.map(\.time) == [1000])
    #expect(rig.frames.first?.now == ReceptionRig.origin)
    #expect(rig.frames.first?.wall == RTPCaptures.start)
  }

  @Test func packetsOfTracksThatAreNotSetUpArePassedOver() throws {
    let rig = try ReceptionRig(tracks: [0])
    try rig.receive(sound(5, ssrc: 1), track: 1)
    try rig.receive(sound(5, ssrc: 1), track: 7)
    #expect(rig.frames.isEmpty)
    #expect(rig.streams(at: second).map(\.index) == [0])
  }

  @Test func aStaticTypeNeedsNoMapButOnlyWhereItIsDescribed() throws {
    let sdp = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n"
    let rig = try ReceptionRig(sdp)
    try rig.receive(
      RTPCaptures.sound(10, type: 0).map { $0 }, track: 0)
    #expect(rig.frames.count == 10 && rig.frames.first?.track.codec.rawValue == "pcm_mulaw")
    let other = try ReceptionRig()
    try other.receive(RTPCaptures.sound(10, type: 0), track: 1)
    #expect(other.frames.isEmpty)
    #expect(other.reception.findings.contains { $0.finding.code == .sdpUndescribed })
  }

  @Test func aClockRateThatIsLeftOutIsTheFormats() throws {
    let sdp =
      "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
      + "a=rtpmap:96 H264\r\n"
    let rig = try ReceptionRig(sdp)
    for index in 0..<25 { try rig.receive([picture(index)], track: 0) }
    try rig.reception.finish()
    #expect(rig.frames.count == 25)
    let rate = try #require(rig.streams(at: second).first?.figures.frames?.rate)
    #expect(abs(rate - 25) < 0.001)
  }

  @Test func devicesOwnPacketsInBetweenAreLeftOut() throws {
    let rig = try ReceptionRig()
    var number: UInt16 = 30_000
    for (index, packet) in sound(40, ssrc: 5).enumerated() {
      try rig.receive([packet])
      guard index % 4 == 0 else { continue }
      // Of one SSRC, but numbered apart (a recorder's type 50), and of an SSRC of their own.
      var aside = packet
      (aside.type, aside.sequence, aside.payload) = (50, number, [1, 2, 3])
      try rig.receive([aside])
      (aside.ssrc, aside.sequence) = (77, number)
      try rig.receive([aside])
      number += 1
    }
    #expect(rig.frames.count == 40)
    let figures = rig.streams(at: second)[1].figures
    #expect((figures.packets, figures.lost, figures.restarts, figures.strays) == (40, 0, 0, 0))
    #expect(figures.frames?.dropped == nil || figures.frames?.dropped == 0)
  }

  @Test func whatIsNumberedWithTheMediaIsNotLost() throws {
    let rig = try ReceptionRig()
    for (index, packet) in sound(40, ssrc: 5).enumerated() {
      var packet = packet
      if index % 4 == 3 { packet.type = 50 }
      try rig.receive([packet])
    }
    #expect(rig.frames.count == 30)
    #expect(rig.streams(at: second)[1].figures.lost == 0)
  }

  // MARK: Order

  @Test func overTCPNothingIsWaitedFor() throws {
    let rig = try ReceptionRig()
    rig.isUDP = false
    var packets = sound(4, ssrc: 5)
    packets.remove(at: 2)
    try rig.receive(packets)
    #expect(rig.frames.count == 3)
  }

  @Test func overUDPWhatIsMissingIsWaitedForAndNotForEver() throws {
    let rig = try ReceptionRig()
    let packets = sound(6, ssrc: 5)
    try rig.receive([packets[0], packets[2]])
    #expect(rig.frames.count == 1)
    try rig.receive(packets[1].bytes, at: packets[2].time)
    #expect(rig.times.map(\.time) == [1000, 1160, 1320])
    try rig.receive([packets[4]])
    #expect(rig.frames.count == 3)
    try rig.tick(at: packets[4].time + second)
    #expect(rig.times.map(\.time) == [1000, 1160, 1320, 1640])
    #expect(rig.frames.last?.now == ReceptionRig.origin + packets[4].time + second)
    #expect(rig.streams(at: second)[1].figures.lost == 1)
  }

  @Test func settingTheWallClockChangesNothing() throws {
    let rig = try ReceptionRig()
    for (index, packet) in sound(200, ssrc: 5).enumerated() {
      rig.wallShift = index < 60 ? 0 : index < 120 ? -3600 * second : 7200 * second
      try rig.receive([packet])
    }
    #expect(rig.frames.count == 200)
    let figures = rig.streams(at: 4 * second)[1].figures
    #expect((figures.jitter?.highest ?? 1) < 0.001)
    #expect(abs((figures.duration ?? 0) - 3.98) < 0.001)
  }

  // MARK: Sources that follow each other

  @Test(arguments: [true, false]) func aSourceWithAnotherSSRCGoesOn(isUDP: Bool) throws {
    let rig = try ReceptionRig()
    rig.isUDP = isUDP
    try rig.receive(sound(50, ssrc: 5))
    try rig.receive(sound(50, ssrc: 6, first: 4_000_000_000), from: second)
    #expect(rig.frames.count == 100)
    // One time line: the second source's first frame is 20 ms behind the first one's last.
    #expect(rig.times.map(\.time) == (0..<100).map { 1000 + 160 * Int64($0) })
    let stream = rig.streams(at: 2 * second)[1]
    #expect((stream.figures.packets, stream.figures.lost, stream.sources) == (100, 0, 2))
    #expect(stream.stream?.ssrc == 6)
    #expect(stream.figures.frames?.count == 100)
  }

  @Test func ofTwoSendersAtATimeOneIsFollowed() throws {
    let rig = try ReceptionRig()
    let (first, second) = (sound(200, ssrc: 5), sound(200, ssrc: 6, first: 4_000_000_000))
    try rig.receive(first[..<50].map { $0 })
    for index in 50..<150 { try rig.receive([first[index], second[index]]) }
    // Each came as often, so neither is taken for the other's successor.
    let stream = rig.streams(at: 3 * ReceptionRig.second)[1]
    #expect(stream.sources == 1 && rig.frames.count == 150)
    try rig.receive(second[150...].map { $0 })
    #expect(rig.streams(at: 4 * ReceptionRig.second)[1].stream?.ssrc == 6)
    // It succeeded with the packets that it held.
    #expect(rig.frames.count >= 199)
  }

  @Test func whoeverWasSucceededReturnsOnlyAfterSilence() throws {
    let rig = try ReceptionRig()
    let (first, second) = (sound(400, ssrc: 5), sound(400, ssrc: 6, first: 4_000_000_000))
    try rig.receive(first[..<50].map { $0 })
    try rig.receive([second[50], second[51]])
    // Both in bursts, as pictures come: the later one stays.
    for start in stride(from: 52, to: 100, by: 8) {
      try rig.receive(first[start..<start + 8].map { $0 })
      try rig.receive(second[start..<start + 8].map { $0 })
    }
    #expect(rig.streams(at: 2 * ReceptionRig.second)[1].sources == 2)
    try rig.receive(first[100..<200].map { $0 })
    let stream = rig.streams(at: 4 * ReceptionRig.second)[1]
    #expect(stream.sources == 3 && stream.stream?.ssrc == 5)
  }

  @Test func nothingGrowsWithTheSourcesThatHaveBeen() throws {
    let rig = try ReceptionRig()
    for round in 0..<6000 {
      let packets = sound(3, ssrc: UInt32(round) &* 7919, first: UInt32(round) &* 100_000)
      try rig.receive(packets, from: Int64(round) * second)
      try rig.receive(
        RTPCaptures.report(ntp: RTPCaptures.start, rtp: 1, ssrc: UInt32(round) &+ 1), isRTCP: true,
        at: Int64(round) * second + 50_000_000)
    }
    // The first of each is not followed before the second.
    #expect(rig.frames.count == 18_000)
    #expect(rig.streams(at: 6000 * second)[1].sources == 6000)
    let session = try #require(rig.reception.session(of: 1))
    #expect(session.sources.count <= RTPSession.maxSuccessors + 1)
    #expect(session.sourceOfKey.count <= RTPSession.maxSuccessors + 1)
    #expect(session.reports.count <= RTPSession.maxSuccessors + 1)
    #expect(session.followedOfReport.count == 1 && session.followedOfFlow.count == 1)
    #expect(rig.reception.findings.count < 3000)
  }

  @Test func inventedSourcesAreForgotten() throws {
    let rig = try ReceptionRig()
    let real = sound(3000, ssrc: 5)
    for (index, packet) in real.enumerated() {
      try rig.receive([packet])
      var other = packet
      other.ssrc = UInt32(index) &+ 1000
      try rig.receive([other])
    }
    #expect(rig.frames.count == 3000)
    let session = try #require(rig.reception.session(of: 1))
    #expect(session.sources.count <= RTPSession.maxSuccessors + 1)
    #expect(session.heldByteCount < 10_000)
  }

  // MARK: The end

  @Test func byeEndsATrackAndAllEndThePresentation() throws {
    let rig = try ReceptionRig()
    for index in 0..<10 { try rig.receive([picture(index)], track: 0) }
    try rig.receive(sound(10, ssrc: 5))
    try rig.receive(
      RTPCaptures.goodbye(ssrc: 0x1122_3344), track: 0, isRTCP: true, at: second / 2)
    try rig.tick(at: second)
    #expect(!rig.reception.isOver)
    try rig.receive(RTPCaptures.goodbye(ssrc: 5), track: 1, isRTCP: true, at: second)
    try rig.tick(at: second + second / 10)
    #expect(!rig.reception.isOver)
    try rig.tick(at: 2 * second)
    #expect(rig.reception.isOver)
    #expect(rig.streams(at: 2 * second).allSatisfy { $0.facts?.goodbye != nil })
  }

  @Test func byeOfSomebodyElseEndsNothing() throws {
    let rig = try ReceptionRig(tracks: [1])
    try rig.receive(RTPCaptures.goodbye(ssrc: 99), isRTCP: true, at: 0)
    try rig.receive(sound(50, ssrc: 5))
    try rig.tick(at: 3 * second)
    #expect(!rig.reception.isOver)
  }

  @Test func whatIsHeldComesAtTheEnd() throws {
    let rig = try ReceptionRig(tracks: [0])
    for index in 0..<2 {
      // Without markers a frame ends where the next begins.
      var packet = picture(index)
      packet.marker = false
      try rig.receive([packet], track: 0)
    }
    #expect(rig.frames.count == 1)
    try rig.reception.finish()
    #expect(rig.frames.count == 2)
    try rig.reception.finish()
    #expect(rig.frames.count == 2)
    #expect(rig.streams(at: second)[0].figures.packets == 2)
  }

  @Test func whatTheReceiverOfFramesThrowsIsThrown() throws {
    struct Full: Error {}
    let reception = RTSPReception(
      try ReceptionRig.presentation(ReceptionRig.sdp), tracks: [1], totals: RTSPTotals(), seed: 1
    ) { _ in throw Full() }
    let rig = try ReceptionRig()
    #expect(throws: Full.self) {
      try reception.receive(
        sound(1, ssrc: 5)[0].bytes.span.bytes, rig.arrival(track: 1, isRTCP: false, at: 0))
    }
  }
}
