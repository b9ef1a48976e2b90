/// Breaks a paragraph at spaces into lines of at most `width` characters.
///
/// A longer word gets a line of its own. An empty text gives one empty line.
func wrap(_ text: String, width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  for word in text.split(whereSeparator: \.isWhitespace) {
    if !line.isEmpty, line.count + 1 + word.count > width {
      lines.append(line)
      line = ""
    }
    line += (line.isEmpty ? "" : " ") + word
  }
  return line.isEmpty && !lines.isEmpty ? lines : lines + [line]
}

func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

extension String {
  /// The text with every occurrence of some characters preceded by a backslash.
  func backslashed(_ specials: String) -> String {
    var result = ""
    for character in self {
      if specials.contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }

  /// The text as one word of a POSIX shell or of zsh.
  var shellQuoted: String {
    "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
