/// A path with a place for a number: `frame-%04d.png`.
struct PicturePattern: Equatable, Sendable {
  let prefix: String
  let suffix: String
  /// Digits at least.
  let digits: Int

  /// nil where a path has no such place; `%%` is a per cent sign.
  init?(_ path: String) {
    var prefix = ""
    var rest = path[...]
    while let character = rest.popFirst() {
      guard character == "%" else {
        prefix.append(character)
        continue
      }
      if rest.first == "%" {
        rest.removeFirst()
        prefix.append("%")
        continue
      }
      let word = rest.prefix { $0.isASCII && $0.isNumber }
      guard rest.dropFirst(word.count).first == "d", word.count <= 3 else {
        prefix.append("%")
        continue
      }
      self.prefix = prefix
      digits = min(Int(word) ?? 0, 64)
      suffix = String(rest.dropFirst(word.count + 1)).replacing("%%", with: "%")
      return
    }
    return nil
  }

  /// The path of a picture.
  func path(_ number: Int64) -> String {
    let text = String(number)
    return prefix + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text + suffix
  }
}
