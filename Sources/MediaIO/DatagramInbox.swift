import CSystem
import Glibc

/// Room for the datagrams that one call receives, used again by the next.
public final class DatagramInbox {
  /// What is known of a datagram besides its bytes.
  public struct Datagram: Sendable {
    /// Who sent it; nil for a family we do not know.
    public let sender: SocketAddress?
    /// When the kernel had it, by `MonotonicClock`.
    public let arrival: Int64
    /// The same by the system's clock, in nanoseconds since 1970.
    public let wallClock: Int64
    /// Whether it was larger than the room for it, and has lost its end.
    public let isTruncated: Bool
    /// Where its bytes stand.
    fileprivate let range: Range<Int>

    /// Its size in bytes, as far as they were kept.
    public var byteCount: Int { range.count }
  }

  /// The most messages that one call receives.
  public static let capacity = Int(CSYSTEM_BATCH)

  /// Those of the last call, in the order of arrival.
  public private(set) var datagrams: [Datagram] = []
  private let room: UnsafeMutableRawBufferPointer
  private let roomEach: Int
  private var raw: [csystem_datagram]

  /// Makes room for `capacity` messages, 64 at most, of `byteCount` bytes each.
  ///
  /// As the pages are first touched when a datagram fills them, plenty costs nothing; less than
  /// 65,535 bytes is not enough for a socket that coalesces.
  public init(capacity: Int = DatagramInbox.capacity, byteCount: Int = 65_536) {
    precondition((1...Self.capacity).contains(capacity), "capacity out of range")
    precondition((1...65_536).contains(byteCount), "byteCount out of range")
    roomEach = byteCount
    room = .allocate(byteCount: capacity * byteCount, alignment: 4_096)
    raw = Array(repeating: csystem_datagram(), count: capacity)
  }

  deinit { room.deallocate() }

  /// How many datagrams the last call received.
  public var count: Int { datagrams.count }

  /// Hands `body` the bytes of the datagram at `index`, good for as long as it runs.
  public func withBytes<Result, Failure: Error>(
    _ index: Int, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(rebasing: room[datagrams[index].range]).bytes)
  }

  /// A copy of the bytes of the datagram at `index`.
  public func bytes(_ index: Int) -> [UInt8] { Array(room[datagrams[index].range]) }

  /// Receives what is there, without waiting.
  ///
  /// - Returns: How many messages came, or -1 and errno.
  func fill(from descriptor: Int32) -> Int32 {
    datagrams.removeAll(keepingCapacity: true)
    guard let start = room.baseAddress else { return 0 }
    let count = csystem_udp_receive(descriptor, start, roomEach, &raw, raw.count)
    guard count > 0 else { return count }
    let (now, wallClock) = (MonotonicClock.now(), WallClock.now())
    for index in 0..<Int(count) {
      let message = raw[index]
      let stamp = message.stamp != 0 ? message.stamp : wallClock
      let start = index * roomEach
      let whole = start..<start + min(Int(message.size), roomEach)
      let sender = withUnsafeBytes(of: message.address) { bytes in
        SocketAddress(sockaddr: .init(rebasing: bytes.prefix(Int(message.address_size))))
      }
      for range in Self.segments(of: whole, size: Int(message.segment)) {
        datagrams.append(
          Datagram(
            sender: sender,
            // The system's clock may have been set in between: nothing arrives after now.
            arrival: now - max(0, wallClock.subtractingReportingOverflow(stamp).partialValue),
            wallClock: stamp,
            isTruncated: message.is_truncated && range.upperBound == whole.upperBound,
            range: range))
      }
    }
    return count
  }

  /// The datagrams that the kernel has joined in `whole`.
  private static func segments(of whole: Range<Int>, size: Int) -> [Range<Int>] {
    guard size > 0, whole.count > size else { return [whole] }
    return stride(from: whole.lowerBound, to: whole.upperBound, by: size).map {
      $0..<min($0 + size, whole.upperBound)
    }
  }
}
