import Foundation
import Synchronization
import TestSupport
import Testing

@testable import MediaRTSP

/// The document has one line for each script, and `RECORD_QUIRKS=1` runs FFmpeg on all of them, which takes
/// a minute or two, writes the table anew and fails on purpose.
@Suite("Table of quirks")
struct RTSPQuirkTableTests {
  static let file = "\(Mediatool.packageFolder)/docs/rtsp.md"
  private static let isRecording =
    ProcessInfo.processInfo.environment["RECORD_QUIRKS"] == "1"

  @Test("Has every script, and what our client makes of it", .enabled(if: !isRecording))
  func isCurrent() throws {
    let document = try text(of: Self.file)
    let table = try #require(RTSPQuirkTable(in: document))
    #expect(table.rows.map(\.name) == RTSPScriptTests.scripts.map(\.name))
    #expect(document.contains(table.text), "the last line counts otherwise")
    for (row, script) in zip(table.rows, RTSPScriptTests.scripts) {
      let ours = try RTSPQuirkTable.ours(script)
      #expect(row.title == script.title && row.ours == ours, "\(row.name)")
    }
  }

  @Test("At least 60 scripts are of servers that do otherwise")
  func enough() { #expect(RTSPScriptTests.scripts.count > 60) }

  @Test("Is recorded", .enabled(if: isRecording), .currentFFmpeg)
  func record() throws {
    let programs = ["ffmpeg", try #require(Peers.currentFFmpeg)]
    let peers = try programs.map { program in
      let version = try ProcessRunner.run(program, ["-version"]).output
      let word = version.split(separator: " ").dropFirst(2).first ?? ""
      let number = word.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }
      return "FFmpeg " + number.split(separator: ".").prefix(2).joined(separator: ".")
    }
    let scripts = RTSPScriptTests.scripts
    let picture = try RTSPQuirkTrial.picture()
    let answers = Mutex([Int: Bool]())
    let next = Atomic<Int>(0)
    let isDone = DispatchSemaphore(value: 0)
    for _ in 0..<8 {
      Thread.detachNewThread {
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < 2 * scripts.count else { break }
          var trial = RTSPQuirkTrial(scripts[index / 2], programs[index % 2], picture: picture)
          let copes = (try? trial.copes()) ?? false
          answers.withLock { $0[index] = copes }
        }
        isDone.signal()
      }
    }
    for _ in 0..<8 { isDone.wait() }
    let found = answers.withLock(\.self)
    let rows = try scripts.enumerated().map { index, script in
      RTSPQuirkTable.Row(
        name: script.name, title: script.title, ours: try RTSPQuirkTable.ours(script),
        theirs: (0..<2).map { found[2 * index + $0] == true ? "yes" : "no" })
    }
    let table = RTSPQuirkTable(peers: peers, rows: rows)
    var document = try text(of: Self.file)
    let start = try #require(document.range(of: RTSPQuirkTable.start + "\n"))
    let end = try #require(document.range(of: RTSPQuirkTable.end))
    document.replaceSubrange(start.upperBound..<end.lowerBound, with: table.text)
    try Data(document.utf8).write(to: URL(fileURLWithPath: Self.file))
    Issue.record("recorded: run again without RECORD_QUIRKS")
  }
}
