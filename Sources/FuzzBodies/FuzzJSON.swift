import MediaBytes
import MediaJSON

/// Parses any bytes as JSON; a value that is accepted survives being written and read again.
public func fuzzJSON(_ bytes: RawSpan) {
  do throws(JSONParseError) {
    let value = try JSONValue(parsing: [UInt8](copying: bytes))
    let text = value.text()
    do throws(JSONParseError) {
      let again = try JSONValue(parsing: text)
      precondition(again == value, "the value changed")
    } catch {
      preconditionFailure("cannot read what it wrote: \(error)")
    }
  } catch {
    precondition((0...bytes.byteCount).contains(error.offset), "error outside the input")
  }
}

/// Parses the first line as an expectation and tests the rest, a JSON text, with it.
///
/// The operator `~` is left out: its regular expressions are the standard library's, and some are
/// slow by nature.
public func fuzzExpectations(_ bytes: RawSpan) {
  let all = [UInt8](copying: bytes)
  let end = all.firstIndex(of: 10) ?? all.endIndex
  let expression = String(decoding: all[..<end], as: UTF8.self)
  guard !expression.contains("~") else { return }
  do {
    let expectation = try Expectation(parsing: expression, shape: .any)
    let again = try Expectation(parsing: expectation.text, shape: .any)
    precondition(again.text == expectation.text, "its own text means something else")
    let document = try JSONValue(parsing: [UInt8](all[end...]))
    _ = expectation.evaluate(on: document)
  } catch {
    // The errors are for whoever wrote the expression; here it is enough that they are thrown.
    return
  }
}
