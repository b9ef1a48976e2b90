import MediaBitstream
import MediaBytes
import MediaModel

/// Gathers the NAL units of both H.264 and H.265 into access units, and says where those end.
///
/// Markers and timestamps are both wrong in the field: a marker counts only if the packet after it
/// does not go on with the same picture, and a new timestamp ends a unit without a marker too. Once
/// markers have proved right, frames are given at the marker.
struct AccessUnitAssembler: Sendable {
  /// How many markers must have been right before frames are given at once.
  private static let proof = 2
  /// The most that is carried over to a frame with another timestamp.
  private static let carryLimit = 1 << 20
  /// What is kept of a slice whose contents are not.
  private static let keptOfSlice = 64

  let syntax: NALUnitSyntax
  let frameLimit: Int
  let keepsDamaged: Bool
  /// Whether slices are kept whole; what frames are shows in their beginnings.
  let keepsContents: Bool
  private(set) var sets: ParameterSetList
  /// Whether `sets` changed since it was last asked.
  var setsChanged = true

  // The access unit that is open.
  private var data: [UInt8] = []
  /// Bytes of slices that were counted only.
  private var skippedByteCount = 0
  private var order: [(don: UInt16, range: Range<Int>)] = []
  private var timestamp: Int64 = 0
  private var packets: ClosedRange<Int>?
  private var firstRole: NALUnitSyntax.Role?
  private var hasOnlyPrefix = true
  private(set) var isDamaged = false
  /// Whether its first packets may be among those that are missing.
  private var mayLackStart = false
  private var firstSliceBegins: Bool?
  private var isOverLimit = false
  private var isMarked = false
  /// Where the length of the NAL unit lies that is still being put together, and how many bytes had
  /// been skipped before it.
  private var fragment: (start: Int, don: UInt16?, skippedBefore: Int)?
  /// Up to where its bytes are kept.
  private var keptEnd = Int.max

  // What is known of the stream.
  private var rightMarkers = 0
  private var lastGiven: Int64?
  private var usualStart: [Bool: NALUnitSyntax.Role] = [:]
  private var sawKeyframe = false
  private var lastDON: UInt16?

  init(
    _ syntax: NALUnitSyntax, frameLimit: Int, keepDamaged: Bool, keepContents: Bool,
    parameterSets: [[UInt8]]
  ) {
    self.syntax = syntax
    self.frameLimit = min(frameLimit, Int(UInt32.max))
    keepsDamaged = keepDamaged
    keepsContents = keepContents
    sets = ParameterSetList(syntax, parameterSets)
  }

  /// The memory that the open access unit takes.
  var heldByteCount: Int { data.capacity }
  /// Whether a NAL unit is being put together.
  var isFragmentOpen: Bool { fragment != nil }
  /// The type of the NAL unit that is being put together.
  var openType: UInt8? {
    guard let fragment, fragment.start + 4 < data.count else { return nil }
    return syntax.type(data[fragment.start + 4])
  }
  /// Whether missing packets explain that something has no beginning.
  var expectsDamage: Bool { isDamaged || mayLackStart || isOverLimit }

  // MARK: Packets

  /// Begins a packet: ends the open access unit where the timestamp is another, or is gone on with
  /// after packets went missing.
  mutating func begin(_ info: RTPPacketInfo, _ timestamp: Int64, into output: inout RTPOutput) {
    guard let packets else {
      open(info, timestamp, mayLackStart: info.lost > 0)
      return
    }
    if timestamp != self.timestamp {
      let endIsLost = info.lost > 0 && !isMarked
      if endIsLost { isDamaged = true }
      if isMarked { rightMarkers += 1 }
      if hasOnlyPrefix, info.lost == 0, !data.isEmpty, !isDamaged, fragment == nil,
        data.count <= Self.carryLimit
      {
        output.note(
          .parameterSetsApart, "parameter sets or SEI with a timestamp of their own",
          in: info, clause: syntax.clause("5.1", "4.1"))
        self.timestamp = timestamp
        self.packets = packets.lowerBound...max(packets.lowerBound, info.packet)
        isMarked = false
        return
      }
      if !isMarked, info.lost == 0, !data.isEmpty {
        rightMarkers = 0
        output.note(
          .missingMarker, "the frame before ends without a marker", in: info,
          clause: syntax.clause("5.1", "4.1"))
      }
      close(info, into: &output)
      // One packet that ended the frame before leaves nothing missing here.
      open(info, timestamp, mayLackStart: info.lost > (endIsLost ? 1 : 0))
    } else if info.lost > 0, isMarked {
      close(info, into: &output)
      open(info, timestamp, mayLackStart: true)
    } else {
      if info.lost > 0 {
        isDamaged = true
        dropFragment()
      }
      self.packets = packets.lowerBound...max(packets.upperBound, info.packet)
    }
  }

