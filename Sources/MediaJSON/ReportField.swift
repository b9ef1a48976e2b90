/// One member of a report's object: its name and kind, and how to find its value.
///
/// Where `when` is false the key is absent: the field does not apply. Where the value is nil it is
/// `null`: the field applies but is not known. A closure that cannot answer nil makes the field
/// one that is never null.
public struct ReportField<Subject>: Sendable {
  typealias Predicate = @Sendable (Subject) -> Bool
  typealias Write = @Sendable (Subject, inout JSONWriter) -> Void

  enum Content: Sendable {
    case value(@Sendable (Subject) -> JSONValue)
    /// Written by the caller.
    case streamed
  }

  /// The name, kind and meaning.
  public let shape: JSONShapeField
  /// Writes the key and its value, or nothing where the field does not apply.
  let write: Write
  private let when: Predicate?
  private let content: Content
  /// This field with less in it, or nil where a selection cannot reach into it.
  private let narrowed: (@Sendable (EntrySelection) -> ReportField)?

  /// `write` makes the function that writes a key and its value: one closure instead of one inside
  /// the other, each of which costs as much as the number it prints.
  init(
    _ shape: JSONShapeField, when: Predicate?,
    narrowed: (@Sendable (EntrySelection) -> ReportField)? = nil, content: Content,
    write: (JSONWriter.Key) -> Write
  ) {
    var shape = shape
    if when != nil { shape.isOptional = true }
    self.shape = shape
    self.when = when
    self.content = content
    self.narrowed = narrowed
    let write = write(JSONWriter.Key(shape.name))
    if let when {
      self.write = { subject, writer in if when(subject) { write(subject, &writer) } }
    } else {
      self.write = write
    }
  }

  /// The part of this field that is selected, or nil if none is.
  func selected(by selection: EntrySelection?) -> ReportField? {
    guard let selection else { return self }
    return selection[shape.name].map { narrowed?($0) ?? self }
  }

  /// The value, or nil where the field does not apply or is streamed.
  func value(of subject: Subject) -> JSONValue? {
    if let when, !when(subject) { return nil }
    return switch content {
    case .value(let value): value(subject)
    case .streamed: nil
    }
  }
}
