/// FLV written and edited by hand, for inputs no muxer would make (Adobe FLV 10.1, Annex E).
struct FLVBytes {
  /// One tag: where it starts and how many bytes its body has.
  struct Tag {
    var type: UInt8
    var offset: Int
    var count: Int
    var time: Int
  }

  private(set) var bytes: [UInt8]
  private(set) var tags: [Tag] = []

  /// An empty file that announces sound and pictures.
  init() { bytes = Array("FLV".utf8) + [1, 5, 0, 0, 0, 9, 0, 0, 0, 0] }

  /// A file made elsewhere; what does not parse ends the list of tags.
  init(editing bytes: [UInt8]) {
    self.bytes = bytes
    var offset = 13
    while offset + 11 <= bytes.count {
      let count = number(at: offset + 1)
      let time = number(at: offset + 4) | Int(bytes[offset + 7]) << 24
      tags.append(Tag(type: bytes[offset] & 0x1f, offset: offset, count: count, time: time))
      offset += 11 + count + 4
    }
  }

  private func number(at offset: Int) -> Int {
    bytes[offset..<offset + 3].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func threeBytes(_ value: Int) -> [UInt8] {
    [16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// Adds a tag at the end.
  mutating func append(type: UInt8, time: Int, body: [UInt8]) {
    tags.append(Tag(type: type, offset: bytes.count, count: body.count, time: time))
    bytes += [type] + Self.threeBytes(body.count) + Self.threeBytes(time)
    bytes += [UInt8(truncatingIfNeeded: time >> 24), 0, 0, 0] + body
    bytes += [0] + Self.threeBytes(body.count + 11)
  }

  /// Gives the tag another time, in milliseconds.
  mutating func setTime(_ time: Int, ofTag index: Int) {
    let offset = tags[index].offset
    bytes.replaceSubrange(offset + 4..<offset + 7, with: Self.threeBytes(time))
    bytes[offset + 7] = UInt8(truncatingIfNeeded: time >> 24)
    tags[index].time = time
  }

  /// The file without these tags.
  func removing(_ isUnwanted: (Tag) -> Bool) -> [UInt8] {
    var kept = Array(bytes[..<13])
    for tag in tags where !isUnwanted(tag) {
      kept += bytes[tag.offset..<min(bytes.count, tag.offset + tag.count + 15)]
    }
    return kept
  }
}
