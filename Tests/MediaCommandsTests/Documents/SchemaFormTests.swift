import TestSupport
import Testing

/// What every command prints as JSON, in each of its forms, against its schema.
@Suite(.peers("ffmpeg", "nginx", "bash", "timeout", "python3")) struct SchemaFormTests {
  struct Forms: Sendable, CustomTestStringConvertible {
    var schema: String
    /// Words behind `mediatool`; how they end does not matter.
    var lines: [String]
    var testDescription: String { schema }
  }

  static let all = [
    Forms(
      schema: "probe-1",
      lines: [
        "probe --json clip.mp4", "probe --jsonl --packets --duration 1s clip.mp4",
        "probe --json in.mp4 missing.mp4", "probe --json --check --gop stutter.ts",
      ]),
    Forms(
      schema: "flv-dump-1",
      lines: [
        "flv-dump --json in.flv", "flv-dump --jsonl --nal --hex in.flv",
        "flv-dump --jsonl --check broken.flv", "flv-dump --jsonl --follow http://server/live.flv",
      ]),
    Forms(
      schema: "flv-repair-1",
      lines: [
        "flv-dump --json --repair -o a.flv broken.flv",
        "flv-dump --json --repair --split --verify -o b.flv in.flv",
      ]),
    Forms(
      schema: "rtp-pack-1",
      lines: [
        "rtp-pack --json --packets --verify in.mp4", "rtp-pack --jsonl --packets in.mp4",
        "rtp-pack --jsonl --send rtp://127.0.0.1:5004 --fast in.h264",
      ]),
    Forms(
      schema: "rtp-unpack-1",
      lines: [
        "rtp-unpack --json --check call.pcap", "rtp-unpack --jsonl --packets --check call.pcap",
        "rtp-unpack --json --packets --sdp camera.sdp -o camera.mkv camera.pcapng",
        "rtp-unpack --jsonl -o damaged.h264 --keep-damaged call.pcap",
      ]),
    Forms(
      schema: "rtmp-push-1",
      lines: [
        "rtmp-push --json --fast --doctor in.flv rtmp://server/live/KEY",
        "rtmp-push --jsonl --fast in.mp4 rtmp://server/live/KEY",
        "rtmp-push --jsonl --fast in.flv rtmp://server/none/KEY",
      ]),
    Forms(
      schema: "rtmp-pull-1",
      lines: [
        "rtmp-pull --json -o show.mp4 rtmp://server/live/show",
        "rtmp-pull --jsonl --doctor rtmp://server/live/show",
      ]),
    Forms(
      schema: "rtsp-pull-1",
      lines: [
        "rtsp-pull --json --doctor rtsp://camera/stream",
        "rtsp-pull --jsonl -o clip.mkv rtsp://camera/stream",
        "rtsp-pull --json --describe rtsp://camera/stream",
      ]),
    Forms(
      schema: "pcm-info-1",
      lines: [
        "pcm-info --json --target ebu-r128 song.wav missing.wav", "pcm-info --jsonl song.wav",
        "pcm-info --json --check clipped.wav", "pcm-info --json --tracks a:0 in.mp4",
      ]),
    Forms(
      schema: "yuv-convert-1",
      lines: [
        "yuv-convert --json --verify --to rgb24 in.y4m /dev/null",
        "yuv-convert --jsonl --hash md5 in.y4m /dev/null", "yuv-convert --json in.flv none.x",
        "yuv-convert --guess --json unknown.yuv",
        "yuv-convert --json --check song.wav /dev/null",
      ]),
  ]

  @Test(arguments: all) func everyFormMatches(_ forms: Forms) throws {
    let (bench, results) = (try DocumentBench(), try ScratchFolder())
    for (number, line) in forms.lines.enumerated() {
      let outcome = try bench.run(DocumentSample(script: "mediatool \(line)\n"))
      #expect(!outcome.stdout.isEmpty, "\(outcome)")
      let suffix = line.contains("--jsonl") ? "jsonl" : "json"
      try results.write(outcome.stdout, to: "\(number).\(suffix)")
    }
    try expectSchema(forms.schema, in: results)
  }

  /// No schema is left out here.
  @Test func everySchemaIsTried() throws {
    let folder = try ScratchFolder()
    _ = try Mediatool.run(["__generate", "schemas", folder.path])
    let schemas = try ProcessRunner.run("ls", [folder["schemas"]]).output.split(separator: "\n")
    #expect(Set(schemas.map { $0.dropLast(5) }) == Set(Self.all.map { $0.schema[...] }))
  }
}
