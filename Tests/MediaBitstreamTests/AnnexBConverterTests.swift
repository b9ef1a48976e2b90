import Foundation
import MediaBitstream
import MediaBytes
import Testing
import TestSupport

private func avcC(_ bytes: [UInt8]) throws -> AVCDecoderConfigurationRecord {
  var reader = ByteReader(bytes.span)
  return try AVCDecoderConfigurationRecord(parsing: &reader)
}

private func hvcC(_ bytes: [UInt8]) throws -> HEVCDecoderConfigurationRecord {
  var reader = ByteReader(bytes.span)
  return try HEVCDecoderConfigurationRecord(parsing: &reader)
}

/// All of a track's samples as one byte stream.
private func converted(_ converter: AnnexBConverter, _ samples: [[UInt8]]) throws -> [UInt8] {
  var converter = converter
  var writer = ByteWriter()
  for sample in samples { try converter.convert(sample.span.bytes, into: &writer) }
  return writer.bytes
}

/// The installed FFmpeg's rules, where they are known.
private let installedRules: AnnexBConverter.Rules? =
  switch FFmpegTool.major {
  case 5: .ffmpeg5
  case 9: .ffmpeg9
  default: nil
  }

private func expectEqual(_ ours: [UInt8], _ theirs: [UInt8], _ comment: Comment) {
  let index = zip(ours, theirs).enumerated().first { $0.element.0 != $0.element.1 }?.offset
  #expect(
    ours.count == theirs.count && index == nil,
    "\(comment): \(ours.count) and \(theirs.count) bytes, differ at \(index ?? -1)")
}

@Suite struct AnnexBConverterTests {
  private let record = AVCDecoderConfigurationRecord(
    sequenceParameterSets: [hex("6764000aacd9420bf97011000003000100000300320f122596")],
    pictureParameterSets: [hex("68ebe3cb22c0")])

