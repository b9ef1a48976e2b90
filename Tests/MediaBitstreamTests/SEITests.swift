import MediaBitstream
import MediaBytes
import Testing
import TestSupport

/// The messages of a unit, each with its payload.
private func messages(
  _ unit: [UInt8], header: Int = 1
) throws -> [(SEIMessage, [UInt8])] {
  var cursor = SEICursor(headerByteCount: header)
  var found: [(SEIMessage, [UInt8])] = []
  while let message = try cursor.next(in: unit.span.bytes) {
    found.append((message, message.payload(in: unit.span.bytes)))
  }
  #expect(try cursor.next(in: unit.span.bytes) == nil, "the end stays the end")
  return found
}

/// One message of the type, in an H.264 NAL unit.
private func unit(_ type: Int, _ payload: [UInt8]) -> [UInt8] {
  var head: [UInt8] = []
  for number in [type, payload.count] {
    head += [UInt8](repeating: 255, count: number / 255) + [UInt8(number % 255)]
  }
  return [6] + escaped(head + payload + [0x80])
}

private func userData(_ unit: [UInt8]) throws -> SEIUserData? {
  var cursor = SEICursor(headerByteCount: 1)
  let message = try #require(try cursor.next(in: unit.span.bytes))
  return try SEIUserData(message, in: unit.span.bytes)
}

@Suite struct SEIMessageTests {
  @Test func walksMessages() throws {
    // x264's recovery point; two messages in one unit; H.265 with its longer header.
    let cases: [(String, Int, [(Int, String)])] = [
      ("06 0601c480", 1, [(6, "c4")]), ("06 80", 1, []), ("06", 1, []),
      ("06 0005 0102030405 0102 aabb 80", 1, [(0, "0102030405"), (1, "aabb")]),
      ("4e01 9004 03e80190 80", 2, [(144, "03e80190")]),
      ("06 0100 80", 1, [(1, "")]),
      // Zeros after the trailing bits; no trailing bits at all.
      ("06 0601c4 80 0000", 1, [(6, "c4")]), ("06 0601c4", 1, [(6, "c4")]),
    ]
    for (text, header, wanted) in cases {
      let found = try messages(hex(text), header: header)
      #expect(found.map { $0.0.type.rawValue } == wanted.map { $0.0 }, "\(text)")
      #expect(found.map { $0.1 } == wanted.map { hex($0.1) }, "\(text)")
      #expect(found.allSatisfy { $0.0.byteCount == $0.1.count })
    }
  }

