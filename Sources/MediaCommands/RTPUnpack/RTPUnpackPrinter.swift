internal import MediaIO
internal import MediaRTP

/// Prints packets as they come, and the rest at the end.
final class RTPUnpackPrinter {
  private let request: RTPUnpackRequest
  private let list: PacketListPrinter<RTPPacketLine, RTPUnpackResult>

  init(_ request: RTPUnpackRequest, name: String, _ output: any ByteOutput) {
    self.request = request
    list = PacketListPrinter(
      .init(
        document: { RTPUnpackReport.document }, packet: { RTPUnpackReport.packet },
        columns: RTPUnpackText.columns, text: RTPUnpackText.line),
      request.format, isListed: request.listsPackets, empty: RTPUnpackResult(input: name), output,
      runsAhead: !request.isLive)
  }

  func packet(_ line: RTPPacketLine) throws { try list.packet(line) }

  func rtcp(_ compound: RTCPCompound, _ datagram: RTPDatagram, time: Double?) throws {
    try list.event("rtcp", at: time, RTCPLine.report, RTCPLine(compound, datagram))
  }

  /// Hands on what is printed so far: whoever watches a live input wants it now.
  func flush() throws { try list.flush() }

  func finish(_ result: RTPUnpackResult) throws {
    try list.finish(
      result, at: result.duration,
      text: RTPUnpackText.report(result, listsAll: request.checks))
  }
}
