internal import MediaBytes
internal import MediaModel
internal import MediaRTP

/// Makes the packets of one track: RTP and, now and then, RTCP.
struct RTPStreamWriter {
  /// What every stream has of its own, random unless the user says otherwise (RFC 3550 5.1).
  struct Identity {
    var ssrc: UInt32
    var sequenceNumber: UInt16
    var timestampOffset: UInt32
    var cname: String
  }

  /// Between sender reports, in nanoseconds (RFC 3550 6.2).
  private static let reportInterval: Int64 = 5_000_000_000

  let index: Int
  let track: Track
  let identity: Identity
  let clock: Timescale
  private(set) var packer: RTPPacker
  private let payloadType: UInt8
  /// The wall clock at time 0, nanoseconds since 1970.
  var wallClock: Int64
  /// The track's, as it is by now.
  private var configuration: [UInt8]
  /// Whether it has become one that packets cannot say.
  private(set) var hasUnsaidConfiguration = false
  private var payloads = RTPPayloads()
  private var nextNumber: Int64
  private var nextReport: Int64?
  private var lastTicks: Int64 = 0
  private var smoother: TimestampSmoother
  /// What has been made.
  private(set) var totals = Totals()

  /// What a stream consists of so far.
  struct Totals {
    var frames = 0
    var keyframes = 0
    var packets = 0
    var payloadBytes = 0
    var bytes = 0
    var largestPacket = 0
    var reports = 0
    var rtcpPackets = 0
    /// Of the last packet of RTP, nanoseconds.
    var end: Int64 = 0
  }

  init(index: Int, track: Track, packer: RTPPacker, identity: Identity, wallClock: Int64) {
    self.index = index
    self.track = track
    self.packer = packer
    self.identity = identity
    self.wallClock = wallClock
    configuration = track.configuration
    clock = packer.clock
    payloadType = packer.format.payloadType.rawValue
    nextNumber = Int64(identity.sequenceNumber)
    smoother = TimestampSmoother(source: track.timescale, clock: packer.clock)
  }

  /// The timestamp of a frame with `pts` in the track's ticks, where `origin` is at time `shift`.
  private mutating func ticks(
    _ pts: Int64, _ frame: Frame, _ origin: MediaTime, _ shift: MediaTime
  ) -> Int64 {
    func rescaled(_ time: MediaTime) -> Int64 { time.rescaled(to: clock)?.ticks ?? 0 }
    let measured =
      rescaled(MediaTime(ticks: pts, timescale: track.timescale)) &- rescaled(origin)
      &+ rescaled(shift)
    return smoother.next(measured, lasting: packer.duration(of: frame.data.span.bytes))
  }

  /// Adds the packets of a frame that is sent at `time`; gives its timestamp, wraps counted.
  ///
  /// It is shown at `pts`, in the track's ticks, where `origin` is what `shift` is for the streams.
  mutating func write(
    _ frame: Frame, pts: Int64, isRest: Bool = false, origin: MediaTime, shift: MediaTime,
    at time: Int64, into batch: PacketBatch
  ) throws -> Int64 {
    let ticks = ticks(pts, frame, origin, shift)
    lastTicks = ticks
    payloads.removeAll()
    if let configuration = frame.configuration { take(configuration) }
    let span = frame.data.span.bytes
    try packer.packetize(
      span, RTPFrameTime(ticks, isKeyframe: frame.isKey), into: &payloads)
    // A frame that comes in pieces is one.
    if !isRest {
      totals.frames += 1
      if frame.isKey { totals.keyframes += 1 }
    }
    if time >= nextReport ?? time { report(at: time, into: batch) }
    append(span, ticks, time, batch)
    return ticks &+ Int64(identity.timestampOffset)
  }

  private mutating func take(_ new: [UInt8]) {
    let isSaid = packer.take(configuration: new, of: track.codec)
    if !isSaid, new != configuration { hasUnsaidConfiguration = true }
    configuration = new
  }

  /// Adds what was held back.
  mutating func flush(at time: Int64, into batch: PacketBatch) {
    payloads.removeAll()
    packer.finish(into: &payloads)
    append([UInt8]().span.bytes, lastTicks, time, batch)
  }

  /// Adds a BYE, when the last frame has been shown: receivers drop what they hold of a source that
  /// has left.
  mutating func leave(at time: Int64, into batch: PacketBatch) {
    guard totals.packets > 0 else { return }
    report(at: time, isLast: true, into: batch)
  }

