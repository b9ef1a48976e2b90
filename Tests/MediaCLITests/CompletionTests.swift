import Foundation
import MediaCLI
import TestSupport
import Testing

private let driver = CompletionDriver(
  tool: "mediatool", bash: Sample.tool.bashCompletion(), zsh: Sample.tool.zshCompletion(),
  fish: Sample.tool.fishCompletion(),
  files: ["in.flv", "my clip.flv", "notes.txt", "sub/inner.flv", "sub/other.txt"])

@Suite struct ScriptSyntaxTests {
  struct Script: Sendable {
    let shell: String
    let text: String
  }

  @Test(
    .peers("bash", "zsh", "fish"),
    arguments: [
      Script(shell: "bash", text: driver.bash), Script(shell: "zsh", text: driver.zsh),
      Script(shell: "fish", text: driver.fish),
    ]) func shellsAcceptTheScripts(_ script: Script) throws
  {
    let folder = try ScratchFolder()
    let file = try folder.write(script.text, to: "script")
    let result = try ProcessRunner.run(script.shell, ["-n", file])
    #expect(result.ending == .exit(0) && result.output == "" && result.errors == "", "\(result)")
  }
}

/// Words before TAB and what bash is given; the words are cut at `=` and `:` as bash cuts them.
private struct Reply: Sendable, CustomTestStringConvertible {
  let words: [String]
  let line: String?
  let offers: [String]
  var testDescription: String { words.joined(separator: "␣") }

  init(_ words: String, _ offers: String, line: String? = nil) {
    self.words =
      ["mediatool"] + words.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    self.line = line
    self.offers = offers.split(separator: "|").map(String.init)
  }
}

private let replies = [
  Reply("pro", "probe"),
  Reply("", "probe|flv-dump|rtmp-push|help|-h|--help|--version"),
  Reply("--v", "--version"),
  Reply("help fl", "flv-dump"),
  Reply("help flv-dump ", ""),
  Reply("nonsense ", ""),
  Reply("__generate -", ""),
  Reply("probe --js", "--json|--jsonl"),
  Reply("flv-dump --ou", "--output"),
  Reply("flv-dump --no", "--no-verify"),
  Reply("flv-dump --se", ""),
  Reply("flv-dump -a", "-ar"),
  Reply("flv-dump --progress a", "auto|always"),
  Reply("flv-dump --progress = al", "always"),
  Reply("flv-dump --progress =", "auto|always|never"),
  Reply("flv-dump --progress=al", "--progress=always"),
  Reply("flv-dump --progress = auto --col", "--color"),
  Reply("flv-dump --timeout ", ""),
  Reply("flv-dump --timeout --js", ""),
  Reply("flv-dump --timeout 5s --jsonl", "--jsonl"),
  Reply("flv-dump --secret --js", ""),
  Reply("flv-dump -o no", "notes.txt"),
  Reply("flv-dump -yo no", "notes.txt"),
  Reply("flv-dump -o = no", "notes.txt"),
  Reply("flv-dump -ar --js", ""),
  Reply("flv-dump --hex --jsonl", "--jsonl"),
  Reply("flv-dump --record ", "sub"),
  Reply("flv-dump ", "in.flv|my clip.flv|sub"),
  Reply("flv-dump n", "notes.txt"),
  Reply("flv-dump sub/", "sub/inner.flv"),
  Reply("flv-dump in.flv ", "short|long"),
  Reply("flv-dump -v in.flv --json s", "short"),
  Reply("flv-dump -- --js", ""),
  Reply("flv-dump -- in", "in.flv"),
  Reply("flv-dump -- in.flv l", "long"),
  Reply("flv-dump in.flv short ", ""),
  Reply("rtmp-push in.flv rtmp : //h/a no", "notes.txt"),
  Reply("probe in.flv my", "my clip.flv"),
  Reply("probe = --js", "--json|--jsonl", line: "mediatool probe = --js"),
]

@Suite struct BashCompletionTests {
  @Test(.peers("bash"), arguments: replies)
  private func answers(_ reply: Reply) throws {
    let found = try driver.bashReply(reply.words, line: reply.line)
    #expect(found.sorted() == reply.offers.sorted())
  }

  struct Typed: Sendable {
    let line: String
    let becomes: String
  }

