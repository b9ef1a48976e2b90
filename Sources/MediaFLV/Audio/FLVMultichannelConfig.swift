public import MediaBytes

/// A speaker position, `AudioChannel` (Enhanced RTMP v2, Enhanced Audio).
///
/// Position n below 24 is also bit n of `AudioChannelMask`.
public struct FLVSpeaker: RawRepresentable, Hashable, Sendable {
  /// The byte.
  public let rawValue: UInt8
  /// Makes a position of its byte.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The channel is empty and can be skipped.
  public static let unused = Self(rawValue: 0xfe)
  /// The channel holds sound of an unknown speaker.
  public static let unknown = Self(rawValue: 0xff)

  /// The position's name in Enhanced RTMP, such as `FrontLeft`; nil when it is reserved.
  public var name: String? {
    switch self {
    case .unused: "Unused"
    case .unknown: "Unknown"
    default: Int(rawValue) < speakers.count ? speakers[Int(rawValue)].name : nil
    }
  }

  /// FFmpeg's abbreviation, such as `FL`; nil when it has none.
  public var abbreviation: String? {
    Int(rawValue) < speakers.count ? speakers[Int(rawValue)].abbreviation : nil
  }
}

private let speakers: [(name: String, abbreviation: String)] = [
  ("FrontLeft", "FL"), ("FrontRight", "FR"), ("FrontCenter", "FC"), ("LowFrequency1", "LFE"),
  ("BackLeft", "BL"), ("BackRight", "BR"), ("FrontLeftCenter", "FLC"),
  ("FrontRightCenter", "FRC"), ("BackCenter", "BC"), ("SideLeft", "SL"), ("SideRight", "SR"),
  ("TopCenter", "TC"), ("TopFrontLeft", "TFL"), ("TopFrontCenter", "TFC"),
  ("TopFrontRight", "TFR"), ("TopBackLeft", "TBL"), ("TopBackCenter", "TBC"),
  ("TopBackRight", "TBR"), ("LowFrequency2", "LFE2"), ("TopSideLeft", "TSL"),
  ("TopSideRight", "TSR"), ("BottomFrontCenter", "BFC"), ("BottomFrontLeft", "BFL"),
  ("BottomFrontRight", "BFR"),
]

/// Which channel is which speaker: the payload of `MultichannelConfig` (Enhanced RTMP v2).
public struct FLVMultichannelConfig: Hashable, Sendable {
  /// `AudioChannelOrder` and what it brings.
  public enum Order: Hashable, Sendable {
    /// Only the number of channels is known.
    case unspecified
    /// Channels in the order of the positions, `audioChannelFlags` telling which are there.
    case native(mask: UInt32)
    /// `audioChannelMapping`: each channel's position.
    case custom([FLVSpeaker])
    /// A value without a meaning.
    case reserved(UInt8)
  }

  /// How channels are assigned.
  public var order: Order
  /// `channelCount`.
  public var channelCount: UInt8

  /// Makes a configuration; with a custom order `channelCount` is the number of its entries.
  public init(_ order: Order, channelCount: UInt8) {
    self.order = order
    self.channelCount = channelCount
  }

  /// The positions in channel order; nil when they are not told.
  public var speakers: [FLVSpeaker]? {
    switch order {
    case .unspecified, .reserved: nil
    case .native(let mask):
      (0..<32).filter { mask >> $0 & 1 != 0 }.map { FLVSpeaker(rawValue: UInt8($0)) }
    case .custom(let mapping): mapping
    }
  }

  /// Whether a native order names as many speakers as there are channels, and no reserved one.
  public var isConsistent: Bool {
    guard case .native(let mask) = order else { return true }
    return mask.nonzeroBitCount == Int(channelCount) && mask >> 24 == 0
  }

  /// Reads a part's payload; bytes behind what the order needs are left unread.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let value = try reader.u8("audioChannelOrder")
    channelCount = try reader.u8("channelCount")
    switch value {
    case 0: order = .unspecified
    case 1: order = .native(mask: try reader.u32("audioChannelFlags"))
    case 2:
      let mapping = try reader.array(Int(channelCount), "audioChannelMapping")
      order = .custom(mapping.map(FLVSpeaker.init(rawValue:)))
    default: order = .reserved(value)
    }
  }

  /// Writes the payload.
  public func write(to writer: inout ByteWriter) {
    switch order {
    case .unspecified:
      writer.integer(UInt8(0))
      writer.integer(channelCount)
    case .native(let mask):
      writer.integer(UInt8(1))
      writer.integer(channelCount)
      writer.integer(mask)
    case .custom(let mapping):
      precondition(mapping.count == Int(channelCount), "one entry for each channel")
      writer.integer(UInt8(2))
      writer.integer(channelCount)
      writer.append(mapping.map(\.rawValue))
    case .reserved(let value):
      writer.integer(value)
      writer.integer(channelCount)
    }
  }
}