  private mutating func open(_ info: RTPPacketInfo, _ timestamp: Int64, mayLackStart: Bool) {
    self.timestamp = timestamp
    self.mayLackStart = mayLackStart
    packets = info.packet...info.packet
  }

  /// Decides, by what follows a marker, whether it was right.
  private mutating func follow(
    _ role: NALUnitSyntax.Role, begins: Bool, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) {
    let isNew = role < .picture || (role == .picture && begins)
    if isMarked {
      if isNew {
        close(info, into: &output)
        open(info, timestamp, mayLackStart: false)
        return
      }
      isMarked = false
    } else {
      guard data.isEmpty, lastGiven == timestamp, !isNew, !expectsDamage else { return }
      mayLackStart = true
    }
    rightMarkers = 0
    output.note(
      .earlyMarker, "the frame goes on after its marker", in: info,
      clause: syntax.clause("5.1", "4.1"))
  }

  /// Ends a packet: takes its marker.
  mutating func end(_ info: RTPPacketInfo, into output: inout RTPOutput) {
    guard info.marker, packets != nil else { return }
    if hasOnlyPrefix || fragment != nil {
      // Nothing that is lost already can be cut apart by a marker.
      guard !expectsDamage || fragment != nil else {
        isMarked = true
        return
      }
      output.note(
        .earlyMarker, "a marker before the frame's picture is complete",
        in: info, clause: syntax.clause("5.1", "4.1"))
      return
    }
    isMarked = true
    if rightMarkers >= Self.proof { close(info, into: &output) }
  }

  /// Gives what is open.
  mutating func finish(into output: inout RTPOutput) {
    guard let packets else { return }
    // Where markers are reliable, a frame without one has lost its end.
    if !isMarked, rightMarkers >= Self.proof { isDamaged = true }
    let info = RTPPacketInfo(
      packet: packets.upperBound, number: 0, timestamp: timestamp, marker: false)
    close(info, into: &output)
  }

  /// Says that something of the open access unit is lost.
  mutating func damage() { isDamaged = true }

  // MARK: NAL units

  /// Takes a whole NAL unit.
  mutating func append(
    _ unit: RawSpan, don: UInt16? = nil, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) {
    let second = unit.byteCount > syntax.headerByteCount ? unit.byte(at: syntax.headerByteCount) : 0
    startUnit(unit.byte(at: 0), second, don, info, into: &output)
    extend(unit, info, into: &output)
    endUnit(info, into: &output)
  }

  /// Begins a NAL unit by its first byte; `second` is the one behind the header.
  mutating func startUnit(
    _ header: UInt8, _ second: UInt8, _ don: UInt16?, _ info: RTPPacketInfo,
    into output: inout RTPOutput
  ) {
    let role = syntax.role(header)
    let begins = syntax.beginsPicture(second)
    follow(role, begins: begins, info, into: &output)
    if firstRole == nil { firstRole = role }
    if role == .picture, firstSliceBegins == nil { firstSliceBegins = begins }
    if role >= .picture { hasOnlyPrefix = false }
    fragment = (data.count, don, skippedByteCount)
    // Type 0 may hide units behind start codes.
    let isCounted = !keepsContents && role == .picture && syntax.type(header) != 0
    keptEnd = isCounted ? data.count + 4 + Self.keptOfSlice : .max
    data.append(contentsOf: [0, 0, 0, 0])
  }

