public import MediaBytes

/// Packets among the bytes of a connection, as RTSP has them (RFC 2326 10.12) or alone (RFC 4571 2).
public enum InterleavedFraming: Hashable, Sendable {
  /// `$`, channel, length, packet; text messages in between.
  case rtsp
  /// Length, packet.
  case lengthPrefixed

  /// Bytes before each packet.
  public var headerByteCount: Int { self == .rtsp ? 4 : 2 }

  /// Writes a packet of at most 65,535 bytes; without RTSP there are no channels.
  public func write(_ packet: RawSpan, channel: UInt8 = 0, to writer: inout ByteWriter) {
    precondition(packet.byteCount <= 0xffff, "a packet has at most 65,535 bytes")
    if self == .rtsp {
      writer.integer(UInt8(ascii: "$"))
      writer.integer(channel)
    }
    writer.integer(UInt16(packet.byteCount))
    writer.append(packet)
  }
}

/// A text message of RTSP, or of HTTP around it, found among interleaved packets.
///
/// It is taken apart only as far as its end requires.
public struct InterleavedMessage: Hashable, Sendable {
  /// The lines up to the blank one, and that one too.
  public var head: [UInt8]
  /// As many bytes as `Content-Length` says.
  public var body: [UInt8]

  /// Makes it of its parts.
  public init(head: [UInt8], body: [UInt8]) {
    self.head = head
    self.body = body
  }

  /// The first line, without its end.
  public var startLine: String { lines.first ?? "" }

  /// Whether it answers, rather than asks.
  public var isResponse: Bool {
    startLine.utf8.starts(with: "RTSP/".utf8) || startLine.utf8.starts(with: "HTTP/".utf8)
  }

  /// The value of the first header field of a name, case not regarded.
  public func header(_ name: String) -> String? {
    for line in lines.dropFirst() {
      let (field, value) = line.cut(at: ":")
      if let value, field.trimmed.isSameToken(as: name) { return value.trimmed }
    }
    return nil
  }

  /// The session description that it brings, as the answer to DESCRIBE does; nil for other bodies.
  public var sessionDescription: [UInt8]? {
    guard !body.isEmpty, let type = header("Content-Type")?.parts(";").first?.trimmed,
      type.isSameToken(as: "application/sdp")
    else { return nil }
    return body
  }

  /// The lines of the head, without their ends; the blank one at its end is two empty ones.
  package var lines: [String] {
    head.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
    }
  }
}

/// How much the deframer believes and holds.
public struct InterleavedLimits: Hashable, Sendable {
  /// The longest head of a message, in bytes; real ones have a few hundred.
  public var maxHeadByteCount = 65_536
  /// The longest body of a message, in bytes; a longer one is passed over as junk.
  public var maxBodyByteCount = 1 << 20

  /// Makes the limits that suit any camera.
  public init() {}

  /// The most bytes that are held once `next` has answered nil: junk not yet told, and behind it the
  /// beginning of a packet or of a message.
  public var maxBufferedByteCount: Int {
    // A packet, and as much behind it as can tell whether it is one.
    let packetByteCount = 4 + 0xffff + 16
    return InterleavedScan.maxJunk + max(packetByteCount, maxHeadByteCount + maxBodyByteCount)
  }
}
