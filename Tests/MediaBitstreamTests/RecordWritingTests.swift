import Foundation
import MediaBitstream
import MediaBytes
import Testing
import TestSupport

private func avc(_ bytes: [UInt8]) throws -> AVCDecoderConfigurationRecord {
  var reader = ByteReader(bytes.span)
  return try AVCDecoderConfigurationRecord(parsing: &reader)
}

private func hevc(_ bytes: [UInt8]) throws -> HEVCDecoderConfigurationRecord {
  var reader = ByteReader(bytes.span)
  return try HEVCDecoderConfigurationRecord(parsing: &reader)
}

private func vvc(_ bytes: [UInt8]) throws -> VvcDecoderConfigurationRecord {
  var reader = ByteReader(bytes.span)
  return try VvcDecoderConfigurationRecord(parsing: &reader)
}

extension Sample {
  /// A record that FFmpeg 9 wrote for libvvenc: 160x120, 10 bits, Main 10 at level 1.
  static let vvcC = hex(
    """
    ff 0065 5f 01 02 10 80 00 00 00a0 0078 0000 02
    8f 0001 0094
    007900ab0210800000805081e46a00737ffac21365630408270032831610860c442064883521e8f56a4bc926a4b24
    45a88bc449a88914911264889351964842d4217842f56a4bc97a865062c4031620204204040a8408081a4204040b10
    20204410102c820204840419020442040b2102048810682049041c20c81168412421c43425c8e54330467140000030
    004000003006462
    90 0001 000b 008100002840f22241f410
    """)
}

@Suite struct AVCRecordWritingTests {
  @Test func survivesARoundTrip() throws {
    let record = try avc(Sample.avcC)
    #expect(
      record.highProfile == .init(chromaFormatIDC: 1, bitDepthLuma: 8, bitDepthChroma: 8))
    #expect(written(record.write) == Sample.avcC)
    // Without the extension, as older writers leave it, and with a set in it.
    let bare = [UInt8](Sample.avcC.dropLast(4))
    #expect(try avc(bare).highProfile == nil)
    #expect(written(try avc(bare).write) == bare)
    for rest in ["fd", "fdf8", "fdf8f8"] { #expect(try avc(bare + hex(rest)).highProfile == nil) }
    let full = bare + hex("fefaf9 01 0003 6d8001")
    #expect(
      try avc(full).highProfile
        == .init(
          chromaFormatIDC: 2, bitDepthLuma: 10, bitDepthChroma: 9,
          sequenceParameterSetExtensions: [hex("6d8001")]))
    #expect(written(try avc(full).write) == full)
    #expect(throws: ParseError.self) { _ = try avc([UInt8](full.dropLast())) }
  }

  @Test func baselineHasNoExtension() throws {
    let bytes = hex("01 42c01e ff e1 0004 6742c01e 01 0002 68ce deadbeef")
    var reader = ByteReader(bytes.span)
    let record = try AVCDecoderConfigurationRecord(parsing: &reader)
    #expect(record.highProfile == nil && reader.remaining == 4, "bytes after it stay unread")
  }

  @Test func isBuiltOfParameterSets() throws {
    let wanted = try avc(Sample.avcC)
    let built = AVCDecoderConfigurationRecord(
      sequenceParameterSets: wanted.sequenceParameterSets,
      pictureParameterSets: wanted.pictureParameterSets)
    #expect(built == wanted)
    let (sps, pps) = (wanted.sequenceParameterSets[0], wanted.pictureParameterSets[0])
    let refused: [([[UInt8]], [[UInt8]])] = [
      ([], [pps]), ([pps], [pps]), ([sps], [sps]), ([sps], [[]]),
      ([[UInt8](sps.prefix(6))], [pps]), ([[UInt8]](repeating: sps, count: 32), [pps]),
      ([sps], [[UInt8]](repeating: pps, count: 256)),
      ([sps], [pps + [UInt8](repeating: 1, count: 65_536)]),
    ]
    for (first, second) in refused {
      #expect(
        AVCDecoderConfigurationRecord(sequenceParameterSets: first, pictureParameterSets: second)
          == nil)
    }
  }
}

