internal import MediaBytes
internal import MediaModel
internal import MediaRTP

/// What arrived of a packet, less its payload.
struct RTPTicket: Sendable {
  /// Its place among the packets of RTP.
  var index: Int
  /// The number of its record.
  var packet: Int
  var payloadType: RTPPayloadType
  /// With wraps counted.
  var timestamp: Int64
  var marker: Bool
  /// Of live inputs and captures with times.
  var time: Nanoseconds?
  /// Whether the capture holds less of it than was on the wire.
  var isCut: Bool
}

/// One payload type of a source: its format, and what puts its packets together.
struct RTPPayloadState {
  let type: RTPPayloadType
  let format: RTPFormat?
  var unpacker: RTPUnpacker?
  var packets = 0
  /// Of a program stream those of its pictures, or else of the first of its sounds.
  private(set) var counts = RTPFrameCounts()
  /// Of each stream of a program stream, by its number.
  var streamCounts: [UInt8: RTPFrameCounts] = [:]
  var droppedFrames = 0
  /// Packets that are missing since the last one that was put together.
  var lost = 0
  var edges = RTPFrameEdges()
  /// Where rules are checked, and frames say how long they last.
  var steps: RTPFrameSteps?
  /// Whether its timestamps are compared with time: not of what repeats those of other payloads,
  /// nor where the clock rate is a guess.
  let isPaced: Bool

  init(_ type: RTPPayloadType, _ format: RTPFormat?, _ options: RTPSessionOptions) {
    self.type = type
    self.format = format
    isPaced =
      options.checks && format?.helper == nil
      && (format?.origin != .guess || format?.fixedClockRate != nil)
    guard let format, !format.isEncrypted, format.helper == nil else { return }
    unpacker = RTPUnpacker(
      format.payload, attributes: format.media?.attributes ?? [],
      keepDamaged: options.keepDamaged, keepContents: options.keepContents)
    if options.checks { steps = RTPFrameSteps(format) }
  }

  /// Takes a packet whose turn it is; false where nothing puts it together.
  mutating func receive(
    _ payload: RawSpan, _ ticket: RTPTicket, _ number: Int64, into output: inout RTPOutput
  ) -> Bool {
    packets += 1
    let info = RTPPacketInfo(
      packet: ticket.packet, number: number, timestamp: ticket.timestamp, marker: ticket.marker,
      lost: lost)
    lost = 0
    edges.begin(ticket, lost: info.lost)
    if info.lost > 0 { steps?.interrupt() }
    guard unpacker?.receive(payload, info, into: &output) != nil else { return false }
    edges.takeStart(&output)
    noteWhole(ticket.timestamp)
    droppedFrames += output.takeDroppedFrames()
    return true
  }

  /// Takes what is still held; `isWhole` says that nothing of the stream is behind the input's end.
  mutating func finish(isWhole: Bool, into output: inout RTPOutput) {
    unpacker?.finish(into: &output)
    if !isWhole { edges.takeEnd(&output) }
    droppedFrames += output.takeDroppedFrames()
  }

  /// Gives up what is held.
  mutating func giveUp(into output: inout RTPOutput) {
    unpacker?.giveUp(into: &output)
    droppedFrames += output.takeDroppedFrames()
  }

  /// The last timestamp of a packet that is whole, and of one that is cut if its frame has no other.
  private var wholeTimestamp: Int64?
  private var cutTimestamp: Int64?

  /// Takes a packet that the capture cut for one that is missing.
  mutating func noteCut(_ timestamp: Int64) {
    packets += 1
    lost += 1
    guard timestamp != wholeTimestamp, timestamp != cutTimestamp else { return }
    cutTimestamp = timestamp
    droppedFrames += 1
  }

  /// Notes a packet that is put together with others: they tell what becomes of its frame.
  private mutating func noteWhole(_ timestamp: Int64) {
    if timestamp == cutTimestamp { droppedFrames -= 1 }
    (wholeTimestamp, cutTimestamp) = (timestamp, nil)
  }

  /// Frames that were dropped, or kept though damaged, for what is missing between packets.
  var incompleteFrames: Int { droppedFrames + counts.damaged - edges.frames }

