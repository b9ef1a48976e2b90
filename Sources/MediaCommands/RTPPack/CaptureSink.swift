internal import MediaCapture
internal import MediaIO

/// Writes packets to a capture file.
final class CaptureSink: PacketSink {
  private static let drainAt = 1 << 20

  private var writer: CaptureWriter
  private let output: ResultOutput
  private let flows: [(rtp: Flow, rtcp: Flow)]
  /// The wall clock at time 0, nanoseconds since 1970.
  private let wallClock: Int64
  /// Captures are in the order of time.
  private var lastTime: Int64 = 0

  struct Flow {
    var source: Endpoint
    var destination: Endpoint
  }

  init(
    _ format: CaptureWriter.Format, to output: ResultOutput, flows: [(rtp: Flow, rtcp: Flow)],
    wallClock: Int64
  ) {
    writer = CaptureWriter(format)
    self.output = output
    self.flows = flows
    self.wallClock = wallClock
  }

  /// What a file's name asks for; classic pcap where it says nothing else.
  static func format(of path: String) -> CaptureWriter.Format {
    let name = path.lowercased()
    if name.hasSuffix(".pcapng") { return .pcapng }
    if name.hasSuffix(".rtpdump") || name.hasSuffix(".rtp") { return .rtpdump }
    return .pcap
  }

  func write(_ batch: borrowing PacketBatch) throws {
    for packet in batch.packets {
      let flow = packet.isRTCP ? flows[packet.stream].rtcp : flows[packet.stream].rtp
      lastTime = max(lastTime, packet.time)
      let time = wallClock + lastTime
      do {
        try batch.withBytes(packet) { (bytes) throws(CaptureWriter.Failure) in
          try writer.write(
            bytes.bytes, from: flow.source, to: flow.destination, at: time, isRTCP: packet.isRTCP)
        }
      } catch {
        throw Failure(.ioError, Self.message(error))
      }
      if writer.pendingByteCount >= Self.drainAt { try drain() }
    }
  }

  private func drain() throws {
    try writer.drain { (bytes) throws(IOFailure) in
      try bytes.withUnsafeBytes { (raw) throws(IOFailure) in try output.write(raw) }
    }
  }

  func finish() throws {
    try drain()
    try output.finish()
  }

  func abandon() { output.abandon() }

  private static func message(_ failure: CaptureWriter.Failure) -> String {
    switch failure {
    case .payloadTooLarge(let count, let limit):
      "a packet of \(count) bytes does not fit in the capture, whose limit is \(limit)"
    case .timeOutOfRange: "the capture has no place for times that far from its first"
    case .mixedAddresses(let source, let destination):
      "\(source) and \(destination) are not of one version of IP"
    }
  }
}