  /// Units as `67` (first byte) or `65/1` (an IDR slice that begins with another macroblock); the
  /// result as `4` or `3` (the start code's length) and the first byte.
  private func layout(
    _ accessUnits: [String], _ rules: AnnexBConverter.Rules
  ) throws -> [String] {
    var converter = AnnexBConverter(try #require(record), rules: rules)
    return try accessUnits.map { text in
      var prefixed = ByteWriter()
      for unit in text.split(separator: " ") {
        let second: UInt8 = unit.hasSuffix("/1") ? 0x40 : unit.hasPrefix("06/bp") ? 0 : 0x88
        prefixed.integer(3 as UInt32)
        prefixed.append(hex(String(unit.prefix(2))) + [second, 0x77])
      }
      var writer = ByteWriter()
      try converter.convert(prefixed.bytes.span.bytes, into: &writer)
      return Self.describe(writer.bytes)
    }
  }

  private static func describe(_ stream: [UInt8]) -> String {
    var parts: [String] = []
    for index in stream.indices.dropLast(3)
    where stream[index] == 0 && stream[index + 1] == 0 && stream[index + 2] == 1 {
      let isLong = index > 0 && stream[index - 1] == 0
      // The record's own sets are longer than the three bytes of those in band.
      let type = String(stream[index + 3], radix: 16)
      let isOwn = ["67", "68"].contains(type) && stream[index + 4] != 0x88
      parts.append((isLong ? "4:" : "3:") + type + (isOwn ? "*" : ""))
    }
    return parts.joined(separator: " ")
  }

  /// What was seen in FFmpeg's output; `*` marks the configuration's sets.
  @Test func placesH264SetsAsFFmpegDoes() throws {
    let alike: [([String], [String])] = [
      (["65", "41", "65"], ["4:67* 4:68* 3:65", "4:41", "4:67* 4:68* 3:65"]),
      (["09 06 65 65/1"], ["4:9 3:6 4:67* 4:68* 3:65 3:65"]),
      (["67 68 65 65/1", "41"], ["4:67 4:68 3:65 3:65", "4:41"]),
      (["68 65"], ["4:67* 4:68 3:65"]),
      // An IDR picture right after another has sets of its own, its other slices have not.
      (["65", "65/1", "65"], ["4:67* 4:68* 3:65", "4:65", "4:67* 4:68* 3:65"]),
      (["65 65"], ["4:67* 4:68* 3:65 4:67* 4:68* 3:65"]),
      (["41 41"], ["4:41 3:41"]),
    ]
    for (units, wanted) in alike {
      for rules in [AnnexBConverter.Rules.ffmpeg5, .ffmpeg9] {
        #expect(try layout(units, rules) == wanted, "\(units) \(rules)")
      }
    }
    // A sequence parameter set alone brings the picture parameter sets with it.
    #expect(try layout(["67 65"], .ffmpeg5) == ["4:67 4:68* 3:65"])
    // After sets in band.
    let inBand = ["65", "41", "67 68 65", "41", "65"]
    let head = ["4:67* 4:68* 3:65", "4:41", "4:67 4:68 3:65", "4:41"]
    #expect(try layout(inBand, .ffmpeg5) == head + ["4:65"])
    #expect(try layout(inBand, .ffmpeg9) == head + ["4:67 4:68 3:65"])
    #expect(try layout(["09 06/bp 06 65"], .ffmpeg5) == ["4:9 3:6 3:6 4:67* 4:68* 3:65"])
    #expect(try layout(["09 06/bp 06 65"], .ffmpeg9) == ["4:9 4:67* 4:68* 3:6 3:6 3:65"])
  }

  @Test func placesH265AndH266Sets() throws {
    let record = HEVCDecoderConfigurationRecord.sample
    let sets = hex("00000001 4001aa 00000001 4201aa 00000001 4401aa")
    let code = hex("00000001")
    let (delimiter, idr, trail, pps) = (hex("460150"), hex("2801af"), hex("0201d0"), hex("4401c1"))
    func sample(_ units: [[UInt8]]) -> [UInt8] { units.flatMap { [0, 0, 0, 3] + $0 } }
    func stream(_ units: [[UInt8]]) -> [UInt8] { units.flatMap { code + $0 } }
    for rules in [AnnexBConverter.Rules.ffmpeg5, .ffmpeg9] {
      let converter = AnnexBConverter(record, rules: rules)
      #expect(
        try converted(converter, [sample([delimiter, idr, idr]), sample([trail])])
          == stream([delimiter]) + sets + stream([idr, idr, trail]))
      let inBand = sample([delimiter, pps, idr])
      let wanted =
        rules == .ffmpeg5
        ? stream([delimiter, pps]) + sets + stream([idr])
        : stream([delimiter]) + sets + stream([pps, idr])
      #expect(try converted(converter, [inBand]) == wanted)
      #expect(try converted(converter, [sample([pps, trail])]) == stream([pps, trail]))
    }
    let vvc = VvcDecoderConfigurationRecord(
      lengthSize: .four, stream: nil,
      arrays: [.init(isComplete: true, type: .sps, units: [hex("0079aa")])])
    let (aud, header, slice) = (hex("00a128"), hex("0099c0"), hex("0039c0"))
    #expect(
      try converted(AnnexBConverter(vvc), [sample([aud, header, slice]), sample([header])])
        == stream([aud, hex("0079aa"), header, slice, header]))
  }

  @Test func errorsLeaveNothingBehind() throws {
    var converter = AnnexBConverter(try #require(record))
    var writer = ByteWriter()
    let broken = hex("00000002 6588 00000009 41")
    #expect(throws: ParseError(.truncated(needed: 9), "NAL unit", at: 10)) {
      try converter.convert(broken.span.bytes, into: &writer)
    }
    #expect(writer.bytes.isEmpty)
    // The sets were not taken for written.
    let good = hex("00000002 6588")
    try converter.convert(good.span.bytes, into: &writer)
    #expect(Self.describe(writer.bytes) == "4:67* 4:68* 3:65")
    var other = AnnexBConverter(HEVCDecoderConfigurationRecord.sample)
    #expect(throws: ParseError.self) {
      let short = hex("00000001 28")
      try other.convert(short.span.bytes, into: &writer)
    }
  }

  /// Sets before each of very many pictures would make gigabytes of a few bytes.
  @Test func anAccessUnitDoesNotGrowWithoutLimit() throws {
    var long = try #require(record)
    long.lengthSize = .one
    long.sequenceParameterSets[0] += [UInt8](repeating: 9, count: 60_000)
    let setCount = 4 + long.sequenceParameterSets[0].count + 4 + 6
    var converter = AnnexBConverter(long)
    var writer = ByteWriter()
    let pictures = [[UInt8]](repeating: hex("026588"), count: 600).flatMap { $0 }
    #expect {
      try converter.convert(pictures.span.bytes, into: &writer)
    } throws: {
      let error = $0 as? ParseError
      guard case .overLimit(_, 32 << 20)? = error?.reason else { return false }
      return error?.field.description == "access unit"
    }
    #expect(writer.count == 0)
    try converter.convert(pictures.span.bytes.extracting(0..<6), into: &writer)
    #expect(writer.count == 2 * (setCount + 3 + 2))
  }

  @Test func rewritesFramings() throws {
    let units = hex("00000002 6588 00000000 00000001 41")
    var writer = ByteWriter()
    try NALUnitFraming.lengthPrefixed(.four).rewrite(units.span.bytes, as: .annexB, into: &writer)
    #expect(writer.bytes == hex("00000001 6588 00000001 41"))
    var back = ByteWriter()
    let stream = writer.bytes
    try NALUnitFraming.annexB.rewrite(stream.span.bytes, as: .lengthPrefixed(.two), into: &back)
    #expect(back.bytes == hex("0002 6588 0001 41"))
    let long = hex("000001") + [UInt8](repeating: 7, count: 256)
    var none = ByteWriter()
    #expect(throws: ParseError(.overLimit(256, limit: 255), "NAL unit length", at: 3)) {
      try NALUnitFraming.annexB.rewrite(long.span.bytes, as: .lengthPrefixed(.one), into: &none)
    }
    #expect(throws: ParseError.self) {
      try NALUnitFraming.lengthPrefixed(.four).rewrite(
        long.span.bytes, as: .annexB, into: &none)
    }
    #expect(none.bytes.isEmpty)
  }
}

