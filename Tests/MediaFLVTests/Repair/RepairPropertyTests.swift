import MediaFLV
import MediaModel
import Testing
import TestSupport

/// Random damage: what comes out is lawful and stays as it is, and the changes tell all of it.
struct RepairPropertyTests {
  /// However the tracks lie in the file: where each one's clock goes on, no time is touched.
  @Test func timesWithoutFindingsAreKept() throws {
    let seed = testSeed("RepairPropertyTests")
    var random = Seeded(seed)
    let codes = ["W10240", "E10241", "E10244", "E10247"]
    for round in 0..<400 {
      let bytes = RepairClip().file(RepairInterleaving.random(&random))
      let place: Comment = "seed \(seed), round \(round)"
      let found = try check(bytes).map(\.code.code).filter(codes.contains)
      try #require(found.isEmpty, place)
      #expect(try Repaired(bytes).changes(.timestamp).isEmpty, place)
    }
  }

  @Test(arguments: [false, true]) func randomDamage(splits: Bool) throws {
    try repairDamage(testSeed("repair of random damage"), splits: splits)
  }

  /// A stray frame right in front of a clock that starts anew.
  @Test(arguments: [false, true]) func damageThatOnceTookTwoRepairs(splits: Bool) throws {
    try repairDamage(6_755_764_425_078_889_762, splits: splits)
  }

  private func repairDamage(_ seed: UInt64, splits: Bool) throws {
    var random = Seeded(seed)
    let clips = [RepairClip(), RepairClip(number: 1, configuration: 1), RepairClip(pictures: 30)]
    for round in 0..<150 {
      var bytes = clips.randomElement(using: &random)?.bytes ?? []
      if Bool.random(using: &random) { bytes += clips.randomElement(using: &random)?.bytes ?? [] }
      for _ in 0..<Int.random(in: 0...6, using: &random) { damage(&bytes, &random) }
      let repaired = try Repaired(bytes, splits: splits)
      try proveChanges(bytes, repaired, "seed \(seed), round \(round)")
      for index in repaired.files.indices {
        let place: Comment = "seed \(seed), round \(round), file \(index)"
        let tags = try repaired.tags(of: index)
        #expect(repaired.plan.files[index].byteCount == repaired.files[index].count, place)
        #expect(isInOrder(tags), place)
        #expect(try Repaired(repaired.files[index]).files == [repaired.files[index]], place)
      }
    }
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout Seeded) {
    let place = Int.random(in: 13..<bytes.count, using: &random)
    let end = min(bytes.count, place + Int.random(in: 1...60, using: &random))
    switch Int.random(in: 0..<5, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.replaceSubrange(place..<end, with: [UInt8](repeating: 0, count: end - place))
    default: bytes.insert(contentsOf: bytes[place..<end], at: place)
    }
  }

  /// Whether frames of one type never go back: the clips have one track of each.
  private func isInOrder(_ tags: [RepairClip.Tag]) -> Bool {
    [FLVTagType.audio, .video].allSatisfy { type in
      let times = tags.filter { $0.type == type && isPlainFrame($0) }.map(\.time)
      return zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
    }
  }

  private func isPlainFrame(_ tag: RepairClip.Tag) -> Bool {
    // Of the other type, 0xaf begins a message of several tracks.
    let first: [UInt8] = tag.type == .audio ? [0xaf] : [0x17, 0x27]
    return tag.body.count > 1 && first.contains(tag.body[0]) && tag.body[1] == 1
  }

  /// Between changes both sides are equal, and together they cover every byte.
  private func proveChanges(_ input: [UInt8], _ repaired: Repaired, _ place: Comment) throws {
    var (file, inputCursor, outputCursor) = (0, 0, 0)
    func compare(to inputEnd: Int, _ outputEnd: Int) {
      guard inputEnd - inputCursor == outputEnd - outputCursor, inputEnd >= inputCursor else {
        Issue.record("\(place): gap at \(inputCursor)..<\(inputEnd)")
        return
      }
      #expect(
        input[inputCursor..<inputEnd] == repaired.files[file][outputCursor..<outputEnd], place)
      (inputCursor, outputCursor) = (inputEnd, outputEnd)
    }
    for change in repaired.changes {
      if change.file != file {
        let rest = repaired.files[file].count - outputCursor
        compare(to: inputCursor + rest, repaired.files[file].count)
        (file, outputCursor) = (change.file, 0)
      }
      compare(to: change.input.lowerBound, change.output.lowerBound)
      (inputCursor, outputCursor) = (change.input.upperBound, change.output.upperBound)
    }
    compare(to: input.count, repaired.files[file].count)
  }
}

/// Tracks with different frames, one behind the other in different ways.
private enum RepairInterleaving {
  private static let bodies: [(FLVTagType, [UInt8])] = [
    (.video, [0x17, 1, 0, 0, 0, 9]), (.audio, [0xaf, 1, 9]),
    (.audio, [0x95, 0x01] + Array("mp4a".utf8) + [1, 9]), (.script, [2, 0, 1, 0x78, 5]),
  ]

  static func random(_ random: inout Seeded) -> [RepairClip.Tag] {
    let base = [0, 0, 0, 3_600_000, 0xff_f000].randomElement(using: &random) ?? 0
    let chosen = bodies.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random))
    let tracks = chosen.map { type, body -> [RepairClip.Tag] in
      let step = [0, 20, 23, 40, 700, 5000, 9000].randomElement(using: &random) ?? 0
      var time = base + ([0, 40, 15_000, 60_000].randomElement(using: &random) ?? 0)
      return (0..<Int.random(in: 1...120, using: &random)).map { _ in
        defer { time += step + Int.random(in: 0...1000, using: &random) / 8 }
        return RepairClip.Tag(type: type, time: Int32(time), body: body)
      }
    }
    return Array(RepairClip().tags[..<2]) + joined(tracks, &random)
  }

  /// By time, in blocks of time, whole tracks, or at random.
  private static func joined(
    _ tracks: [[RepairClip.Tag]], _ random: inout Seeded
  ) -> [RepairClip.Tag] {
    if Int.random(in: 0..<4, using: &random) == 0 { return tracks.flatMap { $0 } }
    if Int.random(in: 0..<3, using: &random) == 0 {
      var rest = tracks.map { $0[...] }
      var tags: [RepairClip.Tag] = []
      while let index = rest.indices.filter({ !rest[$0].isEmpty }).randomElement(using: &random) {
        let count = Int.random(in: 1...30, using: &random)
        tags += rest[index].prefix(count)
        rest[index] = rest[index].dropFirst(count)
      }
      return tags
    }
    let block = [1, 12_000, 30_000].randomElement(using: &random) ?? 1
    let places = tracks.enumerated().flatMap { index, tags in
      tags.enumerated().map { (Int($0.element.time) / block, index, $0.offset, $0.element) }
    }
    return places.sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }.map(\.3)
  }
}
