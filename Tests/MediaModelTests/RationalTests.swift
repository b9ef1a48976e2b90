import MediaModel
import Testing

@Suite struct RationalTests {
  @Test(arguments: [
    ("25", 25, 1), ("12.5", 25, 2), ("25.0", 25, 1), ("0.5", 1, 2), ("14.985", 2997, 200),
    ("30000/1001", 30_000, 1001), ("50/2", 25, 1), ("2147483647", 2_147_483_647, 1),
    ("29.97", 30_000, 1001), ("29.970", 30_000, 1001), ("29.97003", 30_000, 1001),
    ("23.976", 24_000, 1001), ("23.98", 24_000, 1001), ("23.97", 24_000, 1001),
    ("47.95", 48_000, 1001), ("59.94", 60_000, 1001), ("119.88", 120_000, 1001),
    ("239.76", 240_000, 1001), ("29.98", 1499, 50), ("23.99", 2399, 100), ("29.9", 299, 10),
    ("30.00", 30, 1), ("59.94005994", 60_000, 1001), ("4294967294/2", 2_147_483_647, 1),
  ])
  func frameRatesAsPeopleWriteThem(text: String, numerator: Int, denominator: Int) {
    #expect(Rational(frameRate: text) == Rational(numerator, denominator))
  }

  @Test(arguments: [
    "", "0", "0.0", "0/1", "1/0", "1/", "/1", "1/2/3", ".5", "5.", "1.2.3", "-25", "+25", "25 ",
    "2e1", "2147483648", "99999.99999", "12345.678901", "4294967295/1", "1/2147483648", "٢٥", "2½",
  ])
  func whatIsNoFrameRate(text: String) {
    #expect(Rational(frameRate: text) == nil)
  }

  @Test func lowestTerms() {
    #expect(Rational(50, 2).reduced == Rational(25, 1))
    #expect(Rational(-6, 4).reduced == Rational(-3, 2))
    #expect(Rational(0, 5).reduced == Rational(0, 1))
    #expect(Rational(5, 0).reduced == Rational(1, 0))
    #expect(Rational(0, 0).reduced == Rational(0, 0))
    #expect(Rational(.min, .min).reduced == Rational(.min, .min))
    #expect(Rational(.min, 2).reduced == Rational(.min / 2, 1))
  }

  @Test func values() {
    #expect(Rational(1, 4).value == 0.25 && Rational(1, 0).value == nil)
    #expect(Rational(0, 1).value == 0 && Rational(0, 1).positiveValue == nil)
    #expect(Rational(30_000, 1001).positiveValue == 30_000.0 / 1001)
  }
}
