internal import Glibc
internal import MediaBytes
internal import MediaFFmpeg
internal import MediaFLV
internal import MediaIO

/// The bytes of INPUT in windows: of a file those asked for, of a stream those still wanted.
final class FLVInput {
  private enum Source {
    case file(ReadableFile)
    case stream(ReadableFile)
    /// A stream that has been read into already.
    case window(InputWindow)
    case network(NetworkInput)
    /// Anything that is read once, from its beginning to its end.
    case reader((UnsafeMutableRawBufferPointer) throws -> Int)
  }

  private static let largestBlock = 256 * 1024
  /// After a jump over a payload little is wanted: reading 1 KiB there takes a third of the time of
  /// reading everything, half of that a tenth less.
  private static let jumpBlocks = 256...1024
  private static let pollInterval: useconds_t = 100_000

  private let source: Source
  private let isSeekable: Bool
  /// Nanoseconds that a growing file may stay as it is; nil where the input does not grow.
  private let growthTimeout: Int64?
  private var window = Window()
  /// How far the input has been read.
  private var reach = 0
  /// The window before, to which a scanner returns that had to look ahead.
  private var lastWindow = Window()
  private var blockByteCount = FLVInput.jumpBlocks.upperBound
  /// What is read behind a jump: about what was looked at behind the latest ones.
  private var jumpByteCount = FLVInput.jumpBlocks.upperBound
  /// Where the last jump led, and how far one has looked since.
  private var (jump, sight) = (0, 0)
  /// Where the window begins in the input.
  var offset: Int { window.offset }
  /// Where the input ends; nil while that is not known.
  private(set) var end: Int?
  /// Called before each read that may have to wait.
  var willWait: () throws -> Void = {}

  /// A file or a pipe; `growthTimeout` makes the end of a file no end.
  init(_ file: ReadableFile, growthTimeout: Int64? = nil) {
    self.growthTimeout = growthTimeout
    isSeekable = file.isSeekable
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
    isSeekable = false
    growthTimeout = nil
  }

  init(_ window: InputWindow) {
    source = .window(window)
    isSeekable = false
    growthTimeout = nil
  }

  init(reading read: @escaping (UnsafeMutableRawBufferPointer) throws -> Int) {
    source = .reader(read)
    isSeekable = false
    growthTimeout = nil
  }

  deinit {
    window.buffer.deallocate()
    lastWindow.buffer.deallocate()
  }

  /// Bytes of the whole input, where that is known.
  var byteCount: Int? { end }

  /// Whether bytes may come later than they are asked for.
  var isLive: Bool {
    switch source {
    case .file: growthTimeout != nil
    case .stream, .window, .network, .reader: true
    }
  }

  /// Takes what has come for all of the input, after reading has failed; false where that is not
  /// known.
  func endEarly() -> Bool {
    switch source {
    case .file(let file):
      guard let count = file.currentByteCount, count >= reach else { return false }
      end = Int(count)
      // What was waited for lay behind the end.
      if window.count == 0 { window.offset = min(window.offset, Int(count)) }
    case .stream, .window, .network, .reader: end = window.end
    }
    return true
  }

