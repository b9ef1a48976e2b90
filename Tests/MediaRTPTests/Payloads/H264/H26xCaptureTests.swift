import MediaBitstream
import MediaBytes
import TestSupport
import Testing

@testable import MediaRTP

/// FFmpeg's packets of files that lie beside them.
@Suite(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct H26xCaptureTests {
  private func frames(_ name: String, _ depacketizer: inout some RTPDepacketizer) throws
    -> RTPOutput
  {
    receive(try Corpus.packets("rtp-ffmpeg/\(name).pcap"), &depacketizer)
  }

  private func parameters(_ name: String) throws -> SDPFormatParameters {
    let text = String(decoding: try Corpus.bytes("rtp-ffmpeg/\(name).sdp"), as: UTF8.self)
    let line = try #require(
      text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("a=fmtp:") })
    return try #require(SDPFormatParameters(parsing: String(line.dropFirst(7))))
  }

  /// The NAL units but delimiters and parameter sets; of H.265 the slices, FFmpeg drops some SEI.
  private func units(_ bytes: [UInt8], _ framing: NALUnitFraming, _ syntax: NALUnitSyntax) throws
    -> [[UInt8]]
  {
    var cursor = NALUnitCursor(framing)
    var found: [[UInt8]] = []
    while let range = try cursor.next(in: bytes.span.bytes) {
      let role = syntax.role(bytes[range.lowerBound])
      guard role == .picture || (syntax == .h264 && role == .sei) else { continue }
      // FFmpeg sends some of the zeros that stand before a start code.
      var unit = [UInt8](bytes[range])
      while unit.last == 0 { unit.removeLast() }
      found.append(unit)
    }
    return found
  }

  @Test(arguments: ["h264_4slice_aud", "h264_androidx"]) func h264(_ name: String) throws {
    let parameters = H264FormatParameters(try parameters(name))
    var depacketizer = H264Depacketizer(parameters: parameters)
    let output = try frames(name, &depacketizer)
    #expect(output.remarks.isEmpty && output.droppedFrames == 0, "\(output.remarks)")
    #expect(output.frames.count == (name == "h264_androidx" ? 30 : 25))
    #expect(output.frames[0].isKeyframe && depacketizer.configuration != nil)
    let source = try Corpus.bytes("rtp-ffmpeg/\(name).264")
    #expect(
      try output.frames.flatMap { try units($0.data, .lengthPrefixed(.four), .h264) }
        == units(source, .annexB, .h264))
  }

  @Test(arguments: ["hevc_2slice_aud", "hevc_androidx"]) func h265(_ name: String) throws {
    let parameters = H265FormatParameters(try parameters(name))
    var depacketizer = H265Depacketizer(parameters: parameters)
    let output = try frames(name, &depacketizer)
    #expect(output.remarks.isEmpty && output.droppedFrames == 0, "\(output.remarks)")
    #expect(output.frames.count == (name == "hevc_androidx" ? 30 : 25))
    #expect(output.frames[0].isKeyframe && depacketizer.configuration != nil)
    let source = try Corpus.bytes("rtp-ffmpeg/\(name).265")
    #expect(
      try output.frames.flatMap { try units($0.data, .lengthPrefixed(.four), .h265) }
        == units(source, .annexB, .h265))
  }

  private func frames(_ list: [SentPacket], _ area: String) -> [[UInt8]] {
    if area == "rtp.h264" {
      var depacketizer = H264Depacketizer()
      return receive(list, &depacketizer).frames.map(\.data)
    }
    var depacketizer = H265Depacketizer()
    return receive(list, &depacketizer).frames.map(\.data)
  }

  /// What other projects' depacketizers make of packets, those of devices among them.
  @Test(arguments: ["rtp.h264", "rtp.h265"]) func vectors(_ area: String) throws {
    for vector in try Corpus.vectors(area) {
      var found = frames(try Corpus.packets(of: vector), area)
      let wanted = try #require(vector.output["nalus"] as? [String]).map { hex($0) }
      // One vector stops after the first of its frames, another begins anew after half a NAL unit.
      if vector.id.hasSuffix("h264/gortsplib/013") { found.removeLast() }
      if vector.id.hasSuffix("h264/gortsplib/007") { continue }
      #expect([UInt8](found.joined()) == lengthPrefixed(wanted), "\(vector.id)")
    }
  }

  /// The packets of one channel of a connection.
  private func packets(_ path: String, channel wanted: UInt8) throws -> [[UInt8]] {
    let stream = try Corpus.bytes(path)
    return deframe(stream).compactMap { event in
      guard case .packet(let bytes, let channel, _) = event, channel == wanted else { return nil }
      return bytes
    }
  }

  /// A recorded session over TCP.
  @Test func session() throws {
    let list = try sentPackets(packets("rtsp-sessions/ffmpeg51_h264_aac_tcp.s2c.bin", channel: 0))
    var depacketizer = H264Depacketizer()
    let output = receive(list, &depacketizer)
    #expect(list.count == 80)
    let markers = list.filter(\.marker).count
    #expect(output.frames.count == markers && markers > 10)
    #expect(output.codes.allSatisfy { $0 == "E31060" } && output.droppedFrames == 0)
  }
}
