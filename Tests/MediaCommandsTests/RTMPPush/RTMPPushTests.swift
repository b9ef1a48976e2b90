import Foundation
import MediaModel
import MediaRTMP
import TestSupport
import Testing

@testable import MediaCommands

/// The command line of `rtmp-push`, without any server but those in its own tests.
@Suite struct RTMPPushTests {
  private func clip(_ folder: ScratchFolder) throws -> String {
    // One sound of AAC is an input.
    let tag: [UInt8] = [8, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0xaf, 1, 9, 0, 0, 0, 14]
    return try folder.write(
      [0x46, 0x4c, 0x56, 1, 4, 0, 0, 0, 9, 0, 0, 0, 0] + tag, to: "clip.flv")
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    let words: [String]
    let exit: Int32
    let says: String
    var testDescription: String { words.joined(separator: " ") }
  }

  @Test(arguments: [
    Wrong(words: ["CLIP", "http://h/live/k"], exit: 64, says: "only rtmp:// and rtmps://"),
    Wrong(words: ["CLIP", "rtmpt://h/live/k"], exit: 69, says: "rtmpt:// is not supported"),
    Wrong(words: ["CLIP", "rtmp://h"], exit: 64, says: "neither an application nor a stream key"),
    Wrong(words: ["--copies", "2", "CLIP", "rtmp://h/live/k"], exit: 64, says: "{n}"),
    Wrong(words: ["--loop", "2", "-", "rtmp://h/live/k"], exit: 64, says: "standard input"),
    Wrong(words: ["--loop", "0", "CLIP", "rtmp://h/live/k"], exit: 64, says: "from 1"),
    Wrong(words: ["--insecure", "CLIP", "rtmp://h/live/k"], exit: 64, says: "rtmps://"),
    Wrong(
      words: ["--ca-file", "none.pem", "CLIP", "rtmps://h/live/k"], exit: 66, says: "none.pem"),
    Wrong(words: ["--key-env", "NO_SUCH_KEY", "CLIP", "rtmp://h/live"], exit: 64, says: "NO_SUCH"),
    Wrong(words: ["--key-file", "none", "CLIP", "rtmp://h/live"], exit: 66, says: "none"),
    Wrong(words: ["--conn", "X:1", "CLIP", "rtmp://h/live/k"], exit: 64, says: "--conn"),
    Wrong(
      words: ["--fast", "--queue", "1s", "CLIP", "rtmp://h/live/k"], exit: 64, says: "--queue"),
    Wrong(words: ["none.flv", "rtmp://h/live/k"], exit: 66, says: "No such file"),
    Wrong(words: ["CLIP", "rtmp://127.0.0.1:CLOSED/live/k"], exit: 69, says: "refused"),
    // An empty label needs no resolver to be wrong.
    Wrong(words: ["CLIP", "rtmp://no-such-host..invalid/live/k"], exit: 68, says: "invalid"),
  ])
  func failsBeforeAnythingIsSent(_ wrong: Wrong) throws {
    let folder = try ScratchFolder()
    let (clip, port) = (try clip(folder), try NginxServer.freePort())
    let words = wrong.words.map {
      $0.replacingOccurrences(of: "CLIP", with: clip)
        .replacingOccurrences(of: "CLOSED", with: "\(port)")
    }
    let outcome = try Mediatool.run(["rtmp-push"] + words, directory: folder.path)
    #expect(outcome.ending == .exit(wrong.exit), "\(outcome)")
    #expect(outcome.errors.contains(wrong.says) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errorLines.count <= (wrong.exit == 64 ? 3 : 1), "\(outcome)")
  }

  /// The manual has every code that the library declares, but those of clients.
  @Test func theManualHasEveryCode() throws {
    let folder = "\(Mediatool.packageFolder)/Sources/MediaRTMP"
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
    var declared: Set<String> = []
    for file in files where file.hasSuffix(".swift") {
      let source = try text(of: "\(folder)/\(file)")
      for match in source.matches(of: /static let \w+ = Self\(\s*"([a-z0-9-]+)", "[A-Z]/) {
        declared.insert(String(match.1))
      }
    }
    let ofClients: Set = [
      "c0-version", "c2-not-echo", "command-before-connect", "stream-not-created",
      "media-unpublished",
    ]
    let listed = DoctorManual.rtmp.flatMap(\.entries).map(\.code.name)
    #expect(Set(listed) == declared.subtracting(ofClients) && listed.count == Set(listed).count)
    #expect(ofClients.isSubset(of: declared) && declared.count > 30)
  }

  @Test func codecsThatRTMPDoesNotCarryAreNamed() throws {
    let folder = try ScratchFolder()
    // WAV of one second of silence, 8 kHz, mono, 16 bits.
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let format =
      little(1, 2) + little(1, 2) + little(8000, 4) + little(16_000, 4) + little(2, 2)
      + little(16, 2)
    let bytes =
      Array("RIFF".utf8) + little(16_036, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + format
      + Array("data".utf8) + little(16_000, 4) + [UInt8](repeating: 0, count: 16_000)
    let path = try folder.write(bytes, to: "in.wav")
    let outcome = try Mediatool.run(["rtmp-push", path, "rtmp://127.0.0.1:1/live/k"])
    #expect(outcome.ending == .exit(69) && outcome.errors.contains("pcm_s16"), "\(outcome)")
  }

  @Test(.peers("nginx", "ffmpeg", "python3")) func documentsMatchTheirSchemaAndHideKeys() throws {
    let server = try NginxServer()
    let folder = try ScratchFolder()
    let source = try Clips.path("flv-h264")
    let key = "s3cretkey?token=t0ken"
    try folder.write("\(key)\n", to: "key")
    let base = "rtmp://127.0.0.1:\(server.port)/live"
    let runs: [([String], [String: String])] = [
      (["--json", source, "\(base)/\(key)"], [:]),
      (["--jsonl", "--doctor", "--key-file", folder["key"], source, base], [:]),
      (["--doctor", "--key-env", "MY_KEY", source, base], ["MY_KEY": key]),
      (["--json", "--copies", "2", source, "\(base)/{n}\(key)"], [:]),
      // Taken twice over: the second is refused in the server's words.
      (["--json", source, "\(base)/\(key)", "\(base)/\(key)"], [:]),
    ]
    let nameless = try Mediatool.run(["rtmp-push", "--fast", source, base])
    #expect(nameless.errors.contains("no stream key") && nameless.errorLines.count == 1)
    let documents = try ScratchFolder()
    for (index, run) in runs.enumerated() {
      let outcome = try Mediatool.run(
        ["rtmp-push", "--fast", "-vv"] + run.0, environment: run.1)
      #expect(outcome.ending == .exit(index == 4 ? 69 : 0), "\(outcome)")
      for secret in ["s3cret", "t0ken"] {
        #expect(!outcome.output.contains(secret) && !outcome.errors.contains(secret))
      }
      #expect(outcome.errors.contains("FCPublish"))
      if run.0.contains("--json") { try documents.write(outcome.stdout, to: "\(index).json") }
    }
    try expectSchema("rtmp-push-1", in: documents)
  }
}
