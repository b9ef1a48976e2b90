internal import MediaModel

extension Y4MHeader {
  /// Reads the first line, without its end.
  ///
  /// Parameters of unknown letters are passed over. Without `C` the format is that of `XYSCSS=`,
  /// else 4:2:0 of 8 bits.
  ///
  /// - Throws: `Y4MError` with the offset of what is wrong.
  public init(parsing line: [UInt8]) throws(Y4MError) {
    guard line.starts(with: Self.signature.dropLast()) else {
      throw Y4MError(offset: 0, message: "\"YUV4MPEG2 \" expected at the beginning")
    }
    guard line.count >= Self.signature.count, line[Self.signature.count - 1] == 0x20 else {
      let offset = Int64(Self.signature.count - 1)
      throw Y4MError(offset: offset, message: "a space expected behind YUV4MPEG2")
    }
    guard line.count < Self.maxLineLength else {
      throw Y4MError(
        offset: Int64(Self.maxLineLength),
        message: "the first line does not end within \(Self.maxLineLength) bytes")
    }
    var parameters = Y4MParameters()
    for word in Y4MParameters.words(line, from: Self.signature.count) {
      try parameters.take(word)
    }
    guard let width = parameters.width, let height = parameters.height else {
      let missing = parameters.width == nil ? "W (the width)" : "H (the height)"
      throw Y4MError(offset: Int64(line.count), message: "the first line lacks \(missing)")
    }
    let space = parameters.space ?? parameters.fallback ?? .unsaid
    self.init(
      width: width, height: height, frameRate: parameters.frameRate,
      format: space.format, range: parameters.range,
      interlacing: parameters.interlacing ?? .progressive, siting: space.siting,
      sampleAspectRatio: parameters.aspect, comments: parameters.comments)
  }
}

/// The parameters of a first line while they are read.
struct Y4MParameters {
  /// Bytes between spaces.
  struct Word {
    var offset: Int
    var bytes: ArraySlice<UInt8>
    var value: ArraySlice<UInt8> { bytes.dropFirst() }
    var text: String { String(decoding: value, as: UTF8.self) }
  }

  var width: Int?
  var height: Int?
  var frameRate: Rational?
  var aspect: Rational?
  var interlacing: Y4MHeader.Interlacing?
  var space: Y4MColorSpace?
  var fallback: Y4MColorSpace?
  var range: ColorRange?
  var comments: [String] = []
  private var seen: Set<UInt8> = []

  static func words(_ line: [UInt8], from start: Int) -> [Word] {
    line.dropFirst(start).split(separator: 0x20).map { Word(offset: $0.startIndex, bytes: $0) }
  }

  mutating func take(_ word: Word) throws(Y4MError) {
    guard let letter = word.bytes.first else { return }
    if letter == UInt8(ascii: "X") { return takeComment(word) }
    guard "WHFIAC".utf8.contains(letter) else { return }
    guard seen.insert(letter).inserted else {
      throw Y4MError(
        offset: Int64(word.offset),
        message: "a second parameter \(Character(Unicode.Scalar(letter)))")
    }
    switch letter {
    case UInt8(ascii: "W"): width = try side(word, "the width")
    case UInt8(ascii: "H"): height = try side(word, "the height")
    case UInt8(ascii: "F"): frameRate = try ratio(word, "the frame rate")
    case UInt8(ascii: "A"): aspect = try ratio(word, "the sample aspect ratio")
    case UInt8(ascii: "I"): interlacing = try interlacing(word)
    default: space = try colorSpace(word)
    }
  }

  private mutating func takeComment(_ word: Word) {
    let text = word.text
    if text.hasPrefix("YSCSS=") {
      // Wrong or unknown, it matters to nobody: `C` says the same.
      fallback = fallback ?? Y4MColorSpace.named(String(text.dropFirst(6)).lowercased())
    } else if text == "COLORRANGE=FULL" {
      range = .full
    } else if text == "COLORRANGE=LIMITED" {
      range = .limited
    } else {
      comments.append(text)
    }
  }

  private func side(_ word: Word, _ what: String) throws(Y4MError) -> Int {
    guard let value = Self.number(word.value), (1...PictureLayout.maxSide).contains(value) else {
      throw error(word, "\(what) must be 1 to \(PictureLayout.maxSide), not", word.text)
    }
    return value
  }

  /// A ratio; nil for 0:0, which means unknown, as does `A0:1` of some writers.
  private func ratio(_ word: Word, _ what: String) throws(Y4MError) -> Rational? {
    let parts = word.value.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, let first = parts.first.flatMap(Self.number),
      let second = parts.last.flatMap(Self.number), first == 0 || second > 0
    else { throw error(word, "\(what) must be two numbers as in 30000:1001, not", word.text) }
    return first > 0 ? Rational(first, second) : nil
  }

  private func interlacing(_ word: Word) throws(Y4MError) -> Y4MHeader.Interlacing {
    guard let value = Y4MHeader.Interlacing(rawValue: word.text) else {
      throw error(word, "the interlacing must be one of p, t, b, m and ?, not", word.text)
    }
    return value
  }

  private func colorSpace(_ word: Word) throws(Y4MError) -> Y4MColorSpace {
    let text = word.text
    if text == "444alpha" {
      throw Y4MError(
        offset: Int64(word.offset), message: "C444alpha: pictures with alpha are not read from Y4M")
    }
    guard let space = Y4MColorSpace.named(text) else {
      throw error(
        word,
        "C must be one of 420jpeg, 420mpeg2, 420paldv, 420, 422, 444, 411, mono and of deep ones "
          + "such as 420p10 and mono10, not", text)
    }
    return space
  }

  /// Of at most ten digits, at most 2^31 - 1.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard (1...10).contains(digits.count) else { return nil }
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value <= Int(Int32.max) ? value : nil
  }

  /// Quotes the beginning of what was there.
  private func error(_ word: Word, _ expected: String, _ found: String) -> Y4MError {
    let shown = String(
      found.unicodeScalars.prefix(24).map { (0x20..<0x7f).contains($0.value) ? Character($0) : "?" }
    )
    return Y4MError(offset: Int64(word.offset), message: "\(expected) \"\(shown)\"")
  }
}
