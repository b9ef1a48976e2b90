// swift-tools-version: 6.2
import Foundation
import PackageDescription

let common: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]
/// Parsers of hostile bytes: every unsafe construct is spelled out.
let strict = common + [.strictMemorySafety()]

func library(_ name: String, _ dependencies: [String], settings: [SwiftSetting] = strict) -> Target {
  .target(name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, swiftSettings: settings)
}
func tests(_ name: String, _ dependencies: [String]) -> Target {
  .testTarget(name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, swiftSettings: common)
}
let all: [Target] = [
  library("MediaBytes", [], settings: strict + [.enableExperimentalFeature("Lifetimes")]),
  library("MediaJSON", []),
  library("MediaModel", ["MediaBytes"]),
  library("MediaBitstream", ["MediaBytes"]),
  library("MediaPlot", []),
  .target(name: "CSystem"),
  .target(name: "CLibAV"),
  library("MediaIO", ["MediaModel", "MediaBytes", "CSystem"], settings: common),
  library("MediaFFmpeg", ["MediaModel", "MediaBytes", "CLibAV"], settings: common),
  library("MediaCLI", ["MediaJSON"]),
  library(
    "MediaCommands",
    ["MediaCLI", "MediaIO", "MediaFFmpeg", "MediaPlot", "MediaBitstream", "MediaModel", "MediaJSON", "MediaBytes"], settings: common),
  .executableTarget(name: "mediatool", dependencies: ["MediaCommands"], swiftSettings: common),
  library("FuzzBodies", ["MediaBytes", "MediaJSON", "MediaBitstream", "MediaModel"], settings: common),
  tests("MediaBytesTests", ["MediaBytes"]),
  tests("MediaJSONTests", ["MediaJSON"]),
  tests("MediaModelTests", ["MediaModel"]),
  tests("MediaBitstreamTests", ["MediaBitstream", "MediaBytes"]),
  tests("MediaPlotTests", ["MediaPlot"]),
  tests("MediaIOTests", ["MediaIO"]),
  tests("MediaFFmpegTests", ["MediaFFmpeg", "MediaModel"]),
  tests("MediaCLITests", ["MediaCLI", "MediaJSON"]),
  tests("FuzzBodiesTests", ["FuzzBodies"]),
  tests("MediaCommandsTests", ["MediaCommands", "MediaCLI", "MediaJSON"]),
]
// While the house is being raised a target counts once its folder stands.
let present = all.filter {
  FileManager.default.fileExists(atPath: Context.packageDirectory + ($0.isTest ? "/Tests/" : "/Sources/") + $0.name)
}
let names = Set(present.map(\.name))
for t in present {
  t.dependencies = t.dependencies.filter {
    if case .byNameItem(let n, _) = $0 { return names.contains(n) } else { return true }
  }
}
let package = Package(name: "mediatool", targets: present)
