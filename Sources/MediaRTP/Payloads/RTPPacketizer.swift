/// Splits the frames of one track into payloads of packets; one type for each payload format.
///
/// How large a payload may be, and what else is to be decided, is given when it is made.
public protocol RTPPacketizer: Sendable {
  /// Splits a frame, as `MediaModel.Frame` holds it, into payloads that are added to `payloads`.
  ///
  /// Throws where the format has no way to carry the frame; nothing is added then.
  mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError)

  /// Adds what was held back to be sent together with frames that never came.
  mutating func finish(into payloads: inout RTPPayloads)

  /// Takes the parameter sets in force from the next frame on, in place of all before.
  mutating func take(parameterSets: [[UInt8]])
}

extension RTPPacketizer {
  /// Adds nothing: most formats hold nothing back.
  public mutating func finish(into payloads: inout RTPPayloads) {}

  /// Does nothing: most formats have none.
  public mutating func take(parameterSets: [[UInt8]]) {}
}

/// What a packetizer has to know of a frame besides its bytes.
public struct RTPFrameTime: Hashable, Sendable {
  /// When it is shown, in ticks of the payload format's clock.
  public var timestamp: Int64
  /// Whether decoding can begin with it.
  public var isKeyframe: Bool

  /// Makes it of its parts.
  public init(_ timestamp: Int64, isKeyframe: Bool = true) {
    self.timestamp = timestamp
    self.isKeyframe = isKeyframe
  }
}

/// Why a frame cannot be carried.
public struct RTPPayloadError: Error, Hashable, Sendable {
  /// A sentence without a full stop, such as `NAL unit 2 (IDR slice) has 4000 bytes, the limit ...`.
  public var message: String
  /// What it rests on, such as `RFC 6184 5.6`.
  public var clause: String

  /// Makes it of its parts.
  public init(_ message: String, clause: String) {
    self.message = message
    self.clause = clause
  }
}
