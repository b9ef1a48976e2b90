import MediaBytes
import MediaFLV
import Testing

/// EncryptionTagHeader and FilterParams, FLV 10.1 F.3.1 and F.3.2.
struct FLVEncryptionTests {
  private static let vector = FLVEncryption.InitializationVector(
    high: 0x0001_0203_0405_0607, low: 0x0809_0a0b_0c0d_0e0f)

  private func parse(_ wire: [UInt8], isWhole: Bool = true) throws -> (FLVEncryption?, Int) {
    var reader = ByteReader(wire.span)
    let found = try FLVEncryption(parsing: &reader, isWhole: isWhole)
    return (found, reader.position)
  }

  /// As it stands at the start of a script tag's body.
  @Test func formsRoundTrip() throws {
    var odd = FLVEncryption(.selective(Self.vector))
    odd.reservedBits = 0x7f
    odd.extraParameters = [1, 2]
    let forms = [
      (FLVEncryption(.encryption(Self.vector)), "01 456e6372797074696f6e00 000010 \(iv)"),
      (FLVEncryption(.selective(Self.vector)), "01 534500 000011 80 \(iv)"),
      (FLVEncryption(.selective(nil)), "01 534500 000001 00"),
      (odd, "01 534500 000013 ff \(iv) 0102"),
    ]
    for (value, hex) in forms {
      var writer = ByteWriter()
      value.write(to: &writer)
      #expect(writer.bytes == bytes(hex))
      let (found, position) = try parse(bytes(hex) + [0xc0, 0xff])
      #expect(found == value && position == bytes(hex).count)
      for count in 0..<bytes(hex).count {
        let prefix = Array(bytes(hex).prefix(count))
        #expect(throws: ParseError.self) { try parse(prefix, isWhole: false) }
        let (none, unmoved) = try parse(prefix)
        #expect(none == nil && unmoved == 0)
      }
    }
  }

  @Test(arguments: [
    "02 534500 000001 00",  // two filters
    "01 534600 000001 00",  // another name
    "01 5345 000001 00",  // no zero behind the name
    "01 456e6372797074696f6e00 00000f \(iv)",  // too short for a vector
    "01 534500 000000 00",  // too short for EncryptedAU
    "01 534500 000010 80 \(iv)",  // a vector, and no room for it
    "01 534500 0000ff 00",  // past the end
    "02 000a 6f6e4d65746144617461",  // script data of a plain tag
  ])
  func otherBytesAreNone(_ hex: String) throws {
    let (found, position) = try parse(bytes(hex))
    #expect(found == nil && position == 0)
  }
}

/// `MultichannelConfig` of Enhanced RTMP v2.
struct FLVMultichannelConfigTests {
  @Test(
    arguments: [
      (FLVMultichannelConfig(.unspecified, channelCount: 2), "00 02", nil),
      (
        FLVMultichannelConfig(.native(mask: 0x3f), channelCount: 6), "01 06 0000003f",
        "FL FR FC LFE BL BR"
      ),
      (
        FLVMultichannelConfig(
          .custom([.init(rawValue: 2), .unused, .init(rawValue: 23), .unknown, .init(rawValue: 24)]
          ),
          channelCount: 5), "02 05 02fe17ff18", "FC Unused BFR Unknown ?"
      ),
      (
        FLVMultichannelConfig(.native(mask: 0xff_ffff), channelCount: 24), "01 18 00ffffff",
        """
        FL FR FC LFE BL BR FLC FRC BC SL SR TC TFL TFC TFR TBL TBC TBR LFE2 TSL TSR BFC BFL BFR
        """
      ),
      (FLVMultichannelConfig(.reserved(3), channelCount: 9), "03 09", nil),
    ] as [(FLVMultichannelConfig, String, String?)])
  func roundTrips(_ config: FLVMultichannelConfig, _ hex: String, _ names: String?) throws {
    var writer = ByteWriter()
    config.write(to: &writer)
    #expect(writer.bytes == bytes(hex))
    var reader = ByteReader(writer.bytes.span)
    #expect(try FLVMultichannelConfig(parsing: &reader) == config)
    #expect(config.isConsistent)
    let found = config.speakers?.map { $0.abbreviation ?? $0.name ?? "?" }
    #expect(found?.joined(separator: " ") == names)
    for count in 0..<writer.bytes.count {
      let prefix = Array(writer.bytes.prefix(count))
      #expect(throws: ParseError.self) {
        var reader = ByteReader(prefix.span)
        _ = try FLVMultichannelConfig(parsing: &reader)
      }
    }
  }

  @Test func speakersAndChannelsAreCompared() {
    #expect(!FLVMultichannelConfig(.native(mask: 0x3), channelCount: 6).isConsistent)
    #expect(!FLVMultichannelConfig(.native(mask: 0x100_0000), channelCount: 1).isConsistent)
    #expect(FLVSpeaker(rawValue: 0).name == "FrontLeft")
    #expect(FLVSpeaker(rawValue: 18).name == "LowFrequency2")
    #expect(FLVSpeaker(rawValue: 24).name == nil)
  }
}

/// Names that tools print.
struct FLVNameTests {
  @Test func allSoundFormatsHaveNames() {
    let names = (0..<16).map { FLVSoundFormat(rawValue: $0).description }
    #expect(Set(names).count == 16)
    #expect(names[9] == "ExHeader" && names[15] == "device-specific")
    #expect(names.filter { $0.hasPrefix("reserved") } == ["reserved (12)"])
  }

  @Test func allCodecIDsHaveNames() {
    let names = (0..<16).map { FLVVideoCodecID(rawValue: $0).description }
    #expect(Set(names).count == 16)
    #expect(names.filter { $0.hasPrefix("reserved") }.count == 6)
    #expect(names[12] == "HEVC (pre-standard dialect, CodecID 12)")
  }
}
