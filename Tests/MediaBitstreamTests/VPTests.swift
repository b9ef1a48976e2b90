import MediaBitstream
import MediaBytes
import TestSupport
import Testing

@Suite struct VP8Tests {
  /// RFC 6386 9.1: bit 0 not key, 3 bits of version, show_frame, 19 bits of size.
  @Test func readsBothKinds() throws {
    let key = hex("d04300 9d012a 8042 d0c0")
    let header = try vp8(key)
    #expect(header.isKey && header.version == 0 && header.isShown)
    #expect(header.firstPartitionSize == 0x0043d0 >> 5)
    #expect(header.keyFrame == .init(width: 640, horizontalScale: 1, height: 208, verticalScale: 3))
    #expect(header.summary == "VP8 version 0 key 640x208")
    expectPrefixesFail(key, vp8)
    let inter = try vp8(hex("270000"))
    #expect(!inter.isKey && inter.version == 3 && !inter.isShown)
    #expect(inter.firstPartitionSize == 1 && inter.summary == "VP8 version 3 hidden")
    expectPrefixesFail(hex("270000"), vp8)
    #expect(throws: ParseError(.invalid(0x9d012b), "start_code", at: 3)) {
      _ = try vp8(hex("d04300 9d012b 8042 d0c0"))
    }
  }
}

@Suite struct VP9Tests {
  /// By hand from VP9 6.2: frame_marker 2, profile bits low then high, and so on.
  private let key = binary(
    """
    10 0 0 0 0 1 0 01001001 10000011 01000010 010 1
    0000001001111111 0000000101100111 0
    """)

  @Test func readsKeyFrames() throws {
    let header = try vp9(key)
    #expect(header.profile == 0 && header.isKey && header.isShown && !header.isErrorResilient)
    #expect(header.color?.bitDepth == 8 && header.color?.colorSpace == 2)
    #expect(header.color?.matrix == 1 && header.color?.isFullRange == true)
    #expect(header.size == .init(width: 640, height: 360) && header.renderSize == nil)
    #expect(header.summary == "VP9 profile 0 key 640x360")
    expectPrefixesFail(key, vp9)
    // Profile 3: the reserved bit, 12 bits, 4:4:0 and its reserved bit; a render size.
    let wide = try vp9(
      binary(
        """
        10 1 1 0 0 0 1 1 01001001 10000011 01000010 1 101 0 0 1 0
        0000000000001111 0000000000000111 1 0000000000011111 0000000000001111
        """))
    #expect(wide.profile == 3 && wide.color?.bitDepth == 12 && wide.isErrorResilient)
    #expect(wide.color?.subsamplingX == 0 && wide.color?.subsamplingY == 1)
    #expect(wide.size == .init(width: 16, height: 8))
    #expect(wide.renderSize == .init(width: 32, height: 16))
    // Profile 1 in RGB.
    let rgb = try vp9(
      binary(
        """
        10 1 0 0 0 1 0 01001001 10000011 01000010 111 0
        0000000000001111 0000000000000111 0
        """))
    #expect(rgb.color?.matrix == 0 && rgb.color?.isFullRange == true)
    #expect(rgb.color?.subsamplingX == 0 && rgb.color?.subsamplingY == 0)
  }

  @Test func readsOtherFrames() throws {
    let existing = try vp9(binary("10 0 0 1 110"))
    #expect(existing.existingFrameToShow == 6 && existing.summary == "VP9 profile 0 shows frame 6")
    let inter = try vp9(binary("10 0 0 0 1 1 0"))
    #expect(!inter.isKey && inter.isShown && !inter.isIntraOnly && inter.size == nil)
    // Hidden and intra only, in profile 0 without colour.
    let intra = try vp9(
      binary(
        """
        10 0 0 0 1 0 0 1 00 01001001 10000011 01000010 11111111
        0000001001111111 0000000101100111 0
        """))
    #expect(intra.isIntraOnly && !intra.isShown && intra.color?.bitDepth == 8)
    #expect(intra.size == .init(width: 640, height: 360))
    #expect(intra.summary == "VP9 profile 0 intra only 640x360 hidden")
  }

