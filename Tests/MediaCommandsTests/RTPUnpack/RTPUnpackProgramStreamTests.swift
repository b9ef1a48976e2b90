import Foundation
import TestSupport
import Testing

/// MPEG-PS over RTP: its streams are tracks of their own.
@Suite struct RTPUnpackProgramStreamTests {
  private static let picture = "-f lavfi -i testsrc2=s=320x240:r=25:d=1"
  private static let tone = "-f lavfi -i sine=frequency=440:duration=1"

  /// H.264, with the bytes of A-law of each picture's time.
  private func camera(_ scratch: ScratchFolder) throws -> [[UInt8]] {
    let pictures = try RTPSenders.make(
      "\(Self.picture) -c:v libx264 -bf 0 -g 12 -threads 1 -x264-params aud=1 -f h264", "a.h264",
      scratch)
    let tone = try RTPSenders.make("\(Self.tone) -ar 8000 -c:a pcm_alaw -f alaw", "a.al", scratch)
    let units = ProgramStreams.accessUnits(try contents(of: pictures), delimiter: [9])
    let samples = try contents(of: tone)
    try #require(units.count == 25 && samples.count == 8000)
    var video = ProgramStreams.Stream(id: 0xe0, type: 0x1b, frames: [])
    var sound = ProgramStreams.Stream(id: 0xc0, type: 0x90, frames: [])
    for (index, unit) in units.enumerated() {
      let pts = 3600 * Int64(index)
      video.frames.append([(pts, unit)])
      sound.frames.append([(pts, Array(samples[(320 * index)..<(320 * index + 320)]))])
    }
    return ProgramStreams.pieces([video, sound])
  }

  private func unpack(
    _ scratch: ScratchFolder, _ output: String, _ options: [String] = ["--map", "96=PS/90000"]
  ) throws -> JSONText {
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--json", "-y", "-o", scratch[output]] + options + [scratch["a.pcap"]])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return try JSONText(outcome.stdout)
  }

