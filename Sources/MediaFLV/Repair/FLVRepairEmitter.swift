import MediaBytes
import MediaModel

/// Lays items out one behind the other, and says what of them changes.
struct FLVRepairEmitter: Sendable {
  private(set) var outputs: [FLVRepairOutput] = []
  /// The files so far, the last one in the making.
  private(set) var files: [FLVRepairFile] = []
  private(set) var totals = FLVRepairTotals()

  /// What the first pass found; nil in the first pass itself.
  private let plan: FLVRepairPlan?
  /// Where the next byte goes.
  private var position = 0
  /// Where the next byte of the input is.
  private var cursor = 0
  private var configurations: [Int: [UInt8]] = [:]
  private var search = FLVSetUpSearch()

  init(plan: FLVRepairPlan?) { self.plan = plan }

  mutating func takeOutputs() -> [FLVRepairOutput] {
    defer { outputs.removeAll(keepingCapacity: true) }
    return outputs
  }

  mutating func emit(_ placed: FLVSplitter.Placed) {
    if let beginning = placed.begins { begin(beginning) }
    switch placed.item {
    case .header(let header): begin(header)
    case .dropped(let range, let why):
      if case .truncatedTag = why { totals.tagsDropped += 1 }
      drop(range, why.reason)
    case .join: break
    case .tag(let tag):
      for change in tag.record.configurationChanges { configurations[change.stream] = change.after }
      if tag.isEncrypted { note(encrypted: tag) }
      if case .unreadable(let error) = tag.record.body { add(tag.record.unreadable(error)) }
      for setUp in planned?.content.late[tag.record.tag.offset] ?? [] {
        insert(setUp: setUp, at: tag.time, "the sequence header that comes too late")
      }
      search.take(tag, configurations, &files)
      if case .metadata(let source) = tag.role {
        emit(metadata: tag, source)
      } else {
        emit(tag)
      }
    }
  }

  /// Says at the end what cannot be mended.
  mutating func finish() {
    for (stream, frames) in search.bare.sorted(by: { $0.key < $1.key }) {
      guard let first = frames.first?.tag else { continue }
      add(
        Finding(
          .missingSequenceHeader, "the track has no sequence header, and none can be invented",
          offset: first.record.tag.offset, time: Double(first.rawTime) / 1000, stream: stream))
    }
  }

  private mutating func add(_ finding: Finding) { outputs.append(.finding(finding)) }

  private var file: Int { files.count - 1 }
  /// Nil as well where an input that changes has more files than it had.
  private var planned: FLVRepairPlan.File? {
    plan.flatMap { $0.files.indices.contains(file) ? $0.files[file] : nil }
  }

  // MARK: Bytes

  private mutating func copy(_ range: Range<Int>) {
    outputs.append(.copy(range))
    position += range.count
    cursor = range.upperBound
  }

  /// Writes bytes in the place of `range` of the input.
  private mutating func replace(_ range: Range<Int>, by bytes: [UInt8]) {
    outputs.append(.bytes(bytes))
    position += bytes.count
    cursor = range.upperBound
  }

  private mutating func change(
    _ kind: FLVRepairChange.Kind, _ input: Range<Int>, _ output: Range<Int>, old: Int64? = nil,
    new: Int64? = nil, _ reason: String
  ) {
    totals.changes[kind, default: 0] += 1
    outputs.append(
      .change(
        FLVRepairChange(
          kind, file: file, input: input, output: output, old: old, new: new, reason: reason)))
  }

  private mutating func drop(
    _ range: Range<Int>, as kind: FLVRepairChange.Kind = .dropped, _ reason: String
  ) {
    guard !range.isEmpty else { return }
    totals.bytesDropped += range.count
    change(kind, range, position..<position, reason)
    cursor = range.upperBound
  }

  private mutating func insert(_ bytes: [UInt8], _ reason: String) {
    change(.inserted, cursor..<cursor, position..<position + bytes.count, reason)
    outputs.append(.bytes(bytes))
    position += bytes.count
  }

  // MARK: Beginnings

