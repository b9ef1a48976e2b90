import MediaBitstream
import MediaBytes
import MediaModel

extension FLVStream {
  /// Whether its frames carry closed captions; nil where its first keyframe does not begin with any
  /// and none was walked by NAL unit.
  public var hasCaptions: Bool? {
    walkedCaptions == true || beginsWithCaptions ? true : walkedCaptions
  }

  /// Whether captions are in the NAL units that the first bytes of the first keyframe show.
  private var beginsWithCaptions: Bool {
    guard let bytes = firstKeyframe, let headerByteCount else { return false }
    var reader = ByteReader(bytes.span)
    do throws(ParseError) {
      while true {
        var length = 0
        for _ in 0..<lengthSize.rawValue {
          length = length << 8 | Int(try reader.u8("NAL unit length"))
        }
        let shown = try reader.array(min(length, reader.remaining), "NAL unit")
        if isSEI(shown), Self.hasCaptions(shown, length, headerByteCount) { return true }
      }
    } catch {
      return false
    }
  }

  /// Looks through an SEI unit of `length` bytes, of which perhaps only the first are `shown`.
  private static func hasCaptions(
    _ shown: [UInt8], _ length: Int, _ headerByteCount: Int
  ) -> Bool {
    // As captions, bytes of 0x80 are padding. 512 are more than captions have.
    let missing = min(length, 512) - shown.count
    let unit = shown + [UInt8](repeating: 0x80, count: max(0, missing))
    let bytes = ByteReader(unit.span).bytes
    var cursor = SEICursor(headerByteCount: headerByteCount)
    do throws(ParseError) {
      while let message = try cursor.next(in: bytes) {
        if case .captions(let captions)? = try SEIUserData(message, in: bytes),
          !captions.carried.isEmpty
        {
          return true
        }
      }
    } catch {
      return false
    }
    return false
  }

  private func isSEI(_ unit: [UInt8]) -> Bool {
    guard let first = unit.first else { return false }
    var reader = ByteReader(unit.span)
    do throws(ParseError) {
      switch codec {
      case .h264: return H264NALUnitType(header: first) == .sei
      case .hevc: return try H265NALUnitHeader(parsing: &reader).type == .prefixSEI
      case .vvc: return try H266NALUnitHeader(parsing: &reader).type == .prefixSEI
      default: return false
      }
    } catch {
      return false
    }
  }

  /// Bytes of the header of a NAL unit; nil for a codec without such units.
  private var headerByteCount: Int? {
    switch codec {
    case .h264: 1
    case .hevc, .vvc: 2
    default: nil
    }
  }

  /// The size of lengths that the configuration says, or 4 without one.
  private var lengthSize: NALUnitLengthSize {
    guard let configuration else { return .four }
    var reader = ByteReader(configuration.span)
    do throws(ParseError) {
      switch codec {
      case .h264: return try AVCDecoderConfigurationRecord(parsing: &reader).lengthSize
      case .hevc: return try HEVCDecoderConfigurationRecord(parsing: &reader).lengthSize
      case .vvc: return try VvcDecoderConfigurationRecord(parsing: &reader).lengthSize
      default: return .four
      }
    } catch {
      return .four
    }
  }
}
