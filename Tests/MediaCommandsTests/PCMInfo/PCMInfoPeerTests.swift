import Foundation
import TestSupport
import Testing

@testable import MediaCommands

/// The whole command on generated sounds, against what others say of the same files.
@Suite(.peers("ffmpeg", "sox", Peers.python)) struct PCMInfoPeerTests {
  private struct Case {
    var peers: JSONText
    var ours: JSONText

    var name: String { peers["name"]?.string ?? "" }
    func peer(_ program: String, _ figure: String) -> Double? { peers[program]?[figure]?.number }
    func loudness(_ name: String) -> Double? { ours["loudness"]?[name]?.number }
  }

  /// One run for all of it: making the sounds takes longest.
  @Test func figuresAreThoseOfThePeers() throws {
    let folder = try ScratchFolder()
    let made = try ProcessRunner.run(
      Peers.python, ["-c", pcmInfoPeerScript, folder.path], limit: 300)
    try #require(made.ending == .exit(0), "\(made.errors)")
    let peers = try #require(try JSONText(made.stdout).items)
    let ours = try documents(peers.compactMap { $0["path"]?.string })
    try #require(peers.count == ours.count && ours.count >= 30)
    for (peers, ours) in zip(peers, ours) {
      let sound = Case(peers: peers, ours: ours)
      #expect(ours["format"]?["frames"]?.number == peers["frames"]?.number, "\(sound.name)")
      try checkLoudness(sound)
      try checkTruePeak(sound)
      try checkLevels(sound)
    }
  }

  private func documents(_ paths: [String]) throws -> [JSONText] {
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    let exit = Tool.run(
      ["pcm-info", "--json"] + paths,
      CommandEnvironment(standardOutput: output, standardError: errors))
    try #require(exit.rawValue == 0, "\(errors.text)")
    return try JSONText(output.bytes).items ?? []
  }

  // MARK: Loudness

  private func checkLoudness(_ sound: Case) throws {
    // Where no block counts, ffmpeg says -70 and libebur128 minus infinity.
    guard let theirs = sound.peer("library", "integrated") else {
      #expect(sound.ours["loudness"]?["integrated"]?.isNull == true, "\(sound.name)")
      #expect(sound.ours["loudness"]?["integrated_reason"]?.string != nil, "\(sound.name)")
      #expect(sound.ours["loudness"]?["range"]?.isNull == true, "\(sound.name)")
      return
    }
    let integrated = try #require(sound.loudness("integrated"), "\(sound.name)")
    #expect(abs(integrated - theirs) <= 0.1, "\(sound.name): \(integrated), libebur128 \(theirs)")
    // ffmpeg counts the pair behind of 7.1 1.41-fold; BS.1770-5, table 4, only the pair beside.
    if sound.name != "7.1" {
      let filter = try #require(sound.peer("ffmpeg", "integrated"))
      #expect(abs(integrated - filter) <= 0.1, "\(sound.name): \(integrated), ffmpeg \(filter)")
    }
    // Both peers say 0 where there is no short-term loudness.
    guard let frames = sound.ours["format"]?["duration"]?.number, frames >= 3 else {
      #expect(sound.ours["loudness"]?["range"]?.isNull == true, "\(sound.name)")
      #expect(sound.ours["loudness"]?["range_reason"]?.string != nil, "\(sound.name)")
      return
    }
    let range = try #require(sound.loudness("range"), "\(sound.name)")
    let (library, filter) = (sound.peer("library", "range"), sound.peer("ffmpeg", "range"))
    #expect(abs(range - (library ?? .nan)) <= 0.5, "\(sound.name): \(range), \(library ?? .nan)")
    #expect(abs(range - (filter ?? .nan)) <= 0.2, "\(sound.name): \(range), \(filter ?? .nan)")
  }

  private func checkTruePeak(_ sound: Case) throws {
    let ours = try #require(sound.loudness("true_peak"), "\(sound.name)")
    let transform = try #require(sound.peers["transform"]?.number)
    #expect(ours <= transform + 0.2, "\(sound.name): \(ours), \(transform)")
    if sound.peers["low"] == .bool(true) {
      #expect(ours >= transform - 0.4, "\(sound.name): \(ours), \(transform)")
    } else {
      let library = try #require(sound.peer("library", "true_peak"))
      #expect(ours >= library - 0.2, "\(sound.name): \(ours), \(library)")
    }
  }

  // MARK: Levels

  /// Each channel, then all of them.
  private func checkLevels(_ sound: Case) throws {
    let figures = (sound.ours["channels"]?.items ?? []) + [sound.ours["overall"] ?? .null]
    for program in ["astats", "sox"] {
      // sox holds samples as integers: it cuts overs off, to 0 dB, and all that follows from them.
      if program == "sox" && sound.name == "overs" {
        #expect(sound.peers["sox"]?[0]?[0]?.string == "0.00")
        continue
      }
      for (row, key) in ["peak_db", "rms_db", "dc_offset"].enumerated() {
        let printed = sound.peers[program]?[row]?.items ?? []
        try #require(printed.count == figures.count, "\(sound.name): \(program)")
        for (figure, printed) in zip(figures, printed) {
          let (value, text) = (figure[key]?.number, printed.string ?? "")
          #expect(
            agrees(value, text), "\(sound.name): \(key) \(value ?? .nan), \(program) \(text)")
        }
      }
    }
  }

  /// Whether a number is what is printed, to the last digit; the peers round what they rounded.
  private func agrees(_ value: Double?, _ printed: String) -> Bool {
    guard let number = Double(printed), number.isFinite else { return value == nil }
    let digits = printed.split(separator: ".").dropFirst().first?.count ?? 0
    guard let value else { return false }
    return abs(value - number) <= 0.5001 * pow(10, -Double(digits)) + 1e-9
  }
}
