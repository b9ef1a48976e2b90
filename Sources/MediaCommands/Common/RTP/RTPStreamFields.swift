internal import MediaJSON

/// The fields of `streams[]` that every command has which receives RTP.
enum RTPStreamFields {
  /// What came of the packets.
  static func packets<Subject>(
    of figures: @escaping @Sendable (Subject) -> RTPStreamFigures
  ) -> [ReportField<Subject>] {
    [
      .integer("packets", "All packets, duplicates too") { figures($0).packets },
      .integer("expected", "Sequence numbers from the first to the highest") {
        figures($0).expected
      },
      .integer("lost", "Sequence numbers never seen") { figures($0).lost },
      .integer("rfc3550_lost", "Loss as reception reports have it: expected less received") {
        figures($0).reportedLost
      },
      .integer("duplicated", "Packets whose number had come before") { figures($0).duplicates },
      .integer("reordered", "Packets behind one with a higher number") { figures($0).reordered },
      .integer("too_late", "Packets that came when they were not waited for any more") {
        figures($0).tooLate
      },
      .integer("strays", "Packets far from all others") { figures($0).strays },
      .integer("restarts", "How often the numbers began anew") { figures($0).restarts },
      .real(
        "jitter_ms", "Interarrival jitter at the end (RFC 3550 A.8); null without a clock rate"
      ) { figures($0).jitter.map { rounded($0.last) } },
      .real("jitter_mean_ms", "Its mean over all packets") {
        figures($0).jitter.map { rounded($0.mean) }
      },
      .real("jitter_max_ms", "Its highest value") {
        figures($0).jitter.map { rounded($0.highest) }
      },
      .real("bit_rate", "Bits of payload a second of media, or of time if that is longer") {
        figures($0).bitRate
      },
      .integer("bytes", "Bytes with headers of RTP") { figures($0).byteCount },
      .integer("payload_bytes", "Bytes of payload") { figures($0).payloadByteCount },
      .integer("largest_packet", "Bytes of the largest packet, its header included") {
        figures($0).largestPacket
      },
    ]
  }

  /// What came of the frames, those of a programme's other streams apart.
  static func frames<Subject>(
    of figures: @escaping @Sendable (Subject) -> RTPStreamFigures
  ) -> [ReportField<Subject>] {
    [
      .integer("frames", "Frames put together; null where packets are not") {
        figures($0).frames?.count
      },
      .integer("keyframes", "Keyframes among them") { figures($0).frames?.keyframes },
      .integer("damaged_frames", "Frames kept though packets are missing") {
        figures($0).frames?.damaged
      },
      .integer("dropped_frames", "Frames dropped for that") { figures($0).frames?.dropped },
    ]
  }

  /// How frames follow each other.
  static func rates<Subject>(
    of figures: @escaping @Sendable (Subject) -> RTPStreamFigures
  ) -> [ReportField<Subject>] {
    [
      .real("frame_rate", "Frames a second on average") {
        figures($0).frames?.rate.map(rounded)
      },
      .real("keyframe_interval_min", "Seconds") { figures($0).frames?.intervals?.min },
      .real("keyframe_interval_mean", "Seconds") { figures($0).frames?.meanInterval },
      .real("keyframe_interval_max", "Seconds") { figures($0).frames?.intervals?.max },
      .integer("sender_reports", "SR packets about it") { figures($0).senderReports },
    ]
  }

  /// How the sender's clocks run.
  static func clocks<Subject>(
    of drift: @escaping @Sendable (Subject) -> RTCPFacts.Drift?
  ) -> [ReportField<Subject>] {
    [
      .real("sr_drift_ppm", "How much faster its clock runs than its sender reports' wall clock") {
        drift($0).map { rounded($0.partsPerMillion) }
      },
      .real("sr_drift_ms", "What that makes from the first report to the last") {
        drift($0).map { rounded($0.difference * 1000) }
      },
    ]
  }

  static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
