import MediaBytes
import Testing

@testable import MediaFLV

/// Plain frames are read apart from other bodies, but say the same.
struct PlainFrameTests {
  private let types: [FLVTagType] = [.audio, .video, .script, FLVTagType(rawValue: 7)]

  @Test func whatIsPlainReadsAsABodyDoes() throws {
    var plain = 0
    for type in types {
      for first in UInt8.min...UInt8.max {
        for second: UInt8 in [0, 1, 2, 3, 255] {
          for size in 0...7 {
            let body = Array([first, second, 0xff, 0xfe, 0x0c, 1, 2].prefix(size))
            let header = FLVTagHeader(type, dataSize: UInt32(size), timestamp: 0)
            let tag = FLVTag(index: 0, offset: 13, header: header)
            guard let frame = FLVPlainFrame(tag, body.span.bytes) else { continue }
            plain += 1
            try compare(frame, type, body)
          }
        }
      }
    }
    // 13 formats of sound and AVC, where there is a payload.
    #expect(plain > 1000)
  }

  private func compare(_ frame: FLVPlainFrame, _ type: FLVTagType, _ bytes: [UInt8]) throws {
    var reader = ByteReader(bytes.span)
    switch (type, frame.body) {
    case (.audio, .audio(let body)):
      let read = try FLVAudioBody(parsing: &reader, bodySize: bytes.count)
      #expect(read == body && read.anomalies.isEmpty, "\(bytes)")
    case (.video, .video(let body)):
      let read = try FLVVideoBody(parsing: &reader, bodySize: bytes.count)
      #expect(read == body && read.anomalies.isEmpty, "\(bytes)")
      #expect(read.isKeyframe == frame.isKeyframe && body.parts.first == frame.part)
    default: Issue.record("\(type) reads as \(frame.body)")
    }
  }

  @Test func oneThatIsFilteredOrShownInPartIsNot() {
    var header = FLVTagHeader(.audio, dataSize: 40, timestamp: 0)
    let tag = FLVTag(index: 0, offset: 13, header: header)
    let body: [UInt8] = [0xaf, 1, 0x21, 0x10, 4]
    #expect(FLVPlainFrame(tag, body.span.bytes) != nil)
    #expect(FLVPlainFrame(tag, body.span.bytes.extracting(0..<4)) == nil)
    header.isFiltered = true
    #expect(FLVPlainFrame(FLVTag(index: 0, offset: 13, header: header), body.span.bytes) == nil)
  }
}
