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
  private var sender: RTPSender
  /// The wall clock at time 0, nanoseconds since 1970.
  var wallClock: Int64
  private var nextReport: Int64?
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
    sender = RTPSender(
      track, packer, ssrc: identity.ssrc, sequenceNumber: identity.sequenceNumber,
      timestampOffset: identity.timestampOffset)
    self.identity = identity
    self.wallClock = wallClock
    clock = packer.clock
  }

  var packer: RTPPacker { sender.packer }
  /// Whether the track's configuration has become one that packets cannot say.
  var hasUnsaidConfiguration: Bool { sender.hasUnsaidConfiguration }

  /// Adds the packets of a frame that is sent at `time`; gives its timestamp, wraps counted.
  ///
  /// It is shown at `pts`, in the track's ticks, where `origin` is what `shift` is for the streams.
  mutating func write(
    _ frame: Frame, pts: Int64, isRest: Bool = false, origin: MediaTime, shift: MediaTime,
    at time: Int64, into batch: PacketBatch
  ) throws -> Int64 {
    func rescaled(_ time: MediaTime) -> Int64 { time.rescaled(to: clock)?.ticks ?? 0 }
    let measured =
      rescaled(MediaTime(ticks: pts, timescale: track.timescale)) &- rescaled(origin)
      &+ rescaled(shift)
    let ticks = try sender.split(frame, at: measured)
    // A frame that comes in pieces is one.
    if !isRest {
      totals.frames += 1
      if frame.isKey { totals.keyframes += 1 }
    }
    if time >= nextReport ?? time { report(at: time, into: batch) }
    append(frame.data.span.bytes, time, batch)
    return ticks &+ Int64(identity.timestampOffset)
  }

  /// Adds what was held back.
  mutating func flush(at time: Int64, into batch: PacketBatch) {
    sender.splitRest()
    append([UInt8]().span.bytes, time, batch)
  }

  /// Adds a BYE, when the last frame has been shown: receivers drop what they hold of a source that
  /// has left.
  mutating func leave(at time: Int64, into batch: PacketBatch) {
    guard totals.packets > 0 else { return }
    report(at: time, isLast: true, into: batch)
  }

  // MARK: RTP

  private mutating func append(_ frame: RawSpan, _ time: Int64, _ batch: PacketBatch) {
    var packets = batch.takePackets()
    for payload in sender.payloads.packets {
      let range = batch.extend(by: RTPPacket.fixedByteCount + payload.byteCount)
      let (number, timestamp) = sender.store(payload, of: frame, in: batch[range])
      packets.append(
        PacketBatch.Packet(
          range: range, stream: index, time: time, timestamp: timestamp, number: number,
          payloadByteCount: payload.byteCount, marker: payload.marker))
      totals.packets += 1
      totals.payloadBytes += payload.byteCount
      totals.bytes += range.count
      totals.largestPacket = max(totals.largestPacket, range.count)
      totals.end = time
    }
    batch.packets = packets
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
