import MediaBitstream
import MediaBytes
import MediaRTP

/// Splits frames into payloads and puts those together again, in the format that the first byte
/// chooses.
///
/// The second byte sets the size of payloads, the third options. Each frame is three bytes (flags
/// and the step of the timestamp, 16 bits of length) and its content; of H.264 and H.265 that is NAL
/// units, each behind a byte that says its length less one.
public func fuzzPacketizers(_ bytes: RawSpan) {
  guard bytes.byteCount >= 3 else { return }
  let trip = trips[Int(bytes.byte(at: 0)) % trips.count]
  let options = Options(
    maxPayload: 52 + 4 * Int(bytes.byte(at: 1)), flags: bytes.byte(at: 2))
  let frames = frames(bytes.extracting(3..<bytes.byteCount), trip)
  let (sent, received) = trip.run(frames, options)
  switch trip.kept {
  case .frames: precondition(received == sent, "other frames")
  case .bytes:
    precondition(received.flatMap(\.data) == sent.flatMap(\.data), "other bytes")
  case .units:
    precondition(received.map(\.timestamp) == sent.map(\.timestamp), "other times")
    for (frame, whole) in zip(received, sent) {
      checkUnits(units(frame.data), whole: units(whole.data), trip.isH265)
    }
  case .form:
    let again = trip.run(received, options)
    precondition(again.sent == received && again.received == received, "other frames")
  }
}

private struct Options {
  var maxPayload: Int
  var flags: UInt8

  var aggregation: NALUnitAggregation { [.none, .parameterSets, .all, .all][Int(flags & 3)] }
  var interval: ParameterSetInterval {
    [.once, .keyframe, .ticks(1000), .keyframe][Int(flags >> 2 & 3)]
  }
  var mode: Int { Int(flags >> 4 & 1) }
}

private struct TimedFrame: Equatable {
  var data: [UInt8]
  var timestamp: Int64
  var isKeyframe = false

  static func == (a: Self, b: Self) -> Bool { a.data == b.data && a.timestamp == b.timestamp }
}

/// What has to come back.
private enum Kept {
  /// Every frame.
  case frames
  /// The bytes of all frames together.
  case bytes
  /// NAL units; parameter sets may be added.
  case units
  /// What came back once.
  case form
}

private struct Trip {
  var format: (map: String, parameters: String)
  var kept: Kept
  /// Whether the marker is that of a frame's last packet.
  var marksEnds = true
  var make: @Sendable (Options) -> any RTPPacketizer
  /// Whether the format can tell that a frame is one.
  var isWhole: @Sendable (RawSpan) -> Bool = { _ in true }

  var isH265: Bool { format.map.hasPrefix("H265") }

  /// What was sent, which is all but what the format refuses, and what came back.
  func run(
    _ frames: [TimedFrame], _ options: Options
  ) -> (sent: [TimedFrame], received: [TimedFrame]) {
    var packetizer = make(options)
    var unpacker = unpacker(format)
    var (payloads, output, sent) = (RTPPayloads(), RTPOutput(), [TimedFrame]())
    var count = 0
    func deliver(_ frame: TimedFrame) {
      for (index, packet) in payloads.packets.enumerated() {
        precondition(
          (1...options.maxPayload).contains(packet.byteCount), "a payload past the limit")
        precondition(
          !marksEnds || packet.marker == (index + 1 == payloads.packets.count), "a wrong marker")
        var writer = ByteWriter()
        payloads.write(packet, of: frame.data.span.bytes, to: &writer)
        precondition(writer.bytes.count == packet.byteCount, "another length")
        count += 1
        unpacker.receive(
          writer.bytes.span.bytes,
          RTPPacketInfo(
            packet: count, number: Int64(count), timestamp: packet.timestamp(of: frame.timestamp),
            marker: packet.marker), into: &output)
      }
      payloads.removeAll()
    }
    for frame in frames where isWhole(frame.data.span.bytes) {
      do throws(RTPPayloadError) {
        try packetizer.packetize(
          frame.data.span.bytes, RTPFrameTime(frame.timestamp, isKeyframe: frame.isKeyframe),
          into: &payloads)
        if kept == .bytes || !payloads.packets.isEmpty { sent.append(frame) }
      } catch {
        precondition(payloads.packets.isEmpty && !error.message.isEmpty, "a part of a frame")
      }
      deliver(frame)
    }
    packetizer.finish(into: &payloads)
    deliver(TimedFrame(data: [], timestamp: frames.last?.timestamp ?? 0))
    unpacker.finish(into: &output)
    return (sent, output.frames.map { TimedFrame(data: $0.data, timestamp: $0.timestamp) })
  }
}

