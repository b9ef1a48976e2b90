import Foundation
import MediaBitstream
import MediaBytes
import TestSupport
import Testing

// What FFmpeg makes of the same media. Clips are made in a folder that goes when the test ends.

private struct PeerFailure: Error, CustomStringConvertible {
  var description: String
}

/// Whether FFmpeg is there; `make test` requires it to be.
private let hasFFmpeg =
  ["/usr/bin", "/usr/local/bin"].contains {
    FileManager.default.isExecutableFile(atPath: "\($0)/ffmpeg")
  } || ProcessInfo.processInfo.environment["MEDIATOOL_REQUIRE_PEERS"] == "1"

/// A folder of clips.
private final class Workshop {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("mediatool-codecs-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    // What is left behind is in the system's folder for such files.
    try? FileManager.default.removeItem(at: folder)
  }

  /// Runs a program in the folder and gives its standard output.
  @discardableResult
  func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw PeerFailure(description: "\(program) \(arguments) ended \(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self)
  }

  func ffmpeg(_ arguments: [String]) throws {
    try run("ffmpeg", ["-v", "error", "-nostdin", "-y"] + arguments)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
  }

  /// Values of the first stream of the file.
  func stream(_ name: String, _ entries: String) throws -> [String: String] {
    let text = try run(
      "ffprobe", ["-v", "error", "-show_entries", "stream=\(entries)", "-of", "flat=s=_", name])
    var found: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].hasPrefix("streams_stream_0_") else { continue }
      found[String(parts[0].dropFirst(17))] = parts[1].filter { $0 != "\"" }
    }
    return found
  }

  /// The decoder configuration, from ffprobe's dump.
  func configuration(_ name: String) throws -> [UInt8] {
    let text = try run(
      "ffprobe", ["-v", "error", "-show_data", "-show_entries", "stream=extradata", name])
    var digits = ""
    for line in text.split(separator: "\n") where line.prefix(9).last == ":" {
      digits += line.dropFirst(10).prefix(39)
    }
    return hex(digits)
  }

  struct Packet {
    var pts: Int64
    var duration: Int64
    var isKey: Bool
    var data: [UInt8]
  }

  /// The packets of the file's only stream as its demuxer gives them.
  func packets(_ name: String) throws -> [Packet] {
    try ffmpeg(["-i", name, "-map", "0", "-c", "copy", "-f", "data", "packets.bin"])
    var rest = try bytes("packets.bin")[...]
    let text = try run(
      "ffprobe",
      [
        "-v", "error", "-show_entries", "packet=pts,duration,size,flags", "-of",
        "csv=p=0", name,
      ])
    return try text.split(separator: "\n").map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count >= 4, let size = Int(fields[2]), size <= rest.count else {
        throw PeerFailure(description: "packet \(line)")
      }
      defer { rest = rest.dropFirst(size) }
      return Packet(
        pts: Int64(fields[0]) ?? 0, duration: Int64(fields[1]) ?? 0,
        isKey: fields[3].hasPrefix("K"), data: [UInt8](rest.prefix(size)))
    }
  }
}

/// An FLV file of AAC: the configuration, then a tag for each unit.
private func audioFLV(_ config: [UInt8], _ units: [[UInt8]]) -> [UInt8] {
  var writer = ByteWriter()
  writer.append(hex("464c5601 04 00000009 00000000"))
  for (index, body) in ([[0xaf, 0] + config] + units.map { [0xaf, 1] + $0 }).enumerated() {
    writer.integer(8 as UInt8)
    writer.u24(UInt32(body.count))
    writer.u24(UInt32(23 * max(0, index - 1)))
    writer.append([0, 0, 0, 0])
    writer.append(body)
    writer.integer(UInt32(11 + body.count))
  }
  return writer.bytes
}

private func noise(_ layout: String, rate: Int = 48_000) -> [String] {
  [
    "-f", "lavfi", "-i", "anoisesrc=d=0.3:a=0.1:r=\(rate):seed=1", "-af",
    "aformat=channel_layouts=\(layout)", "-bitexact",
  ]
}

private func picture(_ encoder: [String]) -> [String] {
  ["-f", "lavfi", "-i", "testsrc2=s=176x144:r=25:d=1", "-bitexact", "-g", "10"] + encoder
}

