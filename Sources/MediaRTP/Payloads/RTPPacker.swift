import MediaBitstream
import MediaBytes
public import MediaModel

/// What is to be decided about how tracks are sent.
public struct RTPPackerOptions: Sendable {
  /// Which payload format is taken where a codec has several.
  public enum Choice: String, Hashable, Sendable, CaseIterable {
    /// The usual one: RFC 3640 AAC-hbr for AAC.
    case auto
    /// RFC 3640, high bit rate: the usual one for AAC.
    case aacHBR = "aac-hbr"
    /// RFC 3640, low bit rate: frames of 63 bytes at most.
    case aacLBR = "aac-lbr"
    /// RFC 6416, MP4A-LATM.
    case latm
    /// RFC 2250, the whole transport stream.
    case mp2t
  }

  /// When parameter sets are put before keyframes that lack them.
  public enum ConfigInterval: Hashable, Sendable {
    /// Before the first.
    case once
    /// Before each.
    case keyframe
    /// Before the first after so many nanoseconds without any.
    case every(Int64)
  }

  /// The most bytes of a payload, at least 52.
  public var maxPayload = 1388
  /// `packetization-mode` of H.264, 0 or 1.
  public var packetizationMode = 1
  /// Which NAL units share packets.
  public var aggregation = NALUnitAggregation.none
  /// When parameter sets are repeated.
  public var configInterval = ConfigInterval.keyframe
  /// The payload format, where there is a choice.
  public var choice = Choice.auto

  /// Makes the usual ones, for packets of 1400 bytes.
  public init() {}
}

/// Why a track cannot be sent.
public struct RTPPackerError: Error, Hashable, Sendable {
  /// Whether there is no payload format for it at all; else its configuration is at fault.
  public var isUnavailable: Bool
  /// A sentence without a full stop.
  public var message: String

  init(_ message: String, isUnavailable: Bool = false) {
    self.message = message
    self.isUnavailable = isUnavailable
  }
}

/// Splits the frames of a track in whatever payload format suits it.
public struct RTPPacker: Sendable {
  /// What SDP says of it.
  public let format: SDPPayloadFormat
  /// Ticks of the timestamp in a second.
  public let clock: Timescale
  /// What kind of content it carries, `m=`'s first word.
  public let kind: MediaKind
  /// Whether its samples are linear PCM, of a source that has their low byte first.
  public let swapsBytes: Bool
  private var packetizer: any RTPPacketizer
  private let duration: Duration

  /// How long a frame lasts, where the payload format's clock can tell it exactly.
  private enum Duration: Sendable {
    case unknown
    case constant(Int64)
    case opus
    case samples(PCMPayloadFormat)
  }

  private struct Made {
    var packetizer: any RTPPacketizer
    var format: SDPPayloadFormat
    var duration = Duration.unknown
    var swapsBytes = false
  }

  /// Chooses the payload format of a track.
  ///
  /// `payloadType` is taken where RFC 3551 has no static one for the format, or always where it
  /// `isForced`.
  public init(
    _ track: Track, _ options: RTPPackerOptions, payloadType: RTPPayloadType,
    isForced: Bool = false
  ) throws(RTPPackerError) {
    var made = try Self.made(track, options, payloadType)
    let fixed = RTPPayloadType(
      encodingName: made.format.encodingName, clockRate: made.format.clockRate ?? 0,
      channels: made.format.channels ?? 1)
    made.format.move(to: isForced ? payloadType : fixed ?? payloadType)
    guard let clock = made.format.clockRate.flatMap({ Timescale($0) }) else {
      throw RTPPackerError("the clock rate of \(made.format.encodingName) is not known")
    }
    self.clock = clock
    format = made.format
    kind = track.kind
    packetizer = made.packetizer
    duration = made.duration
    swapsBytes = made.swapsBytes
  }

  /// How long a frame lasts in ticks; nil where only the next one tells.
  public func duration(of frame: RawSpan) -> Int64? {
    switch duration {
    case .unknown: return nil
    case .constant(let ticks): return ticks
    case .opus:
      var reader = ByteReader(frame)
      guard let packet = try? OpusPacket(parsing: &reader) else { return nil }
      return Int64(packet.samples)
    case .samples: return ticks(ofSamples: frame.byteCount)
    }
  }

  /// How many bytes of samples a packet has; nil of what is not cut into packets by time.
  public var packetByteCount: Int? { (packetizer as? PCMPacketizer)?.packetByteCount }

  /// How long some bytes of samples last in ticks; 0 of what is no samples.
  public func ticks(ofSamples byteCount: Int) -> Int64 {
    guard case .samples(let format) = duration else { return 0 }
    return Int64(byteCount / format.blockByteCount * format.blockTicks)
  }

  /// Splits a frame; see `RTPPacketizer`.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    try packetizer.packetize(frame, time, into: &payloads)
  }

  /// Takes the track's configuration from the next frame on; false where packets cannot say it.
  public mutating func take(configuration: [UInt8], of codec: Codec) -> Bool {
    var reader = ByteReader(configuration.span)
    switch codec {
    case .h264, .hevc:
      guard let sets = Self.parameterSets(&reader, codec) else { return false }
      packetizer.take(parameterSets: sets)
      return true
    // The frames themselves say all.
    case .av1, .opus, .vp8, .vp9: return true
    default: return false
    }
  }

  /// Adds what was held back.
  public mutating func finish(into payloads: inout RTPPayloads) {
    packetizer.finish(into: &payloads)
  }
}

