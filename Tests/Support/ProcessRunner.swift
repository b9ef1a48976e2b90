// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation

/// How a program ended.
package enum Ending: Equatable, Sendable, CustomStringConvertible {
  case exit(Int32)
  case signal(Int32)
  /// Still running at the time limit, then killed by its process id.
  case timedOut

  package var description: String {
    switch self {
    case .exit(let code): "exit \(code)"
    case .signal(let number): "signal \(number)"
    case .timedOut: "killed at the time limit"
    }
  }
}

/// What a program left behind.
package struct Outcome: Sendable, CustomStringConvertible {
  package var command: String
  package var ending: Ending
  package var stdout: [UInt8]
  package var stderr: [UInt8]

  /// The exit code; nil after a signal or the time limit.
  package var exitCode: Int32? {
    if case .exit(let code) = ending { code } else { nil }
  }
  package var output: String { String(decoding: stdout, as: UTF8.self) }
  package var errors: String { String(decoding: stderr, as: UTF8.self) }
  /// The lines of standard error.
  package var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

  package var description: String {
    "\(command)\n→ \(ending)\nstdout: \(output.prefix(2000))\nstderr: \(errors.prefix(2000))"
  }
}

/// What stands at a program's standard input.
package enum StandardInput: Sendable {
  case empty
  /// The file itself, as in `< FILE`: it can be sought.
  case file(String)
  /// A pipe that carries these bytes and ends.
  case pipe([UInt8])
}

/// A program could not be started.
package struct StartFailure: Error, CustomStringConvertible {
  package var program: String
  package var reason: String
  package var description: String { "cannot start \(program): \(reason)" }

  package init(program: String, reason: String) {
    self.program = program
    self.reason = reason
  }
}

/// Starts programs without a shell.
///
/// Standard output and error go into unlinked files, so no amount of output can block a program
/// and nothing is left behind.
package enum ProcessRunner {
  /// Runs to the end, or to the time limit.
  package static func run(
    _ program: String, _ arguments: [String], input: StandardInput = .empty,
    environment: [String: String] = [:], directory: String? = nil, limit: Double = 60
  ) throws -> Outcome {
    try start(
      program, arguments, input: input, environment: environment, directory: directory
    ).wait(limit: limit)
  }

  /// Starts a program and returns while it runs; `environment` is laid over the tests' own.
  package static func start(
    _ program: String, _ arguments: [String], input: StandardInput = .empty,
    environment: [String: String] = [:], directory: String? = nil
  ) throws -> RunningProcess {
    guard let path = find(program) else {
      throw StartFailure(program: program, reason: "not found in PATH")
    }
    var words = [path] + arguments
    if let directory { words = ["/usr/bin/env", "-C", directory] + words }
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (out, errors) = (try unlinkedFile(), try unlinkedFile())
    let child = try spawn(
      words, environment: variables.map { "\($0)=\($1)" }, input: input, output: out, errors: errors
    )
    return RunningProcess(
      pid: child, command: ([program] + arguments).joined(separator: " "), output: out,
      errors: errors)
  }

  /// The full path of a program: a path is taken as it is, a name is looked up in `PATH`.
  package static func find(_ program: String) -> String? {
    if program.contains("/") { return program }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(program)" }
      .first { access($0, X_OK) == 0 }
  }

  private static func unlinkedFile() throws -> Int32 {
    var name = Array("\(NSTemporaryDirectory())/mediatool-test-XXXXXX".utf8CString)
    let fd = mkstemp(&name)
    guard fd >= 0 else { throw StartFailure(program: "mkstemp", reason: errnoText()) }
    unlink(name)
    return fd
  }

  static func errnoText() -> String { String(cString: strerror(errno)) }
}

// MARK: - posix_spawn

/// glibc has it from 2.34 on, and the imported C library hides it.
private let addCloseFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
  unsafeBitCast(
    $0, to: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt).self)
}

private func spawn(
  _ words: [String], environment: [String], input: StandardInput, output: Int32, errors: Int32
) throws -> pid_t {
  var feeding: [Int32] = [-1, -1]
  let standardInput: Int32
  switch input {
  case .empty: standardInput = open("/dev/null", O_RDONLY | O_CLOEXEC)
  case .file(let path): standardInput = open(path, O_RDONLY | O_CLOEXEC)
  case .pipe:
    guard pipe(&feeding) == 0 else {
      throw StartFailure(program: "pipe", reason: ProcessRunner.errnoText())
    }
    standardInput = feeding[0]
  }
  guard standardInput >= 0 else {
    throw StartFailure(program: "stdin of \(words[0])", reason: ProcessRunner.errnoText())
  }
  defer { close(standardInput) }

  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for (from, to) in [(standardInput, 0), (output, 1), (errors, 2)] as [(Int32, Int32)] {
    posix_spawn_file_actions_adddup2(&actions, from, to)
  }
  // A pipe ends when its last writer does, which no child of another test may be.
  guard addCloseFrom?(&actions, 3) == 0 else {
    throw StartFailure(program: words[0], reason: "no posix_spawn_file_actions_addclosefrom_np")
  }
  // A test process ignores SIGPIPE while it feeds a pipe, and its worker threads block signals;
  // its children must do neither.
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var defaults = sigset_t()
  sigemptyset(&defaults)
  for number in [SIGPIPE, SIGINT, SIGTERM, SIGXFSZ] { sigaddset(&defaults, number) }
  posix_spawnattr_setsigdefault(&attributes, &defaults)
  var blocked = sigset_t()
  sigemptyset(&blocked)
  posix_spawnattr_setsigmask(&attributes, &blocked)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

  var child = pid_t()
  let code = withCStrings(words) { argv in
    withCStrings(environment) { envp in
      posix_spawn(&child, words[0], &actions, &attributes, argv, envp)
    }
  }
  guard code == 0 else {
    if feeding[1] >= 0 { close(feeding[1]) }
    throw StartFailure(program: words[0], reason: String(cString: strerror(code)))
  }
  if case .pipe(let bytes) = input { feed(bytes, into: feeding[1]) }
  return child
}

/// Writes on a thread of its own: the program may read late, slowly, or not at all.
private func feed(_ bytes: [UInt8], into fd: Int32) {
  signal(SIGPIPE, SIG_IGN)
  Thread.detachNewThread {
    var offset = 0
    bytes.withUnsafeBytes { buffer in
      while offset < buffer.count {
        let count = write(fd, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { break }
        offset += count
      }
    }
    close(fd)
  }
}

private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let copies = strings.map { strdup($0) } + [nil]
  defer { for copy in copies { free(copy) } }
  return copies.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("never empty: ends with nil") }
    return body(base)
  }
}
#endif
