import Foundation
import MediaBitstream
import MediaBytes
import TestSupport
import Testing

/// Files and vectors of other projects, where they lie beside the checkout.
private let corpus: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

private func vectors(_ area: String) throws -> [(name: String, wire: [UInt8], out: [String: Any])] {
  let file = try #require(corpus).appendingPathComponent("vectors.json")
  let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
  let all = try #require(json?["vectors"] as? [[String: Any]])
  let found = all.compactMap { vector -> (String, [UInt8], [String: Any])? in
    guard vector["area"] as? String == area, let input = vector["in"] as? [String: Any],
      let wire = input["hex"] as? String, let out = vector["out"] as? [String: Any]
    else { return nil }
    return (vector["case"] as? String ?? "", hex(wire), out)
  }
  try #require(!found.isEmpty)
  return found
}

/// The NAL units of a byte stream.
private func units(_ bytes: [UInt8]) throws -> [[UInt8]] {
  var cursor = NALUnitCursor(.annexB)
  var found: [[UInt8]] = []
  while let range = try cursor.next(in: bytes.span.bytes) { found.append([UInt8](bytes[range])) }
  return found
}

private struct Stream: Sendable, CustomTestStringConvertible {
  var file: String
  var size: [Int]
  var pictures: Int
  var profile: String
  var level: String
  var testDescription: String { file }
}

@Suite(.enabled(if: corpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct H26xCorpusTests {
  @Test func h264SequenceParameterSets() throws {
    for (name, wire, out) in try vectors("codec.h264.sps") {
      let set = try H264SequenceParameterSet(nalUnit: wire.span.bytes)
      #expect([set.width, set.height] == [out["width"] as? Int, out["height"] as? Int], "\(name)")
      #expect(set.frameRate?.perSecond == out["fps"] as? Double, "\(name)")
    }
  }

  @Test func h265SequenceParameterSets() throws {
    for (name, wire, out) in try vectors("codec.h265.sps") {
      let set = try H265SequenceParameterSet(nalUnit: wire.span.bytes)
      #expect([set.width, set.height] == [out["width"] as? Int, out["height"] as? Int], "\(name)")
      let rate = try #require(set.frameRate).perSecond
      let wanted = try #require(out["fps"] as? Double)
      #expect(abs(rate - wanted) < 1e-9, "\(name): \(rate)")
    }
  }

  @Test(
    arguments: [
      Stream(
        file: "openh264/Cisco_Men_whisper_640x320_CABAC_Bframe_9.264", size: [640, 320],
        pictures: 9, profile: "Main", level: "5.2"),
      Stream(
        file: "openh264/SarVui.264", size: [176, 144], pictures: 17, profile: "Baseline",
        level: "2.1"),
      Stream(
        file: "openh264/Static.264", size: [152, 100], pictures: 10, profile: "Baseline",
        level: "1.3"),
      Stream(
        file: "openh264/test_qcif_cabac.264", size: [176, 144], pictures: 30, profile: "Main",
        level: "5.1"),
      Stream(
        file: "mp4ff/blackframe.264", size: [640, 360], pictures: 1, profile: "High", level: "3"),
    ])
  private func h264Streams(_ stream: Stream) throws {
    var sets = H264ParameterSets()
    var last: H264SliceHeader?
    var pictures = 0
    for unit in try units(try #require(corpus).bytes(stream.file)) {
      try sets.take(unit.span.bytes)
      let type = H264NALUnitType(header: unit[0])
      guard type.hasSliceHeader else { continue }
      let header = try H264SliceHeader(nalUnit: unit.span.bytes, parameterSets: sets)
      #expect(header.picture != nil)
      if header.beginsPicture(after: last) { pictures += 1 }
      last = header
    }
    #expect(pictures == stream.pictures)
    let set = try #require(sets.sequence.values.first)
    #expect([set.width, set.height] == stream.size)
    #expect(set.profileLevel.profileName == stream.profile)
    #expect(set.profileLevel.level == stream.level)
  }

  @Test(
    arguments: [
      Stream(
        file: "mp4ff/hevc.265", size: [1920, 1080], pictures: 50, profile: "Main", level: "4.1"),
      Stream(
        file: "mp4ff/blackframe.265", size: [160, 120], pictures: 3, profile: "Main", level: "2"),
    ])
  private func h265Streams(_ stream: Stream) throws {
    var sets = H265ParameterSets()
    var pictures = 0
    for unit in try units(try #require(corpus).bytes(stream.file)) {
      try sets.take(unit.span.bytes)
      var reader = ByteReader(unit.span)
      guard try H265NALUnitHeader(parsing: &reader).type.isVCL else { continue }
      let header = try H265SliceSegmentHeader(nalUnit: unit.span.bytes, parameterSets: sets)
      #expect(header.type != nil)
      if header.isFirstInPicture { pictures += 1 }
    }
    #expect(pictures == stream.pictures)
    let set = try #require(sets.sequence.values.first)
    #expect([set.width, set.height] == stream.size)
    #expect(set.profileTierLevel.profileName == stream.profile)
  }

  @Test func survivesDamage() throws {
    let h264 = try ["openh264/SarVui.264", "mp4ff/blackframe.264"].flatMap {
      try units(try #require(corpus).bytes($0))
    }
    let h265 = try units(try #require(corpus).bytes("mp4ff/blackframe.265"))
    try expectToSurviveDamage(
      h264: h264 + (vectors("codec.h264.sps").map(\.wire)),
      h265: h265 + (vectors("codec.h265.sps").map(\.wire)))
  }
}
