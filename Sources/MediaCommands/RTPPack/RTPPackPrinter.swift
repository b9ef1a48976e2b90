internal import MediaCLI
internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaRTP

/// Prints packets as they are sent, and the rest at the end.
final class RTPPackPrinter {
  private let request: RTPPackRequest
  private let name: String
  private let output: any ByteOutput
  private let lines: JSONLinePrinter<RTPPackLine>
  /// Whether somebody may watch packets as they are sent.
  private let isLive: Bool
  private var hasBegun = false
  private var packetCount = 0
  private var recordCount = 0

  init(_ request: RTPPackRequest, name: String, _ output: any ByteOutput) {
    self.request = request
    self.name = name
    self.output = output
    let isLine = request.format == .jsonl
    isLive = request.destination != nil && !request.arguments[RTPPack.fast]
    lines = JSONLinePrinter(
      style: isLine ? .compact : .pretty, output: output, runsAhead: !isLive
    ) { line, writer in
      RTPPackReport.packet.write(line, into: &writer)
      if isLine { writer.newline() }
    }
  }

  func write(_ batch: PacketBatch) throws {
    for packet in batch.packets {
      recordCount += 1
      guard !packet.isRTCP else { continue }
      let line = line(packet, UnsafeRawBufferPointer(batch[packet.range]))
      packetCount += 1
      try begin()
      switch request.format {
      case .text: try output.write(Self.text(line))
      case .json, .jsonl: try lines.add(line)
      }
    }
    guard isLive else { return }
    try lines.settle()
    try output.flush()
  }

  private func line(
    _ packet: PacketBatch.Packet, _ bytes: UnsafeRawBufferPointer
  ) -> RTPPackLine {
    RTPPackLine(
      index: packetCount, packet: recordCount, time: Double(packet.time) / 1e9,
      stream: packet.stream, ssrc: bytes.big32(at: 8), payloadType: bytes[1] & 0x7f,
      sequence: UInt16(truncatingIfNeeded: packet.number),
      timestamp: UInt32(truncatingIfNeeded: packet.timestamp), marker: packet.marker,
      size: packet.range.count, payloadSize: packet.payloadByteCount, label: packet.label)
  }

  /// Prints what stands in front, when there is a first result.
  private func begin() throws {
    guard !hasBegun else { return }
    hasBegun = true
    switch request.format {
    case .json:
      try lines.print { writer in
        writer.begin(
          RTPPackReport.document, of: RTPPackResult(input: name), upTo: "packets",
          isListed: request.listsPackets)
      }
    case .text: if request.listsPackets { try output.write(Self.columns) }
    case .jsonl: break
    }
  }

  /// Prints the report; where `isSilent` only what a machine asked for.
  func finish(_ result: RTPPackResult, isSilent: Bool) throws {
    switch request.format {
    case .json:
      try begin()
      try lines.print { writer in
        writer.end(
          RTPPackReport.document, of: result, behind: "packets", isListed: request.listsPackets)
      }
    case .jsonl:
      try lines.print { writer in
        writer.event("report", at: result.duration, RTPPackReport.document, result)
      }
    case .text: if !isSilent { try output.write(Self.summary(result)) }
    }
    try lines.settle()
    try output.flush()
  }

  // MARK: Text

  private static let columns = "  packet        time  stream    seq   timestamp  M   size  kind\n"

  private static func text(_ line: RTPPackLine) -> String {
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
    var kind = line.label?.kind ?? ""
    if let types = line.label?.nalUnitTypes, !types.isEmpty {
      kind += " " + types.map(String.init).joined(separator: ",")
    }
    return right("\(line.packet)", 8) + right(Quantity.decimal(line.time, digits: 6), 12)
      + right("\(line.stream)", 8) + right("\(line.sequence)", 7) + right("\(line.timestamp)", 12)
      + (line.marker ? "  M" : "  -") + right("\(line.size)", 7) + "  \(kind)\n"
  }

  private static func summary(_ result: RTPPackResult) -> String {
    var text = ""
    for stream in result.streams {
      let totals = stream.totals
      let host = stream.host.contains(":") ? "[\(stream.host)]" : stream.host
      text +=
        "#\(stream.index) \(stream.track.kind.rawValue): \(stream.format.encodingName)/"
        + "\(stream.format.clockRate ?? 0), PT \(stream.format.payloadType), "
        + "SSRC \(stream.identity.ssrc), to \(host):\(stream.port); "
        + "\(Quantity.counted(totals.frames, "frame")), \(Quantity.counted(totals.packets, "packet")), "
        + "\(Quantity.bytes(Int64(totals.bytes))), the largest of \(totals.largestPacket) bytes\n"
    }
    if let found = result.impairments {
      text +=
        "on purpose: \(found.dropped) lost, \(found.duplicated) doubled, "
        + "\(found.reordered) sent late\n"
    }
    if let sending = result.sending {
      text += "\(Quantity.counted(sending.datagrams, "datagram")) sent"
      text +=
        sending.refused > 0
        ? ", refused \(sending.refused) times: nobody listens, or nothing gets there\n" : "\n"
    }
    if let found = result.verification {
      text +=
        "verified: \(Quantity.counted(found.compared, "frame")) and "
        + "\(Quantity.counted(found.bytes, "byte")) compared, \(found.different) different\n"
    }
    return Quantity.printableLines(text)
  }
}

extension UnsafeRawBufferPointer {
  /// 32 bits, most significant byte first; they must be there.
  func big32(at index: Int) -> UInt32 {
    UInt32(bigEndian: loadUnaligned(fromByteOffset: index, as: UInt32.self))
  }
}
