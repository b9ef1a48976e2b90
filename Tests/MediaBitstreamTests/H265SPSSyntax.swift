import MediaBitstream
import Testing

/// `profile_tier_level()`: Main 10 in the high tier at level 5.1, then sub-layers that each have
/// a profile, a level, both or none.
func profileTierLevel(_ bits: inout RBSPBuilder, subLayers: [(Bool, Bool)]) {
  bits.u(8, 0x22)
  bits.u(32, 0x2000_0000)
  bits.u(48, 0x9000_0000_0000)
  bits.u(8, 153)
  for (profile, level) in subLayers {
    bits.flag(profile)
    bits.flag(level)
  }
  if !subLayers.isEmpty { bits.u(2 * (8 - subLayers.count), 0) }
  for (profile, level) in subLayers {
    if profile { bits.u(56, 0xff_00ff_00ff_00ff) }
    if profile { bits.u(32, 0x7fff_fffe) }
    if level { bits.u(8, 90) }
  }
}

/// Every value that a test may set, written by the syntax of 7.3.2.2 and E.2.1.
struct H265SPSSyntax {
  var subLayers: [(Bool, Bool)] = []
  var chroma = 1
  var width = 1920
  var height = 1088
  var window: [Int]?
  var depth = 10
  var isEachOrdered = true
  var scalingLists: ((inout RBSPBuilder) -> Void)?
  var usesPCM = false
  var shortTerm: (count: Int, write: (inout RBSPBuilder) -> Void) = (0, { _ in })
  var longTerm: [Int]?
  var vui: ((inout RBSPBuilder) -> Void)?

  var nalUnit: [UInt8] {
    var bits = RBSPBuilder([0x42, 0x01])
    bits.u(4, 2)
    bits.u(3, subLayers.count)
    bits.flag(true)
    profileTierLevel(&bits, subLayers: subLayers)
    bits.ue(5)
    bits.ue(chroma)
    if chroma == 3 { bits.flag(false) }
    bits.ue(width)
    bits.ue(height)
    bits.flag(window != nil)
    for edge in window ?? [] { bits.ue(edge) }
    bits.ue(depth - 8)
    bits.ue(depth - 8)
    bits.ue(4)
    bits.flag(isEachOrdered)
    for layer in (isEachOrdered ? 0 : subLayers.count)...subLayers.count {
      for value in [layer + 4, layer, 0] { bits.ue(value) }
    }
    for value in [0, 3, 0, 3, 0, 0] { bits.ue(value) }
    bits.flag(scalingLists != nil)
    if scalingLists != nil { bits.flag(true) }
    scalingLists?(&bits)
    bits.flag(true)
    bits.flag(false)
    bits.flag(usesPCM)
    if usesPCM {
      bits.u(8, 0x77)
      bits.ue(0)
      bits.ue(2)
      bits.flag(true)
    }
    bits.ue(shortTerm.count)
    shortTerm.write(&bits)
    bits.flag(longTerm != nil)
    if let longTerm {
      bits.ue(longTerm.count)
      for order in longTerm {
        bits.u(8, order)
        bits.flag(true)
      }
    }
    bits.flag(true)
    bits.flag(false)
    bits.flag(vui != nil)
    vui?(&bits)
    bits.flag(false)  // sps_extension_present_flag
    return bits.nalUnit
  }

  /// Whether the elements after all that is skipped are where they belong.
  func check(_ set: H265SequenceParameterSet) {
    #expect(set.videoParameterSetID == 2 && set.id == 5 && set.isTemporalIDNested)
    #expect(set.profileTierLevel.levelIDC == 153 && set.profileTierLevel.isHighTier)
    #expect((set.codedWidth, set.codedHeight) == (width, height))
    #expect(Int(set.bitDepthLuma) == depth && Int(set.bitDepthChroma) == depth)
    #expect(set.log2MaxPictureOrderCountLSB == 8 && set.log2CodingTreeBlockSize == 6)
    #expect(set.maxDecodedPictures == subLayers.count + 5)
    #expect(Int(set.maxReorderPictures) == subLayers.count)
    #expect(set.usesAsymmetricPartitions && !set.usesSampleAdaptiveOffset)
    #expect(set.usesPCM == usesPCM && Int(set.shortTermSetCount) == shortTerm.count)
    #expect(set.hasLongTermReferences == (longTerm != nil))
    #expect(set.usesTemporalMotionVectors && !set.usesStrongIntraSmoothing)
    #expect((set.usability != nil) == (vui != nil))
  }
}
