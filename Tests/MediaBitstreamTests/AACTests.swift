import MediaBitstream
import MediaBytes
import TestSupport
import Testing

struct ConfigVector: Sendable, CustomTestStringConvertible {
  var wire: String
  var summary: String
  var profile: String
  var samples: Int?
  var channels: Int?
  var layout: String?
  /// Whether writing gives the same bytes again.
  var isExact = true
  var testDescription: String { "\(wire): \(summary)" }
}

/// By hand from ISO/IEC 14496-3 1.6.2.1, except where said.
private let configs = [
  ConfigVector(
    wire: "1210", summary: "LC 44100 Hz stereo", profile: "LC", samples: 1024, channels: 2,
    layout: "stereo"),
  ConfigVector(
    wire: "0a08", summary: "Main 44100 Hz mono", profile: "Main", samples: 1024, channels: 1,
    layout: "mono"),
  ConfigVector(
    wire: "1a08", summary: "SSR 44100 Hz mono", profile: "SSR", samples: 1024, channels: 1,
    layout: "mono"),
  ConfigVector(
    wire: "2208", summary: "LTP 44100 Hz mono", profile: "LTP", samples: 1024, channels: 1,
    layout: "mono"),
  // frameLengthFlag: 960 samples.
  ConfigVector(
    wire: "1194", summary: "LC 48000 Hz stereo", profile: "LC", samples: 960, channels: 2,
    layout: "stereo"),
  // dependsOnCoreCoder with a delay of 0x1234.
  ConfigVector(
    wire: "119291a0", summary: "LC 48000 Hz stereo", profile: "LC", samples: 1024, channels: 2,
    layout: "stereo"),
  // 53000 Hz, written out.
  ConfigVector(
    wire: "1780678410", summary: "LC 53000 Hz stereo", profile: "LC", samples: 1024, channels: 2,
    layout: "stereo"),
  // Backward compatible: SBR, no SBR, SBR with PS, SBR without PS.
  ConfigVector(
    wire: "139056e5a0", summary: "HE-AAC 44100 Hz stereo", profile: "HE-AAC", samples: 1024,
    channels: 2, layout: "stereo"),
  ConfigVector(
    wire: "119056e500", summary: "LC 48000 Hz stereo", profile: "LC", samples: 1024, channels: 2,
    layout: "stereo"),
  ConfigVector(
    wire: "138856e5a54880", summary: "HE-AACv2 44100 Hz stereo", profile: "HE-AACv2",
    samples: 1024, channels: 2, layout: "stereo"),
  ConfigVector(
    wire: "138856e5a54800", summary: "HE-AAC 44100 Hz mono", profile: "HE-AAC", samples: 1024,
    channels: 1, layout: "mono"),
  // Hierarchical.
  ConfigVector(
    wire: "2b920800", summary: "HE-AAC 44100 Hz stereo", profile: "HE-AAC", samples: 1024,
    channels: 2, layout: "stereo"),
  ConfigVector(
    wire: "eb098800", summary: "HE-AACv2 48000 Hz stereo", profile: "HE-AACv2", samples: 1024,
    channels: 2, layout: "stereo"),
  // ER AAC LD, 44.1 kHz mono, epConfig 0: 512 samples, then 480.
  ConfigVector(
    wire: "ba0800", summary: "LD 44100 Hz mono", profile: "LD", samples: 512, channels: 1,
    layout: "mono"),
  ConfigVector(
    wire: "ba0c00", summary: "LD 44100 Hz mono", profile: "LD", samples: 480, channels: 1,
    layout: "mono"),
  // ER AAC ELD: escape 39 - 32 = 7, 44.1 kHz, mono, 480 samples, no SBR, no extension.
  ConfigVector(
    wire: "f8e8 3000", summary: "ELD 44100 Hz mono", profile: "ELD", samples: 480, channels: 1,
    layout: "mono"),
  // The same with dual rate low delay SBR at 22.05 kHz: all zero sbr_header, then the end.
  ConfigVector(
    wire: "f8ee 2180 00 00", summary: "ELD 44100 Hz mono", profile: "ELD", samples: 512,
    channels: 1, layout: "mono", isExact: false),
  // Layer 3 and what is not read further.
  ConfigVector(
    wire: "f84640", summary: "Layer-3 48000 Hz stereo", profile: "Layer-3", samples: 1152,
    channels: 2, layout: "stereo", isExact: false),
  ConfigVector(
    wire: "f94640", summary: "xHE-AAC 48000 Hz stereo", profile: "xHE-AAC", samples: nil,
    channels: 2, layout: "stereo", isExact: false),
  // Program config elements that FFmpeg 5.1 wrote: 2.1, quad and 6.1.
  ConfigVector(
    wire: "118004c4010020000d4c61766335392e33372e31303056e500", summary: "LC 48000 Hz 2.1",
    profile: "LC", samples: 1024, channels: 3, layout: "2.1"),
  ConfigVector(
    wire: "118004c4040021100d4c61766335392e33372e31303056e500", summary: "LC 48000 Hz quad",
    profile: "LC", samples: 1024, channels: 4, layout: "quad"),
  ConfigVector(
    wire: "118004c848002000c4400d4c61766335392e33372e31303056e500",
    summary: "LC 48000 Hz 7 channels", profile: "LC", samples: 1024, channels: 7, layout: nil),
  // The element is missing.
  ConfigVector(
    wire: "1180", summary: "LC 48000 Hz channels unknown", profile: "LC", samples: 1024,
    channels: nil, layout: nil, isExact: false),
]

