/// Something about a tag body that could be read but is not as its specification has it.
public struct FLVBodyAnomaly: Hashable, Sendable {
  /// Where in the body it stands, in bytes from the body's start.
  public var offset: Int
  /// What it is.
  public var kind: Kind

  /// Makes an anomaly at byte `offset` of the body.
  public init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }

  /// What is unusual.
  public enum Kind: Hashable, Sendable {
    /// The specification gives this value no meaning.
    case reserved(Field, UInt8)
    /// The value has a meaning only outside of the specification, such as CodecID 12 for H.265.
    case dialect(Field, UInt8)
    /// No codec of this FourCC is in the specification for this kind of tag.
    case unknownFourCC(FourCC)
    /// A track says it is longer than what is left of the body.
    case sizePastEnd(declared: Int, available: Int)
    /// A track is too short for its composition time.
    case trackTooShort(Int)
    /// The message has the track twice; the second one is reported.
    case duplicateTrack(UInt8)
    /// An end of sequence has so many bytes instead of the three of its CompositionTime.
    case compositionTimeCutShort(Int)
    /// Coded frames, or a configuration that this codec must have, of no bytes.
    case emptyPayload
    /// A multitrack message without a track.
    case noTracks
    /// The nanosecond offset is not below one millisecond.
    case nanosecondOffsetOutOfRange(UInt32)
    /// The modifier has fewer bytes than its type needs.
    case modifierTooShort(Int)
    /// Bytes stand where nothing should follow.
    case trailingBytes(Int)
    /// The `Filter` bit is set, but no valid EncryptionTagHeader follows the tag header.
    case missingEncryptionHeader
  }

  /// A field, under the name its specification gives it.
  public enum Field: String, Hashable, Sendable {
    /// FLV 10.1 E.4.2.1.
    case soundFormat = "SoundFormat"
    /// FLV 10.1 E.4.2.1.
    case aacPacketType = "AACPacketType"
    /// FLV 10.1 E.4.3.1.
    case frameType = "FrameType"
    /// FLV 10.1 E.4.3.1.
    case codecID = "CodecID"
    /// FLV 10.1 E.4.3.1.
    case avcPacketType = "AVCPacketType"
    /// FLV 10.1 E.4.3.1 and Enhanced RTMP v2.
    case videoCommand = "VideoCommand"
    /// Enhanced RTMP v2.
    case audioPacketType = "AudioPacketType"
    /// Enhanced RTMP v2.
    case videoPacketType = "VideoPacketType"
    /// Enhanced RTMP v2, `AudioPacketModExType` and `VideoPacketModExType`.
    case modExType = "ModExType"
  }
}