@Suite(.enabled(if: hasFFmpeg, "needs ffmpeg"))
struct AudioPeerTests {
  /// ADTS of every channel configuration and of program config elements, byte for byte.
  @Test(arguments: [
    "mono", "stereo", "3.0", "4.0", "5.0", "5.1", "7.1", "2.1", "quad", "6.1", "7.1(wide)",
    "octagonal",
  ])
  func adts(_ layout: String) throws {
    let shop = try Workshop()
    try shop.ffmpeg(noise(layout, rate: 44_100) + ["-c:a", "aac", "-b:a", "96k", "a.mp4"])
    let config = try asc(try shop.configuration("a.mp4"))
    let wanted = try shop.stream("a.mp4", "profile,sample_rate,channels")
    #expect(config.profileName == wanted["profile"])
    #expect("\(config.outputSamplingFrequency)" == wanted["sample_rate"])
    #expect(config.channels.map { "\($0)" } == wanted["channels"])
    #expect(written { config.write(to: &$0) } == (try shop.configuration("a.mp4")))
    guard config.channelConfiguration < 8 else {  // 7.1 in FFmpeg 9.0
      #expect(throws: ADTSFramer.Failure.self) { _ = try ADTSFramer(config) }
      return
    }
    try shop.ffmpeg(["-i", "a.mp4", "-c", "copy", "-f", "adts", "a.aac"])
    var framer = try ADTSFramer(config)
    var writer = ByteWriter()
    for packet in try shop.packets("a.mp4") {
      try framer.write(packet.data.span.bytes, to: &writer)
    }
    #expect(writer.bytes == (try shop.bytes("a.aac")))
  }

  /// Configurations that FFmpeg's encoder does not make, in an FLV written by hand.
  @Test(arguments: [
    "1210", "0a08", "139056e5a0", "2b920800", "eb098800", "138856e5a54880", "11b8",
  ])
  func adtsOfConfiguration(_ wire: String) throws {
    let shop = try Workshop()
    let units = (0..<3).map { [0x21, UInt8($0), 3, 4, 5, 6] }
    try shop.write("c.flv", audioFLV(hex(wire), units))
    try shop.ffmpeg(["-f", "flv", "-i", "c.flv", "-c", "copy", "-f", "adts", "c.aac"])
    var framer = try ADTSFramer(try asc(hex(wire)))
    var writer = ByteWriter()
    for unit in units { try framer.write(unit.span.bytes, to: &writer) }
    #expect(writer.bytes == (try shop.bytes("c.aac")))
  }

  /// What FFmpeg refuses.
  @Test(arguments: ["1780678410", "1194", "119291a0", "119180", "ba0800", "f8e83000"])
  func noADTSOfConfiguration(_ wire: String) throws {
    let shop = try Workshop()
    try shop.write("c.flv", audioFLV(hex(wire), [[0x21, 0, 3, 4, 5, 6]]))
    #expect(throws: PeerFailure.self) {
      try shop.ffmpeg(["-f", "flv", "-i", "c.flv", "-c", "copy", "-f", "adts", "c.aac"])
    }
    let config = try asc(hex(wire))
    #expect(throws: ADTSFramer.Failure.self) { _ = try ADTSFramer(config) }
  }

  @Test(arguments: [44_100, 48_000, 22_050, 16_000, 11_025, 8000])
  func mp3(_ rate: Int) throws {
    let shop = try Workshop()
    let layout = rate % 3 == 0 ? "mono" : "stereo"
    try shop.ffmpeg(
      noise(layout, rate: rate) + ["-c:a", "libmp3lame", "-id3v2_version", "0", "a.mp3"])
    let bytes = try shop.bytes("a.mp3")
    var (at, frames) = (0, 0)
    while at < bytes.count {
      let frame = [UInt8](bytes[at...])
      let header = try mpegAudio(frame)
      if at == 0 {
        let tag = try #require(try infoTag(frame))
        #expect(tag.kind == .info && tag.byteCount == bytes.count && tag.encoder != nil)
        #expect((tag.delay ?? 0) > 0)
      }
      #expect(header.samplingFrequency == rate && header.channelLayout == layout)
      at += try #require(header.frameByteCount)
      frames += 1
    }
    #expect(at == bytes.count)
    #expect(try shop.packets("a.mp3").count == frames - 1)
    #expect(try infoTag(bytes)?.frameCount == frames - 1)
  }

  @Test(arguments: [
    ("ac3", "mono", 48_000), ("ac3", "stereo", 44_100), ("ac3", "5.1(side)", 32_000),
    ("ac3", "3.0(back)", 48_000), ("ac3", "quad(side)", 48_000), ("ac3", "4.0", 48_000),
    ("eac3", "mono", 44_100), ("eac3", "stereo", 48_000), ("eac3", "5.1(side)", 48_000),
  ])
  func ac3(_ codec: String, _ layout: String, _ rate: Int) throws {
    let shop = try Workshop()
    try shop.ffmpeg(noise(layout, rate: rate) + ["-c:a", codec, "a.\(codec)"])
    let bytes = try shop.bytes("a.\(codec)")
    var (at, frames) = (0, 0)
    while at < bytes.count {
      let frame = try syncframe([UInt8](bytes[at...].prefix(8)))
      #expect(frame.sampleRate == rate && frame.channelLayout == layout)
      #expect(frame.isEnhanced == (codec == "eac3") && frame.samplesPerFrame == 1536)
      at += frame.frameByteCount
      frames += 1
    }
    #expect(at == bytes.count)
    let wanted = try shop.stream("a.\(codec)", "channel_layout,channels")
    #expect(wanted["channel_layout"] == layout)
    #expect(try shop.packets("a.\(codec)").count == frames)
  }

  @Test(arguments: ["mono", "stereo", "5.1"]) func flac(_ layout: String) throws {
    let shop = try Workshop()
    try shop.ffmpeg(noise(layout) + ["-c:a", "flac", "a.flac"])
    let config = try flacConfiguration(try shop.bytes("a.flac"))
    #expect(config.streamInfo.channelLayout == layout && config.streamInfo.sampleRate == 48_000)
    #expect(config.blocks.map(\.name).contains("VORBIS_COMMENT"))
    #expect(try flacConfiguration(try shop.configuration("a.flac")).streamInfo == config.streamInfo)
    var samples = 0
    for packet in try shop.packets("a.flac") {
      let header = try flacFrame(packet.data)
      #expect(header.channels == config.streamInfo.channels)
      #expect(header.isVariableBlockSize == false)
      samples += header.blockSize
    }
    #expect(samples == Int(config.streamInfo.totalSamples))
  }

  @Test(arguments: [("2.5", "mono"), ("20", "stereo"), ("60", "stereo"), ("20", "5.1")])
  func opus(_ duration: String, _ layout: String) throws {
    let shop = try Workshop()
    try shop.ffmpeg(
      noise(layout) + ["-c:a", "libopus", "-frame_duration", duration, "a.mkv"])
    let wire = try shop.configuration("a.mkv")
    let head = try opusHead(wire)
    #expect(written { head.write(to: &$0) } == wire)
    #expect(head.channelLayout == layout && head.inputSampleRate == 48_000)
    for packet in try shop.packets("a.mkv") {
      #expect(Double(try opusPacket(packet.data).samples) == 48 * (Double(duration) ?? 0))
    }
  }
}

