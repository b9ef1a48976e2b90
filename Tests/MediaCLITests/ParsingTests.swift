import MediaCLI
import Testing
import TestSupport

/// A line of `flv-dump` and what must come of it; words are split at spaces, `␣` stands for one.
private struct Line: Sendable, CustomTestStringConvertible {
  let text: String
  let outcome: String
  var testDescription: String { text }

  init(_ text: String, _ outcome: String) {
    self.text = text
    self.outcome = outcome
  }

  var words: [String] {
    text.split(separator: " ").map { String($0.map { $0 == "␣" ? " " : $0 }) }
      .map { $0 == "∅" ? "" : $0 }
  }
}

/// Options that were given with their values, then the operands.
private func summary(_ arguments: ParsedArguments) -> String {
  var parts: [String] = []
  func add(_ option: any OptionDescribing, _ value: Any) {
    if arguments.given(option) { parts.append("\(option.spec.name)=\(value)") }
  }
  for flag in [Sample.json, Sample.jsonl, Sample.force, Sample.verify, Sample.quiet] {
    add(flag, arguments[flag])
  }
  add(Sample.output, arguments[Sample.output] ?? "nil")
  add(Sample.hex, arguments[Sample.hex] ?? -1)
  add(Sample.rate, arguments[Sample.rate] ?? -1)
  add(Sample.offset, arguments[Sample.offset] ?? -1)
  add(Sample.secret, arguments[Sample.secret] ?? "nil")
  add(Sample.expect, arguments[Sample.expect])
  add(Sample.option, arguments[Sample.option].map { "\($0.key)→\($0.value)" })
  add(Sample.tracks, arguments[Sample.tracks])
  add(Sample.timeout, arguments[Sample.timeout])
  add(Sample.color, arguments[Sample.color])
  add(Sample.progress, arguments[Sample.progress])
  add(Sample.verbose, arguments[Sample.verbose])
  return (parts + ["|"] + arguments.operands).joined(separator: " ")
}

private let good = [
  Line("in", "| in"),
  Line("in short", "| in short"),
  Line("-", "| -"),
  Line("∅", "| "),
  Line("--json in", "json=true | in"),
  Line("in --json", "json=true | in"),
  Line("--json --json in", "json=true | in"),
  Line("--json --no-json in", "json=false | in"),
  Line("--no-json --json in", "json=true | in"),
  Line("--no-verify in", "verify=false | in"),
  Line("--verify in", "verify=true | in"),
  Line("-y in", "force=true | in"),
  Line("-yq in", "force=true quiet=true | in"),
  Line("-v in", "verbose=1 | in"),
  Line("-vv in", "verbose=2 | in"),
  Line("-v in -v --verbose", "verbose=3 | in"),
  Line("-vvvqy in", "force=true quiet=true verbose=3 | in"),
  Line("-o out in", "output=out | in"),
  Line("-o=out in", "output=out | in"),
  Line("--output out in", "output=out | in"),
  Line("--output=out in", "output=out | in"),
  Line("--output=a=b in", "output=a=b | in"),
  Line("--output - in", "output=- | in"),
  Line("-o -5 in", "output=-5 | in"),
  Line("-o --json in", "output=--json | in"),
  Line("-o -- in", "output=-- | in"),
  Line("-o --help in", "output=--help | in"),
  Line("-yo out in", "force=true output=out | in"),
  Line("-yo=out in", "force=true output=out | in"),
  Line("-vyvo out in", "force=true output=out verbose=2 | in"),
  Line("-o a -o b in", "output=b | in"),
  Line("-o a --output=b in", "output=b | in"),
  Line("--hex in", "hex=16 | in"),
  Line("--hex=64 in", "hex=64 | in"),
  Line("--hex 64", "hex=16 | 64"),
  Line("--hex=0x40 in", "hex=64 | in"),
  Line("--hex=64 --hex in", "hex=16 | in"),
  Line("-ar 48000 in", "sample-rate=48000 | in"),
  Line("-ar=48000 in", "sample-rate=48000 | in"),
  Line("-r 44100 in", "sample-rate=44100 | in"),
  Line("--rate 8000 in", "sample-rate=8000 | in"),
  Line("--sample-rate=8000 in", "sample-rate=8000 | in"),
  Line("-e a -e b in", "expect=[\"a\", \"b\"] | in"),
  Line("--expect=x␣==␣1 in -e=y", "expect=[\"x == 1\", \"y\"] | in"),
  Line("--expect= in", "expect=[\"\"] | in"),
  Line("--expect ∅ in", "expect=[\"\"] | in"),
  Line("--option a=1 --option b= in", "option=[\"a→1\", \"b→\"] | in"),
  Line("--option=k=v=w in", "option=[\"k→v=w\"] | in"),
  Line("--tracks v:0,a in", "tracks=[\"v:0\", \"a\"] | in"),
  Line("--timeout 500ms in", "timeout=500000000 | in"),
  Line("--offset -1.5 in", "offset=-1500000000 | in"),
  Line("--offset=-2m in", "offset=-120000000000 | in"),
  Line("--color never in", "color=never | in"),
  Line("--progress=always in", "progress=always | in"),
  Line("--secret s in", "secret=s | in"),
  Line("-- in", "| in"),
  Line("-- --json", "| --json"),
  Line("--json -- --json -5", "json=true | --json -5"),
  Line("in -- --", "| in --"),
  Line("-- -- in", "| -- in"),
]

