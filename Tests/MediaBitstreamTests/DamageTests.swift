import MediaBitstream
import MediaBytes
import Testing
import TestSupport

/// Damages units at random: whatever reads them ends with a value, or with an error whose offset
/// lies in the unit.
func expectToSurviveDamage(h264: [[UInt8]], h265: [[UInt8]]) throws {
  let first = H264ParameterSets(try lawful264())
  let second = H265ParameterSets(try lawful265())
  var random = Seeded.of("damaged NAL units")
  for _ in 0..<4000 {
    expectValueOrError(damaged(h264, &random)) { unit throws(ParseError) in
      var sets = first
      try sets.take(unit)
      switch H264NALUnitType(header: unit.byte(at: 0)) {
      case .sei: try readMessages(unit, headerByteCount: 1)
      case let type where type.hasSliceHeader:
        _ = try H264SliceHeader(nalUnit: unit, parameterSets: sets)
      default: break
      }
    }
    expectValueOrError(damaged(h265, &random)) { unit throws(ParseError) in
      var sets = second
      try sets.take(unit)
      var reader = ByteReader(unit)
      let type = try H265NALUnitHeader(parsing: &reader).type
      if type.isVCL { _ = try H265SliceSegmentHeader(nalUnit: unit, parameterSets: sets) }
      if type == .prefixSEI { try readMessages(unit, headerByteCount: 2) }
    }
  }
}

private func readMessages(_ unit: RawSpan, headerByteCount: Int) throws(ParseError) {
  var cursor = SEICursor(headerByteCount: headerByteCount)
  while let message = try cursor.next(in: unit) { _ = try SEIUserData(message, in: unit) }
}

/// One of the units, cut and with bytes exchanged, but for its header.
private func damaged(_ units: [[UInt8]], _ random: inout Seeded) -> [UInt8] {
  var unit = units.randomElement(using: &random) ?? [0, 0]
  if unit.count > 200 { unit.removeSubrange(200...) }
  if Bool.random(using: &random) {
    unit.removeSubrange(Int.random(in: 2...unit.count, using: &random)...)
  }
  for _ in 0..<Int.random(in: 0...4, using: &random) where unit.count > 2 {
    unit[Int.random(in: 2..<unit.count, using: &random)] = .random(in: 0...255, using: &random)
  }
  return unit
}

private func expectValueOrError(_ unit: [UInt8], _ parse: (RawSpan) throws(ParseError) -> Void) {
  do throws(ParseError) {
    try parse(unit.span.bytes)
  } catch {
    #expect((0...unit.count).contains(error.offset), "\(error): \(unit)")
  }
}

private func lawful264() throws -> AVCDecoderConfigurationRecord {
  let bytes = Sample.avcC
  var reader = ByteReader(bytes.span)
  return try AVCDecoderConfigurationRecord(parsing: &reader)
}

private func lawful265() throws -> HEVCDecoderConfigurationRecord {
  let bytes = Sample.hvcC
  var reader = ByteReader(bytes.span)
  return try HEVCDecoderConfigurationRecord(parsing: &reader)
}

@Suite struct DamageTests {
  @Test func parametersSlicesAndMessagesSurvive() throws {
    let (avc, hevc) = (try lawful264(), try lawful265())
    let messages = hex("b5003147413934 03 c2ff fc9420 fd8080 ff 0605 01020304")
    let sei = [UInt8(messages.count - 5)] + messages
    try expectToSurviveDamage(
      h264: avc.sequenceParameterSets + avc.pictureParameterSets + [
        H264SPSSyntax(
          profile: 244, chroma: 3, scalingLists: [[1, -9]] + .init(repeating: nil, count: 11)
        )
        .nalUnit,
        H264SPSSyntax(orderType: 1, orderCycle: [1, 2], frameOnly: false, crop: [0, 0, 0, 4])
          .nalUnit,
        hex("06 04") + sei + [0x80], hex("658884003fa7"), hex("419a236c0102"),
      ],
      h265: hevc.arrays.flatMap(\.units) + [
        H265SPSSyntax(
          subLayers: [(true, true), (false, true)], window: [0, 0, 0, 4],
          shortTerm: (1, { $0.u(32, 0x5a5a_1234) }), longTerm: [1]
        ).nalUnit,
        hex("4e01 04") + sei + [0x80], hex("2601af084223488a43e2"), hex("0201d0195f8cb442"),
      ])
  }
}
