import Foundation
import TestSupport

/// Commands that a document shows, and what it says comes out.
struct DocumentSample: CustomStringConvertible {
  /// Lines for a shell.
  var script: String
  /// Standard output and standard error together; nil where the document does not show them.
  var output: String?
  /// How the commands end.
  var exit: Int32 = 0
  /// Whether numbers and columns differ from run to run.
  var varies = false
  /// Seconds after which somebody presses ^C.
  var interruptedAfter: Double?

  var description: String { script }
}

/// A document in Markdown whose blocks of commands can be run.
///
/// What follows the language of a block says how it runs, and is shown to no reader: `exit=1`,
/// `interrupt=2` (seconds until ^C) and `varies` (numbers are not compared).
struct Document {
  /// Commands by the heading they stand under.
  private(set) var sections: [(heading: String, samples: [DocumentSample])] = []

  /// Reads a file of this repository.
  init(_ name: String) throws {
    self.init(text: try TestSupport.text(of: "\(Mediatool.packageFolder)/\(name)"))
  }

  init(text: String) {
    var fence: (words: [Substring], lines: [Substring])?
    // Whether nothing but blank lines stands between a block of commands and here.
    var followsCommands = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let open = fence {
        if line == "```" {
          followsCommands = add(open.words, open.lines, followsCommands)
          fence = nil
        } else {
          fence?.lines.append(line)
        }
      } else if line.hasPrefix("```") {
        fence = (line.dropFirst(3).split(separator: " "), [])
      } else if line.hasPrefix("#") {
        sections.append((line.drop { $0 == "#" || $0 == " " }.description, []))
      } else if !line.isEmpty {
        followsCommands = false
      }
    }
  }

  /// Takes a block; whether output may follow it.
  private mutating func add(
    _ words: [Substring], _ lines: [Substring], _ followsCommands: Bool
  ) -> Bool {
    guard let last = sections.indices.last else { return false }
    let text = lines.joined(separator: "\n") + "\n"
    switch words.first {
    case "sh":
      sections[last].samples.append(Self.sample(text, nil, words))
      return true
    case "text", "json":
      guard followsCommands, let index = sections[last].samples.indices.last else { return false }
      sections[last].samples[index].output = text
      if words.contains("varies") { sections[last].samples[index].varies = true }
    case "console":
      for (script, output) in Self.dialogue(lines) {
        sections[last].samples.append(Self.sample(script, output, words))
      }
    default: break
    }
    return false
  }

  private static func sample(
    _ script: String, _ output: String?, _ words: [Substring]
  ) -> DocumentSample {
    func value(_ name: String) -> Double? {
      words.first { $0.hasPrefix(name + "=") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }
    return DocumentSample(
      script: script, output: output, exit: value("exit").map { Int32($0) } ?? 0,
      varies: words.contains("varies"), interruptedAfter: value("interrupt"))
  }

  /// Lines behind `$ ` are typed, all others come out.
  private static func dialogue(_ lines: [Substring]) -> [(script: String, output: String)] {
    var turns: [(script: String, output: String)] = []
    for line in lines {
      if line.hasPrefix("$ ") {
        turns.append((line.dropFirst(2) + "\n", ""))
      } else if let last = turns.indices.last {
        let isTyped = turns[last].output.isEmpty && turns[last].script.hasSuffix("\\\n")
        if isTyped { turns[last].script += line + "\n" } else { turns[last].output += line + "\n" }
      }
    }
    return turns
  }
}

extension DocumentSample {
  /// Whether a run's output is what the document shows: `...` stands for anything, and alone in a line
  /// for any number of lines.
  func shows(_ text: String) -> Bool {
    guard let output else { return true }
    let lines = normal(output).split(separator: "\n", omittingEmptySubsequences: false)
    let marked = lines.map { $0 == "..." ? "..." : $0 + "\n" }.joined().dropLast()
    let pieces = marked.components(separatedBy: "...")
    var rest = normal(text)[...]
    guard let first = pieces.first, let last = pieces.last else { return true }
    guard pieces.count > 1 else { return rest == first[...] }
    guard rest.hasPrefix(first) else { return false }
    rest = rest.dropFirst(first.count)
    for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
      guard let range = rest.range(of: piece) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(last)
  }

  /// Every number a sign, and columns as wide as one blank, where they vary.
  private func normal(_ text: String) -> String {
    guard varies else { return text }
    var result = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let words = line.split(separator: " ").map { word in
        word.replacing(/-?[0-9]+(\.[0-9]+)*/, with: "#")
      }
      result += words.joined(separator: " ") + "\n"
    }
    return String(result.dropLast())
  }
}
