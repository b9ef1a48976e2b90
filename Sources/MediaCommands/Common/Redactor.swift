internal import MediaBytes
internal import MediaCLI

/// Takes secrets out of any text that leaves the process.
struct Redactor: Sendable {
  private var replacements: [(secret: [UInt8], mask: [UInt8])] = []

  /// Knows nothing yet.
  init() {}

  /// Knows the secrets in words of the command line, in headers, and others.
  init(_ words: [String], headers: [KeyValuePair] = [], secrets: [String] = []) {
    for word in words { learn(urlsIn: word) }
    for header in headers { learn(headerValue: header.value) }
    for secret in secrets { learn(secret: secret) }
  }

  /// A word of the command line as it may be shown.
  static func shown(_ word: String) -> String {
    Redactor([word]).redact(word)
  }

  /// Learns every URL in a word of the command line: `async:http://user:password@host/`.
  mutating func learn(urlsIn text: String) {
    var rest = text[...]
    while let mark = rest.utf8.firstRange(of: "://".utf8) {
      // The scheme is the letters in front of the mark, the URL all from there on.
      let head = rest[..<mark.lowerBound].utf8
      let start = head.lastIndex { !MediaURL.isInScheme($0) }
      let url = String(rest[(start.map { head.index(after: $0) } ?? head.startIndex)...])
      if let parsed = MediaURL(url) { learn(parsed, text: url) }
      rest = rest[mark.upperBound...]
    }
  }

  /// Learns a URL: the whole of it, and each secret in it, as it stands and percent-decoded.
  private mutating func learn(_ url: MediaURL, text: String) {
    if text != url.masked { add(text, mask: url.masked) }
    for secret in url.secrets { learn(secret: secret) }
  }

  /// Learns the value of a header; of `Bearer abc` also what follows the scheme.
  mutating func learn(headerValue: String) {
    // A short value such as 1 would be found everywhere and hides nothing.
    guard headerValue.utf8.count >= 6 else { return }
    learn(secret: headerValue)
    if let token = headerValue.cut(at: " ").1, token.utf8.count >= 6 { learn(secret: token) }
  }

  /// Learns one secret.
  ///
  /// One of three letters or fewer is hidden only where its URL stands: elsewhere it would tear
  /// words apart, and by that tell what it is.
  mutating func learn(secret: String) {
    for form in Set([secret, Self.percentDecoded(secret)]) where form.utf8.count > 3 {
      add(form, mask: "***")
    }
  }

  private mutating func add(_ secret: String, mask: String) {
    replacements.append((Array(secret.utf8), Array(mask.utf8)))
    // The longest first, so that no part of a longer secret stays behind.
    replacements.sort { $0.secret.count > $1.secret.count }
  }

  /// Puts an input's name in front of what goes wrong with it; wrong usage is about no input.
  func naming<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as UsageError {
      throw error
    } catch {
      throw naming(name, Failure(error))
    }
  }

  /// The same failure with an input's name in front.
  func naming(_ name: String, _ failure: Failure) -> Failure {
    Failure(failure.exit, "\(name): \(redact(failure.message))")
  }

  /// The text without secrets.
  ///
  /// Compares bytes: a mark that joins a letter hides nothing.
  func redact(_ text: String) -> String {
    replacements.isEmpty ? text : String(decoding: redact(Array(text.utf8)), as: UTF8.self)
  }

  /// The bytes without secrets.
  func redact(_ bytes: [UInt8]) -> [UInt8] {
    guard !replacements.isEmpty else { return bytes }
    var result: [UInt8] = []
    var position = 0
    while position < bytes.count {
      let rest = bytes[position...]
      if let found = replacements.first(where: { rest.starts(with: $0.secret) }) {
        result += found.mask
        position += found.secret.count
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return result
  }

  static func percentDecoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