@Suite struct HEVCRecordWritingTests {
  @Test func survivesARoundTrip() throws {
    #expect(written(try hevc(Sample.hvcC).write) == Sample.hvcC)
    // Every field with a value of its own.
    let full = hex(
      "01 62 24000000 b00000000001 99 fabc fe fe fa f9 1234 9f 02 a0 0001 0003 4001aa 27 0000"
    )
    let record = try hevc(full)
    #expect(record.profileTierLevel.profileSpace == 1 && record.profileTierLevel.isHighTier)
    #expect(record.minSpatialSegmentationIDC == 0xabc && record.parallelismType == 2)
    #expect(record.chromaFormat == 2 && record.bitDepthLuma == 10 && record.bitDepthChroma == 9)
    #expect(record.averageFrameRate == 0x1234 && record.constantFrameRate == 2)
    #expect(record.temporalLayerCount == 3 && record.isTemporalIDNested)
    #expect(record.arrays.map(\.isComplete) == [true, false])
    #expect(record.arrays.map(\.type) == [.vps, .prefixSEI])
    #expect(record.units(.vps) == [hex("4001aa")] && record.units(.pps).isEmpty)
    #expect(written(record.write) == full)
  }

  @Test func isBuiltOfParameterSets() throws {
    let wanted = try hevc(Sample.hvcC)
    let (vps, sps, pps) = (wanted.units(.vps), wanted.units(.sps), wanted.units(.pps))
    func build(_ vps: [[UInt8]], _ sps: [[UInt8]], _ pps: [[UInt8]]) -> [UInt8]? {
      HEVCDecoderConfigurationRecord(
        videoParameterSets: vps, sequenceParameterSets: sps, pictureParameterSets: pps,
        isComplete: false
      ).map { written($0.write) }
    }
    #expect(build(vps, sps, pps) == Sample.hvcC)
    let spsAlone = build([], sps, [])
    #expect(spsAlone?.count == 69, "23 bytes, then one array of one unit of 41")
    #expect(build(vps, [], pps) == nil)
    #expect(build(sps, sps, pps) == nil)
    #expect(build(vps, [[UInt8](sps[0].prefix(20))], pps) == nil)
    #expect(build(vps, sps, [[0x44]]) == nil)
  }
}

@Suite struct VVCRecordTests {
  @Test func readsWhatFFmpegWrites() throws {
    let record = try vvc(Sample.vvcC)
    #expect(record.lengthSize == .four)
    let stream = try #require(record.stream)
    #expect(stream.outputLayerSetIndex == 0 && stream.subLayerCount == 6)
    #expect(stream.constantFrameRate == 1 && stream.chromaFormatIDC == 1 && stream.bitDepth == 10)
    #expect(stream.profileTierLevel.profileIDC == 1 && !stream.profileTierLevel.isHighTier)
    #expect(stream.profileTierLevel.levelIDC == 16)
    #expect(stream.profileTierLevel.constraintInfo == [0x80])
    #expect(stream.profileTierLevel.subLayerLevels == [nil, nil, nil, nil, nil])
    #expect((stream.maxPictureWidth, stream.maxPictureHeight) == (160, 120))
    #expect(record.arrays.map(\.type) == [.sps, .pps])
    #expect(record.arrays.map(\.isComplete) == [true, true])
    #expect(record.arrays.map { $0.units.map(\.count) } == [[148], [11]])
    #expect(written(record.write) == Sample.vvcC)
  }

  /// By hand of 11.2.4.2: three sub-layers, two sub-profiles, DCI without a count.
  private let full = hex(
    """
    fb f8ba bf 02 0d 33 c5aa c0 30 20 02 00000001 80000000
    1e00 10e0 1900 03 8d 0003 006901 8e 0001 0002 0071 17 0000
    """)

  @Test func readsEveryForm() throws {
    let record = try vvc(full)
    #expect(record.lengthSize == .two)
    let stream = try #require(record.stream)
    #expect(stream.outputLayerSetIndex == 0x1f1 && stream.subLayerCount == 3)
    #expect(stream.constantFrameRate == 2 && stream.chromaFormatIDC == 2 && stream.bitDepth == 13)
    let general = stream.profileTierLevel
    #expect(general.profileIDC == 6 && general.isHighTier && general.levelIDC == 0x33)
    #expect(general.constraintInfo == hex("c5aa"))
    #expect(general.subLayerLevels == [0x30, 0x20])
    #expect(general.subProfiles == [1, 0x8000_0000])
    #expect((stream.maxPictureWidth, stream.maxPictureHeight) == (7680, 4320))
    #expect(stream.averageFrameRate == 6400)
    #expect(record.arrays.map(\.type) == [.dci, .vps, .prefixSEI])
    #expect(record.arrays.map(\.units) == [[hex("006901")], [hex("0071")], []])
    #expect(written(record.write) == full)
  }