  @Test func sizesBeyondTheEndAreErrors() {
    let cases: [(String, ParseError)] = [
      ("06 06", ParseError(.truncated(needed: 1), "payloadSize", at: 2)),
      ("06 060a c4 80", ParseError(.truncated(needed: 10), "sei_payload", at: 3)),
      ("06 ff", ParseError(.truncated(needed: 1), "payloadType", at: 2)),
      // Four bytes are there, but one of them is emulation prevention.
      ("06 0504 000003 01 80", ParseError(.truncated(needed: 4), "sei_payload", at: 3)),
    ]
    for (text, error) in cases { #expect(throws: error) { _ = try messages(hex(text)) } }
  }

  /// Payloads of any bytes and size survive, also where an escape falls on a boundary.
  @Test func randomMessagesSurvive() throws {
    var random = Seeded.of("SEI messages")
    for _ in 0..<400 {
      var body: [UInt8] = []
      var wanted: [(Int, [UInt8])] = []
      for _ in 0..<Int.random(in: 0..<4, using: &random) {
        let type = [0, 1, 4, 5, 255, 511, 600].randomElement(using: &random) ?? 0
        let count = [0, 1, 2, 3, 9, 255, 510, 700].randomElement(using: &random) ?? 0
        let payload = (0..<count).map { _ in
          UInt8([0, 0, 0, 1, 2, 3, 128, 255].randomElement(using: &random) ?? 0)
        }
        for number in [type, count] {
          body += [UInt8](repeating: 255, count: number / 255) + [UInt8(number % 255)]
        }
        body += payload
        wanted.append((type, payload))
      }
      let found = try messages([6] + escaped(body + [0x80]))
      #expect(found.map { $0.0.type.rawValue } == wanted.map { $0.0 })
      #expect(found.map { $0.1 } == wanted.map { $0.1 })
    }
  }

  @Test func survivesAnyBytes() {
    var random = Seeded.of("broken SEI")
    for _ in 0..<2000 {
      let count = Int.random(in: 0..<40, using: &random)
      let bytes = (0..<count).map { _ in
        UInt8([0, 1, 3, 4, 5, 128, 255].randomElement(using: &random) ?? 0)
      }
      var cursor = SEICursor(headerByteCount: 1)
      do throws(ParseError) {
        while let message = try cursor.next(in: bytes.span.bytes) {
          #expect(message.payload(in: bytes.span.bytes).count == message.byteCount)
          _ = try SEIUserData(message, in: bytes.span.bytes)
        }
      } catch {
        #expect((0...bytes.count).contains(error.offset))
      }
    }
  }

  @Test func typesHaveNames() {
    let wanted = [
      0: "buffering_period", 1: "pic_timing", 4: "user_data_registered_itu_t_t35",
      5: "user_data_unregistered", 6: "recovery_point", 19: "film_grain_characteristics",
      45: "frame_packing_arrangement", 132: "decoded_picture_hash", 136: "time_code",
      137: "mastering_display_colour_volume", 144: "content_light_level_info",
    ]
    for (type, name) in wanted { #expect(SEIPayloadType(rawValue: type).name == name) }
    #expect(SEIPayloadType(rawValue: 9999).name == nil)
    #expect(SEIPayloadType(rawValue: 9999).description == "reserved 9999")
  }
}

/// `GA94` captions with the triplets given, in T.35's envelope.
private func captions(_ triplets: String, flags: UInt8 = 0xc0, count: Int? = nil) -> [UInt8] {
  let bytes = hex(triplets)
  let head = hex("b5 0031 47413934 03") + [flags | UInt8(count ?? bytes.count / 3), 0xff]
  return unit(4, head + bytes + [0xff])
}

private func services(_ unit: [UInt8]) throws -> [ClosedCaptions.Services]? {
  guard case .captions(let found) = try userData(unit) else { return nil }
  return [found.valid, found.carried]
}

@Suite struct SEIUserDataTests {
  @Test func tellsCaptionsByTheirTriplets() throws {
    #expect(try services(captions("fc 9420")) == [.field1, .field1])
    #expect(try services(captions("fd 9420")) == [.field2, .field2])
    #expect(
      try services(captions("fc 8080 fd 8080 ff 0221 fe 4100"))
        == [[.field1, .field2, .digital], .digital])
    // Not valid: padding, as for pictures without captions.
    #expect(try services(captions("f8 8080 f9 0000 fa 0000")) == [[], []])
    #expect(try services(captions("")) == [[], []])
    #expect(try services(captions("fc 9420", flags: 0x80)) == [[], []], "process_cc_data_flag")
    guard case .captions(let found)? = try userData(captions("fc9420 fa0000")) else {
      Issue.record("no captions")
      return
    }
    #expect(found.count == 2)
    #expect(throws: ParseError.self) { _ = try userData(captions("fc9420", count: 3)) }
  }

  @Test func tellsOtherUserData() throws {
    let cases: [(Int, String, SEIUserData?)] = [
      (4, "b5 0031 44544731 41 fa", .activeFormat(10)),
      (4, "b5 0031 44544731 01", .activeFormat(nil)),
      (4, "b5 0031 47413934 06 ff", .registered(country: 0xb5, provider: 0x31)),
      (4, "b5 0031 41424344", .registered(country: 0xb5, provider: 0x31)),
      (4, "b5 003c 0001 04 01 40", .hdr10Plus(version: 1)),
      (4, "b5 003c 0001 05 01 40", .registered(country: 0xb5, provider: 0x3c)),
      (4, "b5 003c", .registered(country: 0xb5, provider: 0x3c)),
      (4, "26 0004 0000", .registered(country: 0x26, provider: 4)),
      (4, "ff 01 0004", .registered(country: 0xff, provider: 4)),
      (
        5, "dc45e9bde6d948b7962cd820d923eeef 78323634202d20636f7265 00",
        .unregistered(uuid: hex("dc45e9bde6d948b7962cd820d923eeef"), text: "x264 - core")
      ),
      (
        5, "00000000000000000000000000000000",
        .unregistered(uuid: .init(repeating: 0, count: 16), text: "")
      ),
      (6, "c4", nil),
    ]
    for (type, payload, wanted) in cases {
      #expect(try userData(unit(type, hex(payload))) == wanted, "\(payload)")
    }
    let long = unit(5, [UInt8](repeating: 0x41, count: 300))
    guard case .unregistered(_, let text)? = try userData(long) else {
      Issue.record("no text")
      return
    }
    #expect(text.count == 80)
    for payload in ["b5", "b500", "b5 0031 474139", "b5 0031 47413934 03", "b5 0031 44544731 41"] {
      #expect(throws: ParseError.self, "\(payload)") { _ = try userData(unit(4, hex(payload))) }
    }
    #expect(throws: ParseError.self) { _ = try userData(unit(5, [1, 2, 3])) }
  }

  @Test func readsLightLevels() throws {
    let wire = hex("8a48 3908 2134 9baa 1996 08fc 3d13 4042 00989680 00000032")
    var reader = ByteReader(wire.span)
    let display = try MasteringDisplay(parsing: &reader)
    #expect(
      display.primaries.map { [Int($0.x), Int($0.y)] }
        == [[35_400, 14_600], [8500, 39_850], [6550, 2300]])
    #expect((display.whitePoint.x, display.whitePoint.y) == (15_635, 16_450))
    #expect(display.maxLuminance == 10_000_000 && display.minLuminance == 50)
    let level = hex("03e8 0190")
    var other = ByteReader(level.span)
    let light = try ContentLightLevel(parsing: &other)
    #expect(light.maxContent == 1000 && light.maxPictureAverage == 400)
    for count in 0..<wire.count {
      #expect(throws: ParseError.self) { () throws -> MasteringDisplay in
        let prefix = [UInt8](wire[..<count])
        var reader = ByteReader(prefix.span)
        return try MasteringDisplay(parsing: &reader)
      }
    }
  }
}
