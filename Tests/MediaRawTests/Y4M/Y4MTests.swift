import MediaModel
import MediaRaw
import TestSupport
import Testing

private func format(_ name: String) throws -> PixelFormat {
  try #require(PixelFormat(named: name), "\(name)")
}

private func parse(_ line: String) throws -> Y4MHeader { try Y4MHeader(parsing: Array(line.utf8)) }

private func failure(_ line: [UInt8]) -> Y4MError? {
  do throws(Y4MError) {
    _ = try Y4MHeader(parsing: line)
    return nil
  } catch { return error }
}

/// A parameter `C` and what it says.
private struct Space: Sendable, CustomStringConvertible {
  var name: String
  var format: String
  var siting: ChromaSiting?
  var description: String { name }

  static let all: [Space] =
    [
      Space(name: "420jpeg", format: "yuv420p", siting: .center),
      Space(name: "420mpeg2", format: "yuv420p", siting: .left),
      Space(name: "420paldv", format: "yuv420p", siting: .topleft),
      Space(name: "420", format: "yuv420p"), Space(name: "422", format: "yuv422p"),
      Space(name: "444", format: "yuv444p"), Space(name: "411", format: "yuv411p"),
      Space(name: "mono", format: "gray"),
    ]
    + ["9", "10", "12", "14", "16"].flatMap { depth in
      [
        Space(name: "420p" + depth, format: "yuv420p\(depth)le"),
        Space(name: "422p" + depth, format: "yuv422p\(depth)le"),
        Space(name: "444p" + depth, format: "yuv444p\(depth)le"),
        Space(name: "mono" + depth, format: "gray\(depth)le"),
      ]
    }
}

/// A first line that is wrong, where, and a word of what is said.
private struct Wrong: Sendable, CustomStringConvertible {
  var line: String
  var offset: Int64
  var says: String
  var description: String { String(line.prefix(60)) }
}

@Suite("Y4M: the first line")
struct Y4MHeaderTests {
  @Test("Every C names its format, in the case of XYSCSS too", arguments: Space.all)
  fileprivate func spaces(_ space: Space) throws {
    let header = try parse("YUV4MPEG2 W3 H2 C\(space.name)")
    #expect(try header.format == format(space.format))
    #expect(header.siting == space.siting)
    let old = try parse("YUV4MPEG2 W3 H2 XYSCSS=\(space.name.uppercased())")
    #expect(old.format == header.format && old.siting == header.siting)
    #expect(old.comments.isEmpty)
  }

  @Test("Everything there is to say is read")
  func whole() throws {
    let line =
      "YUV4MPEG2 W1920 H1080 F30000:1001 It A4:3 C420mpeg2 XYSCSS=444 XCOLORRANGE=LIMITED Xa=b Q7"
    let header = try parse(line)
    #expect(
      try header
        == Y4MHeader(
          width: 1920, height: 1080, frameRate: Rational(30_000, 1001),
          format: format("yuv420p"),
          range: .limited, interlacing: .topFirst, siting: .left,
          sampleAspectRatio: Rational(4, 3), comments: ["a=b"]))
  }

  @Test("What is missing or 0:0 is unknown", arguments: ["", " F0:0 A0:0", " A0:1 C420 I?"])
  func missing(_ rest: String) throws {
    let header = try parse("YUV4MPEG2 H2 W3" + rest)
    #expect(try header.format == format("yuv420p") && header.width == 3 && header.height == 2)
    #expect(header.frameRate == nil && header.sampleAspectRatio == nil && header.siting == nil)
    #expect(header.interlacing == (rest.contains("I?") ? .unknown : .progressive))
    #expect(header.range == nil)
  }

  @Test("A header comes back as it was written, whatever format it can hold")
  func roundTrip() throws {
    var random = Seeded.of("y4m headers")
    for format in PixelFormat.all where Y4MHeader.canHold(format) {
      for range in [nil, .limited, .full] as [ColorRange?] {
        let header = Y4MHeader(
          width: .random(in: 1...65_535, using: &random),
          height: .random(in: 1...65_535, using: &random),
          frameRate: Rational(.random(in: 1...90_000, using: &random), 1001), format: format,
          range: range, interlacing: .mixed,
          siting: format.chroma == .yuv420 && format.depth == 8 ? .topleft : nil,
          sampleAspectRatio: Rational(1, 1), comments: ["one", "two three\n"])
        #expect(header.line.last == 0x0a)
        var back = try Y4MHeader(parsing: Array(header.line.dropLast()))
        #expect(back.comments == ["one", "two_three_"])
        back.comments = header.comments
        var expected = header
        if format.impliesFullRange {
          // Such a file has no word for yuvj: it says full range by another.
          expected.format = try #require(PixelFormat(named: "yuv" + format.name.dropFirst(4)))
          expected.range = range ?? .full
        }
        #expect(back == expected, "\(format.name)")
      }
    }
  }

  @Test("Only planes in the order of a Y4M file can be held")
  func holds() throws {
    let held = PixelFormat.all.filter(Y4MHeader.canHold)
    // 4:2:0, 4:2:2, 4:4:4 and 4:1:1 at 8 bits, each with its yuvj; gray; deep ones at five depths,
    // less gray14.
    #expect(held.count == 8 + 1 + 5 * 4 - 1)
    #expect(held.allSatisfy { !$0.isBigEndian && $0.model != .rgb && !$0.hasAlpha })
    for name in ["nv12", "p010le", "yuv420p10be", "gbrp", "yuyv422", "v210", "gray14le"] {
      #expect(try !Y4MHeader.canHold(format(name)), "\(name)")
    }
  }

  @Test("Comments beyond the longest line are left out")
  func longComments() throws {
    let long = String(repeating: "c", count: 2000)
    let header = try Y4MHeader(
      width: 1, height: 1, frameRate: nil, format: format("gray"),
      comments: [long, long, long, "d"])
    #expect(header.line.count <= Y4MHeader.maxLineLength)
    #expect(try Y4MHeader(parsing: Array(header.line.dropLast())).comments == [long, long, "d"])
  }

  @Test(
    "What is wrong is said with its place",
    arguments: [
      Wrong(line: "", offset: 0, says: "YUV4MPEG2"),
      Wrong(line: "RIFF", offset: 0, says: "YUV4MPEG2"),
      Wrong(line: "YUV4MPEG W1 H1", offset: 0, says: "YUV4MPEG2"),
      Wrong(line: "YUV4MPEG2", offset: 9, says: "space"),
      Wrong(line: "YUV4MPEG2W3 H2", offset: 9, says: "space"),
      Wrong(line: "YUV4MPEG2 H2", offset: 12, says: "lacks W"),
      Wrong(line: "YUV4MPEG2 W2 F1:1", offset: 17, says: "lacks H"),
      Wrong(line: "YUV4MPEG2 W0 H2", offset: 10, says: "\"0\""),
      Wrong(line: "YUV4MPEG2 W-1 H2", offset: 10, says: "\"-1\""),
      Wrong(line: "YUV4MPEG2 W H2", offset: 10, says: "\"\""),
      Wrong(line: "YUV4MPEG2 W3 H65536", offset: 13, says: "65535"),
      Wrong(line: "YUV4MPEG2 W3 H99999999999999999999", offset: 13, says: "65535"),
      Wrong(line: "YUV4MPEG2 W3 W3 H2", offset: 13, says: "second parameter W"),
      Wrong(line: "YUV4MPEG2 W3 H2 F25", offset: 16, says: "two numbers"),
      Wrong(line: "YUV4MPEG2 W3 H2 F25:0", offset: 16, says: "two numbers"),
      Wrong(line: "YUV4MPEG2 W3 H2 F1:2:3", offset: 16, says: "two numbers"),
      Wrong(line: "YUV4MPEG2 W3 H2 A4294967296:1", offset: 16, says: "aspect"),
      Wrong(line: "YUV4MPEG2 W3 H2 Ix", offset: 16, says: "interlacing"),
      Wrong(line: "YUV4MPEG2 W3 H2 C444alpha", offset: 16, says: "alpha"),
      Wrong(line: "YUV4MPEG2 W3 H2 C420p11", offset: 16, says: "\"420p11\""),
      Wrong(line: "YUV4MPEG2 W3 H2 C420\u{1b}[31m\r", offset: 16, says: "\"420?[31m?\""),
    ])
  fileprivate func wrong(_ wrong: Wrong) throws {
    let error = try #require(failure(Array(wrong.line.utf8)))
    #expect(error.offset == wrong.offset)
    #expect(error.message.contains(wrong.says), "\(error.message)")
  }

  @Test("A line without end is an error, not a reason to go on")
  func unending() throws {
    let line = Y4MHeader.signature + [UInt8](repeating: 0x57, count: Y4MHeader.maxLineLength)
    #expect(failure(line)?.offset == Int64(Y4MHeader.maxLineLength))
  }
}

