/// Sums over all tags of an FLV.
public struct FLVTotals: Sendable {
  /// Tags of one type.
  public struct Count: Hashable, Sendable {
    /// How many there are.
    public var tags = 0
    /// The bytes of their bodies.
    public var bytes = 0
    /// The first timestamp, in milliseconds.
    public var firstTimestamp: Int64?
    /// The last timestamp, in milliseconds.
    public var lastTimestamp: Int64?
  }

  /// Where sound and pictures are furthest apart in the order of the file.
  public struct Skew: Hashable, Sendable {
    /// The timestamp of the audio tag less that of the video tag next to it, in milliseconds.
    public var milliseconds: Int64
    /// Where the later of the two tags begins.
    public var offset: Int
  }

  /// Sound.
  public private(set) var audio = Count()
  /// Pictures.
  public private(set) var video = Count()
  /// Script data of both encodings.
  public private(set) var script = Count()
  /// Tags of unknown types.
  public private(set) var other = Count()
  /// Tags that are encrypted.
  public private(set) var encrypted = 0
  /// The largest distance of neighbouring audio and video tags.
  public private(set) var largestSkew: Skew?
  /// Bytes that were skipped as damage.
  public var skippedBytes = 0

  mutating func take(_ record: FLVTagRecord) {
    let time = record.dts
    switch record.tag.header.type {
    case .audio:
      audio.add(record.size, at: time)
      if record.kind == .codedFrames { compare(time, video.lastTimestamp, record.tag.offset) }
    case .video:
      video.add(record.size, at: time)
      if record.kind == .codedFrames, let sound = audio.lastTimestamp {
        compare(sound, time, record.tag.offset)
      }
    case .script, .scriptAMF3: script.add(record.size, at: time)
    default: other.add(record.size, at: time)
    }
    if record.isEncrypted { encrypted += 1 }
  }

  private mutating func compare(_ sound: Int64, _ picture: Int64?, _ offset: Int) {
    guard let picture else { return }
    let skew = sound - picture
    guard abs(skew) > abs(largestSkew?.milliseconds ?? -1) || largestSkew == nil else { return }
    largestSkew = Skew(milliseconds: skew, offset: offset)
  }

  /// How far the timestamps of sound and pictures have come since the first, in milliseconds.
  public var elapsed: Int64 { max(audio.elapsed, video.elapsed) }

  /// All tags.
  public var tags: Int { audio.tags + video.tags + script.tags + other.tags }
  /// The bytes of all bodies.
  public var bytes: Int { audio.bytes + video.bytes + script.bytes + other.bytes }
}

extension FLVTotals.Count {
  fileprivate var elapsed: Int64 {
    guard let firstTimestamp, let lastTimestamp else { return 0 }
    return lastTimestamp - firstTimestamp
  }

  fileprivate mutating func add(_ size: Int, at time: Int64) {
    tags += 1
    bytes += size
    if firstTimestamp == nil { firstTimestamp = time }
    lastTimestamp = time
  }
}
