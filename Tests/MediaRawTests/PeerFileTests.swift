import Foundation
import MediaRaw
import TestSupport
import Testing

/// A container and coding that FFmpeg writes.
private struct Kind: Sendable, CustomStringConvertible {
  var suffix: String
  /// FFmpeg's name of the coding.
  var codec: String
  var format: SampleFormat
  var container: PCMContainer
  var options: [String] = []
  var mostChannels = 64
  var description: String { "\(container.rawValue) \(codec)" }
}

private let kinds: [Kind] =
  [
    ("pcm_u8", .u8), ("pcm_s16le", .s16le), ("pcm_s24le", .s24le), ("pcm_s32le", .s32le),
    ("pcm_f32le", .f32le), ("pcm_f64le", .f64le), ("pcm_alaw", .alaw), ("pcm_mulaw", .mulaw),
  ].flatMap { (codec: String, format: SampleFormat) in
    [
      Kind(suffix: "wav", codec: codec, format: format, container: .wav),
      Kind(
        suffix: "wav", codec: codec, format: format, container: .rf64, options: ["-rf64", "always"]),
      Kind(suffix: "w64", codec: codec, format: format, container: .w64),
    ]
  }
  + [
    ("pcm_s8", .s8), ("pcm_s16be", .s16be), ("pcm_s24be", .s24be), ("pcm_s32be", .s32be),
  ].map { (codec: String, format: SampleFormat) in
    Kind(suffix: "aiff", codec: codec, format: format, container: .aiff)
  }
  + [
    ("pcm_s16le", .s16le), ("pcm_f32be", .f32be), ("pcm_f64be", .f64be), ("pcm_alaw", .alaw),
    ("pcm_mulaw", .mulaw),
  ].map { (codec: String, format: SampleFormat) in
    Kind(suffix: "aiff", codec: codec, format: format, container: .aifc)
  }
  + [
    ("pcm_s8", .s8), ("pcm_s16be", .s16be), ("pcm_s24be", .s24be), ("pcm_s32be", .s32be),
    ("pcm_f32be", .f32be), ("pcm_f64be", .f64be), ("pcm_alaw", .alaw), ("pcm_mulaw", .mulaw),
  ].map { (codec: String, format: SampleFormat) in
    Kind(suffix: "au", codec: codec, format: format, container: .au)
  }

/// Noise of 64 channels, half again full scale, as 64-bit floats.
private func noise(frames: Int, channels: Int) -> [UInt8] {
  var random = Seeded.of("noise for peers")
  return (0..<frames * channels).flatMap { _ in
    le(Int(truncatingIfNeeded: Double.random(in: -1.5...1.5, using: &random).bitPattern), 8)
  }
}

