internal import CKernels

/// Joins the spectra of a sound's chunks to one spectrogram of at most so many columns.
struct SpectrogramMeter: Sendable {
  /// Power of a sine of full scale is 1; nothing is told below this.
  static let floorDecibels: Float = -160
  private static let floorPower = 1e-16

  private let tables: SpectrogramTables
  private let channelCount: Int
  /// Frames of a column.
  private var step: Int64
  /// Sums of powers, a list a channel, column by column.
  private var sums: [[Float]]
  /// How many spectra each column is the sum of.
  private var counts: [Int] = []
  private var tail: [[Float]] = []
  private var end: Int64 = 0

  /// A meter of a sound from its first frame on.
  init(plan: SpectrogramPlan, channelCount: Int) {
    self.init(SpectrogramTables(plan), channelCount: channelCount)
  }

  /// A meter of a sound from its first frame on.
  init(_ tables: SpectrogramTables, channelCount: Int) {
    self.tables = tables
    self.channelCount = channelCount
    step = tables.grid.first.step
    sums = Array(repeating: [], count: channelCount)
  }

  /// Takes the next chunk.
  mutating func append(_ chunk: SpectrogramChunk) {
    append(chunk, before: .max)
    tail = chunk.tail
    end = chunk.end
  }

  /// The spectrogram of the frames so far, whose number is known by now; what the last transforms
  /// would read beyond them is taken as silence.
  func spectrogram(frameCount: Int64) -> Spectrogram {
    var whole = self
    whole.appendEnd(frameCount)
    return Spectrogram(
      columnFrames: Int(whole.step), frameCount: frameCount,
      transformSize: tables.transform.size,
      channels: whole.sums.map { whole.decibels($0) })
  }

  private mutating func appendEnd(_ frameCount: Int64) {
    guard frameCount > 0 else { return }
    let size = tables.transform.size
    var last = SpectrogramChunkMeter(tables, channelCount: channelCount, firstFrame: end)
    let silence = [Float](repeating: 0, count: size)
    for channel in tail.indices {
      unsafe tail[channel].withUnsafeBufferPointer { unsafe last.take($0, of: channel) }
      unsafe silence.withUnsafeBufferPointer { unsafe last.take($0, of: channel) }
    }
    last.advance(size)
    append(last.finish(), before: frameCount)
  }

  private mutating func append(_ chunk: SpectrogramChunk, before frameCount: Int64) {
    let bins = tables.transform.binCount
    for (index, place) in chunk.places.enumerated() where place.start < frameCount {
      while place.start >= step * Int64(tables.grid.columns) { halve() }
      let column = Int(place.start / step)
      while counts.count <= column { appendColumn() }
      counts[column] += 1
      for channel in sums.indices {
        Self.add(
          chunk.powers[channel], at: index * bins, to: &sums[channel], at: column * bins, bins)
      }
    }
  }

  private mutating func appendColumn() {
    counts.append(0)
    for channel in sums.indices {
      sums[channel].append(contentsOf: repeatElement(0, count: tables.transform.binCount))
    }
  }

  /// Joins neighbouring columns, two into one.
  private mutating func halve() {
    let bins = tables.transform.binCount
    step *= 2
    let joined = (counts.count + 1) / 2
    for channel in sums.indices {
      var sum = [Float](repeating: 0, count: joined * bins)
      for column in counts.indices {
        Self.add(sums[channel], at: column * bins, to: &sum, at: column / 2 * bins, bins)
      }
      sums[channel] = sum
    }
    var count = [Int](repeating: 0, count: joined)
    for column in counts.indices { count[column / 2] += counts[column] }
    counts = count
  }

  private static func add(
    _ values: [Float], at start: Int, to sums: inout [Float], at column: Int, _ count: Int
  ) {
    for index in 0..<count { sums[column + index] += values[start + index] }
  }

  private func decibels(_ sums: [Float]) -> [[Float]] {
    let bins = tables.transform.binCount
    return counts.indices.map { column in
      let scale = 1 / Double(max(1, counts[column]))
      return sums[column * bins..<(column + 1) * bins].map { sum in
        let power = Double(sum) * scale
        return power > Self.floorPower ? Float(10 * ckernels_log10(power)) : Self.floorDecibels
      }
    }
  }
}
