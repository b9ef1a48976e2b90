import MediaBitstream
import MediaRTMP
import TestSupport
import Testing

@testable import MediaCommands

@Suite struct AddedSilenceTests {
  private final class Given: PushReading {
    let notes: [String] = []
    private var messages: ArraySlice<PushMessage>
    init(_ messages: [PushMessage]) { self.messages = messages[...] }
    func next() -> PushMessage? { messages.popFirst() }
  }

  private func silenced(
    _ messages: [PushMessage], hasSound: Bool? = nil
  ) throws -> [PushMessage] {
    let source = try AddedSilence(Given(messages), hasSound: hasSound)
    var all: [PushMessage] = []
    while let message = try source.next() { all.append(message) }
    #expect(try source.next() == nil)
    return all
  }

  private func silence(_ messages: [PushMessage]) -> [PushMessage] {
    messages.filter { $0.type == .audio && $0.role == .sound }
  }

  @Test(arguments: [nil, false]) func coversPictures(_ hasSound: Bool?) throws {
    let pictures = pushMessages("mcK" + String(repeating: "p", count: 99))
    let messages = try silenced(pictures, hasSound: hasSound)
    #expect(messages.filter { $0.type != .audio }.map(\.payload) == pictures.map(\.payload))
    let times = silence(messages).map(\.time)
    // From 80 ms, when the first picture is shown, to 4080 ms, when the last one has been.
    #expect(times == (4...191).map { Int64($0) * 1024 / 48 })
    let configuration = try #require(messages.firstIndex { $0.type == .audio })
    #expect(messages[configuration].payload.starts(with: [0xaf, 0, 0x11, 0x90]))
    #expect(messages[configuration + 1].role == .picture(.key))
    let frames = messages.filter(\.isFrame)
    #expect(frames.map(\.time) == frames.map(\.time).sorted())
    #expect(messages.map(\.position) == messages.map(\.position).sorted())
  }

  @Test func makesUpForTheTimeItWaited() throws {
    let pictures = pushMessages("K" + String(repeating: "p", count: 99))
    let messages = try silenced(pictures)
    // A second of pictures is held, and is due at once when it is let go.
    #expect(
      messages.filter { $0.type != .audio }.map(\.position)
        == pictures.map { max(0, $0.position - 1000) })
  }

  @Test(arguments: ["mcaKspsp", "cKpsp", "sss", "o", ""])
  func leavesAloneWhatHasSound(_ letters: String) throws {
    let messages = pushMessages(letters)
    #expect(try silenced(messages) == messages)
  }

  @Test func endsWhereSoundComesLate() throws {
    let pictures = pushMessages("K" + String(repeating: "p", count: 49) + "aspspsps")
    let messages = try silenced(pictures)
    let late = try #require(messages.lastIndex { $0.payload.last == UInt8(ascii: "a") })
    #expect(silence(Array(messages[..<late])).count > 80)
    #expect(silence(Array(messages[late...])).allSatisfy { $0.payload.last == UInt8(ascii: "s") })
  }

  /// A clock that jumps is followed, not filled up.
  @Test(arguments: [-4_000_000, 1 << 40] as [Int64]) func followsAClock(_ jump: Int64) throws {
    var pictures = pushMessages("K" + String(repeating: "p", count: 49))
    for index in 25..<50 { pictures[index].time += jump }
    let times = silence(try silenced(pictures)).map(\.time)
    #expect((93...96).contains(times.count), "\(times.count)")
    #expect(times.count { $0 > 500_000 || $0 < -500_000 } > 40)
  }

  @Test(.peers("nginx", "ffmpeg", "ffprobe"), arguments: ["flv", "mp4"])
  func playersHearSilence(_ format: String) throws {
    let (server, folder) = (try NginxServer(), try ScratchFolder())
    let source = folder["in.\(format)"]
    _ = try ffmpegOutput("-i \(try Clips.path("mp4-open-gop")) -c copy \(source)")
    let outcome = try Mediatool.run(
      [
        "rtmp-push", "--fast", "--json", "--add-silence", "--loop", "2", source, server.url("k"),
      ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try encodedTracks(outcome) == ["audio null aac"])
    let recording = server.recording("k")
    _ = try ffmpegOutput("-i \(recording) -f null -")
    let packets = try pushedPackets(recording)
    let video = packets.filter { $0.kind == "video" }
    let sent = try pushedPackets(source).map(\.hash)
    #expect(video.map(\.hash) == sent + sent)
    let shown = video.map(\.pts)
    let sound = packets.filter { $0.kind == "audio" }.map(\.pts)
    #expect(zip(sound, sound.dropFirst()).allSatisfy { [21, 22].contains($1 - $0) })
    let (begin, end) = (try #require(shown.min()), try #require(shown.max()) + 40)
    #expect((begin...begin + 22).contains(try #require(sound.first)))
    #expect((end...end + 22).contains(try #require(sound.last) + 22))
    let samples = try ffmpegOutput("-i \(recording) -f s16le -")
    #expect(samples.count == sound.count * 4096 && samples.allSatisfy { $0 == 0 })
  }

  @Test(.peers("nginx", "ffmpeg", "ffprobe")) func soundThatIsThereStays() throws {
    let server = try NginxServer()
    let source = try Clips.path("flv-h264")
    let outcome = try Mediatool.run(
      ["rtmp-push", "--fast", "--json", "--add-silence", source, server.url("k")])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try encodedTracks(outcome).isEmpty)
    try expectSamePackets(source, server.recording("k"))
  }
}
