import MediaBitstream
import MediaBytes
import TestSupport
import Testing

private func sps(_ unit: [UInt8]) throws -> H264SequenceParameterSet {
  try H264SequenceParameterSet(nalUnit: unit.span.bytes)
}

private func pps(_ unit: [UInt8]) throws -> H264PictureParameterSet {
  try H264PictureParameterSet(nalUnit: unit.span.bytes)
}

/// A VUI in which everything is present, each field with a value of its own.
private func fullVUI(_ bits: inout RBSPBuilder) {
  bits.flag(true)
  bits.u(8, 255)
  bits.u(16, 40)
  bits.u(16, 33)
  bits.u(2, 0b10)  // overscan, not appropriate
  bits.flag(true)
  bits.u(3, 1)
  bits.flag(true)
  bits.flag(true)
  for code in [9, 16, 10] { bits.u(8, code) }
  bits.flag(true)
  bits.ue(2)
  bits.ue(3)
  bits.flag(true)
  bits.u(32, 1001)
  bits.u(32, 60_000)
  bits.flag(true)
  for schedules in [1, 3] {
    bits.flag(true)
    bits.ue(schedules - 1)
    bits.u(4, 2)
    bits.u(4, 3)
    for schedule in 0..<schedules {
      bits.ue(999 + schedule)
      bits.ue(1999)
      bits.flag(schedule == 0)
    }
    for length in [23, 15, 7, 24] { bits.u(5, length) }
  }
  bits.flag(true)
  bits.flag(true)
  bits.flag(true)
  bits.flag(true)
  for value in [2, 1, 11, 12, 2, 5] { bits.ue(value) }
}

@Suite struct H264SequenceParameterSetTests {
  /// Crop units: one or two samples across, one, two or four down.
  @Test(
    arguments: [
      (0, true, 320 - 3, 240 - 7), (1, true, 320 - 6, 240 - 14), (2, true, 320 - 6, 240 - 7),
      (3, true, 320 - 3, 240 - 7), (1, false, 320 - 6, 480 - 28), (2, false, 320 - 6, 480 - 14),
      (0, false, 320 - 3, 480 - 14),
    ])
  func cropsInUnitsOfTheFormat(_ chroma: Int, _ frameOnly: Bool, _ width: Int, _ height: Int) throws
  {
    let set = try sps(
      H264SPSSyntax(profile: 244, chroma: chroma, frameOnly: frameOnly, crop: [1, 2, 3, 4]).nalUnit)
    #expect((set.width, set.height) == (width, height))
    #expect((set.codedWidth, set.codedHeight) == (320, frameOnly ? 240 : 480))
    #expect(Int(set.chromaFormatIDC) == chroma)
    #expect(set.frameMacroblocksOnly == frameOnly && set.adaptsFrameField == !frameOnly)
  }

  @Test func separatePlanesAreCroppedLikeMonochrome() throws {
    let set = try sps(
      H264SPSSyntax(profile: 244, chroma: 3, separatesPlanes: true, crop: [1, 0, 0, 1]).nalUnit)
    #expect((set.width, set.height) == (319, 239))
    #expect(set.separatesColourPlanes)
  }

  @Test func aCropThatLeavesNothingIsAnError() {
    for crop in [[80, 80, 0, 0], [0, 0, 60, 60], [4_000_000_000, 0, 0, 0]] {
      #expect(throws: ParseError.self) { _ = try sps(H264SPSSyntax(crop: crop).nalUnit) }
    }
  }

  /// Whatever comes before them, the sizes behind are found.
  @Test func skipsScalingListsAndOrderCycles() throws {
    let flat = [Int](repeating: 0, count: 16)
    // The next scale becomes 0 at the fourth element: the rest is not sent.
    let short = [10, -8, 2, -12]
    let wrapping = [127, 127, 127] + [Int](repeating: -128, count: 13)
    for (chroma, count) in [(1, 8), (3, 12)] {
      for small in [flat, short, [-8], wrapping] {
        let long = [Int](repeating: 1, count: 64)
        var lists: [[Int]?] = [small, nil, small, nil, nil, flat, long, nil]
        lists += [[Int]?](repeating: long, count: count - 8)
        let set = try sps(
          H264SPSSyntax(
            profile: 244, chroma: chroma, depthLuma: 14, depthChroma: 9, scalingLists: lists,
            orderType: 1, orderCycle: [-1, 2, 3]
          ).nalUnit)
        #expect((set.width, set.height) == (320, 240), "\(small)")
        #expect(set.hasScalingMatrix && set.bitDepthLuma == 14 && set.bitDepthChroma == 9)
        #expect(set.pictureOrderCountType == 1 && set.deltaPictureOrderAlwaysZero)
      }
    }
  }

