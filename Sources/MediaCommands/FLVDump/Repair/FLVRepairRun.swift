internal import Glibc
internal import MediaBytes
internal import MediaCLI
internal import MediaFLV
internal import MediaIO
internal import MediaModel

/// `mediatool flv-dump --repair`: a pass that measures, one that writes, and with `--verify` one that
/// compares.
struct FLVRepairRun {
  static let changedMeanwhile = Failure(.ioError, "the input changed while it was read")

  private let request: FLVDumpRequest
  private let arguments: ParsedArguments
  private let environment: CommandEnvironment
  /// The input as given.
  private let input: String
  private let say: (String) -> Void

  /// `say` tells an error on standard error.
  init(
    _ request: FLVDumpRequest, _ environment: CommandEnvironment, _ say: @escaping (String) -> Void
  ) {
    self.request = request
    arguments = request.arguments
    input = request.arguments.operands[0]
    self.environment = environment
    self.say = say
  }

  private var isToStandardOutput: Bool { outputPath == "-" }
  private var outputPath: String { arguments[CommonOptions.output] ?? "-" }
  private var splits: Bool { arguments[FLVDump.split] }
  private var verifies: Bool { arguments[FLVDump.verify] }

  /// - Throws: `UsageError`, and `Failure` where there is nothing to report on.
  func run() throws -> ExitCode {
    try refuseInput([outputPath])
    if !splits { try refuseUnfit([outputPath]) }
    let (file, spool) = try opened()
    // The descriptor of the spool is open as long as the spool lives.
    defer { withExtendedLifetime(spool) {} }
    let report = isToStandardOutput ? environment.standardError : environment.standardOutput
    let printer = FLVRepairPrinter(isJSON: arguments[CommonOptions.json], output: report)
    var result = FLVRepairResult(input: input)
    var exit = ExitCode.success
    do {
      exit = try repair(file, &result, printer)
    } catch let error as UsageError {
      throw error
    } catch let error as IOFailure where error.code == EPIPE {
      throw error
    } catch {
      let failure = Self.failure(error)
      result.failure = FailedInput(input: input, exit: failure.exit, message: failure.message)
      exit = failure.exit
      say(failure.message)
    }
    try printer.finish(result)
    for message in request.expectations.disappointments(result, FLVRepairReport.document) {
      exit = max(exit, .checkFailed)
      say(message)
    }
    return exit
  }

  private static func failure(_ error: any Error) -> Failure {
    switch error {
    case let error as ParseError: Failure(.dataError, FLVDumpRun.notFLV(error))
    case let error as ReadFailure: Failure(error.reason)
    default: Failure(error)
    }
  }

  private func repair(
    _ file: ReadableFile, _ result: inout FLVRepairResult, _ printer: FLVRepairPrinter
  ) throws -> ExitCode {
    var limits = FLVLimits()
    limits.maxTagSize = arguments[FLVDump.maxTagSize]
    var options = FLVRepair.Options()
    options.maxJump = max(1, arguments[FLVDump.maxJump] / 1_000_000)
    options.splits = splits
    let pass = FLVRepairPass(file: file, limits: limits, options: options)
    let plan = try pass.run().plan { stream in
      let info = CodecInfo(stream)
      return FLVTrackFacts(
        width: info.width, height: info.height, sampleRate: info.sampleRate,
        channels: info.channels)
    }
    let paths = plan.files.indices.map(path(ofFile:))
    if splits {
      try refuseInput(paths)
      try refuseUnfit(paths)
    }
    result.outputs = zip(paths, plan.files).enumerated().map {
      FLVRepairOutputFile(index: $0.offset, path: $0.element.0, planned: $0.element.1)
    }
    try printer.begin(result)
    result.totals = try write(pass, plan, paths, &result, printer)
    var exit = ExitCode.success
    if result.findings.contains(where: { $0.code.severity >= .error }) {
      say("not all can be mended")
      exit = .dataError
    }
    guard verifies else { return exit }
    let verification = try verify(pass, plan, paths)
    result.verification = verification
    guard verification.exitCode == .success else {
      say("the copy differs from the input by more than is listed")
      return verification.exitCode
    }
    return exit
  }

