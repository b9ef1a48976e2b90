internal import MediaFLV
internal import MediaModel

/// A container that FFmpeg writes.
struct ContainerFormat {
  /// The suffix.
  let name: String
  /// FFmpeg's short name.
  let muxer: String
  /// What it holds; nil for all.
  private let codecs: Set<Codec>?

  private static let modern: Set<Codec> = [
    .h264, .hevc, .av1, .vp9, .aac, .mp3, .opus, .flac, .ac3, .eac3, Codec(rawValue: "mpeg4"),
    Codec(rawValue: "mp2"), Codec(rawValue: "mjpeg"),
  ]
  private static let all: [String: (String, Set<Codec>?)] = [
    "mp4": ("mp4", modern), "m4a": ("mp4", modern), "m4v": ("mp4", modern),
    "mov": (
      "mov",
      modern.subtracting([.opus, .vp9]).union([.pcmALaw, .pcmMuLaw, .pcmS16LE, .pcmU8])
    ),
    "mkv": ("matroska", nil), "mka": ("matroska", nil), "nut": ("nut", nil),
    "webm": ("webm", [.vp8, .vp9, .av1, .opus]),
    "flv": (
      "flv", [.h264, .hevc, .av1, .vp9, .aac, .mp3, .pcmALaw, .pcmMuLaw, .pcmS16LE, .pcmU8]
    ),
    "ts": (
      "mpegts",
      [
        .h264, .hevc, .aac, .mp3, .opus, .ac3, .eac3, Codec(rawValue: "mp2"),
        Codec(rawValue: "mpeg4"),
      ]
    ),
  ]

  /// nil where no container has the suffix.
  init?(suffix: String) {
    guard let found = Self.all[suffix] else { return nil }
    name = suffix
    (muxer, codecs) = found
  }

  static let suffixes = all.keys.sorted()

  func holds(_ codec: Codec) -> Bool {
    if [Codec.mpegTS, Codec.mpegPS].contains(codec) { return false }
    return codecs?.contains(codec) ?? true
  }

  /// Whether it is MP4 or QuickTime.
  var isISO: Bool { muxer == "mp4" || muxer == "mov" }

  /// Fragments need no way back in the output, and what is written stays playable; those of a
  /// recording are short, as what is in none is lost when it ends suddenly.
  func options(hasVideo: Bool, isLive: Bool) -> [(name: String, value: String)] {
    // What is recorded must not wait in FFmpeg's buffer either.
    let live = isLive ? [("flush_packets", "1")] : []
    switch muxer {
    case "mp4", "mov":
      let duration = isLive ? "1000000" : hasVideo ? nil : "5000000"
      return live + [("movflags", hasVideo ? "frag_keyframe+delay_moov" : "delay_moov")]
        + (duration.map { [("frag_duration", $0)] } ?? [])
    case "flv": return live + [("flvflags", "no_duration_filesize")]
    case "matroska" where isLive: return live + [("cluster_time_limit", "1000")]
    default: return live
    }
  }
}

extension Codec {
  /// MPEG-2 transport stream, as RFC 2250 carries it.
  static let mpegTS = Self(rawValue: "mpegts")
  /// MPEG-2 program stream.
  static let mpegPS = Self(rawValue: "mpegps")
}
