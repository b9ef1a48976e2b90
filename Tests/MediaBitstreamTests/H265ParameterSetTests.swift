import MediaBitstream
import MediaBytes
import Testing
import TestSupport

private func sps(_ unit: [UInt8]) throws -> H265SequenceParameterSet {
  try H265SequenceParameterSet(nalUnit: unit.span.bytes)
}

/// A VUI with every part, each field with a value of its own.
private func fullVUI(_ bits: inout RBSPBuilder, subLayers: Int) {
  bits.flag(true)
  bits.u(8, 1)
  bits.u(2, 0b11)
  bits.flag(true)
  bits.u(3, 5)
  bits.flag(false)
  bits.flag(true)
  for code in [9, 18, 9] { bits.u(8, code) }
  bits.flag(true)
  bits.ue(0)
  bits.ue(1)
  bits.u(3, 0b001)
  bits.flag(true)
  for edge in [1, 2, 3, 4] { bits.ue(edge) }
  bits.flag(true)
  bits.u(32, 1001)
  bits.u(32, 120_000)
  bits.flag(true)
  bits.ue(1)
  bits.flag(true)
  bits.flag(true)  // nal_hrd_parameters_present_flag
  bits.flag(true)
  bits.flag(true)  // sub_pic_hrd_params_present_flag
  bits.u(19, 0x2aaaa)
  bits.u(8, 0x12)
  bits.u(4, 3)
  bits.u(15, 0x5555)
  for layer in 0...subLayers {
    let schedules: Int
    switch layer % 3 {
    case 0:  // fixed in general
      bits.flag(true)
      bits.ue(0)
      schedules = 2
      bits.ue(schedules - 1)
    case 1:  // fixed in the sequence
      bits.u(2, 0b01)
      bits.ue(3)
      schedules = 1
      bits.ue(schedules - 1)
    default:  // not fixed, low delay: one schedule, whose number is not sent
      bits.u(3, 0b001)
      schedules = 1
    }
    for _ in 0..<2 * schedules {
      for value in [499, 999, 7, 8] { bits.ue(value) }
      bits.flag(true)
    }
  }
  bits.flag(true)
  bits.u(3, 0b010)
  for value in [24, 2, 1, 15, 15] { bits.ue(value) }
}

@Suite struct H265SequenceParameterSetTests {
  @Test(arguments: [(0, 1, 1), (1, 2, 2), (2, 2, 1), (3, 1, 1)])
  func windowsAreInUnitsOfTheFormat(_ chroma: Int, _ unitX: Int, _ unitY: Int) throws {
    let syntax = H265SPSSyntax(chroma: chroma, window: [1, 2, 3, 4])
    let set = try sps(syntax.nalUnit)
    syntax.check(set)
    #expect((set.width, set.height) == (1920 - 3 * unitX, 1088 - 7 * unitY))
  }

  @Test func aWindowThatLeavesNothingIsAnError() {
    for window in [[480, 480, 0, 0], [0, 0, 272, 272], [0, 4_000_000_000, 0, 0]] {
      #expect(throws: ParseError.self) { _ = try sps(H265SPSSyntax(window: window).nalUnit) }
    }
  }

  /// Sub-layers shift everything after the general profile.
  @Test func stepsOverSubLayers() throws {
    let kinds = [(true, true), (false, true), (true, false), (false, false)]
    for count in 0...6 {
      for isEach in [true, false] {
        let subLayers = (0..<count).map { kinds[$0 % 4] }
        let syntax = H265SPSSyntax(subLayers: subLayers, isEachOrdered: isEach)
        let set = try sps(syntax.nalUnit)
        syntax.check(set)
        #expect(Int(set.subLayerCount) == count + 1)
      }
    }
  }

  @Test func stepsOverScalingLists() throws {
    let syntax = H265SPSSyntax(
      scalingLists: { bits in
        for size in 0..<4 {
          for matrix in 0..<(size == 3 ? 2 : 6) {
            let isSent = matrix % 2 == 0
            bits.flag(isSent)
            guard isSent else {
              bits.ue(matrix)
              continue
            }
            if size > 1 { bits.se(-7) }
            for index in 0..<(size == 0 ? 16 : 64) { bits.se(index % 5 - 2) }
          }
        }
      }, usesPCM: true, longTerm: [1, 255, 9])
    let set = try sps(syntax.nalUnit)
    syntax.check(set)
    #expect(set.usesScalingLists)
  }

  /// The number of flags of a predicted set depends on the values of the one before: each random
  /// chain of sets leaves the elements after it where they belong.
  @Test func stepsOverShortTermSets() throws {
    var random = Seeded.of("short-term reference picture sets")
    for _ in 0..<300 {
      let count = Int.random(in: 1...12, using: &random)
      var script: [(inout RBSPBuilder) -> Void] = []
      var previous: [Int] = []
      for index in 0..<count {
        let written = randomSet(after: previous, isFirst: index == 0, &random)
        script.append(written.write)
        previous = written.deltas
      }
      let steps = script
      let syntax = H265SPSSyntax(
        shortTerm: (
          count,
          { bits in
            for step in steps { step(&bits) }
          }
        ), longTerm: [3])
      syntax.check(try sps(syntax.nalUnit))
    }
  }

