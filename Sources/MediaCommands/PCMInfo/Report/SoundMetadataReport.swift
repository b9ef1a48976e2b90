internal import MediaJSON
internal import MediaRaw

/// `metadata`.
enum SoundMetadataReport {
  static let report = Report<PCMInfoResult>([
    .object("bext", "The chunk bext (EBU Tech 3285)", report: broadcast) {
      $0.description.metadata.broadcast
    },
    .string("ixml", "The chunk iXML as it stands") { $0.description.metadata.ixml },
    .array("cues", "Points in the sound", report: cue) { result in
      result.description.metadata.cues.map { CueLine($0, result.description.format.sampleRate) }
    },
    .map("tags", "Texts about the sound") { result in
      result.description.metadata.tags.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    },
  ])

  private static let broadcast = Report<BroadcastExtension>([
    .integer("version", "Version; loudness from 2 on") { $0.version },
    .string("description", "What the sound is") { $0.description },
    .string("originator", "Who made it") { $0.originator },
    .string("originator_reference", "A reference of whoever made it") { $0.originatorReference },
    .string("origination_date", "yyyy-mm-dd") { $0.originationDate },
    .string("origination_time", "hh:mm:ss") { $0.originationTime },
    .integer("time_reference", "Frames since midnight") { $0.timeReference },
    .string("umid", "UMID (SMPTE ST 330) in hexadecimal") { $0.umid },
    .real("loudness", "Integrated loudness, LUFS") { $0.loudness },
    .real("loudness_range", "Loudness range, LU") { $0.loudnessRange },
    .real("max_true_peak", "True peak, dBTP") { $0.maxTruePeak },
    .real("max_momentary", "Largest momentary loudness, LUFS") { $0.maxMomentary },
    .real("max_short_term", "Largest short-term loudness, LUFS") { $0.maxShortTerm },
    .string("coding_history", "How it was coded before") { $0.codingHistory },
  ])

  private struct CueLine: Sendable {
    var cue: SoundCue
    var time: Double

    init(_ cue: SoundCue, _ rate: Int) {
      self.cue = cue
      time = FrameSpan.seconds(cue.frame, rate)
    }
  }

  private static let cue = Report<CueLine>([
    .integer("id", "What the file calls it") { $0.cue.id },
    .integer("frame", "Where it is") { $0.cue.frame },
    .real("time", "The same in seconds") { $0.time },
    .string("label", "Its name") { $0.cue.label },
  ])
}