extension HEVCDecoderConfigurationRecord {
  /// One set of each kind, of three bytes.
  fileprivate static var sample: Self {
    var bytes = [UInt8](Sample.hvcC[..<22])
    bytes += hex("03 20 0001 0003 4001aa 21 0001 0003 4201aa 22 0001 0003 4401aa")
    var reader = ByteReader(bytes.span)
    guard let record = try? HEVCDecoderConfigurationRecord(parsing: &reader) else {
      preconditionFailure("a record that cannot be read")
    }
    return record
  }
}

// MARK: - Against the filters themselves

private struct Clip: Sendable, CustomTestStringConvertible {
  var name: String
  var isHEVC = false
  /// Each run of ffmpeg on the way to `in.mp4`.
  var steps: [String]

  static func h264(_ name: String, _ options: String, seconds: Int = 1) -> Clip {
    Clip(
      name: name,
      steps: [
        "-f lavfi -i testsrc=s=160x120:r=25:d=\(seconds) -c:v libx264 -preset ultrafast \(options)"
          + " in.mp4"
      ])
  }

  static func hevc(_ name: String, _ parameters: String, tag: String = "hvc1") -> Clip {
    Clip(
      name: name, isHEVC: true,
      steps: [
        "-f lavfi -i testsrc=s=160x120:r=25:d=1 -c:v libx265 -preset ultrafast"
          + " -x265-params log-level=none:\(parameters) -tag:v \(tag) in.mp4"
      ])
  }

