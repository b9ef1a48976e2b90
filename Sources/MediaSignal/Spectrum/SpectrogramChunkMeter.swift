internal import MediaRaw

/// The spectra of one chunk of a sound; `SpectrogramMeter` joins those of all.
///
/// Each transform belongs to the chunk that holds its last frame; what it reads of the frames before
/// the chunk comes from settling, and is silence beyond that.
struct SpectrogramChunkMeter: Sendable {
  private let tables: SpectrogramTables
  /// The last samples of each channel so far, at least those that transforms to come will read.
  private var recent: [[Float]]
  private var chunk: SpectrogramChunk
  private var next: SpectrogramGrid.Place
  /// The frame after the last one taken.
  private var position: Int64
  private var windowed: [Float]
  private var scratch: [Float]

  /// A meter of a chunk that begins with a frame; chunks of one sound should rather share tables.
  init(plan: SpectrogramPlan, channelCount: Int, firstFrame: Int64) {
    self.init(SpectrogramTables(plan), channelCount: channelCount, firstFrame: firstFrame)
  }

  /// A meter of a chunk that begins with a frame.
  init(_ tables: SpectrogramTables, channelCount: Int, firstFrame: Int64) {
    self.tables = tables
    position = firstFrame
    next = tables.grid.first(endingAfter: firstFrame)
    recent = Array(repeating: [], count: channelCount)
    chunk = SpectrogramChunk(channelCount: channelCount)
    windowed = Array(repeating: 0, count: tables.transform.size)
    scratch = Array(repeating: 0, count: tables.transform.scratchCount)
  }

  /// Takes frames that stand right before the chunk, in order, before any of the chunk's own.
  mutating func settle(_ planes: SamplePlanes) { take(planes) }

  /// Takes the next frames of the chunk.
  mutating func add(_ planes: SamplePlanes) {
    take(planes)
    advance(planes.frameCount)
  }

  /// The chunk, of which all frames have been added.
  consuming func finish() -> SpectrogramChunk {
    let size = tables.transform.size
    chunk.end = position
    chunk.tail = recent.map { Array($0.suffix(size)) }
    return chunk
  }

  private mutating func take(_ planes: SamplePlanes) {
    for channel in recent.indices {
      unsafe take(planes.floats(channel), of: channel)
    }
  }

  /// Takes the next samples of a channel.
  mutating func take(_ samples: UnsafeBufferPointer<Float>, of channel: Int) {
    let size = tables.transform.size
    let surplus = recent[channel].count - size
    if surplus > 3 * size { recent[channel].removeFirst(surplus) }
    unsafe recent[channel].append(contentsOf: samples.lazy.map(Self.bounded))
  }

  /// Counts frames that every channel has taken, and makes the transforms that end in them.
  mutating func advance(_ count: Int) {
    position += Int64(count)
    while tables.grid.end(next) <= position {
      transformNext()
      next = tables.grid.next(after: next)
    }
  }

  /// What is not a number would spoil whole columns, and what is huge the sums.
  private static func bounded(_ sample: Float) -> Float {
    sample.isNaN ? 0 : min(max(sample, -1e9), 1e9)
  }

  private mutating func transformNext() {
    let bins = tables.transform.binCount
    chunk.places.append(next)
    for channel in recent.indices {
      window(channel)
      let start = chunk.powers[channel].count
      chunk.powers[channel].append(contentsOf: repeatElement(0, count: bins))
      unsafe chunk.powers[channel].withUnsafeMutableBufferPointer { powers in
        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
          unsafe windowed.withUnsafeBufferPointer { windowed in
            unsafe tables.transform.powers(
              of: windowed.baseAddress.unsafelyUnwrapped,
              into: powers.baseAddress.unsafelyUnwrapped + start,
              scratch: scratch.baseAddress.unsafelyUnwrapped)
          }
        }
      }
      // These two bins have no mirror image that shares their power.
      chunk.powers[channel][start] /= 4
      chunk.powers[channel][start + bins - 1] /= 4
    }
  }

  /// The samples of the next transform under the window; silence where there are none.
  private mutating func window(_ channel: Int) {
    let size = tables.transform.size
    let samples = recent[channel]
    // Where the transform begins within the samples: before them where they are too few.
    let start = samples.count - Int(position - tables.grid.end(next)) - size
    let silent = min(size, max(0, -start))
    for index in 0..<silent { windowed[index] = 0 }
    for index in silent..<size {
      windowed[index] = samples[start + index] * tables.window[index]
    }
  }
}

/// The spectra that end within a chunk.
struct SpectrogramChunk: Sendable {
  var places: [SpectrogramGrid.Place] = []
  /// One spectrum after the other, a list a channel.
  var powers: [[Float]]
  /// The chunk's last samples and those before it, a transform of each channel at most.
  var tail: [[Float]]
  /// The frame after the chunk's last.
  var end: Int64 = 0

  init(channelCount: Int) {
    powers = Array(repeating: [], count: channelCount)
    tail = powers
  }
}
