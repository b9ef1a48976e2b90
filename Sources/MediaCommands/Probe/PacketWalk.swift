internal import MediaFFmpeg
internal import MediaModel

/// Somebody who wants to see every packet.
protocol PacketObserver: AnyObject {
  /// Sees a packet in the container's order; it is gone when this returns.
  func take(_ packet: Packet, _ clock: TrackClock) throws
}

/// Reads every packet once and shows it to those who want it, in constant memory.
struct PacketWalk {
  /// How a walk came to its end.
  enum End {
    /// The input or the time asked for is over.
    case complete
    /// Reading failed, timed out or was interrupted; what came before stands.
    case failed(any Error)
  }

  let demuxer: Demuxer
  /// Tracks to look at.
  let wanted: Set<Int>
  /// Media time to read, seconds; nil for all.
  let limit: Double?
  let observers: [any PacketObserver]

  /// - Throws: what an observer throws: its own trouble, not the input's.
  func run(_ clocks: [TrackClock], progress: Progress?) throws -> End {
    let packet = try Packet()
    var elapsed = ElapsedMedia()
    while true {
      do {
        guard try demuxer.read(into: packet) else { return .complete }
      } catch {
        return .failed(error)
      }
      let index = packet.streamIndex
      // Tracks that appear while reading were not described, so nobody waits for them.
      guard index < clocks.count, wanted.contains(index) else { continue }
      let clock = clocks[index]
      // Only who asks for it pays for the division.
      let time = limit == nil && progress == nil ? nil : clock.seconds(packet.dts ?? packet.pts)
      if let limit, let time, clock.kind == .video || clock.kind == .audio,
        elapsed.advance(track: index, to: time) >= limit
      {
        return .complete
      }
      for observer in observers { try observer.take(packet, clock) }
      progress?.update(position: packet.position, time: time)
    }
  }
}

/// Media time read so far, by the first track with sound or pictures.
///
/// Live streams restart their clocks; a jump back, or forward by more than any player would wait,
/// counts as no time at all, so that a limit is reached all the same.
private struct ElapsedMedia {
  private static let longestStep = 10.0
  private var track: Int?
  private var last = 0.0
  private var elapsed = 0.0

  /// Seconds since the first packet of the track.
  mutating func advance(track index: Int, to time: Double) -> Double {
    if track == nil { (track, last) = (index, time) }
    guard index == track else { return elapsed }
    let step = time - last
    if step > 0, step <= Self.longestStep { elapsed += step }
    last = time
    return elapsed
  }
}

/// Counts and measures packets by track.
final class PacketMeter: PacketObserver {
  private(set) var tracks: [MeteredTrack]
  private let keepsSeconds: Bool
  /// Time of the first packet of all, where seconds are counted from.
  private(set) var origin: Double?

  /// `keepsSeconds`: remember every second and keyframe, for a plot.
  init(trackCount: Int, keepsSeconds: Bool) {
    tracks = Array(repeating: MeteredTrack(), count: trackCount)
    self.keepsSeconds = keepsSeconds
  }

  func take(_ packet: Packet, _ clock: TrackClock) {
    let ticks = packet.pts ?? packet.dts
    if origin == nil { origin = clock.seconds(ticks) }
    tracks[packet.streamIndex].take(packet, clock, at: ticks, origin: keepsSeconds ? origin : nil)
  }

  /// The measures of a track.
  ///
  /// `declaredStart` in seconds: what is before it is priming.
  func measure(_ index: Int, declaredStart: Double?, frames: Int64?) -> TrackMeasure {
    let track = tracks[index]
    var measure = TrackMeasure(
      packets: track.packets, bytes: track.bytes, keyframes: track.keyframes, frames: frames)
    guard let interval = presentation(index, declaredStart: declaredStart) else { return measure }
    let duration = Self.rounded(interval.end - interval.start)
    guard duration > 0 else { return measure }
    measure.duration = duration
    let bits = Double(track.bytes) * 8
    measure.bitRate = bits / duration
    // A track shorter than the window has no second of its own.
    measure.peakBitRate = duration < 1 ? bits / duration : Double(track.peak.byteCount) * 8
    measure.peakTime = track.firstTime.map { Self.rounded($0 + Double(track.peak.second)) }
    measure.end = Self.rounded(interval.end)
    measure.frameRate = Double(track.shown) / duration
    return measure
  }

  /// From the first presentation to the end of the last, seconds.
  func presentation(_ index: Int, declaredStart: Double?) -> (start: Double, end: Double)? {
    let track = tracks[index]
    guard let first = track.firstPresentation, let last = track.lastPresentation else { return nil }
    var duration = track.lastDuration
    if duration <= 0, track.shown > 1 {
      // No duration is given: the mean distance stands for it.
      duration = (last - first) / Double(track.shown - 1)
    }
    let start = declaredStart.map { max(first, min($0, last)) } ?? first
    return (start, last + duration)
  }

