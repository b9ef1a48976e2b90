import MediaBytes

/// What almost every record of a pcap is: Ethernet, IPv4 without options and fragments, UDP, whole
/// and with all lengths right.
///
/// A `CapturedDatagram` says the same, and more; this is made without looking at anything twice.
public struct PlainDatagram: Hashable, Sendable {
  /// The number of its record, as Wireshark's.
  public let number: Int
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  public let time: Int64
  /// Where it came from.
  public let source: Endpoint
  /// Where it went.
  public let destination: Endpoint
  /// Where what it carries lies in the input.
  public let payload: Range<Int>
  /// The field of UDP; 0 is none.
  public let checksum: UInt16
}

extension CapturedDatagram {
  /// The same in the form that any datagram has.
  public init(_ plain: PlainDatagram) {
    self.init(
      number: plain.number, time: plain.time, source: plain.source,
      destination: plain.destination, payload: .input(plain.payload),
      originalByteCount: plain.payload.count, checksum: plain.checksum)
  }
}

extension CaptureReader {
  /// Takes the next record if it is a plain datagram and the window holds it.
  ///
  /// Otherwise nothing is taken, and `step` says what comes next.
  public mutating func takePlainDatagram(
    _ window: RawSpan, at windowOffset: Int
  ) -> PlainDatagram? {
    guard case .pcap(let header) = state, header.linkType == .ethernet, !header.isModified else {
      return nil
    }
    let start = position - windowOffset
    guard start >= 0, start + Self.plainHeaders <= window.byteCount else { return nil }
    // All these lie in front of the end that was just looked at.
    func word(_ place: Int) -> UInt64 {
      UInt64(
        bigEndian: unsafe window.unsafeLoadUnaligned(
          fromUncheckedByteOffset: start + place, as: UInt64.self))
    }
    func bits(_ word: UInt64, _ shift: UInt64, _ count: UInt64) -> Int {
      Int(word >> shift & (1 << count - 1))
    }
    let isBig = header.byteOrder == .big
    func number(_ bits: UInt64) -> UInt32 {
      let value = UInt32(truncatingIfNeeded: bits)
      return isBig ? value : value.byteSwapped
    }
    let (clock, lengths) = (word(0), word(8))
    let (network, fragment, addresses, udp) = (word(28), word(36), word(42), word(50))
    let capturedByteCount = Int(number(lengths >> 32))
    let ipByteCount = bits(network, 16, 16)
    let byteCount = ipByteCount - (Self.plainHeaders - 30)
    // EtherType, version and header length; flags and offset; protocol; the lengths of all layers.
    guard network >> 40 == UInt64(EtherType.ipv4) << 8 | 0x45, fragment >> 48 & 0x3fff == 0,
      bits(fragment, 32, 8) == 17, byteCount >= 0, bits(udp, 16, 16) == byteCount + 8,
      14 + ipByteCount <= capturedByteCount, capturedByteCount <= limits.maxRecordSize,
      start + 16 + capturedByteCount <= window.byteCount
    else { return nil }
    let first = position + Self.plainHeaders
    position += 16 + capturedByteCount
    recordCount += 1
    func endpoint(_ shift: UInt64, _ portShift: UInt64) -> Endpoint {
      Endpoint(
        address: IPAddress(ipv4: UInt32(truncatingIfNeeded: addresses >> shift)),
        port: UInt16(truncatingIfNeeded: udp >> portShift))
    }
    let fraction = Int64(number(clock)) * (header.isNanoseconds ? 1 : 1000)
    return PlainDatagram(
      number: recordCount, time: Int64(number(clock >> 32)) * 1_000_000_000 + fraction,
      source: endpoint(32, 48), destination: endpoint(0, 32), payload: first..<first + byteCount,
      checksum: UInt16(truncatingIfNeeded: udp))
  }

  /// The headers of a pcap's record, Ethernet, IPv4 and UDP.
  private static var plainHeaders: Int { PCAPHeader.recordByteCount + 14 + 20 + 8 }
}
