import Foundation
import TestSupport
import Testing

/// What cannot be extracted, and what the command line may not ask.
@Suite struct FLVDumpExtractRefusalTests {
  // Baseline, level 3.0, 64x64, by hand.
  private let avcC = hex("01 42c01e ff e1 0007 6742c01eda04 26 01 0004 68ce3c80")
  private let slice: [UInt8] = [0, 0, 0, 5, 0x65, 0x88, 0x84, 0, 0x10]
  private let asc: [UInt8] = [0x12, 0x10]  // AAC LC, 44.1 kHz, stereo

  private func run(
    _ flv: FLVBytes, _ arguments: [String], exit: Int32, says words: String...
  ) throws -> (outcome: Outcome, files: [String]) {
    let folder = try ScratchFolder()
    try folder.write(flv.bytes, to: "in.flv")
    let outcome = try Mediatool.run(
      ["flv-dump"] + arguments + ["in.flv"], directory: folder.path)
    #expect(outcome.exitCode == exit, "\(outcome)")
    for word in words { #expect(outcome.errors.contains(word), "\(outcome)") }
    return (outcome, try folder.names.filter { $0 != "in.flv" })
  }

  /// One frame of video and one of sound.
  private var clip: FLVBytes {
    var flv = FLVBytes()
    flv.appendAVC(0, avcC)
    flv.appendAAC(0, asc)
    flv.appendAVC(1, slice)
    flv.appendAAC(1, [1, 2, 3])
    return flv
  }

  @Test func nothingIsListed() throws {
    let (outcome, files) = try run(
      clip, ["--extract-video", "v", "--extract-audio", "a"], exit: 0)
    #expect(outcome.stdout.isEmpty && outcome.stderr.isEmpty)
    #expect(files == ["a", "v"])
  }

  @Test func listsWhereAskedTo() throws {
    let (outcome, files) = try run(clip, ["--jsonl", "--extract-audio", "a"], exit: 0)
    #expect(outcome.output.split(separator: "\n").count == 4)
    #expect(files == ["a"])
    let other = try run(clip, ["--summary", "-o", "s", "--extract-audio", "-"], exit: 0)
    #expect(other.outcome.stdout.count == 7 + 3 && other.files == ["s"])
  }

  /// Findings that nobody sees are counted at least; only a list of them says which.
  @Test func aCheckBesidesFailsAsEver() throws {
    var flv = clip
    flv.append(type: 15, time: 0, body: [0x00])
    let (outcome, files) = try run(
      flv, ["--extract-audio", "a", "--check", "--fail-on", "info"], exit: 1,
      says: "--summary lists them")
    #expect(outcome.stdout.isEmpty && files == ["a"])
  }

  @Test(arguments: [
    ["--extract-video", "-", "--extract-audio", "-"],
    ["--extract-video", "a", "--extract-audio", "./a"],
    ["--json", "--extract-video", "-"], ["--json", "-o", "-", "--extract-video", "-"],
    ["--json", "-o", "v", "--extract-video", "v"],
    ["-y", "--extract-video", "in.flv"], ["-y", "--extract-audio", "./in.flv"],
    ["--extract-video", "v", "--nal"], ["--extract-video", "v", "--from", "1"],
    ["--extract-video", "v", "-o", "x"],
  ])
  func contradictionsAreUsageErrors(_ arguments: [String]) throws {
    let (outcome, files) = try run(clip, arguments, exit: 64)
    #expect(outcome.stdout.isEmpty && files.isEmpty)
  }

  @Test func aLinkToNothingIsTheFileItNames() throws {
    let folder = try ScratchFolder()
    try folder.write(clip.bytes, to: "in.flv")
    for (name, target) in [("b", "a"), ("c", folder["b"])] {
      try FileManager.default.createSymbolicLink(
        atPath: folder[name], withDestinationPath: target)
    }
    for other in ["a", "b"] {
      let words = ["flv-dump", "in.flv", "-y", "--extract-video", "c", "--extract-audio", other]
      #expect(try Mediatool.run(words, directory: folder.path).exitCode == 64)
    }
  }

  @Test func anExistingFileStays() throws {
    let folder = try ScratchFolder()
    try folder.write(clip.bytes, to: "in.flv")
    try folder.write("old", to: "a")
    let words = ["flv-dump", "in.flv", "--extract-audio", "a"]
    let refused = try Mediatool.run(words, directory: folder.path)
    #expect(refused.exitCode == 73)
    #expect(try text(of: folder["a"]) == "old")
    #expect(try Mediatool.run(words + ["-y"], directory: folder.path).exitCode == 0)
    #expect(try contents(of: folder["a"]).count == 10)
  }

  struct Codec: CustomTestStringConvertible, Sendable {
    var name: String
    var type: UInt8
    var first: UInt8
    var testDescription: String { name }
  }

  @Test(arguments: [
    Codec(name: "flv1", type: 9, first: 0x12), Codec(name: "vp6f", type: 9, first: 0x14),
    Codec(name: "flashsv", type: 9, first: 0x13), Codec(name: "adpcm_swf", type: 8, first: 0x1f),
    Codec(name: "nellymoser", type: 8, first: 0x6e), Codec(name: "speex", type: 8, first: 0xb2),
  ])
  func codecsWithoutAStreamFormatAreNamed(_ codec: Codec) throws {
    var flv = FLVBytes()
    flv.append(type: codec.type, time: 0, body: [codec.first, 0, 0, 0x84, 0, 1, 2, 3, 4, 5])
    let option = codec.type == 9 ? "--extract-video" : "--extract-audio"
    let (_, files) = try run(flv, [option, "x"], exit: 69, says: option, codec.name)
    #expect(files.isEmpty)
  }

  /// One track that cannot be extracted does not keep the other.
  @Test func theOtherTrackIsWritten() throws {
    var flv = clip.removingTags(ofType: 8)
    flv.append(type: 8, time: 0, body: [0x6e, 1, 2, 3])
    let (_, files) = try run(
      flv, ["--extract-video", "v", "--extract-audio", "a"], exit: 69, says: "nellymoser")
    #expect(files == ["v"])
  }

  @Test func aChangeOfCodecEndsIt() throws {
    var flv = clip
    flv.append(type: 9, time: 40, body: [0x22, 0, 0, 0x84, 0, 1])
    let (_, files) = try run(
      flv, ["--extract-video", "v", "--extract-audio", "a"], exit: 65, says: "h264", "flv1")
    #expect(files == ["a"])
  }

  @Test func encryptedTagsAreSaid() throws {
    var flv = clip
    // EncryptionTagHeader: one filter, "SE", selective with a vector.
    let filter = [1] + Array("SE".utf8) + [0, 0, 0, 17, 0x80] + [UInt8](repeating: 7, count: 16)
    flv.append(type: 8 | 0x20, time: 23, body: [0xaf, 1] + filter + [9, 9, 9, 9])
    let (_, files) = try run(flv, ["--extract-audio", "a"], exit: 65, says: "encrypted")
    #expect(files.isEmpty)
  }

  @Test func framesThatCannotBeConvertedAreLeftOut() throws {
    var flv = clip
    flv.appendAVC(1, isKey: false, time: 40, [0, 0, 0, 99, 0x41])
    flv.appendAVC(1, isKey: false, time: 80, [0, 0, 0, 2, 0x41, 0x9a])
    let (_, files) = try run(flv, ["--extract-video", "v"], exit: 65, says: "1 frame is left out")
    #expect(files == ["v"])
  }

  @Test func framesBeforeTheirConfigurationAreLeftOut() throws {
    var flv = FLVBytes()
    flv.appendAVC(1, slice)
    let (_, none) = try run(flv, ["--extract-video", "v"], exit: 65, says: "no sequence header")
    #expect(none.isEmpty)
    flv.appendAVC(0, avcC)
    flv.appendAVC(1, time: 40, slice)
    let (_, some) = try run(flv, ["--extract-video", "v"], exit: 65, says: "1 frame is left out")
    #expect(some == ["v"])
  }

  /// Hidden VP9 frames that no superframe can take are lost, and not what comes behind them.
  @Test func hiddenFramesWithoutEndAreLeftOut() throws {
    let code = Array("vp09".utf8)
    // Frame header of profile 0: hidden, then shown, both inter frames.
    let (hidden, shown): ([UInt8], [UInt8]) = ([0x84, 0x00], [0x86, 0x00])
    var flv = FLVBytes()
    for time in 0..<9 { flv.append(type: 9, time: time, body: [0xa1] + code + hidden) }
    for time in 9..<12 { flv.append(type: 9, time: time, body: [0xa1] + code + shown) }
    let folder = try ScratchFolder()
    let path = try folder.write(flv.bytes, to: "in.flv")
    let outcome = try Mediatool.run(["flv-dump", "--extract-video", folder["v"], path])
    #expect(outcome.exitCode == 65, "\(outcome)")
    #expect(outcome.errors.contains("8 frames are left out"), "\(outcome)")
    // The ninth hidden frame goes with the first shown one, the others follow.
    let packets = [hidden + shown + [0xc1, 2, 2, 0xc1], shown, shown]
    #expect(try contents(of: folder["v"]).count == 32 + packets.reduce(0) { $0 + 12 + $1.count })
  }

  @Test func whatIsNotThereIsSaid() throws {
    let sound = clip.removingTags(ofType: 9)
    let (_, files) = try run(sound, ["--extract-video", "v"], exit: 65, says: "no video")
    #expect(files.isEmpty)
    _ = try run(clip, ["--extract-video", "v", "--tracks", "v:1"], exit: 65, says: "v:1")
  }

  @Test func aFileThatIsNoFLVLeavesNothing() throws {
    let folder = try ScratchFolder()
    try folder.write("no FLV at all, and long enough", to: "in.flv")
    let outcome = try Mediatool.run(
      ["flv-dump", "--extract-video", "v", "in.flv"], directory: folder.path)
    #expect(outcome.exitCode == 65 && outcome.errorLines.count == 1, "\(outcome)")
    #expect(try folder.names == ["in.flv"])
  }

  @Test func theTrackAskedForIsTaken() throws {
    var flv = FLVBytes()
    let code = Array("mp4a".utf8)
    flv.appendAAC(0, asc)
    // Multitrack, OneTrack: SequenceStart and CodedFrames of track 1.
    flv.append(type: 8, time: 0, body: [0x95, 0x00] + code + [1] + asc)
    flv.appendAAC(1, [1, 2, 3])
    flv.append(type: 8, time: 0, body: [0x95, 0x01] + code + [1, 7, 8, 9, 10])
    let folder = try ScratchFolder()
    let path = try folder.write(flv.bytes, to: "in.flv")
    for (track, count) in [("a:0", 3), ("a:1", 4), ("a", 3), ("1", 4)] {
      let outcome = try Mediatool.run(
        ["flv-dump", "--extract-audio", "-", "--tracks", track, path])
      #expect(outcome.exitCode == 0 && outcome.stdout.count == 7 + count, "\(track) \(outcome)")
    }
  }

  /// Two configurations of one codec follow each other, each with its parameter sets.
  @Test func anotherConfigurationOfTheCodecGoesOn() throws {
    var flv = clip
    var other = avcC
    other[avcC.count - 1] = 0x81
    flv.appendAVC(0, time: 40, other)
    flv.appendAVC(1, time: 40, slice)
    let folder = try ScratchFolder()
    let path = try folder.write(flv.bytes, to: "in.flv")
    let outcome = try Mediatool.run(["flv-dump", "--extract-video", "-", path])
    #expect(outcome.exitCode == 0)
    let sets = outcome.stdout.indices.filter {
      outcome.stdout[$0...].starts(with: [0x68, 0xce, 0x3c])
    }
    #expect(sets.map { outcome.stdout[$0 + 3] } == [0x80, 0x81])
  }
}

extension FLVBytes {
  fileprivate func removingTags(ofType type: UInt8) -> FLVBytes {
    FLVBytes(editing: removing { $0.type == type })
  }
}
