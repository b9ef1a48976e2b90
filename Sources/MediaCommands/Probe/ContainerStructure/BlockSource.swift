/// Reads a file by blocks: small ones where headers lie far apart, large ones where they are dense.
struct BlockSource {
  static let smallestBlock = 4096
  static let largestBlock = 262_144

  /// The length of the file.
  let byteCount: Int64
  let limits: StructureLimits
  private let read: (Int64, Int) throws -> [UInt8]
  private var block: [UInt8] = []
  private var blockStart: Int64 = 0
  private var blockByteCount = smallestBlock
  private var reads = 0
  private var steps = 0

  init(
    byteCount: Int64, limits: StructureLimits, read: @escaping (Int64, Int) throws -> [UInt8]
  ) {
    self.byteCount = max(0, byteCount)
    self.limits = limits
    self.read = read
  }

  /// How many bytes follow `offset`.
  func remaining(at offset: Int64) -> Int64 { max(0, byteCount - offset) }

  /// `count` bytes at `offset`, at most `largestBlock`; nil when the file ends before.
  mutating func bytes(_ count: Int, at offset: Int64) throws -> FileBytes? {
    precondition(offset >= 0 && (1...Self.largestBlock).contains(count), "bad request")
    try step(at: offset)
    guard Int64(count) <= remaining(at: offset) else { return nil }
    if !holds(count, at: offset) { try fill(count, at: offset) }
    // A file that shrinks while it is read ends here.
    guard holds(count, at: offset) else { return nil }
    return FileBytes(storage: block, start: Int(offset - blockStart), count: count)
  }

  /// The bytes from `offset` on that one block holds, at least one; nil at the end of the file.
  mutating func run(at offset: Int64) throws -> FileBytes? {
    guard try bytes(1, at: offset) != nil else { return nil }
    let start = Int(offset - blockStart)
    return FileBytes(storage: block, start: start, count: block.count - start)
  }

  /// The first `byte` at or after `offset`; nil when there is none.
  mutating func firstIndex(of byte: UInt8, from offset: Int64) throws -> Int64? {
    var offset = offset
    while let run = try run(at: offset) {
      if let index = run.firstIndex(of: byte) { return offset + Int64(index) }
      offset += Int64(run.count)
    }
    return nil
  }

  private func holds(_ count: Int, at offset: Int64) -> Bool {
    offset >= blockStart && offset - blockStart <= Int64(block.count - count)
  }

  private mutating func fill(_ count: Int, at offset: Int64) throws {
    reads += 1
    guard reads <= limits.reads else { throw StructureLimits.Reached(offset: offset) }
    // A step of less than a block means that headers are dense: read further ahead.
    let gap = offset - (blockStart + Int64(block.count))
    let isNear = offset >= blockStart && gap < Int64(blockByteCount)
    blockByteCount = isNear ? min(2 * blockByteCount, Self.largestBlock) : Self.smallestBlock
    let wanted = min(Int64(max(blockByteCount, count)), remaining(at: offset))
    block = try read(offset, Int(wanted))
    blockStart = offset
  }

  private mutating func step(at offset: Int64) throws {
    steps += 1
    guard steps <= limits.steps else { throw StructureLimits.Reached(offset: offset) }
  }
}

/// A few bytes of a file, inside the block they were read with; indices count from 0.
struct FileBytes {
  fileprivate let storage: [UInt8]
  fileprivate let start: Int
  let count: Int

  subscript(index: Int) -> UInt8 {
    precondition(index < count, "beyond the bytes asked for")
    return storage[start + index]
  }

  /// An unsigned integer of at most eight bytes, most significant first.
  func integer(at index: Int, count: Int) -> UInt64 {
    var value: UInt64 = 0
    for i in index..<index + count { value = value << 8 | UInt64(self[i]) }
    return value
  }

  /// An unsigned integer of at most eight bytes, least significant first.
  func littleEndian(at index: Int, count: Int) -> UInt64 {
    var value: UInt64 = 0
    for i in (index..<index + count).reversed() { value = value << 8 | UInt64(self[i]) }
    return value
  }

  /// Whether the bytes at `index` are the ASCII letters of `text`.
  func holds(_ text: StaticString, at index: Int = 0) -> Bool {
    let letters = text.description.utf8
    guard letters.count <= count - index else { return false }
    return zip(index..., letters).allSatisfy { self[$0] == $1 }
  }

  func firstIndex(of byte: UInt8) -> Int? {
    (0..<count).first { self[$0] == byte }
  }

  /// The four-character code at `index`.
  func code(at index: Int) -> ChunkType {
    ChunkType(rawValue: UInt32(truncatingIfNeeded: integer(at: index, count: 4)))
  }
}

/// A four-character code: the type of a box or chunk.
struct ChunkType: RawRepresentable, Hashable, ExpressibleByStringLiteral {
  let rawValue: UInt32

  init(rawValue: UInt32) { self.rawValue = rawValue }

  init(stringLiteral text: StaticString) {
    precondition(text.utf8CodeUnitCount == 4, "a code has four characters")
    rawValue = text.description.utf8.reduce(0) { $0 << 8 | UInt32($1) }
  }

  private var letters: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }
  }

  /// Whether it is made of printable ASCII, which every registered code is, less QuickTime's ©.
  var isText: Bool {
    letters.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0xa9 }
  }

  /// The code as text without the spaces that fill it up, in hexadecimal when it is not text.
  var name: String {
    guard isText, let last = letters.lastIndex(where: { $0 != 0x20 }) else {
      let digits = String(rawValue, radix: 16)
      return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
    return String(String.UnicodeScalarView(letters[...last].map { Unicode.Scalar($0) }))
  }
}
