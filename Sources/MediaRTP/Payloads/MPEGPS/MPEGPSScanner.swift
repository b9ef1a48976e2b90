import MediaBytes
import MediaModel

/// Walks over the units of a program stream (ISO/IEC 13818-1 2.5.3).
struct MPEGPSScanner {
  /// What a unit is to whoever wants frames.
  enum Unit: Equatable {
    /// The streams that a program stream map names.
    case map([MPEGPSStream])
    /// A PES packet.
    case pes(PESPacket)
    /// A PES packet whose header makes no sense.
    case badPES
    /// Bytes that belong to no unit.
    case junk(Int)
    /// A unit, other than PES, that runs past the end.
    case cut
  }

  private var position = 0

  /// The next unit that matters; nil at the end.
  mutating func next(in bytes: RawSpan) -> Unit? {
    while position < bytes.byteCount {
      let start = position
      guard bytes.byteCount - start >= 4, let id = bytes.systemStartCode(at: start) else {
        position = bytes.nextSystemStartCode(from: start + 1)
        return .junk(position - start)
      }
      if let unit = unit(id, in: bytes) { return unit }
    }
    return nil
  }

  private mutating func unit(_ id: UInt8, in bytes: RawSpan) -> Unit? {
    let start = position
    switch id {
    case 0xb9: position = start + 4
    case 0xba: return skipPackHeader(in: bytes)
    default:
      let end = start + 6
      guard end <= bytes.byteCount else {
        position = bytes.byteCount
        return .cut
      }
      let length = Int(bytes.byte(at: start + 4)) << 8 | Int(bytes.byte(at: start + 5))
      let isPES = id == 0xbd || (0xc0...0xef).contains(id) || id == 0xfd
      let isOpenEnded = isPES && length == 0
      position =
        isOpenEnded
        ? bytes.nextSystemStartCode(from: end) : min(bytes.byteCount, end + length)
      let isCut = !isOpenEnded && end + length > bytes.byteCount
      if isPES { return pes(id, bytes, end..<position, isCut) }
      if isCut { return .cut }
      if id == 0xbc { return .map(Self.streams(bytes.extracting(end..<position))) }
    }
    return nil
  }

  private mutating func skipPackHeader(in bytes: RawSpan) -> Unit? {
    let start = position
    // MPEG-2 has 14 bytes and stuffing, MPEG-1 has 12.
    let isMPEG2 = start + 4 < bytes.byteCount && bytes.byte(at: start + 4) >> 6 == 1
    var end = start + (isMPEG2 ? 14 : 12)
    if isMPEG2, end <= bytes.byteCount { end += Int(bytes.byte(at: end - 1) & 7) }
    position = min(end, bytes.byteCount)
    return end > bytes.byteCount ? .cut : nil
  }

  private func pes(_ id: UInt8, _ bytes: RawSpan, _ range: Range<Int>, _ isCut: Bool) -> Unit {
    let begin = range.lowerBound
    guard range.count >= 3, bytes.byte(at: begin) >> 6 == 2 else { return .badPES }
    let flags = bytes.byte(at: begin + 1)
    let data = begin + 3 + Int(bytes.byte(at: begin + 2))
    guard data <= range.upperBound else { return .badPES }
    var packet = PESPacket(streamID: id, data: data..<range.upperBound, isCut: isCut)
    if flags & 0x80 != 0, data - begin >= 8 {
      var pts: Int64 = 0
      for index in 0..<5 {
        let byte = Int64(bytes.byte(at: begin + 3 + index))
        // 3, 8, 7, 8 and 7 bits, marker bits between them.
        switch index {
        case 0: pts = byte >> 1 & 7
        case 1, 3: pts = pts << 8 | byte
        default: pts = pts << 7 | byte >> 1
        }
      }
      packet.pts = pts
    }
    return .pes(packet)
  }

  /// The streams of a program stream map (2.5.4), as far as they can be read.
  private static func streams(_ map: RawSpan) -> [MPEGPSStream] {
    var reader = ByteReader(map)
    var streams: [MPEGPSStream] = []
    do throws(ParseError) {
      try reader.skip(2, "version")
      try reader.skip(Int(try reader.u16("program_stream_info_length")), "descriptors")
      let length = Int(try reader.u16("elementary_stream_map_length"))
      var entries = try reader.reader(length, "elementary_stream_map")
      while !entries.isAtEnd {
        let type = try entries.u8("stream_type")
        streams.append(MPEGPSStream(id: try entries.u8("elementary_stream_id"), type: type))
        try entries.skip(
          Int(try entries.u16("elementary_stream_info_length")), "descriptors")
      }
    } catch {
      // What was read before is as good as it would be in a whole map.
    }
    return streams
  }
}

extension RawSpan {
  /// The `stream_id` of a start code of the system layer, 0xb9...0xff; nil where there is none.
  func systemStartCode(at index: Int) -> UInt8? {
    guard byte(at: index) == 0, byte(at: index + 1) == 0, byte(at: index + 2) == 1,
      byte(at: index + 3) >= 0xb9
    else { return nil }
    return byte(at: index + 3)
  }

  /// Where the next start code of the system layer begins, else the end.
  ///
  /// NAL units cannot be taken for one: their first bit is 0.
  func nextSystemStartCode(from: Int) -> Int {
    var index = from
    while let found = startCode(from: index, to: byteCount - 3) {
      if systemStartCode(at: found) != nil { return found }
      index = found + 3
    }
    return byteCount
  }
}
