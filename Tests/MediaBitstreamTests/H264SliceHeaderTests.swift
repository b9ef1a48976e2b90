import MediaBitstream
import MediaBytes
import Testing

@Suite struct H264SliceHeaderTests {
  private func sets(_ syntax: H264SPSSyntax) throws -> H264ParameterSets {
    var bits = RBSPBuilder([0x68])
    bits.ue(0)
    bits.ue(3)
    bits.u(2, 0)
    bits.ue(0)
    bits.ue(0)
    bits.ue(0)
    bits.u(3, 0)
    for _ in 0..<3 { bits.se(0) }
    bits.u(3, 0)
    var sets = H264ParameterSets()
    let (first, second) = (syntax.nalUnit, bits.nalUnit)
    try sets.take(first.span.bytes)
    try sets.take(second.span.bytes)
    return sets
  }

  private func slice(
    _ header: UInt8, first: Int = 0, type: Int = 7, frame: Int = 0, field: Bool? = nil,
    idr: Int? = nil, order: Int = 0
  ) -> [UInt8] {
    var bits = RBSPBuilder([header])
    bits.ue(first)
    bits.ue(type)
    bits.ue(0)
    bits.u(9, frame)
    if let field {
      bits.flag(true)
      bits.flag(field)
    }
    if let idr { bits.ue(idr) }
    bits.u(6, order)
    bits.u(24, 0x123456)
    return bits.nalUnit
  }

  private func parse(_ unit: [UInt8], _ sets: H264ParameterSets) throws -> H264SliceHeader {
    try H264SliceHeader(nalUnit: unit.span.bytes, parameterSets: sets)
  }

  @Test func readsWhatTheSetsAllow() throws {
    let unit = slice(0x65, first: 5, type: 2, frame: 300, idr: 9, order: 33)
    let bare = try H264SliceHeader(nalUnit: unit.span.bytes)
    #expect(bare.unitType == .idrSlice && bare.referenceIDC == 3 && bare.firstMacroblock == 5)
    #expect(bare.type == .i && !bare.coversPicture && bare.picture == nil)
    let full = try parse(unit, sets(H264SPSSyntax()))
    #expect(full.picture?.frameNumber == 300 && full.picture?.idrPictureID == 9)
    #expect(full.picture?.pictureOrderCountLSB == 33 && full.picture?.isField == false)
    let field = try parse(
      slice(0x41, type: 5, frame: 1, field: true, order: 2), sets(H264SPSSyntax(frameOnly: false)))
    #expect(field.picture?.isField == true && field.picture?.isBottomField == true)
    #expect(field.type == .p && field.coversPicture)
    let planes = try sets(H264SPSSyntax(profile: 244, chroma: 3, separatesPlanes: true))
    var bits = RBSPBuilder([0x41])
    for code in [0, 6, 0] { bits.ue(code) }
    bits.u(2, 1)
    bits.u(9, 77)
    bits.u(6, 3)
    #expect(try parse(bits.nalUnit, planes).picture?.frameNumber == 77)
  }

  @Test func tellsPicturesApart() throws {
    let sets = try sets(H264SPSSyntax(frameOnly: false))
    let base = try parse(slice(0x41, frame: 4, field: false, order: 8), sets)
    #expect(base.beginsPicture(after: nil))
    let same = try parse(slice(0x61, first: 40, type: 5, frame: 4, field: false, order: 8), sets)
    #expect(!same.beginsPicture(after: base), "nal_ref_idc differs, but neither is 0")
    let others = [
      slice(0x01, frame: 4, field: false, order: 8), slice(0x41, frame: 5, field: false, order: 8),
      slice(0x41, frame: 4, field: true, order: 8), slice(0x41, frame: 4, field: false, order: 9),
      slice(0x45, frame: 4, field: false, idr: 0, order: 8),
    ]
    for other in others { #expect(try parse(other, sets).beginsPicture(after: base)) }
    let idrs = try [0, 1].map { try parse(slice(0x65, field: false, idr: $0), sets) }
    #expect(idrs[1].beginsPicture(after: idrs[0]))
    // Without parameter sets the macroblock number decides.
    let (first, second) = (slice(0x41), slice(0x41, first: 7))
    let bare = try H264SliceHeader(nalUnit: first.span.bytes)
    #expect(bare.beginsPicture(after: bare))
    #expect(try !H264SliceHeader(nalUnit: second.span.bytes).beginsPicture(after: bare))
  }

  @Test func everyPrefixFailsCleanly() throws {
    let sets = try sets(H264SPSSyntax())
    let unit = slice(0x65, first: 5, type: 2, frame: 300, idr: 9, order: 33)
    for count in 0..<5 {
      #expect(throws: ParseError.self, "\(count)") { _ = try parse([UInt8](unit[..<count]), sets) }
    }
    #expect(throws: ParseError(.invalid(10), "slice_type", at: 1)) {
      _ = try parse(slice(0x65, type: 10), sets)
    }
    #expect(throws: ParseError(.invalid(7), "nal_unit_type", at: 0)) { _ = try parse([0x67], sets) }
  }

  @Test func typesHaveNames() {
    #expect(
      (0...4).compactMap { H264SliceType(rawValue: $0)?.name } == ["P", "B", "I", "SP", "SI"])
    #expect((0...2).compactMap { H265SliceType(rawValue: $0)?.name } == ["B", "P", "I"])
    #expect(H264SliceType.si.isIntra && !H264SliceType.sp.isIntra)
  }
}
