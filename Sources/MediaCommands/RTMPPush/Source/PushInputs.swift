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
