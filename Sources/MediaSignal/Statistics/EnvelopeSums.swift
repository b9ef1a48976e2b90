/// Extremes of a chunk in buckets of the smallest size, counted from the first frame of the sound.
///
/// The first and the last bucket may lie in the chunk only in part.
struct EnvelopeOfChunk: Sendable {
  /// Frames of a bucket.
  static let bucketFrames = 64

  let firstBucket: Int64
  private(set) var channels: [[SoundEnvelope.Bucket]]

  /// Of a chunk that begins at a frame.
  init(channelCount: Int, start: Int64) {
    firstBucket = start / Int64(Self.bucketFrames)
    channels = Array(repeating: [], count: channelCount)
  }

  /// Takes in a block of a channel.
  mutating func add<Sample: LaneSample>(
    _ samples: UnsafeBufferPointer<Sample>, channel: Int, firstFrame: Int64
  ) {
    let length = Self.bucketFrames
    var bucket = Int(firstFrame / Int64(length) - firstBucket)
    var start = 0
    var end = length - Int(firstFrame % Int64(length))
    while start < samples.count {
      end = min(end, samples.count)
      let extremes = unsafe Sample.extremes(UnsafeBufferPointer(rebasing: samples[start..<end]))
      if bucket < channels[channel].count {
        channels[channel][bucket].join(extremes)
      } else {
        channels[channel].append(extremes)
      }
      bucket += 1
      start = end
      end += length
    }
  }
}

extension SoundEnvelope.Bucket {
  /// Takes in what another part or a neighbouring bucket holds.
  mutating func join(_ other: Self) {
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    sumOfSquares += other.sumOfSquares
  }
}

/// Joins the envelopes of chunks in buckets that grow with the sound, so that memory does not.
struct EnvelopeJoiner {
  /// The most buckets of a channel.
  static let maxBuckets = 8192

  private var shift = 0
  private var channels: [[SoundEnvelope.Bucket]]

  /// An envelope of so many channels.
  init(channelCount: Int) { channels = Array(repeating: [], count: channelCount) }

  /// Takes in the next chunk.
  mutating func append(_ chunk: EnvelopeOfChunk) {
    let last = chunk.firstBucket + Int64(chunk.channels.first?.count ?? 0) - 1
    while last >> Int64(shift) >= Int64(Self.maxBuckets) { fold() }
    for channel in channels.indices {
      for (index, bucket) in chunk.channels[channel].enumerated() {
        let place = Int((chunk.firstBucket + Int64(index)) >> Int64(shift))
        if place < channels[channel].count {
          channels[channel][place].join(bucket)
        } else {
          channels[channel].append(bucket)
        }
      }
    }
  }

  /// The envelope of the frames so far.
  func envelope(frameCount: Int64) -> SoundEnvelope {
    SoundEnvelope(
      bucketFrames: EnvelopeOfChunk.bucketFrames << shift, frameCount: frameCount,
      channels: channels)
  }

  private mutating func fold() {
    shift += 1
    for channel in channels.indices {
      var folded: [SoundEnvelope.Bucket] = []
      folded.reserveCapacity(Self.maxBuckets)
      for (index, bucket) in channels[channel].enumerated() {
        if index & 1 == 0 { folded.append(bucket) } else { folded[index / 2].join(bucket) }
      }
      channels[channel] = folded
    }
  }
}
