import MediaJSON
import TestSupport

extension JSONValue {
  /// A random value whose objects have no key twice.
  static func random(using generator: inout Seeded, depth: Int = 0) -> JSONValue {
    switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
    case 3: return .real(randomReal(using: &generator))
    case 4: return .string(randomText(using: &generator))
    case 5:
      return .array(
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in
          random(using: &generator, depth: depth + 1)
        })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0...20, using: &generator) {
        object[randomText(using: &generator)] = random(using: &generator, depth: depth + 1)
      }
      return .object(object)
    }
  }
}

/// A finite number: any bit pattern, or a decimal of few digits as quantities are.
func randomReal(using generator: inout Seeded) -> Double {
  while true {
    let value =
      Bool.random(using: &generator)
      ? Double(bitPattern: generator.next())
      : Double(Int64.random(in: -1_000_000_000...1_000_000_000, using: &generator))
        / [1, 10, 100, 1000, 1e6, 1e7, 90_000, 3][Int.random(in: 0..<8, using: &generator)]
    if value.isFinite { return value }
  }
}

func randomText(using generator: inout Seeded) -> String {
  let scalars: [Unicode.Scalar] = [
    "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\t", "\r", "\u{8}", "\u{c}", "\u{0}", "\u{1f}",
    "\u{7f}", "é", "\u{301}", "€", "\u{2028}", "😀", "\u{10ffff}", "\u{fffd}",
  ]
  var text = String.UnicodeScalarView()
  for _ in 0..<Int.random(in: 0...20, using: &generator) {
    text.append(scalars[Int.random(in: 0..<scalars.count, using: &generator)])
  }
  return String(text)
}
