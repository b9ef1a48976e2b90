/// Sums over all tags of an FLV.
public struct FLVTotals: Sendable {
  /// Tags of one type.
  public struct Count: Hashable, Sendable {
    /// How many there are.
    public var tags = 0
    /// The bytes of their bodies.
    public var bytes = 0
    /// The first timestamp, in milliseconds; of sound and pictures that of a frame.
    ///
    /// Whoever joins a live stream gets its sequence headers with any timestamp, often 0.
    public var firstTimestamp: Int64?
    /// The last timestamp, in milliseconds; of sound and pictures that of a frame.
    public var lastTimestamp: Int64?
  }

  /// Where sound and pictures are furthest apart in the order of the file.
  public struct Skew: Hashable, Sendable {
    /// The timestamp of the last frame of sound less that of the last picture, in milliseconds.
    public var milliseconds: Int64
    /// Where the tag of the later of the two begins.
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
  /// The largest distance of a frame from the last one of the other kind.
  public private(set) var largestSkew: Skew?
  /// Bytes that were skipped as damage.
  public var skippedBytes = 0

  mutating func take(_ tag: FLVTag, isFrame: Bool, isEncrypted: Bool) {
    let (size, time) = (Int(tag.header.dataSize), Int64(tag.header.timestamp))
    switch tag.header.type {
    case .audio: audio.add(size, at: isFrame ? time : nil)
    case .video: video.add(size, at: isFrame ? time : nil)
    case .script, .scriptAMF3: script.add(size, at: time)
    default: other.add(size, at: time)
    }
    if isFrame { compare(at: tag.offset) }
    if isEncrypted { encrypted += 1 }
  }

  private mutating func compare(at offset: Int) {
    guard let sound = audio.lastTimestamp, let picture = video.lastTimestamp else { return }
    let skew = sound - picture
    if let largestSkew, abs(skew) <= abs(largestSkew.milliseconds) { return }
    largestSkew = Skew(milliseconds: skew, offset: offset)
  }

  /// How far the timestamps of sound and pictures have come since the first, in milliseconds.
  public var elapsed: Int64 { max(audio.elapsed, video.elapsed) }

  /// Tags of a type; those of unknown types count as one, and so does script data.
  func tags(of type: FLVTagType) -> Int {
    switch type {
    case .audio: audio.tags
    case .video: video.tags
    case .script, .scriptAMF3: script.tags
    default: other.tags
    }
  }

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

  fileprivate mutating func add(_ size: Int, at time: Int64?) {
    tags += 1
    bytes += size
    guard let time else { return }
    if firstTimestamp == nil { firstTimestamp = time }
    lastTimestamp = time
  }
}
