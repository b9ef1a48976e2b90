import MediaModel

private let ebml = "RFC 8794 6"
private let unknownSize = "RFC 8794 6.2"

/// The header of an EBML element, RFC 8794 5 and 6 (2 to 12 bytes).
private struct EBMLHeader {
  /// The identifier with its length marker, as specifications write it.
  var id: UInt32
  var headerByteCount: Int64
  /// The bytes after the header; nil when it is left open, as live writers do.
  var dataByteCount: Int64?

  var name: String {
    names[id] ?? "0x" + String(id, radix: 16)
  }
}

/// What stands where an element should begin.
private enum EBMLStart {
  case element(EBMLHeader)
  /// The file ends inside the header.
  case cut
  /// No element: an identifier or size is longer than Matroska allows.
  case invalid
}

private let headerID: UInt32 = 0x1a45_dfa3
private let segmentID: UInt32 = 0x1853_8067
private let tracksID: UInt32 = 0x1654_ae6b
private let clusterID: UInt32 = 0x1f43_b675
private let voidID: UInt32 = 0xec

/// The elements of the top two levels (RFC 9559 5.1), and those inside a Cluster.
private let names: [UInt32: String] = [
  headerID: "EBML", segmentID: "Segment", 0x114d_9b74: "SeekHead", 0x1549_a966: "Info",
  tracksID: "Tracks", clusterID: "Cluster", 0x1c53_bb6b: "Cues", 0x1941_a469: "Attachments",
  0x1043_a770: "Chapters", 0x1254_c367: "Tags", voidID: "Void", 0xbf: "CRC-32",
  0xe7: "Timestamp", 0xa3: "SimpleBlock", 0xa0: "BlockGroup", 0xab: "PrevSize", 0xa7: "Position",
  0x5854: "SilentTracks", 0xaf: "EncryptedBlock",
]
/// Those that end an open Cluster.
private let segmentChildren: Set<UInt32> = [
  headerID, segmentID, 0x114d_9b74, 0x1549_a966, tracksID, clusterID, 0x1c53_bb6b, 0x1941_a469,
  0x1043_a770, 0x1254_c367,
]

extension StructureWalk {
  /// Walks a Matroska or WebM file: the EBML header, the Segment and the elements in it.
  mutating func walkMatroska() throws {
    var offset: Int64 = 0
    var hasSegment = false
    while offset < file.byteCount {
      let start = try element(at: offset)
      guard case .element(let header) = start, [headerID, segmentID, voidID].contains(header.id)
      else {
        reportStray(at: offset, noun: "element", isComplete: hasSegment, clause: ebml)
        break
      }
      if header.id == segmentID {
        hasSegment = true
        offset = try walkSegment(header, at: offset)
      } else {
        guard let end = try step(over: header, at: offset) else { break }
        offset = end
      }
    }
    if !hasSegment && findings.isEmpty {
      report(
        .unreadable, "no Segment: the file holds \(inventory)", at: file.byteCount,
        clause: "RFC 9559 5.1")
    }
  }

  /// Walks the elements of a Segment and says where it ends, which is never past the file's end.
  private mutating func walkSegment(_ segment: EBMLHeader, at offset: Int64) throws -> Int64 {
    let dataStart = offset + segment.headerByteCount
    let remaining = file.remaining(at: dataStart)
    let present = min(segment.dataByteCount ?? remaining, remaining)
    add(
      "Segment", at: offset, declared: segment.dataByteCount.map { $0 + segment.headerByteCount })
    var end = dataStart + present
    var position = dataStart
    var hasTracks = false
    let findingCount = findings.count
    walk: while position < end {
      guard let header = try elementOrReport(at: position) else {
        position = file.byteCount
        break
      }
      if header.id == headerID || header.id == segmentID {
        // Only a new file can begin here: an open Segment has ended.
        guard segment.dataByteCount == nil else { break walk }
        end = position
        break
      }
      hasTracks = hasTracks || header.id == tracksID
      guard let next = try step(over: header, at: position) else {
        position = file.byteCount
        break
      }
      position = next
      if position > end {
        report(
          .sizeMismatch,
          "the \(header.name) ends at byte \(position), its Segment already at byte \(end)",
          at: offset, clause: ebml)
        end = file.byteCount
      }
    }
    if let declared = segment.dataByteCount, declared > remaining, findings.count == findingCount {
      report(
        .truncated, "the Segment declares \(bytes(declared)), \(are(remaining)) there",
        at: offset, clause: ebml)
    }
    if !hasTracks {
      report(
        .unreadable,
        "no Tracks element, so nothing says what the blocks are: the file holds \(inventory)",
        at: offset, clause: "RFC 9559 5.1.4")
    }
    return max(position, end)
  }