  /// A set and its differences of picture order counts: those before, nearest first, then those
  /// after, nearest first.
  private func randomSet(
    after previous: [Int], isFirst: Bool, _ random: inout Seeded
  ) -> (deltas: [Int], write: (inout RBSPBuilder) -> Void) {
    if !isFirst, Bool.random(using: &random) {
      let shift = Int.random(in: 1...4, using: &random) * (Bool.random(using: &random) ? 1 : -1)
      var flags: [(Bool, Bool)] = []
      var kept: Set<Int> = []
      for delta in previous + [0] {
        let flag = (Bool.random(using: &random), Bool.random(using: &random))
        flags.append(flag)
        if (flag.0 || flag.1) && delta + shift != 0 { kept.insert(delta + shift) }
      }
      let deltas = kept.filter { $0 < 0 }.sorted(by: >) + kept.filter { $0 > 0 }.sorted()
      if deltas.count <= 16 {
        let sent = flags
        return (
          deltas,
          { bits in
            bits.flag(true)
            bits.flag(shift < 0)
            bits.ue(abs(shift) - 1)
            for (isUsed, usesDelta) in sent {
              bits.flag(isUsed)
              if !isUsed { bits.flag(usesDelta) }
            }
          }
        )
      }
    }
    let sides = [-1, 1].map { sign in
      let count = Int.random(in: 0...4, using: &random)
      return (0..<count).map { sign * ($0 * 2 + 1) }
    }
    let steps = sides.map { side in
      zip(side, [0] + side).map { abs($0 - $1) - 1 }
    }
    return (
      sides[0] + sides[1],
      { bits in
        if !isFirst { bits.flag(false) }
        for side in sides { bits.ue(side.count) }
        for step in steps.joined() {
          bits.ue(step)
          bits.flag(true)
        }
      }
    )
  }

  @Test func readsTheWholeVUI() throws {
    for subLayers in 0...4 {
      let syntax = H265SPSSyntax(
        subLayers: [(Bool, Bool)](repeating: (false, false), count: subLayers),
        vui: { fullVUI(&$0, subLayers: subLayers) })
      let set = try sps(syntax.nalUnit)
      syntax.check(set)
      let vui = try #require(set.usability)
      #expect(vui.display.sampleAspectRatio == SampleAspectRatio(width: 1, height: 1))
      #expect(vui.display.isOverscanAppropriate == true)
      #expect(vui.display.signalType?.transferCharacteristics == 18)
      #expect(vui.display.signalType?.isHighDynamicRange == true)
      #expect(vui.display.chromaLocationBottom == 1)
      #expect(!vui.codesFields && vui.hasFrameFieldInfo)
      let window = try #require(vui.defaultDisplayWindow)
      #expect([window.left, window.right, window.top, window.bottom] == [2, 4, 6, 8])
      #expect(vui.ticksPerPictureOrder == 2)
      #expect(set.frameRate == FrameRate(120_000, 1001))
      #expect(vui.hrd?.bitRate == 500 << 7 && vui.hrd?.bufferSize == 1000 << 6)
      #expect(vui.hrd?.isForNAL == true && vui.hrd?.isForVCL == true)
      #expect(vui.minSpatialSegmentationIDC == 24)
    }
  }

  @Test func elementsOutOfRangeAreErrors() {
    let cases: [(H265SPSSyntax, StaticString)] = [
      (
        H265SPSSyntax(subLayers: [(Bool, Bool)](repeating: (false, false), count: 7)),
        "sps_max_sub_layers_minus1"
      ),
      (H265SPSSyntax(chroma: 4), "chroma_format_idc"),
      (H265SPSSyntax(width: 0), "pic_width_in_luma_samples"),
      (H265SPSSyntax(height: 200_000), "pic_height_in_luma_samples"),
      (H265SPSSyntax(depth: 17), "bit_depth_luma_minus8"),
      (H265SPSSyntax(shortTerm: (65, { _ in })), "num_short_term_ref_pic_sets"),
      (H265SPSSyntax(shortTerm: (1, { $0.ue(17) })), "num_negative_pics"),
      (H265SPSSyntax(longTerm: [Int](repeating: 0, count: 33)), "num_long_term_ref_pics_sps"),
    ]
    for (syntax, field) in cases {
      let error = #expect(throws: ParseError.self) { _ = try sps(syntax.nalUnit) }
      #expect(error?.field.description == field.description)
    }
    #expect(throws: ParseError(.unsupported(1), "nuh_layer_id", at: 0)) {
      _ = try sps([0x42, 0x09] + H265SPSSyntax().nalUnit[2...])
    }
    #expect(throws: ParseError(.invalid(34), "nal_unit_type", at: 0)) { _ = try sps([0x44, 1]) }
  }

  @Test func everyPrefixFailsCleanly() {
    let unit = H265SPSSyntax(vui: { fullVUI(&$0, subLayers: 0) }).nalUnit
    for count in 0..<unit.count - 1 {
      #expect(throws: ParseError.self, "\(count)") { _ = try sps([UInt8](unit[..<count])) }
    }
  }
}
