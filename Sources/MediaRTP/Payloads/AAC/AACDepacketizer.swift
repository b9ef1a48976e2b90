import MediaBytes
import MediaModel

/// Takes AAC access units out of packets, in any mode that RFC 3640 knows.
///
/// Access units of one packet follow each other by their length. Interleaved ones wait until no
/// packet can bring an earlier one, at most 1024 of them. Fragments that say their own size, as some
/// servers send them, are joined up to the marker.
public struct AACDepacketizer: RTPDepacketizer {
  /// What SDP says of the packets.
  public let format: AACPayloadFormat
  private let frameLength: RTPFrameLength
  private var fragments = Fragments.none
  /// Interleaved access units, by time.
  private var waiting: [RTPFrame] = []
  private var waitingByteCount = 0
  private var hasMetInterleaving = false
  /// Whether fragments were met that say their own size, not that of the whole.
  private var hasMetOwnSizes = false
  private var hasMetMarker = false
  /// The timestamp of the last packet before which others are missing.
  private var lossTimestamp: Int64?

  /// What there is of an access unit in several packets.
  private enum Fragments: Sendable {
    case none
    case some(RTPFrame, byteCount: Int)
    /// The rest of a unit that was given up comes with this timestamp.
    case skipping(Int64)
  }

  /// More than 48 channels of 6144 bits.
  private static let largestUnit = 1 << 18
  private static let mostWaiting = 1024
  private static let mostWaitingBytes = 4 << 20

  /// Makes one for packets of a format.
  public init(_ format: AACPayloadFormat) {
    self.format = format
    frameLength = format.frameLength
  }

