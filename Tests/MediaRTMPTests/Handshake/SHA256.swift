/// HMAC-SHA256 for tests (FIPS 180-4, RFC 2104), of which speed is not asked.
func hmacSHA256(key: [UInt8], message: [UInt8]) -> [UInt8] {
  let short = key.count > 64 ? sha256(key) : key
  let block = short + [UInt8](repeating: 0, count: 64 - short.count)
  return sha256(block.map { $0 ^ 0x5c } + sha256(block.map { $0 ^ 0x36 } + message))
}

func sha256(_ message: [UInt8]) -> [UInt8] {
  var state: [UInt32] = firstPrimes(8).map { fraction(root(of: $0, 2)) }
  let constants = firstPrimes(64).map { fraction(root(of: $0, 3)) }
  var padded = message + [0x80]
  padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
  padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
  for start in stride(from: 0, to: padded.count, by: 64) {
    var w = stride(from: start, to: start + 64, by: 4).map { at in
      padded[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    for t in 16..<64 {
      let small0 = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ w[t - 15] >> 3
      let small1 = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ w[t - 2] >> 10
      w.append(w[t - 16] &+ small0 &+ w[t - 7] &+ small1)
    }
    var s = state
    for t in 0..<64 {
      let big1 = turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)
      let one = s[7] &+ big1 &+ (s[4] & s[5] ^ ~s[4] & s[6]) &+ constants[t] &+ w[t]
      let big0 = turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)
      let two = big0 &+ (s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2])
      s = [one &+ two, s[0], s[1], s[2], s[3] &+ one, s[4], s[5], s[6]]
    }
    state = zip(state, s).map { $0 &+ $1 }
  }
  return state.flatMap { word in
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
  }
}

private func turn(_ word: UInt32, _ count: UInt32) -> UInt32 {
  word >> count | word << (32 - count)
}

private func firstPrimes(_ count: Int) -> [UInt64] {
  var primes: [UInt64] = []
  var candidate: UInt64 = 2
  while primes.count < count {
    if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
    candidate += 1
  }
  return primes
}

/// The square or cube root of a small number, times 2^32, rounded down.
private func root(of number: UInt64, _ degree: Int) -> UInt64 {
  var low: UInt64 = 0
  var high: UInt64 = 1 << 40
  while high - low > 1 {
    let middle = (low + high) / 2
    if isAtMost(middle, degree, number) { low = middle } else { high = middle }
  }
  return low
}

/// Whether the power of a root, in units of 2^-32 each, is at most the number.
private func isAtMost(_ root: UInt64, _ degree: Int, _ number: UInt64) -> Bool {
  let wide = UInt128(root)
  let power = degree == 2 ? wide * wide : wide * wide * wide
  return power <= UInt128(number) << UInt128(32 * degree)
}

private func fraction(_ fixed: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: fixed) }
