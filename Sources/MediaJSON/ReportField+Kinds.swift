// Each kind comes twice where it can be unknown: a closure that may answer nil makes the field
// nullable, one that cannot is preferred by the compiler and promises a value.

extension ReportField {
  // MARK: Scalars

  /// A whole number; beyond `Int64` it is clamped.
  @inlinable
  public static func integer<Number: FixedWidthInteger & SendableMetatype>(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> Number
  ) -> Self {
    int64(name, summary, when) { Int64(clamping: value($0)) }
  }

  /// A whole number, `null` where it is not known; beyond `Int64` it is clamped.
  @inlinable
  public static func integer<Number: FixedWidthInteger & SendableMetatype>(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> Number?
  ) -> Self {
    int64OrNull(name, summary, when) { value($0).map { Int64(clamping: $0) } }
  }

  @usableFromInline
  static func int64(
    _ name: String, _ summary: String, _ when: (@Sendable (Subject) -> Bool)?,
    _ value: @escaping @Sendable (Subject) -> Int64
  ) -> Self {
    scalar(
      name, summary, .integer, when, write: { $1.integer(value($0)) }, { .integer(value($0)) })
  }

  @usableFromInline
  static func int64OrNull(
    _ name: String, _ summary: String, _ when: (@Sendable (Subject) -> Bool)?,
    _ value: @escaping @Sendable (Subject) -> Int64?
  ) -> Self {
    scalar(
      name, summary, .integer, isNullable: true, when,
      write: { subject, writer in
        if let number = value(subject) { writer.integer(number) } else { writer.null() }
      },
      { value($0).map(JSONValue.integer) ?? .null })
  }

  /// A number that is printed with a fraction: seconds, decibels, ratios.
  public static func real(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> Double
  ) -> Self {
    scalar(name, summary, .real, when, write: { $1.real(value($0)) }, { .finite(value($0)) })
  }

  /// A number that is printed with a fraction, `null` where it is not known or not finite.
  public static func real(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> Double?
  ) -> Self {
    scalar(name, summary, .real, isNullable: true, when) {
      value($0).map(JSONValue.finite) ?? .null
    }
  }

  /// A text.
  public static func string(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> String
  ) -> Self {
    scalar(name, summary, .string, when, write: { $1.string(value($0)) }, { .string(value($0)) })
  }

  /// A text, `null` where it is not known.
  public static func string(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> String?
  ) -> Self {
    scalar(name, summary, .string, isNullable: true, when) {
      value($0).map(JSONValue.string) ?? .null
    }
  }

  /// A truth value.
  public static func bool(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> Bool
  ) -> Self {
    scalar(name, summary, .bool, when, write: { $1.bool(value($0)) }, { .bool(value($0)) })
  }

  /// A truth value, `null` where it is not known.
  public static func bool(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> Bool?
  ) -> Self {
    scalar(name, summary, .bool, isNullable: true, when) { value($0).map(JSONValue.bool) ?? .null }
  }

  private static func scalar(
    _ name: String, _ summary: String, _ shape: JSONShape, isNullable: Bool = false,
    _ when: Predicate?, write: Write? = nil, _ value: @escaping @Sendable (Subject) -> JSONValue
  ) -> Self {
    // A number on its way to text need not become a value first.
    Self(
      JSONShapeField(name, shape, summary: summary, isNullable: isNullable), when: when,
      content: write.map { .nested(write: $0, value: value) } ?? .value(value))
  }

  // MARK: Small open values

  /// An array of texts.
  public static func strings(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> [String]
  ) -> Self {
    scalar(name, summary, .array(.string), when) { .array(value($0).map(JSONValue.string)) }
  }

  /// An array of texts, `null` where it is not known.
  public static func strings(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> [String]?
  ) -> Self {
    scalar(name, summary, .array(.string), isNullable: true, when) {
      value($0).map { .array($0.map(JSONValue.string)) } ?? .null
    }
  }

  /// An object of any keys whose values are texts, such as tags.
  public static func map(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    value: @escaping @Sendable (Subject) -> [(String, String)]
  ) -> Self {
    open(JSONShapeField(name, .map(.string), summary: summary), when) {
      .object(JSONObject(value($0).map { ($0, .string($1)) }))
    }
  }

  /// Anything of a given shape, built as a value; nil is `null`.
  public static func json(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    shape: JSONShape, value: @escaping @Sendable (Subject) -> JSONValue?
  ) -> Self {
    open(JSONShapeField(name, shape, summary: summary, isNullable: true), when) {
      value($0) ?? .null
    }
  }

  private static func open(
    _ shape: JSONShapeField, _ when: Predicate?,
    _ value: @escaping @Sendable (Subject) -> JSONValue
  ) -> Self {
    Self(
      shape, when: when, content: .value(value),
      narrowed: { selection in open(shape, when) { selection.filter(value($0)) } })
  }

  // MARK: Reports inside reports

  /// An object with a report of its own.
  public static func object<Part>(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    report: Report<Part>, value: @escaping @Sendable (Subject) -> Part
  ) -> Self {
    Self(
      JSONShapeField(name, report.shape, summary: summary), when: when,
      content: .nested(
        write: { report.write(value($0), into: &$1) }, value: { report.value(value($0)) }),
      narrowed: {
        .object(name, summary, when: when, report: report.selecting($0), value: value)
      })
  }

  /// An object with a report of its own, `null` where it is not known.
  public static func object<Part>(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    report: Report<Part>, value: @escaping @Sendable (Subject) -> Part?
  ) -> Self {
    Self(
      JSONShapeField(name, report.shape, summary: summary, isNullable: true), when: when,
      content: .nested(
        write: { subject, writer in
          if let part = value(subject) { report.write(part, into: &writer) } else { writer.null() }
        },
        value: { value($0).map { report.value($0) } ?? .null }),
      narrowed: {
        .object(name, summary, when: when, report: report.selecting($0), value: value)
      })
  }

  /// An array of objects with a report of their own.
  public static func array<Part>(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    report: Report<Part>, value: @escaping @Sendable (Subject) -> [Part]
  ) -> Self {
    Self(
      JSONShapeField(name, .array(report.shape), summary: summary), when: when,
      content: .nested(
        write: { subject, writer in
          writer.beginArray()
          for part in value(subject) { report.write(part, into: &writer) }
          writer.endArray()
        },
        value: { .array(value($0).map { report.value($0) }) }),
      narrowed: {
        .array(name, summary, when: when, report: report.selecting($0), value: value)
      })
  }

  /// An array of objects which the caller writes as they happen; the report says how they look.
  ///
  /// `totals` are the paths to name in `--expect` instead, as in `totals.packets`.
  public static func streamed<Part>(
    _ name: String, _ summary: String, isOptional: Bool = false, totals: [String],
    report: Report<Part>
  ) -> Self {
    Self(
      JSONShapeField(
        name, .array(report.shape), summary: summary, isOptional: isOptional,
        streamedTotals: totals),
      when: nil, content: .streamed,
      narrowed: {
        .streamed(
          name, summary, isOptional: isOptional, totals: totals, report: report.selecting($0))
      })
  }
}

extension JSONValue {
  /// A number, or null for one that JSON has no form for.
  static func finite(_ value: Double) -> JSONValue { value.isFinite ? .real(value) : .null }
}
