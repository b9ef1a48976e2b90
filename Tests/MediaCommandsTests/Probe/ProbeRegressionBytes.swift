// Small files built byte by byte, for the regression tests of `probe`.

/// Matroska with tracks of 8 kHz 16-bit mono PCM (RFC 9559).
struct MatroskaBytes {
  /// Nanoseconds of one tick.
  var timestampScale: UInt64 = 1_000_000
  /// Ticks that the header declares.
  var duration: Double?
  var codec = "A_PCM/INT/LIT"
  var trackCount = 1
  /// Whole tags, each the content of a `Tag`.
  var tags: [[UInt8]] = []
  private(set) var clusters: [UInt8] = []

  /// A cluster with one block of `milliseconds` of silence on each of these tracks.
  mutating func appendCluster(time: UInt64, tracks: [UInt8] = [1], milliseconds: Int = 100) {
    var content = element(0xe7, big(time, 8))
    for track in tracks {
      content += element(0xa3, [0x80 | track, 0, 0, 0x80] + zeros(16 * milliseconds))
    }
    clusters += element(0x1f43_b675, content)
  }

  /// A `Tag` with one `SimpleTag`, for the file or for one track.
  mutating func appendTag(name: String, value: String, track: UInt8? = nil) {
    let targets = element(0x63c0, track.map { element(0x63c5, [$0]) } ?? [])
    let simple = element(0x45a3, Array(name.utf8)) + element(0x4487, Array(value.utf8))
    tags.append(targets + element(0x67c8, simple))
  }

  var bytes: [UInt8] {
    let header = element(0x4282, Array("matroska".utf8)) + element(0x4287, [4])
    let info =
      element(0x2a_d7b1, big(timestampScale, 8)) + element(0x4d80, Array("tests".utf8))
      + element(0x5741, Array("tests".utf8))
      + (duration.map { element(0x4489, big($0.bitPattern, 8)) } ?? [])
    let sound =
      element(0xb5, big(Double(8000).bitPattern, 8)) + element(0x9f, [1]) + element(0x6264, [16])
    let entries = (1...trackCount).flatMap { index in
      element(
        0xae,
        element(0xd7, [UInt8(index)]) + element(0x73c5, [UInt8(index)]) + element(0x83, [2])
          + element(0x86, Array(codec.utf8)) + element(0xe1, sound))
    }
    var segment = element(0x1549_a966, info) + element(0x1654_ae6b, entries)
    if !tags.isEmpty { segment += element(0x1254_c367, tags.flatMap { element(0x7373, $0) }) }
    return element(0x1a45_dfa3, header + element(0x4285, [2]))
      + element(0x1853_8067, segment + clusters)
  }
}

/// A second of silence as 8 kHz 16-bit mono; `size` stands in both size fields, as in a stream.
func wav(size: UInt64? = nil) -> [UInt8] {
  let format = little(1, 2) + little(1, 2) + little(8000, 4) + little(16_000, 4) + little(2, 2)
  let chunks = chunk("fmt ", format + little(16, 2)) + chunk("data", zeros(16_000), size: size)
  return riff("WAVE", chunks, size: size)
}

/// Opus in Ogg whose pages carry these sequence numbers, each page with a right checksum.
func oggOpus(sequences: [UInt64]) -> [UInt8] {
  let head = Array("OpusHead".utf8) + [1, 1] + zeros(2) + little(48_000, 4) + zeros(3)
  let comments = Array("OpusTags".utf8) + little(5, 4) + Array("tests".utf8) + zeros(4)
  let silence: [UInt8] = [0xf8, 0xff, 0xfe]
  let packets = [head, comments] + [[UInt8]](repeating: silence, count: sequences.count - 2)
  var bytes: [UInt8] = []
  for (index, (packet, sequence)) in zip(packets, sequences).enumerated() {
    let flags: UInt8 = index == 0 ? 2 : index == sequences.count - 1 ? 4 : 0
    let start = Array("OggS".utf8) + [0, flags] + little(UInt64(max(0, index - 1)) * 960, 8)
    let page = start + little(7, 4) + little(sequence, 4)
    let rest = [1, UInt8(packet.count)] + packet
    bytes += page + little(UInt64(oggChecksum(page + zeros(4) + rest)), 4) + rest
  }
  return bytes
}

/// CRC-32 of RFC 3533 §6: polynomial 0x04c11db7, nothing reflected, from 0.
private func oggChecksum(_ bytes: [UInt8]) -> UInt32 {
  bytes.reduce(0) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte) << 24) { value, _ in
      value >> 31 == 1 ? value << 1 ^ 0x04c1_1db7 : value << 1
    }
  }
}
