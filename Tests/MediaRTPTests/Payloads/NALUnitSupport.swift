import MediaBytes
import MediaModel
import TestSupport

@testable import MediaRTP

/// NAL units behind four bytes of length.
func lengthPrefixed(_ units: [[UInt8]]) -> [UInt8] {
  units.flatMap { unit in written { $0.integer(UInt32(unit.count)) } + unit }
}

/// A slice without anything in it that looks like a start code.
func slice(_ header: [UInt8], _ count: Int, _ random: inout Seeded, isFirst: Bool = true) -> [UInt8]
{
  var bytes = header
  for _ in header.count..<max(count, header.count) {
    bytes.append(UInt8.random(in: 4...127, using: &random))
  }
  if bytes.count > header.count { bytes[header.count] = isFirst ? 0x88 : 0x48 }
  return bytes
}

/// Packets of a few access units, each of any of these payloads.
func unitPackets(_ payloads: [String], _ random: inout Seeded) -> [SentPacket] {
  (0..<12).map { _ in
    SentPacket(
      hex(payloads.randomElement(using: &random) ?? ""), marker: .random(using: &random),
      at: Int64.random(in: 0..<3, using: &random))
  }
}

extension RTPOutput {
  var codes: [String] { remarks.map(\.code.code) }
}
