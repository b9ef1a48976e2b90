/// What SDP says of sound whose samples all have the same number of bits (RFC 3551 4.5, RFC 3190).
public struct PCMPayloadFormat: Hashable, Sendable {
  /// How samples are coded.
  public enum Encoding: Hashable, Sendable {
    /// `PCMU`: G.711 mu-law.
    case pcmu
    /// `PCMA`: G.711 A-law.
    case pcma
    /// `L8`: unsigned, 128 is silence (RFC 3551 4.5.10).
    case l8
    /// `L16`: two's complement, most significant byte first (RFC 3551 4.5.11).
    case l16
    /// `L24`: two's complement, most significant byte first (RFC 3190 4).
    case l24
    /// `G722`: 8 bits for two samples, and the clock counts those bytes (RFC 3551 4.5.2).
    case g722
    /// `G726-16`, `-24`, `-32`, `-40`, also behind `AAL2-`: 2...5 bits (RFC 3551 4.5.4).
    case g726(bitsPerCode: Int, G726Order)
  }

  /// How samples are coded.
  public var encoding: Encoding
  /// Ticks in a second: samples, but of G.722 always 8000.
  public var clockRate: UInt32
  /// How many channels are interleaved, 1...255.
  public var channels: Int

  /// Makes the format of a track; the rate of G.722's clock is 8000 whatever is given.
  public init(_ encoding: Encoding, samplingRate: UInt32, channels: Int = 1) {
    precondition((1...255).contains(channels) && samplingRate > 0, "no sound")
    if case .g726(let bits, _) = encoding { precondition((2...5).contains(bits), "no rate") }
    self.encoding = encoding
    clockRate = encoding == .g722 ? 8000 : samplingRate
    self.channels = channels
  }

  /// Reads a format; nil for a name that is none of these.
  ///
  /// A clock of 16000 for G.722, which devices write, becomes 8000.
  public init?(_ format: SDPPayloadFormat) {
    guard let encoding = Self.encodings.first(where: { format.isNamed($0.name) })?.encoding else {
      return nil
    }
    self.init(
      encoding, samplingRate: max(format.clockRate ?? 8000, 1),
      channels: min(max(format.channels ?? 1, 1), 255))
  }

  /// What SDP says of it; there are no parameters.
  public func payloadFormat(_ payloadType: RTPPayloadType) -> SDPPayloadFormat {
    SDPPayloadFormat(payloadType, name, clockRate: clockRate, channels: channels)
  }

  /// The static payload type that RFC 3551 6 has for it, if any.
  public var staticPayloadType: RTPPayloadType? {
    RTPPayloadType(encodingName: name, clockRate: clockRate, channels: channels)
  }

  /// Its name as `a=rtpmap` has it.
  public var name: String { Self.encodings.first { $0.encoding == encoding }?.name ?? "" }

  private static let encodings: [(name: String, encoding: Encoding)] = {
    var all: [(String, Encoding)] = [
      ("PCMU", .pcmu), ("PCMA", .pcma), ("L8", .l8), ("L16", .l16), ("L24", .l24),
      ("G722", .g722),
    ]
    for bits in 2...5 {
      all.append(("G726-\(8 * bits)", .g726(bitsPerCode: bits, .leastSignificantFirst)))
      all.append(("AAL2-G726-\(8 * bits)", .g726(bitsPerCode: bits, .mostSignificantFirst)))
    }
    return all
  }()

  // MARK: Framing

  /// The smallest number of ticks that fills whole bytes of all channels.
  var blockTicks: Int {
    guard case .g726(let bits, _) = encoding else { return 1 }
    return [2: 4, 3: 8, 4: 2, 5: 8][bits] ?? 8
  }

  /// The bytes of as many ticks.
  public var blockByteCount: Int {
    switch encoding {
    case .pcmu, .pcma, .l8, .g722: channels
    case .l16: 2 * channels
    case .l24: 3 * channels
    case .g726(let bits, _): blockTicks * bits / 8 * channels
    }
  }

  /// The bytes of a sample whose order of bytes matters; 1 where it does not.
  var swappedByteCount: Int {
    switch encoding {
    case .l16: 2
    case .l24: 3
    default: 1
    }
  }

  /// How many ticks whole bytes last.
  func ticks(_ byteCount: Int) -> Int64 { Int64(byteCount / blockByteCount * blockTicks) }

  /// Turns the order of bytes in samples; bytes behind the last whole one stay as they are.
  func swapped(_ bytes: inout [UInt8]) {
    let width = swappedByteCount
    guard width > 1 else { return }
    for start in stride(from: 0, through: bytes.count - width, by: width) {
      bytes.swapAt(start, start + width - 1)
    }
  }
}
