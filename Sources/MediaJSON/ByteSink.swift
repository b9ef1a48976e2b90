/// The bytes a writer has collected.
///
/// `[UInt8].append` looks for room and for other owners at every byte, which would dominate. Here
/// room is made once for a token, and the token is filled in through a pointer. This file holds
/// all that is unsafe about it.
struct ByteSink {
  /// All of it is room; the first `count` bytes are in use.
  private var storage: [UInt8] = []
  private(set) var count = 0

  var bytes: ArraySlice<UInt8> { storage.prefix(count) }

  func withSpan<Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    try body(storage.span.extracting(first: count))
  }

  mutating func removeAll() { count = 0 }

  /// Makes room for `limit` bytes and lets `body` write there; it says how many it wrote.
  @inline(__always)
  private mutating func fill(_ limit: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
    if storage.count - count < limit { grow(limit) }
    let start = count
    count += unsafe storage.withUnsafeMutableBufferPointer { room in
      guard let base = room.baseAddress else { return 0 }
      let written = unsafe body(base + start)
      assert(written <= limit, "a token longer than its room")
      return written
    }
  }

  @inline(never)
  private mutating func grow(_ byteCount: Int) {
    storage += repeatElement(0, count: max(byteCount, storage.count, 1024))
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    unsafe fill(1) { room in
      unsafe room[0] = byte
      return 1
    }
  }

  mutating func append(_ text: String) {
    unsafe text.utf8Span.span.withUnsafeBufferPointer { unsafe append($0) }
  }

  private mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    unsafe fill(text.count) { unsafe copy(text, to: $0) }
  }

  mutating func append(spaces: Int) {
    unsafe fill(spaces) { room in
      unsafe room.update(repeating: UInt8(ascii: " "), count: spaces)
      return spaces
    }
  }

  // MARK: Keys

  /// Appends a comma, a quoted key and its colon, all of them or all but the comma.
  mutating func append(_ key: [UInt8], isWhole: Bool) {
    unsafe key.withUnsafeBufferPointer { key in
      unsafe append(isWhole ? key : UnsafeBufferPointer(rebasing: key.dropFirst()))
    }
  }

  // MARK: Numbers

  mutating func append(decimal magnitude: UInt64, isNegative: Bool) {
    unsafe fill(21) { room in
      unsafe room[0] = UInt8(ascii: "-")
      let sign = isNegative ? 1 : 0
      let width = digitCount(magnitude)
      unsafe writeDigits(of: magnitude, width: width, to: room + sign)
      return sign + width
    }
  }

  /// Appends `magnitude / 10^fractionDigits` less its trailing zeros, but one digit of fraction.
  mutating func append(decimal magnitude: UInt64, isNegative: Bool, fractionDigits: Int) {
    var scale: UInt64 = 1
    for _ in 0..<fractionDigits { scale *= 10 }
    let (whole, remainder) = magnitude.quotientAndRemainder(dividingBy: scale)
    append(decimal: whole, isNegative: isNegative)
    var fraction = remainder
    var width = fraction == 0 ? 1 : fractionDigits
    // Mostly milliseconds, so zeros go by threes.
    while width > 3, fraction % 1000 == 0 {
      fraction /= 1000
      width -= 3
    }
    while width > 1 {
      let (quotient, digit) = fraction.quotientAndRemainder(dividingBy: 10)
      guard digit == 0 else { break }
      fraction = quotient
      width -= 1
    }
    unsafe fill(1 + width) { room in
      unsafe room[0] = UInt8(ascii: ".")
      unsafe writeDigits(of: fraction, width: width, to: room + 1)
      return 1 + width
    }
  }

  // MARK: Strings

  /// Appends `text` in quotes with what RFC 8259 section 7 wants escaped.
  mutating func append(quoting text: String) {
    unsafe text.utf8Span.span.withUnsafeBufferPointer { bytes in
      if unsafe isPlain(bytes) {
        unsafe fill(bytes.count + 2) { room in
          unsafe room[0] = UInt8(ascii: "\"")
          let end = unsafe 1 + copy(bytes, to: room + 1)
          unsafe room[end] = UInt8(ascii: "\"")
          return end + 1
        }
      } else {
        append(UInt8(ascii: "\""))
        for index in bytes.indices { append(escaping: unsafe bytes[index]) }
        append(UInt8(ascii: "\""))
      }
    }
  }

  private mutating func append(escaping byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case 0x08: append("\\b")
    case 0x09: append("\\t")
    case 0x0a: append("\\n")
    case 0x0c: append("\\f")
    case 0x0d: append("\\r")
    case 0x00..<0x20: append((byte < 0x10 ? "\\u000" : "\\u001") + String(byte & 15, radix: 16))
    default: append(byte)
    }
  }
}

@inline(__always)
private func copy(
  _ text: UnsafeBufferPointer<UInt8>, to room: UnsafeMutablePointer<UInt8>
) -> Int {
  guard let source = text.baseAddress else { return 0 }
  unsafe room.update(from: source, count: text.count)
  return text.count
}

/// Whether a string has nothing to escape, looked at eight bytes at a time.
private func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  let raw = UnsafeRawBufferPointer(bytes)
  var index = 0
  while index + 8 <= raw.count {
    let word = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    if needsEscape(word) { return false }
    index += 8
  }
  while index < raw.count {
    // Seven spaces make up a word.
    if needsEscape(0x2020_2020_2020_2000 | UInt64(unsafe raw[index])) { return false }
    index += 1
  }
  return true
}

/// Whether one of eight bytes is a quote, a backslash or below a space.
///
/// `x &- n & ~x` has the high bit of a byte where, of all bytes below n <= 128, the lowest stands.
@inline(__always)
private func needsEscape(_ word: UInt64) -> Bool {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let quote = word ^ (ones &* 0x22)
  let backslash = word ^ (ones &* 0x5c)
  let found =
    (word &- ones &* 0x20) & ~word | (quote &- ones) & ~quote | (backslash &- ones) & ~backslash
  return found & (ones &* 0x80) != 0
}

private func digitCount(_ value: UInt64) -> Int {
  var rest = value
  var digits = 0
  while rest >= 10_000 {
    rest /= 10_000
    digits += 4
  }
  if rest < 10 { return digits + 1 }
  if rest < 100 { return digits + 2 }
  return digits + (rest < 1000 ? 3 : 4)
}

/// Writes exactly `width` digits, two at a time from the end.
@inline(__always)
private func writeDigits(of value: UInt64, width: Int, to room: UnsafeMutablePointer<UInt8>) {
  var rest = value
  var end = width
  while end >= 2 {
    let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
    let tens = (pair &* 103) &>> 10  // pair / 10, for pair < 100
    unsafe room[end - 2] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: tens)
    unsafe room[end - 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: pair &- tens &* 10)
    rest = quotient
    end -= 2
  }
  if end == 1 { unsafe room[0] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest) }
}
