internal import MediaCapture
internal import MediaIO

/// Writes packets to a capture file, on a thread of its own.
final class CaptureSink: PacketSink {
  struct Flow {
    var source: Endpoint
    var destination: Endpoint
  }

  private let core: Core
  private let output: ResultOutput
  private let worker: SerialWorker<PacketBatch, CaptureFailure>?

  init(
    _ format: CaptureWriter.Format, to output: ResultOutput, flows: [(rtp: Flow, rtcp: Flow)],
    wallClock: Int64
  ) {
    self.output = output
    let core = Core(format, output, flows, wallClock)
    self.core = core
    // Without a second thread, records are made between packets.
    worker = try? SerialWorker(capacity: 2) { (batch) throws(CaptureFailure) in
      try core.write(batch)
    }
  }

  /// What a file's name asks for; classic pcap where it says nothing else.
  static func format(of path: String) -> CaptureWriter.Format {
    let name = path.lowercased()
    if name.hasSuffix(".pcapng") { return .pcapng }
    if name.hasSuffix(".rtpdump") || name.hasSuffix(".rtp") { return .rtpdump }
    return .pcap
  }

  func write(_ batch: borrowing PacketBatch) throws {
    do {
      if let worker { try worker.put(copy batch) } else { try core.write(batch) }
    } catch {
      throw error.reason
    }
  }

  func finish() throws {
    do {
      try worker?.drain()
      try core.drain()
    } catch {
      throw error.reason
    }
    try output.finish()
  }

  func abandon() {
    // What is still being written goes into a file that will not appear.
    try? worker?.drain()
    output.abandon()
  }

  private enum CaptureFailure: Error {
    case io(IOFailure)
    case writer(CaptureWriter.Failure)

    var reason: any Error {
      switch self {
      case .io(let error): error
      case .writer(let error): Failure(.ioError, CaptureSink.message(error))
      }
    }
  }

  /// What the thread owns; nobody else touches it while the thread works.
  private final class Core: @unchecked Sendable {
    private static let drainAt = 1 << 20

    private var writer: CaptureWriter
    private let output: ResultOutput
    private let flows: [(rtp: Flow, rtcp: Flow)]
    /// The wall clock at time 0, nanoseconds since 1970.
    private let wallClock: Int64
    /// Captures are in the order of time.
    private var lastTime: Int64 = 0

    init(
      _ format: CaptureWriter.Format, _ output: ResultOutput, _ flows: [(rtp: Flow, rtcp: Flow)],
      _ wallClock: Int64
    ) {
      writer = CaptureWriter(format)
      self.output = output
      self.flows = flows
      self.wallClock = wallClock
    }

    func write(_ batch: borrowing PacketBatch) throws(CaptureFailure) {
      for packet in batch.packets {
        let flow = packet.isRTCP ? flows[packet.stream].rtcp : flows[packet.stream].rtp
        lastTime = max(lastTime, packet.time)
        let time = wallClock + lastTime
        let result = Result { () throws(CaptureWriter.Failure) in
          try batch.withBytes(packet) { (bytes) throws(CaptureWriter.Failure) in
            try writer.write(
              bytes.bytes, from: flow.source, to: flow.destination, at: time,
              isRTCP: packet.isRTCP)
          }
        }
        if case .failure(let error) = result { throw .writer(error) }
        if writer.pendingByteCount >= Self.drainAt { try drain() }
      }
    }

    func drain() throws(CaptureFailure) {
      let output = output
      let result = Result { () throws(IOFailure) in
        try writer.drain { (bytes) throws(IOFailure) in
          try bytes.withUnsafeBytes { (raw) throws(IOFailure) in try output.write(raw) }
        }
      }
      if case .failure(let error) = result { throw .io(error) }
    }
  }

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
