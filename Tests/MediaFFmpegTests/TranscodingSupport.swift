import Foundation
import MediaFFmpeg
import MediaModel
import TestSupport
import Testing

/// What a transcoder made of an input.
struct Coded {
  var track: Track
  var frames: [Frame] = []
  var initialPadding = 0
  var leftover: (byteCount: Int, expected: Int)?

  /// Times of the keyframes.
  var keys: [Int64] { frames.filter(\.isKey).compactMap(\.pts) }
  /// In the order they are shown.
  var times: [Int64] { frames.compactMap(\.pts).sorted() }
  /// Where the last one ends.
  var end: Int64? {
    frames.compactMap { frame in frame.pts.map { $0 + (frame.duration ?? 0) } }.max()
  }

  /// Codes raw bytes that come in random pieces.
  init(_ transcoder: RawTranscoder, _ bytes: [UInt8], _ seeded: Seeded) throws {
    var seeded = seeded
    track = transcoder.track
    initialPadding = transcoder.transcoder.initialPadding
    var all: [Frame] = []
    try bytes.withUnsafeBytes { bytes in
      var position = 0
      while position < bytes.count {
        let most = min(bytes.count - position, 1 << Int.random(in: 0...18, using: &seeded))
        let piece = UnsafeRawBufferPointer(rebasing: bytes[position..<position + most])
        try transcoder.transcode(piece) { all.append($0) }
        position += most
      }
    }
    leftover = try transcoder.finish { all.append($0) }
    frames = all
  }

  /// Codes a track of a file, less the packets that `isLost` says.
  init(
    file: String, stream: Int, _ options: TranscoderOptions = .init(),
    isLost: (Packet) -> Bool = { _ in false }
  ) throws {
    let demuxer = try Demuxer(url: file)
    try demuxer.findStreamInfo()
    let transcoder = try Transcoder(demuxer, streamIndex: stream, trackIndex: 0, options: options)
    track = transcoder.track
    initialPadding = transcoder.initialPadding
    let packet = try Packet()
    var all: [Frame] = []
    while try demuxer.read(into: packet) {
      guard packet.streamIndex == stream, !isLost(packet) else { continue }
      try transcoder.transcode(packet) { all.append($0) }
    }
    try transcoder.finish { all.append($0) }
    frames = all
  }

  /// An MP4 of it in a folder.
  func file(in folder: ScratchFolder, _ name: String = "coded.mp4") throws -> String {
    var muxed = MuxerTrack(
      codec: track.codec.rawValue, ticksPerSecond: Int32(track.timescale.ticksPerSecond))
    muxed.configuration = track.configuration
    (muxed.width, muxed.height) = (track.width ?? 0, track.height ?? 0)
    (muxed.sampleRate, muxed.channels) = (track.sampleRate ?? 0, track.channels ?? 0)
    muxed.initialPadding = initialPadding
    if track.kind == .audio { muxed.samplesPerPacket = 1024 }
    var options = MuxerOptions()
    options.isSeekable = true
    var bytes: [UInt8] = []
    let muxer = try Muxer(format: "mp4", tracks: [muxed], options: options) { new, offset in
      let start = Int(offset)
      bytes += [UInt8](repeating: 0, count: max(0, start + new.count - bytes.count))
      bytes.replaceSubrange(start..<start + new.count, with: new)
    }
    for frame in frames {
      let pts = try #require(frame.pts)
      try frame.data.withUnsafeBytes {
        try muxer.write(
          $0, track: 0, pts: pts, dts: frame.dts, duration: frame.duration ?? 0, isKey: frame.isKey)
      }
    }
    try muxer.finish()
    return try folder.write(bytes, to: name)
  }

  /// What ffmpeg decodes it to.
  func decoded(_ arguments: String, in folder: ScratchFolder) throws -> [UInt8] {
    try ffmpeg("-i", try file(in: folder), arguments)
  }
}

/// The standard output of `ffmpeg`, which must not complain; words of `arguments` apart.
func ffmpeg(_ first: String, _ input: String, _ arguments: String) throws -> [UInt8] {
  let words = arguments.split(separator: " ").map(String.init)
  let made = try ProcessRunner.run(
    "ffmpeg", ["-v", "error", "-nostdin", first, input] + words + ["-"])
  try #require(made.exitCode == 0 && made.stderr.isEmpty, "\(made.errors.prefix(600))")
  return made.stdout
}

/// Raw pictures or samples that ffmpeg makes of a source of libavfilter.
func generate(_ source: String, _ arguments: String) throws -> [UInt8] {
  let words = arguments.split(separator: " ").map(String.init)
  let made = try ProcessRunner.run(
    "ffmpeg", ["-v", "error", "-nostdin", "-f", "lavfi", "-i", source] + words + ["-"])
  try #require(made.exitCode == 0, "\(made.errors.prefix(600))")
  return made.stdout
}

/// Peak signal to noise ratio in dB; infinite where both are equal.
func peakSignalToNoise(_ a: [UInt8], _ b: [UInt8]) -> Double {
  var sum = 0
  for index in 0..<min(a.count, b.count) {
    let difference = Int(a[index]) - Int(b[index])
    sum += difference * difference
  }
  return 10 * log10(255 * 255 * Double(min(a.count, b.count)) / Double(sum))
}

/// Signal to noise ratio in dB of two runs of little-endian 16-bit samples.
func signalToNoise(_ signal: [UInt8], _ other: [UInt8]) -> Double {
  func sample(_ bytes: [UInt8], _ index: Int) -> Double {
    Double(Int16(bitPattern: UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8))
  }
  var (power, noise) = (0.0, 0.0)
  for index in 0..<min(signal.count, other.count) / 2 {
    let wanted = sample(signal, index)
    let difference = wanted - sample(other, index)
    power += wanted * wanted
    noise += difference * difference
  }
  return 10 * log10(power / noise)
}
