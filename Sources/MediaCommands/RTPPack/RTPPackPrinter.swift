internal import MediaCLI
internal import MediaIO
internal import MediaModel
internal import MediaRTP

/// Prints packets as they are sent, and the rest at the end.
final class RTPPackPrinter {
  private let list: PacketListPrinter<RTPPackLine, RTPPackResult>
  /// Whether somebody may watch packets as they are sent.
  private let isLive: Bool
  private var packetCount = 0
  private var recordCount = 0

  init(_ request: RTPPackRequest, name: String, _ output: any ByteOutput) {
    isLive = request.destination != nil && !request.arguments[RTPPack.fast]
    list = PacketListPrinter(
      .init(
        document: { RTPPackReport.document }, packet: { RTPPackReport.packet },
        columns: Self.columns,
        text: Self.text),
      request.format, isListed: request.listsPackets, empty: RTPPackResult(input: name), output,
      runsAhead: !isLive)
  }

  func write(_ batch: PacketBatch) throws {
    for packet in batch.packets {
      recordCount += 1
      guard !packet.isRTCP else { continue }
      let line = line(packet, UnsafeRawBufferPointer(batch[packet.range]))
      packetCount += 1
      try list.packet(line)
    }
    if isLive { try list.flush() }
  }

  /// Prints the report; where `isSilent` only what a machine asked for.
  func finish(_ result: RTPPackResult, isSilent: Bool) throws {
    try list.finish(
      result, at: result.duration, text: isSilent ? nil : Self.summary(result))
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
