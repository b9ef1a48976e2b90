import TestSupport
import Testing

/// The documents of `flv-dump` and of its repair, against their schemas.
@Suite(.peers("ffmpeg", "python3")) struct FLVDumpSchemaTests {
  /// A clip, one that is damaged, and one that is no FLV.
  private func inputs(_ folder: ScratchFolder) throws -> [String] {
    let clip = try Clips.path("flv-h264")
    var flv = FLVBytes(editing: try bytes(of: clip))
    flv.setTime(500_000, ofTag: 20)
    let last = try #require(flv.tags.last)
    let damaged = try folder.write(Array(flv.bytes[..<(last.offset + 5)]), to: "damaged.flv")
    return [clip, damaged, try folder.write("no FLV at all", to: "text.flv")]
  }

  @Test func everyListingMatches() throws {
    let folder = try ScratchFolder()
    for (index, input) in try inputs(folder).enumerated() {
      for (number, options) in [[], ["--summary"], ["--check", "--nal", "--hex"]].enumerated() {
        let outcome = try Mediatool.run(["flv-dump", "--json"] + options + [input])
        try folder.write(outcome.stdout, to: "\(index)-\(number).json")
      }
    }
    try expectSchema("flv-dump-1", in: folder)
  }

  @Test func everyRepairMatches() throws {
    let folder = try ScratchFolder()
    for (index, input) in try inputs(folder).enumerated() {
      for (number, options) in [[], ["--verify"], ["--split", "--verify"]].enumerated() {
        let output = folder["\(index)-\(number).flv"]
        let outcome = try Mediatool.run(
          ["flv-dump", "--json", "--repair", "-o", output] + options + [input])
        try folder.write(outcome.stdout, to: "\(index)-\(number).json")
      }
    }
    try expectSchema("flv-repair-1", in: folder)
  }

  @Test(
    arguments: [
      ("totals.tags_kept > 10", 0, ""), ("verify.different == 0", 0, ""),
      ("totals.tags_dropped > 1000", 1, "totals.tags_dropped"),
      ("totals.tags > 1", 64, "tags_kept"), ("changes[0].kind == header", 64, "totals.changes"),
    ] as [(String, Int32, String)])
  func anExpectationIsAboutTheRepair(expectation: String, exit: Int32, says: String) throws {
    let folder = try ScratchFolder()
    let outcome = try flvDump(
      "--repair", "--verify", "--expect", expectation, "-o", folder["out.flv"],
      Clips.path("flv-h264"))
    #expect(outcome.ending == .exit(exit) && outcome.errors.contains(says), "\(outcome)")
  }
}
