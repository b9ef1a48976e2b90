public import MediaBytes

/// The scalability structure in a VP9 payload descriptor (RFC 9628 4.2.1).
public struct VP9ScalabilityStructure: Hashable, Sendable {
  /// How large the frames of a spatial layer are.
  public struct Size: Hashable, Sendable {
    /// Samples in a row.
    public var width: UInt16
    /// Rows.
    public var height: UInt16

    /// Makes it of both.
    public init(width: UInt16, height: UInt16) {
      self.width = width
      self.height = height
    }
  }

  /// A picture of a picture group.
  public struct Picture: Hashable, Sendable {
    /// `TID`, 3 bits.
    public var temporalLayer: UInt8
    /// `U`: switching up point.
    public var isSwitchingUpPoint: Bool
    /// `P_DIFF`: how many pictures back each of its references is, at most three.
    public var references: [UInt8]

    /// Makes it of all three.
    public init(temporalLayer: UInt8, isSwitchingUpPoint: Bool, references: [UInt8]) {
      self.temporalLayer = temporalLayer
      self.isSwitchingUpPoint = isSwitchingUpPoint
      self.references = references
    }
  }

  /// `N_S` + 1: 1...8.
  public var spatialLayers: Int
  /// `Y`: the size of each spatial layer; empty where they are not said.
  public var sizes: [Size]
  /// `G`: the pictures of a group, at most 255; nil where they are not said.
  public var group: [Picture]?

  /// Makes the structure of one spatial layer.
  public init(_ size: Size) {
    spatialLayers = 1
    sizes = [size]
  }

  /// Reads one.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    var ahead = reader
    let flags = try ahead.u8("scalability structure")
    spatialLayers = Int(flags >> 5) + 1
    sizes = []
    if flags & 0x10 != 0 {
      for _ in 0..<spatialLayers {
        let width = try ahead.u16("WIDTH")
        sizes.append(Size(width: width, height: try ahead.u16("HEIGHT")))
      }
    }
    if flags & 8 != 0 { group = try Self.pictures(&ahead) }
    reader = ahead
  }

  private static func pictures(_ reader: inout ByteReader) throws(ParseError) -> [Picture] {
    var pictures: [Picture] = []
    for _ in 0..<(try reader.u8("N_G")) {
      let flags = try reader.u8("picture of a group")
      let references = try reader.array(Int(flags >> 2 & 3), "P_DIFF")
      pictures.append(
        Picture(
          temporalLayer: flags >> 5, isSwitchingUpPoint: flags & 0x10 != 0,
          references: references))
    }
    return pictures
  }

  /// Its bytes.
  public var bytes: [UInt8] {
    let layers = UInt8(truncatingIfNeeded: max(1, min(8, spatialLayers)) - 1)
    let hasSizes = sizes.count == Int(layers) + 1
    var bytes = [layers << 5 | (hasSizes ? 0x10 : 0) | (group == nil ? 0 : 8)]
    if hasSizes {
      for size in sizes {
        for value in [size.width, size.height] {
          bytes.append(UInt8(value >> 8))
          bytes.append(UInt8(truncatingIfNeeded: value))
        }
      }
    }
    guard let group = group?.prefix(255) else { return bytes }
    bytes.append(UInt8(group.count))
    for picture in group {
      let references = picture.references.prefix(3)
      let switching: UInt8 = picture.isSwitchingUpPoint ? 0x10 : 0
      bytes.append((picture.temporalLayer & 7) << 5 | switching | UInt8(references.count) << 2)
      bytes += references
    }
    return bytes
  }
}
