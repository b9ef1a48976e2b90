/// An exact ratio: a frame rate, a time base, the width of a sample by its height.
public struct Rational: Hashable, Sendable {
  /// The part above the line.
  public var numerator: Int
  /// The part below; 0 where FFmpeg does not know the ratio.
  public var denominator: Int

  /// `numerator` over `denominator`, not reduced.
  public init(_ numerator: Int, _ denominator: Int) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The ratio as a number; nil for `0/0` and `n/0`.
  public var value: Double? {
    denominator == 0 ? nil : Double(numerator) / Double(denominator)
  }

  /// The ratio as a number, nil also where the numerator is 0: an unknown rate.
  public var positiveValue: Double? {
    numerator > 0 && denominator > 0 ? value : nil
  }

  /// In its lowest terms; as it is where both parts are 0.
  public var reduced: Rational {
    var (divisor, rest) = (numerator.magnitude, denominator.magnitude)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    // Only the least `Int` by itself has a divisor that is none.
    guard divisor > 0, let divisor = Int(exactly: divisor) else { return self }
    return Rational(numerator / divisor, denominator / divisor)
  }
}

// MARK: - Frame rates

extension Rational {
  /// Frames per second as people write them, in lowest terms: `25`, `12.5`, `30000/1001`; also
  /// `29.97`, `23.98` and the like, cut off or rounded, which stand for 30000/1001 and 24000/1001.
  ///
  /// nil for what is no such number, for 0, and for what 31 bits do not hold.
  public init?(frameRate text: some StringProtocol) {
    let rate: Rational
    if let slash = text.firstIndex(of: "/") {
      guard let frames = Self.whole(text[..<slash]),
        let seconds = Self.whole(text[text.index(after: slash)...])
      else { return nil }
      rate = Rational(frames, seconds).reduced
    } else {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }),
        let number = Self.whole(parts.joined())
      else { return nil }
      let digits = parts.count == 2 ? parts[1].utf8.count : 0
      let scale = (0..<digits).reduce(1) { power, _ in power * 10 }
      rate = Self.ntscRate(number, per: scale) ?? Rational(number, scale).reduced
    }
    let parts = 1...Int(Int32.max)
    guard parts.contains(rate.numerator), parts.contains(rate.denominator) else { return nil }
    self = rate
  }

  /// The rate of NTSC's family, such as 30000/1001, that `number` over a power of ten stands for.
  ///
  /// nil where there are fewer than two digits behind the point: 30 is 30.
  package static func ntscRate(_ number: Int, per scale: Int) -> Rational? {
    guard scale >= 100 else { return nil }
    return [24, 30, 48, 60, 120, 240].lazy.map { $0 * 1000 }.first { frames in
      let cut = frames * scale / 1001
      let rounded = (2 * frames * scale + 1001) / 2002
      return (number == cut || number == rounded) && number * 1000 < frames * scale
    }.map { Rational($0, 1001) }
  }

  /// Up to ten digits, and nothing else.
  private static func whole(_ text: some StringProtocol) -> Int? {
    guard text.utf8.count <= 10, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(text)
  }
}
