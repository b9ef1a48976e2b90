import Foundation
import TestSupport

/// The files that documents name: each is made where a command needs it.
enum DocumentFiles {
  /// How a file comes to be.
  enum Source: Sendable {
    /// A clip of the recipes.
    case clip(String)
    /// What the arguments make ffmpeg write.
    case ffmpeg(String)
    /// What the tool makes of other files of this table; words stand for files in its folder.
    case mediatool(String)
    case text(String)
    case bytes(@Sendable () throws -> [UInt8])
    /// A FIFO, and how many zeros somebody writes into it.
    case fifo(Int)
  }

  static let all: [(name: String, source: Source)] = [
    ("clip.mp4", .bytes { try contents(of: "\(Mediatool.packageFolder)/Samples/clip.mp4") }),
    ("in.mp4", .clip("mp4-faststart")),
    ("in.flv", .clip("flv-h264")),
    ("in.h264", .clip("raw-h264")),
    ("in.y4m", .clip("yuv4mpeg")),
    ("broken.flv", .bytes { broken(try contents(of: Clips.path("flv-h264"))) }),
    ("stutter.ts", .ffmpeg(picture + dropped + " -c:v libx264 -preset ultrafast -threads 1")),
    ("original.mp4", .ffmpeg(picture + " -c:v libx264 -preset ultrafast -crf 10 -threads 1")),
    ("a.mp4", .ffmpeg(picture + " -c:v libx264 -preset ultrafast -crf 25 -threads 1")),
    ("b.mp4", .ffmpeg(picture + " -c:v libx264 -preset ultrafast -crf 35 -threads 1")),
    ("hd.y4m", .ffmpeg("-f lavfi -i testsrc2=s=1280x720:r=25:d=0.08 -pix_fmt yuv420p")),

    ("song.wav", .ffmpeg(tone("0.5", seconds: 1))),
    ("song.flac", .ffmpeg(tone("0.5", seconds: 1))),
    ("programme.wav", .ffmpeg(tone("0.0708", seconds: 2))),
    ("loud.wav", .ffmpeg(tone("0.5", seconds: 2))),
    ("clipped.wav", .ffmpeg(tone("1.5", seconds: 1))),
    ("capture.raw", .bytes { [UInt8](repeating: 0, count: 192_000) }),

    ("in.yuv", .bytes { [UInt8](repeating: 128, count: 1920 * 1080 * 3 / 2) }),
    ("in_1280x720_yuv420p.yuv", .bytes { [UInt8](repeating: 128, count: 1280 * 720 * 3 / 2) }),
    ("unknown.yuv", .ffmpeg(fractal + " -frames:v 3 -pix_fmt yuv420p -f rawvideo")),

    ("camera.sdp", .mediatool("rtp-pack -q --seed 1 --sdp camera.sdp in.mp4")),
    ("camera.pcap", .mediatool("rtp-pack -q --seed 1 -o camera.pcap in.mp4")),
    ("camera.pcapng", .mediatool("rtp-pack -q --seed 1 -o camera.pcapng in.mp4")),
    ("call.pcap", .mediatool("rtp-pack -q --seed 1 --drop 2% -o call.pcap in.mp4")),

    ("key", .text("s3cret\n")),
    ("pw", .text("letmein\n")),
    ("sound.fifo", .fifo(4 * 9600)),
    ("pictures.fifo", .fifo(5 * 1280 * 720 * 3)),
  ]

  private static let picture = "-f lavfi -i testsrc2=s=320x240:r=25:d=2"
  private static let fractal = "-f lavfi -i mandelbrot=s=352x288:r=25"
  /// Leaves out half a second.
  private static let dropped = " -vf select='lt(t,1)+gte(t,1.5)' -fps_mode passthrough"

  private static func tone(_ amplitude: String, seconds: Int) -> String {
    let wave = "\(amplitude)*sin(2*PI*997*t)"
    return "-f lavfi -i aevalsrc=\(wave)|\(wave):s=48000:d=\(seconds) -sample_fmt s16"
  }

  /// With a hole in the middle, and cut off.
  private static func broken(_ flv: [UInt8]) -> [UInt8] {
    let hole = flv.count / 2
    return flv[..<hole] + [UInt8](repeating: 0, count: 700) + flv[(hole + 700)..<(flv.count - 9)]
  }

  /// Makes those that a script reads.
  static func make(for script: String, in folder: ScratchFolder) throws {
    for (name, source) in all where isRead(name, by: script) {
      try make(name, source, in: folder)
    }
  }

  private static func make(_ name: String, _ source: Source, in folder: ScratchFolder) throws {
    guard access(folder[name], F_OK) != 0 else { return }
    switch source {
    case .clip(let clip): try copy(try Clips.path(clip), to: folder[name])
    case .ffmpeg(let line):
      let words = line.split(separator: " ").map(String.init)
      try copy(try Clips.path(Recipe("document-\(name)", words)), to: folder[name])
    case .mediatool(let line):
      let words = line.split(separator: " ").map(String.init)
      for need in all where need.name != name && words.contains(need.name) {
        try make(need.name, need.source, in: folder)
      }
      let outcome = try Mediatool.run(words, directory: folder.path)
      guard outcome.ending == .exit(0) else {
        throw StartFailure(program: line, reason: outcome.errors)
      }
    case .text(let text): try folder.write(text, to: name)
    case .bytes(let bytes): try folder.write(try bytes(), to: name)
    case .fifo: mkfifo(folder[name], 0o600)
    }
  }

  private static func copy(_ path: String, to copy: String) throws {
    try FileManager.default.copyItem(atPath: path, toPath: copy)
  }

  /// Whether a script names a file other than as what it writes.
  static func isRead(_ name: String, by script: String) -> Bool {
    let signs = CharacterSet(charactersIn: " \n'\"=<>()|;&")
    let words = script.components(separatedBy: signs).filter { !$0.isEmpty }
    return words.indices.contains { index in
      let isWritten = index > 0 && words[index - 1] == "-o"
      // One file is enough for a pattern.
      let pattern = words[index].hasPrefix("*.") ? words[index].dropFirst() : nil
      let isMeant = pattern.map { end in all.first { $0.name.hasSuffix(end) }?.name == name }
      return !isWritten && (words[index] == name || isMeant == true)
    }
  }
}
