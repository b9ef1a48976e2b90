internal import MediaBytes
internal import MediaModel

extension PCMFileFacts {
  /// The chunk `bext` (EBU Tech 3285): 602 bytes and the coding history.
  mutating func readBroadcastExtension(_ bytes: RawSpan, _ order: ByteOrder, at offset: Int64) {
    guard metadata.broadcast == nil else { return }
    if bytes.byteCount < 602 {
      note(
        .pcmBrokenChunk, "the chunk 'bext' has \(bytes.byteCount) bytes, at least 602 are expected",
        at: offset)
    }
    var broadcast = BroadcastExtension()
    broadcast.description = bytes.text(at: 0, 256)
    broadcast.originator = bytes.text(at: 256, 32)
    broadcast.originatorReference = bytes.text(at: 288, 32)
    broadcast.originationDate = bytes.text(at: 320, 10)
    broadcast.originationTime = bytes.text(at: 330, 8)
    // The low word comes first whatever the byte order.
    let low = bytes.uint32(at: 338, order) ?? 0
    let high = bytes.uint32(at: 342, order) ?? 0
    broadcast.timeReference = UInt64(high) << 32 | UInt64(low)
    broadcast.version = Int(bytes.uint16(at: 346, order) ?? 0)
    if broadcast.version >= 1 { broadcast.umid = Self.umid(bytes) }
    if broadcast.version >= 2 {
      broadcast.loudness = bytes.hundredths(at: 412, order)
      broadcast.loudnessRange = bytes.hundredths(at: 414, order)
      broadcast.maxTruePeak = bytes.hundredths(at: 416, order)
      broadcast.maxMomentary = bytes.hundredths(at: 418, order)
      broadcast.maxShortTerm = bytes.hundredths(at: 420, order)
    }
    broadcast.codingHistory = bytes.text(at: 602, bytes.byteCount)
    metadata.broadcast = broadcast
  }

  /// 64 bytes; a basic UMID leaves the second half 0.
  private static func umid(_ bytes: RawSpan) -> String? {
    guard bytes.holds(64, at: 348) else { return nil }
    var digits = ""
    for index in 348..<412 {
      let byte = bytes.byte(at: index)
      digits += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    if digits.allSatisfy({ $0 == "0" }) { return nil }
    return digits.dropFirst(64).allSatisfy { $0 == "0" } ? String(digits.prefix(64)) : digits
  }

  /// The chunk `cue `: a count and points of 24 bytes.
  mutating func readCuePoints(_ bytes: RawSpan, _ order: ByteOrder, at offset: Int64) {
    let stated = Int(bytes.uint32(at: 0, order) ?? 0)
    let count = min(stated, max(bytes.byteCount - 4, 0) / 24)
    if count < stated || bytes.byteCount < 4 {
      note(
        .pcmBrokenChunk, "the chunk 'cue ' has room for \(count) of its \(stated) points",
        at: offset)
    }
    for point in 0..<count {
      guard let id = bytes.uint32(at: 4 + point * 24, order),
        let frame = bytes.uint32(at: 24 + point * 24, order)
      else { break }
      metadata.cues.append(SoundCue(id: id, frame: Int64(frame)))
    }
  }

  /// The chunk `LIST`: tags (INFO) or names of points (adtl).
  mutating func readList(_ bytes: RawSpan, _ order: ByteOrder, at offset: Int64) {
    let kind = bytes.fourCharacters(at: 0)
    guard kind == "INFO" || kind == "adtl" else { return }
    var index = 4
    while let id = bytes.fourCharacters(at: index), let size = bytes.uint32(at: index + 4, order) {
      let start = index + 8
      let length = min(Int(size), bytes.byteCount - start)
      if length < Int(size) {
        note(
          .pcmBrokenChunk, "'\(id.printable)' of \(size) bytes runs past the end of its LIST",
          at: offset + Int64(index))
      }
      if kind == "INFO" {
        tag(Self.tagNames[id] ?? id.printable, bytes.text(at: start, length))
      } else if id == "labl", length >= 4, let point = bytes.uint32(at: start, order) {
        cueLabels[point] = bytes.text(at: start + 4, length - 4)
      }
      index = start + length + length % 2
      // Some leave the pad byte out; no id begins with NUL.
      if length % 2 == 1, bytes.holds(1, at: index - 1), bytes.byte(at: index - 1) != 0 {
        index -= 1
      }
    }
  }

  /// Those of FFmpeg.
  private static let tagNames = [
    "IART": "artist", "ICMT": "comment", "ICOP": "copyright", "ICRD": "date", "IGNR": "genre",
    "ILNG": "language", "INAM": "title", "IPRD": "album", "IPRT": "track", "ITRK": "track",
    "ISFT": "encoder", "ISMP": "timecode", "ITCH": "encoded_by",
  ]

  /// AIFF's chunk `MARK`: a count and markers with names as Pascal has them.
  mutating func readMarkers(_ bytes: RawSpan, at offset: Int64) {
    let stated = Int(bytes.uint16(at: 0, .big) ?? 0)
    var index = 2
    for marker in 0..<stated {
      guard let id = bytes.uint16(at: index, .big), let frame = bytes.uint32(at: index + 2, .big),
        bytes.holds(1, at: index + 6)
      else {
        note(
          .pcmBrokenChunk, "the chunk 'MARK' has room for \(marker) of its \(stated) markers",
          at: offset)
        return
      }
      let length = Int(bytes.byte(at: index + 6))
      let name = bytes.text(at: index + 7, length)
      metadata.cues.append(
        SoundCue(id: UInt32(id), frame: Int64(frame), label: name.isEmpty ? nil : name))
      // The name with its count has an even length.
      index += 7 + length + (length + 1) % 2
    }
  }
}

extension RawSpan {
  /// A signed number of hundredths; nil where it is unset (0x7fff) or beyond what may be written.
  fileprivate func hundredths(at index: Int, _ order: ByteOrder) -> Double? {
    guard let bits = uint16(at: index, order) else { return nil }
    let value = Int16(bitPattern: bits)
    return (-9999...9999).contains(value) ? Double(value) / 100 : nil
  }
}
