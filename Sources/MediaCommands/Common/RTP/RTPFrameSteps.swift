internal import MediaRTP

/// Compares how far timestamps go on from packet to packet with how long the sound in them lasts.
struct RTPFrameSteps: Sendable {
  /// More than so many times as long is silence, or a jump.
  private static let longest = 4.0

  private let length: RTPFrameTicks
  private var open: (packet: Int, timestamp: Int64, ticks: Double)?
  private var steps = 0
  private var shorter = 0
  private var longer = 0
  private var given = 0.0
  private var expected = 0.0

  /// nil for formats whose frames do not say how long they last.
  init?(_ format: RTPFormat) {
    // What a guess leaves open is the length of frames.
    guard let length = RTPFrameTicks(format.payload),
      format.origin != .guess || !length.isFixed
    else { return nil }
    self.length = length
  }

  mutating func add(_ frame: RTPFrame) {
    let ticks = length.ticks(frame)
    if let open, open.packet == frame.packets.lowerBound {
      self.open?.ticks += ticks
      return
    }
    if let open { close(open.ticks, Double(frame.timestamp - open.timestamp)) }
    open = (frame.packets.lowerBound, frame.timestamp, ticks)
  }

  private mutating func close(_ ticks: Double, _ step: Double) {
    guard step > 0, ticks > 0, step <= ticks * Self.longest else { return }
    steps += 1
    if step < ticks - 0.5 { shorter += 1 }
    if step > ticks + 0.5 { longer += 1 }
    given += step
    expected += ticks
  }

  /// Begins anew, as behind packets that are missing.
  mutating func interrupt() { open = nil }

  /// How far timestamps go on by packet and how long the sound of one lasts, in ticks, where that
  /// differs steadily over two seconds or more; times that are rounded differ one way and the other.
  func contradiction(clockRate: UInt32) -> (step: Double, ticks: Double)? {
    guard expected >= 2 * Double(clockRate), abs(given / expected - 1) > 0.01,
      max(shorter, longer) * 10 >= steps * 9
    else { return nil }
    return (given / Double(steps), expected / Double(steps))
  }
}
