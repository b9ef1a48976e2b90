import MediaBytes
import MediaModel

/// A frame of the older form about which there is nothing to remark: what most tags are.
///
/// It is read in a fraction of the time that a whole body takes, and copying it costs nothing.
struct FLVPlainFrame: Hashable, Sendable {
  let part: FLVMediaPart
  /// `FrameType` of a picture; nil of sound.
  let frameType: FLVFrameType?

  /// Reads the first bytes of a tag's body; nil where it is anything but a plain frame.
  init?(_ tag: FLVTag, _ bytes: RawSpan) {
    let size = tag.body.count
    guard !tag.header.isFiltered, bytes.byteCount >= min(size, 5), bytes.byteCount > 1 else {
      return nil
    }
    let first = bytes.byte(at: 0)
    switch tag.header.type {
    case .audio:
      let header = FLVSoundHeader(byte: first)
      let isAAC = header.format == .aac
      guard header.format != .exHeader, header.format.anomaly == nil, size > 2,
        !isAAC || FLVAACPacketType(rawValue: bytes.byte(at: 1)) == .raw
      else { return nil }
      frameType = nil
      part = FLVMediaPart(.codedFrames, .sound(header), payload: (isAAC ? 2 : 1)..<size)
    case .video:
      let type = FLVFrameType(rawValue: first >> 4)
      guard FLVVideoCodecID(rawValue: first & 0xf) == .avc, type == .key || type == .inter,
        size > 5, FLVAVCPacketType(rawValue: bytes.byte(at: 1)) == .nalu
      else { return nil }
      let offset =
        UInt32(bytes.byte(at: 2)) << 24 | UInt32(bytes.byte(at: 3)) << 16
        | UInt32(bytes.byte(at: 4)) << 8
      frameType = type
      part = FLVMediaPart(
        .codedFrames, .video(.avc), compositionTimeOffset: Int32(bitPattern: offset) >> 8,
        payload: 5..<size)
    default: return nil
    }
  }

  var mediaKind: MediaKind { frameType == nil ? .audio : .video }
  var isKeyframe: Bool { frameType != .inter }

  /// The same as a body.
  var body: FLVTagBody {
    switch part.coding {
    case .sound(let header):
      .audio(FLVAudioBody(header, header.format == .aac ? .raw : nil, payload: part.payload))
    default:
      .video(
        FLVVideoBody(
          .avc, .nalu, frameType ?? .inter, compositionTimeOffset: part.compositionTimeOffset,
          payload: part.payload))
    }
  }
}
