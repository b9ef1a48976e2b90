public import MediaFLV
public import MediaModel

/// What one side says in `connect`, or in its answer, about Enhanced RTMP (Enhanced RTMP v2,
/// Enhancing NetConnection connect Command).
///
/// A side that says nothing may know all of it or none: silence is not refusal.
public struct RTMPCapabilities: Hashable, Sendable {
  /// What a side does with a codec, `FourCcInfoMask`.
  public struct CodecFlags: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt32
    /// Makes flags of their bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// It can decode it.
    public static let decode = Self(rawValue: 1)
    /// It can encode it.
    public static let encode = Self(rawValue: 2)
    /// It can pass it on.
    public static let forward = Self(rawValue: 4)
  }

  /// What a side knows besides codecs, `capsEx`.
  public struct Extensions: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt32
    /// Makes flags of their bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// It follows `NetConnection.Connect.ReconnectRequest`.
    public static let reconnect = Self(rawValue: 1)
    /// Several tracks of a kind in one stream.
    public static let multitrack = Self(rawValue: 2)
    /// It can read `ModEx`.
    public static let modEx = Self(rawValue: 4)
    /// Offsets of nanoseconds to a timestamp.
    public static let timestampNanoOffset = Self(rawValue: 8)
  }

  /// What is said of one codec.
  public struct CodecEntry: Hashable, Sendable {
    /// Four characters, or `*` for any codec.
    public var name: String
    /// What the side does with it.
    public var flags: CodecFlags

    /// Makes an entry.
    public init(_ name: String, _ flags: CodecFlags) { (self.name, self.flags) = (name, flags) }
  }

  /// What a side says of a codec.
  public enum Offer: Hashable, Sendable {
    /// It knows it.
    case offered
    /// It names codecs, and not this one.
    case notOffered
    /// It does not speak of codecs at all.
    case silent
  }

  /// `fourCcList`, of the first version; nil where it is missing.
  public var fourCCList: [String]?
  /// `videoFourCcInfoMap`; nil where it is missing.
  public var video: [CodecEntry]?
  /// `audioFourCcInfoMap`; nil where it is missing.
  public var audio: [CodecEntry]?
  /// `capsEx`; nil where it is missing.
  public var extensions: Extensions?

  private static let videoCodes: [FourCC] = [.avc1, .hvc1, .vvc1, .av01, .vp08, .vp09]
  private static let audioCodes: [FourCC] = [.mp4a, .opus, .flac, .ac3, .eac3, .mp3]

  /// Makes capabilities of which nothing is said.
  public init() {}

  /// All codecs and extensions that FLV files and this library know.
  ///
  /// - Parameter flags: what the side does with the codecs.
  public init(all flags: CodecFlags) {
    video = Self.videoCodes.map { CodecEntry($0.description, flags) }
    audio = Self.audioCodes.map { CodecEntry($0.description, flags) }
    fourCCList = (Self.videoCodes + Self.audioCodes).map(\.description)
    extensions = [.reconnect, .multitrack, .modEx, .timestampNanoOffset]
  }

  /// Whether anything is said.
  public var isSilent: Bool { self == RTMPCapabilities() }

  /// The four characters that a codec goes under; nil where FLV's first form has a number for it, so
  /// that nothing need be said of it, or where no form has it.
  public static func fourCC(needed codec: Codec) -> FourCC? {
    guard codec != .h264, codec != .aac, codec != .mp3 else { return nil }
    return videoCodes.first { $0.videoCodec == codec }
      ?? audioCodes.first { $0.audioCodec == codec }
  }

  /// What is said of a codec's four characters in the enhanced form; any flag counts.
  public func offer(_ fourCC: FourCC) -> Offer {
    let name = fourCC.description
    let map = fourCC.videoCodec != nil ? video : audio
    if map == nil, fourCCList == nil { return .silent }
    let inMap = map?.contains { ($0.name == name || $0.name == "*") && !$0.flags.isEmpty } ?? false
    let inList = fourCCList?.contains { $0 == name || $0 == "*" } ?? false
    return inMap || inList ? .offered : .notOffered
  }

  /// What is said of an extension.
  public func offer(_ extension: Extensions) -> Offer {
    guard let extensions else { return .silent }
    return extensions.isSuperset(of: `extension`) ? .offered : .notOffered
  }
}

// MARK: - On the wire

extension RTMPCapabilities {
  /// Reads what stands in any of the objects among the values of `connect` or its `_result`.
  public init(_ values: some Sequence<AMFValue>) {
    for object in values {
      if let list = object["fourCcList"] { fourCCList = fourCCList ?? Self.list(list) }
      if let map = object["videoFourCcInfoMap"] { video = video ?? Self.map(map) }
      if let map = object["audioFourCcInfoMap"] { audio = audio ?? Self.map(map) }
      if let number = object["capsEx"]?.number { extensions = extensions ?? Self.flags(number) }
    }
  }

  /// The properties for the command object of `connect`, or for its answer.
  public var properties: [AMFProperty] {
    var properties: [AMFProperty] = []
    if let fourCCList {
      let names = fourCCList.map { AMFValue.string(AMFString($0)) }
      properties.append(AMFProperty("fourCcList", .strictArray(names)))
    }
    if let video { properties.append(AMFProperty("videoFourCcInfoMap", Self.value(video))) }
    if let audio { properties.append(AMFProperty("audioFourCcInfoMap", Self.value(audio))) }
    if let extensions {
      properties.append(AMFProperty("capsEx", .number(Double(extensions.rawValue))))
    }
    return properties
  }

  private static func list(_ value: AMFValue) -> [String]? {
    switch value.unwrapped {
    case .strictArray(let elements): elements.compactMap(\.text)
    // Some write the list as an array with names "0", "1" and so on.
    case .ecmaArray(let array): array.properties.compactMap(\.value.text)
    default: nil
    }
  }

  private static func map(_ value: AMFValue) -> [CodecEntry]? {
    value.properties?.map { property in
      CodecEntry(property.key.text, flags(property.value.number ?? 0))
    }
  }

  private static func value(_ entries: [CodecEntry]) -> AMFValue {
    .object(
      AMFObject(
        entries.map { AMFProperty(AMFString($0.name), .number(Double($0.flags.rawValue))) }))
  }

  /// No flags where the number is no whole one that they can have.
  private static func flags<Flags: OptionSet>(_ number: Double) -> Flags
  where Flags.RawValue == UInt32 {
    Flags(rawValue: UInt32(exactly: number) ?? 0)
  }
}
