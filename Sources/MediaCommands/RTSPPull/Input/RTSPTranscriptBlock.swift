internal import MediaRTSP

/// An answer of a transcript, and what came behind it.
struct RTSPTranscriptBlock {
  enum Piece: Equatable {
    case bytes([UInt8])
    /// As a script has it, braces and all.
    case mark(String)
  }

  let method: String
  var pieces: [Piece] = []

  init(method: String) { self.method = method }

  /// As a script has it.
  var text: String {
    var lines: [String] = []
    var line: [Piece] = []
    for piece in pieces {
      guard case .bytes(let bytes) = piece else {
        line.append(piece)
        continue
      }
      let parts = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        line.append(.bytes(Array(part)))
        guard index + 1 < parts.count else { break }
        lines.append(Self.ended(line))
        line = []
      }
    }
    let rest = Self.plain(line)
    if !rest.isEmpty {
      lines.append(rest + "\\")
    } else if lines.last?.isEmpty == true, lines.dropLast().last?.isEmpty != true {
      // A head alone: its blank line comes by itself.
      lines.removeLast()
    } else if let last = lines.popLast() {
      lines.append(last.hasSuffix("\\") ? last : last + "{hex 0d0a}\\")
    }
    return "on \(method)\n" + lines.map { "  \($0)\n" }.joined()
  }

  /// A line that ends with a line feed, and mostly a carriage return before it.
  private static func ended(_ line: [Piece]) -> String {
    let joined = merged(line)
    guard case .bytes(let bytes)? = joined.last, bytes.last == 0x0d else {
      return plain(joined) + "{hex 0a}\\"
    }
    let text = plain(joined.dropLast() + [.bytes(bytes.dropLast())])
    // A backslash would mean that there is no end.
    return text.hasSuffix("\\") ? text.dropLast() + "{hex 5c}" : text
  }

  private static func merged(_ pieces: [Piece]) -> [Piece] {
    pieces.reduce(into: []) { result, piece in
      if case .bytes(let next) = piece, case .bytes(let last)? = result.last {
        result[result.count - 1] = .bytes(last + next)
      } else {
        result.append(piece)
      }
    }
  }

  /// Bytes as they stand in a script: what is no text, or would be a mark, in hexadecimal digits.
  static func plain(_ pieces: [Piece]) -> String {
    merged(pieces).map { piece in
      switch piece {
      case .mark(let mark): mark
      case .bytes(let bytes):
        String(validating: bytes, as: UTF8.self).map(Self.escaped) ?? Self.hexadecimal(bytes)
      }
    }.joined()
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 && scalar != "\t" || scalar == "{" || scalar.value == 0x7f {
        result += hexadecimal([UInt8(scalar.value)])
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "{hex \(digits)}"
  }
}

extension RTSPTrace {
  /// A message in lines for a person, each with the way that it goes.
  var lines: [String] {
    text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
      .flatMap { $0.split(whereSeparator: \.isNewline) }
      .map { "\(isOutgoing ? "->" : "<-") \(Quantity.printable(String($0)))" }
  }
}
