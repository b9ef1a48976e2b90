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
    Self(
      JSONShapeField(name, .integer, summary: summary), when: when,
      content: .value { .integer(value($0)) }
    ) { key in
      { subject, writer in writer.integer(value(subject), for: key) }
    }
  }

  @usableFromInline
  static func int64OrNull(
    _ name: String, _ summary: String, _ when: (@Sendable (Subject) -> Bool)?,
    _ value: @escaping @Sendable (Subject) -> Int64?
  ) -> Self {
    Self(
      JSONShapeField(name, .integer, summary: summary, isNullable: true), when: when,
      content: .value { value($0).map(JSONValue.integer) ?? .null }
    ) { key in
      { subject, writer in
        if let number = value(subject) {
          writer.integer(number, for: key)
        } else {
          writer.key(key)
          writer.null()
        }
      }
    }
  }

  /// A number that is printed with a fraction: seconds, decibels, ratios.
  public static func real(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> Double
  ) -> Self {
    Self(
      JSONShapeField(name, .real, summary: summary), when: when,
      content: .value { .finite(value($0)) }
    ) { key in
      { subject, writer in
        writer.key(key)
        writer.real(value(subject))
      }
    }
  }

  /// A number that is printed with a fraction, `null` where it is not known or not finite.
  public static func real(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> Double?
  ) -> Self {
    Self(
      JSONShapeField(name, .real, summary: summary, isNullable: true), when: when,
      content: .value { value($0).map(JSONValue.finite) ?? .null }
    ) { key in
      { subject, writer in
        writer.key(key)
        if let number = value(subject) { writer.real(number) } else { writer.null() }
      }
    }
  }

  /// Seconds that are known in milliseconds, which is faster to print than a `Double`.
  public static func seconds(
    _ name: String, _ summary: String, milliseconds: @escaping @Sendable (Subject) -> Int64
  ) -> Self {
    Self(
      JSONShapeField(name, .real, summary: summary), when: nil,
      content: .value { .real(Double(milliseconds($0)) / 1000) }
    ) { key in
      { subject, writer in
        writer.key(key)
        writer.decimal(milliseconds(subject), fractionDigits: 3)
      }
    }
  }

  /// A text.
  public static func string(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> String
  ) -> Self {
    Self(
      JSONShapeField(name, .string, summary: summary), when: when,
      content: .value { .string(value($0)) }
    ) { key in
      { subject, writer in
        writer.key(key)
        writer.string(value(subject))
      }
    }
  }

  /// A text, `null` where it is not known.
  public static func string(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> String?
  ) -> Self {
    Self(
      JSONShapeField(name, .string, summary: summary, isNullable: true), when: when,
      content: .value { value($0).map(JSONValue.string) ?? .null }
    ) { key in
      { subject, writer in
        writer.key(key)
        if let text = value(subject) { writer.string(text) } else { writer.null() }
      }
    }
  }

  /// A truth value.
  public static func bool(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> Bool
  ) -> Self {
    Self(
      JSONShapeField(name, .bool, summary: summary), when: when,
      content: .value { .bool(value($0)) }
    ) { key in
      { subject, writer in
        writer.key(key)
        writer.bool(value(subject))
      }
    }
  }

  /// A truth value, `null` where it is not known.
  public static func bool(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> Bool?
  ) -> Self {
    built(name, summary, .bool, isNullable: true, when) { value($0).map(JSONValue.bool) ?? .null }
  }

  /// A value that is built before it is written: of few tags, or small.
  private static func built(
    _ name: String, _ summary: String, _ shape: JSONShape, isNullable: Bool = false,
    _ when: Predicate?, narrowed: (@Sendable (EntrySelection) -> ReportField)? = nil,
    _ value: @escaping @Sendable (Subject) -> JSONValue
  ) -> Self {
    Self(
      JSONShapeField(name, shape, summary: summary, isNullable: isNullable), when: when,
      narrowed: narrowed, content: .value(value)
    ) { key in
      { subject, writer in
        writer.key(key)
        writer.value(value(subject))
      }
    }
  }

  // MARK: Small open values

  /// An array of texts.
  public static func strings(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    _ value: @escaping @Sendable (Subject) -> [String]
  ) -> Self {
    built(name, summary, .array(.string), when) { .array(value($0).map(JSONValue.string)) }
  }

  /// An object of any keys whose values are texts, such as tags.
  public static func map(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    value: @escaping @Sendable (Subject) -> [(String, String)]
  ) -> Self {
    open(name, summary, .map(.string), when) {
      .object(JSONObject(value($0).map { ($0, .string($1)) }))
    }
  }

  /// Anything of a given shape, built as a value; nil is `null`.
  public static func json(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    shape: JSONShape, value: @escaping @Sendable (Subject) -> JSONValue?
  ) -> Self {
    open(name, summary, shape, isNullable: true, when) { value($0) ?? .null }
  }

  private static func open(
    _ name: String, _ summary: String, _ shape: JSONShape, isNullable: Bool = false,
    _ when: Predicate?, _ value: @escaping @Sendable (Subject) -> JSONValue
  ) -> Self {
    built(
      name, summary, shape, isNullable: isNullable, when,
      narrowed: { selection in
        open(name, summary, shape, isNullable: isNullable, when) { selection.filter(value($0)) }
      }, value)
  }

  // MARK: Reports inside reports

  /// An object with a report of its own.
  public static func object<Part>(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    report: Report<Part>, value: @escaping @Sendable (Subject) -> Part
  ) -> Self {
    Self(
      JSONShapeField(name, report.shape, summary: summary), when: when,
      narrowed: {
        .object(name, summary, when: when, report: report.selecting($0), value: value)
      },
      content: .value { report.value(value($0)) }
    ) { key in
      { subject, writer in
        writer.key(key)
        report.write(value(subject), into: &writer)
      }
    }
  }

  /// An object with a report of its own, `null` where it is not known.
  public static func object<Part>(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    report: Report<Part>, value: @escaping @Sendable (Subject) -> Part?
  ) -> Self {
    Self(
      JSONShapeField(name, report.shape, summary: summary, isNullable: true), when: when,
      narrowed: {
        .object(name, summary, when: when, report: report.selecting($0), value: value)
      },
      content: .value { value($0).map { report.value($0) } ?? .null }
    ) { key in
      { subject, writer in
        writer.key(key)
        if let part = value(subject) { report.write(part, into: &writer) } else { writer.null() }
      }
    }
  }

  /// An array of objects with a report of their own.
  public static func array<Part>(
    _ name: String, _ summary: String, when: (@Sendable (Subject) -> Bool)? = nil,
    report: Report<Part>, value: @escaping @Sendable (Subject) -> [Part]
  ) -> Self {
    Self(
      JSONShapeField(name, .array(report.shape), summary: summary), when: when,
      narrowed: {
        .array(name, summary, when: when, report: report.selecting($0), value: value)
      },
      content: .value { .array(value($0).map { report.value($0) }) }
    ) { key in
      { subject, writer in
        writer.key(key)
        writer.beginArray()
        for part in value(subject) { report.write(part, into: &writer) }
        writer.endArray()
      }
    }
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
      when: nil,
      narrowed: {
        .streamed(
          name, summary, isOptional: isOptional, totals: totals, report: report.selecting($0))
      },
      content: .streamed
    ) { _ in { _, _ in } }
  }
}

extension JSONValue {
  /// A number, or null for one that JSON has no form for.
  static func finite(_ value: Double) -> JSONValue { value.isFinite ? .real(value) : .null }
}