  /// Adds bytes to the NAL unit that was begun.
  mutating func extend(
    _ bytes: RawSpan, _ info: RTPPacketInfo, into output: inout RTPOutput
  ) {
    guard !isOverLimit else { return }
    guard bytes.byteCount <= frameLimit - data.count - skippedByteCount else {
      isOverLimit = true
      fragment = nil
      data = []
      skippedByteCount = 0
      output.note(
        .frameOverLimit, "a frame has more than \(frameLimit) bytes", in: info,
        clause: syntax.clause("5.1", "4.1"))
      return
    }
    let room = keptEnd - data.count
    guard bytes.byteCount > room else { return data.append(copying: bytes) }
    if room > 0 { data.append(copying: bytes.extracting(0..<room)) }
    skippedByteCount += bytes.byteCount - max(room, 0)
  }

  /// Counts a fragment from the middle of a slice whose contents are not kept; false where it is
  /// anything else, or anything is odd.
  mutating func skip(
    fragmentOf type: UInt8, byteCount: Int, _ info: RTPPacketInfo
  ) -> Bool {
    guard keptEnd <= data.count, let packets, openType == type, info.timestamp == timestamp,
      info.lost == 0, !info.marker, !isMarked, !isOverLimit, byteCount > 0,
      byteCount <= frameLimit - data.count - skippedByteCount
    else { return false }
    skippedByteCount += byteCount
    self.packets = packets.lowerBound...max(packets.upperBound, info.packet)
    return true
  }

  /// Adds a byte to the NAL unit that was begun.
  mutating func extend(_ byte: UInt8) {
    if !isOverLimit { data.append(byte) }
  }

  /// Ends the NAL unit that was begun.
  mutating func endUnit(_ info: RTPPacketInfo, into output: inout RTPOutput) {
    guard let (start, don, _) = fragment else { return }
    fragment = nil
    let body = start + 4..<data.count
    guard body.count > 0 else {
      data.removeSubrange(start...)
      return
    }
    let header = data[body.lowerBound]
    let isPrefix = syntax.role(header) < .picture
    if isPrefix || header == 0, splitStartCodes(from: start) {
      output.note(
        .startCodesInPayload, "NAL units behind start codes in one payload",
        in: info, clause: syntax.clause("5.6", "4.4.1"))
    } else {
      putLength(body.count, at: start)
      learn(body)
    }
    if let don { order.append((don, start..<data.count)) }
  }

  private mutating func putLength(_ count: Int, at start: Int) {
    for index in 0..<4 {
      data[start + index] = UInt8(truncatingIfNeeded: count >> (24 - 8 * index))
    }
  }

  private mutating func learn(_ body: Range<Int>) {
    guard syntax.role(data[body.lowerBound]).isParameterSet else { return }
    let unit = [UInt8](data[body])
    if sets.take(ByteReader(unit.span).bytes) { setsChanged = true }
  }

  /// Takes the NAL unit from `start` on apart where start codes are in it; false where none are.
  private mutating func splitStartCodes(from start: Int) -> Bool {
    let body = start + 4..<data.count
    guard ByteReader(data.span).bytes.extracting(body).firstStartCode() != nil else { return false }
    // A start code in front makes the first unit like the others.
    let text: [UInt8] = [0, 0, 1] + data[body]
    data.removeSubrange(start...)
    let bytes = ByteReader(text.span).bytes
    var cursor = NALUnitCursor(.annexB)
    while let range = Self.next(&cursor, bytes) {
      let from = data.count
      data.append(contentsOf: [0, 0, 0, 0])
      data.append(copying: bytes.extracting(range))
      putLength(range.count, at: from)
      learn(from + 4..<data.count)
      let role = syntax.role(bytes.byte(at: range.lowerBound))
      if from == start { firstRole = firstRole.map { min($0, role) } }
      if role == .picture {
        hasOnlyPrefix = false
        let place = range.lowerBound + syntax.headerByteCount
        if place < range.upperBound {
          firstSliceBegins = syntax.beginsPicture(bytes.byte(at: place))
        }
      }
    }
    return true
  }

  private static func next(_ cursor: inout NALUnitCursor, _ bytes: RawSpan) -> Range<Int>? {
    // Start codes cannot be wrong.
    do throws(ParseError) { return try cursor.next(in: bytes) } catch { return nil }
  }

