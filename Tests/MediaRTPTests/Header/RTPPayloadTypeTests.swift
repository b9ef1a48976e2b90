import MediaRTP
import Testing

@Suite struct RTPPayloadTypeTests {
  /// RFC 3551 6, tables 4 and 5.
  @Test func staticTypesAreThoseOfTheTables() throws {
    let table: [(UInt8, String, UInt32, Int?)] = [
      (0, "PCMU", 8000, 1), (3, "GSM", 8000, 1), (4, "G723", 8000, 1), (5, "DVI4", 8000, 1),
      (6, "DVI4", 16_000, 1), (7, "LPC", 8000, 1), (8, "PCMA", 8000, 1), (9, "G722", 8000, 1),
      (10, "L16", 44_100, 2), (11, "L16", 44_100, 1), (12, "QCELP", 8000, 1), (13, "CN", 8000, 1),
      (14, "MPA", 90_000, nil), (15, "G728", 8000, 1), (16, "DVI4", 11_025, 1),
      (17, "DVI4", 22_050, 1), (18, "G729", 8000, 1), (25, "CelB", 90_000, nil),
      (26, "JPEG", 90_000, nil), (28, "nv", 90_000, nil), (31, "H261", 90_000, nil),
      (32, "MPV", 90_000, nil), (33, "MP2T", 90_000, nil), (34, "H263", 90_000, nil),
    ]
    for (number, name, rate, channels) in table {
      let format = try #require(RTPPayloadType(rawValue: number).staticFormat)
      #expect(format.encodingName == name && format.clockRate == rate)
      #expect(format.channels == channels)
      let found = RTPPayloadType(
        encodingName: name.lowercased(), clockRate: rate, channels: channels ?? 1)
      #expect(found?.rawValue == number)
    }
    let all = (UInt8(0)...127).filter { RTPPayloadType(rawValue: $0).staticFormat != nil }
    #expect(all == table.map(\.0))
  }

  @Test func rangesAreTold() {
    #expect(RTPPayloadType(rawValue: 96).isDynamic && !RTPPayloadType(rawValue: 95).isDynamic)
    #expect(RTPPayloadType(rawValue: 72).conflictsWithRTCP)
    #expect(RTPPayloadType(rawValue: 0xe0).rawValue == 96)
    #expect(RTPPayloadType(encodingName: "L16", clockRate: 48_000, channels: 2) == nil)
  }
}
