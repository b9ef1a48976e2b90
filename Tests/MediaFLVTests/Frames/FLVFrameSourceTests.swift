import MediaBytes
import MediaFLV
import MediaModel
import Testing
import TestSupport

@Suite struct FLVFrameSourceTests {
  /// A source of bytes that come in pieces of a size.
  private func source(_ bytes: [UInt8], pieces size: Int) throws -> FLVFrameSource {
    var rest = bytes[...]
    return try FLVFrameSource {
      defer { rest = rest.dropFirst(size) }
      return Array(rest.prefix(size))
    }
  }

  private func frames(_ source: inout FLVFrameSource) throws -> [Frame] {
    var frames: [Frame] = []
    while let frame = try source.next() { frames.append(frame) }
    return frames
  }

  @Test(arguments: [1, 7, 4096]) func tracksAndFramesOfAClip(size: Int) throws {
    let clip = RepairClip()
    var source = try source(clip.bytes, pieces: size)
    #expect(source.tracks.map(\.kind) == [.video, .audio])
    #expect(source.tracks.map(\.codec) == [.h264, .aac])
    #expect(source.tracks.map(\.timescale) == [.milliseconds, .milliseconds])
    #expect(source.tracks.map(\.configuration) == [[1, 66, 0], [0x12, 0x10]])
    let frames = try frames(&source)
    let tags = clip.tags.filter(\.isFrame)
    #expect(frames.map(\.track) == tags.map { $0.type == .video ? 0 : 1 })
    #expect(frames.map(\.dts) == tags.map { Int64($0.time) })
    #expect(frames.map(\.data) == tags.map { Array($0.body.dropFirst($0.type == .video ? 5 : 2)) })
    #expect(frames.map(\.isKey) == tags.map { $0.type == .audio || $0.isKeyframe })
    #expect(try source.next() == nil)
  }

  /// The header promises sound, which comes when nobody waits for it any longer.
  @Test func aTrackThatBeginsTooLateIsLeftOut() throws {
    var clip = RepairClip(pictures: 100)
    clip.tags.removeAll { $0.type == .audio && $0.time < 3500 }
    var source = try source(clip.bytes, pieces: 1000)
    #expect(source.tracks.map(\.kind) == [.video])
    #expect(try frames(&source).count == 100)
  }

  @Test func nothingButAHeaderHasNoTracks() throws {
    var source = try source(FLVWriterBytes.empty, pieces: 9)
    #expect(source.tracks.isEmpty)
    #expect(try source.next() == nil)
    #expect(throws: ParseError.self) { try self.source([1, 2, 3, 4], pieces: 4) }
  }

  /// Lengths of NAL units become those of four bytes.
  private func twoByteLengths(_ payload: [UInt8]) -> [UInt8] {
    var clip = RepairClip(pictures: 0)
    let sets: [UInt8] = [0xe1, 0, 4, 0x67, 66, 0, 10, 1, 0, 2, 0x68, 0xce]
    clip.tags = [
      .init(type: .video, time: 0, body: [0x17, 0, 0, 0, 0, 1, 66, 0, 10, 0xfd] + sets),
      .init(type: .video, time: 0, body: [0x17, 1, 0, 0, 0] + payload),
    ]
    return clip.bytes
  }

  @Test func lengthsBecomeFourBytes() throws {
    var source = try source(twoByteLengths([0, 2, 0x65, 0x88, 0, 1, 0x06]), pieces: 1000)
    #expect(try frames(&source).map(\.data) == [[0, 0, 0, 2, 0x65, 0x88, 0, 0, 0, 1, 0x06]])
  }

  @Test func aLengthBeyondTheFrameIsAnError() throws {
    let error = #expect(throws: FLVFrameError.self) {
      try source(twoByteLengths([0, 9, 0x65, 0x88]), pieces: 1000)
    }
    // The second tag: behind 13 bytes and one of 22.
    #expect(error?.description.hasPrefix("in the tag at byte 50: ") == true, "\(error as Any)")
  }

  @Test func whatReadingThrowsIsThrown() throws {
    struct Broken: Error {}
    #expect(throws: Broken.self) { try FLVFrameSource { throw Broken() } }
  }
}

private enum FLVWriterBytes {
  /// A file without tags.
  static var empty: [UInt8] {
    var writer = FLVWriter()
    return writer.takeBytes()
  }
}
