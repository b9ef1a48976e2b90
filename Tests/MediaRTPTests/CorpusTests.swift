import Foundation
import MediaBytes
import MediaRTP
import TestSupport
import Testing

@Suite(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct CorpusTests {
  @Test func rtpPackets() throws {
    for vector in try Corpus.vectors("rtp.packet") {
      let bytes = hex(try #require(vector.input["hex"] as? String))
      guard vector.output["error"] == nil, vector.output["version"] as? Int == 2 else {
        #expect(throws: ParseError.self, "\(vector.id)") { try parsePacket(bytes) }
        continue
      }
      let packet = try parsePacket(bytes)
      #expect(packet.marker == vector.output["marker"] as? Bool)
      #expect(Int(packet.payloadType.rawValue) == vector.output["payload_type"] as? Int)
      #expect(Int(packet.sequenceNumber.rawValue) == vector.output["sequence"] as? Int)
      #expect(Int(packet.timestamp.rawValue) == vector.output["timestamp"] as? Int)
      #expect(Int(packet.ssrc) == vector.output["ssrc"] as? Int)
      #expect(packet.paddingByteCount == vector.output["padding_size"] as? Int ?? 0)
      let profile = packet.headerExtension.map { Int($0.profile) }
      if let wanted = vector.output["ext_profile"] as? Int { #expect(profile == wanted) }
      guard let wanted = vector.output["extensions"] as? [[String: Any]], profile != 1 else {
        continue
      }
      let elements = try packet.extensionElements(in: bytes.span.bytes)
      #expect(elements.map { Int($0.id) } == wanted.compactMap { $0["id"] as? Int })
      let data = elements.map { HexDump.digits([UInt8](bytes[$0.data])) }
      #expect(data == wanted.compactMap { $0["hex"] as? String })
      // Where identifier 15 ends the extension, its words still belong to it.
      #expect(
        HexDump.digits([UInt8](bytes[packet.payload])) == vector.output["payload_hex"] as? String)
    }
  }

  /// Vectors whose length field is that of the packet survive being read and written.
  @Test func rtcpPackets() throws {
    var compared = 0
    for vector in try Corpus.vectors("rtcp") {
      let bytes = hex(try #require(vector.input["hex"] as? String))
      let compound = parseRTCP(bytes)
      let isError = vector.output["error"] != nil
      guard compound.damage == nil, !isError, !bytes.isEmpty else { continue }
      for packet in compound.packets {
        if case .malformed(_, let error) = packet { Issue.record("\(vector.id): \(error)") }
      }
      guard compound.anomalies.isEmpty else { continue }
      compared += 1
      let again = written { compound.write(to: &$0) }
      // Padding may be any bytes.
      let isPadded = bytes[0] & 0x20 != 0
      #expect(again == bytes || isPadded && parseRTCP(again).packets == compound.packets)
    }
    #expect(compared >= 15)
  }

  /// FFmpeg's captures against what tshark says of them.
  @Test func captures() throws {
    for vector in try Corpus.vectors("rtp.capture") {
      let path = try #require(vector.input["pcap"] as? String)
      let port = try #require(vector.input["udp_port"] as? Int)
      let wanted = try #require(vector.output["tshark"] as? [String: Any])
      var found: ReceptionStatistics?
      var timeline = RTPTimeline()
      var timestamps: Set<Int64> = []
      var markers = 0
      for (time, bytes) in try Corpus.datagrams(path, port: port) {
        #expect(RTPDatagramKind(of: bytes.span.bytes) == .rtp)
        let packet = try parsePacket(bytes)
        if packet.marker { markers += 1 }
        timestamps.insert(timeline.extend(packet.timestamp))
        var statistics = found ?? ReceptionStatistics(ssrc: packet.ssrc, clockRate: 90_000)
        statistics.add(packet, byteCount: bytes.count, at: time)
        found = statistics
      }
      #expect(found?.packets == wanted["packets"] as? Int, "\(path)")
      #expect(found?.lost == 0 && found?.duplicates == 0 && found?.reordered == 0)
      #expect(found?.isValid == true && found?.restarts == 0)
      #expect(markers == wanted["markers"] as? Int)
      #expect(timestamps.count == wanted["distinct_ts"] as? Int)
      for (_, bytes) in try Corpus.datagrams(path, port: port + 1) {
        #expect(RTPDatagramKind(of: bytes.span.bytes) == .rtcp(.compound))
        let compound = parseRTCP(bytes)
        #expect(compound.damage == nil && compound.anomalies == [])
        #expect(written { compound.write(to: &$0) } == bytes)
      }
    }
  }

  @Test func sessionFiles() throws {
    for vector in try Corpus.vectors("sdp.file") {
      guard let path = vector.input["file"] as? String else { continue }
      let bytes = try Corpus.bytes(path)
      var reader = ByteReader(bytes.span)
      let session = try SDPSession(parsing: &reader)
      try compare(session, vector)
      let again = try parseSDP(session.text)
      #expect(again.lines == session.lines && again.media == session.media, "\(path)")
      // All that there is but line ends comes back.
      let text = String(decoding: bytes, as: UTF8.self)
      let plain = text.replacing("\r\n", with: "\n")
      #expect(
        session.text.replacing("\r\n", with: "\n") == plain + (plain.hasSuffix("\n") ? "" : "\n"))
    }
  }

  @Test func sessionTexts() throws {
    for area in ["sdp.session", "sdp.parse", "sdp.format"] {
      for vector in try Corpus.vectors(area) {
        let key = area == "sdp.format" ? "sdp_media" : "sdp"
        let raw = try #require(vector.input[key] as? String)
        let isHex = raw.allSatisfy(\.isHexDigit)
        let text = isHex ? String(decoding: hex(raw), as: UTF8.self) : raw
        if vector.output["parse"] as? String == "error" {
          #expect(throws: ParseError.self) { try parseSDP(text) }
          continue
        }
        let session = try parseSDP(text)
        try compare(session, vector)
        let again = try parseSDP(session.text)
        #expect(again.lines == session.lines && again.media == session.media, "\(vector.id)")
      }
    }
  }

  /// Parameters that gortsplib, whose answers these are, fills in or writes anew where the text has
  /// none, another word, start codes or a set too many.
  private static let rewritten: Set<String> = [
    "sdp.format/gortsplib/019 streamtype", "sdp.format/gortsplib/025 object",
    "sdp.format/gortsplib/026 object", "sdp.format/gortsplib/026 config",
    "sdp.format/gortsplib/031 sprop-maxcapturerate",
    "sdp.format/gortsplib/040 sprop-parameter-sets", "sdp.format/gortsplib/047 sprop-vps",
    "sdp.format/gortsplib/047 sprop-sps", "sdp.format/gortsplib/047 sprop-pps",
    "sdp.format/gortsplib/058 mode", "sdp.format/gortsplib/058 profile-level-id",
  ]

  private func compare(_ session: SDPSession, _ vector: Corpus.Vector) throws {
    if let payloadType = vector.output["payload_type"] as? Int {
      let wanted = (vector.output["rtpmap"] as? String ?? "").split(separator: "/").first
      let format = session.media[0].payloadFormat(RTPPayloadType(rawValue: UInt8(payloadType)))
      if let wanted { #expect(format?.isNamed(String(wanted)) == true, "\(vector.id)") }
      let parameters = vector.output["fmtp"] as? [String: String] ?? [:]
      for (name, value) in parameters where !Self.rewritten.contains("\(vector.id) \(name)") {
        #expect(format?.parameters[name] == value, "\(vector.id): \(name)")
      }
    }
    guard let wanted = vector.output["by_sdp_transform"] as? [String: Any],
      let media = wanted["media"] as? [[String: Any]]
    else { return }
    #expect(session.media.count == media.count, "\(vector.id)")
    for (found, other) in zip(session.media, media) {
      try compare(found, session.direction(of: found), other, vector.id)
    }
  }

  private func compare(
    _ found: SDPMedia, _ direction: SDPDirection, _ other: [String: Any], _ id: String
  ) throws {
    if let kind = other["type"] as? String { #expect(found.media.kind == kind, "\(id)") }
    if let port = other["port"] as? Int { #expect(Int(found.media.port) == port, "\(id)") }
    if let text = other["protocol"] as? String { #expect(found.media.transport == text, "\(id)") }
    if let rate = other["framerate"] as? Double { #expect(found.frameRate == rate, "\(id)") }
    if let time = other["ptime"] as? Double { #expect(found.packetTime == time, "\(id)") }
    if let way = other["direction"] as? String {
      #expect(direction.rawValue == way, "\(id)")
    }
    if let control = other["control"] as? String { #expect(found.control == control, "\(id)") }
    for map in other["rtp"] as? [[String: Any]] ?? [] {
      guard let type = map["payload"] as? Int, let codec = map["codec"] as? String else { continue }
      let match = found.rtpMaps.first {
        $0.payloadType.rawValue == type && $0.encodingName == codec
      }
      #expect(match != nil, "\(id) \(codec)")
      #expect(
        match?.clockRate.map { Int($0) } == (map["rate"] as? Int).flatMap { $0 == 0 ? nil : $0 },
        "\(id)")
    }
    for line in other["fmtp"] as? [[String: Any]] ?? [] {
      guard let type = line["payload"] as? Int else { continue }
      #expect(found.formatParameters.contains { $0.payloadType.rawValue == type }, "\(id)")
    }
  }

  /// A session of FFmpeg with gst-rtsp-server: 5 answers, 118 packets on three channels.
  @Test func interleavedSession() throws {
    let server = try Corpus.bytes("rtsp-sessions/ffmpeg51_h264_aac_tcp.s2c.bin")
    let whole = deframe(server)
    var channels: [UInt8: Int] = [:]
    var descriptions: [SDPSession] = []
    var messages = 0
    for event in whole {
      switch event {
      case .packet(let bytes, let channel, _):
        channels[channel, default: 0] += 1
        let kind = RTPDatagramKind(of: bytes.span.bytes)
        #expect(channel % 2 == 0 ? kind == .rtp : kind == .rtcp(.compound))
      case .message(let message, _):
        messages += 1
        if let text = message.sessionDescription {
          var reader = ByteReader(text.span)
          descriptions.append(try SDPSession(parsing: &reader))
        }
      case .skipped(let range, let reason): Issue.record("\(range) \(reason)")
      case .end: break
      }
    }
    #expect(channels == [0: 80, 2: 37, 1: 1] && messages == 5)
    #expect(descriptions.map { $0.media.count } == [2])
    #expect(deframe(server.map { [$0] }) == whole)
    let client = deframe(try Corpus.bytes("rtsp-sessions/ffmpeg51_h264_aac_tcp.c2s.bin"))
    #expect(client.count == 7)
    for vector in try Corpus.vectors("rtsp.interleaved") {
      let bytes = hex(try #require(vector.input["hex"] as? String))
      let value = try #require(vector.output["value"] as? [String: Any])
      let channel = UInt8(try #require(value["Channel"] as? Int))
      let payload = hex(try #require(value["Payload"] as? String))
      #expect(deframe(bytes).first == .packet(payload, channel: channel, at: 0))
    }
  }
}
