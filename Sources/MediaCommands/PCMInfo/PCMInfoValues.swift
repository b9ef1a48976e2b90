internal import MediaCLI
internal import MediaRaw

/// The syntaxes of values that only `pcm-info` has.
enum PCMInfoValues {
  /// FFmpeg's names of codings and of raw formats; of formats in memory, those of this machine.
  static func sampleFormat(_ text: String) throws(UsageError) -> SampleFormat {
    let lower = text.lowercased()
    let name = lower.hasPrefix("pcm_") ? String(lower.dropFirst(4)) : lower
    let native = [
      "s16": SampleFormat.s16le, "s32": .s32le, "flt": .f32le, "dbl": .f64le, "ulaw": .mulaw,
    ]
    return try ValueParsers.choice(of: SampleFormat.self)(native[name]?.rawValue ?? name)
  }

  /// `L,R`, `FL,LFE`, `0,1`: each once.
  static func channelSelection(_ text: String) throws(UsageError) -> ChannelSelection {
    let words = try ValueParsers.list(of: ValueParsers.nonEmpty)(text)
    let numbers = words.compactMap { Int($0) }
    if numbers.count == words.count {
      let range = 0..<PCMFormat.maxChannelCount
      guard numbers.allSatisfy(range.contains), Set(numbers).count == numbers.count else {
        throw UsageError("must be numbers from 0 to \(range.upperBound - 1), each once")
      }
      return .numbers(numbers)
    }
    let positions = words.compactMap(ChannelPosition.init(named:))
    guard positions.count == words.count, Set(positions).count == positions.count else {
      throw UsageError("must be names such as L,R or FL,LFE, or numbers from 0, each once")
    }
    return .positions(positions)
  }

  /// `-60dB`, `-60 dB`, `-60dBFS`, `-60`: at most 0.
  static func decibels(_ text: String) throws(UsageError) -> Double {
    var number = text[...]
    for unit in ["FS", "fs"] where number.hasSuffix("dB" + unit) { number = number.dropLast(2) }
    if number.hasSuffix("dB") { number = number.dropLast(2) }
    while number.last == " " { number = number.dropLast() }
    guard let value = try? ValueParsers.real(String(number)), value <= 0, value >= -400 else {
      throw UsageError("must be a level of 0 dBFS or less, such as -60dB")
    }
    return value
  }
}

/// A file for a picture, whose kind its suffix tells.
struct PicturePath: Equatable, Sendable {
  enum Kind: String, Sendable { case svg, png }

  let path: String
  let kind: Kind

  init(_ text: String, kinds: [Kind]) throws(UsageError) {
    let suffix = text.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last
    // A device or a pipe has no suffix: what is drawn first is meant.
    let named = suffix.flatMap { Kind(rawValue: $0.lowercased()) }
    let isUnnamed = text == "-" || text.hasPrefix("/dev/")
    guard !text.isEmpty, let kind = named ?? (isUnnamed ? kinds.first : nil), kinds.contains(kind)
    else {
      throw UsageError("must end in \(kinds.map { "." + $0.rawValue }.joined(separator: " or "))")
    }
    path = text
    self.kind = kind
  }
}
