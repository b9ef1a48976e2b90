public import MediaBitstream
import MediaBytes
import MediaModel

/// Puts AV1 temporal units together, each OBU with its size again (AV1 RTP 4 and 5).
///
/// The dependency descriptor is not needed for that and not read.
public struct AV1Depacketizer: RTPDepacketizer {
  /// What av1C holds, from the last sequence header that came in a whole temporal unit.
  public private(set) var configuration: AV1CodecConfigurationRecord?
  private var assembler: RTPFrameAssembler
  private var sequence: AV1SequenceHeader?
  /// The beginning of an OBU that the next packet goes on with.
  private var fragment: [UInt8]?

  /// Makes one; `keepDamaged` keeps the whole OBUs of temporal units that are not
  /// whole, as long as their beginning came.
  public init(keepDamaged: Bool = false) {
    assembler = RTPFrameAssembler(keepDamaged: keepDamaged, clause: "AV1 RTP 4.2")
  }

  /// Takes a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "AV1"
    if packet.lost > 0 { fragment = nil }
    var reader = ByteReader(payload)
    guard let header = try? AV1AggregationHeader(parsing: &reader) else {
      output.note(
        .videoEmptyPayload, "it has no aggregation header", in: packet, clause: "AV1 RTP 4.4")
      release(assembler.turn(toUnreadable: packet, into: &output), into: &output)
      if packet.marker { release(assembler.take(into: &output), into: &output) }
      return
    }
    if header.hasReservedBits {
      output.note(.av1ReservedBits, "reserved bits are set", in: packet)
    }
    if assembler.isOpen, assembler.timestamp != packet.timestamp {
      dropFragment(packet, into: &output)
    }
    let place = place(header, reader, packet)
    release(assembler.turn(to: packet, place, into: &output), into: &output)
    read(&reader, header, packet, into: &output)
    if packet.marker {
      dropFragment(packet, into: &output)
      release(assembler.take(into: &output), into: &output)
    }
  }

  /// The bytes of the frame that is open.
  public var heldByteCount: Int { assembler.heldByteCount }

  /// Ends the frame that is open as a damaged one.
  public mutating func giveUp(into output: inout RTPOutput) {
    assembler.damage()
    finish(into: &output)
  }

  /// Ends the temporal unit that is open; without its marker it counts as damaged.
  public mutating func finish(into output: inout RTPOutput) {
    if fragment != nil { assembler.damage() }
    fragment = nil
    release(assembler.finish(into: &output), into: &output)
  }

  /// Where in its temporal unit a packet stands, as far as it tells.
  private func place(
    _ header: AV1AggregationHeader, _ elements: borrowing ByteReader, _ packet: RTPPacketInfo
  ) -> RTPFrameAssembler.Place {
    if header.continuesUnit { return .inner }
    var reader = copy elements
    if header.elementCount != 1 { _ = try? LEB128.read(&reader, "OBU element length") }
    guard packet.lost > 0, let first = reader.peekU8 else { return .any }
    // A tile group has its frame header before it.
    return AV1OBUType(rawValue: first >> 3 & 15) == .tileGroup ? .inner : .any
  }

  // MARK: Elements

  private mutating func read(
    _ reader: inout ByteReader, _ header: AV1AggregationHeader, _ packet: RTPPacketInfo,
    into output: inout RTPOutput
  ) {
    var (index, types) = (0, [String]())
    while header.elementCount > 0 ? index < header.elementCount : !reader.isAtEnd {
      let hasLength = header.elementCount != index + 1
      guard let size = Self.size(&reader, hasLength) else {
        output.note(
          .av1Element, "element \(index + 1) is longer than the \(reader.remaining) bytes left",
          in: packet)
        fragment = nil
        assembler.damage()
        return
      }
      let start = reader.position
      _ = try? reader.skip(size, "OBU element")
      let isLast = header.elementCount > 0 ? index + 1 == header.elementCount : reader.isAtEnd
      index += 1
      if let type = element(
        reader.bytes.extracting(start..<start + size),
        continues: header.continuesUnit && index == 1,
        isContinued: header.isContinued && isLast, packet, into: &output)
      {
        types.append(type)
      }
    }
    if index == 0 {
      output.note(
        .videoEmptyPayload, "it has no OBU element", in: packet, clause: "AV1 RTP 4.5")
    }
    if !types.isEmpty { output.kind = "AV1 " + types.prefix(4).joined(separator: ", ") }
    if header.startsSequence, !types.contains(AV1OBUType.sequenceHeader.name), packet.lost == 0 {
      output.note(.av1NewSequence, "N is set on a packet without a sequence header", in: packet)
    }
  }

  private static func size(_ reader: inout ByteReader, _ hasLength: Bool) -> Int? {
    guard hasLength else { return reader.remaining }
    guard let size = try? LEB128.read(&reader, "OBU element length"), size <= reader.remaining
    else { return nil }
    return size
  }

  /// Takes an element; the name of its OBU's type, where it begins one.
  private mutating func element(
    _ bytes: RawSpan, continues: Bool, isContinued: Bool, _ packet: RTPPacketInfo,
    into output: inout RTPOutput
  ) -> String? {
    var name: String?
    if continues {
      guard fragment != nil else {
        // After a loss the rest of an OBU is no fault of the sender's.
        if packet.lost == 0, !assembler.isDamaged {
          output.note(.av1Continuation, "Z is set, but no OBU was begun", in: packet)
        }
        assembler.damage()
        return nil
      }
      fragment?.append(copying: bytes)
    } else {
      dropFragment(packet, into: &output)
      fragment = [UInt8](copying: bytes)
      name = bytes.byteCount > 0 ? AV1OBUType(rawValue: bytes.byte(at: 0) >> 3 & 15).name : nil
    }
    if fragment?.count ?? 0 > RTPFrameAssembler.maxByteCount {
      output.note(.videoFrameTooLarge, "an OBU goes on without end", in: packet)
      fragment = nil
      assembler.damage()
    }
    guard !isContinued, let whole = fragment else { return name }
    fragment = nil
    guard !whole.isEmpty else {
      output.note(.videoEmptyPayload, "an OBU element is empty", in: packet, clause: "AV1 RTP 4.5")
      return nil
    }
    unit(whole, packet, into: &output)
    return name
  }

  private mutating func dropFragment(_ packet: RTPPacketInfo, into output: inout RTPOutput) {
    guard fragment != nil else { return }
    fragment = nil
    assembler.damage()
    output.note(.av1Continuation, "an OBU that was begun is not continued", in: packet)
  }

  /// Appends an OBU with its size.
  private mutating func unit(
    _ unit: [UInt8], _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    var cursor = AV1OBUCursor()
    let read = Result { () throws(ParseError) in try unsafe cursor.next(in: unit.span.bytes) }
    guard case .success(let found) = read, let obu = found, obu.range.count == unit.count else {
      if case .failure(let error) = read {
        output.note(.av1Unit, "\(error)", in: packet)
      } else {
        output.note(.av1Unit, "its obu_size is not that of its element", in: packet)
      }
      return assembler.damage()
    }
    if unit[0] & 2 != 0 { output.note(.av1SizeField, "an OBU has obu_size", in: packet) }
    if obu.type == .temporalDelimiter || obu.type == .tileList {
      return output.note(.av1DroppedUnit, "it holds a \(obu.type.name)", in: packet)
    }
    var bytes = [unit[0] | 2] + (obu.layer == nil ? [] : [unit[1]])
    bytes += LEB128.bytes(obu.payload.count)
    bytes += unit[obu.payload]
    unsafe assembler.append(bytes.span.bytes, packet, into: &output)
  }

  // MARK: Temporal units

  private mutating func release(_ frame: RTPFrame?, into output: inout RTPOutput) {
    guard var frame else { return }
    let unit = try? unsafe AV1TemporalUnit(frame.data.span.bytes, sequence: sequence)
    if let unit {
      frame.isKeyframe = unit.isKey
      if let header = unit.sequenceHeader {
        sequence = header
        let record = try? unsafe AV1CodecConfigurationRecord(obus: frame.data.span.bytes)
        configuration = record ?? configuration
      }
    } else if !frame.isDamaged {
      output.note(.av1Unit, "a frame header cannot be read", in: frame)
    }
    output.frames.append(frame)
  }
}
