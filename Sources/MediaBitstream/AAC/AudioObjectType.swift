/// `audioObjectType` (ISO/IEC 14496-3 Table 1.17): 0...95, open to those not named here.
public struct AudioObjectType: RawRepresentable, Hashable, Sendable {
  /// The number, as in `mp4a.40.2`.
  public let rawValue: Int
  /// Makes a type of its number.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// AAC Main.
  public static let main = Self(rawValue: 1)
  /// AAC LC, the common one.
  public static let lowComplexity = Self(rawValue: 2)
  /// AAC SSR.
  public static let scalableSampleRate = Self(rawValue: 3)
  /// AAC LTP.
  public static let longTermPrediction = Self(rawValue: 4)
  /// Spectral band replication on top of another type: HE-AAC.
  public static let sbr = Self(rawValue: 5)
  /// ER AAC LD.
  public static let lowDelay = Self(rawValue: 23)
  /// Parametric stereo on top of SBR: HE-AAC v2.
  public static let parametricStereo = Self(rawValue: 29)
  /// ER AAC ELD.
  public static let enhancedLowDelay = Self(rawValue: 39)
  /// Unified speech and audio coding: xHE-AAC.
  public static let usac = Self(rawValue: 42)

  /// Its name in the standard; nil when the number is not assigned or not known here.
  public var name: String? {
    objectTypeNames.indices.contains(rawValue) ? objectTypeNames[rawValue] : nil
  }

  /// Whether its configuration is a GASpecificConfig (14496-3 1.6.2.1).
  var hasGASpecificConfig: Bool {
    [1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, 23].contains(rawValue)
  }

  /// Whether `epConfig` follows its configuration.
  var isErrorResilient: Bool {
    (17...27).contains(rawValue) && rawValue != 18 || rawValue == 39
  }
}

private let objectTypeNames: [String?] = [
  nil, "AAC Main", "AAC LC", "AAC SSR", "AAC LTP", "SBR", "AAC Scalable", "TwinVQ", "CELP", "HVXC",
  nil, nil, "TTSI", "Main synthetic", "Wavetable synthesis", "General MIDI",
  "Algorithmic Synthesis and Audio FX", "ER AAC LC", nil, "ER AAC LTP", "ER AAC Scalable",
  "ER TwinVQ", "ER BSAC", "ER AAC LD", "ER CELP", "ER HVXC", "ER HILN", "ER Parametric", "SSC",
  "PS", "MPEG Surround", nil, "Layer-1", "Layer-2", "Layer-3", "DST", "ALS", "SLS",
  "SLS non-core", "ER AAC ELD", "SMR Simple", "SMR Main", "USAC", "SAOC", "LD MPEG Surround",
]
