import MediaBytes
import MediaFLV
import MediaModel

/// A small H.264 and AAC file by hand: a keyframe every five pictures of 40 ms, sound of 20 ms.
struct RepairClip {
  /// A tag as it goes into the file.
  struct Tag: Equatable {
    var type: FLVTagType
    var time: Int32
    var body: [UInt8]
    var isKeyframe: Bool { body.first == 0x17 && body[1] == 1 }
    var isFrame: Bool { (type == .video || type == .audio) && body[1] == 1 }
  }

  var tags: [Tag] = []

  /// `number` makes payloads, `configuration` the sequence headers differ from those of others.
  init(pictures: Int = 10, number: UInt8 = 0, configuration: UInt8 = 0) {
    tags.append(Tag(type: .video, time: 0, body: [0x17, 0, 0, 0, 0, 1, 66, configuration]))
    tags.append(Tag(type: .audio, time: 0, body: [0xaf, 0, 0x12, 0x10 | configuration << 3]))
    for index in 0..<pictures {
      let (time, byte) = (Int32(index) * 40, UInt8(truncatingIfNeeded: index))
      let first: UInt8 = index % 5 == 0 ? 0x17 : 0x27
      tags.append(
        Tag(type: .video, time: time, body: [first, 1, 0, 0, 0, number, byte, 0x55, 0x66]))
      for step in [0, 20] as [Int32] {
        tags.append(
          Tag(type: .audio, time: time + step, body: [0xaf, 1, number, byte, UInt8(step)]))
      }
    }
  }

  /// The file, without metadata unless it is among the tags.
  var bytes: [UInt8] { file(tags) }

  func file(_ tags: [Tag]) -> [UInt8] {
    var writer = FLVWriter()
    for tag in tags { append(tag, &writer) }
    return writer.takeBytes()
  }

  private func append(_ tag: Tag, _ writer: inout FLVWriter) {
    do throws(FLVWriter.Failure) {
      try writer.write(FLVTagHeader(tag.type, dataSize: 0, timestamp: tag.time), body: tag.body)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// Where each tag begins.
  var offsets: [Int] {
    tags.reduce(into: [13]) { $0.append(($0.last ?? 0) + 15 + $1.body.count) }.dropLast()
  }

  /// The clip with other times.
  func timed(_ change: (Int, Int32) -> Int64) -> Self {
    var clip = self
    for index in tags.indices {
      clip.tags[index].time = Int32(truncatingIfNeeded: change(index, tags[index].time))
    }
    return clip
  }

  static func metadata(_ properties: [AMFProperty], count: UInt32? = nil) -> Tag {
    var writer = ByteWriter()
    FLVScriptData("onMetaData", [.ecmaArray(AMFECMAArray(properties, declaredCount: count))])
      .write(to: &writer)
    return Tag(type: .script, time: 0, body: writer.bytes)
  }
}

/// What a repair made of some bytes.
struct Repaired {
  var files: [[UInt8]] = []
  var changes: [FLVRepairChange] = []
  var codes: [String] = []
  var totals = FLVRepairTotals()
  var plan: FLVRepairPlan

  init(_ input: [UInt8], splits: Bool = false, maxJump: Int64 = 10_000) throws {
    var options = FLVRepair.Options()
    options.splits = splits
    options.maxJump = maxJump
    plan = try Self.pass(input, FLVRepair(options)).0.plan { _ in
      FLVTrackFacts(width: 64, height: 48)
    }
    let (repair, outputs) = try Self.pass(input, FLVRepair(options, plan: plan))
    totals = repair.totals
    for output in outputs {
      switch output {
      case .begin(let file):
        precondition(file == files.count)
        files.append([])
      case .copy(let range): files[files.count - 1] += input[range]
      case .bytes(let bytes): files[files.count - 1] += bytes
      case .change(let change): changes.append(change)
      case .finding(let finding): codes.append(finding.code.code)
      }
    }
  }

  static func pass(
    _ input: [UInt8], _ start: FLVRepair
  ) throws -> (FLVRepair, [FLVRepairOutput]) {
    var (repair, scanner) = (start, FLVScanner())
    var inspector = FLVInspector()
    var outputs: [FLVRepairOutput] = []
    let bytes = input.span.bytes
    while true {
      switch try scanner.step(bytes, at: 0, end: input.count) {
      case .needs(let range): preconditionFailure("asks for \(range) of \(input.count)")
      case .header(let header, let offset): repair.header(header, at: offset)
      case .tag(let tag):
        let body = bytes.extracting(tag.body)
        guard let record = inspector.inspect(tag, body: body) else { preconditionFailure() }
        let streams = record.mediaKind.map { kind in
          record.parts.compactMap { inspector.streamIndex(kind, trackID: $0.trackID) }
        }
        repair.tag(record, body: body, streams: streams ?? [])
      case .tagEnd(let size): repair.previousTagSize(size)
      case .skipped(let skip): repair.skipped(skip)
      case .end(let end):
        repair.finish(end)
        return (repair, outputs + repair.takeOutputs())
      }
      outputs += repair.takeOutputs()
    }
  }

  /// The tags of a file written, which must be lawful to the last byte.
  func tags(of file: Int = 0) throws -> [RepairClip.Tag] {
    var scanner = FLVScanner()
    var tags: [RepairClip.Tag] = []
    let bytes = files[file]
    while true {
      switch try scanner.step(bytes.span.bytes, at: 0, end: bytes.count) {
      case .needs(let range): throw Flaw("needs \(range)")
      case .header(let header, _):
        guard header.dataOffset == 9, header.version == 1, header.reservedFlags == 0 else {
          throw Flaw("\(header)")
        }
      case .tag(let tag):
        guard tag.declaredDataSize == nil, tag.header.streamID == 0, tag.header.reservedBits == 0
        else { throw Flaw("\(tag)") }
        tags.append(
          RepairClip.Tag(
            type: tag.header.type, time: tag.header.timestamp, body: Array(bytes[tag.body])))
      case .tagEnd(let size): if size.kind != .exact { throw Flaw("\(size)") }
      case .skipped(let skip): throw Flaw("\(skip)")
      case .end(let end):
        guard end == .clean else { throw Flaw("\(end)") }
        return tags
      }
    }
  }

  /// Its tags but the metadata in front.
  func media(of file: Int = 0) throws -> [RepairClip.Tag] {
    try tags(of: file).filter { $0.type != .script }
  }

  func metadata(of file: Int = 0) throws -> FLVMetadata? {
    guard let tag = try tags(of: file).first, tag.type == .script else { return nil }
    var reader = ByteReader(tag.body.span.bytes)
    return FLVMetadata(FLVScriptData(parsing: &reader))
  }

  func changes(_ kind: FLVRepairChange.Kind) -> [FLVRepairChange] {
    changes.filter { $0.kind == kind }
  }

  struct Flaw: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
  }
}
