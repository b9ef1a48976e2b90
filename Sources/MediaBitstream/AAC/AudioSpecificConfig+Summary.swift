// What a listener gets: values after SBR and PS, with the names that tools print.

extension AudioSpecificConfig {
  /// Whether parametric stereo is signalled.
  public var hasPS: Bool { psPresentFlag == true }

  /// The object type that a decoder of the whole must know: 5 with SBR, 29 with PS as well.
  public var signalledObjectType: Int { hasPS ? 29 : hasSBR ? 5 : objectType.rawValue }

  /// Whether the stream may turn out to have SBR although nothing is said of it.
  ///
  /// Encoders that signal implicitly do so at rates up to 24 kHz (14496-3 1.6.5).
  public var isImplicitSBRPossible: Bool {
    signalling == .none && objectType == .lowComplexity && samplingFrequency <= 24_000
  }

  /// FFmpeg's name of the profile, such as `LC`, `HE-AAC`, `HE-AACv2` or `ELD`.
  ///
  /// Types that have no profile have the standard's name, or `object type 45`.
  public var profileName: String {
    if hasPS { return "HE-AACv2" }
    if hasSBR, objectType == .lowComplexity { return "HE-AAC" }
    switch objectType {
    case .main: return "Main"
    case .lowComplexity: return "LC"
    case .scalableSampleRate: return "SSR"
    case .longTermPrediction: return "LTP"
    case .lowDelay: return "LD"
    case .enhancedLowDelay: return "ELD"
    case .usac: return "xHE-AAC"
    default: return objectType.name ?? "object type \(objectType.rawValue)"
    }
  }

  /// Samples of one channel in a frame, at `samplingFrequency`; nil where the type has no frames
  /// of fixed length or they are not known here.
  public var samplesPerFrame: Int? {
    switch specificConfig {
    case .ga(let ga) where objectType == .lowDelay: ga.frameLengthFlag ? 480 : 512
    case .ga(let ga): ga.frameLengthFlag ? 960 : 1024
    case .eld(let eld): eld.frameLengthFlag ? 480 : 512
    case .other:
      switch objectType.rawValue {
      case 32: 384
      case 33: 1152
      case 34: samplingFrequency < 32_000 ? 576 : 1152
      default: nil
      }
    }
  }

  /// Samples per second of what is heard.
  public var outputSamplingFrequency: Int {
    if let extensionSamplingFrequency { return extensionSamplingFrequency }
    guard case .eld(let eld) = specificConfig, eld.sbr?.isDualRate == true else {
      return samplingFrequency
    }
    return 2 * samplingFrequency
  }

  /// Channels that are heard: 2 with parametric stereo; nil where the configuration does not tell.
  public var channels: Int? {
    if hasPS { return 2 }
    return programConfigElement.map(\.channels) ?? AACChannels.count(channelConfiguration)
  }

  /// FFmpeg's name of the channel layout, such as `5.1`; nil where it has none or is not told.
  public var channelLayout: String? {
    if hasPS { return "stereo" }
    return programConfigElement.map(\.channelLayout) ?? AACChannels.layout(channelConfiguration)
  }

  /// The program config element that stands for `channelConfiguration` 0.
  public var programConfigElement: ProgramConfigElement? {
    guard case .ga(let ga) = specificConfig else { return nil }
    return ga.programConfigElement
  }

  /// One line, such as `LC 44100 Hz stereo`.
  public var summary: String {
    "\(profileName) \(outputSamplingFrequency) Hz \(describeChannels(channels, channelLayout))"
  }
}

/// The layout, else the number of channels, as the end of a summary.
func describeChannels(_ channels: Int?, _ layout: String?) -> String {
  layout ?? channels.map { $0 == 1 ? "1 channel" : "\($0) channels" } ?? "channels unknown"
}

/// `channelConfiguration` (ISO/IEC 14496-3 Table 1.19): 1...7 and 11...14 are assigned.
public enum AACChannels {
  /// How many channels it stands for; nil for 0 and what is reserved.
  public static func count(_ configuration: UInt8) -> Int? { table[configuration]?.count }

  /// FFmpeg's name of its layout; nil for 0 and what is reserved.
  public static func layout(_ configuration: UInt8) -> String? { table[configuration]?.layout }

  private static let table: [UInt8: (count: Int, layout: String)] = [
    1: (1, "mono"), 2: (2, "stereo"), 3: (3, "3.0"), 4: (4, "4.0"), 5: (5, "5.0"), 6: (6, "5.1"),
    7: (8, "7.1(wide)"), 11: (7, "6.1(back)"), 12: (8, "7.1"), 13: (24, "22.2"),
    14: (8, "7.1(top)"),
  ]
}
