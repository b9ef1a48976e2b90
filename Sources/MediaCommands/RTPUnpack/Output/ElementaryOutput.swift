internal import Glibc
internal import MediaBytes
internal import MediaFLV
internal import MediaIO
internal import MediaModel
internal import MediaRTP

/// Takes the frames of all sources and writes those it wants.
protocol RTPMediaOutput: AnyObject {
  func add(_ frame: RTPFrame, _ track: RTPTrack, _ session: RTPSession) throws
  /// Hands on what is written so far.
  func flush() throws
  /// Completes the output; gives what is missing from it.
  func finish(_ session: RTPSession) throws -> [Failure]
  /// What the output lacks, once it is complete.
  var omissions: RTPOmissions { get }
  /// Whether pictures before the first keyframe are left out.
  var beginsWithKeyframes: Bool { get }
  /// Leaves no file behind.
  func abandon()
}

extension RTPMediaOutput {
  var beginsWithKeyframes: Bool { false }
}

/// One track as its codec's own stream format.
final class ElementaryOutput: RTPMediaOutput {
  /// Makes the writer of a codec.
  typealias Maker = @Sendable (RTPTrack, any ByteOutput) throws -> any ElementaryStream

  private let codecs: Set<Codec>
  private let what: String
  private let selection: TrackSelection?
  private let output: ResultOutput
  private let make: Maker
  private var track: RTPTrack?
  private var stream: (any ElementaryStream)?
  private var configuration: [UInt8] = []
  private var start: Int64 = 0
  private var frames = 0
  private(set) var omissions = RTPOmissions()
  /// Frames left out, and why the first of them was.
  private var lost: (count: Int, reason: String)?

  init(
    _ codecs: Set<Codec>, _ what: String, _ selection: TrackSelection?, _ output: ResultOutput,
    _ make: @escaping Maker
  ) {
    (self.codecs, self.what, self.selection) = (codecs, what, selection)
    (self.output, self.make) = (output, make)
  }

  func add(_ frame: RTPFrame, _ track: RTPTrack, _ session: RTPSession) throws {
    guard codecs.contains(track.codec) else { return }
    if let known = self.track {
      guard known.isSame(as: track) else {
        omissions.leaveOut(track, selection, session)
        return
      }
    } else {
      if let selection, !selection.takes(track, of: session) { return }
      self.track = track
      omissions.written = [track.source.number]
      start = frame.timestamp
      stream = try make(track, output)
    }
    guard !frame.data.isEmpty, let stream else { return }
    try write(frame, track, stream)
  }

  private func write(
    _ frame: RTPFrame, _ track: RTPTrack, _ stream: any ElementaryStream
  ) throws {
    let milliseconds = (frame.timestamp - start) * 1000 / Int64(track.clockRate)
    do {
      let found = track.configuration
      if !found.isEmpty, found != configuration {
        configuration = found
        try stream.configure(found)
      }
      if let samples = stream as? WAVStream {
        try samples.fill(before: frame.data.count, at: frame.timestamp)
      }
      try stream.write(frame.data.span.bytes, pts: milliseconds)
      frames += 1
    } catch let error as IOFailure {
      throw error.code == EPIPE ? error : Failure.output(error)
    } catch let error as Failure {
      throw error
    } catch {
      lost = (
        (lost?.count ?? 0) + 1, lost?.reason ?? "in packet \(frame.packets.lowerBound): \(error)"
      )
    }
  }

  func flush() throws { try output.flush() }

  func finish(_ session: RTPSession) throws -> [Failure] {
    guard frames > 0 else {
      output.abandon()
      let reason = lost.map { ": \($0.count) frames left out, the first \($0.reason)" } ?? ""
      let sentence =
        selection?.disappointment(session) ?? "there is no \(what) to write\(reason)"
      return [Failure(.dataError, sentence)]
    }
    if let samples = stream as? WAVStream, let track {
      omissions.silence = (track.source.number, samples.gaps)
    }
    try stream?.finish()
    try output.finish()
    guard let lost else { return [] }
    return [
      Failure(
        .dataError, "\(Quantity.counted(lost.count, "frame")) left out, the first \(lost.reason)")
    ]
  }

  func abandon() { output.abandon() }
}

