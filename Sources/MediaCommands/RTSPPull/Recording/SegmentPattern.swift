internal import MediaIO
internal import MediaModel

/// The pattern of names that `--segment` begins files by: conversions of strftime(3).
struct SegmentPattern {
  private enum Part: Equatable {
    case text([UInt8])
    /// So many digits; nil for one or more.
    case digits(Int?)
    case anything
  }

  let pattern: String
  private let parts: [Part]

  init(_ pattern: String) {
    self.pattern = pattern
    parts = Self.parts(Array(pattern.utf8))
  }

  /// Whether names differ with the time.
  var hasTime: Bool { parts.contains { if case .text = $0 { false } else { true } } }

  /// Whether the folder does.
  var hasTimeInFolder: Bool { SegmentPattern(folder).hasTime }

  /// The pattern's folder with its last slash; empty for the one where the process is.
  var folder: String {
    pattern.lastIndex(of: "/").map { String(pattern[...$0]) } ?? ""
  }

  /// The name of a file that begins at a moment.
  func name(at wall: Nanoseconds) -> String { LocalTime(wall).formatted(pattern) ?? pattern }

  /// Whether the name of a file within the folder may be one of the pattern's, or one with a number
  /// against collisions.
  func matches(_ name: String) -> Bool {
    let own = SegmentPattern(String(pattern.dropFirst(folder.count))).parts
    let bytes = Array(name.utf8)
    return Self.match(own[...], bytes[...])
      || Self.plain(bytes).map { Self.match(own[...], $0[...]) } ?? false
  }

  // MARK: Parts

  private static func parts(_ pattern: [UInt8]) -> [Part] {
    var parts: [Part] = []
    var text: [UInt8] = []
    var place = 0
    while place < pattern.count {
      let byte = pattern[place]
      place += 1
      guard byte == UInt8(ascii: "%"), place < pattern.count else {
        text.append(byte)
        continue
      }
      let letter = pattern[place]
      place += 1
      guard let found = part(letter) else {
        text += letter == UInt8(ascii: "%") ? [letter] : [byte, letter]
        continue
      }
      if !text.isEmpty { parts.append(.text(text)) }
      text = []
      parts.append(found)
    }
    if !text.isEmpty { parts.append(.text(text)) }
    return parts
  }

  /// nil for `%%` and what is no conversion.
  private static func part(_ letter: UInt8) -> Part? {
    switch Character(UnicodeScalar(letter)) {
    case "Y": .digits(4)
    case "m", "d", "H", "M", "S", "y", "I", "C", "U", "V", "W", "g": .digits(2)
    case "j": .digits(3)
    case "u", "w": .digits(1)
    case "G": .digits(4)
    case "s": .digits(nil)
    case "a", "A", "b", "B", "c", "D", "e", "F", "h", "k", "l", "n", "p", "P", "r", "R", "t", "T",
      "x", "X", "z", "Z", "E", "O", "-", "_", "0", "^", "#":
      .anything
    default: nil
    }
  }

  private static func match(_ parts: ArraySlice<Part>, _ name: ArraySlice<UInt8>) -> Bool {
    guard let part = parts.first else { return name.isEmpty }
    let rest = parts.dropFirst()
    switch part {
    case .text(let text): return name.starts(with: text) && match(rest, name.dropFirst(text.count))
    case .digits(let count?):
      let digits = name.prefix(count)
      return digits.count == count && digits.allSatisfy(isDigit)
        && match(rest, name.dropFirst(count))
    case .digits(nil):
      let digits = name.prefix(while: isDigit)
      return !digits.isEmpty && match(rest, name.dropFirst(digits.count))
    case .anything:
      return name.indices.contains { match(rest, name[($0 + 1)...]) }
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// A name without the number in `out-2.mp4`; nil where there is none.
  private static func plain(_ name: [UInt8]) -> [UInt8]? {
    let end = name.lastIndex(of: UInt8(ascii: ".")) ?? name.endIndex
    let digits = name[..<end].reversed().prefix(while: isDigit).count
    let dash = end - digits - 1
    guard digits > 0, dash > 0, name[dash] == UInt8(ascii: "-") else { return nil }
    return Array(name[..<dash] + name[end...])
  }
}

/// How the wall clock is cut into segments: those of each day begin with the day.
struct SegmentClock {
  /// A segment of the clock; two moments of one have the same.
  struct Slot: Equatable {
    var day: Int64
    var number: Int64
  }

  private static let nanosecondsOfDay: Int64 = 86_400_000_000_000
  let length: Nanoseconds

  func slot(_ wall: Nanoseconds) -> Slot {
    let time = LocalTime(wall)
    guard length > Self.nanosecondsOfDay else {
      return Slot(day: time.day, number: time.timeOfDay / max(1, length))
    }
    return Slot(day: 0, number: time.day / max(1, length / Self.nanosecondsOfDay))
  }
}