@Suite(.enabled(if: hasFFmpeg, "needs ffmpeg"))
struct VideoPeerTests {
  /// Encodes, copies into IVF with FFmpeg and with our writer, compares byte for byte.
  ///
  /// The length is FFmpeg's to choose by its version: frames or ticks.
  private func expectSameIVF(
    _ shop: Workshop, _ source: String, _ fourCC: IVFHeader.FourCC,
    _ convert: ([UInt8]) throws -> [UInt8]?
  ) throws {
    try shop.ffmpeg(["-i", source, "-c", "copy", "-f", "ivf", "peer.ivf"])
    let timebase = try shop.stream(source, "time_base")["time_base"]?.split(separator: "/")
    let wanted = try shop.bytes("peer.ivf")
    var length = IVFLength()
    var frames = ByteWriter()
    for packet in try shop.packets(source) {
      guard let data = try convert(packet.data) else { continue }
      IVFFrameHeader(size: UInt32(data.count), pts: packet.pts).write(to: &frames)
      frames.append(data)
      length.add(pts: packet.pts, duration: packet.duration)
    }
    var header = IVFHeader(
      fourCC: fourCC, width: 176, height: 144,
      timebaseNumerator: UInt32(timebase?.first ?? "") ?? 0,
      timebaseDenominator: UInt32(timebase?.last ?? "") ?? 0)
    header.length = try ivfHeader(wanted).length
    #expect([length.frames, length.ticks].contains(header.length))
    #expect(written { header.write(to: &$0) } == [UInt8](wanted[..<32]))
    #expect(frames.bytes == [UInt8](wanted[32...]))
  }

