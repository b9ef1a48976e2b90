internal import Glibc
internal import MediaBytes
internal import MediaFFmpeg
internal import MediaIO

/// The bytes of INPUT in windows: of a file those asked for, of a stream those still wanted.
final class FLVInput {
  private enum Source {
    case file(ReadableFile)
    case stream(ReadableFile)
    case network(NetworkInput)
  }

  private static let blockByteCount = 256 * 1024
  private static let pollInterval: useconds_t = 100_000

  private let source: Source
  /// Nanoseconds that a growing file may stay as it is; nil where the input does not grow.
  private let growthTimeout: Int64?
  private var buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: FLVInput.blockByteCount, alignment: 16)
  private var count = 0
  /// Where the window begins in the input.
  private(set) var offset = 0
  /// Where the input ends; nil while that is not known.
  private(set) var end: Int?
  /// Called before each read that may have to wait.
  var willWait: () throws -> Void = {}

  /// A file or a pipe; `growthTimeout` makes the end of a file no end.
  init(_ file: ReadableFile, growthTimeout: Int64? = nil) {
    self.growthTimeout = growthTimeout
    if file.isSeekable {
      source = .file(file)
      // Files of /proc say 0 and hold more.
      if growthTimeout == nil, let size = file.byteCount, size > 0 { end = Int(size) }
    } else {
      source = .stream(file)
    }
  }

  init(_ network: NetworkInput) {
    source = .network(network)
    growthTimeout = nil
  }

  deinit { buffer.deallocate() }

  /// Bytes of the whole input, where that is known.
  var byteCount: Int? { end }

  /// Whether bytes may come later than they are asked for.
  var isLive: Bool {
    switch source {
    case .file: growthTimeout != nil
    case .stream, .network: true
    }
  }

  /// Shows the window to `body`, with its place in the input.
  func withWindow<Result, Failure: Error>(
    _ body: (RawSpan, Int) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let window = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    return try body(window.bytes, offset)
  }

  /// Whether all of `range` is in the window.
  private func covers(_ range: Range<Int>) -> Bool {
    range.lowerBound >= offset && range.upperBound <= offset + count
  }

  /// Brings a window that covers `range`, or all of it that the input has.
  ///
  /// Of a stream, the bytes before `retained` are gone afterwards.
  ///
  /// - Throws: `IOFailure`, `FFmpegError`.
  func fill(_ range: Range<Int>, retaining retained: Int) throws {
    if covers(range) { return }
    switch source {
    case .file(let file): try read(range, of: file)
    case .stream(let file):
      try append(range, retained) { try file.read(into: $0) }
    case .network(let network):
      try append(range, retained) { try network.read(into: $0) }
    }
  }

  private func read(_ range: Range<Int>, of file: ReadableFile) throws {
    makeRoom(for: range.count)
    var quiet: Int64 = 0
    while true {
      let wanted = max(range.count, min(Self.blockByteCount, buffer.count))
      count = try file.read(
        at: Int64(range.lowerBound),
        into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
      offset = range.lowerBound
      if covers(range) { return }
      guard let growthTimeout else {
        end = offset + count
        return
      }
      // A regular file is always readable, so only looking again tells whether it has grown.
      guard Signals.received == nil else {
        end = offset + count
        return
      }
      guard quiet < growthTimeout else {
        throw IOFailure(call: "read", code: ETIMEDOUT, subject: file.subject)
      }
      try willWait()
      usleep(Self.pollInterval)
      quiet += Int64(Self.pollInterval) * 1000
    }
  }

  private func append(
    _ range: Range<Int>, _ retained: Int, read: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws {
    precondition(min(retained, range.lowerBound) >= offset, "these bytes are gone")
    let dropped = min(retained - offset, count)
    if dropped > 0 {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[dropped..<count]))
      offset += dropped
      count -= dropped
    }
    makeRoom(for: range.upperBound - offset)
    while !covers(range), end == nil {
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      try willWait()
      let added = try read(room)
      count += added
      if added == 0 { end = offset + count }
    }
  }

  private func makeRoom(for wanted: Int) {
    guard wanted > buffer.count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: (wanted / Self.blockByteCount + 1) * Self.blockByteCount, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    buffer.deallocate()
    buffer = larger
  }
}
