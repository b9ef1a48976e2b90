/// Every value that a test may set, written by the syntax of 7.3.2.1.1 and E.1.1.
struct H264SPSSyntax {
  var profile = 100
  var constraints = 0
  var chroma = 1
  var separatesPlanes = false
  var depthLuma = 8
  var depthChroma = 8
  /// Lists of deltas, nil for one that is not present; empty means no matrix at all.
  var scalingLists: [[Int]?] = []
  var orderType = 0
  var orderCycle: [Int] = []
  var width = 20
  var height = 15
  var frameOnly = true
  var crop: [Int]?
  var vui: ((inout RBSPBuilder) -> Void)?

  var nalUnit: [UInt8] {
    var bits = RBSPBuilder([0x67, UInt8(profile), UInt8(constraints), 31])
    bits.ue(3)
    if ![66, 77, 88].contains(profile) {
      bits.ue(chroma)
      if chroma == 3 { bits.flag(separatesPlanes) }
      bits.ue(depthLuma - 8)
      bits.ue(depthChroma - 8)
      bits.flag(false)
      bits.flag(!scalingLists.isEmpty)
      for list in scalingLists {
        bits.flag(list != nil)
        for delta in list ?? [] { bits.se(delta) }
      }
    }
    bits.ue(5)
    bits.ue(orderType)
    if orderType == 0 { bits.ue(2) }
    if orderType == 1 {
      bits.flag(true)
      bits.se(-7)
      bits.se(8)
      bits.ue(orderCycle.count)
      for offset in orderCycle { bits.se(offset) }
    }
    bits.ue(4)
    bits.flag(false)
    bits.ue(width - 1)
    bits.ue(height - 1)
    bits.flag(frameOnly)
    if !frameOnly { bits.flag(true) }
    bits.flag(true)
    bits.flag(crop != nil)
    for edge in crop ?? [] { bits.ue(edge) }
    bits.flag(vui != nil)
    vui?(&bits)
    return bits.nalUnit
  }
}
