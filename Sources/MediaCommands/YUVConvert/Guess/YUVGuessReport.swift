internal import MediaJSON
internal import MediaRaw
internal import MediaSignal

/// What `--guess` found.
struct YUVGuessResult: Sendable {
  /// The input as the user gave it.
  var input: String
  /// Behind --skip; nil of a pipe longer than the sample.
  var byteCount: Int64?
  /// Bytes looked at.
  var sampleByteCount: Int64
  var guesses: [LayoutGuess]
  /// What to write in front of the input's name.
  var skip: Int64 = 0

  /// The command line that reads the input so.
  func command(_ guess: LayoutGuess) -> String {
    let skip = skip > 0 ? " --skip \(skip)" : ""
    return "mediatool yuv-convert -s \(guess.width)x\(guess.height) -p \(guess.format.name)\(skip) "
      + "\(Self.quoted(input)) out.y4m"
  }

  /// As a shell wants it.
  private static func quoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/._-+,:=@%".utf8.contains($0)
      }
    }
    guard !plain || text.isEmpty else { return text }
    let parts = text.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: "'\\''") + "'"
  }
}

/// The document `mediatool.yuv-convert-guess/1`.
enum YUVGuessReport {
  static let schemaName = "mediatool.yuv-convert-guess/1"

  private struct Line: Sendable {
    var guess: LayoutGuess
    var command: String
  }

  static let document = Report<YUVGuessResult>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The input as given") { $0.input },
    .integer("bytes", "Bytes of pictures; null of a long pipe") { $0.byteCount },
    .integer("bytes_examined", "Bytes looked at") { $0.sampleByteCount },
    .array("guesses", "What the pictures may be, best first", report: line) { result in
      result.guesses.map { Line(guess: $0, command: result.command($0)) }
    },
  ])

  private static let line = Report<Line>([
    .string("format", "FFmpeg's name of the pixel format") { $0.guess.format.name },
    .integer("width", "Luma samples of a row") { $0.guess.width },
    .integer("height", "Rows of luma") { $0.guess.height },
    .integer("frames", "Whole pictures") { $0.guess.frames },
    .integer("remainder", "Bytes left over") { $0.guess.remainder },
    .real("score", "All evidence together, 0 to 1, to compare guesses for one input") {
      $0.guess.score.micro
    },
    .real("row_correlation", "How alike neighbouring rows are when read so, 0 to 1") {
      $0.guess.rowCorrelation.micro
    },
    .strings("evidence", "What speaks for it and against it") { $0.guess.evidence },
    .string("command", "What to try") { $0.command },
  ])

  // MARK: Text

  /// What a person reads.
  static func text(_ result: YUVGuessResult) -> String {
    let bytes =
      result.byteCount.map { Quantity.counted($0, "byte") }
      ?? "a pipe, \(Quantity.counted(result.sampleByteCount, "byte")) examined"
    let heads = ["score", "size", "format", "frames", "left over"]
    var lines = ["\(result.input): \(bytes)", row(heads)]
    for guess in result.guesses {
      lines.append(
        row([
          Quantity.decimal(guess.score, digits: 2), "\(guess.width)x\(guess.height)",
          guess.format.name, String(guess.frames), String(guess.remainder),
        ]))
      lines += guess.evidence.map { "           \($0)" }
    }
    if let best = result.guesses.first { lines += ["  try", "    " + result.command(best)] }
    return lines.map(Quantity.printable).joined(separator: "\n") + "\n"
  }

  /// Aligned columns: numbers to the right.
  private static func row(_ cells: [String]) -> String {
    let (score, size, format) = (cells[0], cells[1], cells[2])
    func blanks(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(1, width - text.count))
    }
    return blanks(score, 9) + score + "  " + size + blanks(size, 12) + format + blanks(format, 14)
      + blanks(cells[3], 8) + cells[3] + blanks(cells[4], 11) + cells[4]
  }
}
