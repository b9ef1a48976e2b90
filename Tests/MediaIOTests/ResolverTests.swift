import Glibc
import Synchronization
import Testing

@testable import MediaIO

/// A resolver that answers a host when it is told to.
private final class Puppet: Sendable {
  private let answers = Monitor<[String: Resolver.Answer]>([:])
  let asked = Mutex<[String]>([])

  var lookUp: LookUp {
    { [self] host in
      asked.withLock { $0.append(host) }
      return answers.wait { $0[host] }
    }
  }

  func answer(_ host: String, _ answer: Resolver.Answer) { answers.change { $0[host] = answer } }
}

@Suite struct ResolverTests {
  private let puppet = Puppet()
  private let loop: EventLoop
  private let resolver: Resolver

  init() throws {
    loop = try EventLoop()
    resolver = Resolver(lookUp: puppet.lookUp)
    try loop.watch(resolver.rawDescriptor(), for: .readable, token: 0)
  }

  private func deliverNext() throws {
    #expect(try loop.wait(until: soon()) == [.ready(token: 0, .readable)])
    try resolver.deliver()
  }

  @Test func manyWhoAskAreOneQuestion() throws {
    var answers: [Resolver.Answer] = []
    let questions = try (1...3).map { port in
      try resolver.ask("host.example", port: UInt16(port)) { answers.append($0) }
    }
    questions[1].cancel()
    #expect(!resolver.isIdle)
    let address = try SocketAddress.loopback(isIPv4: true)
    puppet.answer("host.example", .success([address]))
    try deliverNext()
    #expect(answers == [1, 3].map { .success([address.with(port: $0)]) })
    #expect(puppet.asked.withLock { $0 } == ["host.example"])
    #expect(resolver.isIdle)
    // The next is asked anew.
    _ = try resolver.ask("host.example", port: 4) { answers.append($0) }
    try deliverNext()
    #expect(answers.count == 3)
    #expect(puppet.asked.withLock { $0.count } == 2)
  }

  @Test func answersComeInTheirOwnOrder() throws {
    var order: [String] = []
    let failure = ResolveFailure(host: "b.example", reason: "no", kind: .temporary)
    _ = try resolver.ask("a.example", port: 1) { _ in order.append("a") }
    _ = try resolver.ask("b.example", port: 1) { answer in
      #expect(answer == .failure(failure))
      order.append("b")
    }
    puppet.answer("b.example", .failure(failure))
    try deliverNext()
    #expect(order == ["b"])
    puppet.answer("a.example", .success([]))
    try deliverNext()
    #expect(order == ["b", "a"])
  }

  @Test func whoHasGoneIsNotTold() throws {
    let question = try resolver.ask("late.example", port: 1) { _ in Issue.record("told") }
    question.cancel()
    #expect(resolver.isIdle)
    puppet.answer("late.example", .success([]))
    try deliverNext()
  }

  @Test func aThreadOutlivesTheResolver() throws {
    let other = Puppet()
    var short: Resolver? = Resolver(lookUp: other.lookUp)
    _ = try short?.ask("slow.example", port: 1) { _ in Issue.record("told") }
    short = nil
    other.answer("slow.example", .success([]))
  }

  @Test(arguments: ["", "a\0b"]) func whatIsNoName(_ host: String) {
    let failure = #expect(throws: ResolveFailure.self) {
      _ = try resolver.ask(host, port: 1) { _ in }
    }
    #expect(failure?.kind == .unknownHost)
    #expect(puppet.asked.withLock { $0.isEmpty })
  }

  @Test func failuresAreToldApart() {
    func kind(_ code: Int32, _ system: Int32 = 0) -> ResolveFailure.Kind {
      ResolveFailure(host: "x", code: code, errno: system).kind
    }
    #expect(kind(EAI_NONAME) == .unknownHost)
    #expect(kind(EAI_AGAIN) == .temporary)
    #expect(kind(EAI_SYSTEM, EMFILE) == .system)
    let failure = ResolveFailure(host: "x", code: EAI_SYSTEM, errno: EMFILE)
    #expect(failure.description == "x: Too many open files")
    #expect(!failure.timedOut)
  }
}
