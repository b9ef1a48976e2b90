import MediaModel

private let clause = "ISO/IEC 13818-1 2.4.3.2"

/// Where packets were not in step.
private struct SyncLosses {
  var count = 0
  var byteCount: Int64 = 0
  var first: Int64?
}

extension StructureWalk {
  /// Checks that every packet begins with the sync byte; `sync` is where the first of them is.
  mutating func walkTransportStream(packetByteCount: Int, sync: Int) throws {
    add("\(packetByteCount)-byte packets", at: Int64(sync), declared: nil)
    let end = try walkPackets(from: Int64(sync), packetByteCount: packetByteCount)
    try checkRest(at: end, packetByteCount: packetByteCount)
  }

  /// Steps over all whole packets and says where the last of them ends.
  private mutating func walkPackets(from start: Int64, packetByteCount: Int) throws -> Int64 {
    let size = Int64(packetByteCount)
    var losses = SyncLosses()
    // What was lost is reported even when the walk stops at a limit.
    defer { report(losses) }
    var offset = start
    // The last packet is whole without the time stamp of a next one, or without parity.
    while file.remaining(at: offset) >= 188 {
      let remaining = min(file.remaining(at: offset), Int64(BlockSource.largestBlock))
      let whole = max(1, remaining / size)
      let count = Int(min(whole * size, remaining))
      guard let run = try file.bytes(count, at: offset) else { break }
      guard
        let bad = stride(from: 0, to: count, by: packetByteCount).first(where: { run[$0] != 0x47 })
      else {
        offset += whole * size
        continue
      }
      let lost = offset + Int64(bad)
      guard let next = try resync(from: lost, packetByteCount: packetByteCount) else {
        return lost
      }
      losses.count += 1
      losses.byteCount += next - lost
      losses.first = losses.first ?? lost
      offset = next
    }
    return offset
  }

  private mutating func report(_ losses: SyncLosses) {
    guard let first = losses.first else { return }
    report(
      .brokenStructure,
      "no packet begins here: sync is lost \(times(losses.count)) in the file, "
        + "\(bytes(losses.byteCount)) belong to no packet",
      at: first, clause: clause)
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
