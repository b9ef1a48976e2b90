/// The extremes of a channel, a value each column of a picture.
struct EnvelopeColumns {
  private(set) var lows: [Double] = []
  private(set) var highs: [Double] = []
  private(set) var rms: [Double] = []

  var isEmpty: Bool { highs.isEmpty }

  /// The largest magnitude.
  var peak: Double { zip(lows, highs).reduce(0) { max($0, -$1.0, $1.1) } }

  /// - Parameters:
  ///   - channel: the buckets; those of lists that are too short count as silence.
  ///   - count: columns, at least 1.
  ///   - duration: seconds that the columns take.
  ///   - bucket: seconds of a bucket.
  init(_ channel: WaveformPicture.Channel, count: Int, of duration: Double, bucket: Double) {
    let buckets = min(channel.minima.count, channel.maxima.count)
    guard buckets > 0, duration > 0, bucket > 0, duration.isFinite, bucket.isFinite else { return }
    // Buckets a column; what a quotient misses by rounding belongs to no other bucket.
    let share = min(duration / bucket, Double(buckets)) / Double(count)
    let give = 1e-6
    for column in 0..<count {
      let first = min(buckets - 1, Int(Double(column) * share + give))
      let end = min(buckets, max(first + 1, Int((Double(column + 1) * share - give).rounded(.up))))
      var (low, high, sum) = (Double.infinity, -Double.infinity, 0.0)
      for index in first..<end {
        low = min(low, Self.bounded(channel.minima[index]))
        high = max(high, Self.bounded(channel.maxima[index]))
        let rms = index < channel.rms.count ? Self.bounded(channel.rms[index]) : 0
        sum += rms * rms
      }
      lows.append(low)
      highs.append(high)
      rms.append((sum / Double(end - first)).squareRoot())
    }
  }

  private static func bounded(_ value: Float) -> Double {
    value.isFinite ? min(max(Double(value), -1e6), 1e6) : 0
  }
}