  private mutating func begin(_ old: FLVRepairHeader) {
    files.append(FLVRepairFile(.start, inputOffset: 0))
    outputs.append(.begin(file: 0))
    let new = planned?.header ?? old.header
    var fields: [(Range<Int>, Int64, Int64, String)] = []
    func compare(_ range: Range<Int>, _ from: Int64, _ to: Int64, _ reason: String) {
      if from != to { fields.append((range, from, to, reason)) }
    }
    compare(3..<4, Int64(old.header.version), 1, "Version is 1 in every known file")
    compare(4..<5, Int64(old.header.flags), Int64(new.flags), "TypeFlags say which tags there are")
    compare(5..<9, Int64(old.header.dataOffset), 9, "DataOffset is where this header ends")
    for (range, from, to, reason) in fields {
      change(.header, range, range, old: from, new: to, reason)
    }
    var writer = ByteWriter(capacity: 13)
    new.write(to: &writer)
    writer.integer(UInt32(0))
    replace(0..<9, by: Array(writer.bytes.prefix(9)))
    if let field = old.field, let value = old.value {
      drop(9..<field.lowerBound, "between the header and DataOffset")
      if value != 0 {
        change(
          .previousTagSize, field, 9..<13, old: Int64(value), new: 0, "no tag precedes the first")
      }
      replace(field, by: [0, 0, 0, 0])
    } else {
      drop(9..<old.end, "between the header and the first tag")
      insert([0, 0, 0, 0], "PreviousTagSize0 is missing")
    }
    if case .written(let bytes, isInPlace: false, _)? = planned?.metadata {
      insert(metadata: bytes)
    }
  }

  private mutating func begin(_ beginning: FLVSplitter.Beginning) {
    let source = files.last?.source
    files.append(FLVRepairFile(beginning.reason, inputOffset: cursor))
    files[file].source = source
    outputs.append(.begin(file: file))
    position = 0
    var writer = ByteWriter(capacity: 13)
    (planned?.header ?? FLVHeader(hasAudio: true, hasVideo: true)).write(to: &writer)
    writer.integer(UInt32(0))
    insert(writer.bytes, "the header of a new file")
    if case .written(let bytes, _, _)? = planned?.metadata { insert(metadata: bytes) }
    search.begin(beginning.setUps)
    for tag in planned?.content.opening ?? [] {
      // In front of all frames.
      insert(setUp: tag, at: Int64.min / 2, "a sequence header that still applies")
    }
  }

  private mutating func insert(metadata bytes: [UInt8]) {
    totals.tagsInserted += 1
    insert(bytes, "onMetaData with what was measured")
  }

  /// Repeats a tag from elsewhere; its payload is taken from where it is in the input.
  private mutating func insert(setUp tag: FLVRepairTag, at time: Int64, _ reason: String) {
    totals.tagsInserted += 1
    let body = tag.record.tag.body
    var copied = tag
    copied.time = time
    let (header, field) = (bytes(ofHeader: newHeader(copied)), UInt32(body.count) + 11)
    let size = header.count + body.count + 4
    change(.inserted, cursor..<cursor, position..<position + size, reason)
    var writer = ByteWriter()
    writer.integer(field)
    outputs += [.bytes(header), .copy(body), .bytes(writer.bytes)]
    position += size
  }

  // MARK: Metadata

  private mutating func emit(metadata tag: FLVRepairTag, _ source: FLVMetadataSource) {
    let isLate = files[file].times != nil
    guard !files[file].ownsSource, !isLate || file == 0 && !tag.isBehindJoin else {
      emit(later: tag, source)
      return
    }
    var source = source
    source.isInPlace = file == 0 && files[file].totals.tags == 0
    files[file].source = source
    files[file].ownsSource = true
    totals.tagsKept += 1
    switch planned?.metadata {
    case nil: cursor = tag.range.upperBound
    case .kept?, .absent?:
      totals.tagsKept -= 1
      emit(tag)
    case .written(let bytes, isInPlace: true, let reason)?:
      change(.metadata, tag.range, position..<position + bytes.count, reason)
      replace(tag.range, by: bytes)
    case .written(_, isInPlace: false, _)?:
      totals.tagsInserted -= 1
      change(.metadata, tag.range, position..<position, "onMetaData belongs in front")
      cursor = tag.range.upperBound
    }
  }