  /// Counts a frame, the last packet of which came at `time`.
  mutating func add(_ frame: RTPFrame, at time: Nanoseconds?) {
    steps?.add(frame)
    let rate = format?.payload.clockRate
    guard let stream = frame.elementaryStream else {
      return counts.add(frame, at: time, clockRate: rate)
    }
    streamCounts[stream, default: RTPFrameCounts()].add(frame, at: time, clockRate: rate)
    let pictures = streamCounts.keys.filter { MPEGPSStream.isVideo($0) }.min()
    if stream == pictures ?? streamCounts.keys.min() {
      counts = streamCounts[stream] ?? counts
    }
  }

  /// Takes nothing more apart, and forgets what came of it.
  mutating func stopUnpacking() {
    unpacker = nil
    counts = RTPFrameCounts()
    streamCounts = [:]
    droppedFrames = 0
    edges = RTPFrameEdges()
    steps = nil
  }
}

extension RTPOutput {
  fileprivate mutating func takeDroppedFrames() -> Int {
    defer { droppedFrames = 0 }
    return droppedFrames
  }
}

/// One source of RTP: what has arrived of it.
final class RTPSource {
  /// How far it is known.
  enum State {
    /// Too little has come to be sure that it is RTP, or what it holds.
    case held
    /// It is followed.
    case followed
    /// It is no RTP.
    case refused
  }

  /// A packet that waits for the source to become known.
  struct Held {
    var bytes: [UInt8]
    var datagram: RTPDatagram
    var index: Int
  }

  /// Its place among all sources.
  let number: Int
  let ssrc: UInt32
  let flow: RTPFlow
  var state = State.held
  var held: [Held] = []
  var probe: RTPSourceState
  var statistics: ReceptionStatistics
  var payloads: [RTPPayloadState] = []
  var order: ReorderBuffer<RTPTicket>
  /// Payloads of packets that wait in `order`, by their index.
  var kept: [Int: [UInt8]] = [:]
  /// The packet that the next one may confirm.
  var strayIndex: Int?
  var timeline = RTPTimeline()
  /// Of the packets in order.
  var media = RTPMediaTime()
  var pace = RTPPace()
  var holes = RTPHoles()
  /// The packet before the one at hand.
  var previous: (packet: Int, time: Nanoseconds?, sequenceNumber: RTPSequenceNumber)?
  /// Packets whose turn was over when they came.
  var tooLate = 0
  var evidence: SRTPEvidence? = SRTPEvidence()
  var isEncrypted = false
  /// The first and the last packet's number.
  var packets: ClosedRange<Int>
  var largestPacket = 0
  var emptyPayloads = 0
  var firstTime: Nanoseconds?
  /// The timestamp then.
  var firstTicks: Int64?
  var isTimeless = false
  var packetsAfterGoodbye = 0

  init(
    number: Int, flow: RTPFlow, first: RTPPacket, packet: Int,
    limits: ReorderBuffer<RTPTicket>.Limits
  ) {
    self.number = number
    ssrc = first.ssrc
    self.flow = flow
    probe = RTPSourceState(first: first.sequenceNumber)
    statistics = ReceptionStatistics(ssrc: first.ssrc)
    order = ReorderBuffer(limits: limits)
    packets = packet...packet
  }

  /// The payload type that most packets have, of media where there is any.
  var main: RTPPayloadState? {
    let media = payloads.filter { $0.format?.helper == nil }
    return (media.isEmpty ? payloads : media).max { $0.packets < $1.packets }
  }

  var clockRate: UInt32? { statistics.jitter?.clockRate }

  /// Whether the packets held are a source of RTP all the same where no two numbers in sequence are
  /// among them: one SSRC, and numbers that rarely go back or far.
  var isSteady: Bool {
    let numbers = held.compactMap(\.sequenceNumber)
    guard numbers.count >= 16 else { return false }
    let near = zip(numbers, numbers.dropFirst()).count { before, number in
      (1...RTPSourceState.maxMisorder).contains(number.distance(from: before))
    }
    return near * 4 >= (numbers.count - 1) * 3
  }

  /// The timestamp of a packet with wraps counted; that of a stray moves nothing.
  func ticks(_ packet: RTPPacket, _ arrival: RTPArrival) -> Int64 {
    guard case .stray = arrival else { return timeline.extend(packet.timestamp) }
    var aside = timeline
    return aside.extend(packet.timestamp)
  }
}