  var testDescription: String { name }
}

private let inBandH264 =
  "-f lavfi -i testsrc=s=160x120:r=25:d=1 -c:v libx264 -preset ultrafast -g 8"
  + " -x264-params repeat-headers=1:aud=1"
private let inBandHEVC =
  "-f lavfi -i testsrc=s=160x120:r=25:d=1 -c:v libx265 -preset ultrafast"
  + " -x265-params log-level=none:keyint=8:repeat-headers=1:aud=1"

private let clips: [Clip] = [
  .h264("one keyframe", "-g 100"), .h264("keyframes", "-g 8"), .h264("only keyframes", "-g 1"),
  .h264("slices", "-g 8 -x264-params slices=3"),
  .h264("delimiters", "-g 8 -x264-params aud=1"),
  .h264(
    "buffering periods", "-g 8 -b:v 200k -maxrate 200k -bufsize 200k -x264-params nal-hrd=vbr:aud=1"
  ),
  .h264("open GOPs", "-preset medium -g 8 -x264-params open-gop=1:aud=1:bframes=3", seconds: 2),
  .h264("intra refresh", "-x264-params intra-refresh=1:keyint=8"),
  .h264("interlaced", "-g 8 -flags +ilme+ildct -x264-params tff=1"),
  Clip(
    name: "sets in band",
    steps: ["\(inBandH264) a.h264", "-i a.h264 -c copy in.mp4"]),
  .hevc("one keyframe, H.265", "keyint=100"), .hevc("keyframes, H.265", "keyint=8:min-keyint=8"),
  .hevc("closed GOPs and slices, H.265", "keyint=8:open-gop=0:slices=2:aud=1", tag: "hev1"),
  .hevc("buffering periods, H.265", "keyint=8:aud=1:hrd=1:vbv-bufsize=300:vbv-maxrate=300"),
  Clip(
    name: "sets in band, H.265", isHEVC: true,
    steps: ["\(inBandHEVC) a.hevc", "-i a.hevc -c copy -tag:v hev1 in.mp4"]),
]

@Suite(.ffmpeg, .enabled(if: installedRules != nil, "needs FFmpeg 5 or 9"))
struct AnnexBAgainstFFmpegTests {
  private let rules = installedRules ?? .ffmpeg5

  @Test(arguments: clips) private func equalsFFmpegsFilter(_ clip: Clip) throws {
    try FFmpegTool.inFolder { folder in
      for step in clip.steps { try FFmpegTool.ffmpeg(step, in: folder) }
      let (filter, format) =
        clip.isHEVC ? ("hevc_mp4toannexb", "hevc") : ("h264_mp4toannexb", "h264")
      try FFmpegTool.ffmpeg(
        "-i in.mp4 -c:v copy -bsf:v \(filter) -f \(format) out", in: folder)
      let file = try SampleFile(
        mp4: folder.bytes("in.mp4"), configurationBox: clip.isHEVC ? "hvcC" : "avcC")
      #expect(file.samples.count >= 25)
      let converter =
        clip.isHEVC
        ? AnnexBConverter(try hvcC(file.configuration), rules: rules)
        : AnnexBConverter(try avcC(file.configuration), rules: rules)
      expectEqual(
        try converted(converter, file.samples), try folder.bytes("out"), "\(clip.name)")
    }
  }