  @Test(arguments: ["mkv", "webm"]) func vp8(_ suffix: String) throws {
    let shop = try Workshop()
    let source = "v.\(suffix)"
    try shop.ffmpeg(picture(["-c:v", "libvpx", "-b:v", "200k", source]))
    for packet in try shop.packets(source) {
      let header = try read(packet.data) { r throws(ParseError) in try VP8FrameHeader(parsing: &r) }
        .value
      #expect(header.isKey == packet.isKey)
      if let key = header.keyFrame { #expect(key.width == 176 && key.height == 144) }
    }
    try expectSameIVF(shop, source, .vp8) { $0 }
  }

  @Test(arguments: [
    ("mkv", "yuv420p", 0, 8), ("mp4", "yuv420p", 0, 8), ("mkv", "yuv444p", 1, 8),
    ("mkv", "yuv420p10le", 2, 10), ("mkv", "gbrp12le", 3, 12),
  ])
  func vp9(_ suffix: String, _ format: String, _ profile: Int, _ depth: Int) throws {
    let shop = try Workshop()
    let source = "v.\(suffix)"
    try shop.ffmpeg(
      picture([
        "-pix_fmt", format, "-c:v", "libvpx-vp9", "-b:v", "200k", "-cpu-used", "5",
        "-lag-in-frames", "16", "-auto-alt-ref", "1", source,
      ]))
    var joiner = VP9SuperframeJoiner()
    for packet in try shop.packets(source) {
      let parts = try VP9Superframe(packet: packet.data.span.bytes).frames
      let first = try #require(parts.first)
      let header = try VP9FrameHeader(frame: packet.data.span.bytes.extracting(first))
      #expect(header.isKey == packet.isKey && Int(header.profile) == profile)
      guard header.isKey else { continue }
      #expect(header.size == .init(width: 176, height: 144))
      #expect(Int(header.color?.bitDepth ?? 0) == depth)
    }
    try expectSameIVF(shop, source, .vp9) { try joiner.add($0.span.bytes) }
  }

  /// Frames one by one out of their superframes, joined again by both.
  @Test func vp9HiddenFrames() throws {
    let shop = try Workshop()
    // Hidden frames come with two passes only.
    let encoder = ["-c:v", "libvpx-vp9", "-b:v", "100k", "-cpu-used", "5"]
    try shop.ffmpeg(picture(encoder + ["-pass", "1", "-f", "null", "-"]))
    try shop.ffmpeg(
      picture(encoder + ["-pass", "2", "-auto-alt-ref", "1", "-lag-in-frames", "16", "v.mkv"]))
    try shop.ffmpeg(["-i", "v.mkv", "-c", "copy", "-bsf:v", "vp9_superframe_split", "s.nut"])
    let whole = try shop.packets("v.mkv").map(\.data)
    let split = try whole.flatMap { data in
      try VP9Superframe(packet: data.span.bytes).frames.map { [UInt8](data[$0]) }
    }
    #expect(split.count > whole.count)
    #expect(try shop.packets("s.nut").map(\.data) == split)
    var joiner = VP9SuperframeJoiner()
    #expect(try split.compactMap { try joiner.add($0.span.bytes) } == whole)
  }

  @Test(arguments: [
    ("mkv", ["-c:v", "libaom-av1", "-cpu-used", "8", "-b:v", "200k"]),
    ("mp4", ["-c:v", "libaom-av1", "-cpu-used", "8", "-b:v", "200k", "-pix_fmt", "yuv420p10le"]),
    ("mp4", ["-c:v", "libsvtav1", "-preset", "12", "-b:v", "200k"]),
  ])
  func av1(_ suffix: String, _ encoder: [String]) throws {
    let shop = try Workshop()
    let source = "v.\(suffix)"
    try shop.ffmpeg(picture(encoder + [source]))
    let wire = try shop.configuration(source)
    let record = try av1C(wire)
    let header = try #require(record.sequenceHeader)
    #expect(written { record.write(to: &$0) } == wire)
    let wanted = try shop.stream(source, "profile,level,width,height")
    #expect(header.profileName == wanted["profile"] && "\(header.levelIndex)" == wanted["level"])
    #expect("\(header.maxFrameWidth)" == wanted["width"])
    #expect("\(header.maxFrameHeight)" == wanted["height"])
    let packets = try shop.packets(source)
    let first = try #require(packets.first).data
    let made = try AV1CodecConfigurationRecord(obus: first.span.bytes)
    #expect(made?.sequenceHeader == (try av1Unit(first).sequenceHeader))
    // SVT-AV1 1.4 writes other tools into its record than into its stream.
    if encoder.contains("libaom-av1") {
      #expect(try #require(made).configOBUs == record.configOBUs)
    }
    for packet in packets {
      let unit = try av1Unit(packet.data, sequence: header)
      #expect(unit.isKey == packet.isKey && !unit.hasTemporalDelimiter && !unit.isCut)
      #expect(
        try av1Unit([UInt8](packet.data.prefix(64)), sequence: header, allowsCut: true).isKey
          == packet.isKey)
      // One frame a packet is shown.
      #expect(unit.frames.filter(\.isShown).count == 1)
    }
    try expectSameIVF(shop, source, .av1) { data in
      try written { try AV1TemporalUnit.write(data.span.bytes, to: &$0) }
    }
  }
}
