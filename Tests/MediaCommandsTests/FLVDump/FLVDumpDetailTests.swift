import TestSupport
import Testing

/// What is told of tags beyond their headers, on inputs written by hand.
@Suite struct FLVDumpDetailTests {
  // High, level 3.1, 1280x720, 25 frames per second (H.264 7.3.2.1.1, E.1.1).
  static let sps = "6764001facd9405005bb011000000300100000030320f1831960"
  static let avcC = hex("01 64001f ff e1 001a \(sps) 01 0006 68ebe3cb22c0")
  /// Slices whose headers say first_mb_in_slice 0, a type, and picture parameter set 0.
  static let idr = hex("65 88 84 00")
  static let p = hex("41 9a 00")
  static let b = hex("01 9e 00")
  static let i = hex("41 88 84")
  /// CEA-608 field 1 in user data of A/53 part 4.
  static let captions = hex("06 04 0e b50031 47413934 03 41 ff fc942c ff 80")

  static func lengths(_ units: [UInt8]...) -> [UInt8] {
    units.flatMap { [0, 0, 0, UInt8($0.count)] + $0 }
  }

  /// A configuration and frames with a flag each.
  static func clip(_ frames: [(isKey: Bool, payload: [UInt8])]) -> FLVBytes {
    var flv = FLVBytes()
    flv.appendAVC(0, avcC)
    for (index, frame) in frames.enumerated() {
      flv.appendAVC(1, isKey: frame.isKey, time: 40 * index, frame.payload)
    }
    return flv
  }

