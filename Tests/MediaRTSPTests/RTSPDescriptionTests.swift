import Foundation
import MediaBytes
import MediaRTP
import TestSupport
import Testing

@testable import MediaRTSP

/// Every description of the scripts, and of the corpus where it is: whatever becomes of them on their
/// way, they are read or refused.
@Suite("Descriptions of presentations")
struct RTSPDescriptionTests {
  struct Description: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var testDescription: String { name }
  }

  static let all: [Description] = {
    let scripts = RTSPScriptTests.scripts.compactMap { script in
      script.sdp.map { Description(name: script.name, bytes: Array($0.utf8)) }
    }
    let usual = Description(
      name: "usual", bytes: Array(RTSPScriptedServer.usualDescription.utf8))
    return [usual] + scripts + corpus
  }()

  private static let corpus: [Description] = {
    let folder =
      ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"]
      ?? "\(Mediatool.packageFolder)/../shared/corpus"
    guard let files = FileManager.default.enumerator(atPath: folder) else { return [] }
    let names = files.compactMap { $0 as? String }.filter { $0.hasSuffix(".sdp") }.sorted()
    return names.compactMap { name in
      (try? contents(of: "\(folder)/\(name)")).map { Description(name: name, bytes: $0) }
    }
  }()

  /// Whether it is read; nothing but `ParseError` within the text is thrown.
  private func isRead(_ bytes: [UInt8]) throws -> Bool {
    let url = try RTSPURL("rtsp://cam/live?channel=1")
    let result = Result { () throws(ParseError) in
      try RTSPPresentation(bytes, url: url, base: url.requestURI, limits: SDPLimits())
    }
    switch result {
    case .success(let presentation):
      #expect(presentation.tracks.count == presentation.description.media.count)
      for track in presentation.tracks {
        #expect(track.controlURI.hasPrefix("rtsp://cam/") || track.controlURI == url.requestURI)
      }
      return true
    case .failure(let error):
      #expect((0...bytes.count).contains(error.offset) && !"\(error)".isEmpty)
      return false
    }
  }

  @Test("Are read, or refused with a reason", arguments: all)
  func whole(_ description: Description) throws {
    let isRead = try isRead(description.bytes)
    #expect(isRead == (description.name != "description-none"))
  }

  @Test("So are 100 mutations of each", arguments: all)
  func mutated(_ description: Description) throws {
    var random = Seeded.of("mutations of \(description.name)")
    for _ in 0..<100 {
      var bytes = description.bytes
      for _ in 0..<Int.random(in: 1...5, using: &random) { Self.mutate(&bytes, &random) }
      _ = try isRead(bytes)
    }
  }

  /// As networks and firmware do it: bytes changed, lines lost, doubled and moved, numbers without
  /// bounds, an end that is missing.
  private static func mutate(_ bytes: inout [UInt8], _ random: inout Seeded) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
    let line = Int.random(in: 0..<lines.count, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes.removeSubrange(place...)
    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
    case 3: bytes.insert(contentsOf: Array("99999999999999999999".utf8), at: place)
    case 4: bytes.insert(contentsOf: [0xe9, 0x00, 0xff, 0xfe], at: place)
    case 5:
      lines.remove(at: line)
      bytes = Array(lines.joined(separator: [0x0a]))
    case 6:
      lines.insert(lines[line], at: Int.random(in: 0...lines.count, using: &random))
      bytes = Array(lines.joined(separator: [0x0a]))
    default:
      lines.swapAt(line, Int.random(in: 0..<lines.count, using: &random))
      bytes = Array(lines.joined(separator: [0x0a]))
    }
  }
}
