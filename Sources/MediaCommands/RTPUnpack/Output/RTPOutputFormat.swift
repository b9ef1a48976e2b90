internal import MediaCLI
internal import MediaFLV
internal import MediaModel
internal import MediaRTP

/// A container that FFmpeg writes.
struct RTPContainerFormat {
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

/// Chooses how the file of `--output` is written, by its suffix.
enum RTPOutputs {
  private struct Elementary: Sendable {
    var codecs: Set<Codec>
    var what: String
    var make: ElementaryOutput.Maker = { track, output in
      try ElementaryStreams.writer(for: track.codec, to: output)
    }
  }

  private static let elementary: [String: Elementary] = {
    let units: ElementaryOutput.Maker = { track, output in nalUnits(track, output) }
    let raw: ElementaryOutput.Maker = { _, output in RawStream(output) }
    let h264 = Elementary(codecs: [.h264], what: "H.264", make: units)
    let h265 = Elementary(codecs: [.hevc], what: "H.265", make: units)
    let jpeg = Elementary(codecs: [Codec(rawValue: "mjpeg")], what: "JPEG", make: raw)
    let aac = Elementary(codecs: [.aac], what: "AAC")
    let opus = Elementary(codecs: [.opus], what: "Opus")
    let mpeg = Elementary(
      codecs: [.mp3, Codec(rawValue: "mp2"), Codec(rawValue: "mp1")], what: "MPEG audio", make: raw)
    let programme = Elementary(codecs: [.mpegPS], what: "MPEG-PS", make: raw)
    let g722 = Codec(rawValue: "adpcm_g722")
    return [
      "h264": h264, "264": h264, "avc": h264, "h265": h265, "265": h265, "hevc": h265,
      "aac": aac, "adts": aac, "opus": opus, "ogg": opus, "oga": opus,
      "ivf": Elementary(codecs: [.vp8, .vp9, .av1], what: "VP8, VP9 or AV1"),
      "mp3": mpeg, "mp2": mpeg, "mpa": mpeg, "mjpeg": jpeg, "mjpg": jpeg,
      "wav": Elementary(
        codecs: WAVStream.codecs, what: "sound without compression",
        make: { track, output in WAVStream(track, output) }),
      "g722": Elementary(codecs: [g722], what: "G.722", make: raw),
      "g726": Elementary(
        codecs: [Codec(rawValue: "adpcm_g726"), Codec(rawValue: "adpcm_g726le")], what: "G.726",
        make: raw),
      "pcm": Elementary(
        codecs: WAVStream.codecs, what: "sound without compression", make: raw),
      "al": Elementary(codecs: [.pcmALaw], what: "A-law", make: raw),
      "ul": Elementary(codecs: [.pcmMuLaw], what: "mu-law", make: raw),
      "ps": programme, "mpg": programme, "mpeg": programme,
      "m4v": Elementary(
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

  /// - Throws: `Failure` where the file may not be created, `UsageError` for a suffix that says
  ///   nothing.
  static func output(
    _ path: String, _ request: RTPUnpackRequest, _ environment: CommandEnvironment
  ) throws -> any RTPMediaOutput {
    let arguments = request.arguments
    let selection = arguments[CommonOptions.tracks]
    let force = arguments[CommonOptions.force]
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let suffix = name.split(separator: ".").dropFirst().last?.lowercased() ?? ""
    if suffix == "jpg" || suffix == "jpeg" {
      guard let pictures = PictureSequence(path, selection, force: force) else {
        throw UsageError("pictures need a place for their number in --output, such as out-%05d.jpg")
      }
      return pictures
    }
    let isKnown = elementary[suffix] != nil || RTPContainerFormat(suffix: suffix) != nil
    guard isKnown || path == "-" else {
      let all = (elementary.keys + RTPContainerFormat.suffixes + ["jpg"]).sorted()
      throw UsageError(
        "the suffix of --output decides its form: \(Set(all).sorted().joined(separator: ", "))")
    }
    let output = try ResultOutput(
      path: path, force: force, isRecording: request.isLive, environment: environment)
    if path == "-" { return naturalForm(selection, output) }
    if suffix == "ts" {
      // The packets of MPEG-TS as they came, else a new transport stream of the tracks.
      return DeferredOutput(
        selection, output, nothing: "there is no MPEG-TS to write", isForOne: false
      ) { track in
        switch track.codec {
        case .mpegPS: nil
        case .mpegTS: transportStream(selection, output)
        default: container("ts", selection, request, output)
        }
      }
    }
    if let found = elementary[suffix] {
      return ElementaryOutput(found.codecs, found.what, selection, output, found.make)
    }
    return container(suffix, selection, request, output)
  }

  /// Which form each codec has where no suffix says it.
  private static let naturalSuffixes = [
    "h264", "h265", "aac", "opus", "mp3", "ivf", "wav", "mjpeg", "g722", "g726", "m4v", "ps",
  ]

  /// Standard output: the first track in the form that its codec has of its own.
  private static func naturalForm(
    _ selection: TrackSelection?, _ output: ResultOutput
  ) -> DeferredOutput {
    DeferredOutput(
      selection, output, nothing: "there is no stream that has a form of its own", isForOne: true
    ) { track in
      if track.codec == .mpegTS { return transportStream(selection, output) }
      return naturalSuffixes.lazy.compactMap { elementary[$0] }.first {
        $0.codecs.contains(track.codec)
      }.map { ElementaryOutput($0.codecs, $0.what, selection, output, $0.make) }
    }
  }

  private static func container(
    _ suffix: String, _ selection: TrackSelection?, _ request: RTPUnpackRequest,
    _ output: ResultOutput
  ) -> ContainerOutput {
    guard let format = RTPContainerFormat(suffix: suffix) else {
      preconditionFailure("no container \(suffix)")
    }
    let duration = request.arguments[CommonOptions.duration].map { Double($0) / 1e9 }
    return ContainerOutput(
      format, selection, duration: duration, isLive: request.isLive, output)
  }

  private static func transportStream(
    _ selection: TrackSelection?, _ output: ResultOutput
  ) -> ElementaryOutput {
    ElementaryOutput([.mpegTS], "MPEG-TS", selection, output) { _, output in RawStream(output) }
  }
}
