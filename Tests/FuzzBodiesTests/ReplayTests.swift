import Foundation
import FuzzBodies
import Testing
import TestSupport

private let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../Fuzz").standardizedFileURL

/// The committed inputs of a body: those to begin with, and those that once crashed it.
private func inputs(of body: FuzzBody) throws -> [(name: String, bytes: [UInt8])] {
  let folders = ["corpus", "crashers"].map {
    package.appendingPathComponent("\($0)/Fuzz\(body.name)")
  }
  let files = folders.flatMap { folder in
    (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil))
      ?? []
  }
  return try files.sorted { $0.path < $1.path }.map {
    ($0.lastPathComponent, [UInt8](try Data(contentsOf: $0)))
  }
}

@Suite struct ReplayTests {
  @Test(arguments: FuzzBody.all) func replaysTheCorpusAndItsPrefixes(_ body: FuzzBody) throws {
    let inputs = try inputs(of: body)
    #expect(inputs.count >= 3, "a corpus to begin with")
    for (_, bytes) in inputs {
      for count in 0...bytes.count { body.run(bytes.span.bytes.extracting(0..<count)) }
    }
  }

  /// A crash ends the process; the line printed before says which seed to paste back.
  @Test(arguments: FuzzBody.all) func survivesMutations(_ body: FuzzBody) throws {
    let seed = testSeed("\(body.name) mutations")
    var random = Seeded(seed)
    let inputs = try inputs(of: body).map(\.bytes)
    for _ in 0..<2000 {
      guard var bytes = inputs.randomElement(using: &random) else { return }
      for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, inputs, &random) }
      body.run(bytes.span.bytes)
    }
  }

  @Test func everyBodyHasItsExecutable() throws {
    let manifest = try String(
      contentsOf: package.appendingPathComponent("Package.swift"), encoding: .utf8)
    for body in FuzzBody.all { #expect(manifest.contains("\"Fuzz\(body.name)\""), "\(body.name)") }
  }

  /// A folder of another name would be replayed by nobody.
  @Test(arguments: ["corpus", "crashers"]) func everyFolderIsOfABody(_ name: String) throws {
    let folder = package.appendingPathComponent(name).path
    let known = Set(FuzzBody.all.map { "Fuzz\($0.name)" })
    let folders = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(!folders.isEmpty && known.isSuperset(of: folders), "\(folders)")
  }
}

private func mutate(_ bytes: inout [UInt8], _ inputs: [[UInt8]], _ random: inout Seeded) {
  let index = Int.random(in: 0...bytes.count, using: &random)
  switch Int.random(in: 0..<6, using: &random) {
  case 0 where index < bytes.count:
    bytes[index] = [0, 1, 3, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
  case 1 where index < bytes.count: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
  case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
  case 3 where index < bytes.count: bytes.remove(at: index)
  case 4: bytes.removeSubrange(index...)
  default:
    let other = inputs.randomElement(using: &random) ?? []
    bytes.insert(contentsOf: other.prefix(Int.random(in: 0...16, using: &random)), at: index)
  }
}
