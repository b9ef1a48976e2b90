internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaModel
internal import MediaRTMP

/// Messages with a track of silence beside pictures that come without sound.
///
/// Frames of silence stand on one grid of times, from when the first picture is shown until the last
/// one has been, over all rounds of a loop.
final class AddedSilence: PushReading {
  private enum State { case undecided, silent, sounding }

  /// Milliseconds of pictures after which sound is no longer expected.
  private static let longestDoubt: Int64 = 1000
  /// Messages that may come in that time.
  private static let mostHeld = 4096
  private static let sampleRate = 48_000

  private let source: any PushReading
  private let configuration: PushMessage
  private let silence: PushMessage
  private var state: State
  private var held: [PushMessage] = []
  private var queue: ArraySlice<PushMessage> = []
  /// By how much messages are due earlier, to make up for the time that they were held.
  private var haste: Int64 = 0
  private var grid: AudioFrameGrid?
  /// The time and the position of the last picture, and how long it seems to last.
  private var last: (time: Int64, position: Int64, duration: Int64)?
  /// When the last picture by now has been shown.
  private var end: Int64 = 0

  /// Adds silence to `source`; `hasSound` where that is known beforehand.
  init(_ source: any PushReading, hasSound: Bool?) throws {
    self.source = source
    state = hasSound.map { $0 ? .sounding : .silent } ?? .undecided
    guard let aac = SilentAAC(sampleRate: Self.sampleRate, channels: 2) else {
      throw Failure(.software, "there is no silence of 48 kHz")
    }
    var track = Track(index: 1, kind: .audio, codec: .aac, timescale: .milliseconds)
    var bytes = ByteWriter()
    aac.configuration.write(to: &bytes)
    track.configuration = bytes.bytes
    let writer = try FLVFrameWriter(track, hevcIsDialect: false)
    guard let configuration = writer.configurationMessage,
      let silence = writer.messages(Frame(track: 1, data: aac.frame)).last
    else { throw Failure(.software, "silence has no form in FLV") }
    (self.configuration, self.silence) = (configuration, silence)
  }

  var notes: [String] { source.notes }
  /// Whether there is silence by now.
  var isAdded: Bool { grid != nil }

  func next() throws -> PushMessage? {
    while true {
      if let message = queue.popFirst() { return message }
      guard let message = try source.next() else {
        if state == .undecided { decide(.silent) }
        if state == .silent { fill(before: end) }
        state = .sounding
        return queue.popFirst()
      }
      take(message)
    }
  }

  private func take(_ message: PushMessage) {
    if message.type == .audio, state != .sounding { decide(.sounding) }
    switch state {
    case .undecided:
      held.append(message)
      let first = held.first { $0.isFrame }?.time ?? message.time
      if message.isFrame && message.time - first >= Self.longestDoubt
        || held.count == Self.mostHeld
      {
        haste = message.position
        decide(.silent)
      }
    case .silent: accompany(message)
    case .sounding: pass(message)
    }
  }

  private func decide(_ state: State) {
    self.state = state
    for message in held { state == .silent ? accompany(message) : pass(message) }
    held = []
  }

  private func pass(_ message: PushMessage) {
    var message = message
    message.position = max(0, message.position - haste)
    queue.append(message)
  }

  /// Puts the silence before a picture that goes before it.
  private func accompany(_ message: PushMessage) {
    guard case .picture = message.role else { return pass(message) }
    let shown = message.time.addingOrMax(Self.compositionOffset(message))
    let step = last.map { message.time - $0.time } ?? 0
    // Where a clock begins again, so does the grid.
    if grid == nil || step < -1000 || step > PushSource.longestPause {
      if grid == nil { queue.append(at(message.time, message.position, configuration)) }
      grid = AudioFrameGrid(sampleRate: Self.sampleRate, ticksPerSecond: 1000, from: shown)
      end = shown
    } else {
      fill(before: message.time + 1, position: message.position)
    }
    let duration = (1...1000).contains(step) ? step : last?.duration ?? 1
    last = (message.time, message.position, duration)
    end = max(end, shown + duration)
    pass(message)
  }

  /// Silence up to `time`, due as it goes on from the last picture, not later than at `position`.
  private func fill(before time: Int64, position: Int64 = .max) {
    while let next = grid?.next(before: time) {
      let due = last.map { $0.position + max(0, next - $0.time) } ?? 0
      queue.append(at(next, min(due, position), silence))
    }
  }

  private func at(_ time: Int64, _ position: Int64, _ message: PushMessage) -> PushMessage {
    var message = message
    (message.time, message.position) = (time, max(0, position - haste))
    return message
  }

  private static func compositionOffset(_ message: PushMessage) -> Int64 {
    var reader = ByteReader(message.payload.span)
    let body = try? FLVVideoBody(parsing: &reader, bodySize: message.payload.count)
    return Int64(max(0, body?.parts.first?.compositionTimeOffset ?? 0))
  }
}
