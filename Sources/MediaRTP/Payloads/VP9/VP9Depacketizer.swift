import MediaBitstream
import MediaBytes
import MediaModel

/// Puts VP9 pictures together (RFC 9628 4); the layer frames of a picture become a superframe.
public struct VP9Depacketizer: RTPDepacketizer {
  /// What the last scalability structure said.
  public private(set) var structure: VP9ScalabilityStructure?
  private var assembler: RTPFrameAssembler
  private var pictures = RTPPictureCounter()
  /// Of the open picture: where each of its layer frames begins.
  private var layerStarts: [Int] = []
  private var pictureID: RTPPictureID?
  /// Whether the packet before ended a layer frame.
  private var isBetweenFrames = true
  private var isPredicted = false
  private var lastLayer: UInt8 = 0

  /// Makes one; `keepDamaged` keeps pictures that are not whole as long as their beginning came.
  public init(keepDamaged: Bool = false) {
    assembler = RTPFrameAssembler(keepDamaged: keepDamaged, clause: "RFC 9628 4.1")
  }

  /// Takes a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "VP9"
    var reader = ByteReader(payload)
    let read = Self.descriptor(&reader)
    guard case .success(let descriptor) = read else {
      if case .failure(let error) = read { output.note(.vp9Descriptor, "\(error)", in: packet) }
      release(assembler.turn(toUnreadable: packet, into: &output), into: &output)
      isBetweenFrames = true
      if packet.marker { release(assembler.take(into: &output), into: &output) }
      return
    }
    // Only the lowest layer frame of a picture begins it.
    let isNext = assembler.isOpen && assembler.timestamp == packet.timestamp
    let isSamePicture = isNext && pictureID == descriptor.pictureID && !layerStarts.isEmpty
    let needsLower = descriptor.layer?.dependsOnLower ?? false
    let isUpper = needsLower || (isSamePicture && isHigher(descriptor))
    let beginsPicture = descriptor.startsFrame && !isUpper
    let place: RTPFrameAssembler.Place = beginsPicture ? .first : .inner
    let ended = assembler.turn(to: packet, place, into: &output)
    release(ended, into: &output)
    if beginsPicture { begin(descriptor, packet, into: &output) }
    check(descriptor, packet, beginsPicture, into: &output)
    if descriptor.startsFrame, layerStarts.count < 8 { layerStarts.append(assembler.data.count) }
    if let found = descriptor.structure { structure = found }
    isBetweenFrames = descriptor.endsFrame
    if reader.isAtEnd {
      output.note(
        .videoEmptyPayload, "nothing follows the payload descriptor", in: packet,
        clause: "RFC 9628 4.2")
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

  /// Ends the picture that is open; without its marker it counts as damaged.
  public mutating func finish(into output: inout RTPOutput) {
    release(assembler.finish(into: &output), into: &output)
  }

  private func isHigher(_ descriptor: VP9PayloadDescriptor) -> Bool {
    (descriptor.layer?.spatial ?? 0) > lastLayer
  }

  private mutating func begin(
    _ descriptor: VP9PayloadDescriptor, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "VP9 start"
    layerStarts = []
    pictureID = descriptor.pictureID
    isPredicted = descriptor.isPredicted
    isBetweenFrames = true
    if let step = pictures.begin(descriptor.pictureID, isAfterLoss: packet.lost > 0) {
      output.note(.vp9PictureID, "it goes on by \(step)", in: packet)
    }
  }

  private mutating func check(
    _ descriptor: VP9PayloadDescriptor, _ packet: RTPPacketInfo, _ beginsPicture: Bool,
    into output: inout RTPOutput
  ) {
    if descriptor.startsFrame { lastLayer = descriptor.layer?.spatial ?? 0 }
    // After a loss nothing is known of the packet before.
    if packet.lost == 0, assembler.hasStart, !beginsPicture,
      descriptor.startsFrame != isBetweenFrames
    {
      output.note(
        .vp9StartEnd,
        isBetweenFrames
          ? "the packet before has E, this one no B" : "the packet before has no E, this one has B",
        in: packet)
    }
    if packet.marker, !descriptor.endsFrame {
      output.note(.vp9StartEnd, "the marker is set, but not E", in: packet)
    }
  }

  private mutating func release(_ frame: RTPFrame?, into output: inout RTPOutput) {
    guard var frame else { return }
    let header = unsafe VP9FrameHeader(firstIn: frame.data.span.bytes)
    if let header {
      frame.isKeyframe = header.isKey
      let isIntra = header.isKey || header.isIntraOnly
      if isPredicted == isIntra, header.existingFrameToShow == nil {
        output.note(
          .vp9Prediction, "P is \(isPredicted ? 1 : 0), but the frame is \(header.summary)",
          in: frame)
      }
    } else {
      output.note(.vp9Header, "its uncompressed header makes no sense", in: frame)
    }
    frame.data = joined(frame.data)
    output.frames.append(frame)
  }

  /// The layer frames with an index behind them, as files have it (VP9 Annex B).
  private func joined(_ data: [UInt8]) -> [UInt8] {
    let ends = layerStarts.dropFirst() + [data.count]
    let sizes = zip(layerStarts, ends).map { $1 - $0 }
    guard sizes.count > 1, sizes.allSatisfy({ $0 > 0 }) else { return data }
    let parts = try? unsafe VP9Superframe(packet: data.span.bytes)
    guard parts?.frames.count == 1 else { return data }
    let largest = sizes.max() ?? 0
    let bytes = max(1, (largest.bitWidth - largest.leadingZeroBitCount + 7) / 8)
    let marker = 0xc0 | UInt8(bytes - 1) << 3 | UInt8(sizes.count - 1)
    var index = [marker]
    for size in sizes {
      for byte in 0..<bytes { index.append(UInt8(truncatingIfNeeded: size >> (8 * byte))) }
    }
    return data + index + [marker]
  }

  private static func descriptor(
    _ reader: inout ByteReader
  ) -> Result<VP9PayloadDescriptor, ParseError> {
    Result { () throws(ParseError) in try VP9PayloadDescriptor(parsing: &reader) }
  }
}
