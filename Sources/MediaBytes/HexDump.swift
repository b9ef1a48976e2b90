/// Bytes as people read them: offset, hexadecimal digits, characters.
public enum HexDump {
  private static let bytesPerLine = 16

  /// One line for each sixteen bytes, such as `0000000d  12 00 01 24 ...  ...$`.
  ///
  /// `baseOffset` is where `bytes` begin in the whole input. Characters outside of printable ASCII
  /// are shown as dots.
  public static func lines(_ bytes: RawSpan, baseOffset: Int = 0) -> [String] {
    stride(from: 0, to: bytes.byteCount, by: bytesPerLine).map { start in
      let count = min(bytesPerLine, bytes.byteCount - start)
      var digits = ""
      var characters = ""
      for index in 0..<bytesPerLine {
        if index == 8 { digits += " " }
        guard index < count else {
          digits += "   "
          continue
        }
        let byte = bytes.byte(at: start + index)
        digits += hexadecimal(UInt64(byte), width: 2) + " "
        characters += (0x20..<0x7f).contains(byte) ? String(UnicodeScalar(byte)) : "."
      }
      let offset = hexadecimal(UInt64(baseOffset + start), width: 8)
      return "\(offset)  \(digits) \(characters)"
    }
  }

  /// Lower-case digits, two a byte.
  public static func digits(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  private static func hexadecimal(_ value: UInt64, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
