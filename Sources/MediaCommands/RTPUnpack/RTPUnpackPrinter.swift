internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaRTP

/// Prints packets as they come, and the rest at the end.
final class RTPUnpackPrinter {
  private let request: RTPUnpackRequest
  private let name: String
  private let output: any ByteOutput
  private let lines: JSONLinePrinter<RTPPacketLine>
  private var hasBegun = false

  init(_ request: RTPUnpackRequest, name: String, _ output: any ByteOutput) {
    self.request = request
    self.name = name
    self.output = output
    let isLine = request.format == .jsonl
    lines = JSONLinePrinter(
      style: isLine ? .compact : .pretty, output: output, runsAhead: !request.isLive
    ) { line, writer in
      RTPUnpackReport.packet.write(line, into: &writer)
      if isLine { writer.newline() }
    }
  }

  /// Prints what stands in front, when there is a first result.
  private func begin() throws {
    guard !hasBegun else { return }
    hasBegun = true
    switch request.format {
    case .json:
      try lines.print { writer in
        writer.begin(
          RTPUnpackReport.document, of: RTPUnpackResult(input: name), upTo: "packets",
          isListed: request.listsPackets)
      }
    case .text: if request.listsPackets { try output.write(RTPUnpackText.columns) }
    case .jsonl: break
    }
  }

  func packet(_ line: RTPPacketLine) throws {
    try begin()
    switch request.format {
    case .text: try output.write(RTPUnpackText.line(line))
    case .json, .jsonl: try lines.add(line)
    }
  }

  func rtcp(_ compound: RTCPCompound, _ datagram: RTPDatagram, time: Double?) throws {
    guard request.format == .jsonl else { return }
    try lines.print { writer in
      writer.event("rtcp", at: time, RTCPLine.report, RTCPLine(compound, datagram))
    }
  }

  /// Hands on what is printed so far: whoever watches a live input wants it now.
  func flush() throws {
    try lines.settle()
    try output.flush()
  }

  func finish(_ result: RTPUnpackResult) throws {
    try begin()
    switch request.format {
    case .json:
      try lines.print { writer in
        writer.end(
          RTPUnpackReport.document, of: result, behind: "packets", isListed: request.listsPackets)
      }
    case .jsonl:
      try lines.print { writer in
        writer.event("report", at: result.duration, RTPUnpackReport.document, result)
      }
    case .text: try output.write(RTPUnpackText.report(result, listsAll: request.checks))
    }
    try flush()
  }
}
