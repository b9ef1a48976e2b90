import MediaBytes

/// Whether four bytes of timestamp follow the headers of a chunk (Adobe RTMP 1.0 §5.3.1.3).
///
/// A type 3 header has them if the last header of another type on its chunk stream had. Some peers
/// leave them out there, and nothing but the bytes can tell: what is not the value due is payload.
enum RTMPExtendedTimestamp {
  /// More bytes are needed to tell.
  case undecided
  /// None, and none is due.
  case absent
  /// None, although one is due.
  case omitted
  /// This one.
  case present(UInt32)
  /// The timestamp of the message, where its delta is due.
  case absolute(UInt32)

  /// Looks behind a header of type 0, 1 or 2, which begins at the first of `bytes`.
  init(after chunk: RTMPChunkHeader, _ bytes: RawSpan) {
    guard chunk.timestampField == RTMPChunkHeader.extendedMark else {
      self = .absent
      return
    }
    let start = chunk.byteCount
    self = bytes.byteCount - start >= 4 ? .present(bytes.u32(at: start)) : .undecided
  }

  /// Looks behind a type 3 header of `stream`, whose value due is `due`.
  ///
  /// It decides at the first byte that differs: the payload may end before the fourth, and the peer
  /// then wait for an answer. `omits` says that this peer has left a value out before; of others, a
  /// new message may bring another delta.
  init(
    afterTypeThree start: Int, _ bytes: RawSpan, due: UInt32, message: RTMPIncomingMessage,
    omits: Bool
  ) {
    let count = min(4, bytes.byteCount - start)
    if Self.matches(bytes, start, count, due) {
      self = count == 4 ? .present(due) : .undecided
    } else if !message.isPartial, !omits {
      self = count == 4 ? .present(bytes.u32(at: start)) : .undecided
    } else if message.isPartial, Self.matches(bytes, start, count, message.header.timestamp) {
      self = count == 4 ? .absolute(message.header.timestamp) : .undecided
    } else {
      self = .omitted
    }
  }

  private static func matches(
    _ bytes: RawSpan, _ start: Int, _ count: Int, _ value: UInt32
  ) -> Bool {
    for index in 0..<count {
      let expected = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * index))
      guard bytes.byte(at: start + index) == expected else { return false }
    }
    return true
  }

  /// The value, if there is one.
  var value: UInt32? {
    switch self {
    case .present(let value), .absolute(let value): value
    case .undecided, .absent, .omitted: nil
    }
  }

  /// How many bytes it has.
  var byteCount: Int { value == nil ? 0 : 4 }
}
