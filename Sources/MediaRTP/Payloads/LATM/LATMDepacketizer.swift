import MediaBitstream
import MediaBytes
import MediaModel

/// Takes frames out of AudioMuxElements, which may go on over several packets (RFC 6416 6).
///
/// An element ends with the marker, or where the timestamp changes.
public struct LATMDepacketizer: RTPDepacketizer {
  /// What SDP says of the packets.
  public let format: LATMPayloadFormat
  /// The configuration in use; in band it comes with an element, and may change.
  public private(set) var streamMuxConfig: StreamMuxConfig?
  /// The element that is being put together.
  private var element: [UInt8] = []
  private var info: RTPPacketInfo?
  private var packets = 0...0
  /// The rest of an element that was given up has this timestamp.
  private var skipping: Int64?
  /// Whether packets are missing right before the element, so that it may lack its beginning.
  private var isAfterLoss = false
  private var hasToldConfiguration = false

  /// 64 frames of 2 KiB.
  private static let largestElement = 1 << 17

  /// Makes one for packets of a format.
  public init(_ format: LATMPayloadFormat) {
    self.format = format
    streamMuxConfig = format.streamMuxConfig
  }

  /// Takes a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "LATM"
    if packet.lost > 0 {
      if let info {
        dropElement(into: &output)
        skipping = info.timestamp
      }
      isAfterLoss = true
    } else if let info, info.timestamp != packet.timestamp {
      output.note(.latmMarker, "the timestamp changes before a marker", in: info)
      endElement(into: &output)
    }
    if skipping == packet.timestamp {
      if packet.marker {
        skipping = nil
        isAfterLoss = false
      }
      return
    }
    skipping = nil
    packets = info == nil ? packet.packet...packet.packet : widened(packet.packet)
    info = packet
    guard element.count + payload.byteCount <= Self.largestElement else {
      output.note(
        .latmElement, "it has more than \(Self.largestElement) bytes", in: packet)
      dropElement(into: &output)
      skipping = packet.marker ? nil : packet.timestamp
      return
    }
    element.append(copying: payload)
    if packet.marker { endElement(into: &output) }
  }

  /// Takes what came so far as the last element, which must then fit.
  public mutating func finish(into output: inout RTPOutput) {
    if info != nil { endElement(into: &output) }
  }

  private func widened(_ number: Int) -> ClosedRange<Int> {
    min(packets.lowerBound, number)...max(packets.upperBound, number)
  }

  private mutating func dropElement(into output: inout RTPOutput) {
    output.droppedFrames += 1
    element.removeAll(keepingCapacity: true)
    info = nil
  }

  private mutating func endElement(into output: inout RTPOutput) {
    guard let packet = info else { return }
    info = nil
    let bytes = element
    element = []
    let wasAfterLoss = isAfterLoss
    isAfterLoss = false
    var reader = unsafe BitReader(bytes.span.bytes)
    guard readConfiguration(&reader, wasAfterLoss, packet, into: &output) else {
      output.droppedFrames += 1
      return
    }
    let config = streamMuxConfig
    let frames = Result { () throws(ParseError) in try Self.frames(&reader, config) }
    let rest = reader.bitsRemaining / 8
    switch frames {
    case .failure(let error):
      output.droppedFrames += 1
      // Its beginning may be among what was lost.
      if !wasAfterLoss { output.note(.latmElement, "\(error)", in: packet) }
    case .success(let frames):
      if rest > 0 {
        guard !wasAfterLoss else {
          output.droppedFrames += 1
          return
        }
        output.note(.latmTrailingBytes, "\(rest) bytes are left over", in: packet)
      }
      add(frames, packet, into: &output)
    }
  }

  private func add(_ frames: [[UInt8]], _ packet: RTPPacketInfo, into output: inout RTPOutput) {
    let config = streamMuxConfig?.configuration
    let length = RTPFrameLength(
      samples: config?.samplesPerFrame ?? 1024,
      samplingFrequency: config?.samplingFrequency ?? Int(format.clockRate),
      clockRate: format.clockRate)
    for (index, frame) in frames.enumerated() where !frame.isEmpty {
      output.frames.append(
        RTPFrame(
          frame, timestamp: packet.timestamp &+ length.ticks(index), isKeyframe: true,
          packets: packets))
    }
  }

  /// Reads what stands before the frames; false where nothing says where they are.
  private mutating func readConfiguration(
    _ reader: inout BitReader, _ wasAfterLoss: Bool, _ packet: RTPPacketInfo,
    into output: inout RTPOutput
  ) -> Bool {
    guard format.isConfigurationInBand else {
      if format.hasCutConfiguration {
        tell(
          .latmCutConfiguration, "config in the description ends with the AudioSpecificConfig",
          packet, into: &output)
      }
      guard format.hasUnusableConfiguration else { return true }
      tell(.latmConfiguration, "config in the description cannot be used", packet, into: &output)
      return false
    }
    guard let isSame = try? reader.flag("useSameStreamMux") else {
      output.note(.latmElement, "it is empty", in: packet)
      return false
    }
    guard !isSame else {
      guard streamMuxConfig == nil else { return true }
      tell(.latmWithoutConfiguration, "useSameStreamMux before any", packet, into: &output)
      return false
    }
    let parsed = Self.configuration(&reader)
    switch parsed {
    case .success(let config):
      streamMuxConfig = config
      return true
    case .failure(let error):
      if !wasAfterLoss { output.note(.latmConfiguration, "\(error)", in: packet) }
      return false
    }
  }

  private static func configuration(
    _ reader: inout BitReader
  ) -> Result<StreamMuxConfig, ParseError> {
    Result { () throws(ParseError) in try StreamMuxConfig(parsing: &reader) }
  }

  /// Says once what all packets share.
  private mutating func tell(
    _ code: FindingCode, _ message: String, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    guard !hasToldConfiguration else { return }
    hasToldConfiguration = true
    output.note(code, message, in: packet)
  }

  /// Reads PayloadLengthInfo and PayloadMux of each frame; without a configuration there is one.
  private static func frames(
    _ reader: inout BitReader, _ config: StreamMuxConfig?
  ) throws(ParseError) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    for _ in 0..<(config?.frameCount ?? 1) {
      var count = 0
      if case .fixed(let size) = config?.frameLength {
        count = size
      } else {
        var more = 255
        while more == 255 {
          more = Int(try reader.bits(8, "MuxSlotLengthBytes"))
          count += more
        }
      }
      frames.append(try reader.latmBytes(count, "PayloadMux"))
    }
    if let bits = config?.otherDataBitCount {
      guard bits <= reader.bitsRemaining else {
        throw ParseError(.truncated(needed: bits / 8), "otherData", at: reader.offset)
      }
      try reader.skip(bits, "otherData")
    }
    return frames
  }
}
