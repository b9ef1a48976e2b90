import MediaModel

extension FLVChecker {
  /// The framing: headers of files and tags, sizes, damage and the end.
  struct FileChecks: Sendable {
    /// What is wrong about the way to the first tag, until it is known whether it led there.
    private var held: (headerEnd: Int, dataOffset: UInt32, previousTagSize: Finding?)?
    /// What the last `PreviousTagSize` was.
    private var sizeKind = FLVPreviousTagSize.Kind.exact
    /// What was told of the fields since the last that was right.
    private var toldSizes: Set<FLVPreviousTagSize.Kind> = []
    /// The first field of a dialect, until the next one speaks it too: by chance many do once.
    private var heldSize: (size: FLVPreviousTagSize, time: Double?)?
    private var wrongSizes = FLVHabit<FLVPreviousTagSize.Kind>(.previousTagSize)
    private var reservedBits = FLVHabit<FLVTagType>(.reservedTagBits)
    /// Whether the last field said what the specification asks for.
    var isSizeExact: Bool { sizeKind == .exact }
    /// The last tag's, so that a writer's habit is told once.
    private var streamID: UInt32 = 0
    /// The last tag's, in milliseconds.
    private var lastTimestamp: Int64?
    /// Whether this is one file that ends where it should.
    private(set) var isWhole = true
    /// Bytes of the last `PreviousTagSize` that are not there.
    private(set) var missingBytes = 0

    // MARK: File headers

    mutating func header(_ header: FLVHeader, at base: Int, _ found: inout [Finding]) {
      if base > 0 {
        isWhole = false
        found.append(
          Finding(
            .secondHeader, "another FLV file begins here, behind \(counted(base, "byte"))",
            offset: base))
      }
      if header.version != 1 {
        found.append(
          Finding(.flvVersion, "Version is \(header.version), not 1", offset: base + 3))
      }
      if header.reservedFlags != 0 {
        found.append(
          Finding(
            .flvReservedFlags, "TypeFlags are \(hex(header.flags)), of which 0x05 has a meaning",
            offset: base + 4))
      }
      held = (base + 9, header.dataOffset, nil)
      releaseSize(&found)
      sizeKind = .exact
      toldSizes = []
      streamID = 0
    }

    /// The first tag is there, or the end: `place` is where `DataOffset` should have led.
    private mutating func release(at place: Int?, _ found: inout [Finding]) {
      guard let held else { return }
      self.held = nil
      let offset = Int(held.dataOffset)
      let end = held.headerEnd - 9 + offset
      if let place, offset < 9 || offset > 9 && place != end && place != end + 4 {
        found.append(
          Finding(
            .wrongDataOffset, "DataOffset is \(offset), but the first tag is at byte \(place)",
            offset: held.headerEnd - 4))
        // What stands there is not PreviousTagSize0.
        return
      }
      if offset > 9 {
        found.append(
          Finding(
            .flvDataOffset,
            "DataOffset is \(offset): \(counted(offset - 9, "byte")) of an unknown extension",
            offset: held.headerEnd - 4))
      }
      if let finding = held.previousTagSize { found.append(finding) }
      if place == end {
        found.append(
          Finding(
            .firstPreviousTagSize, "PreviousTagSize0 is missing, a tag is in its place",
            offset: end))
      }
    }

    // MARK: Between tags

    mutating func previousTagSize(_ size: FLVPreviousTagSize) -> [Finding] {
      guard size.tagIndex != nil else {
        if size.value != 0 {
          held?.previousTagSize = Finding(
            .firstPreviousTagSize, "PreviousTagSize0 is \(size.value), no tag precedes it",
            offset: size.offset)
        }
        return []
      }
      sizeKind = size.kind
      var found: [Finding] = []
      if let first = heldSize, first.size.kind == size.kind {
        heldSize = nil
        toldSizes.insert(size.kind)
        return [dialect(first.size, first.time)]
      }
      releaseSize(&found)
      let time = lastTimestamp.map { Double($0) / 1000 }
      switch size.kind {
      case .exact: toldSizes = []
      case .wrong: tellWrong(size, time, &found)
      case .zero: if toldSizes.insert(.zero).inserted { found.append(dialect(size, time)) }
      case .dataSize, .dataSizePlus10, .runningSum:
        if !toldSizes.contains(size.kind) { heldSize = (size, time) }
      }
      return found
    }