/// H.264 and H.265 as the NAL units that came, in order, each behind a start code.
///
/// Parameter sets of the session description go in front if none came in band, which only the end
/// shows: until then, or until one comes, all waits in memory or a temporary file. Of a recording the
/// first keyframe shows it: without them nothing could be decoded.
final class NALUnitStream: ElementaryStream {
  private let output: any ByteOutput
  private let isParameterSet: (UInt8) -> Bool
  private let parameterSets: () -> [[UInt8]]
  private let isRecording: Bool
  private var spool: SpoolOutput?
  private var writer = ByteWriter()

  /// `parameterSets` is asked at the end.
  init(
    _ codec: Codec, _ output: any ByteOutput, hasDescribedSets: Bool,
    parameterSets: @escaping () -> [[UInt8]]
  ) {
    self.output = output
    isParameterSet =
      codec == .h264
      ? { [7, 8].contains($0 & 0x1f) } : { (32...34).contains($0 >> 1 & 0x3f) }
    self.parameterSets = parameterSets
    isRecording = (output as? ResultOutput)?.isRecording ?? false
    spool = hasDescribedSets ? SpoolOutput() : nil
  }

  func write(_ frame: RawSpan, pts: Int64) throws {
    var reader = ByteReader(frame)
    var hasSets = false
    while reader.remaining >= 4 {
      let count = Int(try reader.u32("NAL unit length"))
      let unit = try reader.take(min(count, reader.remaining), "NAL unit")
      guard unit.byteCount > 0 else { continue }
      hasSets = hasSets || isParameterSet(unit.byte(at: 0))
      writer.integer(1 as UInt32)
      writer.append(unit)
    }
    if hasSets, let spool {
      try spool.copy(to: output)
      self.spool = nil
    } else if isRecording, spool != nil {
      var frame = writer
      writer = ByteWriter()
      try finish()
      spool = nil
      return try output.drain(&frame)
    }
    if let spool { try spool.drain(&writer) } else { try output.drain(&writer) }
  }

  func finish() throws {
    guard let spool else { return }
    for set in parameterSets() {
      writer.integer(1 as UInt32)
      writer.append(set)
    }
    try output.drain(&writer)
    try spool.copy(to: output)
  }
}

/// MPEG-4 Visual, the configuration of the session description in front of frames that came without.
final class MP4VStream: ElementaryStream {
  private let output: any ByteOutput
  private var pending: [UInt8] = []

  init(_ output: any ByteOutput) { self.output = output }

  func configure(_ configuration: [UInt8]) { pending = configuration }

  func write(_ frame: RawSpan, pts: Int64) throws {
    let configuration = pending
    pending = []
    let isInFrame =
      frame.byteCount >= configuration.count
      && frame.extracting(0..<configuration.count).elementsEqual(configuration.span.bytes)
    if !isInFrame { try output.write(configuration.span.bytes) }
    try output.write(frame)
  }
}

/// Sound without compression in WAV, its size in front.
final class WAVStream: ElementaryStream {
  private let output: any ByteOutput
  private let samples: HeadedOutput
  private let tag: UInt16
  private let bytesPerSample: UInt16
  private let channels: UInt16
  private let sampleRate: UInt32
  private var byteCount = 0
  private(set) var gaps: SampleGaps

  /// What WAV has a number for.
  static let codecs: Set<Codec> = [
    .pcmU8, .pcmS16LE, .pcmALaw, .pcmMuLaw, Codec(rawValue: "pcm_s24le"),
  ]

  init(_ track: RTPTrack, _ output: any ByteOutput) {
    self.output = output
    samples = HeadedOutput(output)
    switch track.codec {
    case .pcmALaw: (tag, bytesPerSample) = (6, 1)
    case .pcmMuLaw: (tag, bytesPerSample) = (7, 1)
    case .pcmU8: (tag, bytesPerSample) = (1, 1)
    case .pcmS16LE: (tag, bytesPerSample) = (1, 2)
    default: (tag, bytesPerSample) = (1, 3)
    }
    channels = UInt16(clamping: track.channels ?? 1)
    sampleRate = UInt32(clamping: track.sampleRate)
    gaps = SampleGaps(clockRate: track.clockRate, sampleRate: sampleRate)
  }

