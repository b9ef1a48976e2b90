import Foundation
import MediaFLV
import MediaIO
import TestSupport
import Testing

@testable import MediaCommands

/// `--verify` on copies that are not what the report says.
struct FLVDumpRepairVerifierTests {
  private static let input: [UInt8] = {
    var flv = FLVBytes()
    flv.append(type: 8, time: 0, body: [0xaf, 0, 0x12, 0x10])
    for index in 0..<10 {
      flv.append(type: 8, time: index * 20, body: [0xaf, 1, UInt8(index), 0x55, 0x66])
    }
    var bytes = flv.bytes
    // A StreamID for a repair to clear.
    bytes[flv.tags[4].offset + 10] = 7
    return bytes
  }()

  /// Repairs, lets `edit` spoil the copy, and compares by all changes but those `left` out.
  private func verified(
    leaving left: FLVRepairChange.Kind? = nil, _ edit: (inout [UInt8]) -> Void = { _ in }
  ) throws -> FLVRepairVerification {
    let scratch = try ScratchFolder()
    let path = try scratch.write(Self.input, to: "in.flv")
    let pass = FLVRepairPass(
      file: try ReadableFile.open(path), limits: FLVLimits(), options: FLVRepair.Options())
    let plan = try pass.run().plan { _ in FLVTrackFacts() }
    var copy: [UInt8] = []
    var changes: [FLVRepairChange] = []
    _ = try pass.run(plan: plan) { output in
      switch output {
      case .copy(let range): copy += Self.input[range]
      case .bytes(let bytes): copy += bytes
      case .change(let change): if change.kind != left { changes.append(change) }
      case .begin, .finding: break
      }
    }
    edit(&copy)
    let verifier = try FLVRepairVerifier(
      pass.file, [try scratch.write(copy, to: "out.flv")], limits: pass.limits)
    try verifier.begin(file: 0)
    for change in changes { try verifier.change(change) }
    try verifier.finish(byteCount: Self.input.count)
    return verifier.result
  }

  @Test func theCopyItselfPasses() throws {
    let result = try verified()
    #expect(result.compared == 11 && result.different == 0 && result.unreported == 0)
    #expect(result.exitCode == .success)
  }

  @Test func anotherPayloadByteIsFound() throws {
    // In front of the last PreviousTagSize.
    let result = try verified { $0[$0.count - 5] ^= 1 }
    #expect(result.different == 1 && result.unreported == 1)
    #expect(result.exitCode == .checkFailed)
  }

  @Test(arguments: [FLVRepairChange.Kind.streamID, .header, .inserted])
  func aChangeThatIsNotListedIsFound(kind: FLVRepairChange.Kind) throws {
    let result = try verified(leaving: kind)
    #expect(result.unreported > 0 && result.exitCode == .checkFailed)
  }

  @Test func aTagTooFewOrTooManyIsFound() throws {
    let fewer = try verified { $0.removeLast(20) }
    #expect(fewer.different == 1 && fewer.exitCode == .checkFailed)
    let more = try verified { $0 += $0.suffix(20) }
    #expect(more.different == 1 && more.exitCode == .checkFailed)
  }
}
