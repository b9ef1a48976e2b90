internal import MediaBytes
internal import MediaModel

/// The chunk `fmt `: WAVEFORMAT, PCMWAVEFORMAT, WAVEFORMATEX or WAVEFORMATEXTENSIBLE.
struct WaveFormat {
  private var tag: Int
  private let channelCount: Int
  private let sampleRate: Int
  private let bytesPerSecond: Int
  private let blockAlign: Int
  private let bits: Int
  private var validBits: Int?
  private var mask: UInt32 = 0
  private let order: ByteOrder
  /// Where the chunk's contents begin.
  private let offset: Int64

  /// Reads the fields.
  ///
  /// - Throws: `PCMFileError` where they are not all there.
  init(
    _ bytes: RawSpan, _ order: ByteOrder, at offset: Int64, _ facts: inout PCMFileFacts
  ) throws(PCMFileError) {
    guard let tag = bytes.uint16(at: 0, order), let channelCount = bytes.uint16(at: 2, order),
      let sampleRate = bytes.uint32(at: 4, order), let bytesPerSecond = bytes.uint32(at: 8, order),
      let blockAlign = bytes.uint16(at: 12, order)
    else {
      throw .malformed(
        offset: offset, "the chunk 'fmt ' has \(bytes.byteCount) bytes, at least 16 are expected")
    }
    self.tag = Int(tag)
    self.channelCount = Int(channelCount)
    self.sampleRate = Int(sampleRate)
    self.bytesPerSecond = Int(bytesPerSecond)
    self.blockAlign = Int(blockAlign)
    self.order = order
    self.offset = offset
    if let bits = bytes.uint16(at: 14, order) {
      self.bits = Int(bits)
    } else {
      bits = channelCount == 0 ? 0 : Int(blockAlign) / Int(channelCount) * 8
      facts.note(
        .pcmFormatChunk, "the chunk 'fmt ' has \(bytes.byteCount) bytes and no bits per sample",
        at: offset)
    }
    if tag == 0xfffe { try readExtension(bytes, &facts) }
  }

  /// WAVEFORMATEXTENSIBLE.
  private mutating func readExtension(
    _ bytes: RawSpan, _ facts: inout PCMFileFacts
  ) throws(PCMFileError) {
    guard bytes.byteCount >= 40, let valid = bytes.uint16(at: 18, order),
      let mask = bytes.uint32(at: 20, order), let subformat = bytes.uint32(at: 24, order)
    else {
      throw .malformed(
        offset: offset,
        "the chunk 'fmt ' of WAVE_FORMAT_EXTENSIBLE has \(bytes.byteCount) bytes, not 40")
    }
    if let length = bytes.uint16(at: 16, order), length < 22 {
      facts.note(.pcmFormatChunk, "cbSize is \(length), not 22", at: offset + 16)
    }
    guard let known = Subformat(bytes, order) else {
      throw .unknownCoding("WAVE_FORMAT_EXTENSIBLE with an unknown subformat")
    }
    tag = Int(subformat & 0xffff)
    validBits = Int(valid)
    // The channels of ambisonics are no loudspeakers.
    self.mask = known == .ambisonic ? 0 : mask
  }

  /// Families of GUIDs whose first two bytes are a format tag.
  private enum Subformat {
    case media, ambisonic

    init?(_ bytes: RawSpan, _ order: ByteOrder) {
      guard let first = bytes.uint32(at: 24, order), first <= 0xffff,
        let second = bytes.uint16(at: 28, order), let third = bytes.uint16(at: 30, order),
        let high = bytes.uint32(at: 32, .big), let low = bytes.uint32(at: 36, .big)
      else { return nil }
      switch (second, third, high, low) {
      case (0x0000, 0x0010, 0x8000_00aa, 0x0038_9b71): self = .media
      case (0x0721, 0x11d3, 0x8644_c8c1, 0xca00_0000): self = .ambisonic
      default: return nil
      }
    }
  }

  /// The format of the samples.
  ///
  /// - Throws: `PCMFileError` where it is not PCM, or no sane reading is left.
  func format(_ facts: inout PCMFileFacts) throws(PCMFileError) -> PCMFormat {
    let natural = try sampleFormat()
    guard (1...PCMFormat.maxChannelCount).contains(channelCount) else {
      throw .malformed(
        offset: offset + 2,
        "\(channelCount) channels, 1 to \(PCMFormat.maxChannelCount) are expected")
    }
    let sample = try container(natural, &facts)
    guard
      var format = PCMFormat(
        sampleFormat: sample, sampleRate: sampleRate, channelCount: channelCount)
    else {
      throw .sampleRate(sampleRate, at: offset + 4)
    }
    if sample.lane == .int16 || sample.lane == .int32, sample != .alaw, sample != .mulaw {
      format.validBits = usedBits(sample, &facts)
    }
    if bytesPerSecond != sampleRate * format.blockAlign {
      facts.note(
        .pcmByteRate,
        "\(bytesPerSecond) bytes per second, \(sampleRate) frames of \(format.blockAlign) bytes are "
          + "\(sampleRate * format.blockAlign)", at: offset + 8)
    }
    format.positions = positions(&facts)
    return format
  }

