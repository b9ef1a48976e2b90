internal import MediaModel
internal import MediaRTP

/// The first and the last frame of a payload type, of which a capture may hold only a part.
struct RTPFrameEdges: Sendable {
  /// What depacketizers say of a frame whose beginning or end is missing though no packet is.
  private static let codes: Set<FindingCode> = [
    .fragmentWithoutStart, .fragmentWithoutEnd, .videoPacketWithoutStart, .videoFrameNotWhole,
    .aacIncompleteUnit, .mpegAudioFragment,
  ]

  private(set) var first: RTPTicket?
  private(set) var last: RTPTicket?
  /// Whether nothing but the first frame has been looked at.
  private var isAtStart = true
  /// Whether packets are missing in front of the last timestamp's, or among them.
  private var hasLoss = false
  /// Whether something else is wrong with the frame.
  private var hasOtherError = false
  /// Whether the first frame has no beginning, and the last one no end.
  private(set) var isBegunInside = false
  private(set) var isEndedInside = false
  /// How many frames that were dropped or damaged are explained by that.
  private(set) var frames = 0

  /// Takes notice of a packet before it is taken apart.
  mutating func begin(_ ticket: RTPTicket, lost: Int) {
    if first == nil { first = ticket }
    if ticket.timestamp != last?.timestamp { hasLoss = false }
    if lost > 0 { hasLoss = true }
    last = ticket
  }

  /// Takes what is explained by a beginning inside a frame out of what a packet led to.
  mutating func takeStart(_ output: inout RTPOutput) {
    guard isAtStart, let first, let last else { return }
    let isFirst = first.timestamp == last.timestamp
    // The packet behind the first frame ends it.
    if !isFirst || hasLoss || !output.frames.isEmpty { isAtStart = false }
    guard !hasLoss else { return }
    let isInside = take(&output, isInside: isBegunInside) { isFirst || $0.packet < last.packet }
    isBegunInside = isInside
  }

  /// Takes what is explained by an end inside a frame out of what the end led to.
  mutating func takeEnd(_ output: inout RTPOutput) {
    guard !hasLoss else { return }
    hasOtherError = false
    let isInside = take(&output, isInside: false) { _ in true }
    isEndedInside = isInside
  }

  /// Whether a frame is cut, by what was said of it before and by this.
  private mutating func take(
    _ output: inout RTPOutput, isInside: Bool, _ isMeant: (RTPRemark) -> Bool
  ) -> Bool {
    let count = output.remarks.count
    output.remarks.removeAll { Self.codes.contains($0.code) && isMeant($0) }
    let isInside = isInside || output.remarks.count < count
    if output.remarks.contains(where: { $0.code.severity >= .error }) { hasOtherError = true }
    let damaged = output.frames.count(where: \.isDamaged)
    guard output.droppedFrames + damaged > 0, isInside || !hasOtherError else { return isInside }
    frames += 1
    return true
  }
}
