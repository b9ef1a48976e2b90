/// SplitMix64: a small generator whose whole state is the printed seed.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A fresh seed, printed so that it can be pasted back into a test that failed.
func freshSeed(_ name: String) -> UInt64 {
  let seed = UInt64.random(in: 0...UInt64.max)
  print("\(name): seed \(seed)")
  return seed
}
