import Foundation
import MediaModel
import Testing

@testable import MediaCommands

/// What a file made by ffmpeg is called and how it is made.
struct RecordedFile: CustomTestStringConvertible, Sendable {
  var name: String
  var arguments: [String]
  var kind: ContainerStructure.Kind

  init(_ name: String, _ arguments: String, _ kind: ContainerStructure.Kind) {
    self.name = name
    self.arguments = arguments.split(separator: " ").map(String.init)
    self.kind = kind
  }

  var testDescription: String { name }

  /// The bytes that ffmpeg writes from two seconds of test picture and tone.
  func make(throughPipe: Bool = false) throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("structure-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(name)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [
        "ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i",
        "testsrc=size=160x120:rate=25:duration=2", "-f", "lavfi", "-i",
        "sine=sample_rate=44100:duration=2",
      ] + arguments + [throughPipe ? "pipe:1" : file.path]
    if throughPipe {
      try Data().write(to: file)
      process.standardOutput = try FileHandle(forWritingTo: file)
    }
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "ffmpeg failed on \(name)")
    return [UInt8](try Data(contentsOf: file))
  }

  static let hasFFmpeg = ProcessInfo.processInfo.environment["PATH", default: ""]
    .split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/ffmpeg") }
  /// Without ffmpeg these tests are skipped by name, unless peers are required.
  static let canRun =
    hasFFmpeg || ProcessInfo.processInfo.environment["MEDIATOOL_REQUIRE_PEERS"] == "1"
}

private let h264 = "-c:v libx264 -preset ultrafast -g 10 -bf 0 -c:a aac"
private let files = [
  RecordedFile("index-last.mp4", h264, .isoMedia),
  RecordedFile("faststart.mp4", "\(h264) -movflags +faststart", .isoMedia),
  RecordedFile("fragments.mp4", "\(h264) -movflags frag_keyframe+empty_moov", .isoMedia),
  RecordedFile("dash.mp4", "\(h264) -movflags frag_keyframe+empty_moov+dash", .isoMedia),
  RecordedFile("clip.mov", h264, .isoMedia),
  RecordedFile("sound.m4a", "-map 1 -c:a aac", .isoMedia),
  RecordedFile("clip.mkv", h264, .matroska),
  RecordedFile("live.mkv", "\(h264) -live 1", .matroska),
  RecordedFile("clip.webm", "-c:v libvpx -deadline realtime -c:a libopus", .matroska),
  RecordedFile("sound.wav", "-map 1", .riff),
  RecordedFile("sound24.wav", "-map 1 -c:a pcm_s24le", .riff),
  RecordedFile("rf64.wav", "-map 1 -rf64 always", .rf64),
  RecordedFile("clip.avi", "-c:v mpeg4 -c:a libmp3lame", .riff),
  RecordedFile("sound.aiff", "-map 1", .aiff),
  RecordedFile("clip.flv", "\(h264) -ar 44100", .flv),
  RecordedFile("clip.ts", h264, .mpegTS),
  RecordedFile("clip.m2ts", "\(h264) -mpegts_m2ts_mode 1", .mpegTS),
  RecordedFile("sound.ogg", "-map 1 -c:a libvorbis", .ogg),
  RecordedFile("sound.opus", "-map 1 -c:a libopus", .ogg),
  RecordedFile("sound.flac", "-map 1", .flac),
  RecordedFile("sound.mp3", "-map 1 -c:a libmp3lame", .mp3),
  RecordedFile("sound.aac", "-map 1 -c:a aac -f adts", .adts),
]

@Suite(.enabled(if: RecordedFile.canRun, "ffmpeg is not installed"))
struct ContainerStructureFileTests {
  /// An intact file has no findings; a cut one says so, at the structure that is cut.
  @Test(arguments: files) func cuts(_ file: RecordedFile) throws {
    let bytes = try file.make()
    let whole = try #require(try inspect(bytes, limits: keepAll))
    #expect(whole.kind == file.kind)
    #expect(whole.places.filter { !$0.hasPrefix("I") } == [])
    #expect(whole.summary == nil)
    guard ![.flac, .mp3, .adts].contains(whole.kind) else { return }
    for percent in [3, 20, 50, 77, 99] {
      let count = bytes.count * percent / 100
      let cut = try #require(try inspect(Array(bytes.prefix(count)), limits: keepAll))
      guard let place = expectedPlace(whole, cutTo: count) else { continue }
      #expect(
        cut.findings.contains { $0.code == .truncated && $0.offset == place },
        "\(file.name) cut to \(count) of \(bytes.count): \(cut.places), not at \(place)")
    }
  }

  private let keepAll: StructureLimits = {
    var limits = StructureLimits()
    limits.elements = .max
    return limits
  }()

  /// Where the innermost element begins that the cut goes through; nil when it takes nothing away.
  private func expectedPlace(_ whole: ContainerStructure, cutTo count: Int) -> Int? {
    if whole.kind == .mpegTS {
      let size = whole.elements[0].type.hasPrefix("192") ? 192 : 188
      let (index, rest) = (count - Int(whole.elements[0].offset)).quotientAndRemainder(
        dividingBy: size)
      return (1..<188).contains(rest) ? Int(whole.elements[0].offset) + index * size : nil
    }
    return whole.elements.last { element in
      element.offset < count && element.offset + (element.declaredByteCount ?? .max) > count
    }.map { Int($0.offset) }
  }

  /// Written to a pipe, which cannot be sought, some sizes are never filled in.
  @Test(arguments: [
    (RecordedFile("piped.wav", "-map 1 -f wav", .riff), ["W80003 at 0"]),
    (RecordedFile("piped.avi", "-c:v mpeg4 -c:a libmp3lame -f avi", .riff), ["W80003 at 0"]),
    (RecordedFile("piped.mkv", "\(h264) -f matroska", .matroska), []),
    (RecordedFile("piped.flv", "\(h264) -f flv", .flv), []),
  ])
  func piped(_ file: RecordedFile, _ places: [String]) throws {
    let structure = try #require(try inspect(try file.make(throughPipe: true)))
    #expect(structure.kind == file.kind)
    #expect(structure.places == places)
    #expect(structure.summary == nil)
  }

  /// A recording that was cut before its index says what there is.
  @Test func unfinishedRecording() throws {
    let bytes = try RecordedFile("cut.mp4", h264, .isoMedia).make()
    let structure = try #require(try inspect(Array(bytes.prefix(bytes.count / 2))))
    let summary = try #require(structure.summary)
    #expect(summary.hasPrefix("no 'moov' box: the file holds ftyp, free, mdat (declares "))
    #expect(summary.hasSuffix(" there): an unfinished or cut recording"))
  }
}
