import MediaBytes
import MediaFLV
import Testing

private let videoVectors = legacyVideoVectors + enhancedVideoVectors + multitrackVideoVectors

/// The byte vectors, read, written and cut at every byte.
struct BodyVectorTests {
  @Test(arguments: audioVectors) func audioParses(_ vector: BodyVector) throws {
    try parses(FLVAudioBody.self, vector)
  }

  @Test(arguments: videoVectors) func videoParses(_ vector: BodyVector) throws {
    try parses(FLVVideoBody.self, vector)
  }

  @Test(arguments: audioVectors) func audioRoundTrips(_ vector: BodyVector) throws {
    try roundTrips(FLVAudioBody.self, vector)
  }

  @Test(arguments: videoVectors) func videoRoundTrips(_ vector: BodyVector) throws {
    try roundTrips(FLVVideoBody.self, vector)
  }

  @Test(arguments: audioVectors) func everyPrefixOfAudio(_ vector: BodyVector) throws {
    try everyPrefix(FLVAudioBody.self, vector)
  }

  @Test(arguments: videoVectors) func everyPrefixOfVideo(_ vector: BodyVector) throws {
    try everyPrefix(FLVVideoBody.self, vector)
  }

  @Test(arguments: badAudioBodies) func badAudioFails(_ body: BadBody) {
    fails(FLVAudioBody.self, body)
  }

  @Test(arguments: badVideoBodies) func badVideoFails(_ body: BadBody) {
    fails(FLVVideoBody.self, body)
  }

  /// The first 64 bytes of a large body tell everything, but for many tracks.
  @Test func beginningsOfLargeBodiesSuffice() throws {
    for hex in ["27 01 000050", "a1 68766331 000050", "a7 02 000001 06 01 61766331 02 000050"] {
      let whole = bytes(hex) + [UInt8](repeating: 0xaa, count: 300_000)
      let body = try FLVVideoBody(whole, prefix: 64, bodySize: whole.count)
      #expect(body == (try FLVVideoBody(whole)))
      #expect(body.parts.first?.payload == bytes(hex).count..<whole.count)
      #expect(body.parts.first?.compositionTimeOffset == 80)
    }
    let many = bytes("a6 13 61766331 00 000100") + [UInt8](repeating: 0xaa, count: 256)
    // The only track goes to the end, so it needs no second look.
    #expect(try FLVVideoBody(many, prefix: 64) == FLVVideoBody(many))
    let two = many + bytes("01 000001 bb")
    #expect(throws: ParseError(.truncated(needed: 256), "track payload", at: 1010)) {
      try FLVVideoBody(two, prefix: 64)
    }
    #expect(try FLVVideoBody(two).parts.count == 2)
  }

  /// What follows a body in the same window is none of its business.
  @Test func bytesBehindTheBodyAreLeft() throws {
    let window = bytes("af 01 2122 0000000f")
    var reader = ByteReader(window.span)
    let body = try FLVAudioBody(parsing: &reader, bodySize: 4)
    #expect(body.parts.first?.payload == 2..<4)
    #expect(reader.position == 4)
  }
}

private func parses<Body: FLVBody>(_ type: Body.Type, _ vector: BodyVector) throws {
  let body = try Body(vector.wire, isFiltered: vector.isFiltered)
  #expect(body.summary == vector.text)
}

private func roundTrips<Body: FLVBody>(_ type: Body.Type, _ vector: BodyVector) throws {
  let body = try Body(vector.wire, isFiltered: vector.isFiltered)
  let wire = body.written(copying: vector.wire)
  let isFiltered = body.encryption != nil
  if vector.isExact {
    #expect(wire == vector.wire)
    #expect(try Body(wire, isFiltered: vector.isFiltered) == body)
  }
  // What was mended by writing it stays as it is from then on.
  let again = try Body(wire, isFiltered: isFiltered)
  #expect(again.written(copying: wire) == wire)
}

/// Cut short, a body is described as if it were whole, or asks for more; one that really is as
/// short never claims bytes that are not there.
private func everyPrefix<Body: FLVBody>(_ type: Body.Type, _ vector: BodyVector) throws {
  let whole = try Body(vector.wire, isFiltered: vector.isFiltered)
  let step = vector.wire.count > 1000 ? 997 : 1
  for count in stride(from: 0, to: vector.wire.count, by: step) {
    do throws(ParseError) {
      let body = try Body(vector.wire, prefix: count, isFiltered: vector.isFiltered)
      // Only the picture's size is a courtesy that may be missing.
      #expect(body.parts == whole.parts && body.encryption == whole.encryption)
    } catch {
      guard case .truncated = error.reason else {
        Issue.record("\(count) bytes: \(error)")
        continue
      }
      #expect((1000...1000 + count).contains(error.offset))
    }
    do throws(ParseError) {
      let short = Array(vector.wire.prefix(count))
      let body = try Body(short, isFiltered: vector.isFiltered)
      #expect(body.parts.allSatisfy { $0.payload.upperBound <= count })
    } catch {
      guard case .truncated = error.reason else {
        Issue.record("\(count) bytes: \(error)")
        continue
      }
    }
  }
}

private func fails<Body: FLVBody>(_ type: Body.Type, _ bad: BadBody) {
  do throws(ParseError) {
    let body = try Body(bad.wire)
    Issue.record("parsed: \(body.summary)")
  } catch {
    #expect(error.description.hasPrefix(bad.text), "\(error)")
  }
}