extension SDPPayloadFormat {
  /// Gives it, and its parameters, another payload type.
  fileprivate mutating func move(to type: RTPPayloadType) {
    payloadType = type
    parameters.payloadType = type
  }
}

// MARK: - Codecs

extension RTPPacker {
  private static func made(
    _ track: Track, _ options: RTPPackerOptions, _ type: RTPPayloadType
  ) throws(RTPPackerError) -> Made {
    switch track.codec.rawValue {
    case "h264": return try h264(track, options, type)
    case "hevc": return try h265(track, options, type)
    case "aac": return try aac(track, options, type)
    case "opus": return try opus(track, options, type)
    case "mp3", "mp2", "mp1":
      return Made(
        packetizer: MPEGAudioPacketizer(maxPayload: options.maxPayload),
        format: MPEGAudioPayloadFormat().payloadFormat(type))
    default: break
    }
    if let made = try otherVideo(track, options, type) { return made }
    if let made = try samples(track, options, type) { return made }
    throw RTPPackerError(
      "\(track.codec) has no RTP payload format that is known here", isUnavailable: true)
  }

  private static func otherVideo(
    _ track: Track, _ options: RTPPackerOptions, _ type: RTPPayloadType
  ) throws(RTPPackerError) -> Made? {
    let limit = options.maxPayload
    switch track.codec.rawValue {
    case "vp8":
      return Made(
        packetizer: VP8Packetizer(maxPayload: limit), format: VP8PayloadFormat().payloadFormat(type)
      )
    case "vp9":
      return Made(
        packetizer: VP9Packetizer(maxPayload: limit), format: VP9PayloadFormat().payloadFormat(type)
      )
    case "av1":
      // The OBUs of av1C stand behind its four bytes.
      let obus = track.configuration.dropFirst(4)
      let format = AV1PayloadFormat(obus: unsafe [UInt8](obus).span.bytes)
      return Made(
        packetizer: AV1Packetizer(maxPayload: limit), format: format.payloadFormat(type))
    case "mjpeg":
      var size: JPEGSize?
      if let width = track.width, let height = track.height, width > 0, height > 0 {
        size = JPEGSize(width: width, height: height)
      }
      let isLarge = size.map { !$0.isSaidByHeader } ?? false
      return Made(
        packetizer: JPEGPacketizer(maxPayload: limit, sizeInSDP: isLarge),
        format: JPEGPayloadFormat(size: size).payloadFormat(type))
    case "mpegts":
      let size = MPEGTSPacketizer.packetByteCount
      guard limit >= size else {
        throw RTPPackerError(
          "a packet of a transport stream has \(size) bytes, a payload \(limit) at most")
      }
      return Made(
        packetizer: MPEGTSPacketizer(maxPayload: limit),
        format: SDPPayloadFormat(type, "MP2T", clockRate: 90_000))
    default: return nil
    }
  }

  // MARK: Sound

  private static func aac(
    _ track: Track, _ options: RTPPackerOptions, _ type: RTPPayloadType
  ) throws(RTPPackerError) -> Made {
    let config = track.configuration
    if options.choice == .latm {
      guard let format = LATMPayloadFormat(audioSpecificConfig: config) else {
        throw RTPPackerError("the AudioSpecificConfig cannot be read, or has no place in LATM")
      }
      let described = format.payloadFormat(type)
      return Made(
        packetizer: LATMPacketizer(format, maxPayload: options.maxPayload), format: described,
        duration: aacDuration(config, described.clockRate))
    }
    let mode: AACPayloadFormat.Mode = options.choice == .aacLBR ? .lowBitRate : .highBitRate
    guard let format = AACPayloadFormat(audioSpecificConfig: config, mode: mode) else {
      throw RTPPackerError("AAC without an AudioSpecificConfig that can be read")
    }
    return Made(
      packetizer: AACPacketizer(format, maxPayload: options.maxPayload),
      format: format.payloadFormat(type), duration: aacDuration(config, format.clockRate))
  }

  private static func aacDuration(_ bytes: [UInt8], _ clockRate: UInt32?) -> Duration {
    var reader = ByteReader(bytes.span)
    guard let config = try? AudioSpecificConfig(parsing: &reader), let clockRate,
      let samples = config.samplesPerFrame, config.samplingFrequency > 0
    else { return .unknown }
    let ticks = Int64(samples) * Int64(clockRate)
    // Anything but a whole number would drift.
    let (quotient, rest) = ticks.quotientAndRemainder(dividingBy: Int64(config.samplingFrequency))
    return rest == 0 && quotient > 0 ? .constant(quotient) : .unknown
  }

