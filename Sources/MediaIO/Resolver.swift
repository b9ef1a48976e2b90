import CSystem
import Glibc

/// Looks hosts up for one event loop, on threads of their own.
///
/// Whoever asks for a host that is being looked up gets the same answer, so many connections to
/// one host are one question. A thread that outlives its questions, or the resolver, harms nobody.
final class Resolver {
  typealias Answer = Result<[SocketAddress], ResolveFailure>

  /// Somebody who waits.
  final class Question {
    fileprivate let port: UInt16
    fileprivate var report: ((Answer) throws -> Void)?

    fileprivate init(_ port: UInt16, _ report: @escaping (Answer) throws -> Void) {
      (self.port, self.report) = (port, report)
    }

    /// Waits no more.
    func cancel() { report = nil }
  }

  /// What the threads share with the loop's.
  private final class Answers: Sendable {
    let found = Monitor<[(host: String, answer: Answer)]>([])
    let event: FileDescriptor

    init() throws(IOFailure) {
      let number = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
      guard number >= 0 else {
        throw IOFailure(call: "eventfd", code: errno, subject: "resolver")
      }
      event = FileDescriptor(owning: number, subject: "resolver")
    }
  }

  private let lookUp: LookUp
  private let answers = Result { () throws(IOFailure) in try Answers() }
  private var questions: [String: [Question]] = [:]

  /// Makes one that asks `lookUp`, which may block.
  init(lookUp: @escaping LookUp) { self.lookUp = lookUp }

  /// Readable when there are answers to deliver.
  func rawDescriptor() throws(IOFailure) -> Int32 { try answers.get().event.rawValue }

  /// Whether nobody waits.
  var isIdle: Bool { questions.values.allSatisfy { $0.allSatisfy { $0.report == nil } } }

  /// Asks for the addresses of `host`; `report` is told by `deliver`.
  func ask(
    _ host: String, port: UInt16, report: @escaping (Answer) throws -> Void
  ) throws(ResolveFailure) -> Question {
    try checkName(host)
    let question = Question(port, report)
    if questions[host] == nil { try start(host) }
    questions[host, default: []].append(question)
    return question
  }

  /// Tells the answers that have come.
  func deliver() throws {
    let answers = try answers.get()
    var count: eventfd_t = 0
    eventfd_read(answers.event.rawValue, &count)
    let found = answers.found.wait { found in
      defer { found = [] }
      return found
    }
    for (host, answer) in found {
      for question in questions.removeValue(forKey: host) ?? [] {
        let report = question.report.take()
        try report?(answer.map { $0.map { $0.with(port: question.port) } })
      }
    }
  }

  private func start(_ host: String) throws(ResolveFailure) {
    do {
      let answers = try answers.get()
      try WorkerThread { [lookUp] in
        let answer = lookUp(host)
        answers.found.change { $0.append((host, answer)) }
        let code = eventfd_write(answers.event.rawValue, 1)
        precondition(code == 0, "an event counter has room for every thread")
      }.detach()
    } catch {
      throw ResolveFailure(host: host, reason: error.description, kind: .system)
    }
  }
}
