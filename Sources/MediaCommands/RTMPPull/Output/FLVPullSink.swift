internal import MediaBytes
internal import MediaFLV
internal import MediaIO
internal import MediaModel

/// The messages as tags of FLV, their bodies as they came.
///
/// A file begins with `onMetaData`, the source's if that came first; what only the end tells,
/// duration, size and the flags of the header, is written over then. Where there is no way back, the
/// source's metadata stays as it is.
final class FLVPullSink: PullSink {
  private let output: ResultOutput
  /// Whether the beginning can be written over.
  private let hasWayBack: Bool
  private var writer = FLVWriter(header: FLVHeader(hasAudio: true, hasVideo: true))
  private var metadata: FLVMetadataBody?
  private var kinds: Set<FLVTagType> = []
  private var hasFrames = false
  private var end: Int64 = 0
  /// The last steps of each kind: how long a frame lasts.
  private var steps: [FLVTagType: (time: Int64, step: Int64)] = [:]

  init(_ output: ResultOutput, hasWayBack: Bool) {
    (self.output, self.hasWayBack) = (output, hasWayBack)
  }

  func write(
    _ message: PullMessage, _ record: FLVTagRecord, _ inspector: FLVInspector
  ) throws {
    if hasWayBack, metadata == nil, try begin(message) { return }
    kinds.insert(message.type)
    if message.isFrame { note(message) }
    try append(message.type, message.time, message.payload)
  }

  /// Writes the metadata; whether the message was it.
  private func begin(_ message: PullMessage) throws -> Bool {
    var properties: [AMFProperty] = []
    var isTaken = false
    if message.role == .metadata {
      var reader = ByteReader(message.payload.span)
      let script = FLVScriptData(parsing: &reader)
      isTaken = script.damage == nil && script.arguments.first?.unwrapped.properties != nil
      properties = isTaken ? script.arguments.first?.unwrapped.properties ?? [] : []
    }
    // An index of the source's file is none of this one.
    properties.removeAll { ["keyframes", "filesize", "duration"].contains($0.key) }
    properties = ["duration", "filesize"].map { AMFProperty($0, .number(0)) } + properties
    guard let body = FLVMetadataBody(properties, keyframeCount: nil) else { return false }
    metadata = body
    try append(.script, 0, body.bytes)
    return isTaken
  }

  private func append(_ type: FLVTagType, _ time: Int64, _ payload: [UInt8]) throws {
    let header = FLVTagHeader(
      type, dataSize: 0, timestamp: Int32(truncatingIfNeeded: time))
    try writer.write(header, body: payload)
    try output.write(writer.takeBytes().span.bytes)
  }

  private func note(_ message: PullMessage) {
    hasFrames = true
    let last = steps[message.type]
    let step = last.map { message.time - $0.time } ?? 0
    steps[message.type] = (message.time, (1...1000).contains(step) ? step : last?.step ?? 0)
    end = max(end, message.time + (steps[message.type]?.step ?? 0))
  }

  func flush() throws {
    // There is nothing worth a file before the first frame.
    guard hasFrames else { return }
    try output.flush()
  }

  func finish(_ inspector: FLVInspector) throws {
    guard hasFrames else { return output.abandon() }
    try rewriteStart()
    try output.finish()
  }

  private func rewriteStart() throws {
    guard var metadata else { return }
    metadata.setNumber("duration", Double(end) / 1000)
    metadata.setNumber("filesize", Double(writer.byteCount))
    let flags = FLVHeader(hasAudio: kinds.contains(.audio), hasVideo: kinds.contains(.video))
    var opening = ByteWriter()
    flags.write(to: &opening)
    opening.integer(UInt32(0))
    opening.append(metadata.tag())
    try output.rewriteStart(opening.bytes)
  }

  func abandon() { output.abandon() }
  func takeNotes() -> [String] { [] }
}
