import MediaBitstream
import MediaBytes
import MediaModel

/// Puts VP8 frames together (RFC 7741 4).
public struct VP8Depacketizer: RTPDepacketizer {
  private var assembler: RTPFrameAssembler
  private var pictures = RTPPictureCounter()

  /// Makes one; `keepDamaged` keeps frames that are not whole as long as their beginning came.
  public init(keepDamaged: Bool = false) {
    assembler = RTPFrameAssembler(keepDamaged: keepDamaged, clause: "RFC 7741 4.1")
  }

  /// Takes a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "VP8"
    var reader = ByteReader(payload)
    let read = Self.descriptor(&reader)
    guard case .success(let descriptor) = read else {
      if case .failure(let error) = read { output.note(.vp8Descriptor, "\(error)", in: packet) }
      release(assembler.turn(toUnreadable: packet, into: &output), into: &output)
      if packet.marker { release(assembler.take(into: &output), into: &output) }
      return
    }
    if descriptor.hasReservedBits {
      output.note(.vp8ReservedBits, "reserved bits are set", in: packet)
    }
    let place: RTPFrameAssembler.Place = descriptor.startsFrame ? .first : .inner
    release(assembler.turn(to: packet, place, into: &output), into: &output)
    if descriptor.startsFrame {
      output.kind = "VP8 start"
      if let step = pictures.begin(descriptor.pictureID, isAfterLoss: packet.lost > 0) {
        output.note(.vp8PictureID, "it goes on by \(step)", in: packet)
      }
    }
    if reader.isAtEnd {
      output.note(
        .videoEmptyPayload, "nothing follows the payload descriptor", in: packet,
        clause: "RFC 7741 4.2")
    }
    assembler.append(reader.takeRest(), packet, into: &output)
    if packet.marker { release(assembler.take(into: &output), into: &output) }
  }

  /// The bytes of the frame that is open.
  public var heldByteCount: Int { assembler.heldByteCount }

  /// Ends the frame that is open as a damaged one.
  public mutating func giveUp(into output: inout RTPOutput) {
    assembler.damage()
    finish(into: &output)
  }

  /// Ends the frame that is open; without its marker it counts as damaged.
  public mutating func finish(into output: inout RTPOutput) {
    release(assembler.finish(into: &output), into: &output)
  }

  private func release(_ frame: RTPFrame?, into output: inout RTPOutput) {
    guard var frame else { return }
    // The inverse of the key frame flag is the first bit of all, whatever follows.
    frame.isKeyframe = frame.data[0] & 1 == 0
    if case .failure(let error) = Self.header(frame.data) {
      output.note(.vp8Header, "\(error)", in: frame)
      frame.isKeyframe = false
    }
    output.frames.append(frame)
  }

  private static func descriptor(
    _ reader: inout ByteReader
  ) -> Result<VP8PayloadDescriptor, ParseError> {
    Result { () throws(ParseError) in try VP8PayloadDescriptor(parsing: &reader) }
  }

  private static func header(_ frame: [UInt8]) -> Result<VP8FrameHeader, ParseError> {
    Result { () throws(ParseError) in
      var reader = ByteReader(frame.span)
      return try VP8FrameHeader(parsing: &reader)
    }
  }
}
