internal import MediaJSON
internal import MediaSignal

/// A measured number, or why there is none.
enum Figure: Hashable, Sendable {
  case value(Double)
  case unknown(String)

  /// The number, if there is one.
  var number: Double? { if case .value(let number) = self { number } else { nil } }
  /// Why there is none.
  var reason: String? { if case .unknown(let reason) = self { reason } else { nil } }

  /// The same with something added.
  func adding(_ difference: Double) -> Figure {
    number.map { .value($0 + difference) } ?? self
  }
}

extension Figure {
  /// The word for what has no level at all.
  static let silence = Figure.unknown("silence")

  /// The level of an amplitude, dB to full scale.
  init(level amplitude: Double) {
    self = Decibels.ofAmplitude(amplitude).map(Figure.value) ?? .silence
  }

  /// The level of an amplitude that windows of 50 ms gave, of a sound so many seconds long.
  init(level amplitude: Double?, ofWindowsOf seconds: Double) {
    guard let amplitude else {
      self = .unknown("too short: \(Self.length(seconds)) of 0.05 s")
      return
    }
    self.init(level: amplitude)
  }

  /// A loudness of a sound so many seconds long.
  init(_ value: LoudnessValue, of seconds: Double) {
    switch value {
    case .value(let number): self = .value(number)
    case .tooShort(let needed):
      self = .unknown("too short: \(Self.length(seconds)) of \(Self.length(needed))")
    case .silence: self = .silence
    case .noChannel: self = .unknown("no channel counts")
    }
  }

  /// `0.3 s`; never rounded up to what would have been enough.
  private static func length(_ seconds: Double) -> String {
    Quantity.short((seconds * 1e4).rounded(.down) / 1e4, digits: 4) + " s"
  }
}

extension ReportField {
  /// A figure, `null` with `NAME_reason` beside it where there is none.
  static func figure(
    _ name: String, _ summary: String, _ value: @escaping @Sendable (Subject) -> Figure
  ) -> [ReportField] {
    [
      .real(name, summary) { value($0).number.map(\.micro) },
      .string("\(name)_reason", "Why that is null", when: { value($0).number == nil }) {
        value($0).reason ?? "not measured"
      },
    ]
  }
}

extension Double {
  /// To the millionth: a decibel needs no sixteen digits.
  var micro: Double { abs(self) < 1e9 ? (self * 1e6).rounded() / 1e6 : self }
  /// To the nanosecond.
  var nano: Double { abs(self) < 1e6 ? (self * 1e9).rounded() / 1e9 : self }
}
