import Foundation
import TestSupport
import Testing

@Suite struct SupportTests {
  @Test func runsToTheEndAndReportsIt() throws {
    let outcome = try ProcessRunner.run(
      "sh", ["-c", "cat; echo $X; echo bad >&2; exit 3"], input: .pipe(Array("in ".utf8)),
      environment: ["X": "out"])
    #expect(outcome.ending == .exit(3))
    #expect(outcome.output == "in out\n")
    #expect(outcome.errors == "bad\n")
  }

  @Test func killsAtTheTimeLimit() throws {
    let outcome = try ProcessRunner.run("sleep", ["30"], limit: 0.1)
    #expect(outcome.ending == .timedOut)
  }

  @Test func tellsASignal() throws {
    #expect(try ProcessRunner.run("sh", ["-c", "kill -9 $$"]).ending == .signal(9))
  }

  @Test func aPipeThatIsNotReadBlocksNothing() throws {
    let bytes = [UInt8](repeating: 7, count: 1 << 20)
    #expect(try ProcessRunner.run("true", [], input: .pipe(bytes)).ending == .exit(0))
    #expect(try ProcessRunner.run("wc", ["-c"], input: .pipe(bytes)).output == "1048576\n")
  }

  @Test func aPipeEndsBesideAChild() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    let child = try ProcessRunner.start("sleep", ["30"])
    defer { child.stop() }
    close(ends[1])
    var end = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
    #expect(poll(&end, 1, 5000) == 1)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\" 1}", "01", "1.", "\"\u{1}\"", "nul", "[] x", "\"\\ud800\"",
  ])
  func refusesWhatIsNotJSON(text: String) {
    #expect(throws: JSONText.Malformed.self) { try JSONText(text) }
  }

  @Test func readsJSONInOrder() throws {
    let value = try JSONText(#" {"b": [1.50, -2e3, null], "a": "\u00fc\ud83c\udfac\n", "c": {}} "#)
    #expect(value.names == ["b", "a", "c"])
    #expect(value["b"]?[0] == .number("1.50"))
    #expect(value["a"] == .string("ü🎬\n"))
  }

  @Test(.peers("ffmpeg")) func everyRecipeMakesItsFile() throws {
    #expect(Set(Recipes.all.map(\.name)).count == Recipes.all.count)
    for recipe in Recipes.all {
      #expect(try contents(of: Clips.path(recipe)).count > 50, "\(recipe)")
    }
  }

  @Test(.peers("python3", "ffprobe")) func serversBehaveAsToldTo() throws {
    let clip = try Clips.path("mp4-moov-last")
    let server = try LoopbackServer(.file(clip))
    let probe = try ProcessRunner.run(
      "ffprobe", ["-v", "error", "-show_entries", "format=size", "-of", "csv=p=0", server.url()])
    #expect(probe.output == "\(try contents(of: clip).count)\n")
    #expect(server.log.contains("GET /clip HTTP/1.1"))
    let missing = try LoopbackServer(.status(404))
    #expect(try ProcessRunner.run("ffprobe", [missing.url()]).errors.contains("404"))
    let refusing = try LoopbackServer(.refusing)
    #expect(try ProcessRunner.run("ffprobe", [refusing.url()]).errors.contains("refused"))
  }
}
