import MediaBytes

/// Finds out what the first unread bytes of a connection are.
struct InterleavedScan: Sendable {
  enum Step {
    /// Not to be told before more arrives.
    case wait
    /// Of `count` bytes, behind its framing.
    case packet(Int, channel: UInt8)
    case message(head: Int, body: Int)
    case skip(Int, InterleavedDeframer.Reason)
  }

  /// Junk and line ends are told in pieces of this size, so that they need not be held.
  static let maxJunk = 65_536

  /// Whether the framing is lost, so that it has to be proved anew.
  var isSearching = false
  /// In a search, how many bytes are known to begin nothing.
  private var junk = 0
  /// Out of a search, how many line ends were counted.
  private var lineEnds = 0
  /// How far the head of a message was read.
  private var progress = InterleavedRules.HeadProgress()
  /// No message begins before this place: reading one from in front of it failed here.
  private var noMessageBefore = 0

  init(isSearching: Bool = false) {
    self.isSearching = isSearching
  }

  mutating func step(_ bytes: RawSpan, _ rules: InterleavedRules) -> Step {
    if isSearching { return search(bytes, rules) }
    guard bytes.byteCount > 0 else { return .wait }
    while lineEnds < Self.maxJunk, rules.isLineEnd(bytes, at: lineEnds) { lineEnds += 1 }
    if lineEnds > 0 {
      // Those that may follow belong to the same run.
      guard lineEnds < bytes.byteCount || lineEnds == Self.maxJunk || rules.isLast else {
        return .wait
      }
      defer { lineEnds = 0 }
      return .skip(lineEnds, .lineEnds)
    }
    switch shape(bytes, at: 0, rules) {
    case .undecided: return .wait
    case .packet(let count):
      return .packet(count, channel: rules.framing == .rtsp ? bytes.byte(at: 1) : 0)
    case .message(let head, let body): return .message(head: head, body: body)
    case .cut: return .skip(bytes.byteCount, .incomplete)
    case .nothing:
      isSearching = true
      junk = 1
      return search(bytes, rules)
    }
  }

  /// Looks for the next place where the framing is certain, and answers with the junk before it.
  private mutating func search(_ bytes: RawSpan, _ rules: InterleavedRules) -> Step {
    while junk < bytes.byteCount {
      if junk == Self.maxJunk {
        junk = 0
        noMessageBefore = max(0, noMessageBefore - Self.maxJunk)
        return .skip(Self.maxJunk, .junk)
      }
      guard let isProved = isProved(bytes, rules) else { return .wait }
      if isProved {
        let before = junk
        self = InterleavedScan()
        return before > 0 ? .skip(before, .junk) : step(bytes, rules)
      }
      junk += 1
    }
    guard rules.isLast, junk > 0, bytes.byteCount > 0 else { return .wait }
    self = InterleavedScan(isSearching: true)
    return .skip(bytes.byteCount, .junk)
  }

  /// Whether the framing begins again where the junk may end; nil where more bytes must tell.
  private mutating func isProved(_ bytes: RawSpan, _ rules: InterleavedRules) -> Bool? {
    if rules.framing == .rtsp, bytes.byte(at: junk) != UInt8(ascii: "$") {
      if junk < noMessageBefore { return false }
      switch rules.beginsMessage(bytes, at: junk) {
      case false?: return false
      case nil: return nil
      case true?: break
      }
    } else if rules.isNoPacket(bytes, at: junk) {
      return false
    }
    switch shape(bytes, at: junk, rules) {
    case .message: return true
    case .nothing, .cut: return false
    case .undecided: return nil
    case .packet(let count):
      let start = junk + rules.framing.headerByteCount
      guard count > 0, rules.isPacket(bytes.byte(at: start)) else { return false }
      return rules.canFollowPacket(bytes, at: start + count)
    }
  }

  private mutating func shape(
    _ bytes: RawSpan, at place: Int, _ rules: InterleavedRules
  ) -> InterleavedRules.Shape {
    let shape = rules.shape(bytes, at: place, &progress)
    if shape == .undecided { return shape }
    if shape == .nothing || shape == .cut {
      noMessageBefore = max(noMessageBefore, place + progress.position)
    }
    progress = InterleavedRules.HeadProgress()
    return shape
  }
}
