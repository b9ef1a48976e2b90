import TestSupport
import Testing

/// NAL units and tracks against what FFmpeg decodes.
@Suite(.peers("ffmpeg", "ffprobe")) struct FLVDumpPictureTests {
  private static let picture = "-f lavfi -i testsrc2=s=160x120:r=25:d=2 "

  /// Slice types in the order of presentation.
  private func types(_ tags: [JSONText]) -> [String] {
    tags.filter { $0["kind"]?.string == "coded_frames" }
      .sorted { ($0["pts"]?.integer ?? 0) < ($1["pts"]?.integer ?? 0) }
      .map { $0.list("nal_units").compactMap { $0["slice_type"]?.string }.first ?? "?" }
  }

  private func peerTypes(_ path: String) throws -> [String] {
    try ffprobe("-show_frames", "-show_entries", "frame=pict_type", path).list("frames")
      .map { $0["pict_type"]?.string ?? "?" }
  }

  @Test(arguments: [
    ("h264", "avc1", "-c:v libx264 -preset medium -bf 3 -g 12 -threads 1"),
    (
      "hevc", "hvc1",
      "-c:v libx265 -preset fast -x265-params log-level=none:pools=1:keyint=12:bframes=3"
    ),
    ("slices", "hvc1", "-c:v libx265 -preset fast -x265-params log-level=none:pools=1:slices=2"),
  ])
  func sliceTypesAreThoseOfTheDecoder(_ name: String, _ fourCC: String, _ encoder: String) throws {
    let folder = try ScratchFolder()
    let source = folder["in.mp4"]
    try EnhancedFLV.ffmpeg(Self.picture + encoder + " OUT", ["OUT": source])
    let flv = try EnhancedFLV.make(of: source, fourCC)
    let path = try folder.write(flv.bytes, to: "in.flv")
    let tags = try EnhancedFLV.tags("--nal", path)
    #expect(types(tags) == (try peerTypes(source)))
    #expect(Set(types(tags)).count == 3, "I, P and B")
    #expect(tags.allSatisfy { $0.frameFindings.isEmpty })
  }

  @Test(arguments: [
    ("hvc1", "mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=1"),
    ("av01", "webm", "-c:v libaom-av1 -cpu-used 8 -usage realtime -b:v 100k"),
  ])
  func tracksAreWhatFFprobeSays(_ fourCC: String, _ suffix: String, _ encoder: String) throws {
    let folder = try ScratchFolder()
    let source = folder["in.\(suffix)"]
    try EnhancedFLV.ffmpeg(Self.picture + encoder + " OUT", ["OUT": source])
    let flv = try EnhancedFLV.make(of: source, fourCC)
    let outcome = try Mediatool.run(
      ["flv-dump", "--json", "--summary", "-"], input: .pipe(flv.bytes))
    let ours = try #require(try JSONText(outcome.stdout).list("streams").first)
    let theirs = try #require(try ffprobe("-show_streams", source).list("streams").first)
    for field in ["codec_name", "profile", "width", "height"] {
      #expect(ours[field] == theirs[field], "\(field)")
    }
  }
}
