import MediaJSON
import Testing

/// Sections change how fast a report is written, not what it says.
struct ReportSectionTests {
  private struct Line: Sendable {
    var index: Int
    var kind: String
    var note: String?
  }

  private static let index = ReportField<Line>.integer("index", "Position") { $0.index }
  private static let kind: [ReportField<Line>] = [
    .string("kind", "What it is") { $0.kind }, .bool("is_short", "Whether") { $0.kind.count < 3 },
  ]
  private static let note = ReportField<Line>.string(
    "note", "Remark", when: { $0.note != nil }
  ) { $0.note }

  private static func text(
    _ report: Report<Line>, _ lines: [Line], style: JSONWriter.Style = .compact
  ) -> String {
    var writer = JSONWriter(style: style)
    for line in lines {
      report.write(line, into: &writer)
      writer.newline()
    }
    return writer.text
  }

  private static func key(_ line: Line) -> UInt64? {
    line.kind == "odd" ? nil : UInt64(line.kind.hashValue.magnitude)
  }

  private let lines = (0..<40).map { number in
    Line(
      index: number, kind: ["audio", "video", "odd", "k\(number)"][number % 4],
      note: number % 7 == 0 ? "seven" : nil)
  }

  @Test(arguments: [JSONWriter.Style.compact, .pretty]) func sectionsSayTheSame(
    style: JSONWriter.Style
  ) {
    let whole = Report([Self.index] + Self.kind + [Self.note])
    let parts = Report<Line>([
      .init([Self.index]), .init(Self.kind, repeatedFor: { Self.key($0) }),
      .init([Self.note], when: { $0.note != nil }),
    ])
    #expect(Self.text(parts, lines, style: style) == Self.text(whole, lines, style: style))
    #expect(parts.shape == whole.shape)
    #expect(parts.value(lines[7]) == whole.value(lines[7]))
  }

  /// Without a comma in front, nothing can be repeated.
  @Test func theFirstSectionMayRepeat() {
    let whole = Report(Self.kind + [Self.index])
    let parts = Report<Line>([
      .init(Self.kind, repeatedFor: { Self.key($0) }), .init([Self.index]),
    ])
    #expect(Self.text(parts, lines) == Self.text(whole, lines))
  }

  @Test func secondsAreThoseOfADouble() {
    let report = Report<Int64>([.seconds("time", "Seconds", milliseconds: { $0 })])
    for time: Int64 in [0, 1, 10, 999, 1000, -40, 2_147_483_647, -2_147_483_648] {
      var writer = JSONWriter()
      report.write(time, into: &writer)
      var expected = JSONWriter()
      expected.beginObject()
      expected.key("time")
      expected.real(Double(time) / 1000)
      expected.endObject()
      #expect(writer.text == expected.text)
    }
  }
}
