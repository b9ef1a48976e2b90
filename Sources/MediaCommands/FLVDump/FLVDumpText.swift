internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// The lines a person reads.
enum FLVDumpText {
  /// Where the words of a tag begin; what belongs to it stands below them.
  private static let indentation = String(repeating: " ", count: 12)
  /// The most elements of an array that are shown.
  private static let elementsShown = 8

  static let columns =
    "    offset  type       size         dts        pts  codec   what\n"

  static func header(_ header: FLVHeader, at offset: Int) -> String {
    let kinds = [header.hasAudio ? "audio" : nil, header.hasVideo ? "video" : nil]
      .compactMap { $0 }
    let flags = kinds.isEmpty ? "no flags" : kinds.joined(separator: " and ")
    let place = offset == 0 ? "" : "at \(offset): "
    return "\(place)FLV version \(header.version), \(flags), DataOffset \(header.dataOffset)\n"
  }

  // MARK: Tags

  static func lines(_ line: FLVTagLine, onlyChanges: Bool) -> String {
    let record = line.record
    var text = ""
    // Damage before the tag is told before it.
    for finding in record.findings where isBefore(finding, record) {
      text += indentation + Self.finding(finding)
    }
    text += right("\(record.tag.offset)", 10) + "  "
    text += left(line.type, 7) + right("\(record.size)", 8) + "  "
    text +=
      right(Quantity.decimal(milliseconds: record.dts), 10) + " "
      + right(Quantity.decimal(milliseconds: record.pts), 10) + "  "
    text += Quantity.printable(left(line.codec ?? "", 6) + "  " + FLVTagWords.describe(line)) + "\n"
    for detail in below(line, onlyChanges: onlyChanges) {
      text += Self.indentation + Quantity.printable(detail) + "\n"
    }
    if let hex = line.detail?.hex { text += HexDump.text(hex, at: record.tag.body.lowerBound) }
    for finding in record.findings where !isBefore(finding, record) {
      text += indentation + Self.finding(finding)
    }
    return text
  }

  private static func isBefore(_ finding: Finding, _ record: FLVTagRecord) -> Bool {
    (finding.offset ?? Int.max) < record.tag.offset
  }

  /// What stands below a tag's line.
  private static func below(_ line: FLVTagLine, onlyChanges: Bool) -> [String] {
    if onlyChanges {
      return line.changes.map { change in
        "\(change.field): \(change.from?.words ?? "none") -> \(change.to?.words ?? "none")"
      }
    }
    var lines: [String] = []
    if let script = line.script { lines += values(script) }
    if let metadata = line.detail?.metadata { lines += values(metadata) }
    if line.multitrack != nil {
      lines += line.record.parts.map { part in
        let due = line.record.dts + part.presentationOffset
        return "track \(part.trackID)  \(part.codec?.rawValue ?? "unknown")  "
          + "\(FLVTagKind(part.kind).rawValue)  \(Quantity.counted(part.payload.count, "byte"))  pts \(Quantity.decimal(milliseconds: due))"
      }
    }
    if line.detail?.listsNALUnits ?? false, let units = line.detail?.nalUnits {
      lines += units.map { unit in
        let size = Quantity.counted(unit.size, "byte")
        var text = "\(unit.name) (\(unit.type)) at \(unit.offset), \(size)"
        if let slice = unit.sliceType { text += ", \(slice) slice" }
        if !unit.seiKinds.isEmpty { text += ": " + unit.seiKinds.joined(separator: ", ") }
        return text
      }
      let more = line.detail?.nalUnitsLeftOut ?? 0
      if more > 0 { lines.append("... \(more) more") }
    }
    return lines
  }

  private static func values(_ script: FLVScriptData) -> [String] {
    script.arguments.flatMap { value -> [String] in
      guard let properties = value.unwrapped.properties else {
        return [value.text(maxElements: elementsShown)]
      }
      let metadata = FLVMetadata(value)
      return properties.map { property -> String in
        let codec =
          switch property.key.text {
          case "videocodecid": metadata.videoCodecID
          case "audiocodecid": metadata.audioCodecID
          default: nil as FLVMetadata.CodecID?
          }
        let text = "\(property.key.text): \(property.value.text(maxElements: elementsShown))"
        // The number is that of four letters.
        return if case .fourCC(let code)? = codec { "\(text) (\(code))" } else { text }
      }
    }
  }

  /// A line of a finding.
  static func finding(_ finding: Finding) -> String {
    Quantity.printable(FindingReport.line(finding)) + "\n"
  }

  // MARK: Columns

  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.utf8.count))
  }
}

/// What a tag is, in words.
enum FLVTagWords {
  static func describe(_ line: FLVTagLine) -> String {
    let record = line.record
    var words: [String] = []
    if record.isEncrypted { words.append("encrypted") }
    if let type = line.multitrack {
      let count = Quantity.counted(record.parts.count, "track")
      words.append(type.replacingUnderscores + (type == "one_track" ? "" : ", \(count)"))
    }
    switch record.body {
    case .script(let script): words.append(describe(script))
    case .unknown: words.append("unknown tag type \(record.tag.header.type.rawValue)")
    case .unreadable(let error): words.append("cannot be read: \(error)")
    case .audio: words.append(name(record.kind, line))
    case .video(let video):
      if record.kind == .codedFrames { words.append(video.frameType.description) }
      words.append(name(record.kind, line))
    }
    if let track = line.track, track != 0, line.multitrack == nil { words.append("track \(track)") }
    if let nanoseconds = record.nanosecondOffset { words.append("+\(nanoseconds) ns") }
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func describe(_ script: FLVScriptData) -> String {
    let prefix = script.hasSetDataFrame ? "@setDataFrame " : ""
    let name = prefix + (script.name ?? "without a name")
    guard let first = script.arguments.first else { return name + ", no values" }
    guard let properties = first.unwrapped.properties else { return name }
    return "\(name) \(properties.count) \(properties.count == 1 ? "entry" : "entries")"
  }

  private static func name(_ kind: FLVTagKind, _ line: FLVTagLine) -> String {
    let summary = line.detail?.summary ?? ""
    switch kind {
    case .codedFrames: return summary.isEmpty ? "frame" : summary
    case .sequenceHeader: return summary.isEmpty ? "config" : "config " + summary
    case .sequenceEnd: return "end of sequence"
    case .metadata: return line.resetsColorInfo ? "metadata, resets colorInfo" : "metadata"
    case .mpeg2TSSequenceStart: return "config as in MPEG-2 TS"
    case .multichannelConfig: return "channels " + summary
    case .command: return "command " + (line.command ?? "")
    case .empty: return "empty"
    case .unknown, .script, .damaged: return kind.rawValue
    }
  }
}

extension String {
  fileprivate var replacingUnderscores: String {
    String(map { $0 == "_" ? " " : $0 })
  }
}

extension HexDump {
  /// Lines of a dump below a tag.
  fileprivate static func text(_ bytes: [UInt8], at offset: Int) -> String {
    lines(bytes.span.bytes, baseOffset: offset).map { "            " + $0 + "\n" }.joined()
  }
}
