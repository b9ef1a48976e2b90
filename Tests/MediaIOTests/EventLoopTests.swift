import Glibc
import TestSupport
import Testing

@testable import MediaIO

@Suite struct EventLoopTests {
  @Test func deadlinesComeInOrder() throws {
    let loop = try EventLoop()
    let now = MonotonicClock.now()
    for (token, delay) in [(3, 9), (1, 3), (2, 6), (4, 3), (5, 1)] as [(Int, Int64)] {
      loop.setDeadline(now + delay * 1_000_000, token: token)
    }
    loop.setDeadline(now + 12_000_000, token: 1)  // replaces
    loop.setDeadline(nil, token: 5)
    var events: [EventLoop.Event] = []
    while events.count < 4 { events += try loop.wait(until: soon()) }
    #expect(events == [4, 2, 3, 1].map { .deadline(token: $0) })
    #expect(MonotonicClock.now() >= now + 12_000_000)
    #expect(try loop.wait(until: MonotonicClock.now() + 1_000_000).isEmpty)
    #expect(try loop.wait(until: Int64.min).isEmpty)
  }

  @Test func deadlinesComeBeforeDescriptors() throws {
    let loop = try EventLoop()
    let pair = try Pair()
    try pair.sender.send([1])
    try loop.watch(pair.receiver.rawDescriptor, for: .readable, token: 0)
    loop.setDeadline(Int64.min, token: 0)
    loop.setDeadline(Int64.max, token: 1)
    #expect(try loop.wait(until: soon()) == [.deadline(token: 0), .ready(token: 0, .readable)])
  }

  @Test func tellsEachDescriptorThatIsReady() throws {
    let loop = try EventLoop()
    let pairs = try (0..<3).map { _ in try Pair() }
    defer { withExtendedLifetime(pairs) {} }
    for (token, pair) in pairs.enumerated() {
      try loop.watch(pair.receiver.rawDescriptor, for: .readable, token: token)
    }
    try pairs[0].sender.send([1])
    try pairs[2].sender.send([1])
    let both: Set<EventLoop.Event> = [.ready(token: 0, .readable), .ready(token: 2, .readable)]
    #expect(Set(try loop.wait(until: soon())) == both)
    // Until it is read it stays ready.
    #expect(Set(try loop.wait(until: soon())) == both)
    _ = try pairs[0].receive(1)
    try loop.unwatch(pairs[2].receiver.rawDescriptor)
    try loop.unwatch(pairs[2].receiver.rawDescriptor)
    #expect(try loop.wait(until: MonotonicClock.now()).isEmpty)
    try loop.watch(pairs[1].receiver.rawDescriptor, for: [.readable, .writable], token: 9)
    #expect(try loop.wait(until: soon()) == [.ready(token: 9, .writable)])
  }

  @Test func theEndOfAPipeIsReadable() throws {
    let ends = try makePipe()
    let loop = try EventLoop()
    try loop.watch(ends.reading, for: .readable, token: 1)
    close(ends.writing)
    guard case .ready(token: 1, let readiness) = try loop.wait(until: soon()).first else {
      Issue.record("no event")
      return
    }
    #expect(readiness.contains(.readable))
    close(ends.reading)
  }

  @Test func aRegularFileIsRefused() throws {
    let folder = try Folder()
    let file = open(try folder.write("file", [1]), O_RDONLY)
    defer { close(file) }
    let loop = try EventLoop()
    #expect(ioFailure { try loop.watch(file, for: .readable, token: 0) }?.code == EPERM)
  }

  @Test func aSignalIsToldOnceWhenever() async {
    await #expect(processExitsWith: .success) {
      let loop = try EventLoop()  // before the handlers
      let late = try EventLoop()
      try Signals.install()
      try WorkerThread {
        usleep(50_000)
        kill(getpid(), SIGTERM)
      }.detach()
      #expect(try loop.wait(until: soon()) == [.signal(SIGTERM)])
      #expect(try loop.wait(until: MonotonicClock.now() + 1_000_000).isEmpty)
      // It came before this one waited, and is not lost.
      #expect(try late.wait() == [.signal(SIGTERM)])
      #expect(try EventLoop().wait() == [.signal(SIGTERM)])
    }
  }

  @Test func thePacerWakesAtTheMomentOrAtASignal() async {
    let deadline = MonotonicClock.now() + 10_000_000
    #expect(Pacer.sleep(until: deadline))
    #expect(MonotonicClock.now() >= deadline)
    #expect(Pacer.sleep(until: 0))
    #expect(Pacer.sleep(until: Int64.min))
    await #expect(processExitsWith: .success) {
      try Signals.install()
      try WorkerThread {
        usleep(50_000)
        kill(getpid(), SIGINT)
      }.detach()
      #expect(!Pacer.sleep(until: Int64.max))
      #expect(!Pacer.sleep(until: Int64.max))
    }
  }

  @Test func theQueueIsOneOfEveryToken() {
    var random = Seeded.of("deadline queue")
    var queue = DeadlineQueue()
    var model: [Int: (deadline: Int64, number: Int)] = [:]
    for number in 0..<20_000 {
      let token = Int.random(in: 0..<40, using: &random)
      if Int.random(in: 0..<4, using: &random) == 0 {
        let now = Int64.random(in: 0..<100, using: &random)
        let due = model.filter { $0.value.deadline <= now }.sorted {
          ($0.value.deadline, $0.value.number) < ($1.value.deadline, $1.value.number)
        }
        #expect(queue.take(until: now) == due.map(\.key))
        for each in due { model[each.key] = nil }
      } else if Bool.random(using: &random) {
        let deadline = Int64.random(in: 0..<100, using: &random)
        queue.set(deadline, token: token)
        model[token] = (deadline, number)
      } else {
        queue.set(nil, token: token)
        model[token] = nil
      }
      #expect(queue.next == model.values.map(\.deadline).min())
    }
  }
}