  /// Access units that no encoder makes, in any order: every state of the filter is met.
  @Test(arguments: NALUnitLengthSize.allCases)
  func equalsFFmpegsFilterOnRandomH264(_ size: NALUnitLengthSize) throws {
    var random = Seeded.of("random H.264 access units")
    let configuration = try #require(Self.configuration(size))
    // Types, with the second byte: first_mb_in_slice 0 or not, a buffering period or not.
    let kinds = [
      "6588", "6588", "6548", "41a8", "41a8", "0670", "0600", "0910", "67ee", "68ee", "",
    ]
    var samples = [framed([hex("65888084 0021ff")], size)]
    for _ in 0..<1500 {
      let units = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        let head = hex(kinds.randomElement(using: &random) ?? "")
        // Each unit has a number of its own, so that no two can be confused.
        let tail = (0..<4).map { _ in UInt8.random(in: 1...255, using: &random) }
        return head.isEmpty ? [] : head + tail
      }
      // A sample must have more than empty units, or the demuxer leaves it out.
      samples.append(framed(units + [hex("0cff80")], size))
    }
    try compare("V_MPEG4/ISO/AVC", configuration, samples, "h264_mp4toannexb", "h264") {
      AnnexBConverter(try avcC($0), rules: rules)
    }
  }

  @Test func equalsFFmpegsFilterOnRandomH265() throws {
    var random = Seeded.of("random H.265 access units")
    let heads = [
      "2601", "2801", "2a01", "2001", "0201", "0001", "4e01", "4601", "4001", "4201", "4401",
    ]
    var samples: [[UInt8]] = []
    for _ in 0..<1500 {
      let units = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        hex(heads.randomElement(using: &random) ?? "4601")
          + (0..<4).map { _ in UInt8.random(in: 1...255, using: &random) }
      }
      samples.append(framed(units, .four))
    }
    try compare("V_MPEGH/ISO/HEVC", Sample.hvcC, samples, "hevc_mp4toannexb", "hevc") {
      AnnexBConverter(try hvcC($0), rules: rules)
    }
  }

  @Test(.enabled(if: installedRules == .ffmpeg9, "FFmpeg 5 knows no H.266"))
  func equalsFFmpegsFilterForH266() throws {
    try FFmpegTool.inFolder { folder in
      try FFmpegTool.ffmpeg(
        "-f lavfi -i testsrc=s=160x120:r=25:d=1 -c:v libvvenc -preset faster -g 8"
          + " -vvenc-params accessunitdelimiter=1 in.mp4", in: folder)
      try FFmpegTool.ffmpeg("-i in.mp4 -c:v copy -bsf:v vvc_mp4toannexb -f vvc out", in: folder)
      let file = try SampleFile(mp4: folder.bytes("in.mp4"), configurationBox: "vvcC")
      let body = [UInt8](file.configuration[4...])
      var reader = ByteReader(body.span)
      let record = try VvcDecoderConfigurationRecord(parsing: &reader)
      expectEqual(
        try converted(AnnexBConverter(record), file.samples), try folder.bytes("out"), "H.266")
    }
  }

  private static func configuration(_ size: NALUnitLengthSize) -> [UInt8]? {
    var record = try? avcC(Sample.avcC)
    record?.lengthSize = size
    var writer = ByteWriter()
    record?.write(to: &writer)
    return record == nil ? nil : writer.bytes
  }

  private func framed(_ units: [[UInt8]], _ size: NALUnitLengthSize) -> [UInt8] {
    units.flatMap { [UInt8](repeating: 0, count: size.rawValue - 1) + [UInt8($0.count)] + $0 }
  }

  private func compare(
    _ codec: String, _ configuration: [UInt8], _ samples: [[UInt8]], _ filter: String,
    _ format: String, _ converter: ([UInt8]) throws -> AnnexBConverter
  ) throws {
    try FFmpegTool.inFolder { folder in
      let file = matroska(codec: codec, configuration: configuration, samples: samples)
      try Data(file).write(to: folder.appendingPathComponent("in.mkv"))
      try FFmpegTool.ffmpeg(
        "-i in.mkv -map 0:v -c:v copy -copyinkf -bsf:v \(filter) -f \(format) out", in: folder)
      expectEqual(
        try converted(converter(configuration), samples), try folder.bytes("out"), "random")
    }
  }
}
