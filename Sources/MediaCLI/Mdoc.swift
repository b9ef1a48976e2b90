/// A manual page in semantic mdoc(7), as a value.
public struct MdocPage: Sendable {
  /// The page's name, such as `mediatool-probe`.
  public var name: String
  /// The manual's section, 1...9.
  public var section: Int
  /// The date as mdoc wants it: `November 1, 2025` or `2025-11-01`.
  public var date: String
  /// One line for NAME, without a full stop.
  public var abstract: String
  /// The sections after NAME.
  public var sections: [MdocSection]

  /// Makes a page.
  public init(
    name: String, section: Int, date: String, abstract: String, sections: [MdocSection]
  ) {
    self.name = name
    self.section = section
    self.date = date
    self.abstract = abstract
    self.sections = sections
  }

  /// The source of the page.
  public var text: String {
    var writer = MdocWriter()
    writer.macro("Dd", words(date))
    writer.macro("Dt", [name.uppercased(), "\(section)"])
    writer.macro("Os", [])
    writer.macro("Sh", ["NAME"])
    writer.macro("Nm", [name])
    writer.macro("Nd", words(abstract))
    for section in sections {
      writer.macro("Sh", words(section.title))
      writer.write(section.blocks)
    }
    return writer.text
  }
}

/// A section (`.Sh`) of a page.
public struct MdocSection: Sendable {
  /// The heading, in capitals.
  public var title: String
  /// What stands under it.
  public var blocks: [MdocBlock]

  /// Makes a section.
  public init(_ title: String, _ blocks: [MdocBlock]) {
    self.title = title
    self.blocks = blocks
  }
}

/// A piece of a page that starts on a line of its own.
public indirect enum MdocBlock: Sendable {
  /// Running text.
  case paragraph([MdocInline])
  /// Macros one per line without filling, as in SYNOPSIS.
  case synopsis([MdocInline])
  /// A heading (`.Ss`) and what stands under it.
  case subsection(String, [MdocBlock])
  /// Terms and what they mean.
  case list([MdocItem])
  /// Indented lines shown as they are.
  case literal([String])
}

/// An entry of a list: the term and what it means.
public struct MdocItem: Sendable {
  /// What is explained.
  public var term: [MdocInline]
  /// The explanation.
  public var blocks: [MdocBlock]

  /// Makes an entry.
  public init(_ term: [MdocInline], _ blocks: [MdocBlock]) {
    self.term = term
    self.blocks = blocks
  }
}

/// A piece of a line.
///
/// Neighbours are separated by a space, save that text decides by its own spaces: `.text(", and ")`
/// after an option gives `-o, and`.
public indirect enum MdocInline: Sendable, Equatable {
  /// Plain text.
  case text(String)
  /// An option with its dashes (`.Fl`).
  case flag(String)
  /// A value or operand (`.Ar`).
  case argument(String)
  /// A word typed as it is, such as a subcommand (`.Cm`).
  case command(String)
  /// The name of the program (`.Nm`).
  case name(String)
  /// Literal text, quoted (`.Ql`).
  case literal(String)
  /// A file name (`.Pa`).
  case path(String)
  /// An environment variable (`.Ev`).
  case environment(String)
  /// Emphasis (`.Em`).
  case emphasis(String)
  /// A key word or code (`.Sy`).
  case strong(String)
  /// A manual page (`.Xr`).
  case reference(String, section: Int)
  /// Something that may be left out (`.Op`).
  case optional([MdocInline])
  /// No space between the neighbours (`.Ns`).
  case joined
}

private func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

/// The macros mdoc(7) also recognises among the arguments of another one.
private let callableMacros = Set(
  words(
    """
    Ac Ad An Ao Ap Aq Ar At Bc Bo Bq Brc Bro Brq Bsx Bx Cd Cm Dc Do Dq Dv Dx Ec Em En Eo Er Es Ev \
    Fa Fc Fl Fn Fo Fr Ft Fx Ic Li Lk Ms Mt Nm No Ns Nx Oc Oo Op Ot Ox Pa Pc Pf Po Pq Qc Ql Qo Qq \
    Sc So Sq Sx Sy Ta Tn Ux Va Vt Xc Xo Xr
    """))

/// Writes mdoc source, escaping what roff would understand.
struct MdocWriter {
  private(set) var text = ""
  private let width = 78

  mutating func macro(_ name: String, _ arguments: [String]) {
    text += (["." + name] + arguments.map(Self.argument)).joined(separator: " ") + "\n"
  }

  mutating func write(_ blocks: [MdocBlock]) {
    for (index, block) in blocks.enumerated() {
      switch block {
      case .paragraph(let inlines):
        if index > 0 { macro("Pp", []) }
        write(inlines)
      case .synopsis(let inlines):
        write(inlines)
      case .subsection(let title, let blocks):
        macro("Ss", words(title))
        write(blocks)
      case .list(let items):
        text += ".Bl -tag -width Ds\n"
        for item in items {
          text += ".It " + Self.line(item.term) + "\n"
          write(item.blocks)
        }
        text += ".El\n"
      case .literal(let lines):
        if index > 0 { macro("Pp", []) }
        text += ".Bd -literal -offset indent -compact\n"
        for line in lines { text += Self.textLine(Self.escaped(line, isCode: true)) + "\n" }
        text += ".Ed\n"
      }
    }
  }

  // MARK: Inlines

  /// A macro line under construction, or words of running text.
  private enum Part {
    case words(String)
    case macro([String])
  }