  /// Puts silence where samples are missing before so many bytes of a timestamp.
  func fill(before count: Int, at ticks: Int64) throws {
    let block = Int(bytesPerSample) * Int(max(1, channels))
    var missing = gaps.missing(before: ticks, of: count / block) * block
    let piece = [UInt8](repeating: Self.silence(tag, bytesPerSample), count: min(missing, 1 << 16))
    while missing > 0 {
      let part = min(missing, piece.count)
      try append(piece.span.bytes.extracting(0..<part))
      missing -= part
    }
  }

  /// The code of no sound: of G.711 +0 (ITU-T G.711), of 8 bits the middle.
  private static func silence(_ tag: UInt16, _ bytesPerSample: UInt16) -> UInt8 {
    switch (tag, bytesPerSample) {
    case (6, _): 0xd5
    case (7, _): 0xff
    case (_, 1): 0x80
    default: 0
    }
  }

  func write(_ frame: RawSpan, pts: Int64) throws { try append(frame) }

  private func append(_ bytes: RawSpan) throws {
    // A size that is not known is left to the end of the file.
    try samples.write(bytes) { header(.max) }
    byteCount += bytes.byteCount
  }

  func finish() throws {
    // So is one that 32 bits cannot say.
    let size = UInt32(clamping: byteCount)
    try samples.finish(header: header(size))
    guard size % 2 == 1 else { return }
    try output.write([0 as UInt8].span.bytes)
  }

  private func header(_ size: UInt32) -> [UInt8] {
    let block = bytesPerSample &* channels
    var writer = ByteWriter()
    writer.append([UInt8]("RIFF".utf8))
    writer.integer(littleEndian: size > UInt32.max - 36 ? UInt32.max : size + 36 + size % 2)
    writer.append([UInt8]("WAVEfmt ".utf8))
    writer.integer(littleEndian: 16 as UInt32)
    writer.integer(littleEndian: tag)
    writer.integer(littleEndian: channels)
    writer.integer(littleEndian: sampleRate)
    writer.integer(littleEndian: sampleRate &* UInt32(block))
    writer.integer(littleEndian: block)
    writer.integer(littleEndian: 8 * bytesPerSample)
    writer.append([UInt8]("data".utf8))
    writer.integer(littleEndian: size)
    return writer.bytes
  }
}

/// Pictures, each a file of its own.
final class PictureSequence: RTPMediaOutput {
  private let pattern: (before: String, width: Int, after: String)
  private let selection: TrackSelection?
  private let force: Bool
  private var track: RTPTrack?
  private var count = 0
  private(set) var omissions = RTPOmissions()

  /// nil unless `path` holds one `%d` or `%05d`.
  init?(_ path: String, _ selection: TrackSelection?, force: Bool) {
    guard let percent = path.firstIndex(of: "%") else { return nil }
    let rest = path[path.index(after: percent)...]
    let digits = rest.prefix { $0.isNumber }
    guard rest.dropFirst(digits.count).first == "d", digits.count <= 3 else { return nil }
    pattern = (
      String(path[..<percent]), Int(digits) ?? 0, String(rest.dropFirst(digits.count + 1))
    )
    self.selection = selection
    self.force = force
  }

  func add(_ frame: RTPFrame, _ track: RTPTrack, _ session: RTPSession) throws {
    guard track.codec.rawValue == "mjpeg" else { return }
    if let known = self.track {
      guard known.isSame(as: track) else {
        omissions.leaveOut(track, selection, session)
        return
      }
    } else {
      guard selection?.takes(track, of: session) ?? true else { return }
      self.track = track
      omissions.written = [track.source.number]
    }
    count += 1
    let number = String(count)
    let zeros = String(repeating: "0", count: max(0, pattern.width - number.count))
    do {
      var file = try OutputFile(path: pattern.before + zeros + number + pattern.after, force: force)
      try file.write(frame.data)
      try file.finish()
    } catch {
      throw Failure.output(error)
    }
  }

  func flush() {}
  func abandon() {}

  func finish(_ session: RTPSession) -> [Failure] {
    return count > 0 ? [] : [Failure(.dataError, "there is no JPEG to write")]
  }
}