private let trips: [Trip] = [
  Trip(
    format: ("H264/90000", ""), kept: .units,
    make: {
      H264Packetizer(
        maxPayload: $0.maxPayload, packetizationMode: $0.mode, aggregate: $0.aggregation,
        configInterval: $0.interval)
    }),
  Trip(
    format: ("H265/90000", ""), kept: .units,
    make: {
      H265Packetizer(
        maxPayload: $0.maxPayload, aggregate: $0.aggregation, configInterval: $0.interval)
    }),
  Trip(
    format: ("H265/90000", "sprop-max-don-diff=1"), kept: .units,
    make: {
      H265Packetizer(
        maxPayload: $0.maxPayload, aggregate: $0.aggregation, configInterval: $0.interval,
        sendsDON: true)
    }),
  Trip(
    format: ("VP8/90000", ""), kept: .frames, make: { VP8Packetizer(maxPayload: $0.maxPayload) }),
  Trip(
    format: ("VP9/90000", ""), kept: .frames, make: { VP9Packetizer(maxPayload: $0.maxPayload) }),
  Trip(format: ("AV1/90000", ""), kept: .form, make: { AV1Packetizer(maxPayload: $0.maxPayload) }),
  Trip(
    format: ("JPEG/90000", ""), kept: .form, make: { JPEGPacketizer(maxPayload: $0.maxPayload) }),
  Trip(
    format: ("MP2T/90000", ""), kept: .bytes, marksEnds: false,
    make: { MPEGTSPacketizer(maxPayload: $0.maxPayload) }),
  Trip(
    format: ("MPA/90000", ""), kept: .frames, marksEnds: false,
    make: { MPEGAudioPacketizer(maxPayload: $0.maxPayload) }, isWhole: isMPEGAudio),
  Trip(
    format: ("opus/48000/2", ""), kept: .frames, marksEnds: false,
    make: { OpusPacketizer(maxPayload: $0.maxPayload) }, isWhole: isOpus),
  Trip(
    format: ("L16/48000/2", ""), kept: .bytes, marksEnds: false,
    make: {
      PCMPacketizer(
        PCMPayloadFormat(.l16, samplingRate: 48_000, channels: 2), maxPayload: $0.maxPayload,
        sourceIsLittleEndian: true)
    }),
  Trip(
    format: (
      "mpeg4-generic/48000/2", "mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3"
    ),
    kept: .frames,
    make: { AACPacketizer(aac(.highBitRate), maxPayload: $0.maxPayload) }),
  Trip(
    format: ("mpeg4-generic/48000/2", "mode=AAC-lbr;sizelength=6;indexlength=2;indexdeltalength=2"),
    kept: .frames,
    make: { AACPacketizer(aac(.lowBitRate), maxPayload: $0.maxPayload) }),
  Trip(
    format: ("MP4A-LATM/48000/2", "cpresent=0;config=400023203fc0"), kept: .frames,
    make: { LATMPacketizer(latm(), maxPayload: $0.maxPayload) }),
]

private func aac(_ mode: AACPayloadFormat.Mode) -> AACPayloadFormat {
  guard let format = AACPayloadFormat(audioSpecificConfig: [0x11, 0x90], mode: mode) else {
    preconditionFailure("an AudioSpecificConfig that cannot be read")
  }
  return format
}

