import MediaCLI
import MediaJSON
import TestSupport
import Testing

@testable import MediaCommands

/// Each line under EXAMPLES of the manual does what it is for.
@Suite(.peers("ffmpeg", "nginx", "bash", "timeout")) struct ManualExampleTests {
  struct Line: Sendable, CustomTestStringConvertible {
    var command: String
    var testDescription: String { command }
  }

  static let lines =
    (Tool.spec.examples + Tool.spec.commands.flatMap(\.examples)).map { Line(command: $0.command) }

  /// What goes on until somebody ends it.
  private static let endless = ["--loop forever", "rtp://:", "rtsp-pull --retry forever"]

  @Test(arguments: lines) func runs(_ line: Line) throws {
    var sample = DocumentSample(script: line.command + "\n")
    if Self.endless.contains(where: line.command.contains) { sample.interruptedAfter = 2 }
    try expectRun(sample, on: try DocumentBench())
  }
}

/// What manual pages tell besides.
@Suite struct ManualTests {
  private static let shapes: [String: JSONShape] = [
    "probe": ProbeReport.document.shape, "flv-dump": FLVDumpReport.document.shape,
    "rtp-pack": RTPPackReport.document.shape, "rtp-unpack": RTPUnpackReport.document.shape,
    "rtmp-push": RTMPPushReport.document.shape, "rtmp-pull": RTMPPullReport.document.shape,
    "rtsp-pull": RTSPPullReport.document.shape, "pcm-info": PCMInfoReport.document.shape,
    "yuv-convert": YUVConvertReport.document.shape,
  ]

  /// An expression that help suggests must not be a usage error.
  @Test(arguments: Tool.spec.commands.filter { !$0.hidden }.map(\.name))
  func suggestedExpressionsAreAboutTheCommand(_ name: String) throws {
    let command = try #require(Tool.spec.command(named: name))
    let option = try #require(command.options.first { $0.name == "expect" })
    let example = option.help.split(separator: "'").dropFirst().first.map(String.init)
    _ = try Expectation(
      parsing: try #require(example), shape: try #require(Self.shapes[name]))
  }

  /// Every area of findings has a heading, and every command that reports them is named.
  @Test func findingsAreIntroduced() throws {
    let folder = try ScratchFolder()
    _ = try Mediatool.run(["__generate", "man", folder.path])
    let page = try text(of: folder["man/mediatool-findings.7"])
    #expect(!page.contains(".Ss Area"))
    for command in Tool.spec.commands where command.options.contains(where: { $0.name == "check" })
    {
      #expect(page.contains(".Xr mediatool-\(command.name) 1"), "\(command.name)")
      let own = try text(of: folder["man/mediatool-\(command.name).1"])
      #expect(own.contains(".Xr mediatool-findings 7"), "\(command.name)")
    }
  }
}