  /// To the nanosecond: a difference of seconds carries noise far below that.
  static func rounded(_ seconds: Double) -> Double { (seconds * 1e9).rounded() / 1e9 }

  /// Sums over the tracks.
  func totals(declaredStarts: [Double?], frames: Int64?) -> WalkTotals {
    var totals = WalkTotals(frames: frames)
    var (start, end) = (Double.infinity, -Double.infinity)
    for index in tracks.indices {
      totals.packets += tracks[index].packets
      totals.bytes += tracks[index].bytes
      guard let interval = presentation(index, declaredStart: declaredStarts[index]) else {
        continue
      }
      start = min(start, interval.start)
      end = max(end, interval.end)
    }
    if end > start {
      totals.duration = Self.rounded(end - start)
      totals.end = Self.rounded(end)
      totals.bitRate = Double(totals.bytes) * 8 / (end - start)
    }
    return totals
  }
}

/// The sums of one track.
///
/// Times are kept in ticks, so that a packet costs no division.
struct MeteredTrack {
  /// More marks than a drawing has columns tell nothing.
  private static let keyframeLimit = 100_000
  fileprivate(set) var packets: Int64 = 0
  fileprivate(set) var bytes: Int64 = 0
  fileprivate var keyframes: Int64 = 0
  fileprivate var shown: Int64 = 0
  private var clock: TrackClock?
  private var firstTicks: Int64 = 0
  private var highestTicks: Int64 = 0
  /// First and last presentation; packets to be discarded left out.
  private var firstShown: Int64?
  private var lastShown: Int64?
  private var lastLength: Int64 = 0
  private var second: Int64 = 0
  private var secondByteCount: Int64 = 0
  private var secondBefore: Int64 = 0
  fileprivate var peak: (byteCount: Int64, second: Int64) = (0, 0)
  /// Bytes by second since the first packet of all, for a plot.
  private(set) var seconds: [Int64: Int64] = [:]
  private(set) var keyframeTimes: [Double] = []

  fileprivate var firstTime: Double? { clock?.seconds(firstTicks) }
  fileprivate var firstPresentation: Double? { clock?.seconds(firstShown) }
  fileprivate var lastPresentation: Double? { clock?.seconds(lastShown) }
  fileprivate var lastDuration: Double { clock?.seconds(lastLength) ?? 0 }

  fileprivate mutating func take(
    _ packet: Packet, _ clock: TrackClock, at ticks: Int64?, origin: Double?
  ) {
    packets += 1
    bytes += Int64(packet.byteCount)
    if packet.isKey { keyframes += 1 }
    guard let ticks, clock.timeBase.denominator > 0 else { return }
    if self.clock == nil {
      self.clock = clock
      (firstTicks, highestTicks) = (ticks, ticks)
    }
    measureSecond(at: ticks, packet, clock)
    if !packet.isDiscarded { show(at: ticks, for: packet.duration) }
    if let origin, let time = clock.seconds(ticks) {
      keepSecond(at: time, origin, packet, clock.kind)
    }
  }

  private mutating func show(at ticks: Int64, for duration: Int64) {
    shown += 1
    firstShown = min(firstShown ?? ticks, ticks)
    // Hostile ends may be anywhere, so the sums wrap rather than trap.
    guard let last = lastShown, ticks &+ duration < last &+ lastLength else {
      (lastShown, lastLength) = (ticks, duration)
      return
    }
  }

  private mutating func measureSecond(at ticks: Int64, _ packet: Packet, _ clock: TrackClock) {
    let now = max(0, clock.wholeSeconds(from: firstTicks, to: ticks) ?? second)
    if clock.isFarBack(ticks, from: highestTicks) {
      // The clock went back, as where files were joined: count from there.
      (second, secondByteCount, secondBefore) = (now, 0, 0)
      highestTicks = ticks
    } else if now > second {
      // Presentation goes back and forth by some frames, so the second before is kept too.
      secondBefore = now == second + 1 ? secondByteCount : 0
      (second, secondByteCount) = (now, 0)
    }
    highestTicks = max(highestTicks, ticks)
    let byteCount = Int64(packet.byteCount)
    if now < second { secondBefore += byteCount } else { secondByteCount += byteCount }
    if secondBefore > peak.byteCount { peak = (secondBefore, second - 1) }
    if secondByteCount > peak.byteCount { peak = (secondByteCount, second) }
  }

  private mutating func keepSecond(
    at time: Double, _ origin: Double, _ packet: Packet, _ kind: StreamDescription.Kind
  ) {
    let elapsed = time - origin
    guard elapsed.isFinite, abs(elapsed) < 1e7 else { return }
    // Towards zero: a little priming before the start belongs to the first second.
    seconds[Int64(elapsed.rounded(.towardZero)), default: 0] += Int64(packet.byteCount)
    if packet.isKey, kind == .video, keyframeTimes.count < Self.keyframeLimit {
      keyframeTimes.append(time)
    }
  }
}
