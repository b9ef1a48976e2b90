import Foundation
import MediaBitstream
import MediaBytes
import TestSupport
import Testing

@testable import MediaRTP

/// Sound that FFmpeg sent, against the files it was made of.
@Suite(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct AudioCaptureTests {
  private func format(_ name: String) throws -> SDPPayloadFormat {
    let text = String(decoding: try Corpus.bytes("rtp-ffmpeg/\(name).sdp"), as: UTF8.self)
    return try #require(try parseSDP(text).media.first?.payloadFormats.first)
  }

  /// The access units of an ADTS file without CRCs.
  private func accessUnits(_ path: String) throws -> [[UInt8]] {
    let bytes = try Corpus.bytes(path)
    var units: [[UInt8]] = []
    var position = 0
    while position + 7 <= bytes.count {
      let size =
        Int(bytes[position + 3] & 3) << 11 | Int(bytes[position + 4]) << 3
        | Int(bytes[position + 5]) >> 5
      units.append([UInt8](bytes[position + 7..<position + size]))
      position += size
    }
    return units
  }

  private func isEven(_ frames: [RTPFrame], _ step: Int64) -> Bool {
    zip(frames, frames.dropFirst()).allSatisfy { $1.timestamp - $0.timestamp == step }
  }

  @Test func aac() throws {
    var depacketizer = AACDepacketizer(AACPayloadFormat(try format("aac")))
    let output = receive(try Corpus.packets("rtp-ffmpeg/aac.pcap"), &depacketizer)
    let source = try accessUnits("rtp-ffmpeg/aac.adts")
    #expect(output.frames.count == 42 && output.frames.map(\.data) == [[UInt8]](source[..<42]))
    #expect(output.remarks == [] && isEven(output.frames, 1024))
  }

  @Test func latm() throws {
    let format = LATMPayloadFormat(try format("aac_latm"))
    #expect(format.streamMuxConfig?.configurationBytes == [0x12, 0x08])
    var depacketizer = LATMDepacketizer(format)
    let output = receive(try Corpus.packets("rtp-ffmpeg/aac_latm.pcap"), &depacketizer)
    #expect(output.frames.map(\.data) == (try accessUnits("rtp-ffmpeg/aac.adts")))
    #expect(output.remarks == [] && isEven(output.frames, 1024))
  }

  @Test func opus() throws {
    var depacketizer = OpusDepacketizer()
    let output = receive(try Corpus.packets("rtp-ffmpeg/opus.pcap"), &depacketizer)
    #expect(output.frames.count == 275 && output.remarks == [])
    #expect(OpusPayloadFormat(try format("opus")).isStereoLikely)
    // In a page of Ogg packets lie one behind the other.
    let file = Data(try Corpus.bytes("rtp-ffmpeg/opus.opus"))
    #expect(output.frames.allSatisfy { file.range(of: Data($0.data)) != nil })
  }

  @Test(arguments: ["alaw", "mulaw"]) func g711(_ name: String) throws {
    let format = try #require(PCMPayloadFormat(try format(name)))
    #expect(format.encoding == (name == "alaw" ? .pcma : .pcmu))
    var depacketizer = PCMDepacketizer(format)
    let output = receive(try Corpus.packets("rtp-ffmpeg/\(name).pcap"), &depacketizer)
    #expect(output.frames.flatMap(\.data) == (try Corpus.bytes("rtp-ffmpeg/g711.\(name)")))
    #expect(output.remarks == [])
  }
}