  @Test func refusesWhatIsNoFrame() {
    for (text, field) in [
      ("01 0 0 0 0 1 0", "frame_marker"), ("10 1 1 1", "reserved_zero"),
      ("10 0 0 0 0 1 0 01001001 10000011 01000011", "frame_sync_code"),
      ("10 0 0 0 0 1 0 01001001 10000011 01000010 111", "color_space"),
    ] {
      #expect { _ = try vp9(binary(text)) } throws: {
        ($0 as? ParseError)?.field.description == field
      }
    }
  }

  private func frames(_ packet: [UInt8]) throws -> [Range<Int>] {
    try VP9Superframe(packet: packet.span.bytes).frames
  }

  /// Annex B: marker, sizes with the low byte first, the marker again.
  @Test func splitsSuperframes() throws {
    let data = [UInt8](repeating: 0x80, count: 260)
    #expect(try frames(data + hex("c9 0300 0101 c9")) == [0..<3, 3..<260])
    #expect(try frames(hex("8080 c1 01 01 c1")) == [0..<1, 1..<2])
    // A frame of no bytes has nothing to decode.
    #expect(try frames(hex("80 c1 01 00 c1")) == [0..<1])
    #expect(try frames(hex("8080")) == [0..<2] && frames([]) == [])
    // The markers differ, or the index does not fit: then there is none.
    #expect(try frames(hex("8080 c2 01 01 c1")) == [0..<6])
    #expect(try frames(hex("c1")) == [0..<1])
    #expect(throws: ParseError(.truncated(needed: 9), "superframe", at: 1)) {
      _ = try frames(hex("8080 c1 01 09 c1"))
    }
  }

  @Test func joinsHiddenFrames() throws {
    var joiner = VP9SuperframeJoiner()
    func add(_ packet: [UInt8]) throws -> [UInt8]? { try joiner.add(packet.span.bytes) }
    let hidden = binary("10 0 0 0 1 0 0 0 0000000")
    let shown = binary("10 0 0 0 1 1 0 0 0000000 00000000")
    #expect(try add(shown) == shown)
    #expect(try add(hidden) == nil)
    #expect(try add(hidden) == nil)
    let joined = hidden + hidden + shown + hex("c2 02 02 03 c2")
    #expect(try add(shown) == joined)
    #expect(try frames(joined).count == 3)
    #expect(try add(joined) == joined)
    let existing = binary("10 0 0 1 110")
    #expect(try add(existing) == existing)
    #expect(joiner.lost == 0)
  }

  /// An index counts eight frames; whoever sends more hidden ones is back with the next.
  @Test func goesOnBehindFramesThatCannotBeJoined() throws {
    var joiner = VP9SuperframeJoiner()
    func add(_ packet: [UInt8]) throws -> [UInt8]? { try joiner.add(packet.span.bytes) }
    let hidden = binary("10 0 0 0 1 0 0 0 0000000")
    /// The index of two frames of less than 256 bytes.
    func index(_ a: Int, _ b: Int) -> [UInt8] { [0xc1, UInt8(a), UInt8(b), 0xc1] }
    for _ in 0..<9 { #expect(try add(hidden) == nil) }
    #expect(joiner.lost == 8)
    #expect(try add(key) == hidden + key + index(hidden.count, key.count))
    #expect(try add(key) == key)
    for _ in 0..<8 { #expect(try add(hidden) == nil) }
    #expect(try add(key) == key)
    #expect(joiner.lost == 16)
    let whole = hidden + key + index(hidden.count, key.count)
    #expect(try add(hidden) == nil)
    #expect(try add(whole) == whole)
    #expect(joiner.lost == 17)
  }

  @Test func writesRecords() throws {
    let body = hex("02 1f a2 02 02 02 0000")
    for bytes in [body, hex("01000000") + body, hex("00 0a 83 01 01 01 0002 aabb")] {
      let record = try vpcC(bytes)
      #expect(written { record.write(to: &$0) } == bytes)
    }
    #expect(try vpcC(body).summary == "profile 2 level 3.1 10 bits 4:2:0")
    let made = try #require(VPCodecConfigurationRecord(keyFrame: try vp9(key), level: 21))
    #expect(written { made.write(to: &$0) } == hex("01000000 00 15 83 02 02 01 0000"))
    #expect(VPCodecConfigurationRecord(keyFrame: try vp9(binary("10 0 0 0 1 1 0"))) == nil)
  }
}

@Suite struct IVFTests {
  /// As libvpx's tools write it.
  private let file = hex(
    "444b4946 0000 2000 56503930 8002 6801 1e000000 01000000 0a000000 00000000")

  @Test func readsAndWrites() throws {
    let header = try ivfHeader(file)
    #expect(header.fourCC == .vp9 && header.fourCC.description == "VP90")
    #expect(header.width == 640 && header.height == 360)
    #expect(header.timebaseNumerator == 1 && header.timebaseDenominator == 30)
    #expect(header.length == 10 && header.summary == "VP90 640x360 1/30 10 frames")
    #expect(written { header.write(to: &$0) } == file)
    expectPrefixesFail(file, ivfHeader)
    let frame = IVFFrameHeader(size: 0x01020304, pts: -2)
    let bytes = written { frame.write(to: &$0) }
    #expect(bytes == hex("04030201 feffffffffffffff"))
    let again = try read(bytes) { r throws(ParseError) in try IVFFrameHeader(parsing: &r) }
    #expect(again.value == frame && again.count == IVFFrameHeader.byteCount)
  }

  @Test func honoursTheHeaderSize() throws {
    var longer = file
    longer[6] = 34
    let found = try read(longer + [1, 2, 3]) { r throws(ParseError) in try IVFHeader(parsing: &r) }
    #expect(found.count == 34)
    longer[6] = 31
    #expect(throws: ParseError(.invalid(31), "header size", at: 6)) { _ = try ivfHeader(longer) }
    longer[4] = 1
    #expect(throws: ParseError(.unsupported(1), "version", at: 4)) { _ = try ivfHeader(longer) }
    longer[0] = 0x45
    #expect(throws: ParseError.self) { _ = try ivfHeader(longer) }
  }

  @Test func computesLengths() {
    var length = IVFLength()
    #expect(length.frames == 0 && length.ticks == nil)
    length.add(pts: 100)
    #expect(length.frames == 1 && length.ticks == nil)
    length.add(pts: 140)
    length.add(pts: 200)
    #expect(length.frames == 3 && length.ticks == 150)
    length.add(pts: 240, duration: 30)
    #expect(length.ticks == 170)
  }
}
