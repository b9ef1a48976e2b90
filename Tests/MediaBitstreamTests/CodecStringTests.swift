import MediaBitstream
import Testing
import TestSupport

struct CodecVector: Sendable, CustomTestStringConvertible {
  let wanted: String?
  let description: CodecDescription

  init(
    _ wanted: String?, _ codec: String, _ configuration: [UInt8] = [],
    _ change: (inout CodecDescription) -> Void = { _ in }
  ) {
    self.wanted = wanted
    var description = CodecDescription(codec: codec)
    description.configuration = configuration
    change(&description)
    self.description = description
  }

  var testDescription: String { "\(description.codec) \(wanted ?? "none")" }
}

private func hvcC(_ head: String) -> [UInt8] {
  hex("01" + head + "f000fcfdf8f800000f00")
}

/// Where FFmpeg 5.1's DASH muxer knows the form it gives the same, but for the case of letters.
private let video: [CodecVector] = [
  CodecVector("avc1.64000A", "h264", Sample.avcC),
  CodecVector("avc3.64000A", "h264", Sample.avcC) { $0.sampleEntry = "avc3" },
  CodecVector("avc1.64000A", "h264", Sample.h264AnnexB) { $0.sampleEntry = "[27]" },
  CodecVector("avc1.42C00A", "h264", hex("0142c00affe100")) {
    ($0.profile, $0.level) = (66 | 0x200, 10)  // a cut record, so the numbers: set 1 is known
  }.with("avc1.42400A"),
  CodecVector("avc1.64001F", "h264") { ($0.profile, $0.level) = (100, 31) },
  CodecVector("avc1.6E1028", "h264") { ($0.profile, $0.level) = (110 | 0x800, 40) },
  CodecVector(nil, "h264") { ($0.profile, $0.level) = (-99, -99) },
  CodecVector(nil, "h264"),
  CodecVector("dva1.09.05", "h264", Sample.avcC) {
    ($0.sampleEntry, $0.dolbyVision) = ("dva1", .init(profile: 9, level: 5))
  },
  CodecVector("hvc1.1.6.L30.90", "hevc", Sample.hvcC),
  CodecVector("hev1.1.6.L30.90", "hevc", Sample.hvcC) { $0.sampleEntry = "hev1" },
  CodecVector("hvc1.1.6.L30.90", "hevc", Sample.h265AnnexB) { $0.sampleEntry = "HEVC" },
  CodecVector("hvc1.1.6.L93.B0", "hevc", hvcC("01 60000000 b00000000000 5d")),
  CodecVector("hvc1.2.4.H150.B0", "hevc", hvcC("22 20000000 b00000000000 96")),
  CodecVector("hvc1.A1.80.L120.90.0.0.0.0.1", "hevc", hvcC("41 01000000 900000000001 78")),
  CodecVector("hvc1.4.10.L30.9E.8", "hevc", hvcC("04 08000000 9e0800000000 1e")),
  CodecVector("hvc1.1.6.L93", "hevc", hvcC("01 60000000 000000000000 5d")),
  CodecVector(nil, "hevc") { ($0.profile, $0.level) = (1, 93) },
  CodecVector("dvh1.05.06", "hevc", Sample.hvcC) {
    ($0.sampleEntry, $0.dolbyVision) = ("dvh1", .init(profile: 5, level: 6))
  },
  CodecVector("dvhe.08.10", "hevc", Sample.hvcC) {
    ($0.sampleEntry, $0.dolbyVision) = ("dvhe", .init(profile: 8, level: 10))
  },
  CodecVector("hvc1.1.6.L30.90", "hevc", Sample.hvcC) {
    ($0.sampleEntry, $0.dolbyVision) = ("hvc1", .init(profile: 8, level: 10))
  },
  CodecVector("av01.0.00M.08", "av1", Sample.av1C),
  CodecVector("av01.0.00M.08", "av1", [UInt8](Sample.av1C[4...])),
  CodecVector("av01.0.04M.08", "av1", hex("81040c00")),
  CodecVector("av01.0.13H.10", "av1", hex("810dcc00")),
  CodecVector("av01.0.00M.10.0.110.09.16.09.0", "av1", Sample.av1CMain10HDR),
  CodecVector("av01.1.00M.08.0.000.02.02.02.0", "av1", Sample.av1CHigh444),
  CodecVector("av01.0.00M.08.1.110.02.02.02.1", "av1", Sample.av1CGray),
  CodecVector("av01.0.05M.10", "av1") { ($0.profile, $0.level, $0.bitDepth) = (0, 5, 10) },
  CodecVector(nil, "av1") { ($0.profile, $0.level, $0.bitDepth) = (0, 9, 10) },
  CodecVector("vp8", "vp8"),
  CodecVector("vp09.00.10.08", "vp9", hex("01000000 00 0a 82 02 02 02 0000")),
  CodecVector("vp09.02.31.10", "vp9", hex("02 1f a2 02 02 02 0000")),
  CodecVector("vp09.00.31.08", "vp9") { ($0.profile, $0.level) = (0, 31) },
  CodecVector("vp09.00.10.08", "vp9") {
    ($0.profile, $0.level, $0.width, $0.height, $0.frameRate) = (0, -99, 128, 72, 25)
  },
  CodecVector("vp09.02.41.10", "vp9") {
    ($0.profile, $0.bitDepth, $0.width, $0.height, $0.frameRate) = (2, 10, 1920, 1080, 60)
  },
  CodecVector("vp9", "vp9") { $0.profile = 0 },
  CodecVector(nil, "vp9") { $0.profile = 2 },
  CodecVector("mp4v.20.1", "mpeg4", hex("000001b001 000001b58913")),
  CodecVector("mp4v.20.245", "mpeg4") { ($0.profile, $0.level) = (15, 5) },
  CodecVector(nil, "mpeg4", hex("000001b0")),
  CodecVector(nil, "rawvideo"),
]

