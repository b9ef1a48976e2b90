import MediaBytes

/// The header fields of a message, in their order (RFC 2326 §4.2).
public struct RTSPHeaders: Hashable, Sendable {
  /// A name and what stands behind its colon, without blanks around either.
  public struct Field: Hashable, Sendable {
    /// As it is written.
    public var name: String
    /// In one line.
    public var value: String

    /// Makes one of its parts.
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  /// All fields.
  public private(set) var fields: [Field] = []

  /// Makes none.
  public init() {}

  /// Makes these.
  public init(_ fields: [(name: String, value: String)]) {
    for field in fields { append(field.name, field.value) }
  }

  /// Takes lines without their ends; lines that are no fields are left out.
  ///
  /// A line that begins with a blank goes on with the value before (RFC 9112 §5.2).
  init(lines: some Sequence<String>) {
    for line in lines {
      if let first = line.utf8.first, first == 0x20 || first == 0x09 {
        guard !fields.isEmpty else { continue }
        fields[fields.count - 1].value += " " + line.trimmed
        continue
      }
      let (name, value) = line.cut(at: ":")
      guard let value, !name.trimmed.isEmpty else { continue }
      fields.append(Field(name.trimmed, value.trimmed))
    }
  }

  /// Adds a field behind the others; line ends within it become blanks, as they would end it.
  public mutating func append(_ name: String, _ value: String) {
    fields.append(Field(Self.inOneLine(name), Self.inOneLine(value)))
  }

  /// The value of the first field of that name, the case of letters not regarded.
  public subscript(name: String) -> String? {
    fields.first { $0.name.isSameToken(as: name) }?.value
  }

  /// The values of all fields of that name.
  public func values(_ name: String) -> [String] {
    fields.filter { $0.name.isSameToken(as: name) }.map(\.value)
  }

  private static func inOneLine(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x0d || $0 == 0x0a }) else { return text }
    return String(decoding: text.utf8.map { $0 == 0x0d || $0 == 0x0a ? 0x20 : $0 }, as: UTF8.self)
  }
}
