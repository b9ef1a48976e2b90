import TestSupport

/// Program streams as cameras of GB/T 28181 send them: a piece for each picture and its sound.
enum ProgramStreams {
  /// A stream and its frames, a list for each piece, with the times they are shown at.
  struct Stream {
    var id: UInt8
    var type: UInt8
    var frames: [[(pts: Int64, data: [UInt8])]]
  }

  private static let pack: [UInt8] = hex("000001ba 44000400040100 0003f8")

  private static func map(_ streams: [Stream]) -> [UInt8] {
    let entries: [UInt8] = streams.flatMap { [$0.type, $0.id, 0, 0] as [UInt8] }
    let body = hex("e0ff0000") + [0, UInt8(entries.count)] + entries + hex("00000000")
    return hex("000001bc") + [0, UInt8(body.count)] + body
  }

  /// As many PES packets as a frame needs, the first of which says when it is shown.
  private static func packets(_ id: UInt8, _ pts: Int64, _ frame: [UInt8]) -> [UInt8] {
    let largest = 60_000
    return stride(from: 0, to: frame.count, by: largest).flatMap { start -> [UInt8] in
      let data = frame[start..<min(frame.count, start + largest)]
      let header: [UInt8] =
        start > 0
        ? [0x80, 0, 0]
        : [
          0x80, 0x80, 5, 0x21 | UInt8(pts >> 30 & 7) << 1, UInt8(pts >> 22 & 255),
          UInt8(pts >> 15 & 127) << 1 | 1, UInt8(pts >> 7 & 255), UInt8(pts & 127) << 1 | 1,
        ]
      let count = header.count + data.count
      return [0, 0, 1, id, UInt8(count >> 8), UInt8(count & 255)] + header + data
    }
  }

  /// The pieces, 40 ms each.
  static func pieces(_ streams: [Stream]) -> [[UInt8]] {
    let count = streams.map(\.frames.count).min() ?? 0
    return (0..<count).map { index in
      // The map comes with every second, as keyframes do.
      let head = pack + (index % 12 == 0 ? map(streams) : [])
      return head
        + streams.flatMap { stream in
          stream.frames[index].flatMap { packets(stream.id, $0.pts + 90_000, $0.data) }
        }
    }
  }

  /// The packets of RTP, 1400 bytes each at most.
  static func packets(_ pieces: [[UInt8]], times: [Int64]? = nil, type: UInt8 = 96) -> [TestPacket]
  {
    var packets: [TestPacket] = []
    for (index, piece) in pieces.enumerated() {
      for start in stride(from: 0, to: piece.count, by: 1388) {
        let end = min(piece.count, start + 1388)
        packets.append(
          TestPacket(
            sequence: UInt16(packets.count),
            timestamp: UInt32(times?[index] ?? 3600 * Int64(index)),
            time: Int64(index) * 40_000_000 + Int64(start), payload: Array(piece[start..<end]),
            marker: end == piece.count, type: type))
      }
    }
    return packets
  }

  /// The access units of a byte stream that has delimiters, which begin with `delimiter`.
  static func accessUnits(_ bytes: [UInt8], delimiter: [UInt8]) -> [[UInt8]] {
    let mark = [0, 0, 0, 1] + delimiter
    let starts = bytes.indices.filter { bytes[$0...].starts(with: mark) }
    return zip(starts, starts.dropFirst() + [bytes.count]).map { Array(bytes[$0..<$1]) }
  }
}
