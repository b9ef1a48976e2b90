/// The two logarithmic codes of ITU-T G.711, made linear with 16 bits.
///
/// The recommendation's values have 13 bits (A-law) and 14 (µ-law); they are shifted up to fill 16.
enum G711 {
  /// Of A-law, by code (G.711 Table 1/G.711; even bits are inverted on the line).
  static let alaw = (0...255).map { alaw(UInt8($0)) }
  /// Of µ-law, by code (G.711 Table 2/G.711; all bits are inverted on the line).
  static let mulaw = (0...255).map { mulaw(UInt8($0)) }

  /// The largest value of A-law; the smallest is its negative.
  static let alawPeak: Int32 = 32_256
  /// The largest value of µ-law; the smallest is its negative.
  static let mulawPeak: Int32 = 32_124

  private static func alaw(_ code: UInt8) -> Int16 {
    let bits = code ^ 0x55
    let segment = Int(bits >> 4 & 7)
    // The middle of the step: 16 steps a segment, the first two segments of equal steps.
    let step = Int(bits & 15) * 2 + 1
    let magnitude = segment == 0 ? step : (step + 32) << (segment - 1)
    return Int16(bits & 0x80 == 0 ? -magnitude * 8 : magnitude * 8)
  }

  private static func mulaw(_ code: UInt8) -> Int16 {
    let bits = ~code
    let segment = Int(bits >> 4 & 7)
    // 33 is the bias that makes every segment twice as long as the one below.
    let magnitude = ((Int(bits & 15) * 2 + 33) << segment) - 33
    return Int16(bits & 0x80 == 0 ? magnitude * 4 : -magnitude * 4)
  }
}
