import MediaModel

private let clause = "ISO/IEC 14496-12 4.2"

/// The header of a box, ISO/IEC 14496-12 4.2 (8 or 16 bytes).
private struct BoxHeader {
  var type: ChunkType
  var headerByteCount: Int64
  /// The whole box, header included; nil: to the end of the file.
  var byteCount: Int64?
}

/// What stands where a box should begin.
private enum BoxStart {
  case box(BoxHeader)
  /// The file ends inside the header.
  case cut
  /// No box: its size is less than its header, or more than any file has.
  case invalid
}

/// What the walk over the boxes has to remember.
private struct BoxState {
  var moov: (offset: Int64, isFragmented: Bool)?
  var hasMedia = false
  var hasMeta = false
  var hasFragments = false
  var hasFragmentIndex = false
  /// A `moof` that no `mdat` has followed yet.
  var openFragment: Int64?

  /// Whether everything that can be played lies behind; a fragment may always be followed by more.
  var isComplete: Bool { moov != nil && (hasFragmentIndex || hasMedia && !hasFragments) }
}

private let padding: Set<ChunkType> = ["free", "skip", "wide"]
private let knownTypes: Set<ChunkType> = [
  "ftyp", "styp", "moov", "mdat", "imda", "moof", "mfra", "meta", "meco", "sidx", "ssix", "prft",
  "emsg", "pdin", "udta", "uuid", "pnot", "bloc",
]

extension StructureWalk {
  /// Walks the boxes of an MP4 or QuickTime file.
  mutating func walkISOMedia() throws {
    var state = BoxState()
    var offset: Int64 = 0
    walk: while offset < file.byteCount {
      switch try box(at: offset) {
      case .cut:
        if try !isTerminator(at: offset) { reportEnd(at: offset, state) }
        break walk
      case .invalid:
        reportStray(at: offset, noun: "box", isComplete: state.isComplete, clause: clause)
        break walk
      case .box(let header):
        let remaining = file.remaining(at: offset)
        let known = knownTypes.contains(header.type)
        guard known || padding.contains(header.type) || header.type.isText else {
          reportStray(at: offset, noun: "box", isComplete: state.isComplete, clause: clause)
          break walk
        }
        if let declared = header.byteCount, declared > remaining {
          try overrun(header, declared: declared, at: offset, &state)
          break walk
        }
        add(header.type.name, at: offset, declared: header.byteCount)
        try note(header, at: offset, &state)
        offset += header.byteCount ?? remaining
      }
    }
    conclude(state)
  }

  private mutating func box(at offset: Int64) throws -> BoxStart {
    guard let header = try file.bytes(8, at: offset) else { return .cut }
    let type = header.code(at: 4)
    switch header.integer(at: 0, count: 4) {
    case 0 where type.rawValue == 0: return .invalid
    case 0: return .box(BoxHeader(type: type, headerByteCount: 8, byteCount: nil))
    case 1:
      guard let large = try file.bytes(16, at: offset) else { return .cut }
      guard let count = Int64(exactly: large.integer(at: 8, count: 8)), count >= 16 else {
        return .invalid
      }
      return .box(BoxHeader(type: type, headerByteCount: 16, byteCount: count))
    case let count where count >= 8:
      return .box(BoxHeader(type: type, headerByteCount: 8, byteCount: Int64(count)))
    default: return .invalid
    }
  }

  /// QuickTime lets a list of atoms end with four zero bytes.
  private mutating func isTerminator(at offset: Int64) throws -> Bool {
    guard file.remaining(at: offset) == 4, let zero = try file.bytes(4, at: offset) else {
      return false
    }
    return zero.integer(at: 0, count: 4) == 0
  }

  /// Fewer bytes than a header has: the beginning of a box, or a scrap after the last one.
  private mutating func reportEnd(at offset: Int64, _ state: BoxState) {
    if state.isComplete {
      reportStray(at: offset, noun: "box", isComplete: true, clause: clause)
    } else {
      reportCutHeader("box", at: offset, clause: clause)
    }
  }

  private mutating func overrun(
    _ header: BoxHeader, declared: Int64, at offset: Int64, _ state: inout BoxState
  ) throws {
    let role: Role =
      knownTypes.contains(header.type)
      ? .known : padding.contains(header.type) ? .padding : .unknown
    let isJunk = role == .unknown && state.isComplete
    if !isJunk {
      add(header.type.name, at: offset, declared: declared)
    }
    report(
      Overrun(
        name: "the '\(header.type.name)' box", offset: offset, declared: declared,
        present: file.remaining(at: offset), role: role, clause: clause),
      isComplete: state.isComplete)
    if role == .known { try note(header, at: offset, &state) }
  }

  private mutating func note(
    _ header: BoxHeader, at offset: Int64, _ state: inout BoxState
  ) throws {
    switch header.type {
    case "moov":
      let isFragmented = try movieIsFragmented(header, at: offset)
      state.moov = (offset, isFragmented)
    case "mdat", "imda":
      state.hasMedia = true
      state.openFragment = nil
    case "moof":
      state.hasFragments = true
      state.openFragment = offset
    case "mfra": state.hasFragmentIndex = true
    case "meta": state.hasMeta = true
    default: break
    }
  }

  /// Whether `moov` holds an `mvex`, so that its media comes in fragments (8.8.1).
  private mutating func movieIsFragmented(_ movie: BoxHeader, at offset: Int64) throws -> Bool {
    let present = min(movie.byteCount ?? .max, file.remaining(at: offset))
    let end = offset + present
    var child = offset + movie.headerByteCount
    for _ in 0..<1000 where child < end {
      guard case .box(let header) = try box(at: child) else { return false }
      if header.type == "mvex" { return true }
      guard let count = header.byteCount, count <= end - child else { return false }
      child += count
    }
    return false
  }

  /// What the file as a whole lacks.
  private mutating func conclude(_ state: BoxState) {
    guard let moov = state.moov else {
      // HEIF and AVIF pictures have a `meta` in its place.
      if !state.hasMeta { reportMissingMovie(isSegment: state.hasFragments) }
      return
    }
    let isCut = findings.contains { [.truncated, .pastEnd, .brokenStructure].contains($0.code) }
    guard !isCut else { return }
    if let fragment = state.openFragment {
      report(
        .truncated, "no 'mdat' box follows the 'moof' box: the media of the last fragment is lost",
        at: fragment, clause: "ISO/IEC 14496-12 8.8.4")
    } else if !state.hasMedia && !moov.isFragmented {
      report(
        .truncated, "no 'mdat' box: the file holds \(inventory), but not the media they describe",
        at: moov.offset, clause: "ISO/IEC 14496-12 8.1.1")
    }
  }

  private mutating func reportMissingMovie(isSegment: Bool) {
    let reason =
      isSegment
      ? "a media segment without its initialization segment" : "an unfinished or cut recording"
    report(
      .missingMoov, "no 'moov' box: the file holds \(inventory): \(reason)", at: file.byteCount,
      clause: clause)
  }
}
