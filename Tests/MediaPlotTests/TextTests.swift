import Testing

@testable import MediaPlot

@Suite struct TextTests {
  @Test(arguments: [
    Expected("plain", "plain"),
    Expected("a<b>&\"c\"'", "a&lt;b&gt;&amp;&quot;c&quot;&#39;"),
    Expected("tab\tline\n", "tab line "),
    Expected("nul\0 esc\u{1B} \u{FFFE}", "nul\u{FFFD} esc\u{FFFD} \u{FFFD}"),
    Expected("día 日本 🎬", "día 日本 🎬"),
  ])
  func escapes(_ v: Expected<String>) {
    #expect(escaped(v.input) == v.text)
  }

  @Test(arguments: [
    Expected(0, "0"), Expected(-0.0, "0"), Expected(1, "1"), Expected(1.5, "1.5"),
    Expected(-2.25, "-2.25"), Expected(0.004, "0"), Expected(0.05, "0.05"), Expected(99.999, "100"),
    Expected(-0.1, "-0.1"), Expected(1e15, "1000000000000000"),
  ])
  func writesNumbers(_ v: Expected<Double>) {
    #expect(number(v.input) == v.text)
  }

  @Test(arguments: [
    Expected(950, "950"), Expected(1000, "1k"), Expected(2_345_678, "2.35M"),
    Expected(-1.5e9, "-1.5G"), Expected(4e12, "4T"), Expected(0, "0"),
  ])
  func writesMetricQuantities(_ v: Expected<Double>) {
    #expect(quantity(v.input, scale: .metric) == v.text)
  }

  @Test func elidesOnlyWhatIsTooWide() {
    #expect(elided("short", ems: 10) == "short")
    let cut = elided(String(repeating: "wide ", count: 100), ems: 10)
    #expect(cut.hasSuffix("…"))
    #expect(emWidth(cut) <= 11)
    #expect(elided("", ems: 0).isEmpty)
  }
}