  @Test func survivesARoundTrip() throws {
    var random = Seeded.of("vvcC round trip")
    for _ in 0..<300 {
      let count = UInt8.random(in: 0...7, using: &random)
      let general = VvcDecoderConfigurationRecord.ProfileTierLevel(
        sampleWith: &random, levels: max(0, Int(count) - 1))
      var stream = try #require(try vvc(Sample.vvcC).stream)
      stream.outputLayerSetIndex = UInt16.random(in: 0..<512, using: &random)
      stream.subLayerCount = count
      stream.bitDepth = UInt8.random(in: 8...15, using: &random)
      stream.profileTierLevel = general
      let record = VvcDecoderConfigurationRecord(
        lengthSize: [.one, .two, .four].randomElement(using: &random) ?? .four,
        stream: Bool.random(using: &random) ? stream : nil,
        arrays: [
          .init(isComplete: Bool.random(using: &random), type: .dci, units: [[1, 2]]),
          .init(isComplete: false, type: .prefixAPS, units: [[], [3], [4, 5]]),
        ])
      let bytes = written(record.write)
      #expect(try vvc(bytes) == record)
      for cut in 0..<bytes.count {
        #expect(throws: ParseError.self) { _ = try vvc([UInt8](bytes[..<cut])) }
      }
    }
  }

  @Test func lengthsOfThreeBytesAreErrors() {
    #expect(throws: ParseError(.invalid(2), "LengthSizeMinusOne", at: 0)) {
      _ = try vvc(hex("fc 00"))
    }
  }
}

extension VvcDecoderConfigurationRecord.ProfileTierLevel {
  fileprivate init(sampleWith random: inout Seeded, levels: Int) {
    let bytes = Sample.vvcC
    var reader = ByteReader(bytes.span)
    guard let stream = try? VvcDecoderConfigurationRecord(parsing: &reader).stream else {
      preconditionFailure("the sample cannot be read")
    }
    self = stream.profileTierLevel
    isHighTier = Bool.random(using: &random)
    constraintInfo = (0..<Int.random(in: 0..<64, using: &random)).map { UInt8($0) }
    subLayerLevels = (0..<levels).map { Bool.random(using: &random) ? UInt8($0) : nil }
    subProfiles = (0..<Int.random(in: 0..<3, using: &random)).map { UInt32($0) }
  }
}

// MARK: - Against FFmpeg

private struct Encoding: Sendable, CustomTestStringConvertible {
  var isHEVC: Bool
  var options: String
  var size: String
  var rate: String
  var testDescription: String { "\(isHEVC ? "hevc" : "h264") \(size) \(rate) \(options)" }

  init(_ isHEVC: Bool, _ size: String, _ rate: String, _ options: String) {
    (self.isHEVC, self.options, self.size, self.rate) = (isHEVC, options, size, rate)
  }
}

private let encodings: [Encoding] = [
  Encoding(false, "160x120", "25", "-profile:v baseline"),
  Encoding(
    false, "322x178", "30000/1001", "-profile:v main -color_primaries bt709 -color_trc bt709"),
  Encoding(false, "1920x1080", "50", "-profile:v high -level 4.2"),
  Encoding(false, "1920x1080", "25", "-flags +ilme+ildct -x264-params tff=1"),
  Encoding(false, "176x144", "15", "-pix_fmt yuv420p10le -vf setsar=12/11"),
  Encoding(false, "98x50", "24000/1001", "-pix_fmt yuv422p -vf setsar=100/99"),
  Encoding(false, "99x51", "60", "-pix_fmt yuv444p10le -color_range pc"),
  Encoding(false, "128x96", "25", "-pix_fmt gray"),
  Encoding(
    false, "128x96", "25",
    "-x264-params nal-hrd=cbr:cqm=jvt:overscan=show -b:v 100k -maxrate 100k -bufsize 100k"),
  Encoding(true, "160x120", "25", ""),
  Encoding(
    true, "322x178", "30000/1001",
    "-pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084"),
  Encoding(true, "98x50", "24000/1001", "-pix_fmt yuv422p10le"),
  Encoding(true, "98x52", "60", "-pix_fmt yuv444p -vf setsar=100/99"),
  Encoding(
    true, "1920x1080", "50", "-x265-params log-level=none:hrd=1:vbv-bufsize=900:vbv-maxrate=900"),
  Encoding(
    true, "640x360", "25",
    "-x265-params log-level=none:scaling-list=default:b-intra=1:temporal-layers=1:bframes=4"),
  Encoding(true, "128x96", "25", "-x265-params log-level=none:wpp=0:min-cu-size=16:ctu=32"),
]