private let bad = [
  Line("", "INPUT is missing"),
  Line("--json", "INPUT is missing"),
  Line("a b c", "unexpected argument 'c'"),
  Line("-- a b --json", "unexpected argument '--json'"),
  Line("--jsn in", "unknown option '--jsn' → --json"),
  Line("--jason in", "unknown option '--jason' → --json"),
  Line("--outptu=x in", "unknown option '--outptu' → --output"),
  Line("--out x in", "unknown option '--out' → --output"),
  Line("--no-jsn in", "unknown option '--no-jsn' → --no-json"),
  Line("--no-output in", "option '--output' cannot be turned off"),
  Line("--no-verbose in", "option '--verbose' cannot be turned off"),
  Line("--secre in", "unknown option '--secre'"),
  Line("--zzzzzz in", "unknown option '--zzzzzz'"),
  Line("-x in", "unknown option '-x'"),
  Line("-5", "unknown option '-5'"),
  Line("-xy in", "unknown option '-xy'"),
  Line(
    "-output x in", "the value of '-o' must be the next word, not a part of '-output' → --output"),
  Line("-json in", "unknown option '-json' → --json"),
  Line("-yx in", "unknown option '-x' in '-yx'"),
  Line("-oy in", "the value of '-o' must be the next word, not a part of '-oy'"),
  Line("-oout.flv in", "the value of '-o' must be the next word, not a part of '-oout.flv'"),
  Line("-as 1 in", "unknown option '-as' → -ar"),
  Line("in -o", "option '-o' needs a value, FILE"),
  Line("in --output", "option '--output' needs a value, FILE"),
  Line("in -yo", "option '-o' needs a value, FILE"),
  Line("--output= in", "--output '': must not be empty"),
  Line("-o ∅ in", "-o '': must not be empty"),
  Line("--json=true in", "option '--json' takes no value"),
  Line("--no-json=1 in", "option '--no-json' takes no value"),
  Line("-y=1 in", "option '-y' takes no value"),
  Line("-v=2 in", "option '-v' takes no value"),
  Line("--hex= in", "--hex '': must be a whole number from 0 to 4096"),
  Line("--hex=5000 in", "--hex '5000': must be a whole number from 0 to 4096"),
  Line(
    "--hex=99999999999999999999 in",
    "--hex '99999999999999999999': must be a whole number from 0 to 4096"),
  Line("--hex=0x-1 in", "--hex '0x-1': must be a whole number from 0 to 4096"),
  Line("-ar fast in", "-ar 'fast': must be a whole number from 1 to 768000"),
  Line("-ar --json in", "-ar '--json': must be a whole number from 1 to 768000"),
  Line("--timeout 0 in", "--timeout '0': must be longer than zero"),
  Line(
    "--timeout soon in", "--timeout 'soon': must be a time such as 500ms, 5s, 2m, 1h or 01:02:03.5"),
  Line("--timeout -5 in", "--timeout '-5': must be a time such as 500ms, 5s, 2m, 1h or 01:02:03.5"),
  Line("--color sometimes in", "--color 'sometimes': must be auto, always or never"),
  Line("--color alway in", "--color 'alway': must be auto, always or never → always"),
  Line("--color bad --color auto in", "--color 'bad': must be auto, always or never"),
  Line("--option a in", "--option 'a': must be KEY=VALUE"),
  Line("--option =v in", "--option '=v': must be KEY=VALUE"),
  Line("--tracks v,,a in", "--tracks 'v,,a': must be a list such as A,B without empty parts"),
  Line("--jsn --color bad in", "unknown option '--jsn' → --json"),
  Line("---json in", "unknown option '---json' → --json"),
  Line("--=x in", "unknown option '--'"),
]

