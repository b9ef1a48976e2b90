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
        if try hasRecoveryPoint(sei: unit, at: range.lowerBound) { recovers = true }
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

/// Whether an SEI NAL unit has a recovery point message with `recovery_frame_cnt` 0 (D.1.8).
private func hasRecoveryPoint(sei unit: RawSpan, at offset: Int) throws(ParseError) -> Bool {
  var cursor = SEICursor(headerByteCount: 1)
  while let message = try cursor.next(in: unit, at: offset) {
    guard message.type == .recoveryPoint else { continue }
    // A count takes at most 63 bits.
    let payload = message.payload(in: unit, limit: 8)
    var reader = BitReader(
      ByteReader(payload.span, baseOffset: offset + message.range.lowerBound))
    return try reader.ue("recovery_frame_cnt") == 0
  }
  return false
}
