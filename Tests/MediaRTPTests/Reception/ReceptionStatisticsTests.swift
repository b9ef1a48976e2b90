import MediaBytes
import MediaRTP
import TestSupport
import Testing

/// A packet of 100 bytes of payload.
func statisticsPacket(_ sequence: Int, timestamp: Int = 0, ssrc: UInt32 = 7) throws -> RTPPacket {
  let header = RTPHeader(
    payloadType: RTPPayloadType(rawValue: 96),
    sequenceNumber: RTPSequenceNumber(rawValue: UInt16(truncatingIfNeeded: sequence)),
    timestamp: RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: timestamp)), ssrc: ssrc)
  return try parsePacket(written { header.write(to: &$0) } + [UInt8](repeating: 0, count: 100))
}

/// Packets in order of arrival, 20 ms apart.
func statistics(_ sequence: [Int], clockRate: UInt32? = nil) throws -> ReceptionStatistics {
  var statistics = ReceptionStatistics(ssrc: 7, clockRate: clockRate)
  for (index, number) in sequence.enumerated() {
    let packet = try statisticsPacket(number, timestamp: index * 1800)
    statistics.add(packet, byteCount: 112, at: Int64(index) * 20_000_000)
  }
  return statistics
}

@Suite struct ReceptionStatisticsTests {
  /// The capture of the requirement: tshark calls it "3 lost".
  @Test func fourLostOneDuplicatedTwoReorderedAreExactlyThat() throws {
    var sequence = (65_500..<65_700).map { $0 }
    sequence.removeAll { [65_510, 65_511, 65_536, 65_600].contains($0) }
    for swapped in [20, 100] { sequence.swapAt(swapped, swapped + 1) }
    sequence.insert(sequence[50], at: 51)
    let found = try statistics(sequence)
    #expect(found.packets == 197)
    #expect(found.expected == 200)
    #expect(found.lost == 4)
    #expect(found.duplicates == 1)
    #expect(found.reordered == 2)
    #expect(found.restarts == 0 && found.strays == 0)
    // By A.1 the first packet is probation, and by A.3 the duplicate makes up for a loss.
    #expect(found.source?.expected == 199)
    #expect(found.source?.received == 196)
    #expect(found.source?.cumulativeLost == 3)
    #expect(found.payloadByteCount == 19_700 && found.byteCount == 197 * 112)
  }

  @Test func whatEachPacketIsIsTold() throws {
    var found = ReceptionStatistics(ssrc: 7)
    let expected: [(Int, RTPArrival)] = [
      (10, .first), (11, .inOrder), (14, .ahead(missing: 2)), (13, .late), (13, .duplicate),
      (9, .late), (14, .duplicate), (40_000, .stray), (15, .inOrder), (50_000, .stray),
      (50_001, .restarted), (50_000, .duplicate), (49_999, .late), (50_002, .inOrder),
    ]
    for (number, arrival) in expected {
      let told = found.add(try statisticsPacket(number), byteCount: 112, at: 0)
      #expect(told == arrival, "\(number)")
    }
    // 9...15 without 12, then 49,999...50,002.
    #expect(found.expected == 11 && found.lost == 1)
    #expect(found.duplicates == 3 && found.reordered == 3)
    #expect(found.strays == 1 && found.restarts == 1)
  }

  @Test func oneLapLaterNothingIsADuplicate() throws {
    let found = try statistics((0..<200_000).map { $0 & 0xffff })
    #expect(found.lost == 0 && found.duplicates == 0 && found.expected == 200_000)
    #expect(found.source?.cumulativeLost == 0)
    // The base is the second packet, the extended number that of the last.
    #expect(found.source?.extendedHighest == 199_999)
  }

  @Test func aHoleFilledFromFarBehindIsNoRestart() throws {
    let sequence = [Int](0..<1000).filter { !(300..<310).contains($0) } + [Int](300..<310) + [1000]
    let found = try statistics(sequence)
    #expect(found.lost == 0 && found.reordered == 10 && found.restarts == 0)
    // A.1 alone takes the second of them for a restart.
    #expect(found.source?.expected != 1000)
  }

  @Test func aSingleOldDuplicateIsADuplicate() throws {
    let found = try statistics([Int](0..<1000) + [200, 1000, 201, 1001])
    #expect(found.duplicates == 2 && found.restarts == 0 && found.lost == 0)
  }

