extension BlockSource {
  /// Tells the container by its first bytes; nil when it is none of those known here.
  mutating func detectFormat() throws -> DetectedFormat? {
    guard byteCount >= 4, let magic = try bytes(4, at: 0) else { return nil }
    if magic.integer(at: 0, count: 4) == 0x1a45_dfa3 { return .matroska }
    if magic.holds("FLV") { return .flv }
    if magic.holds("OggS") { return .ogg }
    if magic.holds("fLaC") { return .elementary(.flac, tagByteCount: 0) }
    if let layout = try chunkLayout(magic.code(at: 0)) { return .iff(layout) }
    if try beginsWithBox() { return .isoMedia }
    if let format = try taggedStream() { return format }
    if let format = try transportStream() { return format }
    return nil
  }

  private mutating func chunkLayout(_ magic: ChunkType) throws -> ChunkLayout? {
    guard let layout = ChunkLayout(magic: magic) else { return nil }
    guard layout.kind == .aiff else { return layout }
    // FORM holds many things besides sound.
    guard let header = try bytes(12, at: 0) else { return nil }
    return ["AIFF", "AIFC"].contains(header.code(at: 8)) ? layout : nil
  }

  /// Whether the file begins with a box that files of boxes begin with (`ftyp` is not in all).
  private mutating func beginsWithBox() throws -> Bool {
    guard let header = try bytes(8, at: 0) else { return false }
    let firstTypes: [ChunkType] = [
      "ftyp", "styp", "moov", "mdat", "free", "skip", "wide", "pnot", "sidx", "moof", "emsg",
      "prft",
    ]
    return firstTypes.contains(header.code(at: 4))
  }

  /// An elementary stream, alone or after an ID3v2 tag.
  private mutating func taggedStream() throws -> DetectedFormat? {
    var start: Int64 = 0
    if let header = try bytes(10, at: 0), header.holds("ID3") {
      // ID3v2.4.0 3.1: four times seven bits, less the header, and a footer if flagged.
      let size = (6..<10).reduce(Int64(0)) { $0 << 7 | Int64(header[$1] & 0x7f) }
      start = 10 + size + (header[5] & 0x10 != 0 ? 10 : 0)
      if start > byteCount { return .elementary(.mp3, tagByteCount: start) }
    }
    if let magic = try bytes(4, at: start), magic.holds("fLaC") {
      return .elementary(.flac, tagByteCount: start)
    }
    if try repeats(at: start, adtsFrameByteCount) {
      return .elementary(.adts, tagByteCount: start)
    }
    if try repeats(at: start, mpegAudioFrameByteCount) {
      return .elementary(.mp3, tagByteCount: start)
    }
    return nil
  }

  /// Whether two frames follow each other; one alone may be chance.
  private mutating func repeats(
    at start: Int64, _ frameByteCount: (FileBytes) -> Int64?
  ) throws -> Bool {
    guard let first = try bytes(7, at: start), let count = frameByteCount(first),
      let second = try bytes(7, at: start + count)
    else { return false }
    return frameByteCount(second) != nil
  }

  /// Sync bytes a packet apart (ISO/IEC 13818-1 2.4.3.2): five, or ten when the file does not begin
  /// with a packet, fewer only in a shorter file; packets of 192 bytes have a time stamp before,
  /// those of 204 bytes parity after.
  private mutating func transportStream() throws -> DetectedFormat? {
    let head = Int(min(byteCount, Int64(Self.smallestBlock)))
    guard head > 0, let head = try bytes(head, at: 0) else { return nil }
    for packetByteCount in [188, 192, 204] {
      for first in 0..<min(packetByteCount, head.count) where head[first] == 0x47 {
        // A capture of packets sent seven by seven is no transport stream.
        let isAtStart = first == (packetByteCount == 192 ? 4 : 0)
        let wanted = isAtStart ? 5 : 10
        let syncs = Array(stride(from: first, to: head.count, by: packetByteCount).prefix(wanted))
        if syncs.count >= min(wanted, max(2, Int(byteCount) / packetByteCount)),
          syncs.allSatisfy({ head[$0] == 0x47 })
        {
          return .mpegTS(packetByteCount: packetByteCount, sync: first)
        }
      }
    }
    return nil
  }
}

/// The length of an ADTS frame, ISO/IEC 14496-3 1.A.2.2; nil when these are no such header.
private func adtsFrameByteCount(_ header: FileBytes) -> Int64? {
  guard header[0] == 0xff, header[1] & 0xf6 == 0xf0, header[2] >> 2 & 0xf < 13 else { return nil }
  let count = Int64(header.integer(at: 3, count: 3) >> 5 & 0x1fff)
  return count >= 7 ? count : nil
}

/// The length of an MPEG audio frame, ISO/IEC 11172-3 2.4.2.3; nil when these are no such header.
///
/// Free format has no length and is left out.
private func mpegAudioFrameByteCount(_ header: FileBytes) -> Int64? {
  let version = header[1] >> 3 & 3  // 3 = MPEG-1, 2 = MPEG-2, 0 = MPEG-2.5
  let layer = 4 - Int(header[1] >> 1 & 3)
  let rateIndex = Int(header[2] >> 4)
  let frequencyIndex = Int(header[2] >> 2 & 3)
  guard header[0] == 0xff, header[1] >> 5 == 7, version != 1, layer != 4,
    (1..<15).contains(rateIndex), frequencyIndex != 3
  else { return nil }
  let kilobits: [[Int64]] = [
    [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ]
  let isFirst = version == 3
  let row = isFirst ? layer - 1 : (layer == 1 ? 3 : 4)
  let divisor: Int64 = isFirst ? 1 : (version == 2 ? 2 : 4)
  let frequency = [44100, 48000, 32000][frequencyIndex] / divisor
  let padding = Int64(header[2] >> 1 & 1)
  let bitRate = kilobits[row][rateIndex - 1] * 1000
  if layer == 1 { return (12 * bitRate / frequency + padding) * 4 }
  return (layer == 3 && !isFirst ? 72 : 144) * bitRate / frequency + padding
}
