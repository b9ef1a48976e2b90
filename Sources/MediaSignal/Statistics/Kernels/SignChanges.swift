/// Changes of sign along a stretch of a channel; zeros have no sign and are passed over.
struct SignChanges: Sendable, Equatable {
  /// How many there are.
  var count: Int64 = 0
  /// The sign of the first sample that is not 0: −1, 1, or 0 where there is none.
  var first = 0
  /// The sign of the last such sample.
  var last = 0

  /// Takes in the stretch that follows.
  mutating func append(_ next: SignChanges) {
    guard next.first != 0 else { return }
    count += next.count + (last * next.first < 0 ? 1 : 0)
    if first == 0 { first = next.first }
    last = next.last
  }

  init() {}

  /// Counts within samples that follow each other.
  init<Sample: LaneSample>(_ samples: UnsafeBufferPointer<Sample>) {
    let end = samples.count
    var head = 0
    while unsafe head < end && samples[head] == 0 { head &+= 1 }
    guard head < end else { return }
    var tail = end
    while unsafe samples[tail &- 1] == 0 { tail &-= 1 }
    first = unsafe samples[head] < 0 ? -1 : 1
    last = unsafe samples[tail &- 1] < 0 ? -1 : 1
    let sounding = unsafe UnsafeBufferPointer(rebasing: samples[head..<tail])
    count = unsafe Int64(Self.changes(sounding) - 2 * Self.rests(sounding))
  }

  /// Changes where 0 counts as positive.
  private static func changes<Sample: LaneSample>(_ samples: UnsafeBufferPointer<Sample>) -> Int {
    var total = 0
    var start = 0
    while start < samples.count - 1 {
      // The last sample of a span is the first of the next.
      let end = min(samples.count, start + 32_768)
      unsafe total += Sample.changes(UnsafeBufferPointer(rebasing: samples[start..<end]))
      start = end - 1
    }
    return total
  }

  /// Runs of zeros between two negative samples, each of which `changes` takes for two changes; of
  /// samples of which neither the first nor the last is 0.
  private static func rests<Sample: LaneSample>(_ samples: UnsafeBufferPointer<Sample>) -> Int {
    guard let base = samples.baseAddress else { return 0 }
    // A number known to the compiler, so that it can test them all at once.
    let group = 64
    let last = samples.count - 1
    var rests = 0
    var start = 1
    while start < last {
      let end = min(last, start + group)
      // Zeros mostly stand alone, which needs no walk.
      if end - start == group {
        let lone = unsafe Sample.loneRests(base + start, group)
        if let lone {
          rests += lone
          start = end
          continue
        }
      }
      var index = start
      while index < end {
        guard unsafe samples[index] == 0 else {
          index &+= 1
          continue
        }
        let before = unsafe samples[index &- 1]
        while unsafe samples[index] == 0 { index &+= 1 }
        rests += unsafe before < 0 && samples[index] < 0 ? 1 : 0
      }
      start = index
    }
    return rests
  }
}