    /// A tag stands at `offset`, where the last one's `PreviousTagSize` belongs.
    mutating func missingPreviousTagSize(at offset: Int) -> Finding? {
      sizeKind = .wrong
      guard wrongSizes.take(isFirst: toldSizes.insert(.wrong).inserted) else { return nil }
      return Finding(
        .previousTagSize, "PreviousTagSize is missing, the next tag stands in its place",
        offset: offset, time: lastTimestamp.map { Double($0) / 1000 })
    }

    /// No other field spoke the dialect of the one that is held.
    private mutating func releaseSize(_ found: inout [Finding]) {
      guard let first = heldSize else { return }
      heldSize = nil
      tellWrong(first.size, first.time, &found)
    }

    private mutating func tellWrong(
      _ size: FLVPreviousTagSize, _ time: Double?, _ found: inout [Finding]
    ) {
      guard wrongSizes.take(isFirst: toldSizes.insert(.wrong).inserted) else { return }
      found.append(Finding(.previousTagSize, Self.told(size), offset: size.offset, time: time))
    }

    private func dialect(_ size: FLVPreviousTagSize, _ time: Double?) -> Finding {
      let name: String? =
        switch size.kind {
        case .exact, .wrong, .zero: nil
        case .dataSize: "DataSize"
        case .dataSizePlus10: "DataSize + 10"
        case .runningSum: "the sum of all tags so far"
        }
      return Finding(
        name == nil ? .previousTagSizeZero : .previousTagSizeDialect,
        Self.told(size) + (name.map { ": from here on it is \($0)" } ?? ""), offset: size.offset,
        time: time)
    }

    private static func told(_ size: FLVPreviousTagSize) -> String {
      "PreviousTagSize is \(size.value), the tag before it has \(size.expected) bytes"
    }

    mutating func skipped(_ skip: FLVSkip, _ found: inout [Finding]) {
      if let held, held.headerEnd == skip.range.lowerBound {
        if held.dataOffset == 9 {
          // A wrong PreviousTagSize0 is part of the damage.
          self.held = nil
        } else {
          release(at: skip.range.upperBound, &found)
          // Four bytes are PreviousTagSize0, and what ends where DataOffset leads is an extension.
          let end = held.headerEnd - 9 + Int(held.dataOffset)
          if skip.range.count <= 4 || skip.range.upperBound == end { return }
        }
      }
      release(at: skip.range.lowerBound, &found)
      found.append(skip.finding(.skippedBytes))
    }

    // MARK: Tags

    /// Whether `check` would say nothing about a tag with a body of a known type.
    func passes(_ tag: FLVTag) -> Bool {
      held == nil && tag.header.streamID == streamID && tag.header.reservedBits == 0
        && tag.declaredDataSize == nil
    }

    /// Takes note of a tag that passes.
    mutating func note(_ time: Int64) { lastTimestamp = time }

    mutating func check(
      _ record: FLVTagRecord, _ inspector: FLVInspector, _ found: inout [Finding]
    ) {
      if held != nil { release(at: record.tag.offset, &found) }
      note(record.dts)
      let header = record.tag.header
      if let declared = record.tag.declaredDataSize {
        found.append(
          record.finding(
            .wrongDataSize,
            "DataSize is \(declared), PreviousTagSize and the next tag say \(header.dataSize)",
            at: 1))
      }
      if header.streamID != streamID {
        streamID = header.streamID
        if streamID != 0 {
          found.append(record.finding(.streamID, "StreamID is \(streamID), not 0", at: 8))
        }
      }
      if header.reservedBits != 0,
        reservedBits.begins(header.type, at: inspector.totals.tags(of: header.type))
      {
        found.append(
          record.finding(
            .reservedTagBits, "the reserved bits of the tag's first byte are \(header.reservedBits)"
          ))
      }
      if !header.type.isKnown {
        found.append(
          record.finding(
            .unknownTagType,
            "TagType is \(header.type.rawValue) (\(counted(Int(header.dataSize), "byte")))"))
      } else if header.dataSize == 0 {
        found.append(record.finding(.emptyTag, "DataSize is 0", at: 1))
      }
    }

