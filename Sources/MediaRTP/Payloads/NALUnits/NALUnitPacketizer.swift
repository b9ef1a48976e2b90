import MediaBitstream
import MediaBytes

/// Which NAL units are put into one packet together.
public enum NALUnitAggregation: Hashable, Sendable {
  /// None: each has packets of its own.
  case none
  /// Parameter sets that follow each other.
  case parameterSets
  /// All that fit, of one access unit.
  case all
}

/// When parameter sets are put before keyframes that lack them.
public enum ParameterSetInterval: Hashable, Sendable {
  /// Before the first keyframe.
  case once
  /// Before each keyframe.
  case keyframe
  /// Before the first keyframe after so many ticks without any.
  case ticks(Int64)
}

/// Splits access units for both H.264 and H.265, whose formats differ in their headers.
struct NALUnitPacketizer: Sendable {
  /// A NAL unit to send.
  private struct Unit: Sendable {
    /// Where it lies in the frame.
    var range: Range<Int>
    /// Its bytes where it does not.
    var own: [UInt8]?
    var header: UInt16
    var role: NALUnitSyntax.Role

    var count: Int { range.count }
  }

  let syntax: NALUnitSyntax
  let maxPayload: Int
  /// H.264's `packetization-mode`, 1 of H.265.
  let mode: Int
  let aggregation: NALUnitAggregation
  let interval: ParameterSetInterval
  let framing: NALUnitFraming
  /// Whether decoding order numbers are sent, of H.265.
  let sendsDON: Bool

  private var sets: ParameterSetList
  private var lastSets: Int64?
  /// Whether sets have changed outside the stream, which only what is sent can tell.
  private var areNew = false
  private var nextDON: UInt16 = 0
  private var units: [Unit] = []

  init(
    _ syntax: NALUnitSyntax, maxPayload: Int, mode: Int, aggregation: NALUnitAggregation,
    interval: ParameterSetInterval, parameterSets: [[UInt8]], framing: NALUnitFraming,
    sendsDON: Bool
  ) {
    precondition(maxPayload >= 16, "no room for a fragment")
    precondition(mode == 0 || mode == 1, "no such packetization mode to send in")
    self.syntax = syntax
    self.maxPayload = maxPayload
    self.mode = mode
    self.aggregation = mode == 0 ? .none : aggregation
    self.interval = interval
    self.framing = framing
    self.sendsDON = sendsDON
    sets = ParameterSetList(syntax, parameterSets)
  }

  mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    try list(frame)
    insertParameterSets(frame, time)
    try check()
    var index = 0
    while index < units.count {
      let end = groupEnd(index)
      let isLast = end == units.count
      if end - index > 1 {
        aggregate(index..<end, isLast, &payloads)
      } else if units[index].count + (sendsDON ? 2 : 0) <= maxPayload {
        single(units[index], isLast, &payloads)
      } else {
        fragment(units[index], isLast, &payloads)
      }
      index = end
    }
  }

  /// Takes other parameter sets in place of all before, and sends them with the next frame.
  mutating func take(parameterSets: [[UInt8]]) {
    let new = ParameterSetList(syntax, parameterSets)
    areNew = areNew || new.all != sets.all
    sets = new
  }

  // MARK: What to send

  private mutating func list(_ frame: RawSpan) throws(RTPPayloadError) {
    units.removeAll(keepingCapacity: true)
    var cursor = NALUnitCursor(framing)
    do throws(ParseError) {
      while let range = try cursor.next(in: frame) {
        let first = UInt16(frame.byte(at: range.lowerBound))
        let second = range.count > 1 ? UInt16(frame.byte(at: range.lowerBound + 1)) : 0
        units.append(
          Unit(
            range: range, header: first << 8 | second,
            role: syntax.role(UInt8(truncatingIfNeeded: first))))
      }
    } catch {
      throw RTPPayloadError("\(error)", clause: "ISO/IEC 14496-15 5.3.3.1")
    }
  }

  /// Puts parameter sets in front where they are due, and learns those that are there.
  private mutating func insertParameterSets(_ frame: RawSpan, _ time: RTPFrameTime) {
    var present: Set<Int> = []
    for unit in units where unit.role.isParameterSet {
      present.insert(unit.role.rawValue)
      _ = sets.take(frame.extracting(unit.range))
    }
    guard time.isKeyframe || areNew, !units.isEmpty else { return }
    let isWanted =
      switch interval {
      case .once: lastSets == nil
      case .keyframe: true
      case .ticks(let ticks): lastSets.map { time.timestamp - $0 >= ticks } ?? true
      }
    let isDue = areNew || isWanted
    // What the frame carries itself counts as sent.
    if isDue || present.count > 0 { lastSets = time.timestamp }
    guard isDue else { return }
    defer { areNew = false }
    let missing = sets.all.compactMap { unit -> Unit? in
      let header = UInt16(unit[0]) << 8 | UInt16(unit[1])
      let role = syntax.role(unit[0])
      let isThere = areNew ? has(unit, frame) : present.contains(role.rawValue)
      guard !isThere else { return nil }
      return Unit(range: 0..<unit.count, own: unit, header: header, role: role)
    }
    // Each kind before what stands behind it in the access unit.
    for unit in missing {
      let index = units.firstIndex { $0.role > unit.role } ?? units.count
      units.insert(unit, at: index)
    }
  }

  /// Whether a unit is one of those of the frame.
  private func has(_ unit: [UInt8], _ frame: RawSpan) -> Bool {
    units.contains { frame.extracting($0.range).elementsEqual(ByteReader(unit.span).bytes) }
  }

  private func check() throws(RTPPayloadError) {
    // Units are counted as the frame has them, from 0 on.
    var index = 0
    for unit in units {
      let type = syntax.type(UInt8(truncatingIfNeeded: unit.header >> 8))
      let isReserved =
        syntax == .h264 ? (24...31).contains(type) : (48...50).contains(type)
      guard !isReserved, unit.count >= syntax.headerByteCount else {
        throw RTPPayloadError(
          "NAL unit \(index) of type \(type) and \(unit.count) bytes cannot be told from RTP's own",
          clause: syntax == .h264 ? "RFC 6184 5.2" : "RFC 7798 4.2")
      }
      guard mode > 0 || unit.count <= maxPayload else {
        let name = unit.own == nil ? "NAL unit \(index)" : "a NAL unit of the configuration"
        throw RTPPayloadError(
          "\(name) (type \(type), \(syntax.typeName(type))) has \(unit.count) bytes, "
            + "packetization mode 0 allows \(maxPayload)", clause: "RFC 6184 6.2")
      }
      if unit.own == nil { index += 1 }
    }
  }

  /// The end of the run of units that share a packet with the one at `start`.
  private func groupEnd(_ start: Int) -> Int {
    guard aggregation != .none, mayAggregate(units[start]) else { return start + 1 }
    var byteCount = syntax.headerByteCount + 2 + units[start].count + (sendsDON ? 2 : 0)
    var end = start + 1
    while end < units.count, mayAggregate(units[end]) {
      byteCount += 2 + units[end].count + (sendsDON ? 1 : 0)
      guard byteCount <= maxPayload else { break }
      end += 1
    }
    return end
  }

  private func mayAggregate(_ unit: Unit) -> Bool {
    unit.count <= 0xffff && (aggregation == .all || unit.role.isParameterSet)
  }

  // MARK: Packets

  private func add(_ unit: Unit, _ part: Range<Int>, _ payloads: inout RTPPayloads) {
    let start = unit.range.lowerBound
    if let own = unit.own {
      payloads.add(part == 0..<own.count ? own : [UInt8](own[part]))
    } else {
      payloads.add(frame: start + part.lowerBound..<start + part.upperBound)
    }
  }

  private mutating func takeDON() -> UInt16 {
    defer { nextDON &+= 1 }
    return nextDON
  }

  private mutating func single(_ unit: Unit, _ isLast: Bool, _ payloads: inout RTPPayloads) {
    if sendsDON {
      payloads.append(
        head: UInt64(unit.header) << 16 | UInt64(takeDON()), headByteCount: 4, marker: isLast)
      add(unit, 2..<unit.count, &payloads)
    } else {
      payloads.append(marker: isLast)
      add(unit, 0..<unit.count, &payloads)
    }
  }

  /// STAP-A (RFC 6184 5.7.1) or AP (RFC 7798 4.4.2).
  private mutating func aggregate(
    _ group: Range<Int>, _ isLast: Bool, _ payloads: inout RTPPayloads
  ) {
    payloads.begin()
    if syntax == .h264 {
      // F is that of any, NRI the highest.
      var forbidden: UInt16 = 0
      var reference: UInt16 = 0
      for unit in units[group] {
        forbidden |= unit.header & 0x8000
        reference = max(reference, unit.header & 0x6000)
      }
      payloads.add(UInt8(truncatingIfNeeded: (forbidden | reference) >> 8) | 24)
    } else {
      var forbidden: UInt16 = 0
      var layer: UInt16 = 0x1f8
      var temporal: UInt16 = 7
      for unit in units[group] {
        forbidden |= unit.header & 0x8000
        layer = min(layer, unit.header & 0x1f8)
        temporal = min(temporal, unit.header & 7)
      }
      payloads.add(u16: forbidden | 48 << 9 | layer | temporal)
    }
    for index in group {
      if sendsDON {
        let number = takeDON()
        // DONL, then differences less one: all are sent in decoding order.
        if index == group.lowerBound { payloads.add(u16: number) } else { payloads.add(0) }
      }
      payloads.add(u16: UInt16(units[index].count))
      add(units[index], 0..<units[index].count, &payloads)
    }
    payloads.end(marker: isLast)
  }

  /// FU-A (RFC 6184 5.8) or FU (RFC 7798 4.4.3): packets of the same size but the last.
  ///
  /// What is fragmented never fits one packet, so no fragment is both start and end.
  private mutating func fragment(
    _ unit: Unit, _ isLast: Bool, _ payloads: inout RTPPayloads
  ) {
    let type = UInt64(syntax.type(UInt8(truncatingIfNeeded: unit.header >> 8)))
    let indicator =
      UInt64(syntax == .h264 ? unit.header >> 8 & 0xe0 | 28 : unit.header & 0x81ff | 49 << 9)
    let start = unit.range.lowerBound
    var position = syntax.headerByteCount
    while position < unit.count {
      let isStart = position == syntax.headerByteCount
      let withNumber = isStart && sendsDON
      let headByteCount = syntax.headerByteCount + 1 + (withNumber ? 2 : 0)
      let end = min(position + maxPayload - headByteCount, unit.count)
      let isEnd = end == unit.count
      var head = indicator << 8 | type | (isStart ? 0x80 : 0) | (isEnd ? 0x40 : 0)
      if withNumber { head = head << 16 | UInt64(takeDON()) }
      let isInFrame = unit.own == nil
      payloads.append(
        head: head, headByteCount: headByteCount,
        frame: isInFrame ? start + position..<start + end : 0..<0, marker: isLast && isEnd)
      if !isInFrame { add(unit, position..<end, &payloads) }
      position = end
    }
  }
}