private func latm() -> LATMPayloadFormat {
  guard let format = LATMPayloadFormat(audioSpecificConfig: [0x11, 0x90]) else {
    preconditionFailure("an AudioSpecificConfig that cannot be read")
  }
  return format
}

/// Whether bytes are one frame, as its header says.
private func isMPEGAudio(_ frame: RawSpan) -> Bool {
  var reader = ByteReader(frame)
  let header = try? MPEGAudioHeader(parsing: &reader)
  return header?.frameByteCount == frame.byteCount && frame.byteCount >= 4
}

private func isOpus(_ packet: RawSpan) -> Bool {
  var reader = ByteReader(packet)
  return (try? OpusPacket(parsing: &reader)) != nil
}

// MARK: - Frames

private func frames(_ bytes: RawSpan, _ trip: Trip) -> [TimedFrame] {
  var frames: [TimedFrame] = []
  var (position, timestamp) = (0, 0 as Int64)
  while position + 3 <= bytes.byteCount {
    let flags = bytes.byte(at: position)
    let length = Int(bytes.byte(at: position + 1)) << 8 | Int(bytes.byte(at: position + 2))
    let range = position + 3..<min(position + 3 + length, bytes.byteCount)
    position = range.upperBound
    timestamp += 1 + 8 * Int64(flags >> 1)
    let content = bytes.extracting(range)
    let data = trip.kept == .units ? accessUnit(content, trip.isH265) : [UInt8](copying: content)
    guard let data else { continue }
    frames.append(TimedFrame(data: data, timestamp: timestamp, isKeyframe: flags & 1 == 1))
  }
  return frames
}

/// NAL units behind four bytes of length; nil where receivers may not take them for one access
/// unit: where no picture is among them, or start codes are in them.
private func accessUnit(_ bytes: RawSpan, _ isH265: Bool) -> [UInt8]? {
  var (data, position, hasPicture) = ([UInt8](), 0, false)
  while position + 1 < bytes.byteCount {
    let count = min(Int(bytes.byte(at: position)) + 1, bytes.byteCount - position - 1)
    let unit = [UInt8](copying: bytes.extracting(position + 1..<position + 1 + count))
    position += 1 + count
    for index in unit.indices.dropFirst(2) where unit[index] == 1 {
      if unit[index - 1] == 0, unit[index - 2] == 0 { return nil }
    }
    let type = isH265 ? unit[0] >> 1 & 0x3f : unit[0] & 0x1f
    hasPicture = hasPicture || (isH265 ? type < 32 : (1...5).contains(type))
    data += [0, 0, 0, UInt8(truncatingIfNeeded: count)] + unit
    if count == 256 { data[data.count - count - 2] = 1 }
  }
  return hasPicture ? data : nil
}

/// The NAL units behind four bytes of length each.
func units(_ data: [UInt8]) -> [[UInt8]] {
  var units: [[UInt8]] = []
  var position = 0
  while position + 4 <= data.count {
    let count = data[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    precondition(count > 0 && position + 4 + count <= data.count, "a length past the end")
    units.append([UInt8](data[position + 4..<position + 4 + count]))
    position += 4 + count
  }
  precondition(position == data.count, "bytes behind the last NAL unit")
  return units
}

/// All of `whole` is there in its order, and nothing else but parameter sets.
private func checkUnits(_ units: [[UInt8]], whole: [[UInt8]], _ isH265: Bool) {
  var rest = whole[...]
  for unit in units {
    if unit == rest.first {
      rest = rest.dropFirst()
      continue
    }
    let type = isH265 ? unit[0] >> 1 & 0x3f : unit[0] & 0x1f
    precondition(
      isH265 ? (32...34).contains(type) : [7, 8, 13, 15].contains(type), "a unit that was not sent")
  }
  precondition(rest.isEmpty, "a unit is missing")
}
