import MediaBytes
public import MediaModel

/// Makes the RTP packets of one track: frames in, packets out (RFC 3550 5.1).
///
/// Timestamps tell when frames are shown, from time 0 of the source on, so that the tracks of one
/// source stay together.
public struct RTPSender: Sendable {
  /// `SSRC`.
  public let ssrc: UInt32
  /// How frames are split, and what SDP says of that.
  public private(set) var packer: RTPPacker
  /// Whether the track's configuration has become one that packets cannot say: receivers keep the
  /// first.
  public private(set) var hasUnsaidConfiguration = false

  /// What the last frame was split into.
  package private(set) var payloads = RTPPayloads()
  private let track: Track
  private let timestampOffset: UInt32
  private var nextNumber: Int64
  private var configuration: [UInt8]
  private var smoother: RTPTimestampSmoother
  /// Of the last frame, and of one behind it without times of its own.
  private var ticks: (last: Int64, next: Int64) = (0, 0)

  /// Makes a sender of a track; random numbers suit all three.
  public init(
    _ track: Track, _ packer: RTPPacker, ssrc: UInt32, sequenceNumber: UInt16 = 0,
    timestampOffset: UInt32 = 0
  ) {
    self.ssrc = ssrc
    self.packer = packer
    self.track = track
    self.timestampOffset = timestampOffset
    nextNumber = Int64(sequenceNumber)
    configuration = track.configuration
    smoother = RTPTimestampSmoother(source: track.timescale, clock: packer.clock)
  }

  /// The media description of the stream, sent to `port`.
  public func description(port: UInt16) -> SDPMedia {
    SDPMedia(packer.format, kind: packer.kind, port: port)
  }

  /// The packets of the next frame, perhaps with what was held back of those before.
  ///
  /// - Throws: `RTPPayloadError` where the payload format has no way to carry the frame; the next
  ///   one may be sent all the same.
  public mutating func packets(of frame: Frame) throws(RTPPayloadError) -> [[UInt8]] {
    let time = (frame.pts ?? frame.dts).flatMap {
      MediaTime(ticks: $0, timescale: track.timescale).rescaled(to: packer.clock)?.ticks
    }
    try split(frame, at: time ?? ticks.next)
    return packets(frame.data)
  }

  /// The packets of what was held back, behind the last frame.
  public mutating func finish() -> [[UInt8]] {
    splitRest()
    return packets([])
  }

  private mutating func packets(_ frame: [UInt8]) -> [[UInt8]] {
    var packets: [[UInt8]] = []
    for payload in payloads.packets {
      var packet = [UInt8](repeating: 0, count: RTPPacket.fixedByteCount + payload.byteCount)
      unsafe packet.withUnsafeMutableBytes {
        _ = unsafe store(payload, of: frame.span.bytes, in: $0)
      }
      packets.append(packet)
    }
    return packets
  }

  // MARK: Packets in memory of the caller's

  /// Splits a frame that is shown at `measured` ticks of the clock into `payloads`.
  ///
  /// - Returns: The ticks that its packets count from.
  @discardableResult
  package mutating func split(
    _ frame: Frame, at measured: Int64
  ) throws(RTPPayloadError) -> Int64 {
    let span = unsafe frame.data.span.bytes
    let duration = packer.duration(of: span)
    let time = smoother.next(measured, lasting: duration)
    ticks = (time, time &+ (duration ?? 0))
    payloads.removeAll()
    if let configuration = frame.configuration { take(configuration) }
    try packer.packetize(span, RTPFrameTime(time, isKeyframe: frame.isKey), into: &payloads)
    return time
  }

  /// Puts what was held back into `payloads`.
  package mutating func splitRest() {
    payloads.removeAll()
    packer.finish(into: &payloads)
  }

  private mutating func take(_ new: [UInt8]) {
    let isSaid = packer.take(configuration: new, of: track.codec)
    if !isSaid, new != configuration { hasUnsaidConfiguration = true }
    configuration = new
  }

  /// Stores the packet of a payload, without extension and contributing sources, where `room`
  /// begins; `frame` is what was split.
  ///
  /// - Returns: Its sequence number and its timestamp, wraps counted.
  @unsafe package mutating func store(
    _ payload: RTPPayloads.Packet, of frame: RawSpan, in room: UnsafeMutableRawBufferPointer
  ) -> (number: Int64, timestamp: Int64) {
    let number = nextNumber
    nextNumber += 1
    let timestamp = payload.timestamp(of: ticks.last) &+ Int64(timestampOffset)
    let header = RTPPacket.fixedByteCount
    precondition(room.count >= header + payload.byteCount, "no room for a packet")
    unsafe room[0] = 0x80
    unsafe room[1] = (payload.marker ? 0x80 : 0) | packer.format.payloadType.rawValue
    unsafe room.storeBytes(
      of: UInt16(truncatingIfNeeded: number).bigEndian, toByteOffset: 2, as: UInt16.self)
    unsafe room.storeBytes(
      of: UInt32(truncatingIfNeeded: timestamp).bigEndian, toByteOffset: 4, as: UInt32.self)
    unsafe room.storeBytes(of: ssrc.bigEndian, toByteOffset: 8, as: UInt32.self)
    unsafe payloads.copy(
      payload, of: frame, to: UnsafeMutableRawBufferPointer(rebasing: room[header...]))
    return (number, timestamp)
  }
}

extension RTPSender {
  /// Makes a sender of a track in the payload format that suits it.
  ///
  /// - Throws: `RTPPackerError` where there is none, or the track's configuration does not say enough.
  public init(
    _ track: Track, _ options: RTPPackerOptions = RTPPackerOptions(), payloadType: RTPPayloadType,
    ssrc: UInt32, sequenceNumber: UInt16 = 0, timestampOffset: UInt32 = 0
  ) throws(RTPPackerError) {
    self.init(
      track, try RTPPacker(track, options, payloadType: payloadType), ssrc: ssrc,
      sequenceNumber: sequenceNumber, timestampOffset: timestampOffset)
  }
}
