public import MediaBitstream
import MediaBytes
import MediaModel

/// Takes frames of MPEG audio out of packets (RFC 2250 3.5).
///
/// A packet holds whole frames or a part of one. Frames of free format, whose headers do not tell
/// their size, are taken to be alone.
public struct MPEGAudioDepacketizer: RTPDepacketizer {
  /// What SDP says of the packets.
  public let format: MPEGAudioPayloadFormat
  /// The header of the last frame; nil before the first, as nothing else says how sound is coded.
  public private(set) var header: MPEGAudioHeader?
  /// The frame that goes on in the next packet, and its size, if its header tells it.
  private var started: RTPFrame?
  private var size: Int?
  /// The timestamp of the last packet before which others are missing.
  private var lossTimestamp: Int64?
  private var hasToldRobust = false

  /// Makes one for packets of a format.
  public init(_ format: MPEGAudioPayloadFormat = MPEGAudioPayloadFormat()) {
    self.format = format
  }

  /// Takes a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = format.isRobust ? "mpa-robust" : "MPA"
    guard !format.isRobust else {
      if !hasToldRobust {
        hasToldRobust = true
        output.note(.mpegAudioRobust, "mpa-robust is not read", in: packet)
      }
      return
    }
    if packet.lost > 0 {
      lossTimestamp = packet.timestamp
      drop(into: &output)
    }
    var reader = ByteReader(payload)
    guard let reserved = try? reader.u16("MBZ"), let offset = try? reader.u16("Frag_offset") else {
      drop(into: &output)
      return output.note(
        .mpegAudioHeader, "the payload has \(payload.byteCount) bytes", in: packet)
    }
    if reserved != 0 {
      output.note(.mpegAudioReserved, "the first two bytes hold \(reserved)", in: packet)
    }
    let data = payload.extracting(4..<payload.byteCount)
    if offset > 0 {
      output.kind = "MPA fragment"
      goOn(data, at: Int(offset), packet, into: &output)
    } else {
      end(packet, into: &output)
      split(data, packet, into: &output)
    }
  }

  /// Takes what came so far of a frame in free format as the whole; another one is dropped.
  public mutating func finish(into output: inout RTPOutput) {
    if size == nil, let frame = started {
      started = nil
      output.frames.append(frame)
    }
    drop(into: &output)
  }

  private mutating func drop(into output: inout RTPOutput) {
    if started != nil { output.droppedFrames += 1 }
    started = nil
    size = nil
  }

  /// Ends a frame where another begins.
  private mutating func end(_ packet: RTPPacketInfo, into output: inout RTPOutput) {
    guard let frame = started else { return }
    if let size {
      output.note(
        .mpegAudioFragment, "another begins after \(frame.data.count) of \(size) bytes", in: packet)
      return drop(into: &output)
    }
    started = nil
    output.frames.append(frame)
  }

  // MARK: Whole frames

  private mutating func split(
    _ data: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    var position = 0
    var timestamp = packet.timestamp
    while position < data.byteCount {
      let rest = data.extracting(position..<data.byteCount)
      var reader = ByteReader(rest)
      guard let header = try? MPEGAudioHeader(parsing: &reader),
        header.frameByteCount ?? 4 >= MPEGAudioHeader.byteCount
      else {
        output.droppedFrames += 1
        return output.note(
          .mpegAudioFrame, "no header at byte \(position + 4) of the payload", in: packet)
      }
      self.header = header
      let frame = RTPFrame(
        [], timestamp: timestamp, isKeyframe: true, packets: packet.packet...packet.packet)
      guard let size = header.frameByteCount, size <= rest.byteCount else {
        return begin(frame, rest, header.frameByteCount, isFirst: position == 0, packet, &output)
      }
      output.frames.append(frame)
      output.frames[output.frames.count - 1].data =
        [UInt8](copying: rest.extracting(0..<size))
      position += size
      let length = RTPFrameLength(
        samples: header.samplesPerFrame, samplingFrequency: header.samplingFrequency,
        clockRate: format.clockRate)
      timestamp &+= length.ticks()
    }
  }

  /// Begins a frame that is longer than its packet, or of free format.
  private mutating func begin(
    _ frame: RTPFrame, _ data: RawSpan, _ size: Int?, isFirst: Bool, _ packet: RTPPacketInfo,
    _ output: inout RTPOutput
  ) {
    guard isFirst else {
      output.droppedFrames += 1
      return output.note(
        .mpegAudioFrame, "the last frame has \(size ?? 0) bytes, \(data.byteCount) are left",
        in: packet)
    }
    started = frame
    started?.data = [UInt8](copying: data)
    self.size = size
  }

  // MARK: Fragments

  private mutating func goOn(
    _ data: RawSpan, at offset: Int, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    guard var frame = started, frame.timestamp == packet.timestamp, frame.data.count == offset
    else {
      // Its beginning may be among what was lost, which is told elsewhere.
      if packet.timestamp != lossTimestamp {
        let before = started.map { "\($0.data.count) bytes came before" } ?? "nothing came before"
        output.note(.mpegAudioFragment, "Frag_offset is \(offset), \(before)", in: packet)
      }
      drop(into: &output)
      return
    }
    started = nil
    frame.packets =
      min(frame.packets.lowerBound, packet.packet)...max(frame.packets.upperBound, packet.packet)
    let most = size ?? 0xffff
    let count = min(data.byteCount, most - min(frame.data.count, most))
    let part = data.extracting(0..<count)
    frame.data.append(copying: part)
    if count < data.byteCount {
      output.note(
        .mpegAudioFragment, "\(data.byteCount - count) bytes more than the frame has", in: packet)
    }
    if size == frame.data.count {
      output.frames.append(frame)
      size = nil
    } else {
      started = frame
    }
  }
}
