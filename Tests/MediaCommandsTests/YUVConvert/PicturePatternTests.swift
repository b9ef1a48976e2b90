import Testing

@testable import MediaCommands

/// Names of numbered files.
@Suite struct PicturePatternTests {
  @Test func numbersTakeTheirPlace() throws {
    #expect(try #require(PicturePattern("a/frame-%04d.png")).path(7) == "a/frame-0007.png")
    #expect(try #require(PicturePattern("%d.png")).path(12) == "12.png")
    #expect(try #require(PicturePattern("%%a%2d%%.png")).path(123) == "%a123%.png")
  }

  @Test(arguments: ["frame.png", "100%.png", "%%d.png", "%s.png", "%", "%99999d"])
  func otherNamesAreOneFile(_ path: String) {
    #expect(PicturePattern(path) == nil)
  }
}
