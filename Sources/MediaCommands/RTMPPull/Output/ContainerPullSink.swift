internal import MediaBytes
internal import MediaFFmpeg
internal import MediaFLV
internal import MediaIO
internal import MediaModel

/// The frames in a container, through FFmpeg's muxer.
///
/// A container begins with its tracks, so the first frames wait until every stream that is announced
/// has one, or some seconds have passed. Where a configuration changes that a container says once and
/// for all, frames go on in a new file; MPEG-TS begins anew in the same.
final class ContainerPullSink: PullSink {
  /// How long first frames wait: milliseconds and bytes of media.
  private static let longestWait: (time: Int64, byteCount: Int) = (3000, 32 << 20)

  private let format: ContainerFormat
  private let files: RecordedFiles
  private var output: ResultOutput
  private var frames = FLVFrames()
  private var muxer: Muxer?
  /// Of the container that is written, by the inspector's index of the stream.
  private var tracks: [Int: PullTrack] = [:]
  private var waiting: [Frame] = []
  private var waitingByteCount = 0
  private var waitStart: Int64?
  private var ignored: Set<Int> = []
  private var notes: [String] = []
  /// The time at which the present file begins.
  private var origin: Int64 = 0

  init(_ format: ContainerFormat, _ files: RecordedFiles) throws {
    (self.format, self.files) = (format, files)
    output = try files.next()
  }

  func write(
    _ message: PullMessage, _ record: FLVTagRecord, _ inspector: FLVInspector
  ) throws {
    // Times of tags end at 31 bits.
    let later = message.time - record.dts
    for var frame in try frames.take(record, message.payload.span.bytes, inspector) {
      frame.dts = frame.dts.map { $0 + later }
      frame.pts = frame.pts.map { $0 + later }
      try take(frame, inspector)
    }
  }

  private func take(_ frame: Frame, _ inspector: FLVInspector) throws {
    if muxer != nil { return try write(frame, inspector) }
    waiting.append(frame)
    waitingByteCount += frame.data.count
    let time = frame.dts ?? 0
    let start = waitStart ?? time
    waitStart = start
    if isComplete(inspector) || time - start >= Self.longestWait.time
      || waitingByteCount > Self.longestWait.byteCount
    {
      try beginWaiting(inspector)
    }
  }

  /// Whether every stream that is announced has a frame.
  private func isComplete(_ inspector: FLVInspector) -> Bool {
    guard let metadata = inspector.metadata?.value else { return false }
    let streams = inspector.streams
    guard streams.allSatisfy({ $0.frames > 0 }) else { return false }
    let videos = metadata.videoCodecID == nil ? 0 : 1 + metadata.videoTracks.count
    let audios = metadata.audioCodecID == nil ? 0 : 1 + metadata.audioTracks.count
    return videos + audios > 0 && streams.count { $0.kind == .video } >= videos
      && streams.count { $0.kind == .audio } >= audios
  }

  // MARK: Containers

  private func beginWaiting(_ inspector: FLVInspector) throws {
    let held = waiting
    (waiting, waitingByteCount) = ([], 0)
    try begin(held, inspector)
    for frame in held { try write(frame, inspector) }
  }

  /// Begins a container with the streams that `held` has frames of, or with those of the one before.
  private func begin(_ held: [Frame], _ inspector: FLVInspector) throws {
    var chosen: [Int: PullTrack] = [:]
    var described: [MuxerTrack] = []
    for stream in inspector.streams {
      let first = held.first { $0.track == stream.index }
      guard first != nil || tracks[stream.index] != nil else { continue }
      guard let codec = stream.codec, format.holds(codec) else {
        leaveOut(stream)
        continue
      }
      let configuration =
        tracks.isEmpty
        ? frames.configuration(stream, waiting: held) : stream.configuration ?? []
      chosen[stream.index] = PullTrack(
        stream, codec, place: described.count, configuration: configuration)
      described.append(
        MuxerTrack(
          stream, codec, configuration: configuration, firstFrame: first?.data ?? [],
          isISO: format.isISO))
    }
    guard !described.isEmpty else {
      throw Failure(.unavailable, "there is nothing that a \(format.name) file can hold")
    }
    let hasVideo = chosen.values.contains { $0.kind == .video }
    try makeMuxer(described, hasVideo: hasVideo, isFurther: !tracks.isEmpty)
    tracks = chosen
  }

