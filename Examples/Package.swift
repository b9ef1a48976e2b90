// swift-tools-version: 6.2
import PackageDescription

// Programs that embed the library. A package of its own, as that of anybody else: what it can use is
// what is public.
let examples = ["flv-to-rtp", "flv-findings", "describe", "loudness", "yuv-to-ppm"]

let package = Package(
  name: "Examples",
  dependencies: [.package(name: "mediatool", path: "..")],
  targets: examples.map { name in
    .executableTarget(
      name: name, dependencies: [.product(name: "MediaCore", package: "mediatool")])
  }
)