@Suite struct ParsingTests {
  @Test(arguments: good) private func parses(_ line: Line) throws {
    #expect(summary(try Sample.flvDump.parse(line.words)) == line.outcome)
  }

  @Test(arguments: bad) private func refuses(_ line: Line) throws {
    let error = try #require(throws: UsageError.self) { try Sample.flvDump.parse(line.words) }
    let outcome = error.message + (error.suggestion.map { " → \($0)" } ?? "")
    #expect(outcome == line.outcome)
    #expect(error.command == "flv-dump")
  }

  @Test(arguments: good + bad) private func globalOptionsAreNotACommandsOwn(_ line: Line) throws {
    guard !line.words.contains(where: { ["-o", "-ar", "--"].contains($0) || $0.hasSuffix("o") })
    else { return }
    let invocation = try Sample.tool.parse(["flv-dump"] + line.words + ["--help"])
    // The last word may be the value an option was missing.
    guard !["in --output"].contains(line.text) else { return }
    guard case .help(let text) = invocation else {
      Issue.record("--help did not win in \(line.text)")
      return
    }
    #expect(text == Sample.tool.helpText(for: Sample.flvDump))
  }

  @Test func defaultsHoldWhenNothingIsGiven() throws {
    let arguments = try Sample.flvDump.parse(["in"])
    #expect(arguments[Sample.json] == false)
    #expect(arguments[Sample.verify] == true)
    #expect(arguments[Sample.output] == nil)
    #expect(arguments[Sample.hex] == nil)
    #expect(arguments[Sample.timeout] == 10_000_000_000)
    #expect(arguments[Sample.tracks] == ["v", "a"])
    #expect(arguments[Sample.color] == .auto)
    #expect(arguments[Sample.expect] == [])
    #expect(arguments[Sample.verbose] == 0)
    #expect(!arguments.given(Sample.timeout))
  }

  @Test func anUndeclaredOptionReadsAsNotGiven() throws {
    let arguments = try Sample.probe.parse(["in"])
    #expect(arguments[Sample.force] == false)
    #expect(arguments[Sample.output] == nil)
    #expect(arguments[Sample.timeout] == 10_000_000_000)
  }

  @Test func operandsAreCountedTogether() throws {
    #expect(try Sample.rtmpPush.parse(["a", "b", "c", "d"]).operands.count == 4)
    #expect(throws: UsageError("unexpected argument 'e'", command: "rtmp-push")) {
      try Sample.rtmpPush.parse(["a", "b", "c", "d", "e"])
    }
    #expect(throws: UsageError("URL is missing", command: "rtmp-push")) {
      try Sample.rtmpPush.parse(["a"])
    }
    #expect(try Sample.probe.parse(Array(repeating: "x", count: 1000)).operands.count == 1000)
  }

  @Test func aParserMayNameItsOptionItself() {
    let mtu = Key<Int>("mtu", value: "BYTES", help: "Largest packet") {
      (_: String) throws(UsageError) -> Int in throw UsageError("--mtu must be 64...65507")
    }
    let command = CommandSpec(name: "c", abstract: "C", groups: [OptionGroup("G", [mtu])])
    #expect(throws: UsageError("--mtu must be 64...65507", command: "c")) {
      try command.parse(["--mtu", "1"])
    }
  }

  @Test func seededWordsNeverTrap() {
    let seed = testSeed("ParsingTests")
    var random = Seeded(seed)
    let pieces = [
      "-", "--", "=", "o", "y", "v", "ar", "json", "no-", "hex", "timeout", "9", ":", "é",
      "\u{301}",
      "\u{0}", "\n", " ", "in", "help", "h", "output", ".", "k", "G",
    ]
    for _ in 0..<5000 {
      let words = (0..<Int(random.next() % 5)).map { _ in
        (0..<Int(random.next() % 5)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
          .joined()
      }
      do {
        _ = try Sample.tool.parse(["flv-dump"] + words)
      } catch {
        let lines = error.text(tool: "mediatool").split(
          separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 3, "seed \(seed): \(words)")
        #expect(lines.last == "See 'mediatool flv-dump --help'.", "seed \(seed): \(words)")
      }
    }
  }
}
