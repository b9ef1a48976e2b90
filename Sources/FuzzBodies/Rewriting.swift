import MediaBytes

/// What can be read from bytes and written to them again.
protocol Rewritable: Equatable {
  init(parsing reader: inout ByteReader) throws(ParseError)
  /// Whether `write` may be called.
  var isWritable: Bool { get }
  func write(to writer: inout ByteWriter)
}

extension Rewritable {
  var isWritable: Bool { true }
}

/// What `parse` finds at the start of the bytes; nil when it throws, which must be about them.
func attempt<Value>(
  _ bytes: RawSpan, _ parse: (inout ByteReader) throws(ParseError) -> Value
) -> Value? {
  // Offsets that forget where the bytes begin show themselves.
  let base = 1 << 20
  var reader = ByteReader(bytes, baseOffset: base)
  do throws(ParseError) {
    return try parse(&reader)
  } catch {
    precondition(
      (base...base + bytes.byteCount).contains(error.offset), "error outside the input")
    return nil
  }
}

/// The value at the start of the bytes, and where it ends; nil when there is none.
///
/// It survives being written and read again.
@discardableResult
func rewrite<Value: Rewritable>(
  _ type: Value.Type, _ bytes: RawSpan
) -> (value: Value, end: Int)? {
  let found = parsed(type, bytes)
  if let found { checkRewriting(found.value) }
  return found
}

/// Writes a value, and reads from exactly those bytes the same.
func checkRewriting<Value: Rewritable>(_ value: Value) {
  guard value.isWritable else { return }
  var writer = ByteWriter()
  value.write(to: &writer)
  let written = writer.bytes
  guard let (again, end) = parsed(Value.self, written.span.bytes) else {
    preconditionFailure("cannot read what it wrote")
  }
  precondition(again == value, "the value changed")
  precondition(end == written.count, "bytes are left of what was written")
}

private func parsed<Value: Rewritable>(
  _ type: Value.Type, _ bytes: RawSpan
) -> (value: Value, end: Int)? {
  attempt(bytes) { (reader: inout ByteReader) throws(ParseError) in
    (value: try Value(parsing: &reader), end: reader.position)
  }
}
