import MediaBitstream
import MediaBytes
import Testing

@Suite struct H265OtherParameterSetTests {
  private func vps(sets: Int = 0, timing: [Int]? = nil, subLayers: [(Bool, Bool)] = []) -> [UInt8] {
    var bits = RBSPBuilder([0x40, 0x01])
    bits.u(4, 7)
    bits.u(2, 3)
    bits.u(6, 2)
    bits.u(3, subLayers.count)
    bits.flag(true)
    bits.u(16, 0xffff)
    profileTierLevel(&bits, subLayers: subLayers)
    bits.flag(true)
    for _ in 0...subLayers.count { for value in [4, 2, 0] { bits.ue(value) } }
    bits.u(6, 1)
    bits.ue(sets)
    for _ in 0..<sets { bits.u(2, 1) }
    bits.flag(timing != nil)
    if let timing {
      bits.u(32, timing[0])
      bits.u(32, timing[1])
      bits.flag(timing.count > 2)
      if timing.count > 2 { bits.ue(timing[2] - 1) }
      bits.ue(0)
    }
    bits.flag(false)
    return bits.nalUnit
  }

  @Test func readsVideoParameterSets() throws {
    let plain = vps()
    let set = try H265VideoParameterSet(nalUnit: plain.span.bytes)
    #expect(set.id == 7 && set.layerCount == 3 && set.subLayerCount == 1 && set.isTemporalIDNested)
    #expect(set.profileTierLevel.profileName == "Main 10" && set.frameRate == nil)
    for (timing, rate) in [([1001, 24_000], [24_000, 1001]), ([1, 50, 2], [50, 1])] {
      let unit = vps(sets: 3, timing: timing, subLayers: [(true, true), (false, false)])
      let timed = try H265VideoParameterSet(nalUnit: unit.span.bytes)
      #expect(timed.frameRate == FrameRate(rate[0], rate[1]) && timed.subLayerCount == 3)
      #expect(timed.ticksPerPictureOrder == (timing.count > 2 ? timing[2] : nil))
    }
    let whole = vps(timing: [1, 25])
    for count in 0..<whole.count - 1 {
      #expect(throws: ParseError.self, "\(count)") {
        let prefix = [UInt8](whole[..<count])
        _ = try H265VideoParameterSet(nalUnit: prefix.span.bytes)
      }
    }
  }

  private func pps(
    dependent: Bool = false, extra: Int = 0, tiles: Bool = false, wavefronts: Bool = false
  ) -> [UInt8] {
    var bits = RBSPBuilder([0x44, 0x01])
    bits.ue(9)
    bits.ue(5)
    bits.flag(dependent)
    bits.flag(true)
    bits.u(3, extra)
    bits.u(2, 0b10)
    bits.ue(0)
    bits.ue(1)
    bits.se(-4)
    bits.u(2, 0)
    bits.flag(true)
    bits.ue(1)
    bits.se(6)
    bits.se(-6)
    bits.u(4, 0b0101)
    bits.flag(tiles)
    bits.flag(wavefronts)
    bits.u(8, 0)
    return bits.nalUnit
  }

  @Test func readsPictureParameterSets() throws {
    let unit = pps(dependent: true, extra: 3, tiles: false, wavefronts: true)
    let set = try H265PictureParameterSet(nalUnit: unit.span.bytes)
    #expect(set.id == 9 && set.sequenceParameterSetID == 5 && set.allowsDependentSegments)
    #expect(set.hasOutputFlag && set.extraSliceHeaderBits == 3 && set.hidesSignData)
    #expect(set.initialQP == 22 && set.usesWeightedPrediction && !set.usesWeightedBiprediction)
    #expect(set.allowsLossless && !set.usesTiles && set.usesWavefronts)
    for count in 0..<unit.count - 2 {
      #expect(throws: ParseError.self, "\(count)") {
        let prefix = [UInt8](unit[..<count])
        _ = try H265PictureParameterSet(nalUnit: prefix.span.bytes)
      }
    }
  }

  /// 1920x1088 in blocks of 64 is 30 times 17 blocks, so addresses have 9 bits.
  @Test func readsSliceSegmentHeaders() throws {
    var sets = H265ParameterSets()
    for unit in [H265SPSSyntax().nalUnit, pps(dependent: true, extra: 2)] {
      try sets.take(unit.span.bytes)
    }
    func header(_ type: UInt8, _ write: (inout RBSPBuilder) -> Void) throws
      -> H265SliceSegmentHeader
    {
      var bits = RBSPBuilder([type << 1, 0x01])
      write(&bits)
      bits.u(16, 0xabcd)
      let unit = bits.nalUnit
      return try H265SliceSegmentHeader(nalUnit: unit.span.bytes, parameterSets: sets)
    }
    let idr = try header(19) { bits in
      bits.u(2, 0b10)
      bits.ue(9)
      bits.u(2, 0b11)
      bits.ue(2)
    }
    #expect(idr.isFirstInPicture && idr.type == .i && idr.address == 0 && idr.isDependent == false)
    let second = try header(1) { bits in
      bits.flag(false)
      bits.ue(9)
      bits.flag(false)
      bits.u(9, 300)
      bits.u(2, 0)
      bits.ue(0)
    }
    #expect(!second.isFirstInPicture && second.address == 300 && second.type == .b)
    let dependent = try header(1) { bits in
      bits.flag(false)
      bits.ue(9)
      bits.flag(true)
      bits.u(9, 509)
    }
    #expect(dependent.isDependent == true && dependent.address == 509 && dependent.type == nil)
    let unknown = try header(1) { bits in
      bits.flag(false)
      bits.ue(10)
    }
    #expect(unknown.pictureParameterSetID == 10 && unknown.address == nil && unknown.type == nil)
    #expect(throws: ParseError(.invalid(3), "slice_type", at: 3)) {
      _ = try header(1) { bits in
        bits.flag(true)
        bits.ue(9)
        bits.u(2, 0)
        bits.ue(3)
      }
    }
  }

  private func named(_ profile: UInt8, _ constraints: UInt64 = 0) -> String? {
    H265ProfileTierLevel(
      profileIDC: profile, compatibilityFlags: 0, constraintFlags: constraints << 35, levelIDC: 123
    ).profileName
  }

  /// The constraint columns of Table A.2, from 12 bits to lower bit rates.
  @Test func namesProfilesAndLevels() {
    #expect([1, 2, 3].map { named($0) } == ["Main", "Main 10", "Main Still Picture"])
    let extensions: [(UInt64, String)] = [
      (0b1111_11000, "Monochrome"), (0b1001_11000, "Monochrome 12"),
      (0b0001_11001, "Monochrome 16"), (0b1001_10001, "Main 12"), (0b1101_00001, "Main 4:2:2 10"),
      (0b1001_00001, "Main 4:2:2 12"), (0b1110_00001, "Main 4:4:4"),
      (0b1100_00001, "Main 4:4:4 10"), (0b1000_00001, "Main 4:4:4 12"),
      (0b1111_10100, "Main Intra"), (0b1101_10100, "Main 10 Intra"),
      (0b0000_00100, "Main 4:4:4 16 Intra"), (0b1110_00110, "Main 4:4:4 Still Picture"),
    ]
    for (constraints, name) in extensions { #expect(named(4, constraints) == name) }
    #expect(named(0) == nil && named(31) == nil)
    let levels: [UInt8: String] = [30: "1", 63: "2.1", 93: "3.1", 120: "4", 123: "4.1", 186: "6.2"]
    for (idc, text) in levels {
      let found = H265ProfileTierLevel(
        isHighTier: idc > 120, profileIDC: 1, compatibilityFlags: 0, constraintFlags: 0,
        levelIDC: idc)
      #expect(found.level == text && found.tierName == (idc > 120 ? "High" : "Main"))
    }
  }

  @Test func unitsHaveNames() {
    let wanted: [UInt8: String] = [
      0: "TRAIL_N", 1: "TRAIL_R", 9: "RASL_R", 16: "BLA_W_LP", 19: "IDR_W_RADL", 20: "IDR_N_LP",
      21: "CRA", 23: "RSV_IRAP_VCL23", 24: "RSV_VCL24", 31: "RSV_VCL31", 32: "VPS", 33: "SPS",
      34: "PPS", 35: "AUD", 36: "EOS", 37: "EOB", 38: "filler data", 39: "prefix SEI",
      40: "suffix SEI", 41: "RSV_NVCL41", 47: "RSV_NVCL47", 48: "UNSPEC48", 62: "UNSPEC62",
      63: "UNSPEC63",
    ]
    for (type, name) in wanted { #expect(H265NALUnitType(rawValue: type).name == name) }
    let vvc: [UInt8: String] = [
      0: "TRAIL", 7: "IDR_W_RADL", 9: "CRA", 10: "GDR", 15: "SPS", 19: "PH", 20: "AUD",
      24: "suffix SEI", 31: "UNSPEC_31",
    ]
    for (type, name) in vvc { #expect(H266NALUnitType(rawValue: type).name == name) }
  }
}