  private func dump(_ flv: FLVBytes, _ arguments: String...) throws -> Outcome {
    let outcome = try Mediatool.run(["flv-dump"] + arguments + ["-"], input: .pipe(flv.bytes))
    try #require(outcome.exitCode == 0, "\(outcome)")
    var frames = outcome
    // What is said of the file around the frames is not the point here.
    frames.stdout = Array(
      outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.contains(/[IW]1\d{4}\s\s/) }.joined(separator: "\n").utf8)
    return frames
  }

  private func tags(_ flv: FLVBytes, _ arguments: String...) throws -> [JSONText] {
    let outcome = try Mediatool.run(
      ["flv-dump", "--jsonl"] + arguments + ["-"], input: .pipe(flv.bytes))
    return try outcome.output.split(separator: "\n").map { try JSONText($0) }
  }

  // MARK: Lines of text

  struct Line: CustomTestStringConvertible, Sendable {
    var type: UInt8
    var body: [UInt8]
    /// How the line ends.
    var words: String
    var testDescription: String { words }

    init(_ type: UInt8, _ body: String, _ words: String) {
      (self.type, self.body, self.words) = (type, hex(body), words)
    }
  }

  private static let mp4a = "6d703461"
  static let lines = [
    Line(8, "af 00 1210", "aac     config LC 44100 Hz stereo"),
    Line(8, "af 00 2b118800", "aac     config HE-AAC 48000 Hz stereo"),
    Line(8, "2f fffb9064 00", "mp3     128 kb/s 44100 Hz stereo"),
    Line(8, "90 4f707573 4f707573486561640102380180bb0000000000", "config 48000 Hz stereo"),
    Line(8, "91 4f707573 08 00", "opus    20 ms"),  // SILK, 20 ms, one frame
    Line(8, "91 4f707573 80 00", "opus    2.5 ms"),  // CELT, 2.5 ms
    Line(8, "91 61632d33 0b770000 1e 40 43", "ac3     448 kb/s 48000 Hz stereo"),
    Line(8, "94 \(mp4a) 01 06 0000003f", "channels 5.1: FL FR FC LFE BL BR"),
    Line(8, "94 \(mp4a) 02 02 0100", "channels 2 channels: FR FL"),
    Line(8, "94 \(mp4a) 00 03", "channels 3 channels in no told order"),
    Line(
      9, "17 00 000000 01 64001f ff e1 001a \(sps) 01 0006 68ebe3cb22c0",
      "h264    config High@3.1 1280x720 25 fps"),
    Line(9, "90 76703038", "config empty"),
    Line(9, "91 76703038 100000 9d012a 4001 f000", "key frame 320x240"),
    Line(9, "a1 76703038 110000", "inter frame"),
    Line(9, "90 76703039 01000000 00 1f 82 02 02 02 0000", "config Profile 0@3.1"),
    Line(9, "22 0000 84 01 00", "flv1    inter 352x288"),
    Line(9, "17 00 000000 ff", "config 1 byte"),
  ]

  @Test(arguments: lines) func aLineSaysWhatThePayloadIs(_ line: Line) throws {
    var flv = FLVBytes()
    flv.append(type: line.type, time: 0, body: line.body)
    let text = try dump(flv).output.split(separator: "\n")
    let last = try #require(text.last { $0.contains("audio") || $0.contains("video") })
    #expect(last.hasSuffix(line.words), "\(last)")
  }

  @Test func slicesAreNamedByType() throws {
    let sei = hex("06 05 01 00 80")
    let text = try dump(
      Self.clip([
        (true, Self.lengths(sei, Self.idr, Self.idr, Self.idr)), (false, Self.lengths(Self.i)),
        (false, Self.lengths(Self.p, Self.p)), (false, Self.lengths(sei, Self.b)),
        (false, Self.lengths(Self.i, Self.p)), (false, []),
      ])
    ).output
    let ends = text.split(separator: "\n").suffix(6).map {
      String($0.drop { $0 != "h" }.dropFirst(8))
    }
    #expect(
      ends == [
        "key SEI, IDR 3 slices", "inter I slice", "inter P 2 slices", "inter SEI, B slice",
        "inter I and P 2 slices", "inter no NAL units",
      ])
  }

  // MARK: NAL units

  @Test func unitsAreListedWithTheirPlaces() throws {
    let flv = Self.clip([(true, Self.lengths(Self.captions, Self.idr))])
    let tag = try #require(try tags(flv, "--nal").last)
    let start = flv.tags[1].offset + 11 + 5
    let units = tag.list("nal_units")
    #expect(units.map { $0["offset"]?.integer } == [start + 4, start + 8 + Self.captions.count])
    #expect(units.map { $0["size"]?.integer } == [Self.captions.count, Self.idr.count])
    #expect(units.map { $0["type"]?.integer } == [6, 5])
    #expect(units.map { $0["name"]?.string } == ["SEI", "IDR slice"])
    #expect(units[1]["slice_type"]?.string == "I")
    #expect(
      units[0]["sei"]?[0]?.string
        == "user_data_registered_itu_t_t35 (captions CEA-608 field 1)")
    #expect(tag.frameFindings.isEmpty)
    // Nothing is walked where nobody asked.
    #expect(try tags(flv).last?["nal_units"] == nil)
  }

  @Test func captionsAreSaidOfTheTrack() throws {
    let flv = Self.clip([(true, Self.lengths(Self.captions, Self.idr))])
    let walked = try JSONText(try dump(flv, "--json", "--summary", "--nal").stdout)
    #expect(walked.list("streams").first?["closed_captions"] == .bool(true))
    let none = try dump(Self.clip([(true, Self.lengths(Self.idr))]), "--json", "--summary", "--nal")
    #expect(try JSONText(none.stdout).list("streams").first?["closed_captions"] == .bool(false))
  }

  /// The first bytes of a keyframe tell without a walk; what they do not tell is not known.
  @Test func captionsAtTheBeginningAreSaidInAnyCase() throws {
    let delimiter: [UInt8] = [9, 0x10]
    let long =
      hex("06 04 47 b50031 47413934 03 54 ff fc942c")
      + (1..<20).flatMap { _ in [0xf8, 0x80, 0x80] as [UInt8] } + [0xff, 0x80]
    let cases: [([UInt8], Bool?)] = [
      (Self.lengths(Self.captions, Self.idr), true),
      (Self.lengths(delimiter, Self.captions, Self.idr), true),
      (Self.lengths(long, Self.idr), true),
      (Self.lengths([9] + [UInt8](repeating: 1, count: 60), Self.captions, Self.idr), nil),
      (Self.lengths(Self.idr), nil),
    ]
    for (frame, isKnown) in cases {
      let flv = Self.clip([(true, frame)])
      let document = try JSONText(try dump(flv, "--json", "--summary").stdout)
      #expect(
        document.list("streams").first?["closed_captions"] == isKnown.map { .bool($0) } ?? .null)
      let text = try dump(flv, "--summary").output
      #expect(text.contains("carries closed captions") == (isKnown ?? false))
    }
  }

  struct Fault: CustomTestStringConvertible, Sendable {
    var name: String
    var isKey = true
    var payload: [UInt8]
    var codes: [String]
    /// Where the first finding points, from the body's first byte.
    var place: Int?
    var testDescription: String { name }
  }

  static let faults = [
    Fault(name: "none", payload: lengths(idr), codes: []),
    Fault(name: "inter", isKey: false, payload: lengths(p), codes: []),
    Fault(
      name: "length past the end", payload: lengths(idr) + [0, 0, 0, 9, 0x65, 0x88],
      codes: ["E20001"], place: 5 + 8 + 4),
    Fault(
      name: "length cut", payload: lengths(idr) + [0, 0, 0], codes: ["E20001"], place: 5 + 8),
    Fault(
      name: "start codes", payload: [0, 0, 0, 1] + idr + [0, 0, 1] + idr, codes: ["E20003"],
      place: 5),
    Fault(
      name: "key without IDR", payload: lengths(p), codes: ["W20002"], place: 0),
    Fault(
      name: "IDR without key", isKey: false, payload: lengths(idr), codes: ["W20002"], place: 0),
    Fault(
      name: "recovery point as key", payload: lengths(hex("06 06 01 c4 80"), i), codes: []),
    Fault(name: "intra picture as key", payload: lengths(i), codes: []),
    Fault(
      name: "SPS cut", payload: lengths(hex("67 64 00 1f"), idr), codes: ["W20004"], place: 5 + 8),
    Fault(
      name: "slice cut", payload: lengths([0x65], idr), codes: ["W20004"], place: 5 + 5),
    Fault(
      name: "SEI past its end", payload: lengths(hex("06 05 20 00 80"), idr), codes: ["W20004"],
      place: 5 + 4 + 3),
    Fault(
      name: "forbidden bit", payload: lengths(hex("e5 88 84 00")), codes: ["W20004"], place: 5 + 4),
  ]

  @Test(arguments: faults) func faultsOfUnitsAreFound(_ fault: Fault) throws {
    let flv = Self.clip([(fault.isKey, fault.payload)])
    let findings = try #require(try tags(flv, "--nal").last).frameFindings
    #expect(findings.map { $0["code"]?.string ?? "" } == fault.codes, "\(findings)")
    if let place = fault.place {
      #expect(findings.first?["offset"]?.integer == flv.tags[1].offset + 11 + place)
      #expect(findings.first?["stream"]?.integer == 0)
    }
    // Without --nal nothing is said.
    #expect(try tags(flv).last?.frameFindings.isEmpty == true)
  }

  /// A tag of 16 MB holds millions of units: the first are listed, the others counted.
  @Test func unitsWithoutEndAreCounted() throws {
    let unit = hex("00000001 8c")  // filler data with forbidden_zero_bit set
    let units = [[UInt8]](repeating: unit, count: 1100).flatMap { $0 }
    let flv = Self.clip([(true, Self.lengths(Self.idr) + units)])
    let tag = try #require(try tags(flv, "--nal").last)
    #expect(tag.list("nal_units").count == 1000 && tag["nal_units_left_out"]?.integer == 101)
    #expect(tag.frameFindings.count == 1001)
    #expect(tag.frameFindings.last?["message"]?.string == "100 more cannot be read")
    let text = try dump(flv, "--nal").output
    #expect(text.contains("            ... 101 more\n"))
    #expect(text.contains("IDR slice, filler data, 101 more units"))
    #expect(
      try tags(Self.clip([(true, Self.lengths(Self.idr))]), "--nal").last?["nal_units_left_out"]
        == nil)
  }

  @Test func messagesWithoutEndAreCounted() throws {
    let messages = [[UInt8]](repeating: [1, 0], count: 100).flatMap { $0 }
    let flv = Self.clip([(true, Self.lengths([6] + messages + [0x80], Self.idr))])
    let unit = try #require(try tags(flv, "--nal").last?.list("nal_units").first)
    #expect(unit.list("sei").count == 33 && unit.list("sei").last?.string == "68 more")
    #expect(try tags(flv, "--nal").last?.frameFindings.isEmpty == true)
  }

  @Test func framesOfAV1WithoutEndAreCounted() throws {
    var flv = FLVBytes()
    let frames = [[UInt8]](repeating: hex("32 01 10"), count: 100).flatMap { $0 }
    flv.append(type: 9, time: 0, body: [0x91] + Array("av01".utf8) + frames)
    let last = try #require(try dump(flv).output.split(separator: "\n").last)
    #expect(last.hasSuffix(", key frame, 68 more"), "\(last)")
  }

  @Test func setsOfTheConfigurationThatCannotBeReadAreFound() throws {
    var flv = FLVBytes()
    flv.appendAVC(0, hex("01 64001f ff e1 0004 6764001f 01 0006 68ebe3cb22c0"))
    let tag = try #require(try tags(flv, "--nal").first)
    #expect(tag.frameFindings.map { $0["code"]?.string } == ["W20004"])
  }

  @Test func lengthsOfOtherSizesAreFollowed() throws {
    var short = Self.avcC
    short[4] = 0xfd  // lengthSizeMinusOne 1
    var flv = FLVBytes()
    flv.appendAVC(0, short)
    flv.appendAVC(1, [0, 4] + Self.idr + [0, 4] + Self.idr)
    let tag = try #require(try tags(flv, "--nal").last)
    #expect(tag.list("nal_units").count == 2 && tag.frameFindings.isEmpty)
  }

  // MARK: Configurations

  @Test func changesAreTheFieldsThatDiffer() throws {
    var other = Self.avcC
    other[3] = 0x28  // AVCLevelIndication 4
    var flv = FLVBytes()
    flv.appendAVC(0, Self.avcC)
    flv.appendAVC(0, time: 1000, Self.avcC)
    flv.appendAVC(0, time: 2000, other)
    let all = try tags(flv)
    #expect(all[0]["changes"] == nil, "there is nothing yet to differ from")
    #expect(all[0]["config"]?["profile_idc"] != nil)
    #expect(try tags(flv, "--changes") == [all[0], all[2]])
    #expect(all[1]["changes"] == nil, "an equal one changes nothing")
    #expect(
      all[2]["changes"]?.description
        == #"[{field: "level_idc", from: 31, to: 40}]"#)
    let lines = try dump(flv, "--changes").output.split(separator: "\n").map(String.init)
    #expect(lines.last == "            level_idc: 31 (3.1) -> 40 (4.0)")
    #expect(lines.count == 3)
    #expect(lines.first?.hasSuffix("  config High@3.1 1280x720 25 fps") == true)
  }

  @Test func differencesOutsideKnownFieldsAreShownWhole() throws {
    var flv = FLVBytes()
    flv.appendAAC(0, [0x12, 0x10])
    flv.appendAAC(0, time: 10, [0x12, 0x10, 0x56])
    flv.append(type: 9, time: 0, body: [0x17, 0, 0, 0, 0, 0xff])
    let all = try tags(flv)
    #expect(
      all[1]["changes"]?.description
        == #"[{field: "configuration", from: "1210", to: "121056"}]"#)
    #expect(all[2]["changes"] == nil && all[2]["config"] == nil)
  }

  /// Configurations of up to 16 MB are not printed whole.
  @Test func longDifferencesAreShownWhereTheyBegin() throws {
    let long = Self.avcC + [UInt8](repeating: 7, count: 300)
    var other = long
    other[100] = 9
    var flv = FLVBytes()
    flv.appendAVC(0, long)
    flv.appendAVC(0, time: 10, other)
    let change = try #require(try tags(flv)[1].list("changes").first)
    let rest = String(repeating: "07", count: 63)
    #expect(change["field"]?.string == "configuration")
    #expect(change["from"]?.string == "07\(rest) from byte 100 of \(long.count)")
    #expect(change["to"]?.string == "09\(rest) from byte 100 of \(long.count)")
  }

  struct Configuration: CustomTestStringConvertible, Sendable {
    var fourCC: String
    var bytes: String
    /// Values as JSON writes them.
    var fields: [String: String]
    var testDescription: String { fourCC }
  }

  static let configurations = [
    Configuration(
      fourCC: "avc1", bytes: "01 64001f ff e1 001a \(sps) 01 0006 68ebe3cb22c0",
      fields: [
        "profile_idc": "100", "level_idc": "31", "constraint_set_flags": "\"000000\"",
        "lengthSizeMinusOne": "3", "numOfSequenceParameterSets": "1",
        "numOfPictureParameterSets": "1", "width": "1280", "height": "720",
        "chroma_format_idc": "1", "bit_depth_luma": "8", "frame_rate": "\"25/1\"",
        "entropy_coding_mode_flag": "true",
      ]),
    Configuration(
      fourCC: "mp4a", bytes: "2b118800",
      fields: [
        "audioObjectType": "2", "samplingFrequency": "24000",
        "channelConfiguration": "2", "sbrPresentFlag": "true",
        "extensionSamplingFrequency": "48000", "frameLength": "1024",
      ]),
    Configuration(
      fourCC: "Opus", bytes: "4f707573486561640102380180bb0000000000",
      fields: [
        "OutputChannelCount": "2", "PreSkip": "312", "InputSampleRate": "48000",
        "ChannelMappingFamily": "0",
      ]),
    Configuration(
      fourCC: "fLaC",
      bytes: "664c6143 80000022 1000 1000 000000 000000 0ac442f000000000"
        + "00000000000000000000000000000000",
      fields: [
        "maximum block size": "4096", "sample rate": "44100", "channels": "2",
        "bits per sample": "16", "total samples": "0",
      ]),
    Configuration(
      fourCC: "vp09", bytes: "01000000 02 1f a5 09 10 09 0000",
      fields: [
        "profile": "2", "level": "31", "bitDepth": "10", "chromaSubsampling": "2",
        "videoFullRangeFlag": "true", "colourPrimaries": "\"bt2020\"",
        "transferCharacteristics": "\"smpte2084\"", "matrixCoefficients": "\"bt2020nc\"",
      ]),
    Configuration(
      fourCC: "av01", bytes: "81 08 4c 00",
      fields: [
        "seq_profile": "0", "seq_level_idx_0": "8", "bit_depth": "10",
        "chroma_subsampling_x": "1", "chroma_subsampling_y": "1",
      ]),
    Configuration(
      fourCC: "vvc1",
      bytes: "ff 0010 1f 01 02 43 00 00 0500 02d0 0000 01 8f 0001 0003 007901",
      fields: [
        "LengthSizeMinusOne": "3", "general_profile_idc": "1",
        "general_level_idc": "67", "max_picture_width": "1280",
        "max_picture_height": "720", "numNalus SPS": "1",
      ]),
  ]

  @Test(arguments: configurations) func configurationsAreListed(_ known: Configuration) throws {
    let isSound = ["mp4a", "Opus", "fLaC"].contains(known.fourCC)
    var flv = FLVBytes()
    flv.append(
      type: isSound ? 8 : 9, time: 0, body: [0x90] + Array(known.fourCC.utf8) + hex(known.bytes))
    let config = try #require(try tags(flv).first?["config"])
    for (name, value) in known.fields { #expect(config[name]?.description == value, "\(name)") }
  }

  /// Of a configuration that is cut anywhere nothing is made up, and nothing breaks.
  @Test(arguments: configurations) func cutConfigurationsAreBorne(_ known: Configuration) throws {
    let bytes = hex(known.bytes)
    let isSound = ["mp4a", "Opus", "fLaC"].contains(known.fourCC)
    var flv = FLVBytes()
    for count in bytes.indices {
      flv.append(
        type: isSound ? 8 : 9, time: count,
        body: [0x90] + Array(known.fourCC.utf8) + bytes[..<count])
    }
    for arguments in [[], ["--json", "--nal"], ["--changes"], ["--summary"]] {
      let outcome = try Mediatool.run(
        ["flv-dump"] + arguments + ["-"], input: .pipe(flv.bytes))
      #expect(outcome.exitCode == 0, "\(outcome)")
    }
  }

  @Test func colourMetadataIsShown() throws {
    // "colorInfo", then an object: colorConfig {matrixCoefficients: 9}.
    let amf =
      hex("02 0009 636f6c6f72496e666f 03 000b 636f6c6f72436f6e666967 03")
      + hex("0012 6d6174726978436f656666696369656e7473 00 4022000000000000 000009 000009")
    var flv = FLVBytes()
    flv.append(type: 9, time: 0, body: [0x94] + Array("hvc1".utf8) + amf)
    let tag = try #require(try tags(flv).first)
    #expect(tag["metadata"]?["name"]?.string == "colorInfo")
    #expect(
      tag["metadata"]?["values"]?.description
        == #"[{colorConfig: {matrixCoefficients: 9}}]"#)
    #expect(try dump(flv).output.contains(#"colorConfig: {"matrixCoefficients": 9}"#))
    #expect(tag["color_info_reset"] == nil)
  }

  /// Undefined, and an object without properties (Enhanced RTMP v2, Metadata Frame).
  @Test(arguments: ["06", "03 000009", "08 00000000 000009"])
  func aResetOfColoursIsNamed(value: String) throws {
    var flv = FLVBytes()
    let amf = hex("02 0009 636f6c6f72496e666f \(value)")
    flv.append(type: 9, time: 0, body: [0x94] + Array("hvc1".utf8) + amf)
    let tag = try #require(try tags(flv).first)
    #expect(tag["metadata"]?["name"]?.string == "colorInfo")
    #expect(tag["color_info_reset"] == .bool(true))
    #expect(try dump(flv).output.contains("metadata, resets colorInfo\n"))
  }

  /// Whatever stands in frames and configurations, every tag is listed and nothing breaks.
  @Test func mutatedPayloadsAreBorne() throws {
    let seed = testSeed("mutatedPayloadsAreBorne")
    var state = seed
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    var bodies = Self.lines.map { (type: $0.type, body: $0.body) }
    let frame = Self.lengths(Self.captions, hex("67" + Self.sps.dropFirst(2)), Self.idr, Self.p)
    bodies += [
      (9, [0x17, 1, 0, 0, 0] + frame), (9, [0x91] + Array("hvc1".utf8) + [0, 0, 0] + frame),
    ]
    for known in Self.configurations {
      let isSound = ["mp4a", "Opus", "fLaC"].contains(known.fourCC)
      bodies.append((isSound ? 8 : 9, [0x90] + Array(known.fourCC.utf8) + hex(known.bytes)))
    }
    var flv = FLVBytes()
    for time in 0..<3000 {
      var (type, body) = bodies[random(bodies.count)]
      for _ in 0...random(3) { body[random(body.count)] = UInt8(random(256)) }
      if random(4) == 0 { body.removeLast(random(body.count)) }
      flv.append(type: type, time: time, body: body)
    }
    for arguments in [[], ["--nal"], ["--jsonl", "--nal"], ["--changes"], ["--summary", "--nal"]] {
      let outcome = try Mediatool.run(
        ["flv-dump"] + arguments + ["-"], input: .pipe(flv.bytes))
      #expect(outcome.exitCode == 0, "seed \(seed): \(outcome)")
    }
    for kind in ["video", "audio"] {
      let outcome = try Mediatool.run(
        ["flv-dump", "--extract-\(kind)", "-", "-"], input: .pipe(flv.bytes))
      #expect([0, 65, 69].contains(outcome.exitCode), "seed \(seed): \(outcome)")
    }
  }

  /// One is one, and a codec's number is also its four letters.
  @Test func wordsAreRight() throws {
    var flv = FLVBytes()
    let names = ["onMetaData", "videocodecid", "audiocodecid"].map {
      [0, UInt8($0.utf8.count)] + Array($0.utf8)
    }
    // 1752589105 is hvc1 (Enhanced RTMP v2, Enhancing onMetaData); 10 is AAC.
    let script =
      [2] + names[0] + [8, 0, 0, 0, 2] + names[1] + hex("00 41da1d98cc400000") + names[2]
      + hex("00 4024000000000000 000009")
    flv.append(type: 18, time: 0, body: script)
    flv.append(type: 8, time: 0, body: [0x95, 0x01] + Array("mp4a".utf8) + [1, 7])
    flv.append(type: 9, time: 0, body: [0x17, 1, 0, 0, 0] + Self.lengths(Self.idr))
    let text = try dump(flv).output
    #expect(text.contains("videocodecid: 1752589105 (hvc1)\n"), "\(text)")
    #expect(text.contains("audiocodecid: 10\n"))
    #expect(text.contains("one track frame") && text.contains("aac  coded_frames  1 byte  pts"))
    let summary = try dump(flv, "--summary").output
    #expect(summary.contains(", 1 frame\n") && summary.contains("     1 keyframe\n"), "\(summary)")
    #expect(summary.contains("onMetaData at byte 13, 2 entries"))
    #expect(!summary.contains(/\b1 [a-z]*[^s]s\b/), "\(summary)")
  }

  // MARK: Tracks

  @Test func tracksWithoutConfigurationAreReadFromTheirFrames() throws {
    var flv = FLVBytes()
    // The older form knows four rates; the frame says what it is.
    flv.append(type: 8, time: 0, body: hex("2f fffb9464 00"))
    flv.append(type: 9, time: 0, body: hex("91 76703038 100000 9d012a 4001 f000"))
    let document = try JSONText(try dump(flv, "--json", "--summary").stdout)
    let (sound, picture) = (document.list("streams")[0], document.list("streams")[1])
    #expect(sound["sample_rate"]?.integer == 48_000)
    #expect(sound["channel_layout"]?.string == "stereo")
    #expect(picture["width"]?.integer == 320 && picture["height"]?.integer == 240)
    let text = try dump(flv, "--summary").output
    #expect(text.contains("mp3 48000 Hz stereo, 1 frame"))
    #expect(text.contains("vp8 320x240, 1 frame"))
  }

  @Test func aTrackIsSaidInAFewWords() throws {
    var flv = Self.clip([(true, Self.lengths(Self.idr))])
    flv.appendAAC(0, [0x12, 0x10])
    let text = try dump(flv, "--summary").output
    #expect(text.contains("h264 High@3.1 1280x720, 1 frame"))
    #expect(text.contains("aac LC 44100 Hz stereo"))
    let streams = try JSONText(try dump(flv, "--json", "--summary").stdout).list("streams")
    #expect(streams[0]["profile"]?.string == "High" && streams[0]["level"]?.integer == 31)
    #expect(streams[1]["profile"]?.string == "LC" && streams[1]["channels"]?.integer == 2)
  }
}
