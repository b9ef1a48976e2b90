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
}
