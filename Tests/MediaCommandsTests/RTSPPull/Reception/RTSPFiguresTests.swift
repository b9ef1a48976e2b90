import MediaCapture
import MediaJSON
import MediaModel
import MediaRTP
import TestSupport
import Testing

@testable import MediaCommands

/// Figures over connections, and of each second.
@Suite struct RTSPFiguresTests {
  private let second = ReceptionRig.second

  private func sound(_ range: Range<Int>) -> [TestPacket] {
    Array(RTPCaptures.sound(range.upperBound)[range])
  }

  @Test func connectionsAreSummed() throws {
    let rig = try ReceptionRig(tracks: [1])
    var first = sound(0..<100)
    first.remove(at: 50)
    try rig.receive(first)
    try rig.reception.finish()
    rig.connect()
    try rig.receive(sound(0..<50), from: 10 * second)
    let stream = rig.streams(at: 11 * second)[0]
    #expect((stream.figures.packets, stream.figures.expected, stream.figures.lost) == (149, 150, 1))
    #expect((stream.sources, stream.figures.frames?.count) == (2, 149))
    // Time without a connection is none of the stream's.
    #expect(abs((stream.figures.duration ?? 0) - 2.96) < 0.001)
    #expect(abs((stream.figures.bitRate ?? 0) - 128_000) < 2000)
    #expect(abs((stream.lastFrameAge ?? 0) - 0.02) < 0.001)
    #expect(abs((stream.stream?.startTime ?? 0) - 10) < 0.001)
    // One that was lost without an end is summed too.
    rig.connect()
    try rig.receive(sound(0..<10), from: 20 * second)
    #expect(rig.streams(at: 21 * second)[0].figures.packets == 159)
  }

  @Test func aTrackOfWhichNothingCameIsThere() throws {
    let rig = try ReceptionRig()
    let streams = rig.streams(at: 0)
    #expect(streams.map(\.kind) == [.video, .audio])
    #expect(streams.allSatisfy { $0.figures.packets == 0 && $0.stream == nil })
    var writer = JSONWriter(style: .compact)
    RTSPStreamResult.report.write(streams[0], into: &writer)
    let document = try JSONText(writer.text)
    #expect(document["encoding"]?.string == "H264" && document["clock_rate"]?.integer == 90_000)
    #expect(document["ssrc"]?.isNull == true && document["packets"]?.integer == 0)
  }

  @Test func eachSecondTellsWhatCameInIt() throws {
    let rig = try ReceptionRig(tracks: [1])
    func interval(_ time: Nanoseconds) throws -> RTSPInterval.Stream {
      try #require(rig.totals.takeInterval(at: ReceptionRig.origin + time).streams.first)
    }
    try rig.receive(sound(0..<50))
    let first = try interval(second)
    #expect((first.packets, first.lost, first.frames) == (50, 0, 50))
    #expect(first.bitRate == 128_000 && first.frameRate == 50)
    // Two are on their way when the second ends, and one of them comes.
    let more = sound(50..<103)
    try rig.receive(Array(more[..<48]) + Array(more[50..<52]))
    #expect(try interval(2 * second).lost == 2)
    try rig.receive(more[48].bytes, at: 2 * second)
    try rig.receive([more[52]], from: 0)
    let third = try interval(3 * second)
    #expect((third.packets, third.lost, third.reordered) == (2, 0, 1))
    #expect(third.now.figures.lost == 1)
    #expect(try interval(4 * second).packets == 0)
  }

  @Test func theLiveLineComesEachSecondOnATerminalOnly() throws {
    let rig = try ReceptionRig(tracks: [1])
    try rig.receive(sound(0..<50))
    let interval = rig.totals.takeInterval(at: ReceptionRig.origin + second)
    #expect(interval.words.hasPrefix("audio 128"))
    #expect(interval.words.contains("0 lost") && interval.words.contains("jitter 0"))
    var (terminal, log) = (RTSPStatsLine(isTerminal: true), RTSPStatsLine(isTerminal: false))
    let times = (1...21).map { Int64($0) * second }
    let (shown, logged) = (
      times.compactMap { terminal.text(interval, at: $0) },
      times.compactMap { log.text(interval, at: $0) }
    )
    #expect(shown.count == 21 && logged.count == 3)
  }

  @Test func soundBehindItsPicturesIsTold() throws {
    let rig = try ReceptionRig()
    let start = RTPCaptures.start
    try rig.receive(RTPCaptures.report(ntp: start, rtp: 0, ssrc: 9), track: 0, isRTCP: true, at: 0)
    try rig.receive(RTPCaptures.report(ntp: start, rtp: 1000), track: 1, isRTCP: true, at: 0)
    for index in 0..<50 {
      let picture = TestPacket(
        sequence: UInt16(index), timestamp: 3600 &* UInt32(index), time: Int64(index) * second / 25,
        payload: [0x41, 0x9a, UInt8(index)], marker: true, ssrc: 9)
      try rig.receive([picture], track: 0)
    }
    // Sound comes 120 ms later than it was taken, pictures at once.
    try rig.receive(sound(0..<100), track: 1, from: 120_000_000)
    let streams = rig.streams(at: 2 * second)
    #expect(abs((streams[1].soundDelay ?? 0) - 0.12) < 0.001)
    #expect(streams[0].soundDelay == nil)
  }

  @Test func driftAgainstOurClockIsTold() throws {
    let rig = try ReceptionRig(tracks: [1])
    for packet in sound(0..<1000) {
      try rig.receive(packet.bytes, at: packet.time - packet.time / 10_000)
    }
    let drift = try #require(rig.streams(at: 20 * second)[0].drift)
    #expect(abs(drift - 100) < 1)
  }

  // MARK: The capture

  @Test func packetsOfAConnectionStandInDatagrams() throws {
    let folder = try ScratchFolder()
    let environment = CommandEnvironment(
      standardOutput: MemoryOutput(), standardError: MemoryOutput())
    let capture = try RTSPCapture(folder["a.pcap"], force: false, environment)
    let rig = try ReceptionRig(tracks: [1])
    rig.isUDP = false
    for packet in sound(0..<20) {
      try capture.add(
        packet.bytes.span.bytes, rig.arrival(track: 1, isRTCP: false, at: packet.time))
    }
    #expect(try folder.names.allSatisfy { $0 != "a.pcap" })
    try capture.flush()
    // What is there is whole at any time, as if the run had been killed now.
    try folder.write(try contents(of: folder["a.pcap"]), to: "killed.pcap")
    let report = RTPCaptures.report(ntp: RTPCaptures.start, rtp: 1000)
    try capture.add(report.span.bytes, rig.arrival(track: 1, isRTCP: true, at: second))
    try capture.finish()
    let sdp = try folder.write(RTPCaptures.soundSDP, to: "a.sdp")
    let killed = try rtpDocument("--sdp", sdp, folder["killed.pcap"])
    #expect(killed["streams"]?[0]?["packets"]?.integer == 20)
    let document = try rtpDocument("--sdp", sdp, folder["a.pcap"])
    let stream = try #require(document["streams"]?[0])
    #expect(stream["source"]?.string == "10.0.0.1:50002")
    #expect(stream["destination"]?.string == "10.0.0.2:50002")
    #expect(stream["frames"]?.integer == 20 && stream["sender_reports"]?.integer == 1)
  }
}
