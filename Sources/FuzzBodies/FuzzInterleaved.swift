import MediaBytes
import MediaRTP

/// Takes packets and messages out of the bytes, whole and in pieces whose size the last byte gives.
///
/// Both find the same, every byte belongs to one event, no more is held than the limits allow, and
/// what was found is found again when only that is written.
public func fuzzInterleaved(_ bytes: RawSpan) {
  let size = bytes.byteCount == 0 ? 1 : Int(bytes.byte(at: bytes.byteCount - 1)) + 1
  var limits = InterleavedLimits()
  if size % 2 == 0 { limits.maxBodyByteCount = 100 }
  if size % 3 == 0 { limits.maxHeadByteCount = 60 }
  for framing in [InterleavedFraming.rtsp, .lengthPrefixed] {
    let whole = deframe(bytes, framing, limits, piece: max(1, bytes.byteCount))
    precondition(deframe(bytes, framing, limits, piece: size) == whole, "pieces differ")
    var position = 0
    for event in whole {
      guard let range = range(of: event, framing) else { continue }
      precondition(range.lowerBound == position && !range.isEmpty, "a gap")
      position = range.upperBound
    }
    precondition(position == bytes.byteCount && whole.last == .end, "not to the end")
    rewrite(whole, framing, limits)
  }
  fuzzLoss(bytes, at: size)
}

/// Where an event begins and ends in the stream; nil of the end.
private func range(
  of event: InterleavedDeframer.Event, _ framing: InterleavedFraming
) -> Range<Int>? {
  switch event {
  case .packet(let bytes, _, let offset):
    offset..<offset + framing.headerByteCount + bytes.count
  case .message(let message, let offset): offset..<offset + message.head.count + message.body.count
  case .skipped(let range, _): range
  case .end: nil
  }
}

/// Packets and messages alone, one behind the other, are found without anything in between.
private func rewrite(
  _ events: [InterleavedDeframer.Event], _ framing: InterleavedFraming, _ limits: InterleavedLimits
) {
  var writer = ByteWriter()
  var expected: [InterleavedDeframer.Event] = []
  for event in events {
    let offset = writer.count
    switch event {
    case .packet(let packet, let channel, _):
      framing.write(packet.span.bytes, channel: channel, to: &writer)
      expected.append(.packet(packet, channel: channel, at: offset))
    case .message(let message, _):
      writer.append(message.head + message.body)
      expected.append(.message(message, at: offset))
      _ = (message.sessionDescription, message.isResponse)
    case .skipped, .end: continue
    }
  }
  let written = writer.bytes
  let again = deframe(written.span.bytes, framing, limits, piece: max(1, written.count))
  precondition(again == expected + [.end], "what was found is not found again")
}

private func deframe(
  _ bytes: RawSpan, _ framing: InterleavedFraming, _ limits: InterleavedLimits, piece: Int
) -> [InterleavedDeframer.Event] {
  var deframer = InterleavedDeframer(framing, limits: limits)
  var events: [InterleavedDeframer.Event] = []
  for start in stride(from: 0, to: bytes.byteCount, by: piece) {
    let end = min(bytes.byteCount, start + piece)
    deframer.receive([UInt8](copying: bytes.extracting(start..<end)).span)
    while let event = deframer.next() { events.append(event) }
    precondition(deframer.bufferedByteCount <= limits.maxBufferedByteCount, "holds too much")
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
