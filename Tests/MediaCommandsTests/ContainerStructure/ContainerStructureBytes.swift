import MediaModel

@testable import MediaCommands

// Builders of container bytes, named as their specifications name the parts.

func big(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
}

func little(_ value: UInt64, _ count: Int) -> [UInt8] { big(value, count).reversed() }

func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

/// A box whose size field may tell something else than its length.
func box(_ type: String, _ payload: [UInt8] = [], size: UInt64? = nil) -> [UInt8] {
  big(size ?? UInt64(8 + payload.count), 4) + Array(type.utf8) + payload
}

/// A box with a 64-bit size.
func largeBox(_ type: String, _ payload: [UInt8] = [], size: UInt64? = nil) -> [UInt8] {
  box(type, big(size ?? UInt64(16 + payload.count), 8) + payload, size: 1)
}

/// An EBML element with an eight-byte size; `size` nil leaves it open.
func element(_ id: UInt64, _ data: [UInt8] = []) -> [UInt8] {
  element(id, data, size: UInt64(data.count))
}

func element(_ id: UInt64, _ data: [UInt8], size: UInt64?) -> [UInt8] {
  let idByteCount = max(1, (64 - id.leadingZeroBitCount + 7) / 8)
  return big(id, idByteCount) + big(size.map { $0 | 1 << 56 } ?? (1 << 57 - 1), 8) + data
}

/// A RIFF chunk; `size` may tell something else than the length of `data`.
func chunk(_ code: String, _ data: [UInt8] = [], size: UInt64? = nil) -> [UInt8] {
  Array(code.utf8) + little(size ?? UInt64(data.count), 4) + data + zeros(data.count % 2)
}

func riff(_ form: String, _ chunks: [UInt8], magic: String = "RIFF", size: UInt64? = nil) -> [UInt8]
{
  Array(magic.utf8) + little(size ?? UInt64(4 + chunks.count), 4) + Array(form.utf8) + chunks
}

func aiff(_ chunks: [UInt8]) -> [UInt8] {
  Array("FORM".utf8) + big(UInt64(4 + chunks.count), 4) + Array("AIFF".utf8) + chunks
}

func bigChunk(_ code: String, _ data: [UInt8]) -> [UInt8] {
  Array(code.utf8) + big(UInt64(data.count), 4) + data + zeros(data.count % 2)
}

let flvHeader: [UInt8] = Array("FLV".utf8) + [1, 5] + big(9, 4) + zeros(4)

func flvTag(_ type: UInt8, _ byteCount: Int, streamID: UInt64 = 0) -> [UInt8] {
  [type] + big(UInt64(byteCount), 3) + zeros(4) + big(streamID, 3)
    + [UInt8](repeating: 0xee, count: byteCount) + big(UInt64(11 + byteCount), 4)
}

/// Transport stream packets; 192-byte ones have four bytes before, 204-byte ones sixteen after.
func packets(_ count: Int, size: Int = 188) -> [UInt8] {
  let packet = [0x47] + [UInt8](repeating: 0xaa, count: 187)
  let one = size == 192 ? zeros(4) + packet : packet + zeros(size - 188)
  return (0..<count).flatMap { _ in one }
}

func oggPage(
  _ sequence: UInt64, _ bodyByteCount: Int, serial: UInt64 = 7, isLast: Bool = false
) -> [UInt8] {
  let lacing = [UInt8](repeating: 255, count: bodyByteCount / 255) + [UInt8(bodyByteCount % 255)]
  return Array("OggS".utf8) + [0, isLast ? 4 : 0] + zeros(8) + little(serial, 4)
    + little(sequence, 4) + zeros(4) + [UInt8(lacing.count)] + lacing
    + [UInt8](repeating: 0x55, count: bodyByteCount)
}

/// Inspects bytes in memory and checks that no read leaves them or asks for too much.
func inspect(
  _ bytes: [UInt8], limits: StructureLimits = StructureLimits()
) throws -> ContainerStructure? {
  try ContainerStructure.inspect(byteCount: Int64(bytes.count), limits: limits) { offset, count in
    guard offset >= 0, count > 0, count <= 262_144, Int(offset) + count <= bytes.count else {
      throw ReadOutside(offset: offset, count: count)
    }
    return Array(bytes[Int(offset)..<Int(offset) + count])
  }
}

struct ReadOutside: Error {
  var offset: Int64
  var count: Int
}

/// A finding as `code at offset`, which tables of expectations compare.
extension ContainerStructure {
  var places: [String] {
    findings.map { "\($0.code) at \($0.offset.map(String.init) ?? "-")" }
  }
}

/// The structure of a broken chain of units, under the code that the table has for it.
let broken = FindingCode.brokenStructure.code
