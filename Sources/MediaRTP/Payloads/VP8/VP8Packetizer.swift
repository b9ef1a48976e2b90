import MediaBytes

/// Splits VP8 frames into packets with a `PictureID` of 15 bits (RFC 7741 4).
///
/// Partitions are not told apart: a frame counts as one.
public struct VP8Packetizer: RTPPacketizer {
  private let maxPayload: Int
  private var pictureID: RTPPictureID

  /// Makes one; the first frame gets `pictureID`.
  public init(maxPayload: Int, pictureID: UInt16 = 0) {
    self.maxPayload = maxPayload
    self.pictureID = RTPPictureID(pictureID)
  }

  /// Splits a frame.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    guard frame.byteCount > 0 else {
      throw RTPPayloadError("the VP8 frame is empty", clause: "RFC 7741 4")
    }
    var descriptor = VP8PayloadDescriptor()
    descriptor.pictureID = pictureID
    let count = descriptor.byteCount
    guard maxPayload > count else {
      throw RTPPayloadError(
        "the limit of \(maxPayload) bytes leaves no room behind the VP8 payload descriptor",
        clause: "RFC 7741 4.2")
    }
    let inner = descriptor.bytes
    descriptor.startsPartition = true
    let first = descriptor.bytes
    payloads.split(frame.byteCount, maxPayload: maxPayload, headerByteCount: { _ in count }) {
      payloads, isFirst, _ in
      payloads.add(isFirst ? first : inner)
    }
    pictureID = pictureID.next
  }
}