  private func makeMuxer(
    _ described: [MuxerTrack], hasVideo: Bool, isFurther: Bool
  ) throws {
    var options = MuxerOptions()
    options.options = format.options(hasVideo: hasVideo, isLive: true)
    if isFurther, format.muxer == "mpegts" {
      options.options.append(("mpegts_flags", "initial_discontinuity"))
    }
    options.isBitExact = true
    let output = output
    do {
      muxer = try Muxer(format: format.muxer, tracks: described, options: options) { bytes, _ in
        try output.write(bytes)
      }
      output.endHeader()
    } catch let error as FFmpegError {
      let codecs = described.map(\.codec).joined(separator: ", ")
      throw Failure(.unavailable, "this FFmpeg makes no \(format.name) file of \(codecs): \(error)")
    }
  }

  private func leaveOut(_ stream: FLVStream) {
    guard ignored.insert(stream.index).inserted else { return }
    let codec = stream.codec?.rawValue ?? "an unknown codec"
    let isHeld = stream.codec.map(format.holds) ?? false
    notes.append(
      isHeld
        ? "a track of \(codec) that begins later than the \(format.name) file is left out"
        : "\(format.name) files do not hold \(codec): a track is left out")
  }

  // MARK: Frames

  private func write(_ frame: Frame, _ inspector: FLVInspector) throws {
    let stream = inspector.streams[frame.track]
    guard tracks[frame.track] != nil else { return leaveOut(stream) }
    if let configuration = frame.configuration {
      try change(frame, configuration, stream, inspector)
    }
    guard var track = tracks[frame.track], let muxer else { return }
    let (dts, pts) = track.times(frame)
    tracks[frame.track] = track
    let data =
      frame.isKey && !track.parameterSets.isEmpty ? track.parameterSets + frame.data : frame.data
    try muxing {
      try data.span.bytes.withUnsafeBytes {
        try muxer.write(
          $0, track: track.place, pts: pts - origin, dts: dts - origin,
          isKey: frame.isKey || track.kind != .video)
      }
    }
  }

  /// Goes on with another configuration.
  private func change(
    _ frame: Frame, _ configuration: [UInt8], _ stream: FLVStream, _ inspector: FLVInspector
  ) throws {
    guard var track = tracks[frame.track] else { return }
    if track.configuration == configuration, track.codec == stream.codec {
      track.parameterSets = []
      tracks[frame.track] = track
      return
    }
    if format.muxer == "matroska", track.takeOver(configuration, stream.codec) {
      tracks[frame.track] = track
      return
    }
    try muxing { try muxer?.finish() }
    muxer = nil
    if format.muxer != "mpegts" {
      try output.finish()
      output = try files.next()
      origin = frame.dts ?? 0
      notes.append(
        "the decoder configuration changes at \(Quantity.time(Double(origin) / 1000)): "
          + "goes on in \(files.last)")
    }
    try begin([frame], inspector)
  }

  private func muxing(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as FFmpegError {
      throw Failure(.dataError, "the \(format.name) file cannot go on: \(error)")
    }
  }

  // MARK: The end

  func flush() throws {
    guard muxer != nil else { return }
    try output.flush()
  }

  func finish(_ inspector: FLVInspector) throws {
    if muxer == nil, !waiting.isEmpty { try beginWaiting(inspector) }
    guard let muxer else { return output.abandon() }
    try muxing { try muxer.finish() }
    try output.finish()
  }

  func abandon() { output.abandon() }

  func takeNotes() -> [String] {
    defer { notes = [] }
    return notes
  }
}