@Suite struct AACConfigTests {
  @Test(arguments: configs) func describes(_ vector: ConfigVector) throws {
    let config = try asc(hex(vector.wire))
    #expect(config.summary == vector.summary)
    #expect(config.profileName == vector.profile)
    #expect(config.samplesPerFrame == vector.samples)
    #expect(config.channels == vector.channels)
    #expect(config.channelLayout == vector.layout)
  }

  @Test(arguments: configs) func writesWhatItReads(_ vector: ConfigVector) throws {
    let wire = hex(vector.wire)
    let config = try asc(wire)
    guard config.isWritable else {
      #expect(!vector.isExact)
      return
    }
    let bytes = written { config.write(to: &$0) }
    if vector.isExact { #expect(bytes == wire) }
    #expect(try asc(bytes) == config)
  }
}

extension AACConfigTests {
  @Test func saysHowExtensionsAreSignalled() throws {
    let plain = try asc(hex("1310"))  // LC at 24 kHz
    #expect(plain.signalling == .none && plain.isImplicitSBRPossible && !plain.hasSBR)
    #expect(try !asc(hex("1210")).isImplicitSBRPossible)
    let refused = try asc(hex("131056e500"))
    #expect(refused.signalling == .backwardCompatible)
    #expect(!refused.hasSBR && !refused.isImplicitSBRPossible)
    let both = try asc(hex("138856e5a54880"))
    #expect(both.hasSBR && both.hasPS && both.signalledObjectType == 29)
    #expect(both.outputSamplingFrequency == 44_100 && both.samplingFrequency == 22_050)
    #expect(try asc(hex("2b920800")).signalling == .hierarchical)
    let eld = try asc(hex("f8ee21800000"))
    #expect(eld.outputSamplingFrequency == 44_100 && eld.samplingFrequency == 22_050)
    #expect(!eld.isWritable)
  }

  @Test func readsTheProgramConfigElement() throws {
    let config = try asc(hex("118004c4010020000d4c61766335392e33372e31303056e500"))
    let element = try #require(config.programConfigElement)
    #expect(element.samplingFrequencyIndex == 3 && element.objectType == 1)
    #expect(element.front == [.init(isPair: true, tag: 0)])
    #expect(element.side.isEmpty && element.back.isEmpty && element.lfe == [0])
    #expect(String(decoding: element.comment, as: UTF8.self) == "Lavc59.37.100")
  }

  /// Table 1.19.
  @Test func namesChannelConfigurations() {
    let counts = (0...15).map { AACChannels.count($0) }
    #expect(
      counts == [nil, 1, 2, 3, 4, 5, 6, 8, nil, nil, nil, 7, 8, 24, 8, nil])
    #expect(AACChannels.layout(6) == "5.1" && AACChannels.layout(7) == "7.1(wide)")
    #expect(AACChannels.layout(0) == nil && AACChannels.layout(8) == nil)
  }

  @Test func namesObjectTypes() {
    #expect(AudioObjectType.lowComplexity.name == "AAC LC")
    #expect(AudioObjectType.parametricStereo.name == "PS")
    #expect(AudioObjectType.enhancedLowDelay.name == "ER AAC ELD")
    #expect(AudioObjectType.usac.name == "USAC")
    #expect(AudioObjectType(rawValue: 31).name == nil)
    #expect(AudioObjectType(rawValue: 95).name == nil)
  }

  @Test func failsWhereTheHeadEnds() {
    for (wire, whole) in [("1210", 2), ("1780678410", 5), ("eb098800", 4), ("f8e83000", 4)] {
      expectPrefixesFail(hex(wire), upTo: whole, asc)
    }
    // Inside the program config element; with nothing of it there the element is missing.
    let bytes = hex("118004c4010020000d4c61766335392e33372e31303056e500")
    for count in 3..<22 {
      #expect(throws: ParseError.self, "\(count)") { _ = try asc([UInt8](bytes[..<count])) }
    }
    #expect(throws: ParseError(.invalid(0), "samplingFrequency", at: 0)) {
      _ = try asc(hex("1780000010"))
    }
  }
}
