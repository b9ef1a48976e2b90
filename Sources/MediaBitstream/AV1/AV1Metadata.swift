public import MediaBytes

/// A metadata OBU (AV1 5.8).
public enum AV1Metadata: Hashable, Sendable {
  /// METADATA_TYPE_HDR_CLL.
  case contentLightLevel(ContentLightLevel)
  /// METADATA_TYPE_HDR_MDCV.
  case masteringDisplay(MasteringDisplay)
  /// METADATA_TYPE_SCALABILITY; not read.
  case scalability
  /// METADATA_TYPE_ITUT_T35.
  case itutT35(ITUTT35)
  /// METADATA_TYPE_TIMECODE; not read.
  case timecode
  /// Any other type.
  case other(Int)

  /// `metadata_hdr_cll()` (6.7.3), in cd/m².
  public struct ContentLightLevel: Hashable, Sendable {
    /// `max_cll`: of a pixel; 0 when unknown.
    public var maxCLL: UInt16
    /// `max_fall`: of a frame on average; 0 when unknown.
    public var maxFALL: UInt16

    /// Makes it of both.
    public init(maxCLL: UInt16, maxFALL: UInt16) {
      self.maxCLL = maxCLL
      self.maxFALL = maxFALL
    }
  }

  /// `metadata_hdr_mdcv()` (6.7.4).
  public struct MasteringDisplay: Hashable, Sendable {
    /// A chromaticity in 1/65536.
    public struct Point: Hashable, Sendable {
      /// CIE x.
      public var x: UInt16
      /// CIE y.
      public var y: UInt16

      /// Makes it of both.
      public init(x: UInt16, y: UInt16) {
        self.x = x
        self.y = y
      }
    }
    /// Red, green and blue.
    public var primaries: [Point]
    /// The white point.
    public var whitePoint: Point
    /// In 1/256 cd/m².
    public var luminanceMax: UInt32
    /// In 1/16384 cd/m².
    public var luminanceMin: UInt32
  }

  /// `metadata_itut_t35()` (6.7.2).
  public struct ITUTT35: Hashable, Sendable {
    /// `itu_t_t35_country_code`: 0xb5 is the United States.
    public var countryCode: UInt8
    /// `itu_t_t35_country_code_extension_byte`, only with country 0xff.
    public var countryCodeExtension: UInt8?
    /// What follows, without the OBU's trailing bits.
    public var payload: [UInt8]

    /// `itu_t_t35_terminal_provider_code`, the first two bytes; nil when there are fewer.
    public var providerCode: UInt16? {
      payload.count < 2 ? nil : UInt16(payload[0]) << 8 | UInt16(payload[1])
    }

    /// What the provider and the code behind it stand for: `HDR10+`, `captions`; nil if unknown.
    public var kind: String? {
      guard countryCode == 0xb5 else { return nil }
      switch providerCode {
      case 0x3c where payload.count >= 5 && payload[2...4] == [0, 1, 4]: return "HDR10+"
      case 0x31 where payload.count >= 7 && payload[2...6] == [0x47, 0x41, 0x39, 0x34, 3]:
        return "captions"
      case 0x3b: return "Dolby Vision"
      default: return nil
      }
    }
  }

  /// Reads the payload of a metadata OBU, the whole of it.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let type = try reader.leb128("metadata_type")
    switch type {
    case 1:
      self = .contentLightLevel(
        ContentLightLevel(maxCLL: try reader.u16("max_cll"), maxFALL: try reader.u16("max_fall")))
    case 2: self = .masteringDisplay(try MasteringDisplay(parsing: &reader))
    case 3: self = .scalability
    case 4: self = .itutT35(try ITUTT35(parsing: &reader))
    case 5: self = .timecode
    default: self = .other(type)
    }
  }

  /// What it is, in a word or two.
  public var name: String {
    switch self {
    case .contentLightLevel: "content light level"
    case .masteringDisplay: "mastering display"
    case .scalability: "scalability"
    case .itutT35(let t35): t35.kind.map { "ITU-T T.35 \($0)" } ?? "ITU-T T.35"
    case .timecode: "timecode"
    case .other(let type): "type \(type)"
    }
  }
}

extension AV1Metadata.MasteringDisplay {
  fileprivate init(parsing reader: inout ByteReader) throws(ParseError) {
    var points: [Point] = []
    for _ in 0..<4 {
      points.append(
        Point(
          x: try reader.u16("primary_chromaticity_x"), y: try reader.u16("primary_chromaticity_y")))
    }
    whitePoint = points.removeLast()
    primaries = points
    luminanceMax = try reader.u32("luminance_max")
    luminanceMin = try reader.u32("luminance_min")
  }
}

extension AV1Metadata.ITUTT35 {
  fileprivate init(parsing reader: inout ByteReader) throws(ParseError) {
    countryCode = try reader.u8("itu_t_t35_country_code")
    if countryCode == 0xff {
      countryCodeExtension = try reader.u8("itu_t_t35_country_code_extension_byte")
    }
    payload = [UInt8](copying: reader.takeRest())
    // trailing_bits(): a 1 and zeros to the end, so a byte of its own here (6.7.2).
    while payload.last == 0 { payload.removeLast() }
    if payload.last == 0x80 { payload.removeLast() }
  }
}