  /// Forgets the NAL unit that is being put together.
  mutating func dropFragment() {
    guard let (start, _, skippedBefore) = fragment else { return }
    fragment = nil
    isDamaged = true
    skippedByteCount = skippedBefore
    data.removeSubrange(start...)
  }

  // MARK: Frames

  private mutating func close(_ info: RTPPacketInfo, into output: inout RTPOutput) {
    let isOpenFragment = fragment != nil
    if isOpenFragment, !expectsDamage {
      output.note(
        .fragmentWithoutEnd, "the frame before ends inside a NAL unit",
        in: info, clause: syntax.clause("5.8", "4.4.3"))
    }
    dropFragment()
    give(info, into: &output)
    reset()
  }

  private mutating func give(_ info: RTPPacketInfo, into output: inout RTPOutput) {
    guard let packets, !isOverLimit, !data.isEmpty else {
      if isOverLimit || isDamaged || mayLackStart { output.droppedFrames += 1 }
      return
    }
    restoreOrder(info, into: &output)
    lastGiven = timestamp
    let isKeyframe = syntax.isKeyframe(data)
    if mayLackStart, !looksWhole(isKeyframe) { isDamaged = true }
    guard !isDamaged || keepsDamaged else {
      output.droppedFrames += 1
      return
    }
    if isKeyframe, !sawKeyframe {
      sawKeyframe = true
      if !sets.isComplete {
        output.note(
          .missingParameterSets, "the first keyframe has no parameter sets before it",
          in: info, clause: syntax.clause("8.2.2", "7.1"))
      }
    }
    if !isDamaged, !mayLackStart { usualStart[isKeyframe] = firstRole }
    var frame = RTPFrame(data, timestamp: timestamp, isKeyframe: isKeyframe, packets: packets)
    frame.isDamaged = isDamaged
    frame.byteCount += skippedByteCount
    output.frames.append(frame)
  }

  /// Whether an access unit after missing packets begins as those of its kind do.
  private func looksWhole(_ isKeyframe: Bool) -> Bool {
    guard let firstRole, firstSliceBegins ?? true else { return false }
    // Delimiters stand before all access units or none.
    let other: NALUnitSyntax.Role = usualStart[!isKeyframe] == .delimiter ? .delimiter : .picture
    return firstRole <= usualStart[isKeyframe] ?? other
  }

  /// Puts NAL units with decoding order numbers into decoding order (RFC 6184 5.5).
  private mutating func restoreOrder(_ info: RTPPacketInfo, into output: inout RTPOutput) {
    guard let first = order.first?.don, order.count > 0 else { return }
    func distance(_ don: UInt16) -> Int16 { Int16(bitPattern: don &- first) }
    let sorted = order.sorted { distance($0.don) < distance($1.don) }
    let lowest = sorted[0].don
    if let lastDON, Int16(bitPattern: lowest &- lastDON) <= 0 {
      output.note(
        .decodingOrder, "decoding order number \(lowest) after \(lastDON)",
        in: info, clause: syntax.clause("5.5", "4.4"))
    }
    lastDON = sorted[sorted.count - 1].don
    let isSorted = zip(order, sorted).allSatisfy { $0.range == $1.range }
    let covered = order.reduce(0) { $0 + $1.range.count }
    guard !isSorted, covered == data.count else { return }
    var new: [UInt8] = []
    new.reserveCapacity(data.count)
    for entry in sorted { new += data[entry.range] }
    data = new
  }

  private mutating func reset() {
    // The frame that was given owns the old bytes.
    let expected = data.count
    data = []
    skippedByteCount = 0
    data.reserveCapacity(min(expected, 1 << 20))
    order.removeAll(keepingCapacity: true)
    packets = nil
    firstRole = nil
    hasOnlyPrefix = true
    isDamaged = false
    mayLackStart = false
    firstSliceBegins = nil
    isOverLimit = false
    isMarked = false
  }
}

extension NALUnitSyntax {
  /// A clause of the payload format.
  func clause(_ h264: String, _ h265: String) -> String {
    self == .h264 ? "RFC 6184 \(h264)" : "RFC 7798 \(h265)"
  }
}