  @Test(.peers("ffmpeg", "ffprobe")) func pictureAndSoundOfACamera() throws {
    let scratch = try ScratchFolder()
    let pieces = try camera(scratch)
    try RTPCaptures.write(
      ProgramStreams.packets(pieces).map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    let document = try unpack(scratch, "out.h264")
    let stream = try #require(document["streams"]?[0])
    #expect(stream["frames"]?.integer == 25 && stream["keyframes"]?.integer == 3)
    let streams = try #require(stream["elementary_streams"]?.items)
    #expect(streams.map { $0["stream_id"]?.integer } == [0xc0, 0xe0])
    #expect(streams.map { $0["codec"]?.string } == ["pcm_alaw", "h264"])
    #expect(streams.map { $0["frames"]?.integer } == [25, 25])
    // Each NAL unit behind a start code of four bytes, where the encoder wrote three for some.
    let source = try MediaContents.frames(scratch["a.h264"])
    #expect(try MediaContents.frames(scratch["out.h264"]) == source && source.count == 25)

    _ = try unpack(scratch, "out.al")
    #expect(try contents(of: scratch["out.al"]) == contents(of: scratch["a.al"]))
    _ = try unpack(scratch, "out.wav")
    #expect(try MediaContents.samples(scratch["out.wav"]) == contents(of: scratch["a.al"]))

    for name in ["out.mkv", "out.mov", "out.flv"] {
      _ = try unpack(scratch, name)
      #expect(try MediaContents.frames(scratch[name], "v:0").count == 25, "\(name)")
      #expect(try samples(scratch[name]) == contents(of: scratch["a.al"]), "\(name)")
      let (video, audio) = (
        try MediaContents.times(scratch[name], "v:0"), try MediaContents.times(scratch[name], "a:0")
      )
      #expect(abs(video[0].pts - audio[0].pts) < 0.0011, "\(name)")
      for (index, time) in video.enumerated() {
        #expect(abs(time.pts - video[0].pts - 0.04 * Double(index)) < 0.0011, "\(name)")
      }
      #expect(try MediaContents.complaints(scratch[name]) == [], "\(name)")
    }
    // MP4 has no place for A-law.
    let left = try Mediatool.run(
      ["rtp-unpack", "--map", "96=PS/90000", "-o", scratch["out.mp4"], scratch["a.pcap"]])
    #expect(left.ending == .exit(0) && left.errors.contains("1 stream left out"), "\(left)")
    #expect(try MediaContents.frames(scratch["out.mp4"]).count == 25)
  }

  private func samples(_ path: String) throws -> [UInt8] {
    try ProcessRunner.run(
      "ffmpeg", ["-v", "error", "-i", path, "-map", "0:a", "-c", "copy", "-f", "alaw", "-"]
    ).stdout
  }

  @Test(.peers("ffmpeg", "ffprobe")) func packsAreJoined() throws {
    let scratch = try ScratchFolder()
    let pieces = try camera(scratch)
    let packets = ProgramStreams.packets(pieces)
    try RTPCaptures.write(packets.map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    // Without a description the pack headers are evidence enough.
    let document = try unpack(scratch, "out.mpg", [])
    #expect(try contents(of: scratch["out.mpg"]) == pieces.flatMap { $0 })
    #expect(document["streams"]?[0]?["format_source"]?.string == "guess")
    #expect(document["streams"]?[0]?["encoding"]?.string == "PS")

    // A piece of which a packet is missing is left out whole.
    let lost = 30
    var (piece, seen) = (0, 0)
    for packet in packets[..<lost] where packet.marker { piece += 1 }
    seen = piece
    var some = packets
    some.remove(at: lost)
    try RTPCaptures.write(some.map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    _ = try unpack(scratch, "some.ps")
    var rest = pieces
    rest.remove(at: seen)
    #expect(try contents(of: scratch["some.ps"]) == rest.flatMap { $0 })
  }

  @Test(.peers("ffmpeg", "ffprobe")) func tracksAreChosen() throws {
    let scratch = try ScratchFolder()
    try RTPCaptures.write(
      ProgramStreams.packets(try camera(scratch)).map { ($0.time, $0.bytes) },
      to: scratch["a.pcap"])
    for (tracks, codecs) in [("a", "pcm_alaw\n"), ("v:0", "h264\n"), ("0,1", "h264\npcm_alaw\n")] {
      _ = try unpack(scratch, "out.mkv", ["--map", "96=PS/90000", "--tracks", tracks])
      let outcome = try ProcessRunner.run(
        "ffprobe",
        ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", scratch["out.mkv"]])
      #expect(outcome.output == codecs, "\(tracks)")
    }
  }

  /// H.265 with pictures out of turn, and AAC, several frames with a picture.
  @Test(.peers("ffmpeg", "ffprobe")) func picturesOutOfTurn() throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make(
      "\(Self.picture) \(Self.tone) -c:v libx265 -x265-params "
        + "log-level=none:pools=1:keyint=12:aud=1:repeat-headers=1:bframes=3 -c:a aac -ar 48000",
      "a.mkv", scratch)
    let video = try encoded("a.h265", "-i \(source) -c:v copy -an", in: scratch)
    let sound = try encoded("a.aac", "-i \(source) -c:a copy -vn", in: scratch)
    let units = ProgramStreams.accessUnits(try contents(of: video), delimiter: [0x46, 1])
    let pts = try MediaContents.times(source, "v:0").map { Int64(($0.pts * 90_000).rounded()) }
    try #require(units.count == 25 && pts.count == 25)
    let frames = adts(try contents(of: sound))
    var pictures = ProgramStreams.Stream(id: 0xe0, type: 0x24, frames: [])
    var tones = ProgramStreams.Stream(id: 0xc0, type: 0x0f, frames: [])
    for index in 0..<25 {
      pictures.frames.append([(pts[index], units[index])])
      let range = (frames.count * index / 25)..<(frames.count * (index + 1) / 25)
      tones.frames.append(range.map { (1920 * Int64($0), frames[$0]) })
    }
    let streams = [pictures, tones]
    let pieces = ProgramStreams.pieces(streams)
    try RTPCaptures.write(
      ProgramStreams.packets(pieces, times: pts).map { ($0.time, $0.bytes) },
      to: scratch["a.pcap"])
    for name in ["out.mp4", "out.mkv"] {
      let stream = try #require(try unpack(scratch, name)["streams"]?[0])
      #expect(stream["frames"]?.integer == 25)
      #expect(
        try MediaContents.frames(scratch[name], "v:0") == MediaContents.frames(source, "v:0"))
      #expect(
        try MediaContents.frames(scratch[name], "a:0") == MediaContents.frames(source, "a:0"))
      let times = try MediaContents.times(scratch[name], "v:0").map(\.pts)
      for (our, their) in zip(times, pts) {
        let distance = our - times[0] - Double(their - pts[0]) / 90_000
        #expect(abs(distance) < 0.0011)
      }
    }
    _ = try unpack(scratch, "out.aac")
    #expect(try contents(of: scratch["out.aac"]) == frames.flatMap { $0 })
  }

  /// Frames with their headers.
  private func adts(_ bytes: [UInt8]) -> [[UInt8]] {
    var (frames, position): ([[UInt8]], Int) = ([], 0)
    while position + 7 <= bytes.count {
      let size =
        Int(bytes[position + 3] & 3) << 11 | Int(bytes[position + 4]) << 3
        | Int(bytes[position + 5]) >> 5
      frames.append(Array(bytes[position..<(position + size)]))
      position += size
    }
    return frames
  }
}
