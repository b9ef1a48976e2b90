internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaRaw

/// Prints what was done in the form asked for: hashes of pictures as they come, the rest at the end.
///
/// Belongs to one thread. Where neither a report nor hashes were asked for, it prints nothing.
final class YUVConvertPrinter {
  private static let drainAt = 60_000
  private static let list = "frame_hashes"

  /// Of the input, where it has one: events then carry their time.
  var frameRate: Rational?
  private let checks: PictureCheckOptions
  private let output: any ByteOutput
  private let isWanted: Bool
  private var names: FrameLine.Names?
  /// Elements of the list of hashes, which stands in the middle of a document whose beginning only
  /// the end knows.
  private var hashes = JSONWriter(style: .pretty, depth: 1)
  private let spool = SpoolOutput()
  private var hasHashes = false
  private let lines: JSONLinePrinter<FrameLine>

  /// `output`: where the report goes.
  convenience init(_ request: YUVConvertRequest, output: any ByteOutput, isTerminal: Bool) {
    self.init(request.checks, output: output)
  }

  init(_ checks: PictureCheckOptions, output: any ByteOutput) {
    self.checks = checks
    self.output = output
    isWanted = checks.measures || checks.hash != nil
    lines = JSONLinePrinter(style: .compact, output: output, runsAhead: false) { line, writer in
      writer.event("frame", at: line.time, FrameEventReport.report, line)
    }
  }

  /// Takes notice of a picture, in order.
  func add(_ measurement: PictureMeasurement) throws {
    guard isWanted, let format = measurement.format else { return }
    let names = names ?? FrameLine.Names(format)
    self.names = names
    let line = FrameLine(
      measurement: measurement, names: names, time: time(ofFrame: measurement.number))
    switch checks.format {
    case .jsonl:
      try lines.add(line)
      try lines.settle()
      try output.flush()
    case .json:
      guard measurement.hashes != nil else { return }
      if !hasHashes { hashes.beginArray() }
      hasHashes = true
      FrameHashReport.report.write(line, into: &hashes)
      if hashes.byteCount > Self.drainAt { try hashes.drain(to: spool) }
    case .text:
      guard measurement.hashes != nil else { return }
      if !hasHashes { try output.write(YUVConvertText.hashHeading(names, checks.hash)) }
      hasHashes = true
      try output.write(YUVConvertText.hashLine(line))
    }
  }

  private func time(ofFrame number: Int64) -> Double? {
    guard let frameRate, frameRate.numerator > 0, frameRate.denominator > 0 else { return nil }
    return (Double(number) * Double(frameRate.denominator) / Double(frameRate.numerator)).nano
  }

  /// Everything that is not streamed.
  func finish(_ result: YUVConvertResult) throws {
    guard isWanted else { return }
    switch checks.format {
    case .json: try finishDocument(result)
    case .jsonl:
      try lines.print { writer in
        YUVConvertReport.document.write(result, into: &writer)
        writer.newline()
      }
      try lines.settle()
    case .text:
      if hasHashes { try output.write("\n") }
      try output.write(YUVConvertText(result).text)
    }
    try output.flush()
  }

  private func finishDocument(_ result: YUVConvertResult) throws {
    let document = YUVConvertReport.document
    var writer = JSONWriter(style: .pretty)
    writer.beginObject()
    document.writeFields(of: result, .before(Self.list), into: &writer)
    if checks.hash != nil {
      if !hasHashes { hashes.beginArray() }
      hashes.endArray()
      try hashes.drain(to: spool)
      writer.key(Self.list)
      writer.foreignValue()
      try writer.drain(to: output)
      try spool.copy(to: output)
    }
    document.writeFields(of: result, .after(Self.list), into: &writer)
    writer.endObject()
    writer.newline()
    try writer.drain(to: output)
  }

  /// What `--check` says of an input that could not be converted.
  func finish(_ failure: FailedInput) throws {
    guard isWanted else { return }
    switch checks.format {
    case .text: try output.write(failure.text)
    case .json, .jsonl:
      var writer = JSONWriter(style: checks.format == .json ? .pretty : .compact)
      YUVConvertReport.failure.write(failure, into: &writer)
      writer.newline()
      try lines.settle()
      try writer.drain(to: output)
    }
    try output.flush()
  }
}
