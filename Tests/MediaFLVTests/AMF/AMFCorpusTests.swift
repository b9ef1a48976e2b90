import Foundation
import MediaBytes
import MediaFLV
import TestSupport
import Testing

@Suite(.enabled(if: amfCorpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct AMFCorpusTests {
  /// Two decoders of others, and an independent walk of the same bytes, agree with ours.
  @Test func vectorsOfOthers() throws {
    let file = try #require(amfCorpus).appendingPathComponent("vectors.json")
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    var count = 0
    for vector in try #require(json?["vectors"] as? [[String: Any]]) {
      guard vector["area"] as? String == "amf0", let input = vector["in"] as? [String: Any],
        let wire = (input["hex"] as? String).map(hex),
        let out = vector["out"] as? [String: Any], let wanted = out["decoded"] as? [Any]
      else { continue }
      count += 1
      var decoder = AMFDecoder()
      var reader = ByteReader(wire.span)
      var values: [AMFValue] = []
      while !reader.isAtEnd { values.append(try decoder.amf0(&reader)) }
      #expect(values.map(plain) as NSArray == wanted as NSArray)
      var encoder = AMFEncoder()
      var writer = ByteWriter()
      for value in values { encoder.amf0(value, to: &writer) }
      #expect(writer.bytes == wire)
    }
    #expect(count >= 18)
  }

  private func plain(_ value: AMFValue) -> Any {
    if let properties = value.properties {
      return Dictionary(properties.map { ($0.key.text, plain($0.value)) }) { $1 }
    }
    if case .strictArray(let elements) = value { return elements.map(plain) }
    if case .date(let date) = value { return ["date": date.milliseconds, "tz": Int(date.zone)] }
    if let number = value.number { return number }
    if let boolean = value.boolean { return boolean }
    if let text = value.text { return text }
    return NSNull()
  }

  /// Script tags of real files: read without damage, written byte for byte where nothing is odd.
  @Test func scriptTagsOfFiles() throws {
    let folder = try #require(amfCorpus)
    var tags = 0
    for name in ["synthetic", "enhanced-rtmp", "androidx-media"] {
      let files = try FileManager.default.contentsOfDirectory(
        at: folder.appendingPathComponent(name), includingPropertiesForKeys: nil)
      for file in files where file.pathExtension == "flv" {
        // Not an FLV file, and meant to be none.
        if file.lastPathComponent == "flv_not_flv.flv" { continue }
        let bytes = [UInt8](try Data(contentsOf: file))
        guard !bytes.isEmpty else { continue }
        for (type, body) in try scriptBodies(of: bytes) {
          // One file has a line of text in TagType 15, which its maker took for a free number.
          if type == .scriptAMF3, body.first == UInt8(ascii: "h") { continue }
          let script = script(body, type: type)
          let label = "\(file.lastPathComponent): \(script.anomalies)"
          #expect(script.damage == nil, "\(label)")
          tags += 1
          if script.anomalies.contains(where: { $0.kind == .missingEndMarker }) {
            #expect(amfWritten(script) == body + [0, 0, 9], "\(label)")
          } else {
            #expect(amfWritten(script) == body, "\(label)")
          }
          guard let metadata = FLVMetadata(script) else { continue }
          #expect(metadata.problems == [], "\(label)")
        }
      }
    }
    #expect(tags >= 10)
  }

  @Test func enhancedMetadata() throws {
    let folder = try #require(amfCorpus)
    let file = folder.appendingPathComponent("enhanced-rtmp/testsrc.flv")
    let bodies = try scriptBodies(of: [UInt8](try Data(contentsOf: file)))
    let metadata = try #require(bodies.first.flatMap { FLVMetadata(script($0.bytes)) })
    #expect(metadata.width == 980)
    #expect(metadata.height == 540)
    #expect(metadata.videoCodecID == .fourCC(.av01))
    #expect(metadata.audioCodecID == .fourCC(.opus))
  }
}
