import Foundation
import TestSupport
import Testing

/// Where the commands of a document run: a folder with the files that they name, servers behind their
/// addresses, and functions that stand for programs that people have.
final class DocumentBench {
  let folder: ScratchFolder
  private let programs: ScratchFolder

  init() throws {
    (folder, programs) = (try ScratchFolder(), try ScratchFolder())
    for (link, target) in [
      (programs["mediatool"], Mediatool.path),
      (folder["Samples"], "\(Mediatool.packageFolder)/Samples"),
    ] {
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    }
  }

  /// Somebody's capture program, and somebody's players.
  ///
  /// As files they could be "busy" when they are to run: children of other tests have what was just
  /// written open for a moment.
  private static let functions = """
    capture() { head -c 5529600 /dev/zero; }
    consumer() { cat >/dev/null; }
    ffplay() { cat >/dev/null; }

    """

  /// Runs what a document shows; where it shows output, that is all in `stdout`, as on a terminal.
  func run(_ sample: DocumentSample) throws -> Outcome {
    try DocumentFiles.make(for: sample.script, in: folder)
    let servers = try DocumentServers(sample.script)
    let writers = try startWriters(sample.script)
    defer { for writer in writers { writer.stop() } }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let join = sample.output == nil ? "" : "exec 2>&1\n"
    let setUp = "set -o pipefail\n\(Self.functions)\(join)"
    let words = ["bash", "-ec", setUp + servers.real(sample.script)]
    // `timeout` presses ^C on all of them.
    let limit = sample.interruptedAfter ?? 50
    var outcome = try ProcessRunner.run(
      "timeout", ["--preserve-status", "-s", "INT", "\(limit)"] + words,
      environment: [
        "PATH": "\(programs.path):\(path)", "KEY": "s3cret", "TZ": "UTC", "LC_ALL": "C",
      ], directory: folder.path)
    outcome.stdout = Array(servers.shown(outcome.output).utf8)
    return outcome
  }

  private func startWriters(_ script: String) throws -> [RunningProcess] {
    try DocumentFiles.all.compactMap { name, source in
      guard case .fifo(let count) = source, DocumentFiles.isRead(name, by: script) else {
        return nil
      }
      return try ProcessRunner.start(
        "sh", ["-c", "head -c \(count) /dev/zero >\(name)"], directory: folder.path)
    }
  }
}

/// Expects a run to end as a document says, and to print what it shows.
func expectRun(
  _ sample: DocumentSample, on bench: DocumentBench, location: SourceLocation = #_sourceLocation
) throws {
  let outcome = try bench.run(sample)
  let endings: [Ending] =
    sample.interruptedAfter == nil ? [.exit(sample.exit)] : [.exit(130), .signal(SIGINT)]
  #expect(endings.contains(outcome.ending), "\(sample)\(outcome)", sourceLocation: location)
  #expect(
    sample.shows(outcome.output), "\(sample)prints\n\(outcome.output)", sourceLocation: location)
}
