// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation

/// SplitMix64: a small generator whose whole state is a seed.
package struct Seeded: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(_ seed: UInt64) { state = seed }

  /// The generator of a test, see `testSeed`.
  package static func of(_ test: String) -> Seeded { Seeded(testSeed(test)) }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}

/// The seed of a test, the same in every run so that a change is judged by what it changes.
///
/// `SEED=n` in the environment gives another, `SEED=random` one that is printed.
package func testSeed(_ test: String) -> UInt64 {
  let given = ProcessInfo.processInfo.environment["SEED"]
  // FNV-1a, so that tests do not all see the same numbers.
  let own = test.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
    ($0 ^ UInt64($1)) &* 0x100_0000_01b3
  }
  guard let given else { return own }
  let seed = UInt64(given) ?? .random(in: 0...UInt64.max)
  print("\(test): SEED=\(seed)")
  return seed
}
#endif