@Suite(.ffmpeg) struct ParameterSetsAgainstFFmpegTests {
  /// What ffprobe says of the same file, as strings.
  private func probe(_ folder: URL) throws -> [String: String] {
    let entries =
      "profile,level,width,height,r_frame_rate,sample_aspect_ratio,color_range,color_transfer"
    let text = try FFmpegTool.run(
      "ffprobe",
      ["-v", "error", "-show_entries", "stream=\(entries)", "-of", "flat=h=0", "in.mp4"],
      in: folder)
    var found: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      let key = parts[0].split(separator: ".").last.map(String.init) ?? ""
      found[key] = parts[1].replacingOccurrences(of: "\"", with: "")
    }
    return found
  }

  @Test(arguments: encodings) private func agreesWithFFmpeg(_ encoding: Encoding) throws {
    try FFmpegTool.inFolder { folder in
      let format = encoding.options.contains("-pix_fmt") ? "" : "-pix_fmt yuv420p "
      let codec =
        encoding.isHEVC
        ? "libx265 -x265-params log-level=none -tag:v hvc1" : "libx264"
      try FFmpegTool.ffmpeg(
        "-f lavfi -i testsrc=s=\(encoding.size):r=\(encoding.rate) -frames:v 4 -c:v \(codec)"
          + " -preset ultrafast \(format)\(encoding.options) in.mp4", in: folder)
      let wanted = try probe(folder)
      let file = try SampleFile(
        mp4: folder.bytes("in.mp4"), configurationBox: encoding.isHEVC ? "hvcC" : "avcC")
      if encoding.isHEVC { try checkHEVC(file, wanted) } else { try checkAVC(file, wanted) }
    }
  }

  private func checkAVC(_ file: SampleFile, _ wanted: [String: String]) throws {
    let record = try avc(file.configuration)
    let sets = H264ParameterSets(record)
    let set = try #require(sets.sequence.values.first)
    #expect(["\(set.width)", "\(set.height)"] == [wanted["width"], wanted["height"]])
    check(set.usability?.display, set.frameRate, wanted)
    #expect("\(set.profileLevel.levelIDC)" == wanted["level"])
    #expect(set.profileLevel.profileName == wanted["profile"])
    #expect(sets.picture.count == 1)
    let built = AVCDecoderConfigurationRecord(
      sequenceParameterSets: record.sequenceParameterSets,
      pictureParameterSets: record.pictureParameterSets)
    #expect(built.map { written($0.write) } == file.configuration)
  }

  private func checkHEVC(_ file: SampleFile, _ wanted: [String: String]) throws {
    let record = try hevc(file.configuration)
    let sets = H265ParameterSets(record)
    let set = try #require(sets.sequence.values.first)
    #expect(["\(set.width)", "\(set.height)"] == [wanted["width"], wanted["height"]])
    check(set.usability?.display, set.frameRate, wanted)
    #expect("\(set.profileTierLevel.levelIDC)" == wanted["level"])
    // FFmpeg has one name for all range extensions.
    let profile = set.profileTierLevel.profileName
    #expect(wanted["profile"] == "Rext" || profile == wanted["profile"])
    #expect(sets.video.count == 1 && sets.picture.count == 1)
    let built = HEVCDecoderConfigurationRecord(
      videoParameterSets: record.units(.vps), sequenceParameterSets: record.units(.sps),
      pictureParameterSets: record.units(.pps), isComplete: true)
    var expected = record
    expected.arrays.removeAll { $0.type == .prefixSEI }
    #expect(built == expected)
  }

  private func check(
    _ display: VideoDisplayDescription?, _ rate: FrameRate?, _ wanted: [String: String]
  ) {
    #expect(rate?.description == wanted["r_frame_rate"])
    let ratio = display?.sampleAspectRatio.map { "\($0.width):\($0.height)" }
    #expect(
      ratio == wanted["sample_aspect_ratio"]
        || (ratio == nil && wanted["sample_aspect_ratio"] == "N/A"))
    #expect((display?.signalType?.isFullRange ?? false) == (wanted["color_range"] == "pc"))
    if wanted["color_transfer"] == "smpte2084" {
      #expect(display?.signalType?.isHighDynamicRange == true)
    }
  }
}
