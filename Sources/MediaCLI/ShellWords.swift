/// The commands of a shell line, each as its words: quotes removed, redirections left out.
///
/// Knows quotes, backslashes, pipes, lists and redirections to a file, which is all an example needs;
/// expansions stay as they are.
func shellCommands(in line: String) -> [[String]] {
  var commands: [[String]] = []
  var command: [String] = []
  var word: String?
  var skipsNext = false
  var quote: Character?

  func endWord() {
    if let word {
      if !skipsNext { command.append(word) }
      skipsNext = false
    }
    word = nil
  }
  func endCommand() {
    endWord()
    if !command.isEmpty { commands.append(command) }
    command = []
  }

  var rest = line[...]
  while let character = rest.popFirst() {
    switch (character, quote) {
    case (let end, let open?) where end == open: quote = nil
    case ("\\", nil), ("\\", "\""):
      if let next = rest.popFirst() { word = (word ?? "") + String(next) }
    case (_, .some): word = (word ?? "") + String(character)
    case ("'", nil), ("\"", nil):
      quote = character
      word = word ?? ""
    case (" ", nil): endWord()
    case ("|", nil), (";", nil), ("&", nil): endCommand()
    case (">", nil), ("<", nil):
      // `2>file`: the number belongs to the redirection.
      if word.map({ $0.allSatisfy(\.isNumber) }) ?? false { word = nil }
      endWord()
      while rest.first == ">" || rest.first == "&" { rest.removeFirst() }
      skipsNext = true
    case (_, nil): word = (word ?? "") + String(character)
    }
  }
  endCommand()
  return commands
}
