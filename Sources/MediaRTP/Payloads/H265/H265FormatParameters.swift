public import MediaBitstream
import MediaBytes
import MediaModel

/// What a description says of H.265 (RFC 7798 7.1), read as devices write it.
public struct H265FormatParameters: Hashable, Sendable {
  /// `sprop-vps`, `sprop-sps` and `sprop-pps`, each a whole NAL unit.
  public var parameterSets: [[UInt8]] = []
  /// `sprop-max-don-diff`; nil where it is missing, which means 0.
  public var maxDONDifference: Int?
  /// `sprop-depack-buf-nalus`; nil where it is missing, which means 0.
  public var bufferedUnits: Int?
  /// What was wrong with it; their packet is 0.
  public var remarks: [RTPRemark] = []

  /// Whether packets have decoding order numbers (RFC 7798 4.4).
  public var hasDecodingOrderNumbers: Bool {
    (maxDONDifference ?? 0) > 0 || (bufferedUnits ?? 0) > 0
  }

  /// Reads the parameters of a format.
  public init(_ parameters: SDPFormatParameters) {
    for name in ["sprop-vps", "sprop-sps", "sprop-pps"] {
      parameterSets += SpropReader.units(name, of: parameters, .h265, "RFC 7798 7.1", &remarks)
    }
    maxDONDifference = number("sprop-max-don-diff", parameters)
    bufferedUnits = number("sprop-depack-buf-nalus", parameters)
  }

  private mutating func number(_ name: String, _ parameters: SDPFormatParameters) -> Int? {
    guard let text = parameters[name] else { return nil }
    let value: Int? = text.number(0...32_767)
    if value == nil {
      remarks.append(
        RTPRemark(.videoFormatParameter, "\(name) is \(text)", clause: "RFC 7798 7.1", packet: 0))
    }
    return value
  }
}

extension SDPFormatParameters {
  /// The parameters of H.265 (RFC 7798 7.1), from hvcC.
  ///
  /// With `maxDONDifference` above 0 packets carry decoding order numbers.
  public init(
    payloadType: RTPPayloadType, h265 record: HEVCDecoderConfigurationRecord,
    maxDONDifference: Int = 0
  ) {
    let profile = record.profileTierLevel
    var list = [
      Parameter("profile-id", "\(profile.profileIDC)"),
      Parameter("tier-flag", profile.isHighTier ? "1" : "0"),
      Parameter("level-id", "\(profile.levelIDC)"),
    ]
    let sets: [(String, H265NALUnitType)] = [
      ("sprop-vps", .vps), ("sprop-sps", .sps), ("sprop-pps", .pps),
    ]
    for (name, type) in sets {
      let units = record.units(type)
      guard !units.isEmpty else { continue }
      list.append(Parameter(name, units.map { Base64.encode($0) }.joined(separator: ",")))
    }
    if maxDONDifference > 0 { list.append(Parameter("sprop-max-don-diff", "\(maxDONDifference)")) }
    self.init(payloadType: payloadType, list)
  }
}