  /// Notes an element and says where it ends; nil when that cannot be told, which is reported.
  private mutating func step(over header: EBMLHeader, at offset: Int64) throws -> Int64? {
    let dataStart = offset + header.headerByteCount
    add(header.name, at: offset, declared: header.dataByteCount.map { $0 + header.headerByteCount })
    guard let declared = header.dataByteCount else {
      if header.id == clusterID { return try walkOpenCluster(from: dataStart) }
      report(
        .brokenStructure, "the \(header.name) has no size, which only Segment and Cluster may lack",
        at: offset, clause: unknownSize)
      return nil
    }
    let remaining = file.remaining(at: dataStart)
    guard declared > remaining else { return dataStart + declared }
    report(
      Overrun(
        name: "the \(header.name) element", offset: offset, declared: declared, present: remaining,
        role: names[header.id] == nil ? .unknown : .known, clause: ebml),
      isComplete: false)
    return nil
  }

  /// An open Cluster ends where an element begins that cannot be inside it (RFC 8794 6.2).
  private mutating func walkOpenCluster(from dataStart: Int64) throws -> Int64? {
    var position = dataStart
    while position < file.byteCount {
      guard let child = try elementOrReport(at: position) else { return nil }
      if segmentChildren.contains(child.id) { return position }
      let childData = position + child.headerByteCount
      let remaining = file.remaining(at: childData)
      guard let declared = child.dataByteCount else {
        report(
          .brokenStructure, "the \(child.name) in a Cluster has no size", at: position,
          clause: unknownSize)
        return nil
      }
      guard declared <= remaining else {
        report(
          Overrun(
            name: "the \(child.name) element", offset: position, declared: declared,
            present: remaining, role: names[child.id] == nil ? .unknown : .known, clause: ebml),
          isComplete: false)
        return nil
      }
      position = childData + declared
    }
    return position
  }

  private mutating func elementOrReport(at offset: Int64) throws -> EBMLHeader? {
    switch try element(at: offset) {
    case .element(let header): return header
    case .cut: reportCutHeader("element", at: offset, clause: ebml)
    case .invalid: reportStray(at: offset, noun: "element", isComplete: false, clause: ebml)
    }
    return nil
  }

  private mutating func element(at offset: Int64) throws -> EBMLStart {
    guard let first = try file.bytes(1, at: offset) else { return .cut }
    let idByteCount = first[0].leadingZeroBitCount + 1
    guard idByteCount <= 4 else { return .invalid }
    guard let prefix = try file.bytes(idByteCount + 1, at: offset) else { return .cut }
    let id = UInt32(truncatingIfNeeded: prefix.integer(at: 0, count: idByteCount))
    let sizeByteCount = prefix[idByteCount].leadingZeroBitCount + 1
    guard sizeByteCount <= 8 else { return .invalid }
    guard let header = try file.bytes(idByteCount + sizeByteCount, at: offset) else { return .cut }
    let mask = UInt64(1) << UInt64(7 * sizeByteCount) - 1
    let size = header.integer(at: idByteCount, count: sizeByteCount) & mask
    // All ones mean that the size is not known.
    return .element(
      EBMLHeader(
        id: id, headerByteCount: Int64(idByteCount + sizeByteCount),
        dataByteCount: size == mask ? nil : Int64(size)))
  }
}
