/// A report: how the facts of a `Subject` become a JSON object, declared once, field by field.
///
/// The shape, and with it the JSON Schema, `--entries` and `--expect`, follow from the fields.
///
///     let report = Report<Stream>([
///       .integer("index", "Position in the file") { $0.index },
///       .real("duration", "Duration in seconds") { $0.duration },
///     ])
public struct Report<Subject>: Sendable {
  /// The fields in the order in which they are printed.
  public let fields: [ReportField<Subject>]
  /// Writes all the fields.
  ///
  /// One closure that calls the next took a sixth of the time of a loop over `fields`, which
  /// copies each and looks up its type.
  private let writeAll: ReportField<Subject>.Write

  /// Fields that are written together.
  public struct Section: Sendable {
    let fields: [ReportField<Subject>]
    fileprivate let write: ReportField<Subject>.Write

    /// Makes a section of fields that are all asked for.
    public init(_ fields: [ReportField<Subject>]) {
      self.fields = fields
      write = Report.chain(fields)
    }

    /// Makes a section; where `when` is false none of its fields may apply.
    ///
    /// It saves asking each of many fields that few subjects have.
    public init(
      _ fields: [ReportField<Subject>], when: @escaping @Sendable (Subject) -> Bool
    ) {
      self.fields = fields
      let write = Report.chain(fields)
      self.write = { subject, writer in if when(subject) { write(subject, &writer) } }
    }

    /// Makes a section whose text depends on `key` alone, so that it is made once for each key.
    ///
    /// Where `key` is nil the text is made anew. Keys should be few: the writer keeps the last ones.
    public init(
      _ fields: [ReportField<Subject>], repeatedFor key: @escaping @Sendable (Subject) -> UInt64?
    ) {
      self.fields = fields
      let write = Report.chain(fields)
      let source = JSONWriter.RepeatedSource()
      self.write = { subject, writer in
        guard let key = key(subject) else { return write(subject, &writer) }
        writer.members(of: source, key) { write(subject, &$0) }
      }
    }
  }

  /// Creates a report of fields, whose names must differ.
  public init(_ fields: [ReportField<Subject>]) {
    self.init([Section(fields)])
  }

  /// Creates a report of fields in sections; their names must differ.
  public init(_ sections: [Section]) {
    fields = sections.flatMap(\.fields)
    precondition(Set(fields.map(\.shape.name)).count == fields.count, "two fields of one name")
    var writeAll: ReportField<Subject>.Write = { _, _ in }
    for section in sections {
      let (before, write) = (writeAll, section.write)
      writeAll = { subject, writer in
        before(subject, &writer)
        write(subject, &writer)
      }
    }
    self.writeAll = writeAll
  }

  private static func chain(_ fields: [ReportField<Subject>]) -> ReportField<Subject>.Write {
    var all: ReportField<Subject>.Write = { _, _ in }
    for field in fields {
      let (before, write) = (all, field.write)
      all = { subject, writer in
        before(subject, &writer)
        write(subject, &writer)
      }
    }
    return all
  }

  /// The shape of the object: closed, with the streamed arrays.
  public var shape: JSONShape { .object(fields.map(\.shape)) }

  /// The JSON Schema (2020-12) of the object.
  public func jsonSchema(title: String, id: String) -> JSONValue {
    shape.jsonSchema(title: title, id: id)
  }

  /// The report of the selected fields only.
  ///
  /// In a loop, select once and write many: the result pays nothing for what is left out.
  public func selecting(_ selection: EntrySelection) -> Report {
    Report(fields.compactMap { $0.selected(by: selection) })
  }

  /// Writes the object, less its streamed arrays.
  public func write(
    _ subject: Subject, into writer: inout JSONWriter, selecting selection: EntrySelection? = nil
  ) {
    guard let selection else {
      writer.beginObject()
      writeAll(subject, &writer)
      return writer.endObject()
    }
    selecting(selection).write(subject, into: &writer)
  }

  /// Which of the fields `writeFields` takes.
  public enum FieldRange: Sendable {
    /// All of them.
    case all
    /// Those in front of the named one.
    case before(String)
    /// Those behind the named one.
    case after(String)
    /// Those behind the first name and in front of the second.
    case between(String, String)
  }

  /// Writes members into an object that the caller opened.
  ///
  /// Around a streamed array the caller writes the fields before it, the array, and the fields
  /// after it.
  public func writeFields(
    of subject: Subject, _ range: FieldRange, into writer: inout JSONWriter,
    selecting selection: EntrySelection? = nil
  ) {
    if case .all = range, selection == nil { return writeAll(subject, &writer) }
    for field in fields[positions(range)] {
      field.selected(by: selection)?.write(subject, &writer)
    }
  }

  private func positions(_ range: FieldRange) -> Range<Int> {
    func position(_ name: String) -> Int {
      guard let position = fields.firstIndex(where: { $0.shape.name == name }) else {
        preconditionFailure("no field \(name)")
      }
      return position
    }
    return switch range {
    case .all: fields.indices
    case .before(let name): 0..<position(name)
    case .after(let name): position(name) + 1..<fields.count
    case .between(let first, let second): position(first) + 1..<position(second)
    }
  }

  /// The object as a value, less its streamed arrays: what `--expect` tests.
  public func value(_ subject: Subject, selecting selection: EntrySelection? = nil) -> JSONValue {
    let report = selection.map(selecting) ?? self
    var object = JSONObject()
    for field in report.fields {
      object[field.shape.name] = field.value(of: subject)
    }
    return .object(object)
  }
}
