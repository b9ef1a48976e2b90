public import MediaBytes

/// Whether an H.264 access unit lets decoding begin, and how cleanly.
public enum H264PictureKind: Hashable, Sendable {
  /// An IDR picture: nothing after it refers to anything before it.
  case idr
  /// Only I slices, with a recovery point of zero frames: the start of an open GOP.
  case recoveryPoint
  /// Anything else.
  case other

  /// Looks at the NAL units of one access unit, in decoding order.
  public init(accessUnit bytes: RawSpan, framing: NALUnitFraming) throws(ParseError) {
    var cursor = NALUnitCursor(framing)
    var recovers = false
    var slices = 0
    self = .other
    while let range = try cursor.next(in: bytes) {
      let unit = bytes.extracting(range)
      let payload = unit.extracting(1..<unit.byteCount)
      switch H264NALUnitType(header: unit.byte(at: 0)) {
      case .idrSlice:
        self = .idr
        return
      case .sei:
        if try hasRecoveryPoint(sei: payload, at: range.lowerBound + 1) { recovers = true }
      case .nonIDRSlice, .slicePartitionA:
        // Without the SEI message no slice can change the answer.
        guard recovers, try isIntraSlice(payload, at: range.lowerBound + 1) else { return }
        slices += 1
      default: break
      }
    }
    if slices > 0 { self = .recoveryPoint }
  }
}

/// Whether a slice is I or SI, from the first two elements of its header (H.264 7.3.3).
private func isIntraSlice(_ payload: RawSpan, at offset: Int) throws(ParseError) -> Bool {
  var reader = BitReader(rbsp: payload, baseOffset: offset)
  _ = try reader.ue("first_mb_in_slice")
  let sliceType = try reader.ue("slice_type") % 5
  return sliceType == 2 || sliceType == 4
}

/// Whether an SEI NAL unit has a recovery point message with `recovery_frame_cnt` 0 (H.264 D.1.8).
private func hasRecoveryPoint(sei payload: RawSpan, at offset: Int) throws(ParseError) -> Bool {
  var reader = BitReader(rbsp: payload, baseOffset: offset)
  while reader.hasMoreRBSPData {
    let type = try reader.seiNumber("payloadType")
    let size = try reader.seiNumber("payloadSize")
    guard size <= reader.bitsRemaining / 8 else {
      throw ParseError(.truncated(needed: size), "sei_payload", at: reader.offset)
    }
    if type == 6 { return try reader.ue("recovery_frame_cnt") == 0 }
    for _ in 0..<size { _ = try reader.bits(8, "sei_payload") }
  }
  return false
}

extension BitReader {
  /// Reads a number coded as bytes of 255 and a last one, which are summed (H.264 7.3.2.3.1).
  fileprivate mutating func seiNumber(_ field: StaticString) throws(ParseError) -> Int {
    var number = 0
    while true {
      let byte = Int(try bits(8, field))
      number += byte  // at most 255 for each byte of input
      if byte < 255 { return number }
    }
  }
}
