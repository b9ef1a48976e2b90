public import MediaModel

/// What has arrived from one source, packet by packet.
///
/// Loss is told twice. `lost` counts sequence numbers that were never seen, each once. `source` has
/// the numbers of reception reports, in which a duplicate makes up for a loss (RFC 3550 6.4.1, A.3).
public struct ReceptionStatistics: Hashable, Sendable {
  /// `SSRC`.
  public let ssrc: UInt32
  /// All packets, duplicates and strays included.
  public private(set) var packets = 0
  /// Bytes of all packets with their headers.
  public private(set) var byteCount = 0
  /// Bytes of all payloads.
  public private(set) var payloadByteCount = 0
  /// Packets whose sequence number had arrived before.
  public private(set) var duplicates = 0
  /// Packets behind one with a higher number, duplicates not counted (RFC 4737 3).
  public private(set) var reordered = 0
  /// Packets far from all others that nothing followed; no other count includes them.
  public private(set) var strays = 0
  /// The numbers of reception reports.
  public private(set) var source: RTPSourceState?
  /// Interarrival jitter; nil where no clock rate is known.
  public private(set) var jitter: RTPJitter?
  /// When the first packet arrived.
  public private(set) var firstArrival: Nanoseconds?
  /// When the last packet arrived.
  public private(set) var lastArrival: Nanoseconds?
  private var window = RTPSequenceWindow()
  /// The last packet that was not overtaken: where the source's clock stands.
  private var frontTimestamp = RTPTimestamp(rawValue: 0)
  private var frontArrival: Nanoseconds = 0
  /// How far it stands from where it stood at the first packet, or at the last restart, in ticks.
  private var frontTicks = 0
  private var previous: RTPArrival?

  /// Begins before the first packet; without a clock rate there is no jitter.
  public init(ssrc: UInt32, clockRate: UInt32? = nil) {
    self.ssrc = ssrc
    jitter = clockRate.flatMap { RTPJitter(clockRate: $0) }
  }

  /// How many numbers lie between the first and the highest, both included, summed over restarts.
  public var expected: Int { window.expected }
  /// How many of them were never seen.
  public var lost: Int { window.lost }
  /// How often the source began to number its packets anew.
  public var restarts: Int { window.restarts }
  /// Whether enough packets came in sequence to be sure that it is RTP (RFC 3550 A.1).
  public var isValid: Bool { source?.isValid ?? false }
  /// From the first arrival to the last, in seconds.
  public var duration: Double {
    guard let firstArrival, let lastArrival else { return 0 }
    return Double(lastArrival &- firstArrival) / 1e9
  }
  /// Bits of payload a second, from the first arrival to the last; nil where no time passed.
  public var bitRate: Double? {
    duration > 0 ? Double(payloadByteCount) * 8 / duration : nil
  }

  /// Takes a packet in order of arrival; `byteCount` is its whole length, also where it was cut.
  @discardableResult
  public mutating func add(
    _ packet: RTPPacket, byteCount: Int, at arrival: Nanoseconds
  ) -> RTPArrival {
    packets += 1
    self.byteCount += byteCount
    payloadByteCount += max(
      0, byteCount - packet.payload.lowerBound - packet.paddingByteCount)
    if firstArrival == nil { firstArrival = arrival }
    lastArrival = arrival
    if source == nil { source = RTPSourceState(first: packet.sequenceNumber) }
    _ = source?.update(packet.sequenceNumber)
    let step = packet.timestamp.distance(from: frontTimestamp)
    let (clockRate, elapsed) = (jitter?.clockRate, arrival &- frontArrival)
    let found = window.add(
      packet.sequenceNumber, isContinuous: Self.isContinuous(step, clockRate, elapsed),
      isPast: step <= 0 && step >= -frontTicks
    ).arrival
    count(found)
    switch found {
    case .late, .duplicate, .stray: break
    case .inOrder, .ahead, .resumed: moveFront(to: packet.timestamp, frontTicks + step, arrival)
    case .first, .restarted: moveFront(to: packet.timestamp, 0, arrival)
    }
    switch found {
    // A stray may be anything, and a source that restarts counts from anywhere.
    case .stray: break
    case .restarted:
      jitter?.interrupt()
      jitter?.add(packet.timestamp, at: arrival)
    default: jitter?.add(packet.timestamp, at: arrival)
    }
    previous = found
    return found
  }

  private mutating func moveFront(
    to timestamp: RTPTimestamp, _ ticks: Int, _ arrival: Nanoseconds
  ) {
    frontTimestamp = timestamp
    frontTicks = ticks
    frontArrival = arrival
  }

  private mutating func count(_ arrival: RTPArrival) {
    switch arrival {
    case .first, .inOrder, .ahead: break
    case .late: reordered += 1
    case .duplicate: duplicates += 1
    case .stray: strays += 1
    case .restarted, .resumed:
      // It confirms the packet before, which was neither.
      if previous == .duplicate { duplicates -= 1 } else { strays -= 1 }
    }
  }

  /// Whether the source's clock went on about as much as ours since its last packet.
  private static func isContinuous(
    _ step: Int, _ clockRate: UInt32?, _ elapsed: Nanoseconds
  ) -> Bool {
    guard let clockRate else { return false }
    let media = Double(step) / Double(clockRate)
    let elapsed = Double(elapsed) / 1e9
    return abs(media - elapsed) <= 0.5 + 0.1 * elapsed
  }

  /// The block about this source for a reception report, once every interval (RFC 3550 6.4.1).
  ///
  /// `lastReport` is the NTP time of its last sender report and when that arrived; nil where there
  /// was none.
  public mutating func takeReportBlock(
    lastReport: (time: NTPTime, arrival: Nanoseconds)? = nil, at now: Nanoseconds
  ) -> RTCPReportBlock? {
    guard var state = source, state.isValid else { return nil }
    var block = RTCPReportBlock(ssrc: ssrc)
    block.fractionLost = state.takeFractionLost()
    block.cumulativeLost = state.cumulativeLost
    block.extendedHighest = state.extendedHighest
    block.jitter = jitter?.reported ?? 0
    if let lastReport {
      block.lastSenderReport = lastReport.time.middle32
      let delay = Double(now &- lastReport.arrival) / 1e9 * 65_536
      block.delaySinceLastSenderReport = UInt32(max(0, min(delay, Double(UInt32.max))))
    }
    source = state
    return block
  }
}
