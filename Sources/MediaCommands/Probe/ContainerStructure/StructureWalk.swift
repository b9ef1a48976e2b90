import MediaModel

/// The walk over one file: where it reads from and what it has found so far.
///
/// Each container adds its own walk in an extension.
struct StructureWalk {
  var file: BlockSource
  private(set) var elements: [ContainerStructure.Element] = []
  private(set) var elementCount = 0
  private(set) var findings: [Finding] = []
  var stoppedAt: Int64?

  init(file: BlockSource) { self.file = file }

  mutating func walk(_ format: DetectedFormat) throws {
    switch format {
    case .isoMedia: try walkISOMedia()
    case .matroska: try walkMatroska()
    case .iff(let layout): try walkChunks(layout)
    case .flv: try walkFLV()
    case .mpegTS(let packetByteCount, let sync):
      try walkTransportStream(packetByteCount: packetByteCount, sync: sync)
    case .ogg: try walkOgg()
    case .elementary(_, let tagByteCount): checkTag(byteCount: tagByteCount)
    }
  }

  /// Notes an element; `declared` counts its header and is nil where its length is left open.
  mutating func add(_ type: String, at offset: Int64, declared: Int64?) {
    elementCount += 1
    guard elements.count < file.limits.elements else { return }
    let remaining = file.remaining(at: offset)
    elements.append(
      .init(
        type: type, offset: offset, declaredByteCount: declared,
        presentByteCount: min(declared ?? remaining, remaining)))
  }

  /// Adds a finding; the clause goes into the sentence unless the code carries one of its own.
  mutating func report(
    _ code: FindingCode, _ message: String, at offset: Int64, clause: String
  ) {
    let sentence = code.clause == nil ? "\(message) (\(clause))" : message
    findings.append(Finding(code, sentence, offset: Int(offset)))
  }

  /// What an element that ends past the end of the file was meant to be.
  enum Role {
    /// Media, or what is needed to play it.
    case known
    /// Bytes without meaning.
    case padding
    /// Of a type not known here, so perhaps no element at all.
    case unknown
  }

  /// An element that claims more bytes than the file has; the walk ends with it.
  struct Overrun {
    /// As the sentence calls it, such as `the 'mdat' box`.
    var name: String
    var offset: Int64
    /// The bytes it declares and those that are there, both as its own specification counts them.
    var declared: Int64
    var present: Int64
    var role: Role
    var clause: String
  }

  /// Reports an overrun; `isComplete` says that all media came before it.
  mutating func report(_ overrun: Overrun, isComplete: Bool) {
    let sizes = "declares \(bytes(overrun.declared)), \(are(overrun.present)) there"
    let code: FindingCode
    var message = "\(overrun.name) \(sizes)"
    switch (overrun.role, isComplete) {
    case (.known, _), (.padding, false): code = .truncated
    case (.padding, true): code = .sizeMismatch
    case (.unknown, false): code = .pastEnd
    case (.unknown, true):
      code = .trailingBytes
      let count = file.remaining(at: overrun.offset)
      message = "\(bytes(count)) after the end (read on, \(overrun.name) \(sizes))"
    }
    report(code, message, at: overrun.offset, clause: overrun.clause)
  }

  /// Reports bytes at `offset` that begin nothing; `isComplete` says that all media came before.
  mutating func reportStray(
    at offset: Int64, noun: String, isComplete: Bool, clause: String
  ) {
    let count = file.remaining(at: offset)
    if isComplete {
      report(.trailingBytes, "\(bytes(count)) after the last \(noun)", at: offset, clause: clause)
    } else {
      report(
        .brokenStructure,
        "no \(noun) begins here, so the last \(bytes(count)) of the file cannot be placed",
        at: offset, clause: clause)
    }
  }

  /// Reports that the file ends inside the header of what begins at `offset`.
  mutating func reportCutHeader(_ noun: String, at offset: Int64, clause: String) {
    let count = file.remaining(at: offset)
    report(
      .truncated, "the file ends \(bytes(count)) into the header of a \(noun)", at: offset,
      clause: clause)
  }

  /// The elements by name, with those that are cut or open in numbers.
  var inventory: String {
    let names = elements.prefix(8).map { element in
      if element.isCut, let declared = element.declaredByteCount {
        let sizes = "declares \(bytes(declared)), \(are(element.presentByteCount)) there"
        return "\(element.type) (\(sizes))"
      }
      guard element.declaredByteCount == nil else { return element.type }
      return "\(element.type) (open-ended, \(bytes(element.presentByteCount)))"
    }
    let list = names.isEmpty ? "nothing else" : names.joined(separator: ", ")
    return elementCount > names.count ? "\(list), … \(elementCount) in all" : list
  }

  /// `1 byte`, `2 bytes`.
  func bytes(_ count: Int64) -> String { "\(count) \(count == 1 ? "byte" : "bytes")" }

  /// `1 is`, `2 are`.
  func are(_ count: Int64) -> String { "\(count) \(count == 1 ? "is" : "are")" }

  /// `once`, `2 times`.
  func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  /// An ID3v2 tag before an elementary stream is the only thing there that declares a length.
  private mutating func checkTag(byteCount: Int64) {
    guard byteCount > 0 else { return }
    add("ID3", at: 0, declared: byteCount)
    guard byteCount > file.byteCount else { return }
    report(
      Overrun(
        name: "the ID3v2 tag", offset: 0, declared: byteCount, present: file.byteCount,
        role: .known, clause: "ID3v2.4.0 3.1"),
      isComplete: false)
  }
}
