public import MediaModel

/// Counts what was sent against what the peer has acknowledged (Adobe RTMP 1.0 §5.4.3).
///
/// An acknowledgement should say how many bytes have arrived in all, modulo 2^32. Some peers count
/// the handshake too, some say how many arrived since the one before, some begin anew at 0xf0000000 or
/// 2^31: the reading that never acknowledges more than was sent is taken.
public struct RTMPSentBytes: Hashable, Sendable {
  /// Bytes of chunks sent so far.
  public private(set) var sent = 0
  /// How many of these the peer is known to have.
  public private(set) var acknowledged = 0
  /// Whether the peer has acknowledged anything.
  public private(set) var hasAcknowledgement = false

  /// C0, C1 and C2, which some peers count.
  private static let handshakeByteCount = 3073
  private static let earlyWraps = [0xf000_0000, 0x8000_0000]
  /// The peer's count, as far as it is a count of everything.
  private var total = 0
  private var countsIncrements = false
  private var wrap = 1 << 32

  /// Begins behind the handshake.
  public init() {}

  /// How many bytes are on their way, or with a peer that has not said so.
  public var inFlight: Int { sent - acknowledged }

  /// Takes note that bytes were handed to the network.
  public mutating func send(_ count: Int) { sent += count }

  /// Takes an acknowledgement; gives what was odd about it, each time that it is.
  public mutating func acknowledge(_ sequence: UInt32) -> Deviation? {
    defer { hasAcknowledgement = true }
    let value = Int(sequence)
    if countsIncrements { return addIncrement(value) }
    if let advanced = advance(to: value, modulo: wrap) {
      total = advanced
      acknowledged = min(sent, max(acknowledged, advanced))
      return nil
    }
    for early in Self.earlyWraps where early < wrap {
      guard let advanced = advance(to: value, modulo: early) else { continue }
      wrap = early
      total = advanced
      acknowledged = min(sent, max(acknowledged, advanced))
      return Deviation(
        .acknowledgementWrapsEarly,
        seen: "acknowledgements begin anew at 0x\(String(early, radix: 16))",
        action: "counted on from there")
    }
    // Counts of increments stay about as large as the window, which the total has left behind.
    if hasAcknowledgement, value <= inFlight, total < Self.earlyWraps[1] {
      countsIncrements = true
      _ = addIncrement(value)
      return Deviation(
        .acknowledgementIncrements,
        seen: "acknowledgement of \(value) bytes behind one of \(total)",
        action: "took it as bytes since the one before")
    }
    return Deviation(
      .acknowledgementTooMuch, seen: "acknowledgement of \(value), sent were \(sent)",
      action: "passed over it")
  }

  /// The least total above the last that such a sequence number can mean; nil where that is more
  /// than was sent.
  private func advance(to value: Int, modulo: Int) -> Int? {
    let last = total % modulo
    let step = value >= last ? value - last : value + modulo - last
    // The same number once more adds nothing as a total; as increments it would.
    guard step > 0 || !hasAcknowledgement || inFlight < value else { return nil }
    return total + step <= sent + Self.handshakeByteCount ? total + step : nil
  }

  private mutating func addIncrement(_ value: Int) -> Deviation? {
    acknowledged += min(value, inFlight)
    return nil
  }
}

extension Deviation.Code {
  /// Acknowledgements say how much arrived since the one before.
  public static let acknowledgementIncrements = Self(
    "acknowledgement-increments", "Adobe RTMP 1.0 §5.4.3")
  /// Acknowledgements begin anew before 2^32.
  public static let acknowledgementWrapsEarly = Self(
    "acknowledgement-wraps-early", "Adobe RTMP 1.0 §5.4.3")
  /// An acknowledgement of bytes that were never sent.
  public static let acknowledgementTooMuch = Self(
    "acknowledgement-too-much", "Adobe RTMP 1.0 §5.4.3")
}
