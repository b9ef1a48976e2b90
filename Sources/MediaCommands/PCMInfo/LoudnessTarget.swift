internal import MediaCLI

/// What `--target` asks of a sound.
struct LoudnessTarget: Equatable, Sendable {
  /// As it was given: `ebu-r128`, `-16,-1`.
  var name: String
  /// LUFS, of the whole.
  var integrated: Double
  /// LU that it may be off; upwards only where `acceptsSofter`.
  var tolerance: Double
  /// Whether softer sound is right too, as a platform turns it up or leaves it.
  var acceptsSofter = false
  /// dBTP at most.
  var truePeak: Double
  /// dBTP at most of sound louder than `integrated`, where that is less.
  var truePeakWhereLouder: Double?
  /// The document it rests on.
  var reference: String?

  /// Those that have a name.
  static let named = [
    // The ±1 LU that R 128 grants live programmes is not for files.
    LoudnessTarget(
      name: "ebu-r128", integrated: -23, tolerance: 0.5, truePeak: -1, reference: "EBU R 128"),
    LoudnessTarget(
      name: "atsc-a85", integrated: -24, tolerance: 2, truePeak: -2, reference: "ATSC A/85"),
    LoudnessTarget(
      name: "youtube", integrated: -14, tolerance: 0.5, acceptsSofter: true, truePeak: -1),
    LoudnessTarget(
      name: "spotify", integrated: -14, tolerance: 0.5, acceptsSofter: true, truePeak: -1,
      truePeakWhereLouder: -2),
  ]

  /// A name, or two numbers: LUFS and dBTP.
  init(parsing text: String) throws(UsageError) {
    let lower = text.lowercased()
    if let target = Self.named.first(where: { $0.name == lower }) {
      self = target
      return
    }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
      try? ValueParsers.real(String($0))
    }
    guard numbers.count == 2, let integrated = numbers[0], let truePeak = numbers[1],
      (-70...0).contains(integrated), (-70...20).contains(truePeak)
    else {
      let names = Self.named.map(\.name).joined(separator: ", ")
      throw UsageError("must be \(names), or LUFS,dBTP such as -16,-1")
    }
    self.init(name: text, integrated: integrated, tolerance: 0.5, truePeak: truePeak)
  }

  init(
    name: String, integrated: Double, tolerance: Double, acceptsSofter: Bool = false,
    truePeak: Double, truePeakWhereLouder: Double? = nil, reference: String? = nil
  ) {
    self.name = name
    self.integrated = integrated
    self.tolerance = tolerance
    self.acceptsSofter = acceptsSofter
    self.truePeak = truePeak
    self.truePeakWhereLouder = truePeakWhereLouder
    self.reference = reference
  }
}

/// Whether a sound meets a target, and what would make it.
struct TargetVerdict: Equatable, Sendable {
  let target: LoudnessTarget
  /// LUFS; nil where it is not defined.
  let integrated: Double?
  /// dBTP; nil of silence.
  let truePeak: Double?
  /// What is wrong, in words; nothing where the target is met.
  let failures: [String]
  /// The sound is softer than a platform's level, which is no failure.
  let isSofter: Bool
  /// dBTP at most of this sound.
  let truePeakLimit: Double

  /// Judges; `reason` says why there is no loudness, where there is none.
  init(_ target: LoudnessTarget, integrated: Double?, truePeak: Double?, reason: String?) {
    self.target = target
    self.integrated = integrated
    self.truePeak = truePeak
    let isLouder = (integrated ?? -.infinity) > target.integrated
    truePeakLimit = isLouder ? target.truePeakWhereLouder ?? target.truePeak : target.truePeak
    var failures: [String] = []
    var isSofter = false
    if let integrated {
      // What is said is what is compared: to the hundredth, as loudness is stored.
      let difference = (100 * (integrated - target.integrated)).rounded() / 100
      isSofter = difference < -target.tolerance
      if difference > target.tolerance {
        failures.append("\(Quantity.decimal(difference, digits: 2)) LU too loud")
      } else if isSofter, !target.acceptsSofter {
        failures.append("\(Quantity.decimal(-difference, digits: 2)) LU too soft")
      }
    } else {
      failures.append("integrated loudness is not defined: \(reason ?? "not measured")")
    }
    if let truePeak, (100 * truePeak).rounded() / 100 > truePeakLimit {
      failures.append(
        "true peak \(Quantity.decimal(truePeak, digits: 2)) dBTP is above "
          + "\(Quantity.decimal(truePeakLimit, digits: 1))")
    }
    self.failures = failures
    self.isSofter = isSofter && target.acceptsSofter
  }

  var isMet: Bool { failures.isEmpty }

  /// Decibels that bring the loudness to the target, whatever the peaks then are.
  var loudnessGain: Double? { integrated.map { target.integrated - $0 } }

  /// Decibels that the sound can be raised by until its true peak is at the limit.
  ///
  /// The limit is that of sound which is at the target then, not louder.
  var headroom: Double? { truePeak.map { target.truePeak - $0 } }

  /// Decibels to apply: up to the target's loudness, but not over its true peak.
  var gain: Double? {
    guard let loudnessGain else { return nil }
    return min(loudnessGain, headroom ?? loudnessGain)
  }

  /// Whether the true peak stands in the way of the loudness.
  var isLimitedByPeak: Bool {
    guard let loudnessGain, let headroom else { return false }
    return headroom < loudnessGain
  }
}
