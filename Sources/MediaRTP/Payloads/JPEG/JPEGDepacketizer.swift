import MediaBytes
import MediaModel

/// Puts JPEG pictures together, from SOI to EOI, with the tables that RTP leaves out (RFC 2435).
public struct JPEGDepacketizer: RTPDepacketizer {
  private var assembler: RTPFrameAssembler
  private let size: JPEGSize?
  /// Tables of Q 128 to 254, which need to be sent but once.
  private var cache: [UInt8: [[UInt8]]] = [:]
  /// Of the open picture: the header of its first packet and its tables.
  private var header: JPEGPayloadHeader?
  private var tables: [[UInt8]] = []

  /// Makes one.
  ///
  /// `size` is what SDP says, used where packets do not say it or say it only in blocks of 8.
  /// `keepDamaged` keeps of pictures that are not whole what came before the first loss.
  public init(size: JPEGSize? = nil, keepDamaged: Bool = false) {
    self.size = size
    assembler = RTPFrameAssembler(keepDamaged: keepDamaged, clause: "RFC 2435 3")
  }

  /// Takes a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "JPEG"
    var reader = ByteReader(payload)
    let read = Self.header(&reader)
    guard case .success(let found) = read, found.type <= 127, found.type & 63 <= 1 else {
      if case .failure(let error) = read {
        output.note(.jpegHeader, "\(error)", in: packet)
      } else if case .success(let found) = read {
        output.note(.jpegType, "its type is \(found.type)", in: packet)
      }
      release(assembler.turn(toUnreadable: packet, into: &output), into: &output)
      header = nil
      return end(packet, into: &output)
    }
    let place: RTPFrameAssembler.Place = found.offset == 0 ? .first : .inner
    release(assembler.turn(to: packet, place, into: &output), into: &output)
    if found.offset == 0 {
      output.kind = "JPEG start"
      begin(found, &reader, packet, into: &output)
    } else if let header, !header.matches(found) {
      output.note(.jpegHeaderChange, "it is not that of the first packet", in: packet)
    }
    append(&reader, at: found.offset, packet, into: &output)
    end(packet, into: &output)
  }

  /// The bytes of the frame that is open.
  public var heldByteCount: Int { assembler.heldByteCount }

  /// Ends the frame that is open as a damaged one.
  public mutating func giveUp(into output: inout RTPOutput) {
    assembler.damage()
    finish(into: &output)
  }

  /// Ends the picture that is open; without its marker it counts as damaged.
  public mutating func finish(into output: inout RTPOutput) {
    release(assembler.finish(into: &output), into: &output)
  }

  private mutating func end(_ packet: RTPPacketInfo, into output: inout RTPOutput) {
    if packet.marker { release(assembler.take(into: &output), into: &output) }
  }

  private mutating func append(
    _ reader: inout ByteReader, at offset: Int, _ packet: RTPPacketInfo,
    into output: inout RTPOutput
  ) {
    // What follows a gap is not where a decoder would look for it.
    guard assembler.keepsBytes, !assembler.isDamaged else { return }
    guard offset == assembler.data.count else {
      output.note(
        .jpegFragmentOffset, "it is \(offset), \(assembler.data.count) bytes came before",
        in: packet)
      return assembler.damage()
    }
    if reader.isAtEnd {
      output.note(
        .videoEmptyPayload, "nothing follows the headers", in: packet, clause: "RFC 2435 3")
    }
    assembler.append(reader.takeRest(), packet, into: &output)
  }

  // MARK: The first packet

  private mutating func begin(
    _ found: JPEGPayloadHeader, _ reader: inout ByteReader, _ packet: RTPPacketInfo,
    into output: inout RTPOutput
  ) {
    header = nil
    guard let tables = quantization(found.quality, &reader, packet, into: &output) else {
      return assembler.damage()
    }
    if found.typeSpecific != 0 {
      output.note(.jpegInterlaced, "its type-specific field is \(found.typeSpecific)", in: packet)
    }
    if found.restart?.interval == 0 {
      output.note(.jpegRestartInterval, "its type is \(found.type)", in: packet)
    }
    guard found.width > 0 && found.height > 0 || size != nil else {
      output.note(
        .jpegSizeUnknown, "width and height are \(found.width) and \(found.height)", in: packet)
      return assembler.damage()
    }
    self.tables = tables
    header = found
  }

  /// The tables of the picture that begins; nil where they cannot be had.
  private mutating func quantization(
    _ quality: UInt8, _ reader: inout ByteReader, _ packet: RTPPacketInfo,
    into output: inout RTPOutput
  ) -> [[UInt8]]? {
    switch quality {
    case 1...99: return JPEGTables.quantization(quality)
    case 0, 100...127:
      output.note(.jpegType, "its Q is \(quality), which is reserved", in: packet)
      return nil
    default: break
    }
    let read = Self.tables(&reader)
    guard case .success(let sent) = read else {
      if case .failure(let error) = read { output.note(.jpegHeader, "\(error)", in: packet) }
      return nil
    }
    if sent.byteCount == 0 {
      guard quality != 255, let known = cache[quality] else {
        output.note(.jpegNoTables, "its Q is \(quality), but it has no tables", in: packet)
        return nil
      }
      return known
    }
    let wanted = sent.precision & 3 == 0 ? 128 : 0
    if sent.byteCount != wanted {
      output.note(
        .jpegTableLength,
        sent.precision == 0
          ? "it is \(sent.byteCount) bytes" : "they have 16 bits, \(sent.byteCount) bytes in all",
        in: packet)
    }
    guard !sent.tables.isEmpty else {
      output.note(.jpegNoTables, "its tables cannot be used", in: packet)
      return nil
    }
    if quality != 255 { cache[quality] = sent.tables }
    return sent.tables
  }

  private typealias SentTables = (precision: UInt8, byteCount: Int, tables: [[UInt8]])

  /// Reads the quantization table header (RFC 2435 3.1.8); at most two tables of 8 bits.
  private static func tables(_ reader: inout ByteReader) -> Result<SentTables, ParseError> {
    Result { () throws(ParseError) in
      try reader.skip(1, "MBZ")
      let precision = try reader.u8("Precision")
      let count = Int(try reader.u16("quantization table length"))
      let bytes = try reader.array(count, "quantization tables")
      guard precision & 3 == 0 else { return (precision, count, []) }
      let tables = (0..<min(2, count / 64)).map { Array(bytes[$0 * 64..<$0 * 64 + 64]) }
      return (precision, count, tables)
    }
  }

  // MARK: Pictures

  private mutating func release(_ frame: RTPFrame?, into output: inout RTPOutput) {
    guard var frame, let header else { return }
    var writer = ByteWriter(capacity: frame.data.count + 700)
    writer.jpegHeaders(header, tables, pictureSize(header))
    writer.append(frame.data)
    let tail = frame.data.suffix(2)
    if tail.first != 0xff || tail.last != 0xd9 { writer.integer(0xffd9 as UInt16) }
    frame.data = writer.bytes
    frame.isKeyframe = true
    output.frames.append(frame)
  }

  /// The size that packets say, or that SDP says better.
  private func pictureSize(_ header: JPEGPayloadHeader) -> JPEGSize {
    let said = JPEGSize(width: Int(header.width) * 8, height: Int(header.height) * 8)
    guard let size else { return said }
    let isUnsaid = header.width == 0 || header.height == 0
    return isUnsaid || size.blocks == (header.width, header.height) ? size : said
  }

  private static func header(
    _ reader: inout ByteReader
  ) -> Result<JPEGPayloadHeader, ParseError> {
    Result { () throws(ParseError) in try JPEGPayloadHeader(parsing: &reader) }
  }
}

