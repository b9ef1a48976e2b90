import MediaModel

/// Which of the files made of chunks it is: RIFF and its kin, or AIFF.
struct ChunkLayout: Hashable {
  var magic: ChunkType
  var kind: ContainerStructure.Kind
  var isBigEndian: Bool
  var clause: String

  /// The layout of files that begin with `magic`; nil when none does.
  init?(magic: ChunkType) {
    self.magic = magic
    switch magic {
    case "RIFF", "RIFX":
      kind = .riff
      clause = "IBM/Microsoft RIFF 1.0, 2"
    case "RF64", "BW64":
      kind = .rf64
      clause = magic == "RF64" ? "EBU Tech 3306" : "ITU-R BS.2088"
    case "FORM":
      kind = .aiff
      clause = "AIFF 1.3"
    default: return nil
    }
    isBigEndian = magic == "RIFX" || magic == "FORM"
  }

  func u32(_ bytes: FileBytes, at index: Int) -> Int64 {
    let value =
      isBigEndian
      ? bytes.integer(at: index, count: 4) : bytes.littleEndian(at: index, count: 4)
    return Int64(value)
  }
}

/// The outermost chunk: `RIFF` with its size and form.
private struct Form {
  var offset: Int64
  var type: ChunkType
  /// The bytes after the size field; nil when the writer left it unfinished.
  var byteCount: Int64?
  /// Sizes of 64 bits from `ds64`, by chunk.
  var largeSizes: [ChunkType: Int64] = [:]
  /// Whether the chunk with the media was there to its end.
  var hasMedia = false
  /// Whether it began at all.
  var hasMediaStart = false
  /// Whether the last chunk lacks the byte that makes it even.
  var lacksPad = false

  var dataStart: Int64 { offset + 12 }

  /// The chunk that holds the media, where such a file must have one.
  var mediaChunk: String? {
    switch type {
    case "WAVE": "data"
    case "AVI ": "LIST movi"
    case "AIFF", "AIFC": "SSND"
    default: nil
    }
  }
}

/// One chunk's header.
private struct Chunk {
  var offset: Int64
  var code: ChunkType
  /// The code, and for a list what it lists.
  var name: String
  /// The bytes after the header, the pad byte not counted; nil when they are left open.
  var byteCount: Int64?

  var dataStart: Int64 { offset + 8 }
}

private let padding: Set<ChunkType> = ["JUNK", "junk", "PAD ", "FLLR", "fake"]
private let knownChunks: Set<ChunkType> = [
  "LIST", "data", "fmt ", "fact", "idx1", "SSND", "COMM", "ds64", "bext", "axml", "chna",
]
/// What writers leave in a size that they could not come back to fill in.
private let placeholders: Set<Int64> = [0xffff_ffff, 0x7fff_ffff, 0x7fff_f000, 0x8000_0000]

extension StructureWalk {
  /// Walks the chunks of a RIFF, RF64, BW64 or AIFF file.
  mutating func walkChunks(_ layout: ChunkLayout) throws {
    var offset: Int64 = 0
    while offset < file.byteCount {
      guard let header = try file.bytes(12, at: offset) else {
        if offset == 0 {
          reportCutHeader("'\(layout.magic.name)' chunk", at: 0, clause: layout.clause)
        } else {
          reportStray(at: offset, noun: "chunk", isComplete: true, clause: layout.clause)
        }
        return
      }
      let magic = header.code(at: 0)
      // OpenDML adds one RIFF after another, each of them under 2 GiB.
      guard offset == 0 || magic == "RIFF" && layout.kind == .riff else {
        reportAfter(at: offset, layout)
        return
      }
      offset = try walkForm(header, at: offset, layout)
    }
  }