  /// 200 packets behind and more than one of them, as a network that sends along two ways may.
  @Test(arguments: [2, 3, 50]) func oldPacketsSentAgainAreDuplicates(count: Int) throws {
    var found = try statistics([Int](0..<600), clockRate: 90_000)
    for index in 400..<400 + count {
      let packet = try statisticsPacket(index, timestamp: index * 1800)
      #expect(found.add(packet, byteCount: 112, at: 12_000_000_000) == .duplicate)
    }
    let next = try statisticsPacket(600, timestamp: 600 * 1800)
    #expect(found.add(next, byteCount: 112, at: 12_020_000_000) == .inOrder)
    #expect(found.expected == 601 && found.lost == 0 && found.restarts == 0)
    #expect(found.duplicates == count && found.strays == 0)
  }

  /// As many copies as no network makes, in order: the whole is played again.
  @Test func aCaptureThatIsPlayedAgainIsARestart() throws {
    var found = try statistics([Int](0..<600))
    for index in 0..<600 {
      let packet = try statisticsPacket(index, timestamp: index * 1800)
      found.add(packet, byteCount: 112, at: Int64(600 + index) * 20_000_000)
    }
    #expect(found.restarts == 1 && found.lost == 0 && found.strays == 0)
    // Which copies came before it was sure.
    #expect(found.duplicates == 99 && found.expected == 600 + 501)
  }

  @Test func straysAndRestartsAreNoJitter() throws {
    var found = ReceptionStatistics(ssrc: 7, clockRate: 90_000)
    for index in 0..<200 {
      let isStray = index == 50
      let number = isStray ? 40_000 : index < 100 ? index : 20_000 + index
      let timestamp = isStray ? 0x7654_3210 : index * 1800 + (index < 100 ? 0 : 0x1234_5678)
      let packet = try statisticsPacket(number, timestamp: timestamp)
      found.add(packet, byteCount: 112, at: Int64(index) * 20_000_000)
    }
    #expect(found.strays == 1 && found.restarts == 1)
    let jitter = try #require(found.jitter)
    #expect(jitter.maxMilliseconds == 0 && jitter.reported == 0)
  }

  @Test func aLoopStartsAnew() throws {
    let found = try statistics([Int](0..<1000) + [Int](0..<1000))
    #expect(found.restarts == 1 && found.lost == 0 && found.duplicates == 0)
    #expect(found.expected == 2000)
  }

  /// 4000 packets at 90 kHz, 3600 ticks and 40 ms each, are 160 s.
  @Test(arguments: [(160, 0, 4000), (1, 1, 0)])
  func aLongOutageIsLossWhereTheClockWentOn(seconds: Int, restarts: Int, lost: Int) throws {
    var found = ReceptionStatistics(ssrc: 7, clockRate: 90_000)
    for index in 0..<10 {
      let packet = try statisticsPacket(index, timestamp: index * 3600)
      found.add(packet, byteCount: 112, at: Int64(index) * 40_000_000)
    }
    for index in 4010..<4020 {
      let packet = try statisticsPacket(index, timestamp: index * 3600)
      let late = Int64(seconds) * 1_000_000_000
      found.add(packet, byteCount: 112, at: late + Int64(index - 4000) * 40_000_000)
    }
    #expect(found.lost == lost && found.restarts == restarts && found.strays == 0)
    #expect(found.expected == 20 + lost)
  }

  /// Against a set of all numbers that arrived, with loss, duplication and local reordering.
  @Test func countsAgreeWithASetOfNumbers() throws {
    var random = Seeded.of("reception")
    for _ in 0..<50 {
      let first = Int.random(in: 0...65_535, using: &random)
      var sequence: [Int] = []
      for number in first..<first + 3000 {
        let dice = Int.random(in: 0..<100, using: &random)
        if dice < 5 { continue }
        sequence.append(number)
        if dice > 95 { sequence.append(number) }
      }
      for _ in 0..<200 {
        let index = Int.random(in: 0..<sequence.count - 50, using: &random)
        sequence.swapAt(index, index + Int.random(in: 1..<50, using: &random))
      }
      var seen: Set<Int> = []
      var (duplicates, reordered, highest) = (0, 0, Int.min)
      for number in sequence {
        if !seen.insert(number).inserted {
          duplicates += 1
        } else if number < highest {
          reordered += 1
        }
        highest = max(highest, number)
      }
      let found = try statistics(sequence)
      let expected = highest - (seen.min() ?? 0) + 1
      #expect(found.duplicates == duplicates && found.reordered == reordered)
      #expect(found.expected == expected && found.lost == expected - seen.count)
      #expect(found.restarts == 0 && found.strays == 0)
    }
  }