  @Test func readsTheWholeVUI() throws {
    let set = try sps(H264SPSSyntax(vui: fullVUI).nalUnit)
    #expect(set.id == 3 && set.log2MaxFrameNum == 9 && set.log2MaxPictureOrderCountLSB == 6)
    #expect(set.maxReferenceFrames == 4 && !set.allowsFrameNumGaps && set.infersDirect8x8)
    let vui = try #require(set.usability)
    #expect(vui.display.sampleAspectRatio == SampleAspectRatio(width: 40, height: 33))
    #expect(vui.display.isOverscanAppropriate == false)
    let signal = try #require(vui.display.signalType)
    #expect(signal.videoFormat == 1 && signal.isFullRange && signal.isHighDynamicRange)
    #expect(
      (signal.colourPrimaries, signal.transferCharacteristics, signal.matrixCoefficients)
        == (9, 16, 10))
    #expect((vui.display.chromaLocationTop, vui.display.chromaLocationBottom) == (2, 3))
    #expect(vui.clock?.unitsInTick == 1001 && vui.clock?.timeScale == 60_000)
    #expect(vui.hasFixedFrameRate && vui.isLowDelayHRD && vui.hasPictureStructure)
    #expect(set.frameRate == FrameRate(30_000, 1001))
    #expect(set.frameRate?.description == "30000/1001")
    for (hrd, schedules) in [(vui.nalHRD, 1), (vui.vclHRD, 3)] {
      let hrd = try #require(hrd)
      #expect(Int(hrd.scheduleCount) == schedules && hrd.isConstantBitRate)
      #expect(hrd.bitRate == 1000 << 8 && hrd.bufferSize == 2000 << 7)
      #expect(hrd.initialRemovalDelayLength == 24 && hrd.removalDelayLength == 16)
      #expect(hrd.outputDelayLength == 8 && hrd.timeOffsetLength == 24)
    }
    #expect(vui.restrictions?.maxReorderFrames == 2)
    #expect(vui.restrictions?.maxDecodedFrameBuffering == 5)
  }

  @Test func saysNothingOfRatesThatAreZero() throws {
    for (units, scale) in [(0, 50), (1, 0)] {
      let set = try sps(
        H264SPSSyntax(vui: { bits in
          bits.u(4, 0)
          bits.flag(true)
          bits.u(32, units)
          bits.u(32, scale)
          bits.u(5, 0)
        }).nalUnit)
      #expect(set.usability != nil && set.frameRate == nil)
    }
    #expect(FrameRate(0, 1) == nil && FrameRate(1, -1) == nil)
    #expect(FrameRate(50, 2)?.perSecond == 25)
  }

  @Test func ratiosByIndex() throws {
    let wanted: [(Int, Int, Int)] = [(1, 1, 1), (2, 12, 11), (13, 160, 99), (14, 4, 3), (16, 2, 1)]
    for (index, width, height) in wanted {
      let ratio = try sps(
        H264SPSSyntax(vui: { bits in
          bits.flag(true)
          bits.u(8, index)
          bits.u(8, 0)
        }).nalUnit
      ).usability?.display.sampleAspectRatio
      #expect(ratio.map { [Int($0.width), Int($0.height)] } == [width, height], "\(index)")
    }
    for index in [0, 17, 254] {
      let set = try sps(
        H264SPSSyntax(vui: { bits in
          bits.flag(true)
          bits.u(8, index)
          bits.u(8, 0)
        }).nalUnit)
      #expect(set.usability?.display.sampleAspectRatio == nil, "\(index)")
    }
  }

  @Test func elementsOutOfRangeAreErrors() {
    let cases: [(H264SPSSyntax, StaticString)] = [
      (H264SPSSyntax(chroma: 4), "chroma_format_idc"),
      (H264SPSSyntax(depthLuma: 15), "bit_depth_luma_minus8"),
      (H264SPSSyntax(scalingLists: [[128]] + [[Int]?](repeating: nil, count: 7)), "delta_scale"),
      (H264SPSSyntax(orderType: 3), "pic_order_cnt_type"),
      (
        H264SPSSyntax(orderType: 1, orderCycle: [Int](repeating: 0, count: 256)),
        "num_ref_frames_in_pic_order_cnt_cycle"
      ),
      (H264SPSSyntax(width: 8193), "pic_width_in_mbs_minus1"),
    ]
    for (syntax, field) in cases {
      let error = #expect(throws: ParseError.self) { _ = try sps(syntax.nalUnit) }
      #expect(error?.field.description == field.description)
    }
    #expect(throws: ParseError(.invalid(8), "nal_unit_type", at: 0)) { _ = try sps([0x68, 1]) }
    #expect(throws: ParseError(.truncated(needed: 1), "nal_unit header", at: 0)) { _ = try sps([]) }
  }

  @Test func everyPrefixFailsCleanly() throws {
    let unit = H264SPSSyntax(vui: fullVUI).nalUnit
    for count in 0..<unit.count - 1 {
      #expect(throws: ParseError.self, "\(count)") { _ = try sps([UInt8](unit[..<count])) }
    }
  }

  /// x264's own, as every profile's first bytes.
  @Test(
    arguments: [
      ("42c01e", "Constrained Baseline", "3"), ("42001e", "Baseline", "3"),
      ("42100b", "Baseline", "1b"), ("42000b", "Baseline", "1.1"), ("4d4028", "Main", "4"),
      ("640029", "High", "4.1"), ("640c29", "Constrained High", "4.1"),
      ("640829", "Progressive High", "4.1"), ("640009", "High", "1b"), ("64100b", "High", "1.1"),
      ("6e0033", "High 10", "5.1"), ("6e1033", "High 10 Intra", "5.1"),
      ("7a0034", "High 4:2:2", "5.2"), ("f4003e", "High 4:4:4 Predictive", "6.2"),
      ("2c0032", "CAVLC 4:4:4 Intra", "5"), ("580014", "Extended", "2"),
    ])
  func namesProfilesAndLevels(_ bytes: String, _ profile: String, _ level: String) throws {
    let wire = hex(bytes)
    var reader = ByteReader(wire.span)
    let found = try H264ProfileLevel(parsing: &reader)
    #expect(found.profileName == profile && found.level == level)
    var writer = ByteWriter()
    found.write(to: &writer)
    #expect(writer.bytes == wire)
  }

  @Test func unitsHaveNames() {
    #expect(H264NALUnitType.idrSlice.name == "IDR slice")
    #expect(H264NALUnitType(header: 0x67).name == "SPS")
    #expect(H264NALUnitType.accessUnitDelimiter.name == "AUD")
    #expect((0...255).allSatisfy { !H264NALUnitType(rawValue: $0).name.isEmpty })
  }
}

