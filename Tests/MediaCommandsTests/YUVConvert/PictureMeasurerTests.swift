import MediaIO
import MediaRaw
import MediaSignal
import TestSupport
import Testing

@testable import MediaCommands

/// Measuring pictures as they are converted.
@Suite struct PictureMeasurerTests {
  /// Bytes without much order.
  private func bytes(_ count: Int, seed: UInt32 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }

  private func measure(
    _ plan: ConversionPlan, _ checks: PictureCheckOptions, input: [UInt8], first: Int64 = 0,
    number: Int64 = 0, damage: (inout [UInt8]) -> Void = { _ in }
  ) throws -> (PictureMeasurement, output: [UInt8])? {
    guard let measurer = try PictureMeasurer(checks, firstNumber: first, plan) else { return nil }
    var output = [UInt8](repeating: 0, count: plan.output.layout.byteCount)
    try input.withUnsafeBytes { source in
      try output.withUnsafeMutableBytes { target in
        if let step = plan.steps.first {
          try step.apply(source, into: target)
        } else {
          target.copyMemory(from: source)
        }
      }
    }
    damage(&output)
    let measurement = try input.withUnsafeBytes { source in
      try output.withUnsafeBytes { target in
        try measurer.measure(
          number: number, conversionInput: source, conversionOutput: target, output: target)
      }
    }
    return (measurement, output)
  }

  private func checks(_ change: (inout PictureCheckOptions) -> Void) -> PictureCheckOptions {
    var checks = PictureCheckOptions()
    change(&checks)
    return checks
  }

  @Test func nothingIsMeasuredUnasked() throws {
    let plan = try SampleConversions.plan("yuv420p", "rgb24").plan
    #expect(try PictureMeasurer(PictureCheckOptions(), firstNumber: 0, plan) == nil)
  }

