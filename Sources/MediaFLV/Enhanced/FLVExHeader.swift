import MediaBytes

/// The parts of ExAudioTagHeader and ExVideoTagHeader that are alike (Enhanced RTMP v2).
public struct FLVExHeader<PacketType: FLVPacketType>: Hashable, Sendable {
  /// ModEx packets, in wire order.
  public var modifiers: [FLVModifier] {
    get { chain ?? [] }
    set { chain = newValue.isEmpty ? nil : newValue }
  }
  /// The modifiers; nil when there are none, for a header then costs nothing to copy.
  private var chain: [FLVModifier]?
  /// How tracks are numbered; nil when they are not.
  public var multitrack: FLVMultitrackType?
  /// What the message carries, once modifiers and track layout are taken off.
  public var packetType: PacketType
  /// The codec of all tracks; nil in a command and where each track has its own.
  public var fourCC: FourCC?

  /// Makes a header of one track without a number, or of many.
  ///
  /// `fourCC` is nil for `manyTracksManyCodecs` only.
  public init(
    _ packetType: PacketType, _ fourCC: FourCC?, multitrack: FLVMultitrackType? = nil,
    modifiers: [FLVModifier] = []
  ) {
    self.packetType = packetType
    self.fourCC = fourCC
    self.multitrack = multitrack
    self.modifiers = modifiers
  }

  /// What the FourCC says; nothing in a command and where each track has its own.
  var coding: FLVCoding { fourCC.map(PacketType.coding) ?? .unsaid }

  /// Nanoseconds to add to the time of presentation; nil when no modifier says so.
  public var nanosecondOffset: UInt32? {
    guard let chain else { return nil }
    for modifier in chain {
      if let nanoseconds = modifier.nanoseconds { return nanoseconds }
    }
    return nil
  }
}

// MARK: - Reading

extension FLVExHeader {
  /// Reads the chain of modifiers; the first packet type was in the tag's first byte.
  init(
    afterType first: PacketType, _ reader: inout ByteReader, _ anomalies: inout [FLVBodyAnomaly]
  ) throws(ParseError) {
    packetType = first
    guard packetType == .modEx else { return }
    var modifiers: [FLVModifier] = []
    while packetType == .modEx {
      guard modifiers.count < FLVModifier.maxCount else {
        throw ParseError(
          .overLimit(UInt64(modifiers.count + 1), limit: FLVModifier.maxCount), "ModEx",
          at: reader.offset)
      }
      let next: UInt8
      let modifier: FLVModifier
      (modifier, next) = try FLVModifier.parse(&reader)
      if let anomaly = modifier.anomaly(at: reader.position - 1 - modifier.data.count) {
        anomalies.append(anomaly)
      }
      modifiers.append(modifier)
      packetType = PacketType(rawValue: next)
    }
    self.modifiers = modifiers
  }

  /// Reads the track layout and the FourCC, which a command does not have.
  mutating func parseCodec(
    _ reader: inout ByteReader, _ anomalies: inout [FLVBodyAnomaly]
  ) throws(ParseError) {
    if packetType == .multitrack {
      let start = reader.offset
      let byte = try reader.u8("AvMultitrackType")
      guard byte >> 4 <= FLVMultitrackType.manyTracksManyCodecs.rawValue else {
        throw ParseError(.unsupported(UInt64(byte >> 4)), "AvMultitrackType", at: start)
      }
      packetType = PacketType(rawValue: byte & 0xf)
      // Multitrack inside of multitrack is forbidden; a ModEx there has no place to go on.
      guard packetType != .multitrack, packetType != .modEx else {
        throw ParseError(.invalid(UInt64(byte & 0xf)), "packet type of multitrack", at: start)
      }
      multitrack = FLVMultitrackType(rawValue: byte >> 4)
    }
    if packetType.kind == .reserved {
      anomalies.append(
        FLVBodyAnomaly(.reserved(PacketType.field, packetType.rawValue), at: reader.position - 1))
    }
    if multitrack != .manyTracksManyCodecs {
      fourCC = FourCC(rawValue: try reader.u32("FourCC"))
    }
  }
}

// MARK: - Writing

extension FLVExHeader {
  /// Writes the tag's first byte, whose high bits are given, and the chain of modifiers.
  func writeTypes(highBits: UInt8, to writer: inout ByteWriter) {
    precondition(packetType.rawValue < 16, "a packet type has four bits")
    let last = multitrack == nil ? packetType.rawValue : PacketType.multitrack.rawValue
    writer.integer(highBits | (modifiers.isEmpty ? last : PacketType.modEx.rawValue))
    for (index, modifier) in modifiers.enumerated() {
      let isLast = index == modifiers.count - 1
      modifier.write(to: &writer, nextPacketType: isLast ? last : PacketType.modEx.rawValue)
    }
  }

  /// Writes the track layout and the FourCC.
  func writeCodec(to writer: inout ByteWriter) {
    if let multitrack {
      precondition(
        multitrack.rawValue <= FLVMultitrackType.manyTracksManyCodecs.rawValue,
        "nobody knows how to write this multitrack type")
      writer.integer(multitrack.rawValue << 4 | packetType.rawValue)
    }
    guard multitrack != .manyTracksManyCodecs else { return }
    guard let fourCC else { preconditionFailure("the header needs a FourCC") }
    writer.integer(fourCC.rawValue)
  }
}