@Suite struct H264PictureParameterSetTests {
  private func unit(groups: Int = 1, extra: ((inout RBSPBuilder) -> Void)? = nil) -> [UInt8] {
    var bits = RBSPBuilder([0x68])
    bits.ue(7)
    bits.ue(3)
    bits.flag(true)
    bits.flag(false)
    bits.ue(groups - 1)
    bits.ue(2)
    bits.ue(0)
    bits.flag(true)
    bits.u(2, 2)
    bits.se(-3)
    bits.se(0)
    bits.se(-2)
    bits.flag(true)
    bits.flag(false)
    bits.flag(false)
    extra?(&bits)
    return bits.nalUnit
  }

  @Test func readsBothForms() throws {
    let plain = try pps(unit())
    #expect(plain.id == 7 && plain.sequenceParameterSetID == 3 && plain.usesCABAC)
    let coding = try #require(plain.coding)
    #expect(coding.defaultReferencesL0 == 3 && coding.defaultReferencesL1 == 1)
    #expect(coding.usesWeightedPrediction && coding.weightedBipredictionIDC == 2)
    #expect(coding.initialQP == 23 && coding.chromaQPOffset == -2 && coding.hasDeblockingControl)
    #expect(!coding.constrainsIntraPrediction && !coding.hasRedundantPictures)
    #expect(!coding.usesTransform8x8)
    let high = try pps(
      unit { bits in
        bits.flag(true)
        bits.flag(false)
        bits.se(-2)
      })
    #expect(high.coding?.usesTransform8x8 == true)
    let groups = try pps(unit(groups: 2))
    #expect(groups.sliceGroupCount == 2 && groups.coding == nil)
  }

  @Test func everyPrefixFailsCleanly() {
    let whole = unit()
    for count in 0..<whole.count - 1 {
      #expect(throws: ParseError.self, "\(count)") { _ = try pps([UInt8](whole[..<count])) }
    }
  }
}
