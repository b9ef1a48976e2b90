/// What a file tells of its sound besides the samples.
public struct PCMMetadata: Hashable, Sendable {
  /// The chunk `bext`.
  public var broadcast: BroadcastExtension?
  /// The chunk `iXML`, as it stands.
  public var ixml: String?
  /// Points of the chunk `cue `, or markers of AIFF.
  public var cues: [SoundCue] = []
  /// LIST INFO, NAME, AUTH, annotations: under FFmpeg's names of tags where it has one.
  public var tags: [String: String] = [:]

  /// Of nothing.
  public init() {}
}

/// A point in a sound.
public struct SoundCue: Hashable, Sendable {
  /// What the file calls it.
  public var id: UInt32
  /// Where it is.
  public var frame: Int64
  /// Its name, where it has one.
  public var label: String?

  /// A point.
  public init(id: UInt32, frame: Int64, label: String? = nil) {
    self.id = id
    self.frame = frame
    self.label = label
  }
}

/// The chunk `bext` (EBU Tech 3285); loudness from version 2 on.
public struct BroadcastExtension: Hashable, Sendable {
  /// Version.
  public var version = 0
  /// Description of the sound.
  public var description = ""
  /// Who made it.
  public var originator = ""
  /// A reference of whoever made it.
  public var originatorReference = ""
  /// `yyyy-mm-dd`.
  public var originationDate = ""
  /// `hh:mm:ss`.
  public var originationTime = ""
  /// Frames since midnight.
  public var timeReference: UInt64 = 0
  /// UMID (SMPTE ST 330) in hexadecimal; nil where all its bytes are 0.
  public var umid: String?
  /// Integrated loudness, LUFS; nil where it is not set.
  public var loudness: Double?
  /// Loudness range, LU; nil where it is not set.
  public var loudnessRange: Double?
  /// True peak, dBTP; nil where it is not set.
  public var maxTruePeak: Double?
  /// Largest momentary loudness, LUFS; nil where it is not set.
  public var maxMomentary: Double?
  /// Largest short-term loudness, LUFS; nil where it is not set.
  public var maxShortTerm: Double?
  /// Coding history.
  public var codingHistory = ""

  /// Of nothing.
  public init() {}
}
