import MediaSignal
import Testing

@testable import MediaCommands

/// What --verify concludes.
@Suite struct PictureVerificationTests {
  private func verdict(
    _ errors: [Int], allowed: Int = 0, _ change: (inout YUVConvertResult) -> Void = { _ in }
  ) throws -> PictureVerification {
    var result = try SampleConversions.result()
    result.checks.verifies = true
    result.checks.maximumError = allowed
    result.differences = errors.map {
      SampleConversions.difference($0 > 0 ? 5 : 0, of: 256, by: $0)
    }
    change(&result)
    return try #require(result.verification)
  }

  @Test func equalPicturesPass() throws {
    let verdict = try verdict([0, 0, 0])
    #expect(verdict.isPassed && verdict.maximumError == 0 && verdict.psnr == nil)
    #expect(verdict.summary == "passed: equal to the formula, 2 frames")
  }

  @Test func anErrorIsNamedWithItsComponentAndPicture() throws {
    let verdict = try verdict([0, 1, 3], allowed: 2) { $0.worstPicture = 7 }
    #expect(
      verdict.failures == [
        "B is off the formula by up to 3 (5 samples of 256 differ, most in frame 7), more than --max-error 2"
      ])
    #expect(verdict.maximumError == 3)
    #expect(verdict.summary == "failed against the formula, 2 frames")
  }

  @Test func errorsThatAreAllowedPass() throws {
    let verdict = try verdict([1, 1, 2], allowed: 2)
    #expect(verdict.isPassed && verdict.summary == "passed: within 2 of the formula, 2 frames")
  }

  @Test func nothingComparedIsNoProof() throws {
    #expect(try verdict([]).failures == ["no picture was compared"])
  }

  @Test func aLongerReferenceFailsUnlessAPartWasAskedFor() throws {
    let longer = try verdict([0, 0, 0]) {
      ($0.checks.reference, $0.referenceFrames) = ("ref.yuv", 3)
    }
    #expect(longer.failures == ["the reference has 3 pictures, the output 2"])
    let part = try verdict([0, 0, 0]) {
      ($0.checks.reference, $0.referenceFrames, $0.isPart) = ("ref.yuv", 3, true)
    }
    #expect(part.isPassed && part.against == .reference)
  }

  @Test func sumsRememberTheWorstPicture() throws {
    var result = try SampleConversions.result()
    for (number, error) in [1, 4, 4, 2].enumerated() {
      var measurement = PictureMeasurement(number: Int64(number))
      measurement.differences = [SampleConversions.difference(1, of: 10, by: error)]
      result.add(measurement)
    }
    #expect(result.worstPicture == 1)
    #expect(result.differences.first?.maximumError == 4)
    #expect(result.differences.first?.sampleCount == 40)
  }
}
