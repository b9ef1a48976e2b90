internal import MediaFFmpeg
internal import MediaIO

/// Opens inputs as messages.
struct PushInputs {
  let sources: FrameSources
  /// Whether H.265 is written as before Enhanced RTMP.
  let hevcIsDialect: Bool

  /// An opened input.
  struct Opened {
    var reading: any PushReading
    /// What it is, in FFmpeg's words.
    var formatName: String
    /// Whether reading may take long, so that it needs a thread of its own.
    var mayBlock = true
  }

  func open(_ text: String) throws -> Opened {
    if text != "-", let url = MediaURL(text), url.scheme != "file" { return try frames(text) }
    let path = text == "-" ? nil : MediaURL(text)?.rest ?? text
    let file =
      try path.map { try ReadableFile.open($0, readTimeout: sources.timeout) }
      ?? sources.standardInput(sources.timeout)
    guard file.isSeekable else { return try pipe(PipeInput(file)) }
    guard try PipeInput.isFLV({ try file.read(at: 0, into: $0) }) else { return try frames(text) }
    return Opened(
      reading: FLVMessages(FLVInput(file)), formatName: "flv", mayBlock: false)
  }

  private func frames(_ text: String) throws -> Opened {
    let opened = try sources.open(text)
    return Opened(
      reading: try FrameMessages(opened, hevcIsDialect: hevcIsDialect),
      formatName: opened.formatName)
  }

  /// What comes through a pipe may never end: nothing of it is kept.
  private func pipe(_ input: PipeInput) throws -> Opened {
    if try input.beginsAsFLV() {
      return Opened(reading: FLVMessages(FLVInput { try input.read(into: $0) }), formatName: "flv")
    }
    var options = DemuxerOptions()
    options.timeout = sources.timeout
    options.cancelled = Signals.interrupts
    options.input = input
    let demuxer = try Demuxer(url: "", options: options)
    try demuxer.findStreamInfo()
    let source = try DemuxerSource(demuxer)
    let opened = FrameSources.Opened(
      source: InterleavedSource(source), formatName: demuxer.formatName
    ) { source.notes }
    return Opened(
      reading: try FrameMessages(opened, hevcIsDialect: hevcIsDialect),
      formatName: demuxer.formatName)
  }
}

/// A pipe whose first bytes were looked at.
private final class PipeInput: RandomAccessInput {
  private let file: ReadableFile
  private var start: ArraySlice<UInt8> = []

  init(_ file: ReadableFile) { self.file = file }

  static func isFLV(_ read: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> Bool {
    try withUnsafeTemporaryAllocation(byteCount: 3, alignment: 1) {
      try read($0) == 3 && $0.elementsEqual("FLV".utf8)
    }
  }

  func beginsAsFLV() throws -> Bool {
    while start.count < 3 {
      let count = try withUnsafeTemporaryAllocation(byteCount: 3, alignment: 1) { room in
        let count = try file.read(
          into: UnsafeMutableRawBufferPointer(rebasing: room[start.count...]))
        start += room[start.count..<start.count + count]
        return count
      }
      guard count > 0 else { break }
    }
    guard !start.isEmpty else { throw Failure(.dataError, "the input is empty") }
    return start.elementsEqual("FLV".utf8)
  }

  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    guard !start.isEmpty else { return try file.read(into: room) }
    let first = start.prefix(room.count)
    room.copyBytes(from: first)
    start = start.dropFirst(first.count)
    return first.count
  }

  let isSeekable = false
  func byteCount() throws -> Int64? { nil }
  func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try read(into: buffer)
  }
}

/// The messages of a source for an event loop: read at once where that never waits, else on a
/// thread of their own.
final class PushFeed {
  private let source: PushSource
  private let reader: BackgroundReader<PushMessage>?
  private var next: BackgroundReader<PushMessage>.Step?

  init(_ source: PushSource, mayBlock: Bool) throws {
    self.source = source
    let handed = Handed(source: source)
    reader = mayBlock ? try BackgroundReader(capacity: 64) { try handed.source.next() } : nil
  }

  /// The source is that thread's from then on, but for the notes at the end.
  private struct Handed: @unchecked Sendable {
    let source: PushSource
  }

  /// What to watch where `peek` says `empty`.
  var descriptor: Int32? { reader?.rawDescriptor }

  /// What comes next, which stays there until `take`.
  ///
  /// - Throws: what reading the input throws.
  func peek() throws -> BackgroundReader<PushMessage>.Step {
    if let next { return next }
    let step: BackgroundReader<PushMessage>.Step
    if let reader {
      step = try reader.next()
    } else {
      step = try source.next().map { .value($0) } ?? .end
    }
    if case .empty = step {} else { next = step }
    return step
  }

  /// Goes on behind what `peek` has shown.
  func take() { next = nil }

  /// What a user should know about what was not sent; to be asked for behind the end alone.
  var notes: [String] { source.notes }
}
