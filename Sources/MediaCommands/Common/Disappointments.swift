internal import MediaJSON

extension [Expectation] {
  /// What is wrong with a result; one sentence for each expectation that is not met.
  ///
  /// The report is not even made where nothing is expected: that takes a third of a short run.
  func disappointments<Result>(
    _ result: Result, _ report: @autoclosure () -> Report<Result>
  ) -> [String] {
    guard !isEmpty else { return [] }
    let document = report().value(result)
    return compactMap {
      let answer = $0.evaluate(on: document)
      return answer.passed ? nil : answer.message
    }
  }

  /// The exit code of a result, and of what failed besides; `say` is told why it is not 0.
  func verdict<Result>(
    _ result: Result, _ report: @autoclosure () -> Report<Result>, _ failure: Failure?,
    say: (String) -> Void
  ) -> ExitCode {
    var exit = ExitCode.success
    for message in disappointments(result, report()) {
      exit = .checkFailed
      say(message)
    }
    if let failure {
      say(failure.message)
      exit = Swift.max(exit, failure.exit)
    }
    return exit
  }
}
