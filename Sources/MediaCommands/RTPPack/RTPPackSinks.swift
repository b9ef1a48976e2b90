internal import Glibc
internal import MediaIO

/// Everything that takes packets, behind what happens to them on their way.
final class RTPPackSinks {
  let capture: CaptureSink?
  let sending: SendingSink?
  let printer: RTPPackPrinter
  private(set) var impairments: RTPImpairments?
  private let listsPackets: Bool
  private var impaired = PacketBatch()

  init(
    capture: CaptureSink?, sending: SendingSink?, printer: RTPPackPrinter, listsPackets: Bool,
    impairments: RTPImpairments?
  ) {
    self.capture = capture
    self.sending = sending
    self.printer = printer
    self.listsPackets = listsPackets
    self.impairments = impairments
  }

  /// How many bytes of packets may be gathered before they are handed over.
  var gathered: Int {
    // Of what is paced or listed, none; more than fits in a cache is no use.
    let waits = listsPackets || sending?.isPaced ?? false
    return waits ? 0 : 1 << 19
  }

  func write(_ batch: borrowing PacketBatch, isLast: Bool = false) throws {
    guard impairments != nil else { return try hand(batch) }
    impaired.removeAll()
    impairments?.apply(batch, into: &impaired)
    if isLast { impairments?.finish(into: &impaired) }
    try hand(impaired)
  }

  private func hand(_ batch: borrowing PacketBatch) throws {
    do {
      try capture?.write(batch)
    } catch let error as IOFailure where error.code != EPIPE {
      throw Failure.output(error)
    }
    if listsPackets { try printer.write(batch) }
    try sending?.write(batch)
  }

  func finish() throws {
    try sending?.finish()
    do {
      try capture?.finish()
    } catch let error as IOFailure where error.code != EPIPE {
      throw Failure.output(error)
    }
  }

  /// Leaves no capture behind; what has been sent has been sent.
  func abandon() {
    try? sending?.finish()
    capture?.abandon()
  }
}
