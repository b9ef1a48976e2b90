import MediaIO
import Testing

@testable import MediaCLI
@testable import MediaCommands

/// A line on a terminal that is written over.
@Suite struct StatusLineTests {
  /// What a terminal is told: bytes that were handed on.
  private final class TerminalOutput: ByteOutput {
    private(set) var shown = ""
    private var buffer: [UInt8] = []

    func write(_ bytes: UnsafeRawBufferPointer) { buffer += bytes }
    func flush() {
      shown += String(decoding: buffer, as: UTF8.self)
      buffer = []
    }
  }

  private let output = TerminalOutput()

  private func line(width: Int) throws -> StatusLine {
    var environment = CommandEnvironment(
      standardOutput: MemoryOutput(), standardError: output)
    (environment.errorIsTerminal, environment.errorWidth) = (true, width)
    let arguments = try RTMPPush.spec.parse(["in", "rtmp://h/live/k"])
    let diagnostics = Diagnostics(
      command: "rtmp-push", arguments: arguments, environment: environment)
    return StatusLine(arguments, environment, diagnostics)
  }

  @Test func isGoneBeforeAnythingElseIsSaid() throws {
    let line = try line(width: 80)
    line.show("four words of text")
    line.show("two words")
    #expect(output.shown == "\rfour words of text\rtwo words         ")
    line.clear()
    #expect(output.shown.hasSuffix("\r         \r"))
  }

  @Test func staysOneLine() throws {
    let line = try line(width: 11)
    line.show("four words of text")
    line.clear()
    #expect(output.shown == "\rfour words\r          \r")
  }
}
