import Foundation
import MediaFLV
import MediaRTMP
import TestSupport
import Testing

/// What tshark, which has a dissector of its own, makes of our dialogue with nginx-rtmp.
@Suite(.peers("nginx", "tshark")) struct RTMPPushDialogueTests {
  /// A message: its direction, chunk stream and time; size and type where its header has them.
  struct Seen: Hashable, CustomStringConvertible {
    var isFromClient: Bool
    var chunkStreamID: UInt32
    var timestamp: UInt32
    var byteCount: Int?
    var typeID: UInt8?

    var description: String {
      "\(isFromClient ? "->" : "<-") \(chunkStreamID) \(timestamp) \(byteCount ?? -1) \(typeID ?? 0)"
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let start: UInt32
    let chunkSize: Int
  }

  @Test(arguments: [
    Case(testDescription: "a message of several chunks", start: 0, chunkSize: 60_000),
    Case(testDescription: "times that come to need four bytes", start: 0xff_ffce, chunkSize: 4096),
    Case(testDescription: "extended timestamps", start: 0x7fff_ff00, chunkSize: 128),
    Case(testDescription: "times over 2^32", start: 0xffff_ffce, chunkSize: 0xffff),
  ])
  func tsharkReadsIt(_ each: Case) throws {
    let (server, folder) = (try NginxServer(), try ScratchFolder())
    let proxy = try RecordingProxy(to: server.port)
    let source = try folder.write(try clip(from: each.start), to: "clip.flv")
    let outcome = try Mediatool.run([
      "rtmp-push", "--fast", "--chunk-size", "\(each.chunkSize)", source,
      "rtmp://127.0.0.1:\(proxy.port)/live/k",
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let dialogue = try proxy.dialogue()
    let capture = try folder.write(
      RecordingProxy.capture(dialogue, port: 1935), to: "dialogue.pcap")

    let troubles = try tshark(capture, "-q", "-z", "expert,note")
    #expect(troubles.count { !$0.allSatisfy(\.isWhitespace) } == 0, "\(troubles)")
    let lines = try tshark(capture, "-V")
    #expect(!lines.contains { $0.contains("Malformed") || $0.contains("Unknown (") })
    let calls = lines.filter { $0.hasPrefix("Real Time Messaging Protocol (AMF0 Command ") }.map {
      $0.dropFirst("Real Time Messaging Protocol (AMF0 Command ".count).prefix { $0 != "(" }
    }
    #expect(
      calls.filter { !["_result", "onStatus"].contains($0) } == [
        "connect", "releaseStream", "FCPublish", "createStream", "publish", "FCUnpublish",
        "deleteStream",
      ])
    for isFromClient in [true, false] {
      let expected = try messages(dialogue, isFromClient: isFromClient)
      let found = seen(lines).filter { $0.isFromClient == isFromClient }
      try #require(found.count == expected.count)
      for (found, expected) in zip(found, expected) {
        #expect(found.chunkStreamID == expected.chunkStreamID)
        #expect(found.timestamp == expected.timestamp, "\(found) \(expected)")
        #expect(found.byteCount ?? expected.byteCount == expected.byteCount, "\(found) \(expected)")
        #expect(found.typeID ?? expected.typeID == expected.typeID, "\(found) \(expected)")
      }
    }
  }

  /// Sound, and pictures of which one is larger than any chunk; nobody looks into them.
  private func clip(from start: UInt32) throws -> [UInt8] {
    var writer = FLVWriter()
    var random = Seeded.of("dialogue")
    func write(_ type: FLVTagType, _ time: UInt32, _ body: [UInt8]) throws {
      let timestamp = Int32(bitPattern: start &+ time)
      try writer.write(FLVTagHeader(type, dataSize: 0, timestamp: timestamp), body: body)
    }
    try write(.script, 0, AMFEncoder.amf0(.string("onMetaData")) + AMFEncoder.amf0(.null))
    try write(.video, 0, [0x17, 0, 0, 0, 0, 1, 0x64, 0, 0x0b, 0xff, 0xe0, 0])
    try write(.audio, 0, [0xaf, 0, 0x12, 0x10])
    for index in 0..<10 {
      let size = index == 0 ? 200_000 : 100 + index * 70
      let header: [UInt8] = [index == 0 ? 0x17 : 0x27, 1, 0, 0, 0]
      try write(.video, UInt32(index) * 40, header + random.bytes(size))
      try write(.audio, UInt32(index) * 40 + 7, [0xaf, 1] + random.bytes(200))
    }
    return writer.takeBytes()
  }

  /// A limit of its own makes tshark lose its way in chunks of more than 32768 bytes.
  private func tshark(_ capture: String, _ options: String...) throws -> [String] {
    let outcome = try ProcessRunner.run(
      "tshark",
      ["-r", capture, "-d", "tcp.port==1935,rtmpt", "-o", "rtmpt.max_packet_size:17000000"]
        + options)
    #expect(outcome.ending == .exit(0), "\(outcome.errors)")
    return outcome.output.components(separatedBy: "\n")
  }

  /// The messages that tshark has found.
  private func seen(_ lines: [String]) -> [Seen] {
    var all: [Seen] = []
    var isFromClient = false
    for line in lines {
      if line.hasPrefix("Transmission Control Protocol") {
        isFromClient = line.contains("Dst Port: 1935")
      }
      let parts = line.split(separator: ": ", maxSplits: 1).map { $0.trimmingPrefix { $0 == " " } }
      guard line.hasPrefix("        "), parts.count == 2 else { continue }
      let number = parts[1].prefix { $0.isNumber }
      if parts[0].hasSuffix("= Chunk Stream ID"), let id = UInt32(number) {
        all.append(Seen(isFromClient: isFromClient, chunkStreamID: id, timestamp: 0))
      }
      guard let last = all.indices.last, line.hasPrefix("        "),
        !line.hasPrefix("         ")
      else { continue }
      switch parts[0] {
      case "Timestamp", "Extended timestamp":
        // Those that it adds up are printed with a sign.
        let value = parts[1].prefix { $0 == "-" || $0.isNumber }
        all[last].timestamp = UInt32(truncatingIfNeeded: Int(value) ?? 0)
      case "Body size": all[last].byteCount = Int(number)
      case "Type ID":
        all[last].typeID = parts[1].split(separator: "0x").last.flatMap {
          UInt8($0.prefix(2), radix: 16)
        }
      default: break
      }
    }
    return all
  }

  /// The messages that were said one way.
  private func messages(
    _ dialogue: [RecordingProxy.Piece], isFromClient: Bool
  ) throws -> [Seen] {
    let bytes = dialogue.filter { $0.isFromClient == isFromClient }.flatMap(\.bytes)
    var reader = RTMPChunkReader()
    reader.append(Array(bytes.dropFirst(RTMPHandshake.byteCount)))
    var all: [Seen] = []
    while let message = try reader.next() {
      all.append(
        Seen(
          isFromClient: isFromClient, chunkStreamID: message.chunkStreamID,
          timestamp: message.timestamp, byteCount: message.payload.count,
          typeID: message.typeID.rawValue))
    }
    #expect(reader.heldByteCount == 0 && reader.nextDeviation() == nil)
    return all
  }
}