  private static func opus(
    _ track: Track, _ options: RTPPackerOptions, _ type: RTPPayloadType
  ) throws(RTPPackerError) -> Made {
    var reader = ByteReader(track.configuration.span)
    let head = try? OpusHead(parsing: &reader)
    if let head, head.channels > 2 {
      throw RTPPackerError(
        "Opus of \(head.channels) channels, channel mapping family \(head.mappingFamily), is several "
          + "streams in one; RFC 7587 carries one stream, mono or stereo", isUnavailable: true)
    }
    let format = OpusPayloadFormat(channels: head.map { Int($0.channels) } ?? track.channels ?? 2)
    return Made(
      packetizer: OpusPacketizer(maxPayload: options.maxPayload),
      format: format.payloadFormat(type), duration: .opus)
  }

  private static func samples(
    _ track: Track, _ options: RTPPackerOptions, _ type: RTPPayloadType
  ) throws(RTPPackerError) -> Made? {
    let (encoding, isLittle): (PCMPayloadFormat.Encoding, Bool)
    switch track.codec.rawValue {
    case "pcm_mulaw": (encoding, isLittle) = (.pcmu, false)
    case "pcm_alaw": (encoding, isLittle) = (.pcma, false)
    case "pcm_u8": (encoding, isLittle) = (.l8, false)
    case "pcm_s16be": (encoding, isLittle) = (.l16, false)
    case "pcm_s16le": (encoding, isLittle) = (.l16, true)
    case "pcm_s24be": (encoding, isLittle) = (.l24, false)
    case "pcm_s24le": (encoding, isLittle) = (.l24, true)
    case "adpcm_g722": (encoding, isLittle) = (.g722, false)
    default: return nil
    }
    guard let rate = track.sampleRate.flatMap({ UInt32(exactly: $0) }), rate > 0,
      let channels = track.channels, (1...255).contains(channels)
    else { throw RTPPackerError("\(track.codec) without a sampling rate and channels") }
    let format = PCMPayloadFormat(encoding, samplingRate: rate, channels: channels)
    guard format.blockByteCount <= options.maxPayload else {
      throw RTPPackerError(
        "\(channels) channels of \(track.codec) do not fit in a payload of \(options.maxPayload) bytes"
      )
    }
    return Made(
      packetizer: PCMPacketizer(
        format, maxPayload: options.maxPayload, sourceIsLittleEndian: isLittle),
      format: format.payloadFormat(type), duration: .samples(format), swapsBytes: isLittle)
  }

  // MARK: H.264 and H.265

  private static func interval(_ options: RTPPackerOptions) -> ParameterSetInterval {
    switch options.configInterval {
    case .once: return .once
    case .keyframe: return .keyframe
    case .every(let nanoseconds):
      let time = MediaTime(ticks: nanoseconds, timescale: .nanoseconds).rescaled(to: .mpeg)
      return .ticks(time?.ticks ?? .max)
    }
  }

  private static func h264(
    _ track: Track, _ options: RTPPackerOptions, _ type: RTPPayloadType
  ) throws(RTPPackerError) -> Made {
    var reader = ByteReader(track.configuration.span)
    let record = try? AVCDecoderConfigurationRecord(parsing: &reader)
    let mode = options.packetizationMode
    // Without a record receivers still must not take a mode that is not stated for 0.
    let parameters =
      record.map { SDPFormatParameters(payloadType: type, h264: $0, packetizationMode: mode) }
      ?? SDPFormatParameters(payloadType: type, [.init("packetization-mode", "\(mode)")])
    return Made(
      packetizer: H264Packetizer(
        maxPayload: options.maxPayload, packetizationMode: options.packetizationMode,
        aggregate: options.aggregation, configInterval: interval(options),
        parameterSets: record.map(Self.sets) ?? []),
      format: SDPPayloadFormat(type, "H264", clockRate: 90_000, parameters: parameters))
  }

  private static func h265(
    _ track: Track, _ options: RTPPackerOptions, _ type: RTPPayloadType
  ) throws(RTPPackerError) -> Made {
    var reader = ByteReader(track.configuration.span)
    let record = try? HEVCDecoderConfigurationRecord(parsing: &reader)
    return Made(
      packetizer: H265Packetizer(
        maxPayload: options.maxPayload, aggregate: options.aggregation,
        configInterval: interval(options), parameterSets: record.map(Self.sets) ?? []),
      format: SDPPayloadFormat(
        type, "H265", clockRate: 90_000,
        parameters: record.map { SDPFormatParameters(payloadType: type, h265: $0) }))
  }

  private static func sets(_ record: AVCDecoderConfigurationRecord) -> [[UInt8]] {
    record.sequenceParameterSets + record.pictureParameterSets
  }

  private static func sets(_ record: HEVCDecoderConfigurationRecord) -> [[UInt8]] {
    record.arrays.filter { (32...34).contains($0.type.rawValue) }.flatMap(\.units)
  }

  private static func parameterSets(_ reader: inout ByteReader, _ codec: Codec) -> [[UInt8]]? {
    codec == .h264
      ? (try? AVCDecoderConfigurationRecord(parsing: &reader)).map(sets)
      : (try? HEVCDecoderConfigurationRecord(parsing: &reader)).map(sets)
  }
}
