import MediaBitstream
import MediaBytes

/// Reads the bytes as each of the smaller codecs' configurations, frames and packets.
///
/// What has a writer survives being written.
public func fuzzCodecHeaders(_ bytes: RawSpan) {
  readAAC(bytes)
  readMPEGAudio(bytes)
  readOpus(bytes)
  readFLAC(bytes)
  readAC3(bytes)
  readAV1(bytes)
  readVP8(bytes)
  readVP9(bytes)
  readIVF(bytes)
}

// MARK: - AAC

extension AudioSpecificConfig: Rewritable {}
extension ADTSHeader: Rewritable {}

private func readAAC(_ bytes: RawSpan) {
  if let config = rewrite(AudioSpecificConfig.self, bytes)?.value {
    precondition(config.samplingFrequency > 0 && config.outputSamplingFrequency > 0)
    precondition(!config.summary.isEmpty && config.samplesPerFrame ?? 1 > 0)
    frame(bytes, config)
  }
  guard let (header, end) = rewrite(ADTSHeader.self, bytes) else { return }
  precondition(end == header.byteCount && header.payloadByteCount >= 0, "a wrong size")
  checkRewriting(header.audioSpecificConfig)
}

/// Puts the bytes into two frames of ADTS; the first brings the program config element.
private func frame(_ bytes: RawSpan, _ config: AudioSpecificConfig) {
  do throws(ADTSFramer.Failure) {
    var framer = try ADTSFramer(config)
    for isFirst in [true, false] where bytes.byteCount > 0 {
      var writer = ByteWriter()
      try framer.write(bytes, to: &writer)
      let written = writer.bytes
      let found = rewrite(ADTSHeader.self, written.span.bytes)
      guard let (header, end) = found, header.frameLength == written.count else {
        preconditionFailure("no frame")
      }
      let payload = written.span.bytes.extracting(end..<written.count)
      if let element = config.programConfigElement, isFirst {
        let first = attempt(payload) { (reader: inout ByteReader) throws(ParseError) in
          let base = reader.offset
          return try ProgramConfigElement(rawDataBlock: reader.takeRest(), baseOffset: base)
        }
        precondition(first == element, "another program config element")
      } else {
        precondition(payload.byteCount == bytes.byteCount, "another payload")
      }
    }
  } catch {
    precondition(!error.description.isEmpty, "no reason")
  }
}

// MARK: - Other sound

extension OpusHead: Rewritable {}
extension FLACStreamInfo: Rewritable {}

private func readMPEGAudio(_ bytes: RawSpan) {
  guard let header = attempt(bytes, MPEGAudioHeader.init(parsing:)) else { return }
  precondition(header.frameByteCount ?? 4 >= MPEGAudioHeader.byteCount, "no room for the header")
  precondition(header.samplingFrequency > 0 && !header.summary.isEmpty)
  _ = attempt(bytes) { (reader: inout ByteReader) throws(ParseError) in
    let base = reader.offset
    return try MPEGAudioInfoTag(frame: reader.takeRest(), header: header, baseOffset: base)
  }
}

private func readOpus(_ bytes: RawSpan) {
  if let head = rewrite(OpusHead.self, bytes)?.value {
    precondition(head.channels > 0 && !head.summary.isEmpty)
  }
  guard let packet = attempt(bytes, OpusPacket.init(parsing:)) else { return }
  precondition((120...5760).contains(packet.samples), "no lawful duration")
  _ = (packet.mode, packet.bandwidth)
}

private func readFLAC(_ bytes: RawSpan) {
  rewrite(FLACStreamInfo.self, bytes)
  let base = 1 << 20
  if let configuration = attempt(bytes, FLACConfiguration.init(parsing:)) {
    checkRewriting(configuration.streamInfo)
    precondition(!configuration.streamInfo.summary.isEmpty)
    var end = base
    for block in configuration.blocks {
      precondition(block.body.lowerBound >= end + 4, "blocks overlap")
      end = block.body.upperBound
      precondition(end <= base + bytes.byteCount && !block.name.isEmpty, "outside")
    }
    var writer = ByteWriter()
    FLACConfiguration.write(configuration.streamInfo, to: &writer)
    let written = writer.bytes
    let again = attempt(written.span.bytes, FLACConfiguration.init(parsing:))
    precondition(again?.streamInfo == configuration.streamInfo, "another STREAMINFO")
  }
  guard let frame = attempt(bytes, FLACFrameHeader.init(parsing:)) else { return }
  precondition((1...65_536).contains(frame.blockSize) && (1...8).contains(frame.channels))
  precondition(frame.number >> 36 == 0, "more than 36 bits")
}

