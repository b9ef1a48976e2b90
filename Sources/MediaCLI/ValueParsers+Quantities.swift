/// Quantities with units. Nothing is rounded: a text that is not a whole number of nanoseconds,
/// bytes or bits is refused, and so is one that does not fit in 64 bits.
extension ValueParsers {
  /// A time in nanoseconds, not negative.
  ///
  /// `5s`, `500ms`, `250us`, `40ns`, `2m`, `1h`, `1h30m`, `HH:MM:SS.mmm`, `MM:SS`; a bare number is
  /// seconds.
  public static func time(_ text: String) throws(UsageError) -> Int64 {
    guard let time = nanoseconds(text) else { throw badTime }
    return time
  }

  /// A time in nanoseconds; a minus sign in front makes it negative.
  public static func signedTime(_ text: String) throws(UsageError) -> Int64 {
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    guard let time = nanoseconds(isNegative ? String(text.dropFirst()) : text) else {
      throw badTime
    }
    return isNegative ? -time : time
  }

  /// A time in nanoseconds, longer than zero.
  public static func positiveTime(_ text: String) throws(UsageError) -> Int64 {
    let time = try time(text)
    if time == 0 { throw UsageError("must be longer than zero") }
    return time
  }

  /// A number of bytes, not negative.
  ///
  /// As in FFmpeg, `k`, `M`, `G`, `T` are powers of 1000 and `Ki`, `Mi`, `Gi`, `Ti` powers of 1024;
  /// a `B` may follow. FFmpeg's `B` multiplies by 8, here it says what is counted anyway.
  public static func size(_ text: String) throws(UsageError) -> Int64 {
    guard let size = scaled(text, units: ["B"]) else {
      throw UsageError("must be a size such as 1500, 64k, 4M or 1GiB (k is 1000, Ki is 1024)")
    }
    return size
  }

  /// A number of bits per second, not negative; `k`, `M`, `G` as in ``size(_:)``, `bit/s` or `bps`
  /// may follow.
  public static func bitRate(_ text: String) throws(UsageError) -> Int64 {
    guard let rate = scaled(text, units: ["bit/s", "bps"]) else {
      throw UsageError("must be a bit rate such as 800k or 2.5M (k is 1000)")
    }
    return rate
  }

  private static var badTime: UsageError {
    UsageError("must be a time such as 500ms, 5s, 2m, 1h or 01:02:03.5")
  }
}

private let nanosecondsPerSecond: Int64 = 1_000_000_000

/// Longest unit first, so that a compound (`1h30m`) can insist on falling units.
private let timeUnits: [(name: String, nanoseconds: Int64)] = [
  ("h", 3600 * nanosecondsPerSecond), ("m", 60 * nanosecondsPerSecond),
  ("s", nanosecondsPerSecond), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
]

private func nanoseconds(_ text: String) -> Int64? {
  if text.utf8.contains(UInt8(ascii: ":")) { return clockTime(text) }
  if let seconds = Decimal64(text[...]) { return seconds.times(nanosecondsPerSecond) }
  var rest = text[...]
  var units = timeUnits[...]
  var total: Int64 = 0
  guard !rest.isEmpty else { return nil }
  while !rest.isEmpty {
    let number = rest.prefix { !isUnitLetter($0) }
    rest = rest[number.endIndex...]
    let name = rest.prefix(while: isUnitLetter)
    rest = rest[name.endIndex...]
    guard let index = units.firstIndex(where: { $0.name == name }),
      let part = Decimal64(number)?.times(units[index].nanoseconds)
    else { return nil }
    let sum = total.addingReportingOverflow(part)
    if sum.overflow { return nil }
    total = sum.partialValue
    units = units[(index + 1)...]
  }
  return total
}

private func isUnitLetter(_ character: Character) -> Bool {
  character.asciiValue.map { isLowerLetter($0) } ?? false
}

/// `HH:MM:SS.mmm` or `MM:SS.mmm`; only the first field may pass 59.
private func clockTime(_ text: String) -> Int64? {
  let fields = text.split(separator: ":", omittingEmptySubsequences: false)
  guard fields.count == 2 || fields.count == 3, let last = fields.last else { return nil }
  var seconds: Int64 = 0
  for (index, field) in fields.dropLast().enumerated() {
    guard !field.isEmpty, let value = digits(field), index == 0 || value < 60 else { return nil }
    let scaled = seconds.multipliedReportingOverflow(by: 60)
    let sum = scaled.partialValue.addingReportingOverflow(value)
    if scaled.overflow || sum.overflow { return nil }
    seconds = sum.partialValue
  }
  let minutes = seconds.multipliedReportingOverflow(by: 60 * nanosecondsPerSecond)
  guard !minutes.overflow, let rest = Decimal64(last)?.times(nanosecondsPerSecond),
    rest < 60 * nanosecondsPerSecond
  else { return nil }
  let total = minutes.partialValue.addingReportingOverflow(rest)
  return total.overflow ? nil : total.partialValue
}

/// A number with an optional decimal multiplier and one of some unit names.
private func scaled(_ text: String, units: [String]) -> Int64? {
  let end = text.firstIndex { !("0"..."9").contains($0) && $0 != "." } ?? text.endIndex
  guard let number = Decimal64(text[..<end]) else { return nil }
  var suffix = text[end...]
  var factor: Int64 = 1
  let powers: [(Character, Int)] = [("k", 1), ("K", 1), ("M", 2), ("G", 3), ("T", 4)]
  if let power = powers.first(where: { $0.0 == suffix.first })?.1 {
    suffix = suffix.dropFirst()
    let isBinary = suffix.first == "i"
    if isBinary { suffix = suffix.dropFirst() }
    for _ in 0..<power { factor *= isBinary ? 1024 : 1000 }
  }
  guard suffix.isEmpty || units.contains(String(suffix)) else { return nil }
  return number.times(factor)
}

/// A decimal number kept exactly: `digits / 10^places`.
private struct Decimal64 {
  var digits: Int64
  var places: Int

  /// Digits with at most one point, at least one digit, no sign.
  init?(_ text: Substring) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let whole = parts.first ?? ""
    var fraction = parts.count > 1 ? parts[1] : ""
    guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
    while fraction.last == "0" { fraction.removeLast() }
    guard let digits = MediaCLI.digits(whole + fraction) else { return nil }
    self.digits = digits
    places = fraction.count
  }

  /// The product, nil when it is not whole or does not fit.
  func times(_ factor: Int64) -> Int64? {
    let product = digits.multipliedFullWidth(by: factor)
    var divisor: Int64 = 1
    for _ in 0..<places {
      let next = divisor.multipliedReportingOverflow(by: 10)
      if next.overflow { return nil }
      divisor = next.partialValue
    }
    // Dividing traps unless the high half is below the divisor; the quotient would not fit.
    guard UInt64(product.high) < UInt64(divisor) else { return nil }
    let (quotient, remainder) = UInt64(divisor).dividingFullWidth(
      (UInt64(product.high), product.low))
    return remainder == 0 ? Int64(exactly: quotient) : nil
  }
}

/// ASCII digits as a number; empty is zero, overflow is nil.
private func digits(_ text: some StringProtocol) -> Int64? {
  guard text.utf8.allSatisfy(isDigit) else { return nil }
  return text.isEmpty ? 0 : Int64(text)
}