  private mutating func write(_ inlines: [MdocInline]) {
    for part in Self.parts(inlines) {
      switch part {
      case .words(let words):
        for line in Self.fill(words, width: width) { text += Self.textLine(line) + "\n" }
      case .macro(let tokens):
        text += "." + tokens.joined(separator: " ") + "\n"
      }
    }
  }

  /// Everything on one macro line, as `.It` needs.
  static func line(_ inlines: [MdocInline]) -> String {
    parts(inlines).map { part in
      switch part {
      case .macro(let tokens): tokens.joined(separator: " ")
      case .words(let text): "No " + words(text).map(argument).joined(separator: " ")
      }
    }.joined(separator: " ")
  }

  /// Splits running text from macros and settles the spaces between them.
  private static func parts(_ inlines: [MdocInline]) -> [Part] {
    var parts: [Part] = []
    var glue = false
    for inline in inlines {
      switch inline {
      case .joined: glue = true
      case .text(let text):
        append(text, to: &parts, afterGlue: glue)
        glue = false
      default:
        append(tokens(inline), to: &parts, glued: glue)
        glue = false
      }
    }
    return parts
  }

  /// Adds text; what touches the macro before it moves onto the macro's line.
  private static func append(_ text: String, to parts: inout [Part], afterGlue: Bool) {
    var rest = text[...]
    if case .macro(var tokens)? = parts.last, let first = rest.first, !first.isWhitespace {
      let touching = rest.prefix { !$0.isWhitespace }
      rest = rest[touching.endIndex...]
      // Closing marks are understood as such on a macro line: no `Ns` is needed before them.
      let marks = touching.prefix { ".,:;)]?!".contains($0) }
      tokens += marks.map { String($0) }
      let word = touching[marks.endIndex...]
      if !word.isEmpty { tokens += ["Ns", "No", argument(String(word))] }
      parts[parts.count - 1] = .macro(tokens)
    }
    guard rest.contains(where: { !$0.isWhitespace }) else { return }
    parts.append(.words(String(rest)))
  }

  /// Adds a macro; text that touches it moves onto its line.
  private static func append(_ tokens: [String], to parts: inout [Part], glued: Bool) {
    switch parts.last {
    case .macro(let before) where glued:
      parts[parts.count - 1] = .macro(before + ["Ns"] + tokens)
    case .words(let words) where glued || words.last?.isWhitespace == false:
      let reversed = words.reversed().drop { glued && $0.isWhitespace }
      let touching = String(reversed.prefix { !$0.isWhitespace }.reversed())
      let kept = String(reversed.dropFirst(touching.count).reversed())
      parts.removeLast()
      if kept.contains(where: { !$0.isWhitespace }) { parts.append(.words(kept)) }
      parts.append(.macro(["No", argument(touching), "Ns"] + tokens))
    default: parts.append(.macro(tokens))
    }
  }

  private static func tokens(_ inline: MdocInline) -> [String] {
    switch inline {
    case .flag(let word):
      // `.Fl` writes one dash itself.
      ["Fl", code(String(word.dropFirst()))]
    case .argument(let text): ["Ar"] + words(text).map(argument)
    case .command(let word): ["Cm", code(word)]
    case .name(let word): ["Nm", argument(word)]
    case .literal(let word): ["Ql", code(word)]
    case .path(let word): ["Pa", code(word)]
    case .environment(let word): ["Ev", argument(word)]
    case .emphasis(let word): ["Em", argument(word)]
    case .strong(let word): ["Sy", argument(word)]
    case .reference(let name, let section): ["Xr", argument(name), "\(section)"]
    case .optional(let inlines): ["Op", line(inlines)]
    case .text(let text): ["No", argument(text)]
    case .joined: ["Ns"]
    }
  }

  // MARK: Escapes

  /// One argument of a macro: never a macro name, never a delimiter, in quotes when it has spaces.
  static func argument(_ text: String) -> String { guarded(escaped(text, isCode: false)) }

  /// One argument whose characters a user may copy.
  private static func code(_ text: String) -> String { guarded(escaped(text, isCode: true)) }

  private static func guarded(_ escaped: String) -> String {
    if escaped.isEmpty { return "\\&" }
    if escaped.contains(" ") { return "\"" + escaped + "\"" }
    let isDelimiter = escaped.count == 1 && ".,:;()[]?!|".contains(escaped)
    return isDelimiter || callableMacros.contains(escaped) ? "\\&" + escaped : escaped
  }

  /// Backslashes, quotes and what a formatter would prettify; anything but ASCII by its number.
  static func escaped(_ text: String, isCode: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\e"
      case "\"": result += "\\(dq"
      case "-" where isCode: result += "\\-"
      case "'" where isCode: result += "\\(aq"
      case "`" where isCode: result += "\\(ga"
      case "^" where isCode: result += "\\(ha"
      case "~" where isCode: result += "\\(ti"
      case " "..."~": result.unicodeScalars.append(scalar)
      case "\t", "\n", "\r": result += " "
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
      }
    }
    return result
  }

  /// A line of text that must not be taken for a request.
  private static func textLine(_ escaped: String) -> String {
    escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }

  /// Breaks text at the end of each sentence, then where a line would grow too long.
  private static func fill(_ text: String, width: Int) -> [String] {
    var sentences: [String] = []
    var sentence = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      sentence += (sentence.isEmpty ? "" : " ") + word
      // Not after "e.g.".
      if let last = word.last, ".?!".contains(last), !word.dropLast().contains(".") {
        sentences.append(sentence)
        sentence = ""
      }
    }
    if !sentence.isEmpty { sentences.append(sentence) }
    return sentences.flatMap { wrap(escaped($0, isCode: false), width: width) }
  }
}