extension ByteWriter {
  /// Writes what stands before the scan, from SOI to SOS (RFC 2435 4.1).
  fileprivate mutating func jpegHeaders(
    _ header: JPEGPayloadHeader, _ tables: [[UInt8]], _ size: JPEGSize
  ) {
    integer(0xffd8 as UInt16)
    for (index, table) in tables.enumerated() {
      segment(0xdb, [UInt8(index)] + table)
    }
    if let restart = header.restart, restart.interval > 0 {
      segment(0xdd, [UInt8(restart.interval >> 8), UInt8(truncatingIfNeeded: restart.interval)])
    }
    let chroma = UInt8(tables.count > 1 ? 1 : 0)
    let (width, height) = (size.width, size.height)
    segment(
      0xc0,
      [
        8, UInt8(truncatingIfNeeded: height >> 8), UInt8(truncatingIfNeeded: height),
        UInt8(truncatingIfNeeded: width >> 8), UInt8(truncatingIfNeeded: width), 3,
        1, header.type & 63 == 0 ? 0x21 : 0x22, 0, 2, 0x11, chroma, 3, 0x11, chroma,
      ])
    segment(0xc4, [0x00] + JPEGTables.Huffman.lumaDC)
    segment(0xc4, [0x10] + JPEGTables.Huffman.lumaAC)
    segment(0xc4, [0x01] + JPEGTables.Huffman.chromaDC)
    segment(0xc4, [0x11] + JPEGTables.Huffman.chromaAC)
    segment(0xda, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0])
  }

  private mutating func segment(_ marker: UInt8, _ body: [UInt8]) {
    integer(0xff00 | UInt16(marker))
    integer(UInt16(body.count + 2))
    append(body)
  }
}
