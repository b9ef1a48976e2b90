internal import MediaBytes
internal import MediaModel

/// H.264 and H.265 as the NAL units that came, in order, each behind a start code.
///
/// Parameter sets of the session description go in front if none came in band, which only the end
/// shows: until then, or until one comes, all waits in memory or a temporary file. Of a recording the
/// first keyframe shows it: without them nothing could be decoded.
final class NALUnitStream: ElementaryStream {
  private let output: any ByteOutput
  private let isParameterSet: (UInt8) -> Bool
  private let parameterSets: () -> [[UInt8]]
  private let isRecording: Bool
  private var spool: SpoolOutput?
  private var writer = ByteWriter()

  /// `parameterSets` is asked at the end.
  init(
    _ codec: Codec, _ output: any ByteOutput, hasDescribedSets: Bool,
    parameterSets: @escaping () -> [[UInt8]]
  ) {
    self.output = output
    isParameterSet =
      codec == .h264
      ? { [7, 8].contains($0 & 0x1f) } : { (32...34).contains($0 >> 1 & 0x3f) }
    self.parameterSets = parameterSets
    isRecording = (output as? ResultOutput)?.isRecording ?? false
    spool = hasDescribedSets ? SpoolOutput() : nil
  }

  func write(_ frame: RawSpan, pts: Int64) throws {
    var reader = ByteReader(frame)
    var hasSets = false
    while reader.remaining >= 4 {
      let count = Int(try reader.u32("NAL unit length"))
      let unit = try reader.take(min(count, reader.remaining), "NAL unit")
      guard unit.byteCount > 0 else { continue }
      hasSets = hasSets || isParameterSet(unit.byte(at: 0))
      writer.integer(1 as UInt32)
      writer.append(unit)
    }
    if hasSets, let spool {
      try spool.copy(to: output)
      self.spool = nil
    } else if isRecording, spool != nil {
      var frame = writer
      writer = ByteWriter()
      try finish()
      spool = nil
      return try output.drain(&frame)
    }
    if let spool { try spool.drain(&writer) } else { try output.drain(&writer) }
  }

  func finish() throws {
    guard let spool else { return }
    for set in parameterSets() {
      writer.integer(1 as UInt32)
      writer.append(set)
    }
    try output.drain(&writer)
    try spool.copy(to: output)
  }
}

/// MPEG-4 Visual, the configuration of the session description in front of frames that came without.
final class MP4VStream: ElementaryStream {
  private let output: any ByteOutput
  private var pending: [UInt8] = []

  init(_ output: any ByteOutput) { self.output = output }

  func configure(_ configuration: [UInt8]) { pending = configuration }

  func write(_ frame: RawSpan, pts: Int64) throws {
    let configuration = pending
    pending = []
    let isInFrame =
      frame.byteCount >= configuration.count
      && frame.extracting(0..<configuration.count).elementsEqual(configuration.span.bytes)
    if !isInFrame { try output.write(configuration.span.bytes) }
    try output.write(frame)
  }
}
