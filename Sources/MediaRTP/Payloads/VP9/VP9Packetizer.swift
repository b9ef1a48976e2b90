import MediaBitstream
import MediaBytes

/// Splits VP9 pictures of one spatial layer into packets in non-flexible mode, with a `PictureID`
/// of 15 bits and the size on key frames (RFC 9628 4).
///
/// A superframe is kept whole: the hidden frames in it travel with the one that is shown.
public struct VP9Packetizer: RTPPacketizer {
  private let maxPayload: Int
  private var pictureID: RTPPictureID

  /// Makes one; the first picture gets `pictureID`.
  public init(maxPayload: Int, pictureID: UInt16 = 0) {
    self.maxPayload = maxPayload
    self.pictureID = RTPPictureID(pictureID)
  }

  /// Splits a picture.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    guard frame.byteCount > 0 else {
      throw RTPPayloadError("the VP9 frame is empty", clause: "RFC 9628 4")
    }
    let header = VP9FrameHeader(firstIn: frame)
    var descriptor = VP9PayloadDescriptor()
    descriptor.pictureID = pictureID
    // Nothing lies above the only spatial layer.
    descriptor.isNotReferenceForHigher = true
    descriptor.isPredicted = header.map { !$0.isKey && !$0.isIntraOnly } ?? !time.isKeyframe
    var first = descriptor
    if let header, header.isKey, let size = header.size {
      first.structure = size.structure
    }
    let (firstCount, innerCount) = (first.bytes.count, descriptor.bytes.count)
    guard maxPayload > firstCount else {
      throw RTPPayloadError(
        "the limit of \(maxPayload) bytes leaves no room behind the VP9 payload descriptor",
        clause: "RFC 9628 4.2")
    }
    payloads.split(
      frame.byteCount, maxPayload: maxPayload, headerByteCount: { $0 ? firstCount : innerCount }
    ) { payloads, isFirst, isLast in
      var one = isFirst ? first : descriptor
      one.startsFrame = isFirst
      one.endsFrame = isLast
      payloads.add(one.bytes)
    }
    pictureID = pictureID.next
  }
}

extension VP9FrameHeader {
  /// The header of the first frame of a picture; nil where it cannot be read.
  init?(firstIn picture: RawSpan) {
    guard let range = try? VP9Superframe(packet: picture).frames.first,
      let header = try? VP9FrameHeader(frame: picture.extracting(range))
    else { return nil }
    self = header
  }
}

extension VP9FrameHeader.Size {
  /// What tells it to receivers; nil where 16 bits do not hold it.
  fileprivate var structure: VP9ScalabilityStructure? {
    guard let width = UInt16(exactly: width), let height = UInt16(exactly: height) else {
      return nil
    }
    return VP9ScalabilityStructure(VP9ScalabilityStructure.Size(width: width, height: height))
  }
}
