import MediaBytes
import MediaFLV
import Testing
import TestSupport

/// An FLV file made tag by tag, which remembers where everything is.
struct MadeFLV {
  struct Tag {
    var offset: Int
    var header: FLVTagHeader
    var body: [UInt8]
    /// Header, body and `PreviousTagSize`.
    var range: Range<Int> { offset..<offset + 15 + body.count }
  }

  var bytes: [UInt8] = [0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]
  var tags: [Tag] = []

  mutating func add(
    _ type: FLVTagType, _ body: [UInt8], timestamp: Int32 = 0, streamID: UInt32 = 0,
    previousTagSize: UInt32? = nil
  ) {
    var header = FLVTagHeader(type, dataSize: UInt32(body.count), timestamp: timestamp)
    header.streamID = streamID
    tags.append(Tag(offset: bytes.count, header: header, body: body))
    var writer = ByteWriter()
    header.write(to: &writer)
    writer.append(body)
    writer.integer(previousTagSize ?? UInt32(body.count + 11))
    bytes += writer.bytes
  }

  /// Tags of random bodies, as audio and video take turns, after one of script data.
  static func random(
    _ count: Int, bodies: ClosedRange<Int> = 0...60, using random: inout Seeded,
    previousTagSize: (_ dataSize: Int, _ sum: Int) -> Int = { dataSize, _ in dataSize + 11 }
  ) -> Self {
    var file = Self()
    var sum = 0
    for index in 0..<count {
      let body = (0..<Int.random(in: bodies, using: &random)).map { _ in
        UInt8.random(in: 1...255, using: &random)
      }
      sum += body.count + 11
      let types: [FLVTagType] = [.script, .video, .audio, .scriptAMF3]
      file.add(
        index < 1 ? .script : types[Int.random(in: 1...3, using: &random)], body,
        timestamp: Int32(index * 20),
        previousTagSize: UInt32(previousTagSize(body.count, sum)))
    }
    return file
  }
}

extension FLVPreviousTagSize.Kind {
  /// What a writer of this kind puts behind a tag.
  func value(dataSize: Int, sum: Int) -> Int {
    switch self {
    case .exact: dataSize + 11
    case .zero: 0
    case .dataSize: dataSize
    case .dataSizePlus10: dataSize + 10
    case .runningSum: sum
    case .wrong: dataSize + 0x1234_5678
    }
  }
}

/// The steps of an input as a file that is read by blocks of `block` bytes, `needs` left out.
///
/// Checks on the way that a window which has what was asked for is enough to go on, and that the
/// quick way through ordinary tags leads to the same.
func scan(
  _ bytes: [UInt8], block: Int = 1 << 20, prefix: Int = 64, limits: FLVLimits = FLVLimits()
) throws -> [FLVScanner.Step] {
  let steps = try scan(bytes, block, prefix, limits, takesOrdinaryTags: false)
  let quick = try scan(bytes, block, prefix, limits, takesOrdinaryTags: true)
  try #require(quick == steps, "ordinary tags differ")
  return steps
}

private func scan(
  _ bytes: [UInt8], _ block: Int, _ prefix: Int, _ limits: FLVLimits, takesOrdinaryTags: Bool
) throws -> [FLVScanner.Step] {
  var scanner = FLVScanner(bodyPrefix: prefix, limits: limits)
  var steps: [FLVScanner.Step] = []
  var (window, held) = (0..<0, 0..<0)
  var asked: Range<Int>?
  while true {
    let view = bytes.span.bytes.extracting(window)
    if takesOrdinaryTags,
      let tag = scanner.takeOrdinaryTag(view, at: window.lowerBound, end: bytes.count)
    {
      steps += [.tag(tag), .tagEnd(tag.exactPreviousTagSize)]
      continue
    }
    let step = try scanner.step(view, at: window.lowerBound, end: bytes.count, held: held)
    switch step {
    case .needs(let range):
      try #require(range != asked, "asks for \(range) again")
      try #require(!range.isEmpty && range.upperBound <= bytes.count)
      asked = range
      if takesOrdinaryTags { held = window }
      window = range.lowerBound..<min(bytes.count, max(range.upperBound, range.lowerBound + block))
      continue
    case .tag(let tag):
      let shown = tag.body.prefix(prefix)
      let isThere = shown.clamped(to: window) == shown || shown.clamped(to: held) == shown
      try #require(shown.isEmpty || isThere)
    case .end:
      return steps + [step]
    default: break
    }
    asked = nil
    steps.append(step)
    if takesOrdinaryTags, case .tag(let tag) = step, scanner.takeExactTagEnd() {
      steps.append(.tagEnd(tag.exactPreviousTagSize))
    }
  }
}

/// The steps of an input that arrives in pieces of the given sizes; bodies are compared.
func receive(
  _ bytes: [UInt8], cuts: () -> Int, limits: FLVLimits = FLVLimits()
) throws -> [FLVScanner.Step] {
  var reader = FLVReader(limits: limits)
  var steps: [FLVScanner.Step] = []
  var position = 0
  while true {
    while let event = try reader.next() {
      switch event {
      case .header(let header, let offset): steps.append(.header(header, at: offset))
      case .tag(let tag, let body):
        try #require(body == Array(bytes[tag.body]))
        steps.append(.tag(tag))
      case .tagEnd(let size): steps.append(.tagEnd(size))
      case .skipped(let skip): steps.append(.skipped(skip))
      case .end(let how): return steps + [.end(how)]
      }
    }
    if position == bytes.count {
      reader.finish()
    } else {
      let next = min(bytes.count, position + cuts())
      reader.receive(bytes.span.extracting(position..<next))
      position = next
    }
  }
}

extension [FLVScanner.Step] {
  var tags: [FLVTag] {
    compactMap { if case .tag(let tag) = $0 { tag } else { nil } }
  }
  var skips: [FLVSkip] {
    compactMap { if case .skipped(let skip) = $0 { skip } else { nil } }
  }
  var sizes: [FLVPreviousTagSize] {
    compactMap { if case .tagEnd(let size) = $0 { size } else { nil } }
  }
  var end: FLVEnd? {
    if case .end(let how)? = last { how } else { nil }
  }

  /// Whether the whole tag was found where it is.
  func has(_ tag: MadeFLV.Tag, movedBy shift: Int = 0) -> Bool {
    tags.contains {
      $0.offset == tag.offset + shift && Int($0.header.dataSize) == tag.body.count
    }
  }

  /// The byte at which the steps fail to follow each other from 0 to the end of the input, or nil.
  func gap(in byteCount: Int) -> Int? {
    var position = 0
    var bodyStart = 0
    for step in self {
      switch step {
      case .needs: return position
      case .header(let header, let offset):
        if offset != position { return position }
        position += 9
        bodyStart = offset + Int(header.dataOffset)
      case .tagEnd(let size):
        if size.offset != (size.tagIndex == nil ? bodyStart : position) { return position }
        position = size.offset + 4
      case .tag(let tag):
        if tag.offset != position { return position }
        position = tag.body.upperBound
      case .skipped(let skip):
        if skip.range.lowerBound != position || skip.range.isEmpty { return position }
        position = skip.range.upperBound
      case .end(.clean): return position == byteCount ? nil : position
      case .end(.missingPreviousTagSize(let offset, let present)):
        return offset + present == byteCount ? nil : position
      case .end(.truncatedTag(let offset, _, let present)):
        return offset == position && offset + present == byteCount ? nil : position
      case .end(.trailing(let skip)):
        return skip.range.upperBound == byteCount ? nil : position
      }
    }
    return position
  }
}
