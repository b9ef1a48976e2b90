import Foundation
import TestSupport
import Testing

private typealias Made = EnhancedFLV

/// `--extract-video` and `--extract-audio` against `ffmpeg -c copy`, byte for byte.
@Suite(.peers("ffmpeg")) struct FLVDumpExtractTests {
  struct Copy: CustomTestStringConvertible, Sendable {
    var name: String
    /// Arguments of ffmpeg that make the FLV.
    var source: String
    var kind: String
    /// Arguments of ffmpeg that copy the track out.
    var copy: String
    var testDescription: String { name }
  }

  private static let picture = "-f lavfi -i testsrc2=s=160x120:r=25:d=2 "
  private static let tone = "-f lavfi -i sine=440:sample_rate=44100:duration=2 "
  private static let x264 = "-c:v libx264 -preset veryfast -threads 1 "
  private static let annexB = "-map 0:v -c copy -bsf:v h264_mp4toannexb -f h264"

  static let copies = [
    Copy(name: "h264", source: picture + tone + x264 + "-c:a aac", kind: "video", copy: annexB),
    Copy(
      name: "h264-keyframes", source: picture + x264 + "-g 5 -bf 3", kind: "video", copy: annexB),
    Copy(
      name: "h264-slices", source: picture + x264 + "-x264-params slices=3:aud=1:keyint=10",
      kind: "video", copy: annexB),
    Copy(
      name: "h264-open-gop",
      source: picture + x264 + "-x264-params open-gop=1:keyint=10:bframes=2", kind: "video",
      copy: annexB),
    // Parameter sets that stand in the frames as well are not doubled.
    Copy(
      name: "h264-sets-in-band", source: picture + x264 + "-x264-params repeat-headers=1:keyint=10",
      kind: "video", copy: annexB),
    Copy(name: "aac", source: tone + "-c:a aac", kind: "audio", copy: "-map 0:a -c copy -f adts"),
    Copy(
      name: "aac-surround",
      source: "-f lavfi -i aevalsrc=sin(440*t*2*PI)|0|0|0|0|0:c=5.1:d=1:s=48000 -c:a aac",
      kind: "audio", copy: "-map 0:a -c copy -f adts"),
    Copy(
      name: "aac-pce",
      source: "-f lavfi -i aevalsrc=sin(440*t*2*PI)|0|0:c=2.1:d=1:s=48000 -c:a aac",
      kind: "audio", copy: "-map 0:a -c copy -f adts"),
    Copy(
      name: "mp3", source: tone + "-c:a libmp3lame -q:a 4", kind: "audio",
      copy: "-map 0:a -c copy -write_xing 0 -id3v2_version 0 -f mp3"),
    Copy(
      name: "pcm", source: tone + "-c:a pcm_s16le -ac 2", kind: "audio",
      copy: "-map 0:a -c copy -f s16le"),
    Copy(
      name: "pcm-8-bits", source: tone + "-c:a pcm_u8 -ar 11025", kind: "audio",
      copy: "-map 0:a -c copy -f u8"),
    Copy(
      name: "a-law", source: "-f lavfi -i sine=440:sample_rate=8000:d=1 -c:a pcm_alaw",
      kind: "audio", copy: "-map 0:a -c copy -f alaw"),
    Copy(
      name: "mu-law", source: "-f lavfi -i sine=440:sample_rate=8000:d=1 -c:a pcm_mulaw",
      kind: "audio", copy: "-map 0:a -c copy -f mulaw"),
  ]

  /// The bytes that an extraction writes; it must say nothing else.
  private func extract(_ kind: String, _ path: String, _ more: String...) throws -> [UInt8] {
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run(
      ["flv-dump", "--extract-\(kind)", folder["out"], path] + more)
    #expect(outcome.exitCode == 0 && outcome.stdout.isEmpty && outcome.stderr.isEmpty, "\(outcome)")
    return try contents(of: folder["out"])
  }

  @Test(arguments: copies) func equalsFFmpegsCopy(_ copy: Copy) throws {
    let folder = try ScratchFolder()
    let path = folder["in.flv"]
    try Made.ffmpeg(copy.source + " OUT", ["OUT": path])
    try Made.ffmpeg("-i IN \(copy.copy) OUT", ["IN": path, "OUT": folder["theirs"]])
    let theirs = try contents(of: folder["theirs"])
    #expect(try extract(copy.kind, path) == theirs)
    // From a pipe, to a pipe.
    let piped = try Mediatool.run(
      ["flv-dump", "--extract-\(copy.kind)", "-", "-"], input: .pipe(try contents(of: path)))
    #expect(piped.exitCode == 0 && piped.stdout == theirs)
  }

  // MARK: Enhanced RTMP

  private func write(_ flv: FLVBytes, _ folder: ScratchFolder) throws -> String {
    try folder.write(flv.bytes, to: "in.flv")
  }

  private func clip(_ file: String, _ folder: ScratchFolder, _ arguments: String) throws -> String {
    try Made.ffmpeg(Self.picture + arguments + " OUT", ["OUT": folder[file]])
    return folder[file]
  }

  @Test func h265EqualsFFmpegsCopyOfItsSource() throws {
    let folder = try ScratchFolder()
    let source = try clip(
      "in.mp4", folder,
      "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=1:keyint=10")
    try Made.ffmpeg(
      "-i IN -c copy -bsf:v hevc_mp4toannexb -f hevc OUT",
      ["IN": source, "OUT": folder["theirs"]])
    let path = try write(try Made.make(of: source, "hvc1"), folder)
    #expect(try extract("video", path) == contents(of: folder["theirs"]))
  }

  struct Format: CustomTestStringConvertible, Sendable {
    var fourCC: String
    var encoder: String
    var configuration: String?
    var testDescription: String { fourCC }
  }

  @Test(arguments: [
    Format(fourCC: "vp08", encoder: "libvpx", configuration: "01000000 00 00 82 02 02 02 0000"),
    Format(
      fourCC: "vp09", encoder: "libvpx-vp9 -auto-alt-ref 1 -lag-in-frames 10",
      configuration: "01000000 00 0a 82 02 02 02 0000"),
    Format(fourCC: "av01", encoder: "libaom-av1 -cpu-used 8 -usage realtime"),
  ])
  func ivfEqualsFFmpegsCopyOfItsSource(_ format: Format) throws {
    let folder = try ScratchFolder()
    let source = try clip("in.webm", folder, "-c:v \(format.encoder) -b:v 100k -g 20")
    try Made.ffmpeg("-i IN -c copy -f ivf OUT", ["IN": source, "OUT": folder["theirs"]])
    let flv = try Made.make(
      of: source, format.fourCC, configuration: format.configuration.map(hex))
    var ours = try extract("video", try write(flv, folder))
    var theirs = try contents(of: folder["theirs"])
    // The header counts frames, as in libvpx and new FFmpegs; older ones put the duration there.
    let frames = flv.tags.count - 1
    #expect(ours[24..<28].reversed().reduce(0) { $0 << 8 | Int($1) } == frames)
    for index in 24..<32 { (ours[index], theirs[index]) = (0, 0) }
    #expect(ours == theirs)
  }

  /// A stream whose frames lack what only the configuration has can be decoded all the same.
  @Test func av1GetsTheSequenceHeaderItLacks() throws {
    let folder = try ScratchFolder()
    let source = try clip(
      "in.webm", folder, "-c:v libaom-av1 -cpu-used 8 -usage realtime -b:v 100k -g 20")
    let whole = try Made.make(of: source, "av01")
    var flv = FLVBytes()
    for tag in whole.tags {
      var body = Array(whole.bytes[tag.offset + 11..<tag.offset + 11 + tag.count])
      // Without the sequence header OBU that begins keyframes: type 1 with a size of one byte.
      if body[0] == 0x91, body[5] == 0x0a { body.removeSubrange(5..<7 + Int(body[6])) }
      flv.append(type: tag.type, time: tag.time, body: body)
    }
    #expect(flv.bytes.count < whole.bytes.count)
    #expect(
      try extract("video", try folder.write(flv.bytes, to: "lacking.flv"))
        == extract("video", try write(whole, folder)))
  }

  @Test func opusKeepsItsPacketsAndTimes() throws {
    let folder = try ScratchFolder()
    let source = try Clips.path("ogg-opus")
    let flv = try Made.make(of: source, "Opus")
    let out = try folder.write(try extract("audio", try write(flv, folder)), to: "out.opus")
    let packets = try ffprobe("-show_packets", "-show_data_hash", "md5", out).list("packets")
    let original = try ffprobe("-show_packets", "-show_data_hash", "md5", source).list("packets")
    #expect(packets.map { $0["data_hash"] } == original.map { $0["data_hash"] })
    // 48 kHz granules from the pre-skip on; the trimmed end is what FLV cannot tell.
    #expect(packets.dropLast().map { $0["pts"] } == original.dropLast().map { $0["pts"] })
    #expect(packets.allSatisfy { $0["duration"]?.integer == 960 })
  }

  @Test func opusWithoutAHeaderGetsOne() throws {
    let folder = try ScratchFolder()
    let flv = try Made.make(of: try Clips.path("ogg-opus"), "Opus", configuration: [])
    let out = try folder.write(try extract("audio", try write(flv, folder)), to: "out.opus")
    let stream = try #require(try ffprobe("-show_streams", out).list("streams").first)
    #expect(stream["codec_name"]?.string == "opus" && stream["channels"]?.integer == 1)
  }

  @Test func flacIsAFileOfItsOwn() throws {
    let folder = try ScratchFolder()
    let source = try Clips.path("flac-tags")
    let original = try contents(of: source)
    let streamInfo = Array(original[8..<42])
    // As in Enhanced RTMP; the sizes and checksum come only with the second header.
    let early =
      Array("fLaC".utf8) + [0x80, 0, 0, 34] + streamInfo[..<18] + [UInt8](repeating: 0, count: 16)
    var flv = try Made.make(of: source, "fLaC", configuration: early)
    let late = Array("fLaC".utf8) + [0x80, 0, 0, 34] + streamInfo
    flv.append(type: 8, time: 2000, body: [0x90] + Array("fLaC".utf8) + late)
    let ours = try extract("audio", try write(flv, folder))
    #expect(Array(ours[..<42]) == late)
    #expect(original.suffix(ours.count - 42).elementsEqual(ours[42...]))
    let decoded = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "warning", "-i", try folder.write(ours, to: "out.flac"), "-f", "null", "-"])
    #expect(decoded.exitCode == 0 && decoded.stderr.isEmpty, "\(decoded)")
  }

  @Test(arguments: [("raw-ac3", "ac-3"), ("raw-eac3", "ec-3")])
  func dolbyIsItsSource(_ name: String, _ fourCC: String) throws {
    let folder = try ScratchFolder()
    let source = try Clips.path(name)
    let flv = try Made.make(of: source, fourCC, configuration: [])
    #expect(try extract("audio", try write(flv, folder)) == contents(of: source))
  }

  @Test func h266GetsItsSetsBeforeTheFirstPicture() throws {
    let folder = try ScratchFolder()
    // vvcC without PTL: lengths of 4 bytes; one SPS, one PPS.
    let configuration = hex("fe 02 8f 0001 0003 007901 90 0001 0003 008102")
    let idr = hex("0041 aa")  // nal_unit_type 8
    var flv = FLVBytes()
    let code = Array("vvc1".utf8)
    flv.append(type: 9, time: 0, body: [0x90] + code + configuration)
    flv.append(type: 9, time: 0, body: [0x93] + code + [0, 0, 0, 3] + idr)
    let start: [UInt8] = [0, 0, 0, 1]
    #expect(
      try extract("video", try write(flv, folder))
        == start + hex("007901") + start + hex("008102") + start + idr)
  }
}
