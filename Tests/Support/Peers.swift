// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation
package import Testing

/// Programs the tests judge ours against.
package enum Peers {
  /// `make test` sets this after it has installed them all: then none may be missing.
  package static let areRequired =
    ProcessInfo.processInfo.environment["MEDIATOOL_REQUIRE_PEERS"] == "1"

  /// Debian's Python, which has Debian's modules (`jsonschema`).
  package static let python = "/usr/bin/python3"

  /// Whether the program is there.
  package static func has(_ name: String) -> Bool {
    guard let path = ProcessRunner.find(name) else { return false }
    return access(path, X_OK) == 0
  }

  /// The first line of `ffmpeg -version`: part of every clip's key.
  static let ffmpegVersion: String = {
    guard let text = try? ProcessRunner.run("ffmpeg", ["-version"]).output else { return "none" }
    return String(text.prefix { $0 != "\n" })
  }()

  /// An FFmpeg of version 8 or later, which knows VP9 and AV1 in RTP: the one in `PATH`, else what
  /// `scripts/setup test` has put aside.
  package static let currentFFmpeg: String? = {
    if ffmpegMajor >= 8 { return ProcessRunner.find("ffmpeg") }
    let folder = "\(Mediatool.packageFolder)/.build/peers/imageio_ffmpeg/binaries"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.first { $0.hasPrefix("ffmpeg-") }.map { "\(folder)/\($0)" }
  }()

  /// FFmpeg's major version; 0 where it is not installed.
  package static let ffmpegMajor: Int = {
    let words = ffmpegVersion.split(separator: " ")
    guard words.count > 2 else { return 0 }
    let digits = words[2].drop { !$0.isNumber }.prefix { $0.isNumber }
    return Int(digits) ?? 0
  }()
}

extension Trait where Self == ConditionTrait {
  /// Skips by name where a peer is not installed; under `MEDIATOOL_REQUIRE_PEERS=1` the test
  /// runs all the same, and fails on what is missing.
  package static func peers(_ names: String...) -> Self {
    let missing = names.filter { !Peers.has($0) }
    return .enabled(
      if: missing.isEmpty || Peers.areRequired,
      Comment(rawValue: "needs \(missing.joined(separator: ", "))"))
  }

  /// Skips where there is no current FFmpeg, which is no package of Debian's and cannot be had
  /// everywhere.
  package static var currentFFmpeg: Self {
    .enabled(if: Peers.currentFFmpeg != nil, "needs FFmpeg 8 or later; see scripts/setup")
  }
}
#endif
