// Builds without a test runner, such as the static release, have no use for it.
#if canImport(Testing)
/// The bytes of hexadecimal text; white space is passed over.
package func hex(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
  precondition(digits.count % 2 == 0, "an odd number of digits")
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
#endif
