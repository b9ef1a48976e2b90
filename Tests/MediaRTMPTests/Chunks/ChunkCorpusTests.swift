import Foundation
import MediaRTMP
import TestSupport
import Testing

/// Sessions and vectors of other programs, where they lie beside the checkout; no part of this one.
private let corpus: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

private func bytes(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: try #require(corpus).appendingPathComponent(path)))
}

private func json(_ path: String) throws -> [String: Any] {
  let value = try JSONSerialization.jsonObject(with: Data(try bytes(path)))
  return try #require(value as? [String: Any])
}

extension [String: Any] {
  fileprivate func number(_ keys: String...) -> UInt32? {
    for key in keys {
      if let value = self[key] as? NSNumber { return value.uint32Value }
      if let value = self[key] as? [String: Any] { return value.number("ms") }
    }
    return nil
  }
}

@Suite(.enabled(if: corpus != nil, "the corpus is not there"))
struct ChunkCorpusTests {
  private static let sessions = [
    "play_rtmpdump.c2s", "play_rtmpdump.s2c", "publish_ffmpeg51_h264_aac.c2s",
    "publish_ffmpeg51_h264_aac.s2c",
  ]

  @Test(arguments: sessions) func realSessions(_ name: String) throws {
    let stream = try bytes("rtmp-sessions/\(name).bin")
    let expected = try #require(
      try json("rtmp-sessions/\(name).messages.json")["messages"] as? [[String: Any]])
    let chunks = [UInt8](stream.dropFirst(RTMPHandshake.byteCount))
    let items = readChunks([chunks])
    let found = messages(items)
    #expect(found.count == expected.count && failure(items) == nil && deviations(items).isEmpty)
    for (message, wanted) in zip(found, expected) {
      #expect(message.chunkStreamID == wanted.number("csid"))
      #expect(message.timestamp == wanted.number("ts"))
      #expect(UInt32(message.typeID.rawValue) == wanted.number("type"))
      #expect(message.messageStreamID == wanted.number("sid"))
      #expect(UInt32(message.payload.count) == wanted.number("len"))
    }
    var random = Seeded.of(name)
    for pieces in cuts(of: chunks, &random, count: 1) {
      #expect(readChunks(pieces) == items)
    }
  }

  /// The handshake of FFmpeg with nginx-rtmp has digests, that of rtmpdump has none.
  @Test func realHandshakes() throws {
    let digests = RTMPHandshake.Digests(hmac: { hmacSHA256(key: $0, message: $1) })
    for (name, hasDigests) in [("publish_ffmpeg51_h264_aac", true), ("play_rtmpdump", false)] {
      let up = try bytes("rtmp-sessions/\(name).c2s.bin")
      let down = try bytes("rtmp-sessions/\(name).s2c.bin")
      var server = RTMPHandshake.Server(digests: digests) { [UInt8](repeating: 1, count: $0) }
      try server.receive(up)
      var client = RTMPHandshake.Client(digests: digests) { [UInt8](repeating: 2, count: $0) }
      try client.receive(down)
      #expect((server.form != .simple) == hasDigests)
      #expect((client.form != .simple) == hasDigests)
      #expect(client.isDone && client.takeRemainder() == [UInt8](down.dropFirst(3073)))
      #expect(server.isDone && server.takeRemainder() == [UInt8](up.dropFirst(3073)))
    }
  }

  @Test func vectors() throws {
    let all = try #require(try json("vectors.json")["vectors"] as? [[String: Any]])
    let chunked = all.filter { $0["area"] as? String == "rtmp.chunkstream" }
    #expect(chunked.count >= 7)
    for vector in chunked {
      let input = try #require(vector["in"] as? [String: Any])
      let output = try #require(vector["out"] as? [String: Any])
      let found = messages(readChunks(hex(try #require(input["hex"] as? String))))
      let expected = try #require(output["messages"] as? [[String: Any]])
      #expect(found.count == expected.count, "\(vector["id"] ?? "")")
      for (message, wanted) in zip(found, expected) {
        #expect(message.chunkStreamID == wanted.number("ChunkStreamID", "csid"))
        #expect(message.timestamp == wanted.number("Timestamp", "timestamp"))
        #expect(UInt32(message.typeID.rawValue) == wanted.number("Type", "type"))
        #expect(message.messageStreamID == wanted.number("MessageStreamID", "stream_id"))
        if let body = wanted["Body"] as? String { #expect(message.payload == hex(body)) }
      }
    }
  }
}