  @Test func probationNeedsTwoInSequence() throws {
    #expect(try !statistics([5]).isValid)
    #expect(try !statistics([5, 7]).isValid)
    #expect(try statistics([5, 7, 8]).isValid)
    // Also across the wrap.
    #expect(try statistics([65_535, 0]).isValid)
  }

  @Test func bitRateIsThatOfThePayload() throws {
    let found = try statistics([Int](0..<101))
    #expect(found.duration == 2)
    #expect(found.bitRate == 40_400.0)
    #expect(try statistics([0]).bitRate == nil)
  }
}

@Suite struct RTPSourceStateTests {
  private func update(_ state: inout RTPSourceState, _ number: UInt16) -> Bool {
    state.update(RTPSequenceNumber(rawValue: number))
  }

  private func fractionLost(_ state: inout RTPSourceState) -> UInt8 { state.takeFractionLost() }

  /// A.3: 256 expected, 64 lost in the second interval.
  @Test func fractionLostIsThatOfTheInterval() {
    var state = RTPSourceState(first: RTPSequenceNumber(rawValue: 0))
    for number in 0...256 { _ = state.update(RTPSequenceNumber(rawValue: UInt16(number))) }
    #expect(fractionLost(&state) == 0)
    for number in 257...512 where number % 4 != 1 {
      _ = state.update(RTPSequenceNumber(rawValue: UInt16(number)))
    }
    #expect(fractionLost(&state) == 64)
    #expect(state.cumulativeLost == 64)
    #expect(fractionLost(&state) == 0)
  }

  /// Every 2048th packet alone arrives, a step that is loss and no jump.
  @Test func morePacketsThanThirtyTwoBits() {
    var state = RTPSourceState(first: RTPSequenceNumber(rawValue: 0))
    _ = update(&state, 0)
    _ = update(&state, 1)
    let steps = 1 << 21
    for step in 1...steps {
      if step == steps { _ = fractionLost(&state) }
      _ = update(&state, UInt16(truncatingIfNeeded: 1 + step << 11))
    }
    #expect(state.expected == 1 << 32 + 1 && state.received == steps + 1)
    #expect(state.extendedHighest == 1)
    #expect(state.cumulativeLost == 0x7f_ffff)
    #expect(fractionLost(&state) == 255)
  }

  @Test func duplicatesMakeTheLossNegative() {
    var state = RTPSourceState(first: RTPSequenceNumber(rawValue: 0))
    for number in [0, 1, 2, 2, 2] { _ = state.update(RTPSequenceNumber(rawValue: UInt16(number))) }
    #expect(state.cumulativeLost == -2)
    #expect(fractionLost(&state) == 0)
  }

  @Test func aJumpCountsOnlyWhenConfirmed() {
    var state = RTPSourceState(first: RTPSequenceNumber(rawValue: 0))
    for number in 0..<10 { _ = state.update(RTPSequenceNumber(rawValue: UInt16(number))) }
    #expect(!update(&state, 5000))
    #expect(state.extendedHighest == 9)
    #expect(update(&state, 5001))
    #expect(state.extendedHighest == 5001 && state.expected == 1 && state.received == 1)
  }

  /// 2999 is loss, 3000 a jump; 99 back is reordering, 100 a jump (A.1).
  @Test(arguments: [(2999, true), (3000, false), (-99, true), (-100, false)])
  func theLimitsAreThoseOfTheAppendix(step: Int, counts: Bool) {
    var state = RTPSourceState(first: RTPSequenceNumber(rawValue: 30_000))
    _ = state.update(RTPSequenceNumber(rawValue: 30_000))
    _ = state.update(RTPSequenceNumber(rawValue: 30_001))
    #expect(update(&state, UInt16(30_001 + step)) == counts)
  }
}
