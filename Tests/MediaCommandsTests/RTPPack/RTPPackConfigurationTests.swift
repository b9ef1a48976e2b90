import MediaFFmpeg
import MediaModel
import TestSupport
import Testing

@testable import MediaCommands

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

  /// Two keyframes with the first sets, two with the second; `isInBand` puts those of the second
  /// into its frames too.
  private static func changing(isInBand: Bool = false) -> [UInt8] {
    var flv = FLVBytes()
    for index in 0..<4 {
      let sets = index < 2 ? first : second
      if index % 2 == 0 { flv.appendAVC(0, time: 40 * index, record(sets)) }
      let slice = slice(0x65, UInt8(index))
      let isThere = isInBand && index >= 2
      flv.appendAVC(
        1, time: 40 * index, isThere ? units(sets[0], sets[1], slice) : units(slice))
    }
    return flv.bytes
  }

  @Test(
    arguments: [
      ([], [0, 1, 2, 3]), (["--config-interval", "once"], [0, 2]),
      (["--aggregate", "parameter-sets"], [0, 1, 2, 3]), (["--loop=2"], [0, 1, 2, 3, 4, 5, 6, 7]),
      (["--loop=2", "--config-interval", "once"], [0, 2, 4, 6]),
    ] as [([String], [Int])], [false, true])
  func changedSetsAreSent(options: ([String], [Int]), isInBand: Bool) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Self.changing(isInBand: isInBand), to: "in.flv")
    let sent = try Mediatool.run(
      ["rtp-pack", "--verify", "--json", "-o", folder["out.pcap"], "--sdp", folder["a.sdp"]]
        + options.0 + [path])
    #expect(sent.ending == .exit(0), "\(sent)")
    let found = try JSONText(sent.stdout)["verify"]
    #expect(found?["different"]?.integer == 0 && found?["left_out"]?.integer == 0)
    let unpacked = try Mediatool.run(
      ["rtp-unpack", "--sdp", folder["a.sdp"], "-o", folder["out.h264"], folder["out.pcap"]])
    #expect(unpacked.ending == .exit(0), "\(unpacked)")
    var expected: [[UInt8]] = []
    for index in 0..<(options.0.contains("--loop=2") ? 8 : 4) {
      let isSecond = index % 4 >= 2
      if options.1.contains(index) || isInBand && isSecond {
        expected += isSecond ? Self.second : Self.first
      }
      expected.append(Self.slice(0x65, UInt8(index % 4)))
    }
    #expect(try contents(of: folder["out.h264"]) == expected.flatMap { [0, 0, 0, 1] + $0 })
  }

  /// FFmpeg says by side data what the second sequence header says.
  @Test(.peers("ffmpeg")) func changesComeByFFmpegToo() throws {
    let folder = try ScratchFolder()
    let demuxer = try Demuxer(
      url: folder.write(Self.changing(), to: "in.flv"), options: DemuxerOptions())
    try demuxer.findStreamInfo()
    let source = try DemuxerSource(demuxer)
    #expect(source.tracks.map(\.configuration) == [Self.record(Self.first)])
    var found: [[UInt8]?] = []
    while let frame = try source.next() { found.append(frame.configuration) }
    #expect(found == [nil, nil, Self.record(Self.second), nil])
  }

  /// AAC is described once: what changes cannot be said.
  @Test func whatCannotBeSaidIsTold() throws {
    let folder = try ScratchFolder()
    var flv = FLVBytes()
    flv.appendAAC(0, hex("1190"))
    flv.appendAAC(1, [0x21, 1])
    flv.appendAAC(0, time: 21, hex("1210"))
    flv.appendAAC(1, time: 21, [0x21, 2])
    let outcome = try rtpPack("--verify", try folder.write(flv.bytes, to: "in.flv"))
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(outcome.errors.contains("configuration of track 0 changes"), "\(outcome)")
  }

  /// An FLV that comes by a pipe is read natively as well: all is as of the file.
  @Test func pipesAreReadLikeFiles() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Self.changing(), to: "in.flv")
    let options = ["rtp-pack", "--json", "--packets", "--verify", "--seed", "1"]
    let file = try Mediatool.run(options + [path])
    let pipe = try Mediatool.run(options + ["-"], input: .pipe(Self.changing()))
    #expect(file.ending == .exit(0) && pipe.ending == .exit(0), "\(pipe)")
    let documents = try [file, pipe].map { try JSONText($0.stdout) }
    #expect(documents[1]["format_name"]?.string == "flv")
    for key in ["packets", "streams", "verify", "totals", "notes"] {
      #expect(documents[0][key] == documents[1][key], "\(key)")
    }
  }
}
