import MediaBytes
import MediaModel
import MediaRaw

/// Reads the same bytes as a file of sound whose length is known, and as a stream; what is found is
/// the same, and the samples are decoded in blocks.
///
/// The last byte gives the blocks' size.
public func fuzzPCMFiles(_ bytes: RawSpan) {
  let file = walk(bytes, isStream: false)
  precondition(file == walk(bytes, isStream: true), "a stream differs from a file")
  guard let format = file.format, let samples = file.samples else {
    precondition(file.error != nil, "neither sound nor error")
    return
  }
  let last = Int(bytes.byte(at: bytes.byteCount - 1))
  decode(bytes.extracting(samples), format, framesOfBlock: last % 70 + 1)
}

private struct Walked: Equatable {
  var format: PCMFormat?
  var samples: Range<Int>?
  var metadata = PCMMetadata()
  var findings: [Finding] = []
  var declaredFrames: Int64?
  var error: PCMFileError?
}

private func walk(_ bytes: RawSpan, isStream: Bool) -> Walked {
  var parser = PCMFileParser(byteCount: isStream ? nil : Int64(bytes.byteCount))
  var walked = Walked()
  var position = 0
  var steps = 0
  do throws(PCMFileError) {
    while parser.next != .end {
      steps += 1
      // Each step but a few takes bytes, a header at least.
      precondition(steps < bytes.byteCount + 20, "goes on forever")
      let left = bytes.byteCount - position
      switch parser.next {
      case .read(let count):
        precondition(count > 0 && count <= 1 << 20, "an empty or too large read")
        let end = position + min(count, left)
        let part = bytes.extracting(position..<end)
        position = end
        try parser.receive(part)
      case .samples(let count):
        precondition(walked.samples == nil && parser.format != nil && parser.container != nil)
        precondition(count ?? 0 >= 0, "a negative count")
        let passed = Int(min(count ?? .max, Int64(left)))
        walked.samples = position..<position + passed
        position += passed
        parser.pass(Int64(passed))
      case .skip(let count):
        precondition(count > 0, "an empty skip")
        let passed = Int(min(count, Int64(left)))
        position += passed
        parser.pass(Int64(passed))
      case .end: break
      }
    }
    precondition(walked.samples != nil, "an end without samples")
  } catch {
    if case .malformed(let offset, let what) = error {
      precondition(offset >= 0 && offset <= Int64(bytes.byteCount) && !what.isEmpty)
    }
    walked.error = error
  }
  walked.format = parser.format
  walked.metadata = parser.metadata
  walked.findings = parser.findings
  walked.declaredFrames = parser.declaredFrames
  return walked
}

/// The same samples, in one block and in several.
private func decode(_ bytes: RawSpan, _ format: PCMFormat, framesOfBlock: Int) {
  let frames = min(bytes.byteCount / format.blockAlign, 500)
  let decoder = SampleDecoder(format)
  let whole = SamplePlanes(
    lane: format.sampleFormat.lane, channelCount: format.channelCount, capacity: frames)
  let block = SamplePlanes(
    lane: format.sampleFormat.lane, channelCount: format.channelCount, capacity: framesOfBlock)
  bytes.withUnsafeBytes { bytes in
    let end = frames * format.blockAlign
    decoder.decode(UnsafeRawBufferPointer(rebasing: bytes[..<end]), into: whole)
    precondition(whole.frameCount == frames)
    var done = 0
    while done < frames {
      let count = min(framesOfBlock, frames - done)
      let part = bytes[done * format.blockAlign..<(done + count) * format.blockAlign]
      decoder.decode(UnsafeRawBufferPointer(rebasing: part), into: block)
      for channel in 0..<format.channelCount {
        let all = whole.floatsWithHistory(channel)[done..<done + SamplePlanes.history + count]
        let same = zip(all, block.floatsWithHistory(channel)).allSatisfy {
          $0.bitPattern == $1.bitPattern
        }
        precondition(same, "blocks differ from the whole")
      }
      done += count
    }
  }
  guard let range = decoder.codeRange else { return }
  precondition(range.lowerBound < 0 && range.upperBound >= 0, "codes on one side of silence")
}