  /// What a later one says besides measures of another file is kept.
  private mutating func emit(later tag: FLVRepairTag, _ source: FLVMetadataSource) {
    guard !tag.isBehindJoin, source.describesWholeFile else {
      if tag.isBehindJoin { dropMetadata(tag) } else { emit(tag) }
      return
    }
    let own = source.properties.filter { !FLVMetadataSource.measures.contains($0.key) }
    guard !own.isEmpty, let body = FLVMetadataBody(own, keyframeCount: nil) else {
      dropMetadata(tag)
      return
    }
    var kept = tag
    kept.record.tag.header.type = .script
    kept.record.tag.header.isFiltered = false
    kept.record.tag.header.dataSize = UInt32(body.bytes.count)
    let bytes = body.tag(newHeader(kept))
    totals.tagsKept += 1
    change(
      .metadata, tag.range, position..<position + bytes.count,
      "what it measures is said in front, of the whole file")
    replace(tag.range, by: bytes)
    files[file].take(kept, configurations)
    files[file].byteCount += bytes.count
  }

  private mutating func dropMetadata(_ tag: FLVRepairTag) {
    totals.tagsDropped += 1
    drop(tag.range, "an onMetaData about another file")
  }

  // MARK: Tags

  private func newHeader(_ tag: FLVRepairTag) -> FLVTagHeader {
    var header = tag.record.tag.header
    header.reservedBits = 0
    header.streamID = 0
    if tag.hasFalseFilter { header.isFiltered = false }
    let time = tag.time - (planned?.origin ?? 0)
    header.timestamp = Int32(truncatingIfNeeded: tag.isFrame ? time : max(0, time))
    return header
  }

  private func bytes(ofHeader header: FLVTagHeader) -> [UInt8] {
    var writer = ByteWriter(capacity: FLVTagHeader.byteCount)
    header.write(to: &writer)
    return writer.bytes
  }

  private mutating func emit(_ tag: FLVRepairTag) {
    totals.tagsKept += 1
    files[file].take(tag, configurations)
    let (start, old) = (tag.record.tag.offset, tag.record.tag)
    let new = newHeader(tag)
    let isChanged = new != old.header || old.declaredDataSize != nil
    if isChanged {
      noteHeader(tag, new)
      replace(start..<old.body.lowerBound, by: bytes(ofHeader: new))
      copy(old.body)
    } else {
      copy(start..<old.body.upperBound)
    }
    let size = new.dataSize + 11
    if tag.fieldValue == size {
      copy(tag.field)
    } else {
      change(
        .previousTagSize, tag.field, position..<position + 4, old: tag.fieldValue.map(Int64.init),
        new: Int64(size), tag.fieldValue == nil ? "it is missing" : "11 + DataSize")
      var writer = ByteWriter(capacity: 4)
      writer.integer(size)
      replace(tag.field, by: writer.bytes)
    }
    files[file].byteCount += 15 + old.body.count
  }

  private mutating func noteHeader(_ tag: FLVRepairTag, _ new: FLVTagHeader) {
    let (old, start, place) = (tag.record.tag.header, tag.record.tag.offset, position)
    func field(_ range: Range<Int>, of base: Int) -> Range<Int> {
      base + range.lowerBound..<base + range.upperBound
    }
    func note(
      _ kind: FLVRepairChange.Kind, _ range: Range<Int>, _ from: some BinaryInteger,
      _ to: some BinaryInteger, _ reason: String, in emitter: inout Self
    ) {
      guard Int64(from) != Int64(to) else { return }
      emitter.change(
        kind, field(range, of: start), field(range, of: place), old: Int64(from), new: Int64(to),
        reason)
    }
    let (was, isNow) = (bytes(ofHeader: old)[0], bytes(ofHeader: new)[0])
    note(
      tag.hasFalseFilter ? .filter : .reservedBits, 0..<1, was, isNow,
      tag.hasFalseFilter ? "no EncryptionTagHeader follows" : "reserved bits are 0", in: &self)
    note(
      .dataSize, 1..<4, tag.record.tag.declaredDataSize ?? old.dataSize, new.dataSize,
      "the body ends where PreviousTagSize says", in: &self)
    note(
      .timestamp, 4..<8, old.timestamp, new.timestamp, "one clock that does not go back", in: &self)
    note(.streamID, 8..<11, old.streamID, new.streamID, "StreamID is 0 in a file", in: &self)
  }

  private mutating func note(encrypted tag: FLVRepairTag) {
    totals.encrypted += 1
    add(
      Finding(
        .encryptedTag, "kept as it is: its body of \(tag.record.size) bytes is encrypted",
        offset: tag.record.tag.offset, time: Double(tag.rawTime) / 1000, stream: tag.stream))
  }
}