private let audio: [CodecVector] = [
  CodecVector("mp4a.40.2", "aac", hex("118856e500")),
  CodecVector("mp4a.40.5", "aac", hex("2b920800")),
  CodecVector("mp4a.40.29", "aac", hex("eb098800")),
  CodecVector("mp4a.40.2", "aac") { $0.profile = 1 },
  CodecVector("mp4a.40.5", "aac") { $0.profile = 4 },
  CodecVector("mp4a.67", "aac") { $0.profile = 128 },
  CodecVector(nil, "aac") { $0.profile = -99 },
  CodecVector("mp4a.40.34", "mp3", hex("f84640")),
  CodecVector("mp4a.6B", "mp3") { $0.sampleRate = 44_100 },
  CodecVector("mp4a.6B", "mp3"),
  CodecVector("mp4a.69", "mp3") { $0.sampleRate = 22_050 },
  CodecVector("opus", "opus"), CodecVector("flac", "flac"), CodecVector("ac-3", "ac3"),
  CodecVector("ec-3", "eac3"), CodecVector("vorbis", "vorbis"), CodecVector("alac", "alac"),
  CodecVector(nil, "pcm_s16le"), CodecVector(nil, ""),
]

extension CodecVector {
  fileprivate func with(_ wanted: String?) -> CodecVector {
    CodecVector(wanted, description.codec) { $0 = description }
  }
}

@Suite struct CodecStringTests {
  @Test(arguments: video + audio) func names(_ vector: CodecVector) {
    #expect(vector.description.codecString == vector.wanted)
  }

  /// Whatever the configuration holds, there is an answer, and it has no empty part.
  @Test func survivesDamagedConfigurations() {
    var random = Seeded.of("damaged configurations")
    for vector in video + audio where !vector.description.configuration.isEmpty {
      for _ in 0..<200 {
        var description = vector.description
        let length = Int.random(in: 0...description.configuration.count, using: &random)
        description.configuration.removeSubrange(length...)
        for _ in 0..<min(3, length) {
          let index = Int.random(in: 0..<length, using: &random)
          description.configuration[index] = UInt8.random(in: 0...255, using: &random)
        }
        guard let text = description.codecString else { continue }
        #expect(text.utf8.allSatisfy { (0x2d...0x7a).contains($0) }, "\(text)")
        #expect(!text.split(separator: ".", omittingEmptySubsequences: false).contains(""))
      }
    }
  }
}