@Suite("Y4M: the frames")
struct Y4MParserTests {
  @Test("Lines and pictures follow each other to the end")
  func walk() throws {
    var parser = Y4MParser()
    #expect(parser.next == .line)
    try parser.receive(line: Array("YUV4MPEG2 W5 H3 C420p10".utf8))
    #expect(parser.layout?.byteCount == 2 * (15 + 2 * 6))
    #expect(parser.next == .line)
    for (number, words) in [[], ["Ip"], ["Xyz", "I?"]].enumerated() {
      try parser.receive(line: Array((["FRAME"] + words).joined(separator: " ").utf8))
      #expect(parser.frameParameters == words)
      #expect(parser.next == .picture(byteCount: 54))
      parser.pass(54)
      #expect(parser.frameCount == Int64(number + 1))
    }
    try parser.receive(line: Array("FRAME".utf8))
    parser.pass(53)
    #expect(parser.next == .end && parser.frameCount == 3, "a short picture does not count")
  }

  @Test("An end is an error only before the first line")
  func ends() throws {
    var empty = Y4MParser()
    #expect(throws: Y4MError.self) { try empty.end() }
    #expect(empty.next == .end)
    var parser = Y4MParser()
    try parser.receive(line: Array("YUV4MPEG2 W5 H3".utf8))
    try parser.end()
    #expect(parser.next == .end && parser.frameCount == 0)
  }

  @Test("Anything but FRAME before a picture is an error at its place", arguments: [0, 2])
  func junk(frames: Int) throws {
    var parser = Y4MParser()
    try parser.receive(line: Array("YUV4MPEG2 W2 H2 Cmono".utf8))
    for _ in 0..<frames {
      try parser.receive(line: Array("FRAME".utf8))
      parser.pass(4)
    }
    for line in ["FRAMES", "", "frame", "xFRAME"] {
      var copy = parser
      let error = #expect(throws: Y4MError.self) { try copy.receive(line: Array(line.utf8)) }
      #expect(error?.offset == Int64(22 + frames * 10))
      #expect(error?.message.contains("FRAME expected before picture \(frames)") == true)
      #expect(copy.next == .end)
    }
  }

  @Test("A picture too large to handle is refused before anything is allocated")
  func huge() throws {
    var parser = Y4MParser()
    let error = #expect(throws: Y4MError.self) {
      try parser.receive(line: Array("YUV4MPEG2 W65535 H65535 C444p16".utf8))
    }
    #expect(error?.offset == 0)
    #expect(parser.layout == nil && parser.header == nil)
    #expect(parser.next == .end)
  }
}
