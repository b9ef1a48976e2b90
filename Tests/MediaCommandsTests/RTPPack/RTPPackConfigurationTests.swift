import TestSupport
import Testing

/// Parameter sets that an FLV has late, or changes on the way.
@Suite struct RTPPackConfigurationTests {
  private static let first = [
    hex("67640028acd940780227e584000003000400000300f03c60c658"), hex("68ebecb22c"),
  ]
  private static let second = [
    hex("6764001facd9405005bb011000000300100000030320f1831960"), hex("68ebe3cb22c0"),
  ]

  private static func record(_ sets: [[UInt8]]) -> [UInt8] {
    [1] + sets[0][1...3] + [0xff, 0xe1, 0, UInt8(sets[0].count)] + sets[0]
      + [1, 0, UInt8(sets[1].count)] + sets[1]
  }

  private static func units(_ units: [UInt8]...) -> [UInt8] {
    units.flatMap { [0, 0, 0, UInt8($0.count)] + $0 }
  }

  private static func slice(_ header: UInt8, _ value: UInt8) -> [UInt8] { [header, 0x88, value] }

  @Test func setsWithoutASequenceHeaderAreDescribed() throws {
    let folder = try ScratchFolder()
    var flv = FLVBytes()
    flv.appendAVC(1, Self.units(Self.first[0], Self.first[1], Self.slice(0x65, 1)))
    flv.appendAVC(1, isKey: false, time: 40, Self.units(Self.slice(0x41, 2)))
    let path = try folder.write(flv.bytes, to: "in.flv")
    let outcome = try rtpPack("--sdp", "-", path)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(
      outcome.output.contains(
        "a=fmtp:96 packetization-mode=1; profile-level-id=640028; sprop-parameter-sets=Z2QAKKzZQHgC"
      ),
      "\(outcome.output)")
  }
}
