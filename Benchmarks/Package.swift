// swift-tools-version: 6.2
import PackageDescription

// Kernels that are timed in process, against the least that could be done instead. A package of its
// own, so that nobody builds it by accident; whole commands are timed by `run`.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "mediatool", path: "..")],
  targets: [
    .executableTarget(
      name: "BenchDepacketizing",
      dependencies: [.product(name: "MediaCore", package: "mediatool")],
      swiftSettings: [.swiftLanguageMode(.v6)], linkerSettings: [.linkedLibrary("m")])
  ]
)
