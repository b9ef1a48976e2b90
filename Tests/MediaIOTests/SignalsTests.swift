import Foundation
import Testing

@testable import MediaIO

/// `raise` for a thread of a pool, which has all signals blocked.
private func raiseHere(_ number: Int32) {
  var all = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_UNBLOCK, &all, nil)
  raise(number)
}

/// Each test is a process of its own: handlers last as long as a process does.
@Suite struct SignalsTests {
  @Test func nothingBeforeTheInstallation() {
    #expect(Signals.received == nil)
    #expect(Signals.descriptor == nil)
    #expect(Signals.interrupts(nil) == 0)
  }

  @Test func theFirstIsKept() async {
    await #expect(processExitsWith: .success) {
      try Signals.install()
      try Signals.install()
      let descriptor = try #require(Signals.descriptor)
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      #expect(poll(&ready, 1, 0) == 0)
      #expect(Signals.received == nil)
      raiseHere(SIGTERM)
      #expect(Signals.received == SIGTERM)
      #expect(Signals.interrupts(nil) != 0)
      #expect(poll(&ready, 1, 0) == 1)
      #expect(poll(&ready, 1, 0) == 1)
    }
  }

  @Test func theSecondEndsTheProcess() async {
    await #expect(processExitsWith: .exitCode(130)) {
      try Signals.install()
      raiseHere(SIGTERM)
      raiseHere(SIGINT)
    }
    await #expect(processExitsWith: .exitCode(143)) {
      try Signals.install()
      raiseHere(SIGTERM)
      raiseHere(SIGTERM)
    }
  }

  @Test func aBrokenPipeIsAnError() async {
    await #expect(processExitsWith: .success) {
      try Signals.install()
      let ends = try makePipe()
      close(ends.reading)
      let output = BufferedOutput(descriptor: ends.writing, subject: "pipe")
      try output.write("x")
      #expect(
        ioFailure { try output.flush() } == IOFailure(call: "write", code: EPIPE, subject: "pipe"))
    }
  }

  @Test func diesLikeOtherTools() async {
    await #expect(processExitsWith: .signal(SIGPIPE)) {
      try Signals.install()
      Signals.dieBySIGPIPE()
    }
  }

  @Test func aWaitingReadComesBack() async {
    await #expect(processExitsWith: .success) {
      try Signals.install()
      let ends = try makePipe()
      let file = try ReadableFile(FileDescriptor(owning: ends.reading, subject: "pipe"))
      try WorkerThread {
        usleep(50_000)
        kill(getpid(), SIGINT)
      }.detach()
      let expected = IOFailure(call: "read", code: EINTR, subject: "pipe")
      #expect(ioFailure { _ = try file.nextBytes(1) } == expected)
      // And never waits again.
      #expect(ioFailure { _ = try file.nextBytes(1) } == expected)
      #expect(Signals.received == SIGINT)
    }
  }

  @Test func aWaitingResolverIsLeft() async {
    await #expect(processExitsWith: .success) {
      try Signals.install()
      let failure = #expect(throws: ResolveFailure.self) {
        _ = try resolve(host: "slow.example", port: 80, timeout: Int64.max) { _ in
          kill(getpid(), SIGTERM)
          while true { sleep(1) }
        }
      }
      #expect(failure?.reason == "interrupted")
      #expect(failure?.timedOut == false)
    }
  }

  @Test func standardOutputIsWrittenInPlace() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      var file = try OutputFile(path: "-", force: false)
      try file.write("to standard output")
      try file.finish()
      #expect(fcntl(STDOUT_FILENO, F_GETFD) >= 0)
    }
    let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(text.contains("to standard output"))
  }
}

@Suite struct ClockAndTerminalTests {
  @Test func timeNeverStepsBack() {
    var last = MonotonicClock.now()
    for _ in 0..<10_000 {
      let now = MonotonicClock.now()
      #expect(now >= last)
      last = now
    }
  }

  @Test func whatIsNoTerminal() throws {
    let ends = try makePipe()
    defer {
      close(ends.reading)
      close(ends.writing)
    }
    #expect(!Terminal.isTerminal(ends.reading))
    #expect(Terminal.width(ends.reading) == nil)
    #expect(!Terminal.isTerminal(-1))
    #expect(Terminal.width(-1) == nil)
  }

  @Test func aTerminalTellsItsWidth() throws {
    // Swift's view of the C library lacks posix_openpt and its kin (ioctl_tty(2)).
    let (unlock, giveNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))
    let main = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    try #require(main >= 0)
    defer { close(main) }
    var (isLocked, number) = (Int32(0), Int32(-1))
    try #require(ioctl(main, unlock, &isLocked) == 0)
    try #require(ioctl(main, giveNumber, &number) == 0)
    let other = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    try #require(other >= 0)
    defer { close(other) }
    #expect(Terminal.isTerminal(other))
    #expect(Terminal.width(other) == nil)  // a new one says 0
    var size = winsize(ws_row: 25, ws_col: 132, ws_xpixel: 0, ws_ypixel: 0)
    #expect(ioctl(main, UInt(TIOCSWINSZ), &size) == 0)
    #expect(Terminal.width(other) == 132)
  }
}