private func readAC3(_ bytes: RawSpan) {
  guard let frame = attempt(bytes, AC3Syncframe.init(parsing:)) else { return }
  precondition(frame.sampleRate > 0 && frame.frameByteCount > 0 && frame.bitRate > 0)
  precondition((1...6).contains(frame.channels) && !frame.summary.isEmpty)
}

// MARK: - Pictures

extension VPCodecConfigurationRecord: Rewritable {}
extension IVFHeader: Rewritable {}
extension IVFFrameHeader: Rewritable {}

private func readVP8(_ bytes: RawSpan) {
  guard let header = attempt(bytes, VP8FrameHeader.init(parsing:)) else { return }
  precondition(header.firstPartitionSize < 1 << 19 && !header.summary.isEmpty)
}

private func readVP9(_ bytes: RawSpan) {
  if let record = rewrite(VPCodecConfigurationRecord.self, bytes)?.value {
    precondition(!record.summary.isEmpty)
  }
  let superframe = attempt(bytes) { (reader: inout ByteReader) throws(ParseError) in
    let base = reader.offset
    return try VP9Superframe(packet: reader.takeRest(), baseOffset: base)
  }
  guard let superframe else { return }
  var end = 0
  for range in superframe.frames {
    precondition(range.lowerBound >= end && range.upperBound <= bytes.byteCount, "outside")
    precondition(!range.isEmpty, "an empty frame")
    end = range.upperBound
    let header = attempt(bytes.extracting(range)) { (reader: inout ByteReader) throws(ParseError) in
      let base = reader.offset
      return try VP9FrameHeader(frame: reader.takeRest(), baseOffset: base)
    }
    guard let header else { continue }
    precondition(!header.summary.isEmpty)
    if let record = VPCodecConfigurationRecord(keyFrame: header) { checkRewriting(record) }
  }
  join(superframe.frames, of: bytes)
}

/// Joins frames that came in one packet; where the joiner makes a superframe, it has just these.
private func join(_ ranges: [Range<Int>], of bytes: RawSpan) {
  var joiner = VP9SuperframeJoiner()
  var held: [[UInt8]] = []
  var lost = 0
  for range in ranges {
    let frame = bytes.extracting(range)
    do throws(ParseError) {
      let joined = try joiner.add(frame)
      precondition(joiner.lost == lost || joiner.lost == lost + held.count, "lost others")
      if joiner.lost > lost { (held, lost) = ([], joiner.lost) }
      held.append([UInt8](copying: frame))
      guard let joined else { continue }
      if held.count == 1 {
        precondition(joined == held[0], "a frame that nothing waited for has changed")
      } else {
        let frames = try VP9Superframe(packet: joined.span.bytes).frames
        precondition(frames.map { Array(joined[$0]) } == held, "other frames")
      }
      held = []
    } catch {
      precondition((0...frame.byteCount).contains(error.offset), "error outside the frame")
    }
  }
}

private func readIVF(_ bytes: RawSpan) {
  guard let (header, end) = rewrite(IVFHeader.self, bytes) else { return }
  precondition(!header.summary.isEmpty)
  var length = IVFLength()
  var position = end
  while let (frame, end) = rewrite(
    IVFFrameHeader.self, bytes.extracting(position..<bytes.byteCount))
  {
    length.add(pts: frame.pts, duration: Int64(frame.size))
    _ = (length.frames, length.ticks)
    guard Int(frame.size) <= bytes.byteCount - position - end else { return }
    position += end + Int(frame.size)
  }
}
