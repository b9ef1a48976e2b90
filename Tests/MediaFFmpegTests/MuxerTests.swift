import Foundation
import MediaFFmpeg
import MediaModel
import TestSupport
import Testing

private let clip = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().appending(path: "../../Samples/clip.mp4").standardizedFileURL.path

/// A file in memory.
private final class Memory {
  struct Full: Error, Equatable {}
  var bytes: [UInt8] = []
  var isForward = true
  /// Writes that would make it longer fail.
  var limit = Int.max

  func write(_ new: UnsafeRawBufferPointer, at offset: Int64) throws {
    let start = Int(offset)
    guard start + new.count <= limit else { throw Full() }
    if start != bytes.count { isForward = false }
    let end = max(bytes.count, start + new.count)
    bytes += [UInt8](repeating: 0, count: end - bytes.count)
    bytes.replaceSubrange(start..<start + new.count, with: new)
  }
}

/// A packet, with its times from the start of its file.
private struct Sample: Equatable {
  var track: Int
  var pts: Int64
  var dts: Int64
  var duration: Int64
  var isKey: Bool
  var payload: [UInt8]
}

/// What a file holds, as tracks for a muxer and the packets of each.
private struct Contents {
  var tracks: [MuxerTrack] = []
  var samples: [Sample] = []
  /// Microseconds.
  private var startTime: Int64 = 0

  init(of path: String) throws {
    let demuxer = try Demuxer(url: path)
    try demuxer.findStreamInfo()
    let description = demuxer.describe()
    startTime = description.format.startTime ?? 0
    for stream in description.streams {
      var track = MuxerTrack(
        codec: stream.codecName ?? "", ticksPerSecond: Int32(stream.timeBase.denominator))
      track.configuration = stream.extradata
      (track.width, track.height) = (stream.width, stream.height)
      (track.sampleRate, track.channels) = (stream.sampleRate, stream.channelCount)
      track.channelLayout = stream.channelLayout
      track.tags = stream.tags
      tracks.append(track)
    }
    let packet = try Packet()
    while try demuxer.read(into: packet) {
      let pts = try #require(packet.pts)
      samples.append(
        Sample(
          track: packet.streamIndex, pts: pts, dts: packet.dts ?? pts, duration: packet.duration,
          isKey: packet.isKey, payload: packet.withPayload { Array($0) }))
    }
  }

  /// Times from where the file says it starts, as ffmpeg makes them when it copies.
  mutating func startAtZero() {
    for index in samples.indices {
      let ticks = Int64(tracks[samples[index].track].ticksPerSecond)
      let start = (startTime * ticks) / 1_000_000
      samples[index].pts -= start
      samples[index].dts -= start
    }
  }

  func write(_ format: String, _ options: MuxerOptions, to memory: Memory) throws {
    let muxer = try Muxer(
      format: format, tracks: tracks, options: options, output: memory.write(_:at:))
    for sample in samples {
      try sample.payload.withUnsafeBytes {
        try muxer.write(
          $0, track: sample.track, pts: sample.pts, dts: sample.dts, duration: sample.duration,
          isKey: sample.isKey)
      }
    }
    try muxer.finish()
  }
}

