// swift-tools-version: 6.2
import PackageDescription

// Targets by level, from the bottom; scripts/check-layers holds them to it.

let common: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]
// Parsers of hostile bytes spell out everything unsafe.
let strict = common + [.strictMemorySafety()]

// For manifests of 6.2 on SwiftPM takes unsafe flags from dependencies too: they bar nobody.

// Packets pass through objects that one thread owns; debug builds, and so the tests, check that.
let unchecked: [SwiftSetting] = [
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

// Debug builds, and so the tests, run the kernels as they are shipped.
let optimized: [CSetting] = [.unsafeFlags(["-O2"], .when(configuration: .debug))]

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = strict
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: ["TestSupport"] + dependencies, exclude: exclude,
    swiftSettings: common)
}

let package = Package(
  name: "mediatool",
  products: [
    .executable(name: "mediatool", targets: ["mediatool"]),
    // Everything but the command line, for other Swift programs.
    .library(
      name: "MediaCore",
      targets: [
        "MediaBytes", "MediaJSON", "MediaModel", "MediaBitstream", "MediaFLV", "MediaRTP",
        "MediaCapture", "MediaRaw", "MediaRTMP", "MediaRTSP", "MediaSignal", "MediaPlot",
        "MediaIO", "MediaFFmpeg",
      ]),
    // For the package in Fuzz.
    .library(name: "FuzzBodies", targets: ["FuzzBodies"]),
  ],
  targets: [
    .target(name: "CSystem"),
    .target(name: "CLibAV"),
    .target(name: "CKernels", cSettings: optimized, linkerSettings: [.linkedLibrary("m")]),

    library("MediaBytes", settings: strict + [.enableExperimentalFeature("Lifetimes")]),
    library("MediaJSON"),
    library("MediaModel", ["MediaBytes"]),
    library("MediaBitstream", ["MediaBytes"]),
    library("MediaFLV", ["MediaBitstream", "MediaModel", "MediaBytes"]),
    library("MediaRTP", ["MediaBitstream", "MediaModel", "MediaBytes"]),
    library("MediaCapture", ["MediaBytes"]),
    library("MediaRaw", ["MediaModel", "MediaBytes"]),
    library("MediaRTMP", ["MediaFLV", "MediaBitstream", "MediaModel", "MediaBytes"]),
    library("MediaRTSP", ["MediaRTP", "MediaModel", "MediaBytes"]),
    library("MediaSignal", ["MediaRaw", "CKernels"]),
    library("MediaPlot", ["CKernels"]),
    library("MediaIO", ["MediaModel", "CSystem"], settings: common),
    library(
      "MediaFFmpeg", ["MediaBitstream", "MediaModel", "MediaBytes", "CLibAV"], settings: common),
    library("MediaCLI", ["MediaJSON"]),
    library(
      "MediaCommands",
      [
        "MediaCLI", "MediaIO", "MediaFFmpeg", "MediaPlot", "MediaSignal", "MediaFLV", "MediaRTMP",
        "MediaRTSP", "MediaRTP", "MediaCapture", "MediaRaw", "MediaBitstream", "MediaModel",
        "MediaJSON", "MediaBytes",
      ], settings: common + unchecked),
    .executableTarget(
      name: "mediatool", dependencies: ["MediaCommands"], swiftSettings: common),
    library(
      "FuzzBodies",
      [
        "MediaBytes", "MediaJSON", "MediaModel", "MediaBitstream", "MediaFLV", "MediaRTP",
        "MediaCapture", "MediaRaw", "MediaSignal", "MediaRTMP", "MediaRTSP",
      ], settings: common),

    .target(name: "TestSupport", path: "Tests/Support", swiftSettings: common),
    tests("MediaBytesTests", ["MediaBytes"]),
    tests("MediaJSONTests", ["MediaJSON"]),
    tests("MediaModelTests", ["MediaModel"]),
    tests("MediaBitstreamTests", ["MediaBitstream", "MediaBytes"]),
    tests("MediaFLVTests", ["MediaFLV", "MediaBitstream", "MediaModel", "MediaBytes"]),
    tests("MediaRTPTests", ["MediaRTP", "MediaBitstream", "MediaModel", "MediaBytes"]),
    tests("MediaCaptureTests", ["MediaCapture", "MediaBytes"]),
    tests(
      "MediaRTMPTests",
      ["MediaRTMP", "MediaIO", "MediaFLV", "MediaBitstream", "MediaModel", "MediaBytes"]),
    tests(
      "MediaRTSPTests", ["MediaRTSP", "MediaIO", "MediaRTP", "MediaModel", "MediaBytes"],
      exclude: ["Scripts"]),
    tests("MediaRawTests", ["MediaRaw", "MediaModel", "MediaBytes"]),
    .target(
      name: "CPixelReference", path: "Tests/CPixelReference", cSettings: optimized),
    tests("MediaSignalTests", ["MediaSignal", "MediaRaw", "CPixelReference"]),
    tests("MediaPlotTests", ["MediaPlot"]),
    tests("MediaIOTests", ["MediaIO", "MediaModel", "CSystem"]),
    tests(
      "MediaFFmpegTests", ["MediaFFmpeg", "MediaBitstream", "MediaModel", "MediaBytes"]),
    tests("MediaCLITests", ["MediaCLI", "MediaJSON"], exclude: ["Golden"]),
    tests("FuzzBodiesTests", ["FuzzBodies"]),
    tests(
      "MediaCommandsTests",
      [
        "MediaCommands", "MediaCLI", "MediaJSON", "MediaModel", "MediaFFmpeg", "MediaIO",
        "MediaFLV", "MediaRTMP", "MediaRTSP", "MediaRTP", "MediaCapture", "MediaSignal", "MediaRaw",
        "MediaPlot", "MediaBytes", "mediatool",
      ],
      exclude: [
        "Golden", "PCMInfo/Golden", "RTMPPull/Golden", "RTSPPull/Golden", "YUVConvert/Golden",
      ]),
  ]
)
