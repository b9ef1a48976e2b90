import MediaBitstream
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

@Suite struct OpusChannelTests {
  /// RFC 7587 carries one stream of Opus; several in one need the mapping that only files have.
  @Test(arguments: [1, 2, 6] as [UInt8]) func surroundOpusIsRefused(channels: UInt8) throws {
    var head = OpusHead(channels: channels, preSkip: 312, inputSampleRate: 48_000)
    if channels > 2 {
      head.mappingFamily = 1
      head.mapping = .init(streamCount: 4, coupledCount: 2, table: [0, 4, 1, 2, 3, 5])
    }
    var track = Track(index: 0, kind: .audio, codec: .opus, timescale: .nanoseconds)
    track.configuration = written { head.write(to: &$0) }
    let made = Result { () throws(RTPPackerError) in
      try RTPPacker(track, RTPPackerOptions(), payloadType: RTPPayloadType(rawValue: 96))
    }
    guard channels > 2 else {
      #expect(throws: Never.self) { try made.get() }
      return
    }
    let error = #expect(throws: RTPPackerError.self) { try made.get() }
    #expect(error?.isUnavailable ?? false)
    #expect(error?.message.contains("RFC 7587") ?? false)
  }
}