  @Test func planesAndClippingAreCounted() throws {
    let plan = try SampleConversions.plan("yuv420p", "rgb24").plan
    let input = bytes(plan.input.layout.byteCount)
    let (found, output) = try #require(
      try measure(plan, checks { $0.reportPath = "-" }, input: input))
    for place in 0..<3 {
      let samples = stride(from: place, to: output.count, by: 3).map { Int(output[$0]) }
      #expect(found.planes[place].minimum == samples.min())
      #expect(found.planes[place].maximum == samples.max())
      #expect(found.planes[place].sum == Int64(samples.reduce(0, +)))
      #expect(found.planes[place].sampleCount == 128)
      // Noise has colours that RGB has not.
      #expect((1...128).contains(found.planes[place].clipped))
    }
    #expect(found.inputPlanes[0].sum == Int64(input.prefix(128).reduce(0) { $0 + Int($1) }))
    let outside = input.prefix(128).count { $0 < 16 || $0 > 235 }
    #expect(found.inputPlanes[0].outOfRange == Int64(outside))
    #expect(found.hashes == nil && found.differences.isEmpty)
  }

  /// MD5 of 128, 32 and 32 bytes of 0, and of all of them.
  @Test func hashesAreOfPicturesAndPlanes() throws {
    let plan = try SampleConversions.plan("yuv420p", "yuv420p").plan
    let input = [UInt8](repeating: 0, count: plan.input.layout.byteCount)
    let found = try #require(try measure(plan, checks { $0.hash = .md5 }, input: input)).0
    let functions = try HashFunctions()
    func md5(_ count: Int) -> String {
      hexadecimal(functions.md5([UInt8](repeating: 0, count: count)))
    }
    #expect(found.hashes?.picture == md5(192))
    #expect(found.hashes?.planes == [md5(128), md5(32), md5(32)])
    #expect(found.planes.isEmpty)
  }

  @Test func onePlaneHasThePicturesHash() throws {
    let plan = try SampleConversions.plan("rgb24", "rgb24").plan
    let input = bytes(plan.input.layout.byteCount)
    let found = try #require(try measure(plan, checks { $0.hash = .sha256 }, input: input)).0
    let hash = try #require(found.hashes)
    #expect(hash.planes == [hash.picture] && hash.picture.count == 64)
  }

  @Test(arguments: [
    ("nv12", ["Y", "UV"]), ("nv21", ["Y", "VU"]), ("rgb24", ["RGB"]), ("bgra", ["BGRA"]),
    ("gbrp", ["G", "B", "R"]), ("gray", ["Y"]), ("uyvy422", ["UYV"]),
  ])
  func planesAreNamedByWhatTheyHold(_ name: String, _ planes: [String]) throws {
    #expect(FrameLine.Names(try #require(PixelFormat(named: name))).planes == planes)
  }

  // MARK: Differences

  @Test(arguments: [("yuv420p", "rgb24"), ("yuv420p", "p010le"), ("nv12", "nv12")])
  func conversionsEqualTheFormula(_ from: String, _ to: String) throws {
    let plan = try SampleConversions.plan(from, to).plan
    let input = bytes(plan.input.layout.byteCount)
    let found = try #require(try measure(plan, checks { $0.verifies = true }, input: input)).0
    #expect(found.differences.map(\.maximumError) == [0, 0, 0])
    #expect(found.differences.allSatisfy { $0.sampleCount > 0 })
  }

  @Test func aWrongSampleIsFound() throws {
    let plan = try SampleConversions.plan("yuv420p", "rgb24").plan
    let input = bytes(plan.input.layout.byteCount)
    let found = try #require(
      try measure(plan, checks { $0.verifies = true }, input: input) { $0[4] ^= 2 }
    ).0
    #expect(found.differences.map(\.maximumError) == [0, 2, 0])
    #expect(found.differences.map(\.differing) == [0, 1, 0])
  }

  // MARK: References

  private func reference(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let folder = try ScratchFolder()
    try folder.write(bytes, to: "reference")
    try body("\(folder.path)/reference")
  }

  private static let header = Array("YUV4MPEG2 W16 H8 F25:1 Ip C420jpeg\n".utf8)

  @Test(arguments: [false, true]) func picturesOfAReferenceAreTakenByNumber(isY4M: Bool) throws {
    let plan = try SampleConversions.plan("yuv420p", "yuv420p").plan
    let pictures = [bytes(192, seed: 1), bytes(192, seed: 2)]
    let frame = Array("FRAME\n".utf8)
    let file = isY4M ? Self.header + pictures.flatMap { frame + $0 } : pictures.flatMap(\.self)
    try reference(file) { path in
      let checks = checks { $0.reference = path }
      for (number, differing) in [(10, false), (11, true)] {
        let (found, _) = try #require(
          try measure(plan, checks, input: pictures[0], first: 10, number: Int64(number)))
        #expect((found.maximumError > 0) == differing)
      }
      let failure = #expect(throws: Failure.self) {
        _ = try measure(plan, checks, input: pictures[0], number: 2)
      }
      #expect(failure?.exit == .dataError)
      #expect(failure?.message.contains("holds 2 pictures, the output has more") == true)
      #expect(try PictureMeasurer(checks, firstNumber: 0, plan)?.referenceFrames == 2)
    }
  }

  @Test(arguments: [
    ("", 65, "holds no picture"),
    ("short", 65, "5 bytes are not whole pictures of 16x8 yuv420p, 192 bytes each"),
    (
      "YUV4MPEG2 W16 H4 F25:1 C420jpeg\n", 64,
      "pictures are 16x4 yuv420p, the output's 16x8 yuv420p"
    ),
    ("YUV4MPEG2 W16 H8 F25:1 C420jpeg\nFRAME\nabc", 65, "the last picture is not whole"),
    ("YUV4MPEG2 W16 H8 F25:1 C420jpeg\n", 65, "holds no picture"),
    ("YUV4MPEG2 W16 Hx F25:1 C420jpeg\n", 65, "at byte"),
  ])
  func referencesOfAnotherFormAreRefused(_ text: String, _ exit: Int32, _ words: String) throws {
    let plan = try SampleConversions.plan("yuv420p", "yuv420p").plan
    try reference(Array(text.utf8)) { path in
      let failure = #expect(throws: Failure.self) {
        try PictureMeasurer(checks { $0.reference = path }, firstNumber: 0, plan)
      }
      #expect(failure?.exit.rawValue == exit, "\(String(describing: failure))")
      #expect(failure?.message.contains(words) == true, "\(String(describing: failure))")
    }
  }

  @Test func aMissingReferenceIsNamed() throws {
    let plan = try SampleConversions.plan("yuv420p", "yuv420p").plan
    let failure = #expect(throws: Failure.self) {
      try PictureMeasurer(checks { $0.reference = "/nowhere/r.yuv" }, firstNumber: 0, plan)
    }
    #expect(failure?.exit == .noInput)
    #expect(failure?.message == "--reference /nowhere/r.yuv: No such file or directory")
  }

  // MARK: Bits

  @Test(arguments: [
    ("p010le", 3, 1, 0), ("p010be", 0x0300, 1, 0), ("yuv420p10le", 0x0400, 0, 1),
    ("yuv420p10be", 0x0004, 0, 1), ("y210le", 1, 1, 0), ("yuv420p16le", 0xFFFF, 0, 0),
    ("rgb565le", 0xFFFF, 0, 0), ("nv12", 0xFFFF, 0, 0),
  ])
  func bitsThatBelongToNoSampleAreCounted(
    _ name: String, _ word: UInt16, _ low: Int64, _ high: Int64
  ) throws {
    let layout = try PictureLayout(try #require(PixelFormat(named: name)), width: 4, height: 2)
    var picture = [UInt8](repeating: 0, count: layout.byteCount)
    (picture[2], picture[3]) = (UInt8(word & 255), UInt8(word >> 8))
    let bits = picture.withUnsafeBytes { StrayBits($0, layout) }
    #expect(bits.low == low && bits.high == high)
  }
}
