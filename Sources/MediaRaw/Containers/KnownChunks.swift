internal import MediaBytes

/// Which four characters begin a chunk.
enum KnownChunks {
  /// Those met in files of sound.
  static let ids: Set<String> = [
    "fmt ", "data", "fact", "LIST", "list", "bext", "iXML", "cue ", "smpl", "inst", "JUNK", "junk",
    "PAD ", "FLLR", "PEAK", "levl", "ds64", "id3 ", "ID3 ", "axml", "chna", "cart", "umid", "plst",
    "note", "labl", "ltxt", "acid", "strc", "afsp", "DISP", "_PMX", "r64m", "minf", "elm1", "regn",
    "SSND", "COMM", "MARK", "COMT", "INST", "MIDI", "AESD", "APPL", "NAME", "AUTH", "(c) ", "ANNO",
    "FVER", "CHAN", "SAXL", "basc", "trns", "cate",
  ]

  /// Whether it could be an id: printable ASCII.
  static func isPlausible(_ id: String) -> Bool {
    !id.isEmpty && id.unicodeScalars.allSatisfy { (0x20...0x7e).contains($0.value) }
  }
}

/// The byte that makes a chunk's length even, and is often forgotten.
enum PadByte {
  /// Whether the first of these bytes is one, and not the beginning of the next chunk.
  ///
  /// Known ids decide, then the pad byte's usual value 0, then what could be an id.
  static func isThere(_ bytes: RawSpan) -> Bool {
    guard bytes.byteCount > 0 else { return false }
    let without = bytes.fourCharacters(at: 0)
    let with = bytes.fourCharacters(at: 1)
    if let without, KnownChunks.ids.contains(without) { return false }
    if let with, KnownChunks.ids.contains(with) { return true }
    if bytes.byte(at: 0) == 0 { return true }
    if let with, KnownChunks.isPlausible(with) { return true }
    if let without, KnownChunks.isPlausible(without) { return false }
    return true
  }
}
