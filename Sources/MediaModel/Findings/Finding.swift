/// How much a finding matters, from least to most.
public enum Severity: String, Hashable, Sendable, CaseIterable {
  /// Lawful but unusual.
  case info
  /// Against a rule or likely to cause trouble, though no media is lost.
  case warning
  /// Media is lost, or is shown at the wrong time.
  case error
  /// The input cannot be used at all.
  case fatal
}

extension Severity: Comparable {
  /// Whether `a` matters less than `b`.
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .info: 0
    case .warning: 1
    case .error: 2
    case .fatal: 3
    }
  }
}

/// One thing that a command noticed about its input.
public struct Finding: Hashable, Sendable {
  /// Which rule it is about.
  public var code: FindingCode
  /// What was seen, as a sentence without a full stop.
  public var message: String
  /// Where in the input, in bytes.
  public var offset: Int?
  /// When, in seconds of media time.
  public var time: Double?
  /// Which track, by its index among the streams of the input.
  public var stream: Int?
  /// The clause it rests on, where a specification has one.
  public var clause: String?

  /// Makes a finding with as much of the place as is known, under the clause of its rule unless
  /// another is given.
  public init(
    _ code: FindingCode, _ message: String, offset: Int? = nil, time: Double? = nil,
    stream: Int? = nil, clause: String? = nil
  ) {
    self.code = code
    self.message = message
    self.offset = offset
    self.time = time
    self.stream = stream
    self.clause = clause ?? code.clause
  }

  /// How much it matters, from its code.
  public var severity: Severity { code.severity }
}

/// One rule that a command can report on; `all` is the table of them.
///
/// A code is a letter for the severity and five digits, the first two the area. A number is never
/// used again for something else, whatever its letter.
public struct FindingCode: Hashable, Sendable {
  /// The code, such as `E70002`.
  public let code: String
  /// How much it matters, the letter of the code.
  public let severity: Severity
  /// What it is, in a few words.
  public let title: String
  /// What it means for whoever plays or processes the input, in a sentence.
  public let explanation: String
  /// The clause it rests on, where a specification has one and it is not another for each codec.
  public let clause: String?

  init(
    _ severity: Severity, _ number: String, _ title: String, _ explanation: String,
    clause: String? = nil
  ) {
    code = severity.letter + number
    self.severity = severity
    self.title = title
    self.explanation = explanation
    self.clause = clause
  }

  /// Every code there is, in the order of their numbers.
  public static let all: [FindingCode] =
    anyInput + flvFile + flvBody + amf + codecs + rtpPackets + rtpVideo + rtpAudio + rtpOtherVideo
    + rtpControl + rtsp + pcmContainers + sound + pictures + timing + containers

  /// Looks a code up by its text, such as `E70002`; nil when there is none.
  public init?(_ text: String) {
    guard let found = Self.all.first(where: { $0.code == text }) else { return nil }
    self = found
  }
}

extension Severity {
  /// The first letter of a code of this severity.
  fileprivate var letter: String {
    switch self {
    case .info: "I"
    case .warning: "W"
    case .error: "E"
    case .fatal: "F"
    }
  }
}

extension FindingCode: CustomStringConvertible {
  /// The code itself.
  public var description: String { code }
}

extension Finding: CustomStringConvertible {
  /// One line: code, place, message and clause.
  public var description: String {
    var parts = [code.code]
    if let stream { parts.append("#\(stream)") }
    if let offset { parts.append("at \(offset)") }
    if let time { parts.append("at \(time) s") }
    parts.append(message)
    if let clause { parts.append("(\(clause))") }
    return parts.joined(separator: "  ")
  }
}
