internal import MediaJSON

/// Frames of the input, with their time.
struct FrameSpan: Hashable, Sendable {
  var frames: Range<Int64>
  var rate: Int

  /// Seconds of the input.
  var start: Double { Self.seconds(frames.lowerBound, rate) }
  var end: Double { Self.seconds(frames.upperBound, rate) }
  var duration: Double { Self.seconds(frames.upperBound - frames.lowerBound, rate) }

  static func seconds(_ frames: Int64, _ rate: Int) -> Double {
    (Double(frames) / Double(max(rate, 1))).nano
  }

  /// The fields of anything that has a place in time.
  static func fields<Subject>(
    _ span: @escaping @Sendable (Subject) -> FrameSpan
  ) -> [ReportField<Subject>] {
    [
      .integer("start_frame", "Its first frame") { span($0).frames.lowerBound },
      .integer("end_frame", "The frame behind its last") { span($0).frames.upperBound },
      .real("start", "Seconds where it begins") { span($0).start },
      .real("end", "Seconds where it ends") { span($0).end },
    ]
  }

  static let report = Report(fields { (span: FrameSpan) in span })
}