  private func write(
    _ pass: FLVRepairPass, _ plan: FLVRepairPlan, _ paths: [String],
    _ result: inout FLVRepairResult, _ printer: FLVRepairPrinter
  ) throws -> FLVRepairTotals {
    let writer = FLVRepairWriter(
      pass.file, to: paths, force: arguments[CommonOptions.force], environment: environment)
    var collector = FindingCollector(keptOfEach: 1000)
    defer { result.findings = collector.all() }
    do {
      let repair = try pass.run(plan: plan) { output in
        switch output {
        case .begin(let file): try writer.begin(file: file)
        case .copy(let range): try writer.copy(range)
        case .bytes(let bytes): try writer.write(bytes)
        case .change(let change): try printer.change(change)
        case .finding(let finding): collector.add(finding)
        }
      }
      try writer.flush()
      guard writer.byteCounts == plan.files.map(\.byteCount) else { throw Self.changedMeanwhile }
      try writer.finish()
      return repair.totals
    } catch {
      writer.abandon()
      throw error
    }
  }

  private func verify(
    _ pass: FLVRepairPass, _ plan: FLVRepairPlan, _ paths: [String]
  ) throws -> FLVRepairVerification {
    let verifier = try FLVRepairVerifier(pass.file, paths, limits: pass.limits)
    var end = 0
    _ = try pass.run(plan: plan) { output in
      switch output {
      case .begin(let file): try verifier.begin(file: file)
      case .change(let change): try verifier.change(change)
      case .copy, .bytes, .finding: break
      }
    }
    end = Int(pass.file.byteCount ?? 0)
    try verifier.finish(byteCount: end)
    return verifier.result
  }

  // MARK: Files

  private func opened() throws -> (ReadableFile, TemporaryFile?) {
    do {
      return try openInput()
    } catch {
      // Not to be taken for a file that cannot be written.
      let failure = Failure(error)
      throw Failure(failure.exit, "\(input): \(failure.message)")
    }
  }

  /// The input, of which a pipe is kept in a file without a name: it is read more than once.
  private func openInput() throws -> (ReadableFile, TemporaryFile?) {
    let timeout = arguments[CommonOptions.timeout]
    let file =
      input == "-"
      ? try environment.standardInput(timeout)
      : try ReadableFile.open(MediaURL(input)?.rest ?? input, readTimeout: timeout)
    guard !file.isSeekable else { return (file, nil) }
    let spool = try TemporaryFile()
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
    defer { block.deallocate() }
    while true {
      let count = try file.read(into: block)
      guard count > 0 else { break }
      try spool.descriptor.writeAll(UnsafeRawBufferPointer(rebasing: block[..<count]))
    }
    let kept = FileDescriptor(borrowing: spool.descriptor.rawValue, subject: file.subject)
    return (try ReadableFile(kept), spool)
  }

  /// `OUT.flv`, or with `--split` `OUT-001.flv` and so on.
  private func path(ofFile index: Int) -> String {
    guard splits else { return outputPath }
    let number = String(index + 1)
    let suffix = "-" + String(repeating: "0", count: max(0, 3 - number.count)) + number
    let name =
      outputPath.lastIndex(of: "/").map { outputPath[$0...].dropFirst() }
      ?? outputPath[...]
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else {
      return outputPath + suffix
    }
    return outputPath[..<dot] + suffix + outputPath[dot...]
  }

  private func refuseInput(_ paths: [String]) throws(UsageError) {
    try NamedOutputs(paths.map { ("--output", $0) }).refuse(inputs: [input])
  }

  /// Tells before the work what would come out behind it.
  private func refuseUnfit(_ paths: [String]) throws {
    for path in paths where path != "-" {
      guard let old = try? fileStatus(path) else { continue }
      if old.kind != .regular, verifies {
        throw UsageError("--verify reads the copy back, which \(path) does not allow")
      }
      if old.kind == .regular, !arguments[CommonOptions.force] {
        throw Failure(.cannotCreate, "\(path): already exists; use --force to replace it")
      }
    }
  }
}
