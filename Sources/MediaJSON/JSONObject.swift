/// The members of a JSON object, in the order in which they were first set.
///
/// Keys are compared byte for byte, as JSON does, not by Unicode equivalence. Two objects are
/// equal when they hold equal members in the same order: the order is part of what we print.
public struct JSONObject: Sendable {
  /// A key as its bytes: `String` itself takes canonically equivalent texts for equal.
  private struct ExactKey: Hashable {
    let text: String
    static func == (a: ExactKey, b: ExactKey) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
    func hash(into hasher: inout Hasher) {
      for byte in text.utf8 { hasher.combine(byte) }
    }
  }

  private struct Entry: Equatable {
    let key: ExactKey
    var value: JSONValue
  }

  /// Below this many members a scan is cheaper than a table.
  private static let indexedCount = 16

  private var entries: [Entry] = []
  /// Position of every key, or empty while there are few.
  private var positions: [ExactKey: Int] = [:]

  /// Creates an object without members.
  public init() {}

  /// Creates an object from members in order; of equal keys the first place and the last value.
  public init(_ members: some Sequence<(String, JSONValue)>) {
    for (key, value) in members { self[key] = value }
  }

  /// The value of a key: setting keeps the key's place or appends it, setting nil removes it.
  public subscript(key: String) -> JSONValue? {
    get { position(of: ExactKey(text: key)).map { entries[$0].value } }
    set {
      let key = ExactKey(text: key)
      switch (position(of: key), newValue) {
      case (let position?, let value?): entries[position].value = value
      case (let position?, nil): remove(at: position)
      case (nil, let value?): append(key, value)
      case (nil, nil): break
      }
    }
  }

  /// The keys, in order.
  public var keys: [String] { entries.map(\.key.text) }

  private func position(of key: ExactKey) -> Int? {
    positions.isEmpty ? entries.firstIndex { $0.key == key } : positions[key]
  }

  private mutating func append(_ key: ExactKey, _ value: JSONValue) {
    entries.append(Entry(key: key, value: value))
    if !positions.isEmpty {
      positions[key] = entries.count - 1
    } else if entries.count > Self.indexedCount {
      index()
    }
  }

  private mutating func remove(at position: Int) {
    entries.remove(at: position)
    if !positions.isEmpty { index() }
  }

  private mutating func index() {
    positions.removeAll(keepingCapacity: true)
    for (position, entry) in entries.enumerated() { positions[entry.key] = position }
  }
}

extension JSONObject: Equatable {
  /// Whether both hold equal members in the same order.
  public static func == (a: JSONObject, b: JSONObject) -> Bool { a.entries == b.entries }
}

extension JSONObject: RandomAccessCollection {
  /// The first position.
  public var startIndex: Int { 0 }
  /// One past the last position.
  public var endIndex: Int { entries.count }
  /// The member at a position, which must exist.
  public subscript(position: Int) -> (key: String, value: JSONValue) {
    (entries[position].key.text, entries[position].value)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Creates an object in the order written; of equal keys the last value counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
