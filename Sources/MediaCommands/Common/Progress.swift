internal import MediaCLI
internal import MediaIO

/// One line on standard error that is written over while work goes on.
final class Progress {
  private let output: any ByteOutput
  private let now: () -> Int64
  private let isTerminal: Bool
  private var nextUpdate: Int64
  private var total: Int64?
  private let isForced: Bool
  private var calls = 0
  private var last: (position: Int64?, time: Double?)
  private var width = 0

  /// Forced progress shows even short work; `total` is in bytes, nil where not known.
  init(
    _ output: any ByteOutput, isTerminal: Bool, isForced: Bool, total: Int64?,
    now: @escaping () -> Int64
  ) {
    self.output = output
    self.isTerminal = isTerminal
    self.total = total
    self.now = now
    self.isForced = isForced
    // Short work needs no progress.
    nextUpdate = now() + 500_000_000
  }

  /// Notes how far it is; prints a few times a second.
  func update(position: Int64?, time: Double?) {
    calls += 1
    last = (position, time)
    guard calls & 63 == 0 else { return }
    let now = now()
    guard now >= nextUpdate else { return }
    nextUpdate = now + (isTerminal ? 200_000_000 : 2_000_000_000)
    show(position, time)
  }

  private func show(_ position: Int64?, _ time: Double?) {
    var parts: [String] = []
    if let position, let total, total > 0 {
      parts.append("\(Int(min(100, 100 * Double(position) / Double(total)))) %")
    } else if let position {
      parts.append(Quantity.bytes(position))
    }
    if let time { parts.append(Quantity.time(time)) }
    print(parts.joined(separator: "  "))
  }

  /// Takes the line away.
  func finish() {
    if isForced, calls > 0 { show(last.position, last.time) }
    guard isTerminal, width > 0 else { return }
    print("")
    try? output.write("\r")
    try? output.flush()
  }

  private func print(_ text: String) {
    // Progress that cannot be shown is no reason to stop.
    if isTerminal {
      let padding = String(repeating: " ", count: max(0, width - text.count))
      try? output.write("\r" + text + padding)
    } else {
      try? output.write(text + "\n")
    }
    width = text.count
    try? output.flush()
  }
}

extension Progress {
  /// What begins a line for an input of so many bytes, where `--progress` or a terminal asks for it.
  static func wanted(
    _ arguments: ParsedArguments, _ environment: CommandEnvironment, _ diagnostics: Diagnostics
  ) -> ((Int64?) -> Progress)? {
    let when = arguments[CommonOptions.progress]
    let isWanted =
      switch when {
      case .always: true
      case .never: false
      case .auto: environment.errorIsTerminal && diagnostics.verbosity >= 0
      }
    guard isWanted else { return nil }
    let (error, isTerminal, now) = (
      environment.standardError, environment.errorIsTerminal, environment.now
    )
    return {
      Progress(error, isTerminal: isTerminal, isForced: when == .always, total: $0, now: now)
    }
  }
}
