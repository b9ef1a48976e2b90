/// Frames in a row that have something in common.
struct Run: Sendable, Equatable {
  var frames: Range<Int64>
  /// Whether all their samples are 0.
  var isDigital = false
}

/// The runs of a chunk that are long enough, or touch one of its ends and may go on beyond.
struct RunsOfChunk: Sendable {
  /// In order; beyond one more than `SoundMeasurement.maxListed` only one that touches the end.
  var listed: [Run] = []
  /// How many more there are between the last two listed.
  var unlistedCount = 0

  private let minimum: Int64
  private let start: Int64
  private var open: Run?

  /// The runs of at least `minimum` frames within a chunk that begins at `start`.
  init(minimum: Int64, start: Int64) {
    self.minimum = minimum
    self.start = start
  }

  /// Whether the last frames given reach up to `frame`.
  func isOpen(at frame: Int64) -> Bool { open?.frames.upperBound == frame }

  /// Takes in frames behind all before; those that follow immediately continue the run.
  mutating func extend(_ frames: Range<Int64>, isDigital: Bool = false) {
    guard !frames.isEmpty else { return }
    if let run = open, run.frames.upperBound == frames.lowerBound {
      open = Run(
        frames: run.frames.lowerBound..<frames.upperBound, isDigital: run.isDigital && isDigital)
    } else {
      close()
      open = Run(frames: frames, isDigital: isDigital)
    }
  }

  /// Ends the chunk.
  mutating func finish(at end: Int64) {
    guard let run = open, run.frames.upperBound == end else { return close() }
    listed.append(run)
    open = nil
  }

  private mutating func close() {
    guard let run = open else { return }
    open = nil
    guard run.frames.count >= minimum || run.frames.lowerBound == start else { return }
    // One more than the joiner keeps, for the first may turn out too short.
    if listed.count <= SoundMeasurement.maxListed { listed.append(run) } else { unlistedCount += 1 }
  }
}

/// Joins the runs of chunks.
struct RunJoiner {
  /// The first `SoundMeasurement.maxListed`.
  private(set) var listed: [Run] = []
  private(set) var count = 0
  private let minimum: Int64
  private var open: Run?

  /// Keeps runs of at least `minimum` frames.
  init(minimum: Int64) { self.minimum = minimum }

  /// Takes in what a chunk of these frames has.
  mutating func append(_ runs: RunsOfChunk, of chunk: Range<Int64>) {
    for (index, run) in runs.listed.enumerated() {
      if index == runs.listed.count - 1, runs.unlistedCount > 0,
        run.frames.upperBound == chunk.upperBound
      {
        closeAndCount(runs.unlistedCount)
      }
      extend(run)
    }
    if runs.listed.last?.frames.upperBound != chunk.upperBound { closeAndCount(runs.unlistedCount) }
  }

  /// Takes in a run behind all before.
  mutating func extend(_ run: Run) {
    guard let before = open, before.frames.upperBound == run.frames.lowerBound else {
      close()
      open = run
      return
    }
    open = Run(
      frames: before.frames.lowerBound..<run.frames.upperBound,
      isDigital: before.isDigital && run.isDigital)
  }

  /// Ends the sound.
  mutating func finish() { close() }

  private mutating func closeAndCount(_ unlisted: Int) {
    close()
    count += unlisted
  }

  private mutating func close() {
    guard let run = open else { return }
    open = nil
    guard run.frames.count >= minimum else { return }
    count += 1
    if listed.count < SoundMeasurement.maxListed { listed.append(run) }
  }
}