@Suite(.peers("ffmpeg")) struct OpusInOggTests {
  private func webm(_ folder: ScratchFolder) throws -> String {
    let path = folder["in.webm"]
    let made = try ProcessRunner.run(
      "ffmpeg",
      words("-v error -nostdin -f lavfi -i sine=440:sample_rate=48000:duration=2.017")
        + words("-ac 2 -c:a libopus -b:a 48k") + [path])
    try #require(made.exitCode == 0, "\(made)")
    return path
  }

  private func copy(_ path: String, _ folder: ScratchFolder, _ flags: [String]) throws -> [UInt8] {
    let out = folder["copy.opus"]
    let made = try ProcessRunner.run(
      "ffmpeg", ["-v", "error", "-nostdin", "-y", "-i", path, "-c", "copy"] + flags + [out])
    try #require(made.exitCode == 0, "\(made)")
    return try contents(of: out)
  }

  private func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

  @Test(arguments: [true, false]) func equalsFFmpegsCopy(fromFile: Bool) throws {
    let folder = try ScratchFolder()
    let path = fromFile ? try Clips.path("ogg-opus") : try webm(folder)
    var input = try Contents(of: path)
    input.startAtZero()
    var options = MuxerOptions()
    options.isBitExact = true
    let memory = Memory()
    try input.write("ogg", options, to: memory)
    #expect(memory.bytes == (try copy(path, folder, ["-fflags", "+bitexact"])))
    #expect(memory.isForward)
  }

  /// Serial number and checksum of each page set to 0 (RFC 3533 §6).
  private func withoutSerials(_ file: [UInt8]) throws -> [UInt8] {
    var file = file
    var page = 0
    while page < file.count {
      try #require(page + 27 <= file.count && file[page..<page + 4].elementsEqual("OggS".utf8))
      for index in [14..<18, 22..<26].joined() { file[page + index] = 0 }
      let segments = Int(file[page + 26])
      page += 27 + segments + file[page + 27..<page + 27 + segments].reduce(0) { $0 + Int($1) }
    }
    return file
  }

  @Test func onlyTheSerialNumberIsRandom() throws {
    let folder = try ScratchFolder()
    let path = try webm(folder)
    var input = try Contents(of: path)
    input.startAtZero()
    let (first, second) = (Memory(), Memory())
    try input.write("ogg", MuxerOptions(), to: first)
    try input.write("ogg", MuxerOptions(), to: second)
    #expect(first.bytes != second.bytes)
    #expect(try withoutSerials(first.bytes) == withoutSerials(second.bytes))
    #expect(try withoutSerials(first.bytes) == withoutSerials(copy(path, folder, [])))
  }

  @Test func preSkipComesFromTheHeadUnlessGiven() throws {
    var input = try Contents(of: try Clips.path("ogg-opus"))
    input.startAtZero()
    var options = MuxerOptions()
    options.isBitExact = true
    let (implied, given, none) = (Memory(), Memory(), Memory())
    try input.write("ogg", options, to: implied)
    let head = input.tracks[0].configuration
    input.tracks[0].initialPadding = Int(head[10]) + Int(head[11]) * 256
    try input.write("ogg", options, to: given)
    input.tracks[0].initialPadding = 0
    try input.write("ogg", options, to: none)
    #expect(implied.bytes == given.bytes)
    #expect(implied.bytes != none.bytes, "granule positions count the pre-skip, RFC 7845 §4")
  }
}

/// A container and how it is written.
private struct Container: Sendable, CustomTestStringConvertible {
  var format: String
  var options: [String: String] = [:]
  var isSeekable = false
  var testDescription: String { "\(format) \(options) \(isSeekable ? "seekable" : "forward")" }
}

@Suite struct MuxerTests {
  @Test(arguments: [
    Container(format: "mp4", isSeekable: true),
    Container(format: "mp4", options: ["movflags": "frag_keyframe+empty_moov+default_base_moof"]),
    Container(format: "matroska"), Container(format: "matroska", isSeekable: true),
    Container(format: "mpegts"),
  ]) private func writesWhatWasRead(_ container: Container) throws {
    let input = try Contents(of: clip)
    var options = MuxerOptions()
    options.options = container.options.map { ($0.key, $0.value) }
    options.isSeekable = container.isSeekable
    options.tags = [Tag(name: "title", value: "Ein Titel ü")]
    let memory = Memory()
    try input.write(container.format, options, to: memory)
    #expect(memory.isForward == !container.isSeekable)

    let folder = try ScratchFolder()
    let path = try folder.write(memory.bytes, to: "out")
    let output = try Contents(of: path)
    #expect(output.tracks.map(\.codec) == input.tracks.map(\.codec))
    #expect(output.tracks.map(\.channelLayout) == input.tracks.map(\.channelLayout))
    for track in input.tracks.indices {
      let sent = input.samples.filter { $0.track == track }
      let got = output.samples.filter { $0.track == track }
      #expect(sent.count == got.count && sent.map(\.isKey) == got.map(\.isKey))
      guard container.format != "mpegts" else { continue }
      #expect(sent.map(\.payload) == got.map(\.payload))
      #expect(input.tracks[track].configuration == output.tracks[track].configuration)
      // From the second on: without an edit list, a fragmented MP4 cannot say when one before the
      // start of the file is. Whole milliseconds are all that Matroska has.
      let distances = zip(sent, got).dropFirst().map {
        seconds($0.pts, input.tracks[track]) - seconds($1.pts, output.tracks[track])
      }
      let (least, most) = (distances.min() ?? 0, distances.max() ?? 1)
      #expect(most - least < 0.001_1)
    }
    let demuxer = try Demuxer(url: path)
    try demuxer.findStreamInfo()
    if container.format != "mpegts" {
      #expect(demuxer.describe().format.tags.contains(Tag(name: "title", value: "Ein Titel ü")))
    }
  }

  private func seconds(_ time: Int64, _ track: MuxerTrack) -> Double {
    Double(time) / Double(track.ticksPerSecond)
  }

