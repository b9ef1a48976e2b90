import MediaBytes
import MediaFLV

/// Reads the same bytes as a file by blocks and as a stream in pieces.
///
/// The last byte gives their size. The same is found, and every byte belongs to one thing; what was
/// found is written again.
public func fuzzFLVReader(_ bytes: RawSpan) {
  let size = bytes.byteCount == 0 ? 1 : Int(bytes.byte(at: bytes.byteCount - 1)) + 1
  var limits = FLVLimits()
  if size % 2 == 0 { limits.maxTagSize = 300 }
  do throws(ParseError) {
    let steps = try scan(bytes, block: size, limits)
    let again = try read(bytes, piece: size, limits)
    precondition(steps == again, "a stream differs from a file")
    checkOrder(steps, byteCount: bytes.byteCount)
    try rewrite(steps, of: bytes)
  } catch {
    precondition(error.offset <= 8, "an error behind the header")
  }
}

private func scan(
  _ bytes: RawSpan, block: Int, _ limits: FLVLimits
) throws(ParseError) -> [FLVScanner.Step] {
  var scanner = FLVScanner(bodyPrefix: block, limits: limits)
  var steps: [FLVScanner.Step] = []
  var window = 0..<0
  var asked: Range<Int>?
  while true {
    if let tag = scanner.takeOrdinaryTag(
      bytes.extracting(window), at: window.lowerBound, end: bytes.byteCount)
    {
      steps += [.tag(tag), .tagEnd(tag.exactPreviousTagSize)]
      continue
    }
    let step = try scanner.step(
      bytes.extracting(window), at: window.lowerBound, end: bytes.byteCount)
    if case .needs(let range) = step {
      precondition(range != asked && !range.isEmpty && range.upperBound <= bytes.byteCount)
      precondition(range.lowerBound >= scanner.retained, "asks for what a stream has dropped")
      asked = range
      let upper = max(range.upperBound, range.lowerBound + block)
      window = range.lowerBound..<min(bytes.byteCount, upper)
      continue
    }
    asked = nil
    steps.append(step)
    if case .tag(let tag) = step {
      let end = tag.body.prefix(block).upperBound
      precondition(window.contains(tag.offset) && end <= window.upperBound, "no prefix")
    }
    if case .end = step { return steps }
  }
}

private func read(
  _ bytes: RawSpan, piece: Int, _ limits: FLVLimits
) throws(ParseError) -> [FLVScanner.Step] {
  var reader = FLVReader(limits: limits)
  var steps: [FLVScanner.Step] = []
  var position = 0
  while true {
    while let event = try reader.next() {
      switch event {
      case .header(let header, let offset): steps.append(.header(header, at: offset))
      case .tag(let tag, let body):
        precondition(body == [UInt8](copying: bytes.extracting(tag.body)), "another body")
        steps.append(.tag(tag))
      case .tagEnd(let size): steps.append(.tagEnd(size))
      case .skipped(let skip): steps.append(.skipped(skip))
      case .end(let how): return steps + [.end(how)]
      }
    }
    if position == bytes.byteCount {
      reader.finish()
    } else {
      let next = min(bytes.byteCount, position + piece)
      reader.receive([UInt8](copying: bytes.extracting(position..<next)).span)
      position = next
    }
  }
}

/// Each step must begin where the one before ended.
private func checkOrder(_ steps: [FLVScanner.Step], byteCount: Int) {
  var position = 0
  var index = 0
  for step in steps {
    switch step {
    case .needs: preconditionFailure("not a finding")
    case .header(_, let offset):
      precondition(offset == position, "a gap before a header")
      position += 9
    case .tagEnd(let size):
      // What lies between a header and its DataOffset is part of it.
      precondition(size.tagIndex == nil || size.offset == position, "a gap")
      precondition(size.offset >= position, "an overlap")
      precondition(size.kind != .exact || size.value == size.expected, "not exact")
      position = size.offset + 4
    case .tag(let tag):
      precondition(tag.offset == position && tag.index == index, "a gap before a tag")
      position = tag.body.upperBound
      index += 1
    case .skipped(let skip):
      precondition(skip.range.lowerBound == position && !skip.range.isEmpty, "a gap")
      position = skip.range.upperBound
    case .end(.clean): precondition(position == byteCount, "not at the end")
    case .end(.missingPreviousTagSize(let offset, let present)):
      precondition(offset >= position && offset + present == byteCount, "not at the end")
    case .end(.truncatedTag(let offset, _, let present)):
      precondition(offset == position && offset + present == byteCount, "not at the end")
    case .end(.trailing(let skip)):
      precondition(skip.range.lowerBound == position, "a gap before the end")
      precondition(skip.range.upperBound == byteCount, "not at the end")
    }
  }
}

/// A file of the tags that were found has the same tags and nothing wrong.
///
/// Types and StreamIDs without a meaning are left out: they make what is inside a body count.
private func rewrite(_ steps: [FLVScanner.Step], of bytes: RawSpan) throws(ParseError) {
  var writer = FLVWriter()
  var headers: [FLVTagHeader] = []
  for case .tag(let tag) in steps where tag.header.type.isKnown {
    var header = tag.header
    header.streamID = 0
    header.reservedBits = 0
    headers.append(header)
    do throws(FLVWriter.Failure) {
      try writer.write(header, body: bytes.extracting(tag.body))
    } catch {
      preconditionFailure("cannot write what was read: \(error)")
    }
  }
  let written = writer.takeBytes()
  var found: [FLVTagHeader] = []
  for step in try scan(written.span.bytes, block: 4096, FLVLimits()) {
    switch step {
    case .tag(let tag): found.append(tag.header)
    case .tagEnd(let size): precondition(size.kind == .exact, "a wrong size")
    case .skipped: preconditionFailure("damage in what was written")
    case .end(let how): precondition(how == .clean, "ends badly")
    default: break
    }
  }
  precondition(found == headers, "other tags")
}
