import MediaBitstream
import MediaBytes
import MediaModel

extension FLVTag {
  /// Whether the bytes of the body say themselves that it ends where `DataSize` has its end.
  ///
  /// A decoder configuration is believed as soon as it can be read: without it the whole track is
  /// lost. Sound and pictures must fill the body exactly; of codecs whose frames do not tell where
  /// they end nothing is believed, nor of what is encrypted.
  func isSeenWhole(in body: RawSpan) -> Bool {
    guard !header.isFiltered else { return false }
    var reader = ByteReader(body)
    do throws(ParseError) {
      switch header.type {
      case .audio:
        let audio = try FLVAudioBody(parsing: &reader, bodySize: body.byteCount)
        return audio.anomalies.isEmpty && Self.areWhole(audio.parts, body)
      case .video:
        let video = try FLVVideoBody(parsing: &reader, bodySize: body.byteCount)
        return video.anomalies.isEmpty && Self.areWhole(video.parts, body)
      default:
        let script = FLVScriptData(parsing: &reader, type: header.type)
        guard script.encoding != .amf3, script.damage == nil, script.name != nil else {
          return false
        }
        return script.anomalies.allSatisfy {
          if case .countDiffers = $0.kind { true } else { false }
        }
      }
    } catch {
      return false
    }
  }

  private static func areWhole(_ parts: FLVMediaParts, _ body: RawSpan) -> Bool {
    !parts.isEmpty
      && parts.allSatisfy { part in
        guard let codec = part.codec else { return false }
        let payload = body.extracting(part.payload)
        switch part.kind {
        case .sequenceHeader:
          return payload.byteCount > 0
            && codec.unreadable(configuration: [UInt8](copying: payload)) == nil
        case .sequenceEnd: return payload.byteCount == 0
        case .codedFrames: return codec.fills(payload)
        case .metadata, .mpeg2TSSequenceStart, .multichannelConfig, .command, .reserved:
          return false
        }
      }
  }
}

extension Codec {
  /// Whether frames of this codec take up all of `payload`.
  fileprivate func fills(_ payload: RawSpan) -> Bool {
    guard payload.byteCount > 0 else { return false }
    var reader = ByteReader(payload)
    do throws(ParseError) {
      switch self {
      case .h264, .hevc, .vvc:
        while !reader.isAtEnd {
          let count = Int(try reader.u32("NAL unit length"))
          // forbidden_zero_bit
          guard count > 0, let first = reader.peekU8, first & 0x80 == 0 else { return false }
          try reader.skip(count, "NAL unit")
        }
      case .mp3:
        while !reader.isAtEnd {
          let header = try MPEGAudioHeader(parsing: &reader)
          guard let count = header.frameByteCount, count > MPEGAudioHeader.byteCount else {
            return false
          }
          try reader.skip(count - MPEGAudioHeader.byteCount, "MPEG audio frame")
        }
      default: return false
      }
      return true
    } catch {
      return false
    }
  }
}
