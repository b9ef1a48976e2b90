public import MediaBytes
import MediaModel

/// What a receiver says of one source (RFC 3550 6.4.1), 24 bytes.
public struct RTCPReportBlock: Hashable, Sendable {
  static let byteCount = 24

  /// `SSRC_n`: the source it is about.
  public var ssrc: UInt32
  /// `fraction lost` since the last report, in 1/256.
  public var fractionLost: UInt8 = 0
  /// `cumulative number of packets lost`, 24 bits, two's complement.
  public var cumulativeLost: Int32 = 0
  /// `extended highest sequence number received`: wraps in the upper 16 bits.
  public var extendedHighest: UInt32 = 0
  /// `interarrival jitter`, in ticks.
  public var jitter: UInt32 = 0
  /// `LSR`: the middle 32 bits of the last sender report's NTP time, 0 if there was none.
  public var lastSenderReport: UInt32 = 0
  /// `DLSR`: from its arrival to this report, in 1/65,536 s.
  public var delaySinceLastSenderReport: UInt32 = 0

  /// Makes a block that reports nothing yet.
  public init(ssrc: UInt32) {
    self.ssrc = ssrc
  }

  /// Reads 24 bytes.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    ssrc = try reader.u32("SSRC_n")
    fractionLost = try reader.u8("fraction lost")
    cumulativeLost = try reader.i24("cumulative number of packets lost")
    extendedHighest = try reader.u32("extended highest sequence number received")
    jitter = try reader.u32("interarrival jitter")
    lastSenderReport = try reader.u32("LSR")
    delaySinceLastSenderReport = try reader.u32("DLSR")
  }

  /// Writes 24 bytes.
  public func write(to writer: inout ByteWriter) {
    writer.integer(ssrc)
    writer.integer(fractionLost)
    writer.i24(cumulativeLost)
    writer.integer(extendedHighest)
    writer.integer(jitter)
    writer.integer(lastSenderReport)
    writer.integer(delaySinceLastSenderReport)
  }

  /// The way to the receiver and back, in seconds; nil before the source's first report.
  ///
  /// `now` is when the block arrived at the source. Clocks that run apart can make it negative.
  public func roundTripTime(at now: NTPTime) -> Double? {
    guard lastSenderReport != 0 else { return nil }
    let units = now.middle32 &- lastSenderReport &- delaySinceLastSenderReport
    return Double(Int32(bitPattern: units)) / 65_536
  }

  static func blocks(
    _ count: UInt8, _ reader: inout ByteReader
  ) throws(ParseError) -> [RTCPReportBlock] {
    var blocks: [RTCPReportBlock] = []
    for _ in 0..<count { blocks.append(try RTCPReportBlock(parsing: &reader)) }
    return blocks
  }
}

/// `SR`: what a source has sent, and what it has received (RFC 3550 6.4.1).
public struct RTCPSenderReport: Hashable, Sendable {
  /// The source that sends it.
  public var ssrc: UInt32
  /// The wall clock time of this report.
  public var ntpTime: NTPTime
  /// The same moment on the clock of its RTP packets.
  public var rtpTimestamp: RTPTimestamp
  /// Packets sent so far, modulo 2^32.
  public var packetCount: UInt32
  /// Bytes of payload sent so far, modulo 2^32.
  public var octetCount: UInt32
  /// Its report blocks, at most 31.
  public var reports: [RTCPReportBlock] = []
  /// `profile-specific extensions`.
  public var profileExtension: [UInt8] = []

  /// Makes a report without blocks.
  public init(
    ssrc: UInt32, ntpTime: NTPTime, rtpTimestamp: RTPTimestamp, packetCount: UInt32,
    octetCount: UInt32
  ) {
    self.ssrc = ssrc
    self.ntpTime = ntpTime
    self.rtpTimestamp = rtpTimestamp
    self.packetCount = packetCount
    self.octetCount = octetCount
  }

  init(body reader: inout ByteReader, count: UInt8) throws(ParseError) {
    ssrc = try reader.u32("SSRC of sender")
    ntpTime = NTPTime(rawValue: try reader.u64("NTP timestamp"))
    rtpTimestamp = RTPTimestamp(rawValue: try reader.u32("RTP timestamp"))
    packetCount = try reader.u32("sender's packet count")
    octetCount = try reader.u32("sender's octet count")
    reports = try RTCPReportBlock.blocks(count, &reader)
    profileExtension = [UInt8](copying: reader.takeRest())
  }

  /// Writes the whole packet.
  public func write(to writer: inout ByteWriter) {
    RTCPHeader.write(.senderReport, count: reports.count, to: &writer) { writer in
      writer.integer(ssrc)
      writer.integer(ntpTime.rawValue)
      writer.integer(rtpTimestamp.rawValue)
      writer.integer(packetCount)
      writer.integer(octetCount)
      for block in reports { block.write(to: &writer) }
      writer.append(profileExtension)
    }
  }
}

/// `RR`: what a participant has received (RFC 3550 6.4.2).
public struct RTCPReceiverReport: Hashable, Sendable {
  /// The participant that sends it.
  public var ssrc: UInt32
  /// Its report blocks, at most 31.
  public var reports: [RTCPReportBlock] = []
  /// `profile-specific extensions`.
  public var profileExtension: [UInt8] = []

  /// Makes a report.
  public init(ssrc: UInt32, reports: [RTCPReportBlock] = []) {
    self.ssrc = ssrc
    self.reports = reports
  }

  init(body reader: inout ByteReader, count: UInt8) throws(ParseError) {
    ssrc = try reader.u32("SSRC of packet sender")
    reports = try RTCPReportBlock.blocks(count, &reader)
    profileExtension = [UInt8](copying: reader.takeRest())
  }

  /// Writes the whole packet.
  public func write(to writer: inout ByteWriter) {
    RTCPHeader.write(.receiverReport, count: reports.count, to: &writer) { writer in
      writer.integer(ssrc)
      for block in reports { block.write(to: &writer) }
      writer.append(profileExtension)
    }
  }
}
