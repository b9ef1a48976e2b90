import MediaBytes

/// The parts of a JPEG picture that RTP carries.
struct JPEGPicture {
  /// How chroma is sampled, as `type` of RTP names it.
  enum Sampling: UInt8 {
    /// 4:2:2, luma 2x1.
    case horizontal = 0
    /// 4:2:0, luma 2x2.
    case both = 1
  }

  var sampling = Sampling.both
  var size = JPEGSize(width: 0, height: 0)
  /// The tables of luma and of chroma, 64 bytes each in zig-zag order.
  var quantization: [[UInt8]] = []
  /// `Ri` of DRI, in MCUs; 0 where there are no restart markers.
  var restartInterval: UInt16 = 0
  /// The entropy-coded data.
  var scan = 0..<0
}

extension JPEGPicture {
  /// Reads a picture; what RTP has no way to carry throws, with the reason.
  init(_ bytes: RawSpan) throws(RTPPayloadError) {
    var parser = JPEGParser()
    do throws(ParseError) {
      self = try parser.parse(bytes)
    } catch {
      guard let refusal = parser.refusal else {
        throw RTPPayloadError("the JPEG picture is broken: \(error)", clause: "ISO/IEC 10918-1 B.2")
      }
      throw refusal
    }
  }
}

/// Reads the segments of a JPEG picture (ISO/IEC 10918-1 B.2).
private struct JPEGParser {
  struct Component {
    var id: UInt8
    var sampling: UInt8
    var table: UInt8
    var huffman: UInt8 = 0
  }

  /// Set where the picture is lawful but RTP has no way to carry it.
  var refusal: RTPPayloadError?
  private var picture = JPEGPicture()
  private var components: [Component] = []
  private var quantization: [UInt8: [UInt8]] = [:]
  // Pictures without tables, as AVI has them, use the standard ones.
  private var huffman: [UInt8: [UInt8]] = [
    0x00: JPEGTables.Huffman.lumaDC, 0x01: JPEGTables.Huffman.chromaDC,
    0x10: JPEGTables.Huffman.lumaAC, 0x11: JPEGTables.Huffman.chromaAC,
  ]

  init() {}

  mutating func parse(_ bytes: RawSpan) throws(ParseError) -> JPEGPicture {
    var segments = JPEGSegments()
    while true {
      let found = try segments.next(in: bytes)
      let marker = found.marker
      var segment = ByteReader(
        bytes.extracting(found.body), baseOffset: found.body.lowerBound)
      switch marker {
      case 0xc0: try frameHeader(&segment)
      case 0xc1...0xc3, 0xc5...0xc7, 0xc9...0xcb, 0xcd...0xcf:
        throw refuse(
          marker == 0xc2 ? "the picture is progressive" : "the picture is not baseline", "3.1.3",
          at: found.offset)
      case 0xc4: try huffmanTables(&segment)
      case 0xdb: try quantizationTables(&segment)
      case 0xdd: picture.restartInterval = try segment.u16("Ri")
      case 0xda:
        try scanHeader(&segment)
        try finish(bytes, from: found.body.upperBound)
        return picture
      default: break
      }
    }
  }

  private mutating func refuse(
    _ message: String, _ section: String, at offset: Int
  ) -> ParseError {
    refusal = RTPPayloadError("\(message), which RTP cannot carry", clause: "RFC 2435 \(section)")
    return ParseError(.unsupported(0), "JPEG", at: offset)
  }

