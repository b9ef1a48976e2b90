import Testing

@testable import MediaSignal

/// The minimum requirements of EBU Tech 3341, table 1; cases 7 and 8 are recorded programmes.
@Suite("EBU Tech 3341")
struct Tech3341Tests {
  struct Case: CustomTestStringConvertible, Sendable {
    var number: Int
    var stretches: [TestSound.Stretch]
    var expected: Double

    init(_ number: Int, _ expected: Double, _ stretches: [TestSound.Stretch]) {
      self.number = number
      self.stretches = stretches
      self.expected = expected
    }

    var testDescription: String { "case \(number)" }
    var rig: LoudnessRig {
      let tone = TestSound.tone(stretches)
      return LoudnessRig([tone, tone])
    }
  }

  static let integratedCases = [
    Case(1, -23, [.init(-23, 20)]),
    Case(2, -33, [.init(-33, 20)]),
    Case(3, -23, [.init(-36, 10), .init(-23, 60), .init(-36, 10)]),
    Case(
      4, -23, [.init(-72, 10), .init(-36, 10), .init(-23, 60), .init(-36, 10), .init(-72, 10)]),
    Case(5, -23, [.init(-26, 20), .init(-20, 20.1), .init(-26, 20)]),
  ]

  @Test("Integrated loudness, cases 1 to 5", arguments: integratedCases)
  func integrated(_ test: Case) throws {
    let loudness = try test.rig.measure().integrated.number
    #expect(abs(try #require(loudness) - test.expected) <= 0.1)
  }

  @Test(
    "Momentary and short-term loudness of a steady tone, cases 1 and 2", arguments: [-23.0, -33])
  func steady(_ level: Double) throws {
    let measured = try Case(1, level, [.init(level, 20)]).rig.measure()
    #expect(abs(try #require(measured.momentaryMaximum.number) - level) <= 0.1)
    #expect(abs(try #require(measured.shortTermMaximum.number) - level) <= 0.1)
  }

  @Test("Five channels, case 6")
  func surround() throws {
    let levels = [-28.0, -28, -24, -30, -30]
    let planes = levels.map { TestSound.tone([.init($0, 20)]) }
    let positions = try #require(LoudnessWeights.assumedPositions(channelCount: 5))
    let weights = LoudnessWeights.weights(positions: positions, channelCount: 5)
    let loudness = try LoudnessRig(planes, weights: weights).measure().integrated.number
    #expect(abs(try #require(loudness) + 23) <= 0.1)
  }

  @Test("Short-term loudness that does not change, case 9")
  func shortTermConstant() throws {
    let pair: [TestSound.Stretch] = [.init(-20, 1.34), .init(-30, 1.66)]
    let steps = try Case(9, -23, (0..<5).flatMap { _ in pair }).rig.steps()
    let values = steps.compactMap(\.shortTerm)
    #expect(values.count == 150 - 29)
    #expect(values.allSatisfy { abs($0 + 23) <= 0.1 })
  }

  @Test("Momentary loudness that does not change, case 12")
  func momentaryConstant() throws {
    let pair: [TestSound.Stretch] = [.init(-20, 0.18), .init(-30, 0.22)]
    let steps = try Case(12, -23, (0..<25).flatMap { _ in pair }).rig.steps()
    let values = steps.filter { $0.end >= 48000 }.compactMap(\.momentary)
    #expect(values.count == 91)
    #expect(values.allSatisfy { abs($0 + 23) <= 0.1 })
  }

  @Test("Largest short-term loudness wherever the tone begins, case 10", arguments: 0..<20)
  func shortTermMaximum(_ index: Int) throws {
    let test = Case(10, -23, [.init(nil, Double(index) * 0.15), .init(-23, 3), .init(nil, 1)])
    let loudness = try test.rig.measure().shortTermMaximum.number
    #expect(abs(try #require(loudness) + 23) <= 0.1)
  }

  @Test("Largest momentary loudness wherever the tone begins, case 13", arguments: 0..<20)
  func momentaryMaximum(_ index: Int) throws {
    let test = Case(13, -23, [.init(nil, Double(index) * 0.02), .init(-23, 0.4), .init(nil, 1)])
    let loudness = try test.rig.measure().momentaryMaximum.number
    #expect(abs(try #require(loudness) + 23) <= 0.1)
  }

  // Cases 11 and 14 are of live meters and ask for the maximum of each tone in turn; as each is
  // louder than all before it, that is the maximum so far.
  @Test("Largest short-term loudness after each of rising tones, case 11")
  func shortTermSeries() throws {
    let rig = Case(11, 0, Self.rising(tone: 3, late: 0.15)).rig
    let measured = try rig.running(cuts: (1..<20).map { $0 * 6 * 48000 })
    for (index, measurement) in measured.enumerated() {
      let loudness = try #require(measurement.shortTermMaximum.number)
      #expect(abs(loudness + 38 - Double(index)) <= 0.1)
    }
  }

  @Test("Largest momentary loudness after each of rising tones, case 14")
  func momentarySeries() throws {
    let rig = Case(14, 0, Self.rising(tone: 0.4, late: 0.02)).rig
    let measured = try rig.running(cuts: (1..<20).map { $0 * 48000 * 4 / 5 })
    for (index, measurement) in measured.enumerated() {
      let loudness = try #require(measurement.momentaryMaximum.number)
      #expect(abs(loudness + 38 - Double(index)) <= 0.1)
    }
  }

  private static func rising(tone: Double, late: Double) -> [TestSound.Stretch] {
    (0..<20).flatMap { index -> [TestSound.Stretch] in
      let silence = Double(index) * late
      return [.init(nil, silence), .init(-38 + Double(index), tone), .init(nil, tone - silence)]
    }
  }
}

/// The minimum requirements of EBU Tech 3342, table 1; cases 5 and 6 are recorded programmes.
@Suite("EBU Tech 3342")
struct Tech3342Tests {
  static let cases = [
    Tech3341Tests.Case(1, 10, [.init(-20, 20), .init(-30, 20)]),
    Tech3341Tests.Case(2, 5, [.init(-20, 20), .init(-15, 20)]),
    Tech3341Tests.Case(3, 20, [.init(-40, 20), .init(-20, 20)]),
    Tech3341Tests.Case(
      4, 15, [.init(-50, 20), .init(-35, 20), .init(-20, 20), .init(-35, 20), .init(-50, 20)]),
  ]

  @Test("Loudness range, cases 1 to 4", arguments: cases)
  func range(_ test: Tech3341Tests.Case) throws {
    let range = try test.rig.measure().range.number
    #expect(abs(try #require(range) - test.expected) <= 1)
  }
}
