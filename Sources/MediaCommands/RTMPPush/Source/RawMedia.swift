internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel

/// Raw pictures and samples, each read and coded on a thread of its own, in the order of their times.
///
/// A pipe that stands still does not hold the other up for long; files are always waited for.
final class RawMedia: FrameSource {
  private struct Lane {
    let input: RawFrames
    let reader: BackgroundReader<Frame>
    var head: Frame?
    /// Nanoseconds: the time of the newest frame; before all times where there is none yet.
    var time = Int64.min / 2
    var isAtEnd = false
    /// Since when there has been nothing to take.
    var emptySince: Nanoseconds
    var isEmpty = false
  }

  let tracks: [Track]
  /// Milliseconds by which sound begins early.
  let lead: Int64
  /// Whether one of them is a pipe, whose writer sets the pace.
  let isLive: Bool
  private var lanes: [Lane] = []
  private let loop: EventLoop
  /// The time of the first frame handed out: servers count from there, and none may lie before it.
  private var begin: Int64?
  /// Nanoseconds by which frames may come before earlier ones of a pipe.
  private let disorder: Int64
  /// Nanoseconds after which a pipe that gives nothing is not waited for.
  private let patience: Nanoseconds

  /// Begins to read; with `isInOrder`, order counts more than time.
  init(_ inputs: [RawFrames], isInOrder: Bool) throws {
    loop = try EventLoop()
    tracks = inputs.map(\.track)
    lead = inputs.map(\.lead).max() ?? 0
    isLive = inputs.contains(where: \.isPipe)
    (disorder, patience) = isInOrder ? (0, 5_000_000_000) : (100_000_000, 500_000_000)
    for input in inputs {
      let handed = Handed(input: input)
      let reader = try BackgroundReader<Frame>(capacity: 32) { try handed.input.next() }
      lanes.append(Lane(input: input, reader: reader, emptySince: MonotonicClock.now()))
    }
  }

  /// The input is that thread's from then on, until it has come to its end.
  private struct Handed: @unchecked Sendable {
    let input: RawFrames
  }

  /// - Throws: `Failure` at the end, where the last picture or sample was not whole.
  func next() throws -> Frame? {
    while true {
      for index in lanes.indices { try look(index) }
      let first = lanes.indices.filter { lanes[$0].head != nil }.min {
        lanes[$0].time < lanes[$1].time
      }
      guard let first else {
        guard lanes.contains(where: { !$0.isAtEnd }) else { break }
        try wait(until: .max)
        continue
      }
      let now = MonotonicClock.now()
      let moment = lanes.map { limit(of: $0, before: lanes[first].time) }.max() ?? now
      if moment <= now {
        defer { lanes[first].head = nil }
        begin = begin ?? lanes[first].time
        return lanes[first].head
      }
      try wait(until: moment)
    }
    if let damage = lanes.compactMap(\.input.damage).first { throw damage }
    return nil
  }

  /// Waits for lanes that have nothing; those that have more than is wanted now would end it at once.
  private func wait(until moment: Nanoseconds) throws {
    for (index, lane) in lanes.enumerated() {
      if lane.head == nil, !lane.isAtEnd {
        try loop.watch(lane.reader.rawDescriptor, for: .readable, token: index)
      } else {
        try loop.unwatch(lane.reader.rawDescriptor)
      }
    }
    _ = try loop.wait(until: moment == .max ? nil : moment)
  }

  private func look(_ index: Int) throws {
    guard lanes[index].head == nil, !lanes[index].isAtEnd else { return }
    switch try lanes[index].reader.next() {
    case .value(let frame):
      lanes[index].isEmpty = false
      lanes[index].time = lanes[index].input.nanoseconds(frame)
      // Only what an encoder of sound begins with is left out so.
      if lanes[index].time < begin ?? .min { return try look(index) }
      lanes[index].head = frame
    case .empty:
      if !lanes[index].isEmpty {
        (lanes[index].isEmpty, lanes[index].emptySince) = (true, MonotonicClock.now())
      }
    case .end: lanes[index].isAtEnd = true
    }
  }

  /// Until when a frame of `time` waits for the next one of a lane; 0 where it does not.
  private func limit(of lane: Lane, before time: Int64) -> Nanoseconds {
    guard lane.head == nil, !lane.isAtEnd else { return 0 }
    guard lane.input.isPipe else { return .max }
    return time - lane.time <= disorder ? 0 : lane.emptySince.addingOrMax(patience)
  }
}

/// Raw pictures or samples of a file or a pipe, coded as they are read.
///
/// Belongs to one thread.
final class RawFrames {
  /// What is read at once.
  private static let blockByteCount = 1 << 18

  let track: Track
  /// Milliseconds by which the first frame lies before time 0.
  let lead: Int64
  let isPipe: Bool
  let encoderName: String
  /// What is wrong with the end, once it has been read.
  private(set) var damage: Failure?
  private let file: ReadableFile
  /// What to say in front of failures.
  private let prefix: String
  private let transcoder: RawTranscoder
  private var block = [UInt8](repeating: 0, count: blockByteCount)
  private var frames: ArraySlice<Frame> = []
  private var isEmpty = true
  private var isAtEnd = false

  init(_ file: ReadableFile, prefix: String = "", _ transcoder: RawTranscoder) {
    (self.file, self.prefix, self.transcoder) = (file, prefix, transcoder)
    (track, encoderName) = (transcoder.track, transcoder.transcoder.encoderName)
    isPipe = !file.isSeekable
    let padding = MediaTime(
      ticks: Int64(transcoder.transcoder.initialPadding), timescale: track.timescale)
    lead = padding.rescaled(to: .milliseconds)?.ticks ?? 0
  }

  func next() throws -> Frame? {
    while true {
      if let frame = frames.popFirst() { return frame }
      guard !isAtEnd else { return nil }
      do {
        try read()
      } catch {
        let failure = Failure(error)
        throw Failure(failure.exit, prefix + failure.message)
      }
    }
  }

  private func read() throws {
    let count = try block.withUnsafeMutableBytes { try file.read(into: $0) }
    guard count == 0 else {
      isEmpty = false
      return try block.withUnsafeBytes {
        try transcoder.transcode(UnsafeRawBufferPointer(rebasing: $0[..<count])) {
          frames.append($0)
        }
      }
    }
    isAtEnd = true
    if isEmpty { damage = Failure(.dataError, prefix + "the input is empty") }
    if let (byteCount, expected) = try transcoder.finish(output: { frames.append($0) }) {
      let what = track.kind == .video ? "picture" : "sample"
      damage = Failure(
        .dataError,
        "\(prefix)the last \(what) is cut off: \(byteCount) of \(expected) bytes; it is left out")
    }
  }

  /// When a frame is to be decoded.
  func nanoseconds(_ frame: Frame) -> Int64 {
    MediaTime(ticks: frame.dts ?? frame.pts ?? 0, timescale: track.timescale)
      .rescaled(to: .nanoseconds)?.ticks ?? .max
  }
}
