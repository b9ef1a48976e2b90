import Foundation
import TestSupport
import Testing

/// What reading every packet shows: `--count`, `--hash`, `--gop`, against ffprobe and ffmpeg.
@Suite(.peers("ffmpeg", "ffprobe")) struct ProbeWalkTests {
  // MARK: --hash

  @Test(arguments: ["md5", "sha256"]) func hashesAreStreamhashs(algorithm: String) throws {
    var compared = 0
    for recipe in Recipes.all {
      let path = try Clips.path(recipe)
      let document = try document("--hash", algorithm, path)
      let hashes = document.list("hashes")
      #expect(hashes.count == document.list("streams").count, "\(recipe)")
      // One run for all tracks: the muxer hashes each apart.
      let maps = hashes.indices.flatMap { ["-map", "0:\($0)"] }
      let theirs = try ProcessRunner.run(
        "ffmpeg",
        ["-v", "error", "-nostdin", "-i", path] + maps
          + ["-c", "copy", "-copyinkf", "-f", "streamhash", "-hash", algorithm, "-"])
      let lines = theirs.output.split(separator: "\n")
      #expect(lines.count == hashes.count, "\(recipe): \(theirs)")
      for (ours, line) in zip(hashes, lines) {
        #expect(ours["algorithm"]?.string == algorithm)
        let expected = line.split(separator: "=").last.map { $0.lowercased() }
        #expect(ours["hash"]?.string?.lowercased() == expected, "\(recipe): \(line)")
        compared += 1
      }
    }
    print("--hash \(algorithm): \(compared) tracks of \(Recipes.all.count) files equal streamhash")
  }

  // MARK: --count

  /// Sums over ffprobe's packets of one track; times in microseconds, so that sums are exact.
  private struct Sums {
    var packets = 0
    var bytes = 0
    var keyframes = 0
    var first: Int?
    var last: Int?
    /// Where sound ends when the padding behind it is not counted.
    var lastWithoutPadding: Int?
    /// Bytes at presentation times, for windows.
    var sizes: [(time: Int, bytes: Int)] = []

    /// Lengths in seconds that are right: containers differ in whether the last packet is cut, and
    /// in whether what lies before 0 is presented.
    var durations: [Double] {
      guard let first, let last, let lastWithoutPadding else { return [] }
      return [last - first, lastWithoutPadding - first, last - max(first, 0)]
        .map { Double($0) / 1e6 }
    }

    /// Bits of the fullest second that begins at a packet.
    var fullestSecond: Double {
      let sums = sizes.map { start in
        sizes.filter { $0.time >= start.time && $0.time < start.time + 1_000_000 }
          .reduce(0) { $0 + $1.bytes }
      }
      return Double(sums.max() ?? 0) * 8
    }

    mutating func add(_ packet: JSONText, sampleRate: Double) {
      func time(_ name: String) -> Int? {
        packet[name]?.string.flatMap { Double($0) }.map { Int(($0 * 1e6).rounded()) }
      }
      let size = packet["size"]?.string.flatMap { Int($0) } ?? 0
      packets += 1
      bytes += size
      if packet["flags"]?.string?.hasPrefix("K") == true { keyframes += 1 }
      guard let start = time("pts_time") ?? time("dts_time") else { return }
      sizes.append((start, size))
      // Priming and padding are in packets but are not presented.
      let skip = packet.list("side_data_list").first { $0["skip_samples"] != nil }
      func samples(_ name: String) -> Int {
        sampleRate > 0 ? Int((skip?[name]?.number ?? 0) / sampleRate * 1e6) : 0
      }
      let end = start + (time("duration_time") ?? 0)
      first = min(first ?? .max, start + samples("skip_samples"))
      last = max(last ?? end, end)
      lastWithoutPadding = max(lastWithoutPadding ?? .min, end - samples("discard_padding"))
    }
  }

  private func sums(_ path: String) throws -> [Int: Sums] {
    var sums: [Int: Sums] = [:]
    let list = try ffprobe("-show_packets", "-show_entries", "stream=sample_rate", path)
    for packet in list.list("packets") {
      guard let index = packet["stream_index"]?.integer else { continue }
      let rate = list["streams"]?[index]?["sample_rate"]?.string.flatMap { Double($0) } ?? 0
      sums[index, default: Sums()].add(packet, sampleRate: rate)
    }
    return sums
  }

  @Test func countsAreTheSumsOfFFprobesPackets() throws {
    for recipe in Recipes.all {
      let path = try Clips.path(recipe)
      let theirs = try sums(path)
      let document = try measuredDocument(of: recipe)
      for (index, stream) in document.list("streams").enumerated() {
        let label: Comment = "\(recipe) track \(index)"
        let sum = theirs[index] ?? Sums()
        guard let measured = stream["measured"], !measured.isNull else {
          #expect(sum.packets == 0, label)
          continue
        }
        #expect(measured["packets"]?.integer == sum.packets, label)
        #expect(measured["bytes"]?.integer == sum.bytes, label)
        #expect(measured["keyframes"]?.integer == sum.keyframes, label)
        #expect(stream["nb_read_packets"]?.integer == sum.packets, label)
        guard let longest = sum.durations.max(), longest > 0 else { continue }
        let details = "\(label.rawValue): \(measured), ffprobe \(sum.durations)"
        let duration = try #require(measured["duration"]?.number, "\(details)")
        #expect(sum.durations.contains { close(duration, $0, within: 2e-5) }, "\(details)")
        let mean = Double(sum.bytes * 8) / duration
        #expect(close(measured["bit_rate"]?.number, mean), "\(details)")
        // Over less than a second there is only the mean.
        let peak = try #require(measured["peak_bit_rate"]?.number, "\(details)")
        let most = duration < 1 ? mean : sum.fullestSecond
        #expect(peak <= most * 1.001, "\(details), fullest second \(most)")
        #expect(peak >= mean * 0.95, "\(details)")
      }
      let totals = document["totals"]
      #expect(
        totals?["packets"]?.integer == theirs.values.reduce(0) { $0 + $1.packets }, "\(recipe)")
      #expect(totals?["bytes"]?.integer == theirs.values.reduce(0) { $0 + $1.bytes }, "\(recipe)")
    }
  }

  @Test func aPeakIsFound() throws {
    // PCM in FLV (0x3e): 40 packets a second of 100 bytes each, of 1,000 in the second second.
    var flv = FLVBytes()
    for tick in 0..<120 {
      let count = (40..<80).contains(tick) ? 1000 : 100
      flv.append(type: 8, time: tick * 25, body: [0x3e] + [UInt8](repeating: 1, count: count))
    }
    let scratch = try ScratchFolder()
    let path = try scratch.write(flv.bytes, to: "peak.flv")
    let measured = try document("--count", path)["streams"]?[0]?["measured"]
    let theirs = try #require(try sums(path)[0])
    #expect(close(measured?["peak_bit_rate"]?.number, theirs.fullestSecond, within: 0.03))
    #expect(
      close(measured?["peak_time"]?.number, 1.0, within: 0.03), "\(String(describing: measured))")
  }

  // MARK: --gop

  /// Picture types in display order, as ffprobe's decoder tells them.
  private func pictures(_ path: String) throws -> [(type: String, isKey: Bool, time: Double?)] {
    try ffprobe(
      "-select_streams", "v:0", "-show_entries",
      "frame=key_frame,pict_type,best_effort_timestamp_time", path
    ).list("frames").map {
      (
        $0["pict_type"]?.string ?? "?", $0["key_frame"]?.integer == 1,
        $0["best_effort_timestamp_time"]?.string.flatMap { Double($0) }
      )
    }
  }

  @Test(arguments: [
    "mp4-faststart", "mp4-fragmented", "mov-prores", "mp4-open-gop", "mkv-hevc-subtitles",
    "flv-h264", "ts-interlaced", "ps-mpeg2", "avi-mpeg4", "mp4-hdr10", "mp4-variable-rate",
    "raw-h264",
    "raw-hevc",
  ])
  func keyframeIntervalsAreTheDecoders(name: String) throws {
    let path = try Clips.path(name)
    let gop = try #require(try document("--gop", path)["gop"]?[0])
    let theirs = try pictures(path)
    let keys = theirs.indices.filter { theirs[$0].isKey }
    #expect(gop["keyframes"]?.integer == keys.count, "\(gop)")
    #expect(gop["frames"]?.integer == theirs.count, "\(gop)")
    let gaps = zip(keys.dropFirst(), keys).map { Double($0 - $1) }
    if let longest = gaps.max(), let shortest = gaps.min() {
      #expect(close(gop["interval_max_frames"]?.number, longest), "\(gop)")
      #expect(close(gop["interval_min_frames"]?.number, shortest), "\(gop)")
      let mean = gaps.reduce(0, +) / Double(gaps.count)
      #expect(close(gop["interval_mean_frames"]?.number, mean, within: 1e-3), "\(gop)")
      let times = keys.compactMap { theirs[$0].time }
      let seconds = zip(times.dropFirst(), times).map { $0 - $1 }
      if times.count == keys.count, let most = seconds.max() {
        #expect(close(gop["interval_max"]?.number, most, within: 1e-3), "\(gop)")
      }
    }
    let runs = theirs.map(\.type).joined().split { $0 != "B" }.map(\.count)
    #expect((gop["longest_b_run"]?.integer ?? 0) == runs.max() ?? 0, "\(gop)")
  }

  @Test(arguments: ["mp4-fragmented", "mp4-open-gop", "ts-interlaced", "mkv-hevc-subtitles"])
  func patternsAreTheDecoders(name: String) throws {
    let path = try Clips.path(name)
    let gop = try #require(try document("--gop", path)["gop"]?[0])
    let ours = gop.list("patterns").compactMap(\.string).joined().filter { $0.isLetter }
    let theirs = try pictures(path).map(\.type).joined()
    #expect(!ours.isEmpty && theirs.hasPrefix(ours), "\(ours) / \(theirs)")
  }

  @Test func openAndClosedAreToldApart() throws {
    let open = try #require(try document("--gop", try Clips.path("mp4-open-gop"))["gop"]?[0])
    #expect(open["structure"]?.string != "closed" && (open["open"]?.integer ?? 0) > 0, "\(open)")
    let closed = try #require(try document("--gop", try Clips.path("mp4-fragmented"))["gop"]?[0])
    #expect(closed["structure"]?.string == "closed", "\(closed)")
  }

  // MARK: One walk, many reports

  @Test func reportsTogetherEqualReportsApart() throws {
    for name in ["mp4-fragmented", "mkv-languages", "ts-two-programs"] {
      let path = try Clips.path(name)
      let together = try document("--count", "--gop", "--hash", "sha256", "--check", path)
      #expect(together["gop"] == (try document("--gop", path)["gop"]))
      #expect(together["hashes"] == (try document("--hash", "sha256", path)["hashes"]))
      #expect(together["findings"] == (try document("--check", path)["findings"]))
      #expect(together["totals"] == (try document("--count", path)["totals"]))
    }
  }

  @Test func tracksNarrowTheWalk() throws {
    let path = try Clips.path("mkv-languages")
    let audio = try document("--hash", "md5", "--tracks", "a:1", path).list("hashes")
    let all = try document("--hash", "md5", path).list("hashes")
    #expect(audio.compactMap { $0["index"]?.integer } == [2] && audio.first == all[2])
  }

  // MARK: --plot

  @Test func thePlotIsWellFormedSVG() throws {
    let scratch = try ScratchFolder()
    for name in ["mp4-fragmented", "mkv-languages", "wav-24bit", "still-png", "subtitles"] {
      let path = scratch["\(name).svg"]
      let outcome = try probe("--plot", path, try Clips.path(name))
      try #require(outcome.ending == .exit(0), "\(outcome)")
      let text = String(decoding: try contents(of: path), as: UTF8.self)
      #expect(!text.contains(/\b(nan|inf)\b/.ignoresCase()), "\(name)")
      let check = try ProcessRunner.run(
        Peers.python,
        [
          "-c", "import sys, xml.etree.ElementTree as t; print(t.parse(sys.argv[1]).getroot().tag)",
          path,
        ])
      #expect(check.output == "{http://www.w3.org/2000/svg}svg\n", "\(check)")
    }
    #expect(try scratch.names.count == 5)
  }
}