  private mutating func walkForm(
    _ header: FileBytes, at offset: Int64, _ layout: ChunkLayout
  ) throws -> Int64 {
    let size = layout.u32(header, at: 4)
    var form = Form(offset: offset, type: header.code(at: 8), byteCount: size)
    let name = layout.magic.name
    if layout.kind == .rf64 {
      try readLargeSizes(&form, layout)
      if form.byteCount == nil {
        report(
          .sizeMismatch, "the '\(name)' file has no 'ds64' chunk that gives its sizes", at: offset,
          clause: layout.clause)
      }
    } else if size == 0 || placeholders.contains(size) && size > file.remaining(at: offset + 8) {
      form.byteCount = nil
      reportUnfinished("the '\(name)' header", size, at: offset, layout)
    }
    add(
      "\(name) \(form.type.name)", at: offset, declared: form.byteCount.map { $0 + 8 })
    let declaredEnd = form.byteCount.map { offset + 8 + $0 + $0 % 2 }
    var end = min(declaredEnd ?? .max, file.byteCount)
    var position = form.dataStart
    let findingCount = findings.count
    while position < end {
      guard let next = try walkChunk(at: position, &form, layout) else {
        position = file.byteCount
        break
      }
      position = next
      if let declaredEnd, position > declaredEnd, end < file.byteCount {
        report(
          .sizeMismatch,
          "the '\(name)' header ends the file at byte \(declaredEnd), its chunks go on to byte "
            + "\(position)",
          at: offset, clause: layout.clause)
        end = file.byteCount
      }
    }
    if findings.count == findingCount { checkEnd(form, declaredEnd, layout) }
    if offset == 0, let media = form.mediaChunk, !form.hasMediaStart {
      report(
        .unreadable, "no '\(media)' chunk: the file holds \(inventory)", at: file.byteCount,
        clause: layout.clause)
    }
    return max(position, end)
  }

  /// Compares where the form ends by its header with where the file ends.
  private mutating func checkEnd(_ form: Form, _ declaredEnd: Int64?, _ layout: ChunkLayout) {
    if form.lacksPad {
      report(
        .sizeMismatch, "the last chunk has an odd size and lacks its pad byte", at: file.byteCount,
        clause: layout.clause)
    } else if let declared = form.byteCount, let declaredEnd, declaredEnd > file.byteCount {
      // With all media there, the header is wrong; without it, the file is.
      report(
        form.hasMedia ? .sizeMismatch : .truncated,
        "the '\(layout.magic.name)' header declares \(bytes(declared)), "
          + "\(are(file.remaining(at: form.offset + 8))) there",
        at: form.offset, clause: layout.clause)
    }
  }

  /// Notes a chunk and says where the next begins; nil when the walk ends here, with a finding.
  private mutating func walkChunk(
    at offset: Int64, _ form: inout Form, _ layout: ChunkLayout
  ) throws -> Int64? {
    guard let header = try file.bytes(8, at: offset) else {
      if form.hasMedia {
        reportStray(at: offset, noun: "chunk", isComplete: true, clause: layout.clause)
      } else {
        reportCutHeader("chunk", at: offset, clause: layout.clause)
      }
      return nil
    }
    guard header.code(at: 0).isText else {
      reportStray(at: offset, noun: "chunk", isComplete: form.hasMedia, clause: layout.clause)
      return nil
    }
    var chunk = Chunk(
      offset: offset, code: header.code(at: 0), name: header.code(at: 0).name,
      byteCount: layout.u32(header, at: 4))
    if chunk.code == "LIST", let list = try file.bytes(12, at: offset) {
      chunk.name += " " + list.code(at: 8).name
    }
    let isMedia = chunk.name == form.mediaChunk
    form.hasMediaStart = form.hasMediaStart || isMedia
    if layout.kind == .rf64, chunk.byteCount == 0xffff_ffff {
      chunk.byteCount = form.largeSizes[chunk.code]
    }
    if isMedia { checkUnfinished(&chunk, form, layout) }
    guard let byteCount = chunk.byteCount else {
      add(chunk.name, at: offset, declared: nil)
      // The chunks of an open list can be walked one by one, samples cannot.
      if chunk.code == "LIST" { return chunk.dataStart + 4 }
      form.hasMedia = true
      return file.byteCount
    }
    let remaining = file.remaining(at: chunk.dataStart)
    guard byteCount <= remaining else {
      overrun(chunk, declared: byteCount, form, layout)
      return nil
    }
    add(chunk.name, at: offset, declared: byteCount + 8)
    if isMedia { form.hasMedia = true }
    form.lacksPad = byteCount % 2 == 1 && byteCount == remaining
    return min(chunk.dataStart + byteCount + byteCount % 2, file.byteCount)
  }

