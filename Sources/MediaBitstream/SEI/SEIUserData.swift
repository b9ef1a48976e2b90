public import MediaBytes

/// What user data in an SEI message turns out to be.
public enum SEIUserData: Hashable, Sendable {
  /// CEA-608 and CEA-708 captions (ATSC A/53 part 4, 6.2.3).
  case captions(ClosedCaptions)
  /// Active format description (ETSI TS 101 154 B.3): which part of the picture is in use.
  ///
  /// The value has 4 bits; nil where none is sent.
  case activeFormat(UInt8?)
  /// Dynamic metadata of SMPTE ST 2094-40, known as HDR10+; with its `application_version`.
  case hdr10Plus(version: UInt8)
  /// Data marked by a UUID, with the printable ASCII that it begins with, at most 80 characters.
  case unregistered(uuid: [UInt8], text: String)
  /// Other registered data, with the country and provider codes of ITU-T T.35.
  case registered(country: UInt8, provider: UInt16)

  /// How much of a payload is looked at.
  private static let textLimit = 80

  /// Looks at a message of `nalUnit`; nil when it is not user data.
  ///
  /// Errors are about the payload: their offset counts its bytes without emulation prevention,
  /// from where it begins in the NAL unit, which itself lies at `offset` of the input.
  public init?(
    _ message: SEIMessage, in nalUnit: RawSpan, at offset: Int = 0
  ) throws(ParseError) {
    let base = offset + message.range.lowerBound
    switch message.type {
    case .userDataRegistered:
      // Captions are the longest of these: at most 31 triplets.
      let payload = message.payload(in: nalUnit, limit: 256)
      var reader = ByteReader(payload.span, baseOffset: base)
      try self.init(registered: &reader)
    case .userDataUnregistered:
      let payload = message.payload(in: nalUnit, limit: 16 + Self.textLimit)
      var reader = ByteReader(payload.span, baseOffset: base)
      let uuid = try reader.array(16, "uuid_iso_iec_11578")
      var text = ""
      while let byte = reader.peekU8, (0x20...0x7e).contains(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
        try reader.skip(1, "user_data_payload_byte")
      }
      self = .unregistered(uuid: uuid, text: text)
    default: return nil
    }
  }

  private init(registered reader: inout ByteReader) throws(ParseError) {
    let country = try reader.u8("itu_t_t35_country_code")
    if country == 0xff { try reader.skip(1, "itu_t_t35_country_code_extension_byte") }
    let provider = try reader.u16("itu_t_t35_provider_code")
    self = .registered(country: country, provider: provider)
    guard country == 0xb5 else { return }  // the United States
    switch provider {
    case 0x31:  // ATSC
      switch try reader.u32("user_identifier") {
      case 0x4741_3934:  // GA94
        guard try reader.u8("user_data_type_code") == 3 else { return }
        self = .captions(try ClosedCaptions(parsing: &reader))
      case 0x4454_4731:  // DTG1
        let isActive = try reader.u8("active_format_flag") & 0x40 != 0
        self = .activeFormat(isActive ? try reader.u8("active_format") & 0xf : nil)
      default: return
      }
    case 0x3c:  // Samsung
      guard reader.remaining >= 4, try reader.u16("itu_t_t35_provider_oriented_code") == 1,
        try reader.u8("application_identifier") == 4
      else { return }
      self = .hdr10Plus(version: try reader.u8("application_version"))
    default: return
    }
  }
}

/// `cc_data()` of one picture (CEA-708 4.3, ATSC A/53 part 4, Table 6.9): what its triplets carry.
public struct ClosedCaptions: Hashable, Sendable {
  /// `cc_count`, 0...31.
  public var count: Int
  /// Services with a valid triplet (`cc_valid` 1).
  public var valid: Services = []
  /// Services with a valid triplet that is not padding (in CEA-608 two null characters).
  public var carried: Services = []

  /// Kinds of captions, by `cc_type`.
  public struct Services: OptionSet, Hashable, Sendable {
    /// A bit for each kind.
    public let rawValue: UInt8
    /// Makes a set of its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// CEA-608 field 1: CC1, CC2, text.
    public static let field1 = Self(rawValue: 1)
    /// CEA-608 field 2: CC3, CC4, extended data.
    public static let field2 = Self(rawValue: 2)
    /// CEA-708.
    public static let digital = Self(rawValue: 4)
  }

  /// Reads it from `process_em_data_flag` on; with `process_cc_data_flag` 0 nothing counts.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let flags = try reader.u8("cc_count")
    count = Int(flags & 0x1f)
    try reader.skip(1, "em_data")
    for _ in 0..<count {
      let head = try reader.u8("cc_type")
      let data = try reader.u16("cc_data")
      guard flags & 0x40 != 0, head & 4 != 0 else { continue }
      let service: Services = [.field1, .field2, .digital, .digital][Int(head & 3)]
      valid.insert(service)
      // The highest bits are parity.
      if service == .digital || data & 0x7f7f != 0 { carried.insert(service) }
    }
  }
}

/// Primaries and luminance of the mastering display (H.264 D.1.29, H.265 D.2.28).
public struct MasteringDisplay: Hashable, Sendable {
  /// A chromaticity in units of 0.00002.
  public struct Point: Hashable, Sendable {
    /// The CIE 1931 x coordinate.
    public var x: UInt16
    /// The CIE 1931 y coordinate.
    public var y: UInt16

    fileprivate init(parsing reader: inout ByteReader) throws(ParseError) {
      x = try reader.u16("display_primaries_x")
      y = try reader.u16("display_primaries_y")
    }
  }

  /// Three primaries; the usual order is green, blue, red.
  public var primaries: [Point]
  /// The white point.
  public var whitePoint: Point
  /// The brightest white in units of 0.0001 candela per square metre.
  public var maxLuminance: UInt32
  /// The darkest black in units of 0.0001 candela per square metre.
  public var minLuminance: UInt32

  /// Reads a payload of 24 bytes.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    primaries = []
    for _ in 0..<3 { primaries.append(try Point(parsing: &reader)) }
    whitePoint = try Point(parsing: &reader)
    maxLuminance = try reader.u32("max_display_mastering_luminance")
    minLuminance = try reader.u32("min_display_mastering_luminance")
  }
}

/// The content's light levels (H.264 D.1.31, H.265 D.2.35), in candela per square metre.
public struct ContentLightLevel: Hashable, Sendable {
  /// `max_content_light_level`, of any sample; 0 is unknown.
  public var maxContent: UInt16
  /// `max_pic_average_light_level`, of any frame's average; 0 is unknown.
  public var maxPictureAverage: UInt16

  /// Reads a payload of 4 bytes.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    maxContent = try reader.u16("max_content_light_level")
    maxPictureAverage = try reader.u16("max_pic_average_light_level")
  }
}
