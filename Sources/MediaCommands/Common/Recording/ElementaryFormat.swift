internal import MediaFLV
internal import MediaModel
internal import MediaRTP

/// A form of file that holds one track as its codec has it.
struct ElementaryFormat: Sendable {
  /// Makes the writer of a track.
  typealias Maker = @Sendable (RTPTrack, any ByteOutput) throws -> any ElementaryStream

  /// What it holds.
  let codecs: Set<Codec>
  /// Its name in a sentence.
  let what: String
  let make: Maker

  private init(
    codecs: Set<Codec>, what: String,
    make: @escaping Maker = { try ElementaryStreams.writer(for: $0.codec, to: $1) }
  ) {
    (self.codecs, self.what, self.make) = (codecs, what, make)
  }

  /// nil where no such form has the suffix.
  init?(suffix: String) {
    guard let found = Self.all[suffix] else { return nil }
    self = found
  }

  /// The form that a codec has of its own, where no suffix says it.
  init?(naturalOf codec: Codec) {
    if codec == .mpegTS {
      self = .transportStream
      return
    }
    let all = Self.naturalSuffixes.lazy.compactMap { Self.all[$0] }
    guard let found = all.first(where: { $0.codecs.contains(codec) }) else { return nil }
    self = found
  }

  /// The packets of a transport stream as they came.
  static let transportStream = Self(codecs: [.mpegTS], what: "MPEG-TS") { _, output in
    RawStream(output)
  }

  static let suffixes = all.keys.sorted()

  private static let naturalSuffixes = [
    "h264", "h265", "aac", "opus", "mp3", "ivf", "wav", "mjpeg", "g722", "g726", "m4v", "ps",
  ]

  private static let all: [String: Self] = {
    let units: Maker = { track, output in nalUnits(track, output) }
    let raw: Maker = { _, output in RawStream(output) }
    let h264 = Self(codecs: [.h264], what: "H.264", make: units)
    let h265 = Self(codecs: [.hevc], what: "H.265", make: units)
    let jpeg = Self(codecs: [Codec(rawValue: "mjpeg")], what: "JPEG", make: raw)
    let aac = Self(codecs: [.aac], what: "AAC")
    let opus = Self(codecs: [.opus], what: "Opus")
    let mpeg = Self(
      codecs: [.mp3, Codec(rawValue: "mp2"), Codec(rawValue: "mp1")], what: "MPEG audio", make: raw)
    let programme = Self(codecs: [.mpegPS], what: "MPEG-PS", make: raw)
    let g722 = Codec(rawValue: "adpcm_g722")
    return [
      "h264": h264, "264": h264, "avc": h264, "h265": h265, "265": h265, "hevc": h265,
      "aac": aac, "adts": aac, "opus": opus, "ogg": opus, "oga": opus,
      "ivf": Self(codecs: [.vp8, .vp9, .av1], what: "VP8, VP9 or AV1"),
      "mp3": mpeg, "mp2": mpeg, "mpa": mpeg, "mjpeg": jpeg, "mjpg": jpeg,
      "wav": Self(
        codecs: WAVStream.codecs, what: "sound without compression",
        make: { track, output in WAVStream(track, output) }),
      "g722": Self(codecs: [g722], what: "G.722", make: raw),
      "g726": Self(
        codecs: [Codec(rawValue: "adpcm_g726"), Codec(rawValue: "adpcm_g726le")], what: "G.726",
        make: raw),
      "pcm": Self(
        codecs: WAVStream.codecs, what: "sound without compression", make: raw),
      "al": Self(codecs: [.pcmALaw], what: "A-law", make: raw),
      "ul": Self(codecs: [.pcmMuLaw], what: "mu-law", make: raw),
      "ps": programme, "mpg": programme, "mpeg": programme,
      "m4v": Self(
        codecs: [Codec(rawValue: "mpeg4")], what: "MPEG-4 video",
        make: { _, output in MP4VStream(output) }),
    ]
  }()

  private static func nalUnits(
    _ track: RTPTrack, _ output: any ByteOutput
  ) -> any ElementaryStream {
    let described = track.source.payloads[track.payload].format?.payload.parameters
    let names = ["sprop-parameter-sets", "sprop-sps", "sprop-pps", "sprop-vps"]
    return NALUnitStream(
      track.codec, output, hasDescribedSets: names.contains { described?[$0] != nil }
    ) { track.parameterSets }
  }
}