  /// Takes a packet.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "AAC"
    if packet.lost > 0 {
      lossTimestamp = packet.timestamp
      if case .some(let frame, _) = fragments {
        dropFragments(isLoss: true, into: &output)
        fragments = .skipping(frame.timestamp)
      }
    }
    hasMetMarker = hasMetMarker || packet.marker
    release(before: packet.timestamp, into: &output)
    guard let section = AACHeaderSection(payload, format.lengths) else {
      dropFragments(into: &output)
      return output.note(
        .aacHeaderSection, "the headers do not fit into \(payload.byteCount) bytes", in: packet)
    }
    for (code, message) in section.notes { output.note(code, message, in: packet) }
    if section.firstIndex != 0 {
      output.note(.aacIndex, "AU-Index of the first header is \(section.firstIndex)", in: packet)
    }
    let data = payload.extracting(section.byteCount..<payload.byteCount)
    let headers = units(section.headers, in: data.byteCount)
    if let only = headers.first, headers.count == 1, only.size ?? 0 > data.byteCount {
      return fragment(data, of: only.size ?? 0, packet, into: &output)
    }
    if headers.count == 1, headers[0].size == data.byteCount, data.byteCount > 0,
      format.constantSize == nil
    {
      if hasMetOwnSizes, packet.lost > 0 {
        // It may be the end of a unit whose beginning is lost.
        output.droppedFrames += 1
        fragments = packet.marker ? .none : .skipping(packet.timestamp)
        return
      }
      // Without sizes, and where fragments say their own, only the marker tells an end.
      if !packet.marker || isContinuing(packet) {
        return fragment(data, of: .max, packet, into: &output)
      }
    }
    dropFragments(packet, into: &output)
    split(data, headers, section.isInterleaved, packet, into: &output)
  }

  /// Interleaved access units, and the fragments of one.
  public var heldByteCount: Int {
    guard case .some(let frame, _) = fragments else { return waitingByteCount }
    return waitingByteCount + frame.data.count
  }

  /// Releases what is in order by now; an unfinished access unit is dropped.
  public mutating func finish(into output: inout RTPOutput) {
    // The end may be what a capture lacks.
    dropFragments(isLoss: true, into: &output)
    release(before: .max, into: &output)
  }

  /// The headers with their sizes; where headers have none, from what else tells them.
  private func units(_ headers: [AACHeaderSection.Header], in byteCount: Int)
    -> [AACHeaderSection.Header]
  {
    guard format.lengths.size == 0 else { return headers }
    guard let size = format.constantSize else {
      let only = headers.first ?? AACHeaderSection.Header(size: nil, index: 0, ctsDelta: nil)
      return [AACHeaderSection.Header(size: byteCount, index: only.index, ctsDelta: only.ctsDelta)]
    }
    if headers.isEmpty {
      return (0..<max(byteCount / size, byteCount > 0 ? 1 : 0)).map {
        AACHeaderSection.Header(size: size, index: $0, ctsDelta: nil)
      }
    }
    return headers.map {
      AACHeaderSection.Header(size: size, index: $0.index, ctsDelta: $0.ctsDelta)
    }
  }

  // MARK: Whole access units

  private mutating func split(
    _ data: RawSpan, _ headers: [AACHeaderSection.Header], _ isInterleaved: Bool,
    _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    var position = 0
    var frames: [RTPFrame] = []
    var emptyCount = headers.isEmpty ? 1 : 0
    for (number, header) in headers.enumerated() {
      let size = header.size ?? 0
      guard size <= data.byteCount - position else {
        output.droppedFrames += headers.count - number
        output.note(
          .aacSizePastEnd,
          "access unit \(number + 1) of \(headers.count) has \(size) bytes, "
            + "\(data.byteCount - position) are left", in: packet)
        position = data.byteCount
        break
      }
      if size == 0 {
        emptyCount += 1
        continue
      }
      let offset = header.ctsDelta ?? frameLength.ticks(header.index)
      frames.append(
        RTPFrame(
          [UInt8](copying: data.extracting(position..<position + size)),
          timestamp: packet.timestamp &+ offset, isKeyframe: true,
          packets: packet.packet...packet.packet))
      position += size
    }
    if emptyCount > 0 {
      output.note(
        .aacEmptyUnit, headers.isEmpty ? "no AU header" : "\(emptyCount) of size 0", in: packet)
    } else if position < data.byteCount {
      output.note(
        .aacTrailingBytes, "\(data.byteCount - position) bytes are left over", in: packet)
    }
    if !packet.marker, !frames.isEmpty {
      output.note(.aacMarker, "the access units are whole, the marker is not set", in: packet)
    }
    deliver(frames, isInterleaved, packet, into: &output)
  }

  // MARK: Interleaving

  private mutating func deliver(
    _ frames: [RTPFrame], _ isInterleaved: Bool, _ packet: RTPPacketInfo,
    into output: inout RTPOutput
  ) {
    guard isInterleaved || !waiting.isEmpty else {
      output.frames += frames
      return
    }
    if isInterleaved, !hasMetInterleaving {
      hasMetInterleaving = true
      output.note(.aacInterleaving, "AU-Index-delta is not 0", in: packet)
    }
    for frame in frames {
      let place = waiting.lastIndex { $0.timestamp <= frame.timestamp }.map { $0 + 1 } ?? 0
      waiting.insert(frame, at: place)
      waitingByteCount += frame.data.count
      if waiting.count > Self.mostWaiting || waitingByteCount > Self.mostWaitingBytes {
        let first = waiting.removeFirst()
        waitingByteCount -= first.data.count
        output.frames.append(first)
      }
    }
    let (next, isLast) = packet.timestamp.addingReportingOverflow(1)
    release(before: isLast ? .max : next, into: &output)
  }

  /// A packet's timestamp is that of its earliest unit and never falls, so nothing earlier comes.
  private mutating func release(before timestamp: Int64, into output: inout RTPOutput) {
    guard !waiting.isEmpty else { return }
    let count = waiting.firstIndex { $0.timestamp >= timestamp } ?? waiting.count
    waitingByteCount -= waiting[..<count].reduce(0) { $0 + $1.data.count }
    output.frames += waiting[..<count]
    waiting.removeFirst(count)
  }

  // MARK: Fragments

  /// Whether a unit that was begun, or given up, goes on in a packet.
  private func isContinuing(_ packet: RTPPacketInfo) -> Bool {
    switch fragments {
    case .none: false
    case .some(let frame, _): frame.timestamp == packet.timestamp
    case .skipping(let timestamp): timestamp == packet.timestamp
    }
  }

  /// Takes a fragment of an access unit of `size` bytes; `Int.max` where only the marker ends it.
  private mutating func fragment(
    _ data: RawSpan, of size: Int, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.kind = "AAC fragment"
    if case .skipping(let timestamp) = fragments, timestamp == packet.timestamp {
      if packet.marker { fragments = .none }
      return
    }
    var frame = RTPFrame(
      [], timestamp: packet.timestamp, isKeyframe: true, packets: packet.packet...packet.packet)
    if case .some(let started, let whole) = fragments, isContinuing(packet), whole == size {
      frame = started
      frame.packets =
        min(
          started.packets.lowerBound, packet.packet)...max(
          started.packets.upperBound, packet.packet)
      fragments = .none  // so that its bytes are not copied
    } else {
      dropFragments(packet, into: &output)
    }
    let most = min(size, Self.largestUnit)
    guard data.byteCount <= most - frame.data.count else {
      output.droppedFrames += 1
      fragments = packet.marker ? .none : .skipping(packet.timestamp)
      return output.note(
        .aacIncompleteUnit, "its fragments have more than \(most) bytes", in: packet)
    }
    frame.data.append(copying: data)
    let isWhole = frame.data.count == size || size == .max && packet.marker
    if isWhole {
      if size == .max, format.lengths.size > 0 {
        hasMetOwnSizes = true
        output.note(.aacOwnSizes, "AU-size is that of the fragment", in: packet)
      } else if !packet.marker {
        output.note(.aacMarker, "the access unit ends here, the marker is not set", in: packet)
      }
      deliver([frame], false, packet, into: &output)
    } else if packet.marker {
      output.droppedFrames += 1
      // What was lost before is told as loss.
      guard packet.timestamp != lossTimestamp else { return }
      output.note(
        .aacIncompleteUnit, "\(frame.data.count) of \(size) bytes came before the marker",
        in: packet)
    } else {
      fragments = .some(frame, byteCount: size)
    }
  }

  /// Drops an access unit that never ended; with a packet, because another one began there.
  private mutating func dropFragments(
    _ packet: RTPPacketInfo? = nil, isLoss: Bool = false, into output: inout RTPOutput
  ) {
    guard case .some(let frame, let size) = fragments else {
      fragments = .none
      return
    }
    fragments = .none
    // One that filled its packets, but for a marker: whole, unless the end may be lost.
    if size == .max, format.lengths.size > 0, !isLoss || !hasMetMarker {
      let last = RTPPacketInfo(
        packet: frame.packets.upperBound, number: 0, timestamp: frame.timestamp, marker: false)
      output.note(.aacMarker, "the access unit is whole, the marker is not set", in: last)
      return deliver([frame], false, last, into: &output)
    }
    output.droppedFrames += 1
    guard let packet else { return }
    let whole = size == .max ? "" : " of \(size)"
    output.note(
      .aacIncompleteUnit, "another begins after \(frame.data.count)\(whole) bytes", in: packet)
  }
}
