internal import MediaBytes
internal import MediaModel

/// AIFF and AIFF-C (Apple, Audio Interchange File Format 1.3 and AIFF-C draft of 1991).
struct AIFFForm: ChunkForm {
  let headerLength = 8
  let samplesID = "SSND"
  /// Its fields `offset` and `blockSize`.
  let samplesLead: Int64 = 8
  let alignment: Int64 = 2
  var end: Int64?
  private let isCompressed: Bool

  /// By the first 12 bytes; nil of another kind of file.
  init?(_ signature: RawSpan, _ facts: inout PCMFileFacts) {
    let kind = signature.fourCharacters(at: 8)
    guard signature.fourCharacters(at: 0) == "FORM", kind == "AIFF" || kind == "AIFC" else {
      return nil
    }
    isCompressed = kind == "AIFC"
    facts.container = isCompressed ? .aifc : .aiff
    let size = signature.uint32(at: 4, .big) ?? 0
    end = size < 4 || Self.isUnset(Int64(size)) ? nil : 8 + Int64(size)
  }

  /// SoX writes a little less or more than 0x7f000000 where it cannot know.
  private static func isUnset(_ size: Int64) -> Bool {
    UnsetSize.isLikely(size) || (0x7eff_f000...0x7f00_1000).contains(size)
  }

  func chunk(_ header: RawSpan, at offset: Int64) -> Chunk {
    let id = header.fourCharacters(at: 0) ?? ""
    let size = Int64(header.uint32(at: 4, .big) ?? 0)
    let isUnset = id == samplesID && Self.isUnset(size)
    return Chunk(id: id, offset: offset, bodyOffset: offset + 8, size: isUnset ? nil : size)
  }

  func use(_ chunk: Chunk, _ facts: inout PCMFileFacts) throws(PCMFileError) -> ChunkUse {
    switch chunk.id {
    case samplesID:
      guard facts.format != nil else {
        throw .malformed(
          offset: chunk.offset, "samples before the chunk 'COMM' that describes them")
      }
      return .read(8)
    case "COMM":
      return facts.format == nil ? .read(Int(min(chunk.size ?? 0, 300))) : .skip
    case "MARK", "NAME", "AUTH", "(c) ", "ANNO": return chunk.useWhole(&facts)
    default: return .skip
    }
  }

  mutating func read(
    _ chunk: Chunk, _ bytes: RawSpan, _ facts: inout PCMFileFacts
  ) throws(PCMFileError) -> ChunkUse {
    switch chunk.id {
    case samplesID: return samples(chunk, bytes, facts)
    case "COMM": try readCommon(bytes, at: chunk.bodyOffset, &facts)
    case "MARK": facts.readMarkers(bytes, at: chunk.bodyOffset)
    case "NAME": facts.tag("title", bytes.text(at: 0, bytes.byteCount))
    case "AUTH": facts.tag("author", bytes.text(at: 0, bytes.byteCount))
    case "(c) ": facts.tag("copyright", bytes.text(at: 0, bytes.byteCount))
    case "ANNO": facts.tag("comment", bytes.text(at: 0, bytes.byteCount))
    default: break
    }
    return .skip
  }

  /// The chunk `SSND` behind its fields; what aligns the samples to blocks is no sound.
  private func samples(_ chunk: Chunk, _ bytes: RawSpan, _ facts: PCMFileFacts) -> ChunkUse {
    let lead = Int64(bytes.uint32(at: 0, .big) ?? 0)
    let blockSize = Int64(bytes.uint32(at: 4, .big) ?? 0)
    guard let size = chunk.size else { return .samples(lead: lead, byteCount: nil) }
    var byteCount = max(size - samplesLead - lead, 0)
    if let format = facts.format, let stated = facts.statedFrames.first?.frames {
      let sound = stated * Int64(format.blockAlign)
      if sound < byteCount, byteCount - sound < blockSize { byteCount = sound }
    }
    return .samples(lead: min(lead, max(size - samplesLead, 0)), byteCount: byteCount)
  }

  /// The chunk `COMM`.
  private func readCommon(
    _ bytes: RawSpan, at offset: Int64, _ facts: inout PCMFileFacts
  ) throws(PCMFileError) {
    guard let channels = bytes.uint16(at: 0, .big), let frames = bytes.uint32(at: 2, .big),
      let bits = bytes.uint16(at: 6, .big), let rate = bytes.extended(at: 8),
      let coding = isCompressed ? bytes.fourCharacters(at: 18) : "NONE"
    else {
      throw .malformed(
        offset: offset,
        "the chunk 'COMM' has \(bytes.byteCount) bytes, at least \(isCompressed ? 22 : 18) expected"
      )
    }
    let sample = try Self.sampleFormat(coding, bits: Int(bits), at: offset)
    guard (1...PCMFormat.maxChannelCount).contains(Int(channels)) else {
      throw .malformed(
        offset: offset,
        "\(channels) channels, 1 to \(PCMFormat.maxChannelCount) are expected")
    }
    guard
      var format = PCMFormat(
        sampleFormat: sample, sampleRate: rate, channelCount: Int(channels))
    else {
      throw .sampleRate(rate, at: offset + 8)
    }
    if (1...sample.bitsPerSample).contains(Int(bits)) { format.validBits = Int(bits) }
    facts.format = format
    if frames != 0, !Self.isUnset(Int64(frames) * Int64(format.blockAlign)) {
      facts.state(Int64(frames), in: "COMM", at: offset + 2)
    }
  }

  private static func sampleFormat(
    _ coding: String, bits: Int, at offset: Int64
  ) throws(PCMFileError) -> SampleFormat {
    let width = (bits + 7) / 8
    let format: SampleFormat? =
      switch coding {
      case "NONE", "twos": .integer(byteCount: width, .big, isByteSigned: true)
      case "sowt": .integer(byteCount: width, .little, isByteSigned: true)
      case "in24": .s24be
      case "42ni": .s24le
      case "in32": .s32be
      case "23ni": .s32le
      case "fl32", "FL32": .f32be
      case "fl64", "FL64": .f64be
      case "alaw", "ALAW": .alaw
      case "ulaw", "ULAW": .mulaw
      case "raw ": width == 1 ? .u8 : nil
      default: throw .unknownCoding("AIFF-C compression type '\(coding.printable)'")
      }
    guard let format else {
      throw .malformed(offset: offset + 6, "\(bits) bits per sample of '\(coding)'")
    }
    return format
  }
}

extension RawSpan {
  /// A number of ten bytes (IEEE 754 double extended) as an integer, rounded.
  ///
  /// Nil where it is not all there; what is no number of at least 0, or too large, is 0.
  fileprivate func extended(at index: Int) -> Int? {
    guard let head = uint16(at: index, .big), let high = uint32(at: index + 2, .big),
      let low = uint32(at: index + 6, .big)
    else { return nil }
    let mantissa = UInt64(high) << 32 | UInt64(low)
    // The mantissa's first bit is the ones' place of the exponent 16383.
    let fractionBits = 16_383 + 63 - Int(head & 0x7fff)
    guard head < 0x8000, (1...63).contains(fractionBits) else { return 0 }
    let whole = mantissa >> UInt64(fractionBits)
    let isHalfOrMore = mantissa >> UInt64(fractionBits - 1) & 1 == 1
    guard whole < 1 << 32 else { return 0 }
    return Int(whole) + (isHalfOrMore ? 1 : 0)
  }
}
