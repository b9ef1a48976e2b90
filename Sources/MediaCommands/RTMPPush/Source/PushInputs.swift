internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel

/// Opens inputs as messages.
struct PushInputs {
  let sources: FrameSources
  /// Whether H.265 is written as before Enhanced RTMP.
  let hevcIsDialect: Bool
  var coding = PushCoding()
  /// Whether raw tracks of pipes are sent in the order of their times rather than as they come.
  var isInOrder = false

  /// An opened input.
  struct Opened {
    var reading: any PushReading
    /// What it is, in FFmpeg's words.
    var formatName: String
    /// Whether reading may take long, so that it needs a thread of its own.
    var mayBlock = true
    /// nil where only reading tells.
    var hasSound: Bool?
    /// Whether it comes at the pace of its times by itself.
    var isLive = false
    var encoded: [EncodedTrack] = []
  }

  func open(_ text: String) throws -> Opened {
    if coding.isRaw { return try raw(text) }
    if text != "-", let url = MediaURL(text), url.scheme != "file" { return try frames(text) }
    let file = try file(text)
    guard file.isSeekable else { return try pipe(PipeInput(file)) }
    guard try PipeInput.isFLV({ try file.read(at: 0, into: $0) }) else { return try frames(text) }
    return Opened(
      reading: FLVMessages(FLVInput(file)), formatName: "flv", mayBlock: false)
  }

  /// A file, a FIFO, or what stands at standard input.
  private func file(_ text: String) throws -> ReadableFile {
    if text == "-" { return try sources.standardInput(sources.timeout) }
    let url = MediaURL(text)
    let path = url?.scheme == "file" ? url?.rest ?? text : text
    return try ReadableFile.open(path, readTimeout: sources.timeout)
  }

  private func frames(_ text: String) throws -> Opened {
    let recoder = recoder
    var sources = sources
    sources.recoding = recoder?.transcoder
    return try messages(try sources.open(text), recoder)
  }

  private var recoder: Recoder? { coding.isAutomatic ? Recoder(coding.options) : nil }

  private func messages(_ opened: FrameSources.Opened, _ recoder: Recoder?) throws -> Opened {
    Opened(
      reading: try FrameMessages(opened, hevcIsDialect: hevcIsDialect),
      formatName: opened.formatName,
      hasSound: opened.source.tracks.contains { $0.kind == .audio },
      encoded: recoder?.encoded ?? [])
  }

  private func raw(_ text: String) throws -> Opened {
    var inputs: [RawFrames] = []
    var encoded: [EncodedTrack] = []
    func add(_ path: String, _ from: String, _ transcoder: RawTranscoder, isFurther: Bool) throws {
      let prefix = isFurther ? "--raw-audio \(path): " : ""
      let input: RawFrames
      do {
        input = RawFrames(try file(path), prefix: prefix, transcoder)
      } catch {
        let failure = Failure(error)
        throw Failure(failure.exit, prefix + failure.message)
      }
      inputs.append(input)
      encoded.append(
        EncodedTrack(
          kind: input.track.kind, from: from, to: input.track.codec.rawValue,
          encoder: input.encoderName,
          note: EncodedTrack.sizeNote(coding.video?.width, coding.video?.height, input.track)))
    }
    if let video = coding.video {
      try add(
        text, video.format, try RawTranscoder(video, options: coding.options), isFurther: false)
    }
    if let audio = coding.audio {
      try add(
        audio.file ?? text, audio.input.format,
        try RawTranscoder(audio.input, trackIndex: inputs.count, options: coding.options),
        isFurther: audio.file != nil)
    }
    let media = try RawMedia(inputs, isInOrder: isInOrder)
    let opened = FrameSources.Opened(source: media, formatName: "rawvideo")
    return Opened(
      reading: try FrameMessages(opened, hevcIsDialect: false, lead: media.lead),
      formatName: coding.video == nil ? coding.audio?.input.format ?? "" : "rawvideo",
      hasSound: coding.audio != nil, isLive: media.isLive, encoded: encoded)
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
    let recoder = recoder
    let source = try DemuxerSource(demuxer, recoding: recoder?.transcoder)
    var frames: any FrameSource = InterleavedSource(source)
    if demuxer.formatName.contains("mp4") { frames = PipedMP4(source: frames) }
    let opened = FrameSources.Opened(source: frames, formatName: demuxer.formatName) {
      source.notes
    }
    return try messages(opened, recoder)
  }
}

/// Says why an MP4 cannot be read from a pipe, where FFmpeg only says that data is invalid.
private struct PipedMP4: FrameSource {
  var source: any FrameSource
  private var hasFrames = false

  init(source: any FrameSource) { self.source = source }

  var tracks: [Track] { source.tracks }

  mutating func next() throws -> Frame? {
    do {
      let frame = try source.next()
      hasFrames = true
      return frame
    } catch let error as FFmpegError where !hasFrames && error.reason == .invalidData {
      throw Failure(
        .dataError,
        "\(error); through a pipe, the index (moov) of an MP4 has to come before its media")
    }
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