    // MARK: The end

    /// Tells what holds also where reading stopped early.
    mutating func finish(_ found: inout [Finding]) {
      releaseSize(&found)
      wrongSizes.finish(&found)
      reservedBits.finish(&found)
    }

    mutating func finish(
      _ totals: FLVTotals, _ header: FLVHeader, _ end: FLVEnd, _ metadata: FLVFacts.Metadata?,
      _ found: inout [Finding]
    ) {
      release(at: nil, &found)
      checkFlags(totals, header, &found)
      if totals.tags == 0, !end.isDamage {
        found.append(Finding(.flvWithoutTags, "nothing follows the header", offset: 0))
      }
      switch end {
      case .clean: break
      case .missingPreviousTagSize(let offset, let present):
        missingBytes = 4 - present
        found.append(
          Finding(
            .missingLastPreviousTagSize,
            present == 0
              ? "the input ends where the last PreviousTagSize belongs"
              : "the input ends \(counted(present, "byte")) into the last PreviousTagSize",
            offset: offset))
      case .truncatedTag(let offset, let header, let present):
        isWhole = false
        var told = "the input ends \(counted(present, "byte")) into a tag"
        if let header { told += " of \(Int(header.dataSize) + FLVTagHeader.byteCount)" }
        if let size = metadata?.value.fileSize, size > Double(offset + present) {
          told += "; onMetaData promises \(AMFValue.number(size)) bytes in all"
        }
        let time = header.map { Double($0.timestamp) / 1000 }
        found.append(Finding(.truncatedTag, told, offset: offset, time: time))
      case .trailing(let skip):
        isWhole = false
        found.append(skip.finding(skip.reason == .notATag ? .trailingBytes : .skippedBytes))
      }
    }

    private func checkFlags(
      _ totals: FLVTotals, _ header: FLVHeader, _ found: inout [Finding]
    ) {
      guard totals.tags > 0 else { return }
      let kinds = [
        ("audio", header.hasAudio, totals.audio.tags),
        ("video", header.hasVideo, totals.video.tags),
      ]
      let told = kinds.compactMap { name, isAnnounced, count -> String? in
        if isAnnounced == (count > 0) { return nil }
        return isAnnounced
          ? "\(name) is announced, but there is none"
          : "\(counted(count, "\(name) tag")) \(count == 1 ? "is" : "are") not announced"
      }
      guard !told.isEmpty else { return }
      found.append(
        Finding(
          .flvFlagsMismatch, "TypeFlags are \(hex(header.flags)): " + told.joined(separator: "; "),
          offset: 4))
    }
  }
}

extension FLVSkip {
  fileprivate func finding(_ code: FindingCode) -> Finding {
    let isOne = range.count == 1
    let what = reason != .notATag ? "skipped" : isOne ? "is no tag" : "are no tags"
    let zero =
      zeros.map {
        $0.count == range.count ? ", all zero" : ", of which \($0.count) in a row are zero"
      } ?? ""
    let why =
      switch reason {
      case .notATag: ""
      case .pastEnd: ": DataSize is \(size), past the end of the input"
      case .overLimit: ": DataSize is \(size), over the limit"
      case .leadsNowhere: ": DataSize is \(size), and no tag begins behind that"
      }
    return Finding(
      code, "\(counted(range.count, "byte")) \(what)\(zero)\(why)", offset: range.lowerBound)
  }

  private var size: UInt32 { header?.dataSize ?? 0 }
}

/// Two digits behind `0x`.
private func hex(_ byte: UInt8) -> String {
  (byte < 16 ? "0x0" : "0x") + String(byte, radix: 16)
}
