import MediaBytes

/// Tells SRTP from RTP by the first bytes of many payloads.
///
/// Ciphertext (RFC 3711 3.1) begins with any byte equally often. Payload headers, frame headers and
/// samples do not; only full-scale noise as linear PCM comes close, so a description that says RTP
/// outweighs this.
public struct SRTPEvidence: Hashable, Sendable {
  /// How many payloads it needs.
  public static let minPackets = 200
  /// For each half of the first two bytes how often it had each value.
  private var counts = [Int](repeating: 0, count: 64)
  /// How many payloads it has seen.
  public private(set) var packets = 0

  /// Begins without any payload.
  public init() {}

  /// Looks at a payload; one of fewer than 8 bytes says nothing.
  public mutating func add(_ payload: RawSpan) {
    guard payload.byteCount >= 8 else { return }
    packets += 1
    for index in 0..<2 {
      let byte = Int(payload.byte(at: index))
      counts[32 * index + (byte >> 4)] += 1
      counts[32 * index + 16 + (byte & 15)] += 1
    }
  }

  /// Whether the payloads are spread as ciphertext is; false with too few of them.
  public var isEncrypted: Bool {
    guard packets >= Self.minPackets else { return false }
    let expected = Double(packets) / 16
    return stride(from: 0, to: 64, by: 16).allSatisfy { start in
      let chiSquare = counts[start..<start + 16].reduce(0.0) { sum, count in
        let difference = Double(count) - expected
        return sum + difference * difference / expected
      }
      // 15 degrees of freedom: one in a hundred thousand ciphertexts goes beyond.
      return chiSquare < 50
    }
  }
}
