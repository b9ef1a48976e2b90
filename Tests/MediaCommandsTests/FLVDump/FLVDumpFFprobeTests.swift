import TestSupport
import Testing

/// What FLVs of ffmpeg hold, as ffprobe sees it and as we do.
@Suite(.peers("ffmpeg", "ffprobe")) struct FLVDumpFFprobeTests {
  struct Clip: CustomTestStringConvertible, Sendable {
    var name: String
    var arguments: String
    /// Tags that carry no media: script data, configurations, ends of sequences.
    var otherTags: [String]
    var testDescription: String { name }
  }

  private static let picture = "-f lavfi -i testsrc2=s=160x120:r=25:d=2 "
  private static let tone = "-f lavfi -i sine=440:sample_rate=44100:duration=2 "
  private static let narrow = "-f lavfi -i sine=440:sample_rate=16000:duration=2 "

  static let clips = [
    Clip(
      name: "h264-b-frames",
      arguments: picture + tone
        + "-c:v libx264 -preset medium -bf 3 -g 20 -threads 1 -c:a aac -b:a 64k",
      otherTags: ["script", "sequence_end", "sequence_header", "sequence_header"]),
    Clip(
      name: "open-gop",
      arguments: picture
        + "-c:v libx264 -preset veryfast -x264-params open-gop=1:keyint=10:bframes=2 -threads 1",
      otherTags: ["script", "sequence_end", "sequence_header"]),
    Clip(
      name: "sorenson-mp3",
      arguments: picture + tone + "-c:v flv -g 12 -c:a libmp3lame -b:a 128k",
      otherTags: ["script"]),
    Clip(name: "mp3-alone", arguments: tone + "-c:a libmp3lame -b:a 96k", otherTags: ["script"]),
    Clip(
      name: "aac-alone", arguments: tone + "-c:a aac -ac 2",
      otherTags: ["script", "sequence_header"]),
    Clip(name: "pcm", arguments: tone + "-c:a pcm_s16le", otherTags: ["script"]),
    Clip(
      name: "pcm-8-bits", arguments: tone + "-c:a pcm_u8 -ar 11025", otherTags: ["script"]),
    Clip(name: "adpcm", arguments: tone + "-c:a adpcm_swf -ac 2", otherTags: ["script"]),
    Clip(name: "nellymoser", arguments: tone + "-c:a nellymoser", otherTags: ["script"]),
    Clip(name: "speex", arguments: narrow + "-c:a libspeex", otherTags: ["script"]),
    Clip(name: "screen-video", arguments: picture + "-c:v flashsv -g 10", otherTags: ["script"]),
  ]

  /// A frame, by where its tag lies.
  private struct Frame: Equatable, CustomStringConvertible {
    var offset: Int?
    var kind: String?
    var dts: Int?
    var pts: Int?
    var size: Int?
    var isKey: Bool
    var description: String {
      "\(kind ?? "?") at \(offset ?? -1): dts \(dts ?? -1) pts \(pts ?? -1) size \(size ?? -1) \(isKey)"
    }
  }

  @Test(arguments: clips) func isWhatFFprobeSees(_ clip: Clip) throws {
    let folder = try ScratchFolder()
    try EnhancedFLV.ffmpeg(clip.arguments + " OUT", ["OUT": folder["in.flv"]])
    try everyPacketIsATag(clip, folder["in.flv"])
    try tagsFillTheFile(folder["in.flv"])
    try tracksAreWhatFFprobeSays(folder["in.flv"])
  }

  private func everyPacketIsATag(_ clip: Clip, _ path: String) throws {
    let tags = try EnhancedFLV.tags(path)
    let ours = tags.filter { $0["kind"]?.string == "coded_frames" }.map { tag in
      Frame(
        offset: tag["offset"]?.integer, kind: tag["type"]?.string, dts: tag["dts"]?.integer,
        pts: tag["pts"]?.integer, size: tag["payload_size"]?.integer,
        isKey: tag["keyframe"] == .bool(true))
    }
    let document = try ffprobe("-show_packets", path)
    let theirs = document.list("packets").map { packet in
      Frame(
        offset: packet["pos"]?.string.flatMap(Int.init), kind: packet["codec_type"]?.string,
        dts: packet["dts"]?.integer, pts: packet["pts"]?.integer,
        size: packet["size"]?.string.flatMap(Int.init),
        isKey: packet["flags"]?.string?.hasPrefix("K") ?? false)
    }
    // By offset: ffprobe shows packets in the order of its parsers.
    let sorted = theirs.sorted { ($0.offset ?? 0) < ($1.offset ?? 0) }
    #expect(!ours.isEmpty)
    for (mine, peer) in zip(ours, sorted) where mine != peer {
      Issue.record("ours: \(mine)\ntheirs: \(peer)")
      break
    }
    #expect(ours.count == theirs.count)
    let others = tags.compactMap { $0["kind"]?.string }.filter { $0 != "coded_frames" }
    #expect(others.sorted() == clip.otherTags)
    #expect(tags.indices.allSatisfy { tags[$0]["index"]?.integer == $0 })
  }

  /// The tags fill the file: none is lost between them.
  private func tagsFillTheFile(_ path: String) throws {
    var end = 13
    for tag in try EnhancedFLV.tags(path) {
      #expect(tag["offset"]?.integer == end)
      end += 11 + (tag["size"]?.integer ?? 0) + 4
    }
    #expect(end == (try contents(of: path)).count)
  }

  /// Size, rate and channels of each track as ffprobe has them.
  private func tracksAreWhatFFprobeSays(_ path: String) throws {
    let outcome = try Mediatool.run(["flv-dump", "--json", "--summary", path])
    try #require(outcome.exitCode == 0, "\(outcome)")
    let ours = try JSONText(outcome.stdout).list("streams")
    let theirs = try ffprobe("-show_streams", path).list("streams")
    #expect(ours.count == theirs.count)
    for mine in ours {
      let peer = try #require(theirs.first { $0["codec_type"] == mine["codec_type"] })
      #expect(mine["codec_name"] == peer["codec_name"])
      for field in ["width", "height", "channels"] where peer[field] != nil {
        #expect(mine[field] == peer[field], "\(field)")
      }
      if let rate = peer["sample_rate"]?.string {
        #expect(mine["sample_rate"]?.integer == Int(rate))
      }
      if mine["codec_name"]?.string == "h264" {
        #expect(mine["level"] == peer["level"])
        #expect(mine["profile"] == peer["profile"])
      }
    }
  }
}