  private mutating func frameHeader(_ segment: inout ByteReader) throws(ParseError) {
    let start = segment.offset
    let precision = try segment.u8("P")
    guard precision == 8 else {
      throw refuse("samples have \(precision) bits", "3.1.3", at: start)
    }
    let height = Int(try segment.u16("Y"))
    picture.size = JPEGSize(width: Int(try segment.u16("X")), height: height)
    guard picture.size.width > 0, height > 0 else {
      throw refuse("the picture does not say its size", "3.1.5", at: start)
    }
    let count = try segment.u8("Nf")
    components = []
    for _ in 0..<count {
      let id = try segment.u8("Ci")
      let sampling = try segment.u8("Hi and Vi")
      components.append(Component(id: id, sampling: sampling, table: try segment.u8("Tqi")))
    }
    guard count == 3, components[1].sampling == 0x11, components[2].sampling == 0x11,
      let sampling = [0x21: JPEGPicture.Sampling.horizontal, 0x22: .both][components[0].sampling]
    else {
      let factors = components.map { "\($0.sampling >> 4)x\($0.sampling & 15)" }
      throw refuse(
        "components are sampled \(factors.joined(separator: ", ")), "
          + "not 2x1 or 2x2 with 1x1, 1x1", "4.1", at: start)
    }
    picture.sampling = sampling
  }

  private mutating func quantizationTables(_ segment: inout ByteReader) throws(ParseError) {
    while !segment.isAtEnd {
      let start = segment.offset
      let byte = try segment.u8("Pq and Tq")
      guard byte >> 4 == 0 else {
        throw refuse("quantization tables have 16 bits", "4.1", at: start)
      }
      quantization[byte & 15] = try segment.array(64, "Qk")
    }
  }

  private mutating func huffmanTables(_ segment: inout ByteReader) throws(ParseError) {
    while !segment.isAtEnd {
      let byte = try segment.u8("Tc and Th")
      let lengths = try segment.array(16, "Li")
      let values = try segment.array(lengths.reduce(0) { $0 + Int($1) }, "Vij")
      huffman[byte & 0x1f] = lengths + values
    }
  }

  private mutating func scanHeader(_ segment: inout ByteReader) throws(ParseError) {
    let start = segment.offset
    let count = Int(try segment.u8("Ns"))
    guard components.count == 3 else {
      throw ParseError(.invalid(0), "SOS before SOF0", at: start)
    }
    guard count == 3 else {
      throw refuse("components come in scans of their own", "3.1.3", at: start)
    }
    for index in 0..<3 {
      let at = segment.offset
      let id = try segment.u8("Csj")
      guard id == components[index].id else {
        throw ParseError(.invalid(UInt64(id)), "Csj", at: at)
      }
      components[index].huffman = try segment.u8("Tdj and Taj")
    }
  }

  /// Checks that tables are those RTP takes for granted, and finds the end of the scan.
  private mutating func finish(_ bytes: RawSpan, from start: Int) throws(ParseError) {
    for (index, component) in components.enumerated() {
      typealias Standard = JPEGTables.Huffman
      let dc = index == 0 ? Standard.lumaDC : Standard.chromaDC
      let ac = index == 0 ? Standard.lumaAC : Standard.chromaAC
      guard huffman[component.huffman >> 4] == dc,
        huffman[0x10 | component.huffman & 15] == ac
      else { throw refuse("Huffman tables are not the standard ones", "4.1", at: start) }
    }
    for component in [components[0], components[1]] {
      guard let table = quantization[component.table] else {
        throw ParseError(.invalid(UInt64(component.table)), "Tqi without a table", at: start)
      }
      picture.quantization.append(table)
    }
    guard quantization[components[2].table] == picture.quantization[1] else {
      throw refuse("Cb and Cr have different quantization tables", "4.1", at: start)
    }
    picture.scan = try scan(bytes, from: start)
  }

  private mutating func scan(_ bytes: RawSpan, from start: Int) throws(ParseError) -> Range<Int> {
    var index = start
    while index + 1 < bytes.byteCount {
      guard bytes.byte(at: index) == 0xff else {
        index += 1
        continue
      }
      switch bytes.byte(at: index + 1) {
      case 0x00, 0xd0...0xd7: index += 2
      case 0xff: index += 1
      case 0xd9: return start..<index
      default: throw refuse("something other than EOI follows its first scan", "3.1.3", at: index)
      }
    }
    // Some encoders leave EOI out.
    return start..<bytes.byteCount
  }
}