/// The planes of interleaved 64-bit floats.
private func planes(_ bytes: [UInt8], channels: Int) -> [[Double]] {
  let values = stride(from: 0, to: bytes.count - 7, by: 8).map { start in
    Double(
      bitPattern: bytes[start..<start + 8].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
  }
  return (0..<channels).map { channel in
    stride(from: channel, to: values.count, by: channels).map { values[$0] }
  }
}

private func ffmpeg(_ arguments: [String], input: StandardInput = .empty) throws -> Outcome {
  let outcome = try ProcessRunner.run(
    "ffmpeg", ["-nostdin", "-v", "error", "-y"] + arguments, input: input)
  #expect(outcome.exitCode == 0, "\(outcome)")
  return outcome
}

/// The sound of files as FFmpeg decodes it, by one process for all of them.
private func decodeByFFmpeg(_ paths: [String], channels: Int) throws -> [[[Double]]] {
  let inputs = paths.flatMap { ["-i", $0] }
  let outputs = paths.indices.flatMap { ["-map", "\($0)", "-f", "f64le", paths[$0] + ".f64"] }
  _ = try ffmpeg(inputs + outputs)
  return try paths.map { planes(try contents(of: $0 + ".f64"), channels: channels) }
}

/// The file's sound is what FFmpeg makes of it.
private func compare(
  _ path: String, _ theirs: [[Double]], channels: Int, _ what: String
) throws -> ReadFile {
  let bytes = try contents(of: path)
  let file = read(bytes)
  let format = try #require(file.format, "\(what): \(String(describing: file.error))")
  let range = try #require(file.samples)
  #expect(format.channelCount == channels, "\(what)")
  let ours = decode(Array(bytes[range]), format)
  var expected = theirs
  // FFmpeg counts the padding of its own RF64 and W64 as sound.
  if let frames = file.frames, file.container == .rf64 || file.container == .w64 {
    #expect(((expected.first?.count ?? 0) - frames) * format.blockAlign < 8)
    expected = expected.map { Array($0.prefix(frames)) }
  }
  #expect(ours == expected, "\(what)")
  #expect(file.declaredFrames == file.frames.map(Int64.init), "\(what)")
  return file
}

@Suite("PCM files of FFmpeg", .peers("ffmpeg"))
struct FFmpegFileTests {
  @Test(
    "Every container, width and order is decoded as FFmpeg decodes it",
    arguments: [1, 2, 3, 6, 8, 64])
  func decodesLikeFFmpeg(channels: Int) throws {
    let folder = try ScratchFolder()
    let source = try folder.write(noise(frames: 101, channels: channels), to: "in.f64")
    let made = kinds.filter { channels <= $0.mostChannels }
    let paths = made.indices.map { folder["\($0).\(made[$0].suffix)"] }
    let outputs = zip(made, paths).flatMap { ["-c:a", $0.codec] + $0.options + [$1] }
    _ = try ffmpeg(
      ["-f", "f64le", "-ar", "44100", "-ac", "\(channels)", "-i", source] + outputs)
    let theirs = try decodeByFFmpeg(paths, channels: channels)
    for (index, kind) in made.enumerated() {
      let what = "\(kind) \(channels)"
      let file = try compare(paths[index], theirs[index], channels: channels, what)
      #expect(file.container == kind.container, "\(what)")
      #expect(file.format?.sampleFormat == kind.format, "\(what)")
      #expect(file.format?.sampleRate == 44_100, "\(what)")
      // Without a chunk fact nothing tells the padding of W64 from sound.
      let extra = ((file.frames ?? 0) - 101) * (file.format?.blockAlign ?? 1)
      #expect(kind.container == .w64 ? (0..<8).contains(extra) : extra == 0, "\(what)")
      #expect(file.findings.isEmpty, "\(what): \(file.findings)")
    }
  }

  @Test("A file written to a pipe reaches to its end", arguments: ["wav", "w64", "au", "aiff"])
  func pipes(_ muxer: String) throws {
    let source = noise(frames: 500, channels: 2)
    let bytes = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "error", "-f", "f64le", "-ar", "8000", "-ac", "2", "-i", "-", "-f", muxer, "-"],
      input: .pipe(source)
    ).stdout
    let file = read(bytes, isStream: true)
    #expect(file.frames == 500, "\(String(describing: file.error)) \(file.findings)")
    #expect(file.codes == ["W50001"])
  }

  @Test("Layouts of FFmpeg are loudspeakers of a WAV file")
  func layouts() throws {
    let folder = try ScratchFolder()
    for (layout, names) in [
      ("5.1", "FL FR FC LFE BL BR"), ("5.1(side)", "FL FR FC LFE SL SR"),
      ("7.1", "FL FR FC LFE BL BR SL SR"), ("quad", "FL FR BL BR"), ("3.0", "FL FR FC"),
    ] {
      let path = folder["layout.wav"]
      _ = try ffmpeg(["-f", "lavfi", "-i", "anullsrc=cl=\(layout)", "-t", "0.01", path])
      let positions = read(try contents(of: path)).format?.positions?.map(\.name)
      #expect(positions?.joined(separator: " ") == names)
    }
  }

  @Test("Tags of FFmpeg are read under its names", arguments: ["wav", "aiff"])
  func tags(_ suffix: String) throws {
    let folder = try ScratchFolder()
    let path = folder["tags.\(suffix)"]
    _ = try ffmpeg([
      "-f", "lavfi", "-i", "anullsrc", "-t", "0.01", "-metadata", "title=Ein Lied",
      "-metadata", "comment=odd", "-metadata", "copyright=none", path,
    ])
    let tags = read(try contents(of: path)).metadata.tags
    #expect(tags["title"] == "Ein Lied" && tags["comment"] == "odd" && tags["copyright"] == "none")
  }
}

@Suite("PCM files of SoX", .peers("sox", "ffmpeg"))
struct SoXFileTests {
  private static let kinds = [
    "wav -b 8 -e unsigned", "wav -b 16", "wav -b 24", "wav -b 32", "wav -b 32 -e float",
    "wav -b 64 -e float", "wav -e a-law", "wav -e mu-law", "w64 -b 16", "w64 -b 24",
    "aiff -b 8", "aiff -b 16", "aiff -b 24", "aiff -b 32", "aifc -b 16", "aifc -b 24", "au -b 8",
    "au -b 16", "au -b 24", "au -b 32", "au -e float -b 32", "au -e float -b 64", "au -e a-law",
    "au -e mu-law",
  ]

  @Test("Files of SoX are decoded as FFmpeg decodes them", arguments: [1, 6])
  func decodesLikeFFmpeg(channels: Int) throws {
    let folder = try ScratchFolder()
    let paths = try Self.kinds.enumerated().map { index, kind in
      let words = kind.split(separator: " ").map(String.init)
      let path = folder["\(index).\(words[0])"]
      let made = try ProcessRunner.run(
        "sox",
        ["-R", "-n", "-r", "48000", "-c", "\(channels)"] + words.dropFirst()
          + [path, "synth", "0.011", "whitenoise"])
      #expect(made.exitCode == 0, "\(made)")
      return path
    }
    let theirs = try decodeByFFmpeg(paths, channels: channels)
    for (index, kind) in Self.kinds.enumerated() {
      let file = try compare(
        paths[index], theirs[index], channels: channels, "\(kind) \(channels)")
      #expect(file.frames == 528, "\(kind)")
      #expect(file.findings.isEmpty, "\(kind): \(file.findings)")
    }
  }

  // Its W64 in a pipe has the header once more among the samples, and again at the end.
  @Test("A file of SoX in a pipe reaches to its end", arguments: ["wav", "aiff", "au"])
  func pipes(_ kind: String) throws {
    let made = try ProcessRunner.run(
      "/bin/sh", ["-c", "sox -R -n -r 8000 -c 2 -b 16 -t \(kind) - synth 0.1 sine 440 | cat"])
    let file = read(made.stdout, isStream: true)
    #expect(file.frames == 800, "\(String(describing: file.error)) \(file.findings)")
    #expect(file.codes == ["W50001"])
    #expect(read(made.stdout) == file)
  }
}
