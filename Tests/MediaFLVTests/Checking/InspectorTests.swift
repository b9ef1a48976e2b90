import MediaBytes
import MediaFLV
import MediaModel
import Testing

/// What is kept of the tracks and summed up over the tags.
struct InspectorTests {
  private func inspect(
    _ file: MadeFLV
  ) throws -> (inspector: FLVInspector, records: [FLVTagRecord]) {
    var inspector = FLVInspector()
    var records: [FLVTagRecord] = []
    for tag in try scan(file.bytes).tags {
      let record = inspector.inspect(tag, body: file.bytes.span.bytes.extracting(tag.body))
      records.append(try #require(record))
    }
    return (inspector, records)
  }

  /// Who joins a live stream gets its sequence headers with the timestamp 0.
  @Test func theTimesAreThoseOfFrames() throws {
    var file = MadeFLV()
    file.metadata()
    file.videoConfig()
    file.audioConfig()
    for time: Int32 in [3_600_000, 3_600_040] {
      file.video(at: time, isKey: true)
      file.audio(at: time + 30)
      file.videoConfig()
      file.audioConfig()
    }
    let totals = try inspect(file).inspector.totals
    #expect(totals.video.tags == 5 && totals.audio.tags == 5)
    #expect(totals.video.firstTimestamp == 3_600_000 && totals.video.lastTimestamp == 3_600_040)
    #expect(totals.audio.firstTimestamp == 3_600_030 && totals.audio.lastTimestamp == 3_600_070)
    #expect(totals.elapsed == 40)
    let firstSound = try #require(file.tags.first { $0.body.starts(with: [0xaf, 1]) })
    #expect(totals.largestSkew?.milliseconds == 30)
    #expect(totals.largestSkew?.offset == firstSound.offset)
  }

  @Test func withoutFramesThereAreNoTimes() throws {
    var file = MadeFLV()
    file.videoConfig(at: 40)
    file.audioConfig(at: 80)
    let totals = try inspect(file).inspector.totals
    #expect(totals.audio.firstTimestamp == nil && totals.video.lastTimestamp == nil)
    #expect(totals.elapsed == 0 && totals.largestSkew == nil)
  }

  /// FFmpeg ends MPEG-4 with the end marker of AVC.
  @Test func theCodecIsThatOfFrames() throws {
    var file = MadeFLV()
    file.metadata(["videocodecid": .number(9)])
    for time: Int32 in [0, 40] { file.add(.video, [0x19, 1, 0, 0, 0, 1], timestamp: time) }
    file.add(.video, [0x17, 2, 0, 0, 0], timestamp: 80)
    let stream = try #require(try inspect(file).inspector.streams.first)
    #expect(stream.codec == .mpeg4 && stream.codecID == .mpeg4Dialect && stream.frames == 2)
    let findings = try check(file.replacing(at: 4, [1]))
    #expect(findings.map(\.code) == [.preStandardCodec, .omittedSequenceHeader])
    #expect(findings.last?.message == "2 mpeg4 frames, but no sequence header")
  }

  /// CompositionTime has a meaning for AVCPacketType 1 only (FLV 10.1 E.4.3.1).
  @Test func onlyFramesHaveACompositionTime() throws {
    var file = MadeFLV()
    for type: UInt8 in 0...2 { file.add(.video, [0x17, type, 0, 0, 0x50, 1], timestamp: 40) }
    let records = try inspect(file).records
    #expect(records.map(\.pts) == [40, 120, 40])
    for (record, tag) in zip(records, file.tags) {
      guard case .video(let body) = record.body else { continue }
      var writer = ByteWriter()
      body.write(to: &writer, copying: tag.body.span.bytes)
      #expect(writer.bytes == tag.body)
    }
  }

  /// One frame lasts nobody knows how long.
  @Test func whatTwoFramesTellOneDoesNot() throws {
    var file = MadeFLV()
    file.videoConfig()
    var stream = try #require(try inspect(file).inspector.streams.first)
    #expect(stream.duration == nil && stream.frameRate == nil && stream.bitRate == nil)
    file.video(at: 0, isKey: true)
    stream = try #require(try inspect(file).inspector.streams.first)
    #expect(stream.duration == nil && stream.frameRate == nil && stream.bitRate == nil)
    #expect(stream.keyframeInterval.mean == nil)
    file.video(at: 40)
    stream = try #require(try inspect(file).inspector.streams.first)
    #expect(stream.duration == 0.08 && stream.frameRate == 25 && stream.bitRate == 1000)
  }
}
