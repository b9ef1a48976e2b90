/// What the `PreviousTagSize` fields have said so far, to tell which dialect a writer speaks.
struct SizeHistory: Sendable {
  /// The sizes of all tags so far, as the dialect of running sums has them.
  private(set) var sum: UInt32 = 0
  /// The dialect of the last field that spoke one.
  private(set) var dialect: FLVPreviousTagSize.Kind?

  /// Which kind of value this is behind a tag of `dataSize`; the dialect in use comes first.
  func kind(of value: UInt32, dataSize: UInt32) -> FLVPreviousTagSize.Kind {
    if value == dataSize + 11 { return .exact }
    if let dialect, value == self.value(in: dialect, dataSize: dataSize) { return dialect }
    if value == 0 { return .zero }
    if value == dataSize { return .dataSize }
    if value == dataSize + 10 { return .dataSizePlus10 }
    return value == sum &+ dataSize &+ 11 ? .runningSum : .wrong
  }

  private func value(in dialect: FLVPreviousTagSize.Kind, dataSize: UInt32) -> UInt32? {
    switch dialect {
    case .exact: dataSize + 11
    case .zero: 0
    case .dataSize: dataSize
    case .dataSizePlus10: dataSize + 10
    case .runningSum: sum &+ dataSize &+ 11
    case .wrong: nil
    }
  }

  /// Takes note of the field behind a tag.
  mutating func note(_ kind: FLVPreviousTagSize.Kind, dataSize: UInt32) {
    sum = sum &+ dataSize &+ 11
    switch kind {
    case .exact: dialect = nil
    case .wrong: break
    default: dialect = kind
    }
  }

  /// Whether a field says what the dialect in use asks for, `before` being the field ahead of the
  /// tag: after damage a running sum can only be told by the difference.
  func isInUse(_ value: UInt32, dataSize: UInt32, before: UInt32) -> Bool {
    guard let dialect else { return false }
    if dialect == .runningSum { return value &- before == dataSize + 11 }
    return value == self.value(in: dialect, dataSize: dataSize)
  }

  /// Goes on behind damage, where the last field before the next tag says `value`.
  mutating func resume(after value: UInt32) {
    if dialect == .runningSum { sum = value }
  }
}
