internal import MediaModel
internal import MediaRTP

/// A track of a presentation, as far as its description tells what can be recorded of it.
struct RecordableTrack {
  let index: Int
  /// nil where nothing puts its packets together.
  let codec: Codec?
  let kind: MediaKind?
  /// What the description calls it.
  private let name: String

  init(_ media: SDPMedia, index: Int) {
    self.index = index
    let formats = media.payloadFormats
    let unpackers = formats.lazy.compactMap {
      RTPUnpacker($0, attributes: media.attributes, keepContents: false)
    }
    codec = unpackers.first?.codec
    kind = unpackers.first?.kind
    name = formats.first?.encodingName ?? media.media.kind
  }

  /// The form that a recording has: that of the first track where it is not said.
  static func form(_ form: RecordingPlan.Form, for tracks: [Self]) -> RecordingPlan.Form {
    let codecs = tracks.compactMap(\.codec)
    switch form {
    case .natural:
      let found = codecs.lazy.compactMap { ElementaryFormat(naturalOf: $0) }.first
      return found.map { .elementary($0) } ?? .natural
    case .container(let container) where container.muxer == "mpegts" && codecs.contains(.mpegTS):
      // The packets as they came.
      return .elementary(.transportStream)
    default: return form
    }
  }

  /// Which tracks are recorded, and why others are not.
  static func choose(
    _ tracks: [Self], _ form: RecordingPlan.Form
  ) -> (chosen: Set<Int>, reasons: [(index: Int, reason: String)]) {
    var chosen: Set<Int> = []
    var reasons: [(index: Int, reason: String)] = []
    for track in tracks {
      if let reason = track.lack(form, hasOther: !chosen.isEmpty) {
        reasons.append((track.index, "track \(track.index), \(track.name), is left out: \(reason)"))
      } else {
        chosen.insert(track.index)
      }
    }
    return (chosen, reasons)
  }

  private func lack(_ form: RecordingPlan.Form, hasOther: Bool) -> String? {
    guard let codec else { return "it is of no codec that is known" }
    switch form {
    case .natural: return "it has no form of its own"
    case .elementary(let format):
      guard format.codecs.contains(codec) else { return "it is no \(format.what)" }
      return hasOther ? "one track alone fits the output" : nil
    case .container(let format):
      // The streams of a programme are told by its packets.
      return format.holds(codec) || codec == .mpegPS
        ? nil : "\(format.name) files do not hold \(codec)"
    }
  }
}

extension RecordingPlan.Form {
  /// The container, where it is one.
  var container: ContainerFormat? {
    if case .container(let format) = self { format } else { nil }
  }

  func holds(_ codec: Codec) -> Bool {
    switch self {
    case .natural: false
    case .elementary(let format): format.codecs.contains(codec)
    case .container(let format): format.holds(codec)
    }
  }
}
