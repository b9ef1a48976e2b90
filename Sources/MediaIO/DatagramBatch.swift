/// Datagrams to be sent together, of one size or of many.
public struct DatagramBatch: Sendable {
  /// The largest payload that UDP over IPv4 carries, in bytes.
  public static let largestDatagram = 65_507

  /// All of them behind each other.
  public private(set) var bytes: [UInt8] = []
  /// The size of each.
  public private(set) var sizes: [Int] = []

  /// Makes an empty one.
  public init() {}

  /// How many there are.
  public var count: Int { sizes.count }

  /// Adds a datagram.
  public mutating func append(_ datagram: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: datagram)
    sizes.append(datagram.count)
  }

  /// Adds a datagram.
  public mutating func append(_ datagram: [UInt8]) {
    bytes.append(contentsOf: datagram)
    sizes.append(datagram.count)
  }

  /// Adds the datagram that `body` appends to the bytes before it.
  ///
  /// `body` must not touch what it finds there.
  public mutating func append<Failure: Error>(
    building body: (inout [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let start = bytes.count
    do {
      try body(&bytes)
    } catch {
      bytes.removeLast(max(0, bytes.count - start))
      throw error
    }
    precondition(bytes.count >= start, "a datagram takes bytes away")
    sizes.append(bytes.count - start)
  }

  /// Empties it and keeps its room.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    sizes.removeAll(keepingCapacity: true)
  }
}
