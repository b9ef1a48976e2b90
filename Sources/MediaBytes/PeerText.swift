extension String {
  /// What a peer says, fit to be shown: a terminal would obey control characters, and nobody reads
  /// more than a page.
  package var printable: String {
    var result = ""
    for (count, scalar) in unicodeScalars.enumerated() {
      guard count < 4096 else { return result + "..." }
      switch scalar {
      case "\0"..<" ", "\u{7f}"..."\u{9f}": result.unicodeScalars.append("\u{fffd}")
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
