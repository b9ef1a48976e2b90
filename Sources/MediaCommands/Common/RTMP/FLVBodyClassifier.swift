internal import MediaBytes
internal import MediaFLV
internal import MediaRTMP

/// Tells what the body of an FLV tag is good for.
struct FLVBodyClassifier {
  /// The track that pictures of further tracks go along with.
  private var firstVideoTrack: UInt8?

  /// What a body of sound or pictures is good for, and its codec where it is one of Enhanced RTMP;
  /// bodies that nobody can read are of any other use.
  mutating func classify(
    _ type: RTMPMessageType, _ body: [UInt8]
  ) -> (role: RTMPMessageRole, fourCC: FourCC?) {
    switch type {
    case .audio: audio(body)
    case .video: video(body)
    default: (.other, nil)
    }
  }

  // MARK: Sound

  private func audio(_ bytes: [UInt8]) -> (role: RTMPMessageRole, fourCC: FourCC?) {
    guard let first = bytes.first else { return (.sound, nil) }
    let format = FLVSoundHeader(byte: first).format
    if format == .aac {
      guard bytes.count > 1 else { return (.sound, nil) }
      let type = FLVAACPacketType(rawValue: bytes[1])
      return (
        type == .sequenceHeader ? configuration(.audio, type.rawValue, [0]) : .sound, nil
      )
    }
    guard format == .exHeader else { return (.sound, nil) }
    var reader = ByteReader(bytes.span)
    let body = try? FLVAudioBody(parsing: &reader, bodySize: bytes.count)
    guard let body, let header = body.exHeader else { return (.other, nil) }
    return (
      role(of: body.parts, header.packetType.rawValue, .audio) ?? .sound, body.parts.first?.fourCC
    )
  }

  // MARK: Pictures

  private mutating func video(
    _ bytes: [UInt8]
  ) -> (role: RTMPMessageRole, fourCC: FourCC?) {
    guard let first = bytes.first else { return (.other, nil) }
    guard first & 0x80 == 0 else { return enhancedVideo(bytes) }
    let (type, codecID) = (
      FLVFrameType(rawValue: first >> 4), FLVVideoCodecID(rawValue: first & 0xf)
    )
    guard type != .command else { return (.other, nil) }
    if codecID.hasPacketType {
      guard bytes.count > 1 else { return (.other, nil) }
      let packet = FLVAVCPacketType(rawValue: bytes[1])
      switch packet {
      case .sequenceHeader: return (configuration(.video, packet.rawValue, [0]), nil)
      case .nalu: break
      default: return (.other, nil)
      }
    }
    return (.picture(picture(type.isKey, track: 0)), nil)
  }

  private mutating func enhancedVideo(
    _ bytes: [UInt8]
  ) -> (role: RTMPMessageRole, fourCC: FourCC?) {
    var reader = ByteReader(bytes.span)
    let body = try? FLVVideoBody(parsing: &reader, bodySize: bytes.count)
    guard let body, let header = body.exHeader, body.command == nil else { return (.other, nil) }
    let fourCC = body.parts.first?.fourCC
    if let role = role(of: body.parts, header.packetType.rawValue, .video) { return (role, fourCC) }
    guard let track = body.parts.map(\.trackID).min() else { return (.other, fourCC) }
    return (.picture(picture(body.isKeyframe, track: track)), fourCC)
  }

  private mutating func picture(_ isKey: Bool, track: UInt8) -> RTMPMessageRole.Picture {
    let first = firstVideoTrack ?? track
    firstVideoTrack = first
    return !isKey ? .inter : track == first ? .key : .furtherKey
  }

  // MARK: Either

  /// nil for frames.
  private func role(
    of parts: FLVMediaParts, _ packetType: UInt8, _ type: RTMPMessageType
  ) -> RTMPMessageRole? {
    switch parts.first?.kind {
    case .codedFrames: nil
    case .sequenceHeader, .mpeg2TSSequenceStart, .multichannelConfig, .metadata:
      configuration(type, packetType, parts.map(\.trackID))
    case .sequenceEnd, .command, .reserved, nil: .other
    }
  }

  private func configuration(
    _ type: RTMPMessageType, _ packetType: UInt8, _ tracks: [UInt8]
  ) -> RTMPMessageRole {
    .configuration(.init(type: type, packetType: packetType, tracks: tracks))
  }
}