  /// Shows the window to `body`, with its place in the input.
  func withWindow<Result, Failure: Error>(
    _ body: (RawSpan, Int) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(rebasing: window.buffer[..<window.count]).bytes, window.offset)
  }

  /// What is still there of the window before.
  var held: Range<Int> { isSeekable ? lastWindow.range : 0..<0 }

  /// Shows `body` what the window or the one before has of a range, from its beginning on.
  func withBytes<Result, Failure: Error>(
    of range: Range<Int>, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let present = window.bytes(of: range)
    guard present.count < range.count, held.contains(range.lowerBound) else {
      return try body(present.bytes)
    }
    let before = lastWindow.bytes(of: range)
    return try body(before.count > present.count ? before.bytes : present.bytes)
  }

  /// Whether a range is in the window.
  func covers(_ range: Range<Int>) -> Bool { window.covers(range) }

  /// Brings a window that covers `range`, or all of it that the input has.
  ///
  /// Of a stream, the bytes before `retained` are gone afterwards.
  ///
  /// - Throws: `ReadFailure`, and what `willWait` throws.
  func fill(_ range: Range<Int>, retaining retained: Int) throws {
    if window.covers(range) { return }
    if lastWindow.covers(range), isSeekable {
      (window, lastWindow) = (lastWindow, window)
      return
    }
    switch source {
    case .file(let file):
      let begun = min(retained, window.end)
      sight = max(sight, begun + FLVTagHeader.byteCount + FLVTag.bodyPrefix)
      try read(range, of: file)
    case .stream(let file): try append(range, retained) { try file.read(into: $0) }
    case .window(let source):
      try append(range, retained) { try source.read(at: Int64(window.end), into: $0) }
    case .network(let network): try append(range, retained) { try network.read(into: $0) }
    case .reader(let read): try append(range, retained, read: read)
    }
  }

  private func read(_ range: Range<Int>, of file: ReadableFile) throws {
    (window, lastWindow) = (lastWindow, window)
    let isNext = (lastWindow.offset...lastWindow.end).contains(range.lowerBound)
    blockByteCount =
      isNext ? min(2 * blockByteCount, Self.largestBlock) : byteCount(ofJumpTo: range.lowerBound)
    sight = range.upperBound
    let wanted = max(range.count, blockByteCount)
    window = window.withRoom(for: wanted)
    window.count = 0
    window.offset = range.lowerBound
    var quiet: Int64 = 0
    while true {
      let room = UnsafeMutableRawBufferPointer(rebasing: window.buffer[..<wanted])
      let count = try Self.input { try file.read(at: Int64(range.lowerBound), into: room) }
      if count > window.count { quiet = 0 }
      window.count = count
      if count < wanted { try refuseTruncated(file) }
      if count > 0 { reach = max(reach, window.end) }
      if window.covers(range) { return }
      // A regular file is always readable, so only looking again tells whether it has grown.
      guard let growthTimeout, end == nil, Signals.received == nil else {
        end = window.end
        return
      }
      guard quiet < growthTimeout else {
        throw ReadFailure(
          reason: IOFailure(call: "read", code: ETIMEDOUT, subject: file.subject))
      }
      try willWait()
      usleep(Self.pollInterval)
      quiet += Int64(Self.pollInterval) * 1000
    }
  }

  private func byteCount(ofJumpTo offset: Int) -> Int {
    // A byte too few costs a call, 64 too many a fiftieth of one.
    let looked = max(jumpByteCount - 4, sight - jump + 32)
    jumpByteCount = min(max(looked, Self.jumpBlocks.lowerBound), Self.jumpBlocks.upperBound)
    jump = offset
    return jumpByteCount
  }

  /// Throws where the last byte known of is there no more; what `stat` tells is no size in `/proc`.
  private func refuseTruncated(_ file: ReadableFile) throws {
    let known = max(reach, end ?? 0)
    guard known > 0 else { return }
    let count = try Self.input {
      try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) {
        try file.read(at: Int64(known - 1), into: $0)
      }
    }
    guard count == 0 else { return }
    throw ReadFailure(reason: Failure(.ioError, "the file was truncated while it was read"))
  }

  private func append(
    _ range: Range<Int>, _ retained: Int, read: (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws {
    precondition(min(retained, range.lowerBound) >= window.offset, "these bytes are gone")
    window = window.dropping(min(retained - window.offset, window.count))
      .withRoom(for: range.upperBound - window.offset)
    while !window.covers(range), end == nil {
      try willWait()
      let room = UnsafeMutableRawBufferPointer(rebasing: window.buffer[window.count...])
      let added = try Self.input { try read(room) }
      window.count += added
      if added == 0 { end = window.end }
    }
  }

  private static func input<Result>(_ read: () throws -> Result) throws -> Result {
    do {
      return try read()
    } catch {
      throw ReadFailure(reason: error)
    }
  }

  /// Some bytes of the input.
  private struct Window {
    var buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: FLVInput.largestBlock, alignment: 16)
    var offset = 0
    var count = 0
    var end: Int { offset + count }
    var range: Range<Int> { offset..<end }

    /// What it has of a range from its beginning on.
    func bytes(of range: Range<Int>) -> UnsafeRawBufferPointer {
      let start = range.lowerBound - offset
      guard start >= 0, start < count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
      return UnsafeRawBufferPointer(rebasing: buffer[start..<min(count, start + range.count)])
    }

    func covers(_ range: Range<Int>) -> Bool {
      range.lowerBound >= offset && range.upperBound <= end
    }

    // What changes a window gives it back, so that an input only ever loads and stores one: Swift
    // then has no need to check at each access that no other is under way.

    /// The window without its first bytes.
    func dropping(_ dropped: Int) -> Window {
      guard dropped > 0 else { return self }
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[dropped..<count]))
      return Window(buffer: buffer, offset: offset + dropped, count: count - dropped)
    }

    /// The window, able to hold more.
    func withRoom(for wanted: Int) -> Window {
      guard wanted > buffer.count else { return self }
      let larger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: (wanted / FLVInput.largestBlock + 1) * FLVInput.largestBlock, alignment: 16)
      larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      buffer.deallocate()
      return Window(buffer: larger, offset: offset, count: count)
    }
  }
}
