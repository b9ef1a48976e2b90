/// The value syntaxes every command shares; each function throws what was expected.
public enum ValueParsers {
  /// Any text, empty too.
  public static func text(_ text: String) throws(UsageError) -> String { text }

  /// Any text but the empty one, such as a file name.
  public static func nonEmpty(_ text: String) throws(UsageError) -> String {
    if text.isEmpty { throw UsageError("must not be empty") }
    return text
  }

  /// A whole number in a range; `0x` starts a hexadecimal one.
  public static func integer<Number: FixedWidthInteger & Sendable>(
    in range: ClosedRange<Number>
  ) -> @Sendable (String) throws(UsageError) -> Number {
    { (text: String) throws(UsageError) -> Number in
      guard let number: Number = wholeNumber(text), range.contains(number) else {
        throw UsageError(
          "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
  }

  /// A whole number from a lower bound up.
  public static func integer<Number: FixedWidthInteger & Sendable>(
    atLeast minimum: Number
  ) -> @Sendable (String) throws(UsageError) -> Number {
    { (text: String) throws(UsageError) -> Number in
      guard let number: Number = wholeNumber(text), number >= minimum else {
        throw UsageError("must be a whole number, \(minimum) or more")
      }
      return number
    }
  }

  /// A finite real number, such as `-23` or `0.5`.
  public static func real(_ text: String) throws(UsageError) -> Double {
    guard let number = finite(text) else { throw UsageError("must be a number") }
    return number
  }

  /// A finite real number in a range.
  public static func real(
    in range: ClosedRange<Double>
  ) -> @Sendable (String) throws(UsageError) -> Double {
    { (text: String) throws(UsageError) -> Double in
      guard let number = finite(text), range.contains(number) else {
        throw UsageError("must be a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
  }

  /// One of some words; the nearest one is suggested.
  public static func choice(
    _ words: [String]
  ) -> @Sendable (String) throws(UsageError) -> String {
    { (text: String) throws(UsageError) -> String in
      guard words.contains(text) else { throw noSuchChoice(text, words) }
      return text
    }
  }

  /// One of an enumeration's raw values; the nearest one is suggested.
  public static func choice<Choice: WordChoice>(
    of type: Choice.Type
  ) -> @Sendable (String) throws(UsageError) -> Choice {
    { (text: String) throws(UsageError) -> Choice in
      guard let choice = Choice(rawValue: text) else {
        throw noSuchChoice(text, Choice.allCases.map(\.rawValue))
      }
      return choice
    }
  }

  /// Values between commas, `v:0,a`; none may be empty.
  public static func list<Value: Sendable>(
    of element: @escaping @Sendable (String) throws(UsageError) -> Value
  ) -> @Sendable (String) throws(UsageError) -> [Value] {
    { (text: String) throws(UsageError) -> [Value] in
      var values: [Value] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        if part.isEmpty { throw UsageError("must be a list such as A,B without empty parts") }
        values.append(try element(String(part)))
      }
      return values
    }
  }

  /// `key=value`, split at the first `=`; the value may be empty.
  public static func pair(_ text: String) throws(UsageError) -> KeyValuePair {
    guard let pair = KeyValuePair(splitting: text, at: "="), !pair.key.isEmpty else {
      throw UsageError("must be KEY=VALUE")
    }
    return pair
  }

  /// `Name: value` of an HTTP or RTSP header; the value is trimmed.
  ///
  /// The name is a token of RFC 9110 §5.6.2, and no control character can smuggle in a line.
  public static func header(_ text: String) throws(UsageError) -> KeyValuePair {
    guard let pair = KeyValuePair(splitting: text, at: ":"), !pair.key.isEmpty,
      pair.key.utf8.allSatisfy(isTokenByte)
    else { throw UsageError("must be 'Header: value'") }
    guard pair.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
      throw UsageError("must not contain control characters")
    }
    return KeyValuePair(key: pair.key, value: trimmed(pair.value))
  }
}

/// A key and its value, as typed.
public struct KeyValuePair: Sendable, Equatable {
  /// What stands before the separator.
  public var key: String
  /// What stands after it.
  public var value: String

  /// Makes a pair.
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }

  init?(splitting text: String, at separator: Unicode.Scalar) {
    let scalars = text.unicodeScalars
    guard let index = scalars.firstIndex(of: separator) else { return nil }
    key = String(scalars[..<index])
    value = String(scalars[scalars.index(after: index)...])
  }
}

private func wholeNumber<Number: FixedWidthInteger>(_ text: String) -> Number? {
  if text.hasPrefix("0x") || text.hasPrefix("0X") {
    let digits = text.dropFirst(2)
    // The standard library would take "0x-1".
    guard digits.utf8.first.map({ $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }) ?? false
    else { return nil }
    return Number(digits, radix: 16)
  }
  return Number(text)
}

private func finite(_ text: String) -> Double? {
  // Double(_:) also knows "inf", "nan" and hexadecimal; nobody types those on purpose.
  guard text.utf8.allSatisfy({ isDigit($0) || "+-.eE".utf8.contains($0) }),
    let number = Double(text), number.isFinite
  else { return nil }
  return number
}

private func noSuchChoice(_ text: String, _ words: [String]) -> UsageError {
  let list =
    words.count > 1
    ? words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "") : words.joined()
  return UsageError("must be \(list)", suggestion: nearestWord(to: text, among: words))
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

func isLowerLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

func isUpperLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

private func isTokenByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || isLowerLetter(byte) || isUpperLetter(byte)
    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
}

private func trimmed(_ text: String) -> String {
  let isBlank = { (character: Character) in character == " " || character == "\t" }
  let start = text.drop(while: isBlank)
  return String(start.reversed().drop(while: isBlank).reversed())
}
