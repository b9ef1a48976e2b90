import Foundation
import MediaCLI
import MediaJSON
import TestSupport
import Testing

private let date = "November 1, 2025"

@Suite struct GoldenTests {
  @Test func toolHelp() throws {
    try expectGolden(Sample.tool.toolHelp(width: 80), "tool-help.txt")
  }
  @Test func commandHelp() throws {
    try expectGolden(Sample.tool.helpText(for: Sample.flvDump, width: 80), "flv-dump-help.txt")
    try expectGolden(Sample.tool.helpText(for: Sample.probe, width: 100), "probe-help-wide.txt")
    try expectGolden(Sample.tool.helpText(for: Sample.rtmpPush, width: 44), "rtmp-push-help.txt")
  }
  @Test func manuals() throws {
    try expectGolden(Sample.tool.mdocPage(date: date), "mediatool.1")
    for command in [Sample.probe, Sample.flvDump, Sample.rtmpPush] {
      let page = Sample.tool.mdocPage(for: command, date: date)
      try expectGolden(page, "mediatool-\(command.name).1")
    }
    try expectGolden(findingsPage.text, "mediatool-findings.7")
  }
  @Test func completions() throws {
    try expectGolden(Sample.tool.bashCompletion(), "mediatool.bash")
    try expectGolden(Sample.tool.zshCompletion(), "_mediatool")
    try expectGolden(Sample.tool.fishCompletion(), "mediatool.fish")
  }
  @Test func dump() throws {
    try expectGolden(Sample.tool.dumpSpec(), "spec.json")
    let document = try JSONValue(parsing: Sample.tool.dumpSpec())
    #expect(document["commands"]?[1]?["name"] == "flv-dump")
  }
}

/// A page made by hand with every kind of block and inline, next to each other in every order.
private let findingsPage = MdocPage(
  name: "mediatool-findings", section: 7, date: date, abstract: "what mediatool reports",
  sections: [
    MdocSection(
      "DESCRIPTION",
      [
        .paragraph([
          .text("Codes such as "), .strong("E10210"), .text(", printed by "),
          .name("mediatool"), .text(" (see "), .reference("mediatool", section: 1),
          .text("), are stable. Set "), .environment("NO_COLOR"), .text(" or use "),
          .flag("--color"), .joined, .text("="), .joined, .command("never"), .text("; '"),
          .path("/dev/null"), .text("' is "), .emphasis("not"), .text(" a file."),
        ]),
        .paragraph([.text("'Quoted \\n start. No space after."), .flag("-o"), .text("'s end")]),
        .paragraph([.flag("-v"), .flag("-q"), .optional([.flag("-o"), .argument("FILE")])]),
        .literal([".Sh not a request", "'neither", "a \\ b \"c\" `d` ~e^ -f", "", "tab\tµ"]),
        .paragraph([
          .literal("a - \"b\""), .text(" and "), .literal("Ar"), .text(" and "), .argument("No"),
          .text(" ."),
        ]),
        .subsection(
          "Areas of codes",
          [
            .list([
              MdocItem(
                [.strong("10"), .text(" to "), .strong("12")], [.paragraph([.text("FLV.")])]),
              MdocItem([.text("Fl is a word here, A.")], [.literal(["x"])]),
            ]),
            .paragraph([.text("After the list.")]),
          ]),
      ]),
    MdocSection("SEE ALSO", [.paragraph([.reference("mediatool", section: 1)])]),
  ])

private struct Page: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let text: String
}

private let pages =
  [Page(testDescription: "mediatool.1", text: Sample.tool.mdocPage(date: date))]
  + Sample.tool.commands.filter { !$0.hidden }.map {
    Page(testDescription: $0.name, text: Sample.tool.mdocPage(for: $0, date: date))
  } + [Page(testDescription: "mediatool-findings.7", text: findingsPage.text)]

@Suite struct ManualTests {
  @Test(.peers("mandoc"), arguments: pages)
  private func lintIsSilent(_ page: Page) throws {
    let folder = try ScratchFolder()
    let file = try folder.write(page.text, to: "page")
    let lint = try ProcessRunner.run("mandoc", ["-T", "lint", "-W", "warning", file])
    #expect(lint.output + lint.errors == "")
    #expect(lint.ending == .exit(0))
  }

  /// What a reader sees, without the line breaks.
  private func rendered(_ page: String) throws -> String {
    let folder = try ScratchFolder()
    let file = try folder.write(page, to: "page")
    let result = try ProcessRunner.run("mandoc", ["-T", "utf8", "-O", "width=200", file])
    var plain = ""
    for character in result.output {
      // Overstriking: "x, backspace, x" is bold.
      if character == "\u{8}" { plain.removeLast() } else { plain.append(character) }
    }
    return plain.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test(.peers("mandoc"))
  func readersSeeTheTexts() throws {
    let page = try rendered(Sample.tool.mdocPage(for: Sample.flvDump, date: date))
    for text in [
      "mediatool-flv-dump – Print every tag of an FLV file",
      "mediatool flv-dump [options] INPUT [SUMMARY]",
      "With --json, or with (--jsonl), the same",
      "reported and skipped; see mediatool-findings(7).",
      ".A paragraph may start with a dot, e.g. this one, and hold \\backslashes\\, \"quotes\" and µ.",
      "-o, --output FILE Where results go; '-' is standard output.",
      "--hex[=BYTES] Dump the first bytes of each tag (without a value: 16).",
      "-e, --expect EXPR Fail unless EXPR holds, as in \"tags.count > 5\" (repeatable).",
      "--verify, --no-verify Compare checksums [slow]: 100% of the file (default: on).",
      "-r, -ar, --sample-rate, --rate HZ Samples per second.",
      "--option KEY=VALUE Pass an option to FFmpeg's \\demuxer (repeatable).",
      "--progress auto|always|never Show progress (default: auto).",
      "mediatool flv-dump -vo out.txt --hex=64 in.flv",
      "mediatool(1), mediatool-findings(7)",
    ] { #expect(page.contains(text), "\(text)\nin\n\(page)") }
    #expect(!page.contains("secret"))
  }

  @Test(.peers("mandoc"))
  func inlinesKeepTheirSpaces() throws {
    let page = try rendered(findingsPage.text)
    for text in [
      "Codes such as E10210, printed by mediatool (see mediatool(1)), are stable.",
      "Set NO_COLOR or use --color=never; '/dev/null' is not a file.",
      "'Quoted \\n start. No space after.-o's end",
      "-v -q [-o FILE]",
      ".Sh not a request 'neither a \\ b \"c\" `d` ~e^ -f tab µ",
      "‘a - \"b\"’ and ‘Ar’ and No .",
      "10 to 12 FLV.", "Fl is a word here, A. x",
    ] { #expect(page.contains(text), "\(text)\nin\n\(page)") }
  }
}
