import MediaModel

private let clause = "ISO/IEC 13818-1 2.4.3.2"

extension StructureWalk {
  /// Checks that every packet begins with the sync byte; `sync` is where the first of them is.
  mutating func walkTransportStream(packetByteCount: Int, sync: Int) throws {
    let size = Int64(packetByteCount)
    var offset = Int64(sync)
    var losses = 0
    var lostByteCount: Int64 = 0
    var firstLoss: Int64?
    add("\(packetByteCount)-byte packets", at: offset, declared: nil)
    // The last packet of the 192-byte form is whole without the time stamp of a next one.
    while file.remaining(at: offset) >= min(size, 188) {
      let whole = max(1, min(file.remaining(at: offset), Int64(BlockSource.largestBlock)) / size)
      let count = min(Int(whole * size), Int(file.remaining(at: offset)))
      guard let run = try file.bytes(count, at: offset) else { break }
      guard
        let bad = stride(from: 0, to: count, by: packetByteCount).first(where: { run[$0] != 0x47 })
      else {
        offset += whole * size
        continue
      }
      let start = offset + Int64(bad)
      guard let next = try resync(from: start, packetByteCount: packetByteCount) else {
        offset = start
        break
      }
      losses += 1
      lostByteCount += next - start
      firstLoss = firstLoss ?? start
      offset = next
    }
    if let firstLoss {
      report(
        .brokenStructure,
        "no packet begins here: sync is lost \(times(losses)) in the file, "
          + "\(bytes(lostByteCount)) belong to no packet",
        at: firstLoss, clause: clause)
    }
    try checkRest(at: offset, packetByteCount: packetByteCount)
  }

  /// What is left after the last whole packet: a part of one, or something else.
  private mutating func checkRest(at offset: Int64, packetByteCount: Int) throws {
    let rest = file.remaining(at: offset)
    guard rest > 0, let first = try file.bytes(1, at: offset) else { return }
    if rest < 188, first[0] == 0x47 {
      report(
        .truncated, "the file ends \(bytes(rest)) into a packet of 188", at: offset, clause: clause)
    } else {
      reportStray(
        at: offset, noun: "packet", isComplete: rest < Int64(packetByteCount), clause: clause)
    }
  }

  /// The next packet after `start`: its sync byte and the two after it are in place.
  private mutating func resync(from start: Int64, packetByteCount: Int) throws -> Int64? {
    var candidate = start
    while let sync = try file.firstIndex(of: 0x47, from: candidate + 1) {
      if let run = try file.bytes(2 * packetByteCount + 1, at: sync) {
        if run[packetByteCount] == 0x47 && run[2 * packetByteCount] == 0x47 { return sync }
      } else if (sync - start) % Int64(packetByteCount) == 0 {
        // Near the end there is nothing to compare with but the old rhythm.
        return sync
      }
      candidate = sync
    }
    return nil
  }
}
