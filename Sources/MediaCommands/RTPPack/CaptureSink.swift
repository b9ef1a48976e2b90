internal import MediaCapture
internal import MediaIO

/// Writes packets to a capture file, on a thread of its own.
///
/// Packets are put into `batch`, where the thread makes records around them; no byte is copied.
final class CaptureSink {
  private static let waiting = 2

  private let core: Core
  private let output: ResultOutput
  private let worker: SerialWorker<PacketBatch, CaptureFailure>?
  /// One is filled, so many wait, one is written: then the first is free again.
  private let ring: [PacketBatch]
  private var position = 0

  init(
    _ format: CaptureWriter.Format, to output: ResultOutput,
    flows: [(rtp: CaptureFlow, rtcp: CaptureFlow)], wallClock: Int64
  ) {
    self.output = output
    let core = Core(format, output, flows, wallClock)
    self.core = core
    ring = (0..<Self.waiting + 2).map { _ in PacketBatch(core.layout) }
    // Without a second thread, records are made between packets.
    worker = try? SerialWorker(capacity: Self.waiting) { (batch) throws(CaptureFailure) in
      try core.write(batch)
    }
  }

  /// An empty batch, or the one that is being filled.
  var batch: PacketBatch { ring[position] }

  /// Takes the packets in `batch`, which is another then.
  func writeBatch() throws {
    do {
      if let worker { try worker.put(batch) } else { try core.write(batch) }
    } catch {
      throw error.reason
    }
    position = (position + 1) % ring.count
    batch.removeAll()
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
      case .writer(let error): Failure(error)
      }
    }
  }

  /// What the thread owns; nobody else touches it while the thread works.
  private final class Core: @unchecked Sendable {
    private var writer: CaptureWriter
    private let output: ResultOutput
    private let flows: [(rtp: CaptureFlow, rtcp: CaptureFlow)]
    /// The wall clock at time 0, nanoseconds since 1970.
    private let wallClock: Int64
    /// Captures are in the order of time.
    private var lastTime: Int64 = 0

    init(
      _ format: CaptureWriter.Format, _ output: ResultOutput,
      _ flows: [(rtp: CaptureFlow, rtcp: CaptureFlow)],
      _ wallClock: Int64
    ) {
      writer = CaptureWriter(format)
      self.output = output
      self.flows = flows
      self.wallClock = wallClock
    }

    var layout: CaptureRecordLayout {
      flows.first.map { writer.layout(to: $0.rtp.destination.address) } ?? .bare
    }

    func write(_ batch: PacketBatch) throws(CaptureFailure) {
      for packet in batch.packets {
        let flow = packet.isRTCP ? flows[packet.stream].rtcp : flows[packet.stream].rtp
        lastTime = max(lastTime, packet.time)
        do throws(CaptureWriter.Failure) {
          try writer.complete(
            batch.record(packet), on: flow, payloadByteCount: packet.range.count,
            at: wallClock + lastTime, isRTCP: packet.isRTCP)
        } catch {
          throw .writer(error)
        }
      }
      // What stands in front of the first record.
      try drain()
      do throws(IOFailure) {
        try output.write(UnsafeRawBufferPointer(batch.bytes))
      } catch {
        throw .io(error)
      }
    }

    func drain() throws(CaptureFailure) {
      guard writer.pendingByteCount > 0 else { return }
      do throws(IOFailure) {
        try writer.drain(to: output)
      } catch {
        throw .io(error)
      }
    }
  }
}
