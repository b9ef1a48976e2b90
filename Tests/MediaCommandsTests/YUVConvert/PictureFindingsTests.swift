import MediaModel
import MediaRaw
import MediaSignal
import Testing

@testable import MediaCommands

/// What is odd about pictures.
@Suite struct PictureFindingsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var code: String
    var words: String
    var form: (from: String, to: String, height: Int)
    var options: PictureColorOptions
    var change: @Sendable (inout YUVConvertResult) -> Void
    var testDescription: String { "\(code) \(words)" }

    init(
      _ code: String, _ words: String, _ from: String = "yuv420p", _ to: String = "rgb24",
      height: Int = 8, options: PictureColorOptions = SampleConversions.tagged,
      _ change: @escaping @Sendable (inout YUVConvertResult) -> Void
    ) {
      self.code = code
      self.words = words
      form = (from, to, height)
      self.options = options
      self.change = change
    }
  }

  private static var full: PictureColorOptions {
    var options = PictureColorOptions()
    (options.inputMatrix, options.inputRange) = (.bt709, .full)
    return options
  }

  @Test(arguments: [
    Case("", "nothing") { _ in },
    Case("E60001", "100 bytes of 192 behind the last whole picture") { $0.leftOver = 100 },
    Case("E00020", "1 packet could not be decoded") { $0.undecodablePackets = 1 },
    Case("W60002", "12.5 % of Y lies outside 16..235: perhaps full range") {
      $0.inputPlanes[0].outOfRange = 32
    },
    Case("W60002", "50.0 % of U lies outside 64..960: perhaps full range", "yuv420p10le") {
      $0.inputPlanes[0].maximum = 900
      $0.inputPlanes[1].outOfRange = 32
    },
    Case("I60003", "0.4 % of Y lies outside 16..235") { $0.inputPlanes[0].outOfRange = 1 },
    Case(
      "", "nothing outside is told of a range nobody knows", "yuv420p", "nv12",
      options: PictureColorOptions()
    ) { $0.inputPlanes[0].outOfRange = 32 },
    Case("W60004", "1.6 % of G would lie beyond") { $0.planes[1].clipped = 4 },
    Case("I60005", "0.4 % of R would lie beyond") { $0.planes[0].clipped = 1 },
    Case("I60003", "3 samples of Y lie outside 16..235") {
      ($0.inputPlanes[0].outOfRange, $0.inputPlanes[0].sampleCount) = (3, 30_000)
    },
    Case("W60006", "25.0 % of the words have bits set below the 10 that count", "p010le") {
      ($0.inputStrayBits.words, $0.inputStrayBits.low) = (400, 100)
    },
    Case("W60007", "1 word has bits set above the 10 that count", "yuv420p10le") {
      ($0.inputStrayBits.words, $0.inputStrayBits.high) = (40_000, 1)
    },
    Case("W60008", "the name says 32x18, pictures are 16x8") { $0.input = "clip_32x18.yuv" },
    Case("W60008", "the name says nv12, pictures were read as yuv420p") {
      $0.input = "clip_16x8_nv12.yuv"
    },
    Case("I60009", "Y goes from 16 to 235 only", options: full) {
      ($0.inputPlanes[0].minimum, $0.inputPlanes[0].maximum) = (16, 235)
    },
    Case("", "full range that is dim everywhere", options: full) {
      ($0.inputPlanes[0].minimum, $0.inputPlanes[0].maximum) = (16, 100)
    },
    Case("W60010", "Y, U and V are 0 throughout") {
      for place in 0..<3 {
        ($0.inputPlanes[place].minimum, $0.inputPlanes[place].maximum) = (0, 0)
      }
    },
    Case("I60011", "bt709 was assumed of 608 lines", height: 608, options: PictureColorOptions()) {
      _ in
    },
    Case("I60012", "U and V are 128 throughout") {
      for place in 1..<3 {
        ($0.inputPlanes[place].minimum, $0.inputPlanes[place].maximum) = (128, 128)
      }
    },
  ])
  func whatIsOddIsFound(_ test: Case) throws {
    var result = try SampleConversions.result(
      test.form.from, test.form.to, height: test.form.height, test.options)
    test.change(&result)
    let findings = PictureFindings.all(of: result)
    #expect(findings.map(\.code.code) == (test.code.isEmpty ? [] : [test.code]))
    if let found = findings.first {
      #expect(found.message.contains(test.words), "\(found)")
    }
  }
}
