import Foundation
import MediaBitstream
import MediaBytes
import TestSupport
import Testing

/// Vectors of other projects, where they lie beside the checkout; they are not part of this one.
private let corpus: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

private func vectors(_ area: String) throws -> [(wire: [UInt8], out: [String: Any])] {
  let file = try #require(corpus).appendingPathComponent("vectors.json")
  let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
  let all = try #require(json?["vectors"] as? [[String: Any]])
  let found = all.compactMap { vector -> ([UInt8], [String: Any])? in
    guard vector["area"] as? String == area, let input = vector["in"] as? [String: Any],
      let wire = input["hex"] as? String, let out = vector["out"] as? [String: Any]
    else { return nil }
    return (hex(wire), out)
  }
  try #require(!found.isEmpty)
  return found
}

@Suite(.enabled(if: corpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct CorpusTests {
  @Test func audioSpecificConfigs() throws {
    for (wire, out) in try vectors("codec.aac.asc") {
      let wanted = try #require(out["dec"] as? [String: Any])
      var reader = BitReader(wire.span.bytes)
      let config = try AudioSpecificConfig(parsing: &reader)
      #expect(config.samplingFrequency == wanted["SampleRate"] as? Int)
      #expect(Int(config.channelConfiguration) == wanted["ChannelConfig"] as? Int)
      #expect(config.extensionSamplingFrequency == wanted["ExtensionSampleRate"] as? Int)
    }
  }

  @Test func av1SequenceHeaders() throws {
    for (wire, out) in try vectors("codec.av1.sequence_header") {
      let found = try AV1SequenceHeader(obus: wire.span.bytes)
      let header = try #require(found)
      #expect(header.maxFrameWidth == out["width"] as? Int)
      #expect(header.maxFrameHeight == out["height"] as? Int)
    }
  }

  @Test func h265SequenceParameterSets() throws {
    for (wire, _) in try vectors("codec.h265.sps") {
      let annexB = [0, 0, 1] + wire
      let found = try H265ProfileTierLevel(in: annexB.span.bytes, framing: .annexB)
      let general = try #require(found)
      #expect((1...4).contains(general.profileIDC))
      // Levels are multiples of 0.1 between 1 and 6.2, in thirtieths.
      #expect((30...186).contains(general.levelIDC) && general.levelIDC % 3 == 0)
    }
  }
}
