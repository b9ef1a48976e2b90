import MediaModel

private let headerClause = "FLV 10.1 E.2"
private let tagClause = "FLV 10.1 E.4.1"

extension StructureWalk {
  /// Walks the tags of an FLV file by their DataSize; PreviousTagSize is not relied on.
  mutating func walkFLV() throws {
    guard let header = try file.bytes(9, at: 0) else {
      reportCutHeader("file", at: 0, clause: headerClause)
      return
    }
    let dataOffset = max(9, Int64(header.integer(at: 5, count: 4)))
    // PreviousTagSize0 stands between the header and the first tag.
    guard dataOffset + 4 <= file.byteCount else {
      report(
        .truncated,
        "the header puts the first tag at byte \(dataOffset + 4), the file has "
          + bytes(file.byteCount), at: 0, clause: headerClause)
      return
    }
    add("header", at: 0, declared: dataOffset)
    var offset = dataOffset + 4
    while offset < file.byteCount, let next = try walkTag(at: offset) { offset = next }
  }

  /// Notes a tag and says where the next begins; nil when the walk ends here, with a finding.
  private mutating func walkTag(at offset: Int64) throws -> Int64? {
    guard let type = try file.bytes(1, at: offset)?[0] else { return nil }
    guard let header = try file.bytes(11, at: offset) else {
      if name(type) == nil {
        reportStray(at: offset, noun: "tag", isComplete: true, clause: tagClause)
      } else {
        reportCutHeader("tag", at: offset, clause: tagClause)
      }
      return nil
    }
    let byteCount = 11 + Int64(header.integer(at: 1, count: 3))
    let remaining = file.remaining(at: offset)
    guard try name(type) != nil || isTag(header, byteCount: byteCount, at: offset) else {
      // Zeros are what a file has that was given its length before it was written.
      reportStray(at: offset, noun: "tag", isComplete: type == 0, clause: tagClause)
      return nil
    }
    let name = name(type) ?? "type \(type)"
    add(name, at: offset, declared: byteCount)
    guard byteCount <= remaining else {
      report(
        Overrun(
          name: "the \(name) tag", offset: offset, declared: byteCount - 11,
          present: remaining - 11, role: .known, clause: tagClause),
        isComplete: false)
      return nil
    }
    guard remaining - byteCount >= 4 else {
      report(
        .truncated,
        "the file ends \(bytes(remaining - byteCount)) into the PreviousTagSize after the last tag",
        at: offset + byteCount, clause: "FLV 10.1 E.3")
      return nil
    }
    return offset + byteCount + 4
  }

  /// Whether a tag of a type not known here holds together: StreamID is 0, PreviousTagSize fits.
  private mutating func isTag(
    _ header: FileBytes, byteCount: Int64, at offset: Int64
  ) throws -> Bool {
    guard header.integer(at: 8, count: 3) == 0,
      let after = try file.bytes(4, at: offset + byteCount)
    else { return false }
    return after.integer(at: 0, count: 4) == UInt64(byteCount)
  }

  /// The name of a TagType, whose third bit from the left only says that the tag is encrypted.
  private func name(_ type: UInt8) -> String? {
    switch type & 0xdf {
    case 8: "audio"
    case 9: "video"
    case 18: "script"
    default: nil
    }
  }
}
