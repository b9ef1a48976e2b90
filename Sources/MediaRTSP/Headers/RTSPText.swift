import MediaBytes

extension String {
  /// Without blanks and one pair of quotes around it.
  var unquoted: String {
    let text = trimmed
    guard text.utf8.count >= 2, text.utf8.first == 0x22, text.utf8.last == 0x22 else { return text }
    return String(Substring(text.utf8.dropFirst().dropLast())).trimmed
  }
}