  // MARK: RTP

  private mutating func append(
    _ frame: RawSpan, _ ticks: Int64, _ time: Int64, _ batch: PacketBatch
  ) {
    let headerByteCount = RTPPacket.fixedByteCount
    var packets = batch.takePackets()
    for payload in payloads.packets {
      let range = batch.extend(by: headerByteCount + payload.byteCount)
      let timestamp = payload.timestamp(of: ticks) &+ Int64(identity.timestampOffset)
      let number = nextNumber
      let room = batch[range]
      store(payload, number, timestamp, in: room)
      let body = UnsafeMutableRawBufferPointer(rebasing: room[headerByteCount...])
      payloads.copy(payload, of: frame, to: body)
      packets.append(
        PacketBatch.Packet(
          range: range, stream: index, time: time, timestamp: timestamp, number: number,
          payloadByteCount: payload.byteCount, marker: payload.marker))
      nextNumber += 1
      totals.packets += 1
      totals.payloadBytes += payload.byteCount
      totals.bytes += range.count
      totals.largestPacket = max(totals.largestPacket, range.count)
      totals.end = time
    }
    batch.packets = packets
  }

  /// The header without extension and contributing sources (RFC 3550 5.1).
  private func store(
    _ payload: RTPPayloads.Packet, _ number: Int64, _ timestamp: Int64,
    in room: UnsafeMutableRawBufferPointer
  ) {
    room[0] = 0x80
    room[1] = (payload.marker ? 0x80 : 0) | payloadType
    room.storeBytes(
      of: UInt16(truncatingIfNeeded: number).bigEndian, toByteOffset: 2, as: UInt16.self)
    room.storeBytes(
      of: UInt32(truncatingIfNeeded: timestamp).bigEndian, toByteOffset: 4, as: UInt32.self)
    room.storeBytes(of: identity.ssrc.bigEndian, toByteOffset: 8, as: UInt32.self)
  }

  // MARK: RTCP

  /// Adds a compound packet: sender report, canonical name and, at the end, BYE (RFC 3550 6.1).
  private mutating func report(
    at time: Int64, isLast: Bool = false, into batch: PacketBatch
  ) {
    let elapsed = MediaTime(ticks: time, timescale: .nanoseconds).rescaled(to: clock)?.ticks ?? 0
    var writer = ByteWriter(capacity: 96)
    RTCPSenderReport(
      ssrc: identity.ssrc, ntpTime: NTPTime(nanosecondsSince1970: wallClock &+ time),
      rtpTimestamp: RTPTimestamp(
        rawValue: identity.timestampOffset &+ UInt32(truncatingIfNeeded: elapsed)),
      packetCount: UInt32(truncatingIfNeeded: totals.packets),
      octetCount: UInt32(truncatingIfNeeded: totals.payloadBytes)
    ).write(to: &writer)
    RTCPSourceDescription(ssrc: identity.ssrc, cname: identity.cname).write(to: &writer)
    if isLast { RTCPGoodbye(sources: [identity.ssrc]).write(to: &writer) }
    let range = writer.bytes.span.bytes.withUnsafeBytes { batch.append($0) }
    batch.packets.append(
      PacketBatch.Packet(range: range, stream: index, time: time, isRTCP: true))
    totals.rtcpPackets += 1
    totals.reports += 1
    // Counted from the first, so that reports do not drift.
    var next = (nextReport ?? time) + Self.reportInterval
    if next <= time { next = time + Self.reportInterval }
    nextReport = next
  }
}

/// Undoes the rounding of containers whose ticks are coarser than those of the payload format's
/// clock: frames of known length follow each other exactly, until the container says otherwise.
struct TimestampSmoother {
  /// How far, in ticks, the container may be off and mean the same.
  private let tolerance: Int64
  private var expected: Int64?

  init(source: Timescale, clock: Timescale) {
    // Two ticks of the container, as both ends of a frame are rounded; it never is worth 5 ms.
    let ticks = 2 * Int64(clock.ticksPerSecond) / Int64(source.ticksPerSecond) + 1
    tolerance = min(ticks, Int64(clock.ticksPerSecond) / 200)
  }

  mutating func next(_ measured: Int64, lasting duration: Int64?) -> Int64 {
    guard let duration else { return measured }
    var time = measured
    if let expected, (measured &- expected).magnitude <= UInt64(tolerance) { time = expected }
    expected = time &+ duration
    return time
  }
}
