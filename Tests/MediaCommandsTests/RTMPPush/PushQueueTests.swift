import MediaRTMP
import TestSupport
import Testing

@testable import MediaCommands

extension PushQueue {
  fileprivate mutating func append(_ text: ArraySlice<PushMessage>) {
    for each in text { append(each) }
  }

  /// The letters of what comes out.
  fileprivate mutating func drain(_ count: Int = .max) -> String {
    var text = ""
    while text.count < count, let message = next() {
      text.unicodeScalars.append(Unicode.Scalar(message.payload[1]))
    }
    return text
  }
}

@Suite struct PushQueueTests {
  @Test func handsOutWhatComesIn() {
    var queue = PushQueue(limit: 1000)
    queue.join()
    queue.append(pushMessages("mcaKspso")[...])
    #expect(queue.drain() == "mcaKspso")
    #expect(queue.isEmpty && queue.dropped == 0)
  }

  struct Rejoin: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let before: String
    let during: String
    let after: String
    let dropped: Int
  }

  @Test(arguments: [
    Rejoin(
      testDescription: "the group under way is sent again", before: "mcaKsp", during: "sp",
      after: "mcaKspsp", dropped: 0),
    Rejoin(
      testDescription: "a later key picture is gone on with", before: "mcaKsp", during: "spKs",
      after: "mcaKs", dropped: 2),
    Rejoin(
      testDescription: "of several key pictures the latest", before: "mcKp", during: "KpKpKp",
      after: "mcKp", dropped: 4),
    Rejoin(
      testDescription: "configuration is that of the key picture", before: "mcKp",
      during: "cKpa", after: "mcKpa", dropped: 0),
    Rejoin(
      testDescription: "tracks that have key pictures together begin together",
      before: "mckKp", during: "pkKp", after: "mckKp", dropped: 1),
    Rejoin(
      testDescription: "sound alone begins anywhere", before: "mass", during: "sss", after: "mas",
      dropped: 2),
    Rejoin(
      testDescription: "sound before pictures is no beginning once there are some",
      before: "mass", during: "cpp", after: "", dropped: 2),
  ])
  func beginsAnew(_ each: Rejoin) {
    var queue = PushQueue(limit: 10_000)
    queue.join()
    queue.append(pushMessages(each.before)[...])
    _ = queue.drain()
    queue.leave()
    #expect(queue.next() == nil)
    let all = pushMessages(each.before + each.during)
    queue.append(all[each.before.count...])
    queue.join()
    #expect(queue.drain() == each.after)
    #expect(queue.dropped == each.dropped)
  }

  @Test func opensWithTheTimeOfTheKeyPicture() {
    var queue = PushQueue(limit: 10_000)
    queue.append(pushMessages("mcaKpKp")[...])
    queue.join()
    var times: [Int64] = []
    while let message = queue.next() { times.append(message.time) }
    #expect(times == [200, 200, 200, 200, 240])
  }

  @Test func waitsForAKeyPictureWhereNoneIsHeld() {
    var queue = PushQueue(limit: 10_000, groupByteLimit: 10)
    queue.append(pushMessages("mcKpppppppp")[...])
    queue.join()
    #expect(queue.drain() == "")
    queue.append(pushMessages("mcKppppppppspKp")[11...])
    #expect(queue.drain() == "mcKp")
    #expect(queue.dropped == 11)
  }

  @Test func dropsToTheNextKeyPictureWhenSlow() {
    var queue = PushQueue(limit: 200)
    queue.join()
    let all = pushMessages("mcKppppppppppKpp")
    queue.append(all[..<3])
    #expect(queue.drain() == "mcK")
    queue.append(all[3...])
    #expect(queue.drain() == "Kpp")
    #expect(queue.dropped == 10)
  }

  @Test func dropsToAKeyPictureThatWaits() {
    var queue = PushQueue(limit: 200)
    queue.join()
    let all = pushMessages("mcKpppcKppppp")
    queue.append(all[..<3])
    _ = queue.drain()
    queue.append(all[3...])
    // The configuration that was passed over comes with the picture.
    #expect(queue.drain() == "mcKppppp")
    #expect(queue.dropped == 3)
  }

  @Test func holdsTheGroupHoweverLongForANewConnection() {
    var queue = PushQueue(limit: 200)
    queue.append(pushMessages("mcKppppppppppppp")[...])
    queue.join()
    #expect(queue.waitingTime == 13 * 40)
    queue.append(pushMessages("mcKppppppppppppppp")[16...])
    #expect(queue.drain() == "mcKppppppppppppppp")
    #expect(queue.dropped == 0)
  }

  @Test func losslessSaysThatItIsFullAndDropsNothing() {
    var queue = PushQueue(limit: 200, isLossless: true)
    queue.join()
    let all = pushMessages("mcKpppppKpppppKppp")
    queue.append(all[..<4])
    #expect(!queue.isFull)
    queue.append(all[4...])
    #expect(queue.isFull)
    #expect(queue.drain(10) == "mcKpppppKp")
    queue.leave()
    queue.join()
    // From the key picture of the group that was under way.
    #expect(queue.drain() == "mcKpppppKppp")
    #expect(queue.dropped == 0)
  }

  @Test func losslessHoldsNoMoreThanItsLimitInAnOutage() {
    var queue = PushQueue(limit: 200, isLossless: true, groupByteLimit: 20)
    queue.join()
    queue.append(pushMessages("mcKp")[...])
    #expect(queue.drain() == "mcKp")
    queue.leave()
    for time in 1...1000 {
      for letter in "Kpp" { queue.append(pushMessage(letter, Int64(time), 0)) }
      #expect(queue.byteCount <= 20)
    }
    queue.join()
    let rest = queue.drain()
    #expect(rest.hasPrefix("mcKpp") && rest.count == 3000 - queue.dropped + 2)
  }

  @Test func memoryIsThatOfAGroup() {
    var queue = PushQueue(limit: 1000)
    queue.join()
    for round in 0..<2000 {
      for letter in "Kpspspsps" { queue.append(pushMessage(letter, Int64(round), 0)) }
      _ = queue.drain()
      #expect(queue.byteCount <= 18)
    }
  }

  /// Whatever happens, decoding can begin with what a new connection is given, all is in order, and
  /// each frame is handed out or counted.
  @Test(arguments: [false, true]) func keepsItsPromises(isLossless: Bool) {
    var random = Seeded.of("PushQueue \(isLossless)")
    for _ in 0..<200 {
      var queue = PushQueue(limit: 400, isLossless: isLossless)
      var time: Int64 = 0
      var (appended, seen): (Set<Int64>, Set<Int64>) = ([], [])
      var (hasKey, isFresh) = (false, false)
      var last: Int64 = -1
      for _ in 0..<300 {
        switch Int.random(in: 0..<20, using: &random) {
        case 0:
          queue.leave()
          queue.join()
          (isFresh, last) = (hasKey, -1)
        case 1: queue.leave()
        case 2..<12:
          guard !queue.isFull, let letter = "mcKkpppppsssssso".randomElement(using: &random) else {
            continue
          }
          let message = pushMessage(letter, time, 0)
          if message.isFrame { appended.insert(time) }
          if letter == "K" { hasKey = true }
          queue.append(message)
          time += 40
        default:
          for _ in 0..<Int.random(in: 0..<8, using: &random) {
            guard let message = queue.next() else { break }
            #expect(message.time >= last)
            last = message.time
            guard message.isFrame else { continue }
            if isFresh { #expect(message.role != .picture(.inter) && message.role != .sound) }
            isFresh = false
            seen.insert(message.time)
          }
        }
      }
      queue.leave()
      queue.join()
      while let message = queue.next() {
        if message.isFrame { seen.insert(message.time) }
      }
      #expect(seen.isSubset(of: appended))
      #expect(appended.count - seen.count == queue.dropped)
    }
  }
}
