public import MediaModel

/// An elementary stream of a program stream.
public struct MPEGPSStream: Hashable, Sendable {
  /// `stream_id`: 0xc0...0xdf is sound, 0xe0...0xef pictures.
  public var id: UInt8
  /// `stream_type` of the program stream map; nil where no map names the stream.
  public var type: UInt8?
  /// What it holds, as far as it is known.
  public var codec: Codec?

  /// Makes a stream that a map names (ISO/IEC 13818-1 table 2-34, GB/T 28181 C.1).
  public init(id: UInt8, type: UInt8) {
    self.id = id
    self.type = type
    codec = Self.codecs[type].map { Codec(rawValue: $0) }
  }

  /// Makes a stream that no map names, judged by its first bytes.
  init(id: UInt8, guessedFrom bytes: [UInt8]) {
    self.id = id
    codec = id < 0xe0 ? Self.audio(bytes) : Self.video(bytes)
  }

  /// Whether it holds pictures, by its number.
  public var isVideo: Bool { Self.isVideo(id) }

  /// Whether the stream of a number holds pictures.
  public static func isVideo(_ id: UInt8) -> Bool { (0xe0...0xef).contains(id) }

  private static let codecs: [UInt8: String] = [
    0x01: "mpeg1video", 0x02: "mpeg2video", 0x03: "mp2", 0x04: "mp2", 0x0f: "aac", 0x10: "mpeg4",
    0x1b: "h264", 0x24: "hevc",
    0x90: "pcm_alaw", 0x91: "pcm_mulaw",
  ]

  private static func audio(_ bytes: [UInt8]) -> Codec {
    let isADTS = bytes.count > 1 && bytes[0] == 0xff && bytes[1] & 0xf6 == 0xf0
    return isADTS ? .aac : Codec(rawValue: "pcm_alaw")
  }

  private static func video(_ bytes: [UInt8]) -> Codec? {
    guard let start = unsafe bytes.span.bytes.startCode(from: 0, to: min(bytes.count, 64)),
      start + 4 < bytes.count
    else { return nil }
    // VPS, SPS, PPS and AUD of H.265 have layer 0 and temporal layer 1; in H.264 the same bytes
    // are types that do not begin access units.
    let (first, second) = (bytes[start + 3], bytes[start + 4])
    if [0x40, 0x42, 0x44, 0x46].contains(first), second == 1 { return .hevc }
    return [1, 5, 6, 7, 8, 9].contains(first & 0x1f) ? .h264 : nil
  }
}

/// A PES packet in place (ISO/IEC 13818-1 2.4.3.6).
struct PESPacket: Equatable {
  /// `stream_id`.
  var streamID: UInt8
  /// `PTS`, 33 bits, in ticks of 90 kHz.
  var pts: Int64?
  /// Its data.
  var data: Range<Int>
  /// Whether its data ends before its length does.
  var isCut = false
}
