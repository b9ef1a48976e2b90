/// The outcome of parsing one command's words.
///
/// An option the command does not declare reads as not given, so that code shared by commands may
/// ask for any option.
public struct ParsedArguments: Sendable {
  /// The positional arguments in order.
  public var operands: [String]
  /// The values of each option that was given, by long name: `Bool` for flags and counts.
  var values: [String: [any Sendable]]

  /// Makes an empty outcome, as if nothing but these operands were given.
  public init(operands: [String] = []) {
    self.operands = operands
    values = [:]
  }

  /// Whether the option was on the command line.
  public func given(_ option: any OptionDescribing) -> Bool {
    values[option.spec.name] != nil
  }

  /// Whether the flag is on.
  public subscript(flag: Flag) -> Bool {
    values[flag.spec.name]?.last as? Bool ?? flag.spec.isOnByDefault
  }

  /// How many times the option was given.
  public subscript(count: CountFlag) -> Int {
    values[count.spec.name]?.count ?? 0
  }

  /// The option's last value, nil when it was not given.
  public subscript<Value>(key: Key<Value>) -> Value? {
    values[key.spec.name]?.last.map { cast($0, for: key) }
  }

  /// The option's last value, or its default.
  public subscript<Value>(key: DefaultedKey<Value>) -> Value {
    if let value = values[key.spec.name]?.last { return cast(value, for: key) }
    do throws(UsageError) {
      return try key.parse(key.defaultText)
    } catch {
      preconditionFailure("default of \(key.spec.longWord): \(error.message)")
    }
  }

  /// The option's values in the order given.
  public subscript<Value>(key: RepeatedKey<Value>) -> [Value] {
    values[key.spec.name, default: []].map { cast($0, for: key) }
  }

  /// The stored value with its type; another type means two options share one long name.
  private func cast<Value>(_ value: any Sendable, for option: any OptionDescribing) -> Value {
    guard let typed = value as? Value else {
      preconditionFailure("\(option.spec.longWord) is declared with two types")
    }
    return typed
  }
}
