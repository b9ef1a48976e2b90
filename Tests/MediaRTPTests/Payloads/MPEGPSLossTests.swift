import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

/// Packets of a program stream that begin with a PES packet, each of which the first may be lost.
@Suite struct MPEGPSLossTests {
  /// Three slices of a picture, each in a PES packet and a packet of its own.
  private static func packets(_ count: Int, hasPack: Bool, everyPTS: Bool = false) -> [SentPacket] {
    (0..<count).flatMap { index in
      (0..<3).map { slice in
        let isFirst = slice == 0
        // Beyond the first, slices do not begin a picture, or have no start code at all.
        let data =
          slice == 2 ? hex("aabbccdd") : hex("00000001 65") + [isFirst ? 0x88 : 0x40, 0x7f, 0x7e]
        let pts = isFirst || everyPTS ? 3600 * Int64(index) : nil
        let pes = MPEGPSTests.pes(0xe0, pts: pts, data)
        return SentPacket(
          (isFirst && hasPack ? MPEGPSTests.pack : []) + pes, marker: slice == 2,
          at: 3600 * Int64(index), frame: index)
      }
    }
  }

  private static func picture() -> [UInt8] {
    hex("00000004 65887f7e 00000008 65407f7e aabbccdd")
  }

  struct Case: Sendable {
    var hasPack: Bool
    var everyPTS = false
  }

  @Test(arguments: [
    Case(hasPack: true), Case(hasPack: false), Case(hasPack: true, everyPTS: true),
  ]) func theRestOfAPictureIsNoPicture(_ test: Case) {
    let packets = Self.packets(4, hasPack: test.hasPack, everyPTS: test.everyPTS)
    for lost in [[3], [3, 4], [4], [5], [2, 3], [2, 3, 4]] {
      let hit = Set(lost.map { packets[$0].frame }).count
      var depacketizer = MPEGPSDepacketizer()
      let output = receive(packets, &depacketizer, lost: Set(lost))
      #expect(
        output.frames.map(\.data) == Array(repeating: Self.picture(), count: 4 - hit), "\(lost)")
      #expect(output.droppedFrames == hit, "\(lost)")
    }
  }

  /// A packet whose every picture is its own: nothing but it is lost.
  @Test func piecesWithoutPackHeadersBeginWithTheirPTS() {
    let packets = (0..<4).map {
      SentPacket(
        MPEGPSTests.pes(0xe0, pts: 3600 * Int64($0), hex("00000001 65887f7e")), marker: true,
        at: 3600 * Int64($0))
    }
    var depacketizer = MPEGPSDepacketizer()
    let output = receive(packets, &depacketizer, lost: [1])
    #expect(output.frames.map(\.timestamp) == [0, 7200, 10_800] && output.droppedFrames == 0)
  }

  @Test func aFrameWithoutNALUnitsIsDropped() {
    let piece =
      MPEGPSTests.pack + MPEGPSTests.map([(0x1b, 0xe0)])
      + MPEGPSTests.pes(0xe0, pts: 0, hex("aabbccdd"))
    var depacketizer = MPEGPSDepacketizer()
    let output = receive([SentPacket(piece, marker: true)], &depacketizer)
    #expect(output.frames.isEmpty && output.droppedFrames == 1)
  }
}
