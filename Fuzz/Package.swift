// swift-tools-version: 6.2
import PackageDescription

// libFuzzer around each function of FuzzBodies. A package of its own, so that nobody builds it by
// accident; `make fuzz` does, with -sanitize=fuzzer,address. A name here has a folder of the same
// name under Sources, a line in CFuzz/fuzz.c and a folder of inputs under corpus.
let fuzzers = [
  "FuzzBits", "FuzzNALUnits", "FuzzPictureKinds", "FuzzCodecStrings", "FuzzJSON",
  "FuzzExpectations", "FuzzAMF", "FuzzFLVReader", "FuzzFLVBodies", "FuzzFLVInspector",
  "FuzzParameterSets", "FuzzCodecHeaders",
  "FuzzCapture", "FuzzPCMFiles", "FuzzRTP", "FuzzRTCP", "FuzzSDP", "FuzzInterleaved",
  "FuzzY4M", "FuzzPictures",
  "FuzzDepacketizers", "FuzzPacketizers", "FuzzRTMPChunks", "FuzzRTMPCommand", "FuzzRTSPClient",
  "FuzzRTSPHeaders", "FuzzRTSPServer",
]

let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "mediatool", path: "..")],
  targets: [.target(name: "CFuzz")]
    + fuzzers.map { name in
      .executableTarget(
        name: name,
        dependencies: ["CFuzz", .product(name: "FuzzBodies", package: "mediatool")],
        swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-parse-as-library"])])
    }
)
