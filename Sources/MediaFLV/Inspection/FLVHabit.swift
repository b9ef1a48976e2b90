import MediaModel

/// What is wrong with tag after tag by a writer's habit: told where it begins, and again only behind
/// a tag without it; at the end their number is told.
struct FLVHabit<Key: Hashable & Sendable>: Sendable {
  private let code: FindingCode
  /// The number of the last tag that had it.
  private var last: [Key: Int] = [:]
  private var (count, told) = (0, 0)

  init(_ code: FindingCode) { self.code = code }

  /// Counts a tag that has it, the `number`th of those that might; answers whether to tell.
  mutating func begins(_ key: Key, at number: Int) -> Bool {
    let before = last.updateValue(number, forKey: key)
    return take(isFirst: before.map { number - $0 > 1 } ?? true)
  }

  /// Counts one that is to be told if it is the first in a row.
  mutating func take(isFirst: Bool) -> Bool {
    count += 1
    if isFirst { told += 1 }
    return isFirst
  }

  /// Tells how many there were, where not all were told.
  func finish(_ found: inout [Finding]) {
    guard count > told else { return }
    found.append(Finding(code, "\(count - told) more like it, \(count) in all"))
  }
}
