public import MediaBytes

/// The header of an FLV file (FLV 10.1 E.2).
public struct FLVHeader: Hashable, Sendable {
  /// `Version`: 1 in every known file.
  public var version: UInt8 = 1
  /// The byte of flags as it stands: bit 2 announces audio, bit 0 video, the others are reserved.
  public var flags: UInt8
  /// `DataOffset`: where the body begins, 9 in version 1; larger values make room for extensions.
  public var dataOffset: UInt32 = 9

  /// Makes a header of version 1.
  public init(hasAudio: Bool, hasVideo: Bool) {
    flags = (hasAudio ? 4 : 0) | (hasVideo ? 1 : 0)
  }

  /// `TypeFlagsAudio`: whether audio tags are announced.
  public var hasAudio: Bool { flags & 4 != 0 }
  /// `TypeFlagsVideo`: whether video tags are announced.
  public var hasVideo: Bool { flags & 1 != 0 }
  /// The bits of `flags` that must be zero.
  public var reservedFlags: UInt8 { flags & 0xfa }

  /// Reads nine bytes; those between them and `dataOffset` are left unread.
  ///
  /// Throws `invalid` where the signature is not `FLV` or `DataOffset` is less than 9.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    let signature = try reader.u24("Signature")
    guard signature == 0x46_4c56 else {
      throw ParseError(.invalid(UInt64(signature)), "Signature", at: start)
    }
    version = try reader.u8("Version")
    flags = try reader.u8("TypeFlags")
    dataOffset = try reader.u32("DataOffset")
    guard dataOffset >= 9 else {
      throw ParseError(.invalid(UInt64(dataOffset)), "DataOffset", at: start + 5)
    }
  }

  /// Writes nine bytes, without `PreviousTagSize0`.
  public func write(to writer: inout ByteWriter) {
    writer.u24(0x46_4c56)
    writer.integer(version)
    writer.integer(flags)
    writer.integer(dataOffset)
  }
}
