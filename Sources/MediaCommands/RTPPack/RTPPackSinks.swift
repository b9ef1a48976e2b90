internal import Glibc
internal import MediaIO

/// Everything that takes packets, behind what happens to them on their way.
final class RTPPackSinks {
  /// What tells receivers what to expect.
  struct Description {
    var text: String
    var output: ResultOutput
  }

  let capture: CaptureSink?
  let sending: SendingSink?
  /// Nil once it has been written.
  private var description: Description?
  let printer: RTPPackPrinter
  private(set) var impairments: RTPImpairments?
  private let listsPackets: Bool
  /// Where packets are put before they are handed over.
  private(set) var batch: PacketBatch
  /// What arrives of them, where they are impaired on their way.
  private var arrived: PacketBatch

  init(
    capture: CaptureSink?, sending: SendingSink?, description: Description?,
    printer: RTPPackPrinter, listsPackets: Bool, impairments: RTPImpairments?
  ) {
    self.capture = capture
    self.sending = sending
    self.description = description
    self.printer = printer
    self.listsPackets = listsPackets
    self.impairments = impairments
    let batch = capture?.batch ?? PacketBatch()
    arrived = batch
    self.batch = impairments == nil ? batch : PacketBatch()
  }

  /// How many bytes of packets may be gathered before they are handed over.
  var gathered: Int {
    // Of what is paced or listed, none; more than fits in a cache is no use.
    let waits = listsPackets || sending?.isPaced ?? false
    return waits ? 0 : 1 << 18
  }

  /// Hands over the packets in the batch, and begins another.
  func hand(isLast: Bool = false) throws {
    guard impairments != nil else {
      batch = try hand(batch)
      return
    }
    impairments?.apply(batch, isLast: isLast, into: arrived)
    batch.removeAll()
    arrived = try hand(arrived)
  }

  /// An empty batch, in exchange.
  private func hand(_ batch: PacketBatch) throws -> PacketBatch {
    if listsPackets { try printer.write(batch) }
    if let sending {
      // Receivers need it before the first packet.
      try describe()
      try sending.write(batch)
    }
    guard let capture else {
      batch.removeAll()
      return batch
    }
    do {
      try capture.writeBatch()
    } catch let error as IOFailure where error.code != EPIPE {
      throw Failure.output(error)
    }
    return capture.batch
  }

  private func describe() throws {
    guard let written = description.take() else { return }
    do {
      try written.output.write(written.text)
      try written.output.finish()
    } catch {
      throw Failure.output(error)
    }
  }

  func finish() throws {
    try describe()
    do {
      try capture?.finish()
    } catch let error as IOFailure where error.code != EPIPE {
      throw Failure.output(error)
    }
  }

  /// Leaves no capture behind, nor a description of one; what has been sent has been sent.
  func abandon() {
    description?.output.abandon()
    capture?.abandon()
  }
}
