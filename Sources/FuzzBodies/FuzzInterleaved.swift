import MediaBytes
import MediaRTP

/// Takes packets and messages out of the bytes, whole and in pieces whose size the last byte gives.
///
/// Both find the same, every byte belongs to one event, and what was found is found again when only
/// that is written.
public func fuzzInterleaved(_ bytes: RawSpan) {
  let size = bytes.byteCount == 0 ? 1 : Int(bytes.byte(at: bytes.byteCount - 1)) + 1
  var limits = InterleavedLimits()
  if size % 2 == 0 { limits.maxBodyByteCount = 100 }
  if size % 3 == 0 { limits.maxHeadByteCount = 60 }
  for framing in [InterleavedFraming.rtsp, .lengthPrefixed] {
    let whole = events(bytes, framing, limits, piece: max(1, bytes.byteCount))
    precondition(events(bytes, framing, limits, piece: size) == whole, "pieces differ")
    var position = 0
    var writer = ByteWriter()
    for event in whole {
      let range: Range<Int>
      switch event {
      case .packet(let packet, let channel, let offset):
        range = offset..<offset + framing.headerByteCount + packet.count
        framing.write(packet.span.bytes, channel: channel, to: &writer)
      case .message(let message, let offset):
        range = offset..<offset + message.head.count + message.body.count
        writer.append(message.head + message.body)
        _ = (message.sessionDescription, message.isResponse)
      case .skipped(let skipped, _): range = skipped
      case .end: range = position..<bytes.byteCount
      }
      precondition(range.lowerBound == position && !range.isEmpty || event == .end, "a gap")
      position = range.upperBound
    }
    precondition(position == bytes.byteCount && whole.last == .end, "not to the end")
  }
  fuzzLoss(bytes, at: size)
}

private func events(
  _ bytes: RawSpan, _ framing: InterleavedFraming, _ limits: InterleavedLimits, piece: Int
) -> [InterleavedDeframer.Event] {
  var deframer = InterleavedDeframer(framing, limits: limits)
  var events: [InterleavedDeframer.Event] = []
  for start in stride(from: 0, to: bytes.byteCount, by: piece) {
    let end = min(bytes.byteCount, start + piece)
    deframer.receive([UInt8](copying: bytes.extracting(start..<end)).span)
    while let event = deframer.next() { events.append(event) }
  }
  deframer.finish()
  while let event = deframer.next() { events.append(event) }
  return events
}

/// With bytes missing in the middle, offsets go on as if they had been there.
private func fuzzLoss(_ bytes: RawSpan, at place: Int) {
  let cut = min(place, bytes.byteCount)
  var deframer = InterleavedDeframer()
  deframer.receive([UInt8](copying: bytes.extracting(0..<cut)).span)
  deframer.lose(1000)
  deframer.receive([UInt8](copying: bytes.extracting(cut..<bytes.byteCount)).span)
  deframer.finish()
  var hasGap = false
  while let event = deframer.next() {
    if event == .skipped(cut..<cut + 1000, .lost) { hasGap = true }
    if case .skipped(let range, _) = event {
      precondition(range.upperBound <= bytes.byteCount + 1000, "past the end")
    }
  }
  precondition(hasGap, "the gap is not told")
}