  @Test(
    .peers("bash", "setsid"),
    arguments: [
      Typed(line: "mediatool pro", becomes: "mediatool probe "),
      Typed(line: "mediatool flv-dump --forc", becomes: "mediatool flv-dump --force "),
      Typed(line: "mediatool flv-dump --js", becomes: "mediatool flv-dump --json"),
      Typed(
        line: "mediatool flv-dump --progress=ne", becomes: "mediatool flv-dump --progress=never "),
      Typed(line: "mediatool flv-dump --progress=", becomes: "mediatool flv-dump --progress="),
      Typed(
        line: "mediatool flv-dump --output=no", becomes: "mediatool flv-dump --output=notes.txt "),
      Typed(line: "mediatool flv-dump my", becomes: "mediatool flv-dump my\\ clip.flv "),
      Typed(line: "mediatool flv-dump my\\ c", becomes: "mediatool flv-dump my\\ clip.flv "),
      Typed(line: "mediatool flv-dump \"my c", becomes: "mediatool flv-dump \"my clip.flv\" "),
      Typed(line: "mediatool flv-dump su", becomes: "mediatool flv-dump sub/"),
      Typed(
        line: "mediatool rtmp-push in.flv rtmp://h/a no",
        becomes: "mediatool rtmp-push in.flv rtmp://h/a notes.txt "),
    ]) func completesWhileTyping(_ typed: Typed) throws
  {
    #expect(try driver.typeInBash(typed.line).line == typed.becomes)
  }
}

@Suite struct ZshCompletionTests {
  struct Typed: Sendable {
    let line: String
    let becomes: String
    let offers: [String]
  }

  @Test(
    .peers("zsh", "setsid"),
    arguments: [
      Typed(line: "mediatool pro", becomes: "mediatool probe ", offers: ["probe"]),
      Typed(
        line: "mediatool ", becomes: "mediatool ",
        offers: ["flv-dump", "help", "probe", "rtmp-push"]),
      Typed(line: "mediatool help fl", becomes: "mediatool help flv-dump ", offers: ["flv-dump"]),
      Typed(
        line: "mediatool flv-dump --forc", becomes: "mediatool flv-dump --force ",
        offers: ["--force"]),
      Typed(
        line: "mediatool flv-dump --js", becomes: "mediatool flv-dump --json",
        offers: ["--json", "--jsonl"]),
      Typed(
        line: "mediatool flv-dump --progress=ne", becomes: "mediatool flv-dump --progress=never ",
        offers: ["never"]),
      Typed(
        line: "mediatool flv-dump --progress al", becomes: "mediatool flv-dump --progress always ",
        offers: ["always"]),
      Typed(
        line: "mediatool flv-dump -yo no", becomes: "mediatool flv-dump -yo notes.txt ",
        offers: ["notes.txt"]),
      Typed(
        line: "mediatool flv-dump -ar 8000 in.flv lo",
        becomes: "mediatool flv-dump -ar 8000 in.flv long ", offers: ["long"]),
      Typed(
        line: "mediatool flv-dump my", becomes: "mediatool flv-dump my\\ clip.flv ",
        offers: ["my\\ clip.flv"]),
      Typed(
        line: "mediatool flv-dump n", becomes: "mediatool flv-dump notes.txt ",
        offers: ["notes.txt"]),
      Typed(
        line: "mediatool flv-dump --record ", becomes: "mediatool flv-dump --record sub/",
        offers: ["sub"]),
    ]) func completesWhileTyping(_ typed: Typed) throws
  {
    let outcome = try driver.typeInZsh(typed.line)
    #expect(outcome.line == typed.becomes)
    #expect(outcome.offers == typed.offers)
  }
}

@Suite struct FishCompletionTests {
  struct Asked: Sendable {
    let line: String
    let offers: [String]
  }

  @Test(
    .peers("fish"),
    arguments: [
      Asked(line: "mediatool pro", offers: ["probe"]),
      Asked(line: "mediatool ", offers: ["flv-dump", "help", "probe", "rtmp-push"]),
      Asked(line: "mediatool --v", offers: ["--version"]),
      Asked(line: "mediatool help fl", offers: ["flv-dump"]),
      Asked(line: "mediatool flv-dump --js", offers: ["--json", "--jsonl"]),
      Asked(line: "mediatool flv-dump --no", offers: ["--no-verify"]),
      Asked(line: "mediatool flv-dump --progress ", offers: ["always", "auto", "never"]),
      Asked(
        line: "mediatool flv-dump --progress=a", offers: ["--progress=always", "--progress=auto"]),
      Asked(line: "mediatool flv-dump -o no", offers: ["notes.txt"]),
      Asked(line: "mediatool flv-dump --record s", offers: ["sub/"]),
      Asked(line: "mediatool flv-dump --timeout ", offers: []),
      Asked(line: "mediatool flv-dump -a", offers: ["-ar"]),
      Asked(line: "mediatool flv-dump n", offers: ["notes.txt"]),
      Asked(line: "mediatool flv-dump in.flv lo", offers: ["long"]),
      Asked(line: "mediatool probe in.flv my", offers: ["my clip.flv"]),
    ]) func offers(_ asked: Asked) throws
  {
    #expect(try driver.fishOffers(asked.line) == asked.offers)
  }
}
