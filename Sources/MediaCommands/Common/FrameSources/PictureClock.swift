internal import MediaBitstream

/// Turns places of pictures into times, in halves of a frame's length.
struct PictureClock {
  /// How many halves one step of PicOrderCnt is worth, as a fraction.
  private let halves: Int
  private let orders: Int
  private var decoded = 0
  private var base = 0
  private var hasBegun = false

  /// Learns from the first pictures what a step of PicOrderCnt means: encoders count frames by one
  /// or by two.
  init(_ first: [PicturePlace]) {
    var step = 0
    var start = 0
    for (index, place) in first.enumerated() {
      guard let order = place.order else { continue }
      if index == 0 || place.startsSequence { start = order }
      step = Self.divisor(step, abs(order - start))
    }
    let hasFields = first.contains(where: \.isField)
    halves = hasFields ? 1 : 2
    orders = hasFields ? 1 : max(step, 1)
  }

  private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }

  /// When a picture is decoded and shown.
  mutating func times(_ place: PicturePlace) -> (dts: Int64, pts: Int64) {
    defer { decoded += place.isField ? 1 : 2 }
    guard let order = place.order else { return (Int64(decoded), Int64(decoded)) }
    // Orders come from outside: nothing here may overflow.
    let shown = order * halves / orders
    if place.startsSequence || !hasBegun { base = decoded - shown }
    hasBegun = true
    return (Int64(decoded), Int64(base + shown))
  }
}
