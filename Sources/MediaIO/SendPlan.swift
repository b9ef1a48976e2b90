import CSystem

/// How a batch is cut into the messages that the kernel is handed.
struct SendPlan {
  /// The kernel takes no more segments a message before Linux 6.9.
  static let mostSegments = 64

  /// Messages in order.
  private(set) var runs: [csystem_run] = []
  /// How many datagrams each stands for.
  private(set) var counts: [Int] = []

  /// Plans the datagrams from `first` on: with segments, those of one size and a smaller one after
  /// them go as one message (udp(7), UDP_SEGMENT); without, each is one.
  init(_ sizes: [Int], from first: Int, inSegments: Bool) {
    var offset = sizes[..<first].reduce(0, +)
    var index = first
    while index < sizes.count {
      let segment = sizes[index]
      var (count, size) = (1, segment)
      // A segment of no bytes cannot be told from no segment.
      while inSegments, segment > 0, count < Self.mostSegments, index + count < sizes.count {
        let next = sizes[index + count]
        guard next > 0, next <= segment, size + next <= DatagramBatch.largestDatagram else { break }
        (count, size) = (count + 1, size + next)
        if next < segment { break }
      }
      runs.append(
        csystem_run(offset: offset, size: size, segment: count > 1 ? UInt16(segment) : 0))
      counts.append(count)
      (index, offset) = (index + count, offset + size)
    }
  }
}
