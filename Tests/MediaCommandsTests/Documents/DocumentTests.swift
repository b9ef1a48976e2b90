import Foundation
import TestSupport
import Testing

@testable import MediaCLI
@testable import MediaCommands

/// Documents show what the tool does.
@Suite(.peers("ffmpeg", "nginx", "bash", "timeout", "jq")) struct DocumentTests {
  struct Section: Sendable, CustomTestStringConvertible {
    var document: String
    var heading: String
    var testDescription: String { heading }

    /// The sections of a document that have commands.
    static func all(of document: String) -> [Section] {
      let sections = (try? Document(document).sections) ?? []
      return sections.filter { !$0.samples.isEmpty }
        .map { Section(document: document, heading: $0.heading) }
    }
  }

  /// Each task in a folder of its own, its commands one after the other.
  @Test(arguments: Section.all(of: "docs/cookbook.md")) func tasks(_ section: Section) throws {
    let bench = try DocumentBench()
    for sample in try samples(section) { try expectRun(sample, on: bench) }
  }

  @Test func thereAreTwentyTasks() {
    #expect(Section.all(of: "docs/cookbook.md").count >= 20)
  }

  /// What README shows as typed and printed; its other commands are for reading.
  @Test(arguments: Section.all(of: "README.md")) func dialogues(_ section: Section) throws {
    let bench = try DocumentBench()
    for sample in try samples(section) where sample.output != nil {
      try expectRun(sample, on: bench)
    }
  }

  private func samples(_ section: Section) throws -> [DocumentSample] {
    try Document(section.document).sections.first { $0.heading == section.heading }?.samples ?? []
  }

  /// No document shows an option that is not there.
  @Test func everyCommandLineParses() throws {
    let folder = "\(Mediatool.packageFolder)/docs"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let documents = names.filter { $0.hasSuffix(".md") }.map { "docs/\($0)" } + ["README.md"]
    var count = 0
    for name in documents {
      for sample in try Document(name).sections.flatMap(\.samples) {
        for call in Self.calls(of: sample.script) {
          count += 1
          do throws(UsageError) {
            _ = try Tool.spec.parse(Array(call.dropFirst()))
          } catch {
            Issue.record("\(name): \(call.joined(separator: " ")): \(error.message)")
          }
        }
      }
    }
    #expect(count >= 40)
  }

  /// The tool's calls in lines for a shell, without comments.
  private static func calls(of script: String) -> [[String]] {
    script.replacing("\\\n", with: " ").split(separator: "\n").flatMap { line in
      shellCommands(in: String(line.split(separator: " #").first ?? ""))
    }.map { Array($0.drop { $0 == "!" || $0.contains("=") }) }
      .filter { $0.first == "mediatool" }
  }
}
