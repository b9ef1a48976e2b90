import MediaModel

private let clause = "RFC 3533 6"

/// What the walk over the pages has to remember.
private struct PageState {
  /// Streams that are not ended, by serial number: the sequence number of their last page.
  var streams: [UInt32: UInt32] = [:]
  var losses = 0
  var lostByteCount: Int64 = 0
  var firstLoss: Int64?
  var missingPages = 0
  var firstGap: Int64?
}

/// A file with more streams at once is not made by any writer.
private let maxStreams = 256

extension StructureWalk {
  /// Walks the pages of an Ogg file.
  mutating func walkOgg() throws {
    var state = PageState()
    try walkPages(&state)
    if findings.isEmpty, !state.streams.isEmpty {
      report(
        .missingEnd, "streams without a page marked as their last: \(state.streams.count)",
        at: file.byteCount, clause: clause)
    }
  }

  private mutating func walkPages(_ state: inout PageState) throws {
    // What was lost is reported even when the walk stops at a limit.
    defer { reportDamage(state) }
    var offset: Int64 = 0
    while offset < file.byteCount, let next = try walkPage(at: offset, &state) { offset = next }
  }

  private mutating func reportDamage(_ state: PageState) {
    if let gap = state.firstGap {
      report(
        .brokenStructure,
        "the page's sequence number skips: pages missing in the file: \(state.missingPages)",
        at: gap, clause: clause)
    }
    if let loss = state.firstLoss {
      report(
        .brokenStructure,
        "no page begins here: sync is lost \(times(state.losses)) in the file, "
          + "\(bytes(state.lostByteCount)) belong to no page",
        at: loss, clause: clause)
    }
  }

  /// Notes a page and says where the next begins; nil when the walk ends here, with a finding.
  private mutating func walkPage(at offset: Int64, _ state: inout PageState) throws -> Int64? {
    let remaining = file.remaining(at: offset)
    guard let magic = try file.bytes(Int(min(4, remaining)), at: offset) else { return nil }
    guard magic.holds(remaining < 4 ? "O" : "OggS") else {
      guard let next = try nextPage(from: offset) else {
        reportStray(
          at: offset, noun: "page", isComplete: state.streams.isEmpty, clause: clause)
        return nil
      }
      state.losses += 1
      state.lostByteCount += next - offset
      state.firstLoss = state.firstLoss ?? offset
      return next
    }
    guard let header = try file.bytes(27, at: offset),
      let page = try file.bytes(27 + Int(header[26]), at: offset)
    else {
      reportCutHeader("page", at: offset, clause: clause)
      return nil
    }
    let byteCount = (27..<page.count).reduce(Int64(page.count)) { $0 + Int64(page[$1]) }
    add("page", at: offset, declared: byteCount)
    guard byteCount <= remaining else {
      report(
        Overrun(
          name: "the page", offset: offset, declared: byteCount, present: remaining, role: .known,
          clause: clause),
        isComplete: false)
      return nil
    }
    note(header, at: offset, &state)
    return offset + byteCount
  }

  private func note(_ header: FileBytes, at offset: Int64, _ state: inout PageState) {
    let serial = UInt32(truncatingIfNeeded: header.littleEndian(at: 14, count: 4))
    let sequence = UInt32(truncatingIfNeeded: header.littleEndian(at: 18, count: 4))
    if let last = state.streams[serial], Int(sequence) - Int(last) > 1 {
      state.missingPages += Int(sequence) - Int(last) - 1
      state.firstGap = state.firstGap ?? offset
    }
    let isLast = header[5] & 4 != 0
    if isLast {
      state.streams[serial] = nil
    } else if state.streams[serial] != nil || state.streams.count < maxStreams {
      state.streams[serial] = sequence
    }
  }

  /// The next place at which a page begins, after `offset`.
  private mutating func nextPage(from offset: Int64) throws -> Int64? {
    var candidate = offset
    while let letter = try file.firstIndex(of: UInt8(ascii: "O"), from: candidate + 1) {
      if let magic = try file.bytes(4, at: letter), magic.holds("OggS") { return letter }
      candidate = letter
    }
    return nil
  }
}
