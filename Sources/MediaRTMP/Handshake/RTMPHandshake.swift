public import MediaModel

/// What both sides exchange before the first chunk (Adobe RTMP 1.0 §5.2).
///
/// The specification has a simple one: each side echoes what the other sent. Adobe's own programs
/// have another, in which both prove by digests that they know Adobe's keys; some servers send H.264
/// only after that. `Client` and `Server` do either, without input or output of their own.
public enum RTMPHandshake {
  /// HMAC-SHA256 of a message under a key: 32 bytes.
  public typealias HMAC = @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]

  /// C0 and S0 (§5.2.2): the only version there is.
  static let version: UInt8 = 3
  /// C1, S1, C2 and S2 have this many bytes each (§5.2.3).
  static let packetByteCount = 1536
  /// Bytes of either direction before its first chunk.
  public static let byteCount = 1 + 2 * packetByteCount

  /// Where the digest lies in C1 and S1: its place follows from four bytes at 8 or at 772.
  public enum Schema: Int, Hashable, Sendable, CaseIterable {
    /// The digest lies in the first half.
    case zero
    /// The digest lies in the second half.
    case one
  }

  /// What two sides have agreed on.
  public enum Form: Hashable, Sendable {
    /// Echoes.
    case simple
    /// Digests.
    case digest(Schema)
  }

  /// How to do the handshake with digests.
  public struct Digests: Sendable {
    /// HMAC-SHA256.
    public var hmac: HMAC
    /// Where a client puts the digest; a server follows its client.
    public var schema: Schema
    /// Bytes 4 to 7 of our first packet, a version of Adobe's program; not 0, which means none.
    public var programVersion: UInt32

    /// Makes them; the version is one that servers know.
    public init(
      hmac: @escaping HMAC, schema: Schema = .zero, programVersion: UInt32 = 0x0a00_2d02
    ) {
      precondition(programVersion != 0, "version 0 says that there is no digest")
      self.hmac = hmac
      self.schema = schema
      self.programVersion = programVersion
    }
  }
}

// MARK: - The first bytes

extension RTMPHandshake {
  /// Judges the first bytes of a peer: true once they are a version, false while more are needed.
  ///
  /// Throws where they are another protocol's or no protocol's; RTMP keeps 32 and above free so that
  /// text can be told (§5.2.2). A version other than 3 is noted.
  static func isVersion(
    _ bytes: [UInt8], field: String, code: Deviation.Code, _ deviations: inout RTMPDeviationLog
  ) throws(RTMPError) -> Bool {
    guard let first = bytes.first else { return false }
    if first == version { return true }
    for (name, word) in others where word.starts(with: bytes.prefix(word.count)) {
      guard bytes.count >= word.count else { return false }
      throw RTMPError(.otherProtocol, field, seen: name, expected: "RTMP version 3", at: 0)
    }
    guard first < 32 else {
      throw RTMPError(
        .malformed, field, seen: "byte \(first)", expected: "RTMP version 3", at: 0)
    }
    deviations.add(
      Deviation(code, seen: "\(field) is version \(first)", action: "took it as version 3"))
    return true
  }

  /// What else may answer at a port, and how that begins.
  private static let others: [(name: String, word: [UInt8])] = [
    ("an HTTP answer", [UInt8]("HTTP/".utf8)),
    ("an RTSP answer", [UInt8]("RTSP/".utf8)),
    ("an HTTP request", [UInt8]("GET ".utf8)),
    ("an HTTP request", [UInt8]("POST ".utf8)),
    ("an SSH greeting", [UInt8]("SSH-".utf8)),
    ("a TLS alert", [0x15, 3, 0]), ("a TLS alert", [0x15, 3, 1]), ("a TLS alert", [0x15, 3, 2]),
    ("a TLS alert", [0x15, 3, 3]), ("a TLS greeting", [0x16, 3, 0]),
    ("a TLS greeting", [0x16, 3, 1]), ("a TLS greeting", [0x16, 3, 2]),
    ("a TLS greeting", [0x16, 3, 3]),
  ]

  /// The first packet of either side: time, version or 0, random bytes.
  static func packet(time: UInt32, programVersion: UInt32, random: [UInt8]) -> [UInt8] {
    precondition(random.count == packetByteCount - 8, "a packet has 1528 random bytes")
    return [time, programVersion].flatMap { value in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    } + random
  }

  /// Takes the packet that `inbox` begins with; nil until it is whole.
  static func takePacket(_ inbox: inout [UInt8]) -> [UInt8]? {
    guard inbox.count >= packetByteCount else { return nil }
    let packet = [UInt8](inbox.prefix(packetByteCount))
    inbox.removeFirst(packetByteCount)
    return packet
  }

  /// Whether a first packet says that its sender knows digests.
  static func hasProgramVersion(_ packet: [UInt8]) -> Bool {
    packet[4..<8].contains { $0 != 0 }
  }
}

extension Deviation.Code {
  /// S0 is another version.
  public static let s0Version = Self("s0-version", "Adobe RTMP 1.0 §5.2.2")
  /// C0 is another version.
  public static let c0Version = Self("c0-version", "Adobe RTMP 1.0 §5.2.2")
  /// Bytes 4 to 7 of S1 are not zero, and there is no digest either.
  public static let s1NotZero = Self("s1-not-zero", "Adobe RTMP 1.0 §5.2.3")
  /// S2 does not hold the random bytes of C1, nor a digest that fits.
  public static let s2NotEcho = Self("s2-not-echo", "Adobe RTMP 1.0 §5.2.4")
  /// S2 does not begin with the time of C1.
  public static let s2Time = Self("s2-time", "Adobe RTMP 1.0 §5.2.4")
  /// C2 does not hold the random bytes of S1, nor a digest that fits.
  public static let c2NotEcho = Self("c2-not-echo", "Adobe RTMP 1.0 §5.2.4")
}
