/// Random numbers that a seed fixes.
struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A name in RTCP for a participant: 96 random bits (RFC 7022 4.2).
  mutating func canonicalName() -> String {
    let digits = [next(), next()].map { bits in
      let text = String(bits, radix: 16)
      return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
    return String(digits.joined().prefix(24))
  }

  /// 0 up to, but not, 1.
  mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