  /// Opens the size of the media chunk where its writer never filled it in.
  private mutating func checkUnfinished(
    _ chunk: inout Chunk, _ form: Form, _ layout: ChunkLayout
  ) {
    guard let size = chunk.byteCount else { return }
    let remaining = file.remaining(at: chunk.dataStart)
    let isEmpty = size == 0 && form.byteCount == nil && remaining > 0
    guard isEmpty || placeholders.contains(size) && size > remaining else { return }
    chunk.byteCount = nil
    // One sentence is enough where the outer header already told.
    if form.byteCount != nil {
      reportUnfinished("the '\(chunk.name)' chunk", size, at: chunk.offset, layout)
    }
  }

  private mutating func overrun(
    _ chunk: Chunk, declared: Int64, _ form: Form, _ layout: ChunkLayout
  ) {
    let isKnown = knownChunks.contains(chunk.code) || form.type == "AVI " || form.type == "AVIX"
    let role: Role = padding.contains(chunk.code) ? .padding : isKnown ? .known : .unknown
    if role != .unknown || !form.hasMedia {
      add(chunk.name, at: chunk.offset, declared: declared + 8)
    }
    report(
      Overrun(
        name: "the '\(chunk.name)' chunk", offset: chunk.offset, declared: declared,
        present: file.remaining(at: chunk.dataStart), role: role, clause: layout.clause),
      isComplete: form.hasMedia)
  }

  private mutating func reportUnfinished(
    _ name: String, _ size: Int64, at offset: Int64, _ layout: ChunkLayout
  ) {
    let present = file.remaining(at: offset + 8)
    report(
      .sizeMismatch,
      "\(name) declares \(bytes(size)), \(are(present)) there: its writer could not or did not "
        + "come back to fill it in",
      at: offset, clause: layout.clause)
  }

  /// Bytes after the end of the form: foreign ones, or sound beyond what 32 bits can count.
  private mutating func reportAfter(at offset: Int64, _ layout: ChunkLayout) {
    let count = file.remaining(at: offset)
    guard count >= 0xffff_0000, layout.kind != .rf64 else {
      reportStray(at: offset, noun: "chunk", isComplete: true, clause: layout.clause)
      return
    }
    report(
      .sizeMismatch,
      "\(bytes(count)) follow the declared end: the file is longer than its 32-bit sizes can say",
      at: offset, clause: layout.clause)
  }

  /// Reads `ds64` (EBU Tech 3306, ITU-R BS.2088), which must be the first chunk.
  private mutating func readLargeSizes(_ form: inout Form, _ layout: ChunkLayout) throws {
    // A 64-bit size that is no Int64 cannot be met by any file: as good as not filled in.
    func size(_ bytes: FileBytes, _ index: Int) -> Int64? {
      Int64(exactly: bytes.littleEndian(at: index, count: 8)).flatMap { $0 < 1 << 62 ? $0 : nil }
    }
    if form.byteCount == 0xffff_ffff { form.byteCount = nil }
    guard let chunk = try file.bytes(36, at: form.dataStart), chunk.code(at: 0) == "ds64",
      layout.u32(chunk, at: 4) >= 28
    else { return }
    form.byteCount = form.byteCount ?? size(chunk, 8)
    form.largeSizes["data"] = size(chunk, 16)
    let tableStart = form.dataStart + 36
    for index in 0..<min(64, layout.u32(chunk, at: 32)) {
      guard let entry = try file.bytes(12, at: tableStart + 12 * index) else { return }
      form.largeSizes[entry.code(at: 0)] = size(entry, 4)
    }
  }
}