  @Test func mp4WithoutFragmentsNeedsASeekableOutput() throws {
    let error = #expect(throws: FFmpegError.self) {
      try Contents(of: clip).write("mp4", MuxerOptions(), to: Memory())
    }
    #expect(error?.call == "avformat_init_output")
  }

  private func refuses(
    _ format: String = "ogg", _ options: MuxerOptions = MuxerOptions(),
    change: (inout MuxerTrack) -> Void = { _ in }
  ) throws -> FFmpegError? {
    var track = MuxerTrack(codec: "opus", ticksPerSecond: 48_000)
    track.configuration = Array("OpusHead".utf8) + [1, 2, 0x38, 1, 0x80, 0xBB, 0, 0, 0, 0, 0]
    (track.sampleRate, track.channels) = (48_000, 2)
    change(&track)
    let memory = Memory()
    let error = #expect(throws: FFmpegError.self) {
      _ = try Muxer(
        format: format, tracks: [track], options: options, output: memory.write(_:at:))
    }
    #expect(memory.bytes.isEmpty, "found before the first byte")
    return error
  }

  @Test func whatCannotBeWrittenIsRefusedAtOnce() throws {
    #expect(try refuses("nosuch")?.reason == .notImplemented)
    #expect(try refuses("nosuch")?.text == "this FFmpeg writes no format named 'nosuch'")
    #expect(try refuses { $0.codec = "nosuch" }?.reason == .notImplemented)
    var options = MuxerOptions()
    options.options = [("page_duration", "1000"), ("no_such_option", "1")]
    #expect(try refuses("ogg", options)?.reason == .optionNotFound(["no_such_option"]))
    // Each call is named by the one checker.
    #expect(try refuses { $0.codec = "h264" }?.call == "avformat_init_output")
    #expect(try refuses { $0.configuration = [] }?.call == "avformat_init_output")
    #expect(try refuses { $0.configuration = [1, 2, 3] }?.call == "avformat_init_output")
    #expect(try refuses { $0.sampleRate = 0 }?.call == "avformat_init_output")
    #expect(try refuses { $0.channelLayout = "9.9" }?.call == "av_channel_layout_from_string")
  }

  @Test func errorsOfTheOutputComeBackAsTheyWere() throws {
    var options = MuxerOptions()
    options.options = [("movflags", "frag_keyframe+empty_moov")]
    let input = try Contents(of: clip)
    for limit in [0, 100_000, 500_000] {
      let memory = Memory()
      memory.limit = limit
      #expect(throws: Memory.Full.self) { try input.write("mp4", options, to: memory) }
      #expect(memory.bytes.count <= limit)
    }
  }

  @Test func timesThatGoBackAreRefused() throws {
    let memory = Memory()
    var input = try Contents(of: clip)
    input.samples = Array(input.samples.prefix(20))
    input.samples[19].dts = -1_000_000
    let error = #expect(throws: FFmpegError.self) {
      try input.write("matroska", MuxerOptions(), to: memory)
    }
    #expect(error?.call == "av_interleaved_write_frame")
  }

  @Test func anAbandonedMuxerWritesNoMore() throws {
    let memory = Memory()
    let input = try Contents(of: clip)
    do {
      let muxer = try Muxer(
        format: "matroska", tracks: input.tracks, output: memory.write(_:at:))
      for sample in input.samples.prefix(50) {
        try sample.payload.withUnsafeBytes {
          try muxer.write(
            $0, track: sample.track, pts: sample.pts, dts: sample.dts, isKey: sample.isKey)
        }
      }
    }
    let left = memory.bytes.count
    let whole = Memory()
    try Contents(of: clip).write("matroska", MuxerOptions(), to: whole)
    #expect(left < whole.bytes.count / 2)
  }

  @Test func aCodecTagIsKept() throws {
    var input = try Contents(of: clip)
    input.tracks[0].codecTag = "avc3"
    var options = MuxerOptions()
    options.isSeekable = true
    let memory = Memory()
    try input.write("mp4", options, to: memory)
    let folder = try ScratchFolder()
    let demuxer = try Demuxer(url: try folder.write(memory.bytes, to: "out.mp4"))
    #expect(demuxer.describe().streams[0].codecTag == 0x3363_7661, "avc3, first byte lowest")
  }

  @Test func finishingTwiceIsFinishingOnce() throws {
    let memory = Memory()
    let input = try Contents(of: clip)
    let muxer = try Muxer(format: "matroska", tracks: input.tracks, output: memory.write(_:at:))
    try muxer.finish()
    let end = memory.bytes
    try muxer.finish()
    #expect(memory.bytes == end)
  }
}
