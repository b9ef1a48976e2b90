import MediaJSON
import Testing

struct Guess: Sendable {
  let word: String
  let nearest: String?
  init(_ word: String, _ nearest: String?) {
    self.word = word
    self.nearest = nearest
  }
}

private let names = [
  "codec_name", "codec_type", "duration", "width", "height", "tags", "index", "bit_rate",
]

@Test(arguments: [
  Guess("codec_name", "codec_name"), Guess("codec_nam", "codec_name"),
  Guess("codecname", "codec_name"), Guess("codec_tpye", "codec_type"),
  Guess("duratoin", "duration"),
  Guess("Width", "width"), Guess("WIDHT", "width"), Guess("hieght", "height"), Guess("tag", "tags"),
  Guess("bitrate", "bit_rate"), Guess("codec", "codec_name"), Guess("dur", "duration"),
  Guess("in", "index"), Guess("x", nil), Guess("", nil), Guess("unrelated", nil), Guess("w", nil),
]) func nearestName(_ guess: Guess) {
  #expect(nearest(to: guess.word, among: names) == guess.nearest)
}

@Test func nearestAmongNoneOrAgainstALongWord() {
  #expect(nearest(to: "abc", among: []) == nil)
  #expect(nearest(to: String(repeating: "a", count: 1 << 20), among: names) == nil)
  #expect(nearest(to: "ab", among: ["ac", "bb"]) == "ac")
}
