public import MediaBytes

/// The VP9 payload descriptor (RFC 9628 4.2).
///
///      0 1 2 3 4 5 6 7
///     +-+-+-+-+-+-+-+-+
///     |I|P|L|F|B|E|V|Z|
///     +-+-+-+-+-+-+-+-+
///     |M| PICTURE ID  |  I, 7 or 15 bits
///     | TID |U| SID |D|  L
///     |   TL0PICIDX   |  L and not F
///     |   P_DIFF    |N|  P and F, up to three
///     |      SS       |  V
///     +-+-+-+-+-+-+-+-+
public struct VP9PayloadDescriptor: Hashable, Sendable {
  /// Which layer a frame belongs to.
  public struct Layer: Hashable, Sendable {
    /// `TID`, 3 bits.
    public var temporal: UInt8
    /// `U`: switching up point.
    public var isSwitchingUpPoint: Bool
    /// `SID`, 3 bits.
    public var spatial: UInt8
    /// `D`: whether it depends on the spatial layer below.
    public var dependsOnLower: Bool

    /// Makes it of all four.
    public init(
      temporal: UInt8, isSwitchingUpPoint: Bool = false, spatial: UInt8,
      dependsOnLower: Bool = false
    ) {
      self.temporal = temporal
      self.isSwitchingUpPoint = isSwitchingUpPoint
      self.spatial = spatial
      self.dependsOnLower = dependsOnLower
    }
  }

  /// `I`.
  public var pictureID: RTPPictureID?
  /// `P`: whether the picture is predicted from others.
  public var isPredicted = false
  /// `F`: whether references are told in each packet.
  public var isFlexible = false
  /// `B`: whether it is the first packet of a layer frame.
  public var startsFrame = false
  /// `E`: whether it is the last packet of a layer frame.
  public var endsFrame = false
  /// `Z`: whether higher spatial layers do not refer to this frame.
  public var isNotReferenceForHigher = false
  /// `L`.
  public var layer: Layer?
  /// `TL0PICIDX`, with `layer` in non-flexible mode.
  public var baseLayerIndex: UInt8?
  /// `P_DIFF` in flexible mode, 7 bits each, at most three.
  public var references: [UInt8] = []
  /// `V`.
  public var structure: VP9ScalabilityStructure?

  /// Makes one with nothing set.
  public init() {}

  /// Reads one; what follows it is not looked at.
  ///
  /// Throws `invalid` where the list of references does not end after three.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    var ahead = reader
    let flags = try ahead.u8("VP9 payload descriptor")
    isPredicted = flags & 0x40 != 0
    isFlexible = flags & 0x10 != 0
    startsFrame = flags & 8 != 0
    endsFrame = flags & 4 != 0
    isNotReferenceForHigher = flags & 1 != 0
    if flags & 0x80 != 0 { pictureID = try RTPPictureID(parsing: &ahead) }
    if flags & 0x20 != 0 {
      let byte = try ahead.u8("layer indices")
      layer = Layer(
        temporal: byte >> 5, isSwitchingUpPoint: byte & 0x10 != 0, spatial: byte >> 1 & 7,
        dependsOnLower: byte & 1 != 0)
      if !isFlexible { baseLayerIndex = try ahead.u8("TL0PICIDX") }
    }
    if isPredicted, isFlexible { references = try Self.references(&ahead) }
    if flags & 2 != 0 { structure = try VP9ScalabilityStructure(parsing: &ahead) }
    reader = ahead
  }

  private static func references(_ reader: inout ByteReader) throws(ParseError) -> [UInt8] {
    var references: [UInt8] = []
    while true {
      let start = reader.offset
      let byte = try reader.u8("P_DIFF")
      references.append(byte >> 1)
      if byte & 1 == 0 { return references }
      guard references.count < 3 else {
        throw ParseError(.invalid(UInt64(byte)), "P_DIFF", at: start)
      }
    }
  }

  /// Its bytes.
  public var bytes: [UInt8] {
    var flags: UInt8 = pictureID == nil ? 0 : 0x80
    if isPredicted { flags |= 0x40 }
    if layer != nil { flags |= 0x20 }
    if isFlexible { flags |= 0x10 }
    if startsFrame { flags |= 8 }
    if endsFrame { flags |= 4 }
    if structure != nil { flags |= 2 }
    if isNotReferenceForHigher { flags |= 1 }
    var bytes = [flags] + (pictureID?.bytes ?? [])
    if let layer {
      let switching: UInt8 = layer.isSwitchingUpPoint ? 0x10 : 0
      let spatial = (layer.spatial & 7) << 1 | (layer.dependsOnLower ? 1 : 0)
      bytes.append((layer.temporal & 7) << 5 | switching | spatial)
      if !isFlexible { bytes.append(baseLayerIndex ?? 0) }
    }
    if isPredicted, isFlexible {
      let listed = references.isEmpty ? [1] : Array(references.prefix(3))
      for (index, reference) in listed.enumerated() {
        bytes.append(reference << 1 | (index + 1 < listed.count ? 1 : 0))
      }
    }
    return bytes + (structure?.bytes ?? [])
  }
}
