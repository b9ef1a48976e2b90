import MediaBytes
import MediaFLV
import MediaModel
import Testing

/// All findings about an input, in the order in which a walk tells them.
///
/// With `lookingClosely`, plain frames are checked as all others are.
func check(
  _ bytes: [UInt8], maxJump: Int64 = 10_000, lookingClosely: Bool = false
) throws -> [Finding] {
  var inspector = FLVInspector()
  var checker = FLVChecker(maxJump: maxJump)
  var findings: [Finding] = []
  var header: FLVHeader?
  var end: FLVEnd?
  for step in try scan(bytes) {
    switch step {
    case .needs: break
    case .header(let found, let offset):
      header = header ?? found
      checker.header(found, at: offset)
    case .tag(let tag):
      let prefix = bytes.span.bytes.extracting(tag.body.prefix(FLVTag.bodyPrefix))
      let inspected =
        inspector.inspect(tag, body: prefix)
        ?? inspector.inspect(tag, body: bytes.span.bytes.extracting(tag.body))
      var record = try #require(inspected)
      if lookingClosely || !checker.passes(&record) { checker.check(&record, inspector) }
      findings += record.findings
    case .tagEnd(let size):
      let isExact = size.kind == .exact && size.tagIndex != nil
      if lookingClosely || !isExact || !checker.passesExactSizes {
        findings += checker.previousTagSize(size)
      }
    case .skipped(let skip):
      checker.skipped(skip)
      inspector.skip(skip)
    case .end(let how): end = how
    }
  }
  return findings
    + checker.finish(inspector, header: header, end: end, byteCount: bytes.count)
}

/// Code, place and track of each finding, such as `E10210 at 1432` and `I10245 at 17 #0`.
func places(_ findings: [Finding]) -> [String] {
  findings.map { finding in
    var text = finding.code.code
    if let offset = finding.offset { text += " at \(offset)" }
    if let stream = finding.stream { text += " #\(stream)" }
    return text
  }
}

extension MadeFLV {
  /// An avcC of Baseline 3.0 with shortened parameter sets.
  static let avcC: [UInt8] = [
    1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 4, 0x67, 0x42, 0xc0, 0x1e, 1, 0, 2, 0x68, 0xce,
  ]
  /// An AudioSpecificConfig: AAC LC, 44,100 Hz, stereo.
  static let aac: [UInt8] = [0x12, 0x10]

  mutating func script(
    _ name: AMFString, _ values: [AMFValue], at time: Int32 = 0
  ) {
    var writer = ByteWriter()
    FLVScriptData(name, values).write(to: &writer)
    add(.script, writer.bytes, timestamp: time)
  }

  mutating func metadata(_ properties: KeyValuePairs<AMFString, AMFValue> = [:]) {
    script(
      "onMetaData", [.ecmaArray(AMFECMAArray(properties.map { AMFProperty($0.key, $0.value) }))])
  }

  mutating func videoConfig(_ record: [UInt8] = avcC, at time: Int32 = 0) {
    add(.video, [0x17, 0, 0, 0, 0] + record, timestamp: time)
  }

  mutating func audioConfig(_ config: [UInt8] = aac, at time: Int32 = 0) {
    add(.audio, [0xaf, 0] + config, timestamp: time)
  }

  mutating func video(at time: Int32, offset: Int32 = 0, isKey: Bool = false) {
    let composition = [16, 8, 0].map { UInt8(truncatingIfNeeded: offset >> $0) }
    add(
      .video, [isKey ? 0x17 : 0x27, 1] + composition + [0, 0, 0, 1, isKey ? 0x65 : 0x41],
      timestamp: time)
  }

  mutating func audio(at time: Int32) { add(.audio, [0xaf, 1, 0x21, 0x10], timestamp: time) }

  /// Metadata, both configurations, and then frames of both tracks from 0 on: a file without a
  /// finding, where `metadata` is right.
  static func clip(
    _ milliseconds: Range<Int32> = 0..<1000,
    metadata: KeyValuePairs<AMFString, AMFValue> = [:]
  ) -> Self {
    var file = Self()
    file.metadata(metadata)
    file.videoConfig()
    file.audioConfig()
    file.frames(milliseconds)
    return file
  }

  /// Pictures every 40 ms, each fifth a key, and sound every 20 ms; `clock` says what the tags tell.
  mutating func frames(_ milliseconds: Range<Int32>, clock: (Int32) -> Int32 = { $0 }) {
    for time in stride(from: milliseconds.lowerBound, to: milliseconds.upperBound, by: 20) {
      if time % 40 == 0 { video(at: clock(time), isKey: time % 200 == 0) }
      audio(at: clock(time))
    }
  }

  /// The file with other bytes at a place.
  func replacing(at offset: Int, _ new: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes.replaceSubrange(offset..<offset + new.count, with: new)
    return bytes
  }
}