  /// What tag and bits say, apart from the size of a frame.
  private func sampleFormat() throws(PCMFileError) -> SampleFormat {
    switch tag {
    case 1:
      if let format = SampleFormat.integer(byteCount: (bits + 7) / 8, order, isByteSigned: false) {
        return format
      }
      if bits == 64 { throw .unknownCoding("PCM of 64-bit integers") }
    case 3:
      if bits == 32 { return order == .big ? .f32be : .f32le }
      if bits == 64 { return order == .big ? .f64be : .f64le }
    case 6: return .alaw
    case 7: return .mulaw
    default: throw .unknownCoding(Self.name(ofTag: tag))
    }
    throw .malformed(
      offset: offset + 14,
      "\(bits) bits per sample, \(tag == 1 ? "1 to 32 are" : "32 or 64 of floating point are") expected"
    )
  }

  /// The sane reading of a frame's size: packed samples, or wider containers of them.
  private func container(
    _ natural: SampleFormat, _ facts: inout PCMFileFacts
  ) throws(PCMFileError) -> SampleFormat {
    let packed = natural.byteCount * channelCount
    guard blockAlign != packed else { return natural }
    let isWider = blockAlign > packed && blockAlign % channelCount == 0
    let width = blockAlign / channelCount
    let seen = "a frame of \(channelCount) channels with \(bits) bits has \(blockAlign) bytes"
    // Samples in containers wider than they need stand at their top (WAVEFORMATEXTENSIBLE).
    if isWider, tag == 1, bits > 8, bytesPerSecond == sampleRate * blockAlign || bits == 24,
      let wide = SampleFormat.integer(byteCount: width, order, isByteSigned: false)
    {
      facts.note(
        .pcmBlockAlign, "\(seen); samples are taken to be of \(width) bytes", at: offset + 12)
      return wide
    }
    let isClear = isWider ? bytesPerSecond == sampleRate * packed : bits % 8 == 0
    guard isClear || natural == .alaw || natural == .mulaw else {
      throw .malformed(offset: offset + 12, "\(seen), \(packed) are expected")
    }
    facts.note(
      .pcmBlockAlign, "\(seen); frames are taken to be of \(packed) bytes", at: offset + 12)
    return natural
  }

  private func usedBits(_ sample: SampleFormat, _ facts: inout PCMFileFacts) -> Int {
    let most = min(bits, sample.bitsPerSample)
    guard let validBits, validBits != 0 else { return most }
    guard validBits <= most else {
      facts.note(
        .pcmFormatChunk, "\(validBits) valid bits of a sample with \(most)", at: offset + 18)
      return most
    }
    return validBits
  }

  private func positions(_ facts: inout PCMFileFacts) -> [ChannelPosition]? {
    guard mask != 0 else { return nil }
    let all = ChannelPosition.positions(ofMask: mask)
    if all.count != channelCount {
      facts.note(
        .pcmChannelMask,
        "the channel mask names \(all.count) of the \(channelCount) channels", at: offset + 20)
    }
    let known = all.prefix(channelCount).compactMap { $0 }
    return known.count == channelCount ? known : nil
  }

  /// What a format tag is called where it may be met in a file of this kind.
  private static func name(ofTag tag: Int) -> String {
    let name =
      switch tag {
      case 0x02: "Microsoft ADPCM"
      case 0x11: "IMA ADPCM"
      case 0x31: "GSM 6.10"
      case 0x50: "MPEG audio"
      case 0x55: "MP3"
      case 0x92: "AC-3 over S/PDIF"
      case 0xff, 0x1600: "AAC"
      case 0x160, 0x161, 0x162, 0x163: "Windows Media Audio"
      case 0x2000: "AC-3"
      case 0x2001: "DTS"
      default: "unknown"
      }
    return "\(name) (WAVE format 0x\(String(tag, radix: 16)))"
  }
}

extension SampleFormat {
  /// Integers of 1 to 4 bytes; a single byte is unsigned unless it is said to be signed.
  static func integer(byteCount: Int, _ order: ByteOrder, isByteSigned: Bool) -> SampleFormat? {
    switch (byteCount, order) {
    case (1, _): isByteSigned ? .s8 : .u8
    case (2, .little): .s16le
    case (2, .big): .s16be
    case (3, .little): .s24le
    case (3, .big): .s24be
    case (4, .little): .s32le
    case (4, .big): .s32be
    default: nil
    }
  }
}
