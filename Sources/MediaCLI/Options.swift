/// A boolean option: `--json`, and `--no-json` to turn it off again.
public struct Flag: OptionDescribing {
  /// The description without the type.
  public let spec: OptionSpec

  /// Declares a flag.
  ///
  /// - Parameters:
  ///   - name: the long name without dashes.
  ///   - short: the one-letter form.
  ///   - aliases: other whole words, dashes included.
  ///   - help: one line without a full stop.
  ///   - isOn: what it is when not given.
  ///   - negatable: whether `--no-NAME` is accepted.
  ///   - hidden: whether help, manuals and completions leave it out.
  public init(
    _ name: String, short: Character? = nil, aliases: [String] = [], help: String,
    default isOn: Bool = false, negatable: Bool = true, hidden: Bool = false
  ) {
    spec = OptionSpec(
      name: name, short: short, aliases: aliases, kind: .flag, help: help,
      defaultText: isOn ? "on" : nil, negatable: negatable, hidden: hidden)
  }
}

/// An option that counts: `-vv` is 2.
public struct CountFlag: OptionDescribing {
  /// The description without the type.
  public let spec: OptionSpec

  /// Declares a counting option; the parameters are those of ``Flag``.
  public init(
    _ name: String, short: Character? = nil, aliases: [String] = [], help: String,
    hidden: Bool = false
  ) {
    spec = OptionSpec(
      name: name, short: short, aliases: aliases, kind: .count, help: help, repeatable: true,
      hidden: hidden)
  }
}

/// An option with one value, nil when it is not given; the last one wins.
public struct Key<Value: Sendable>: OptionDescribing {
  /// The description without the type.
  public let spec: OptionSpec

  /// Declares an option with a value.
  ///
  /// - Parameters:
  ///   - name: the long name without dashes.
  ///   - short: the one-letter form.
  ///   - aliases: other whole words, dashes included.
  ///   - value: what help calls the value, such as `FILE`.
  ///   - bare: the text meant when the option stands alone; it then takes a value only by `=`.
  ///   - help: one line without a full stop.
  ///   - completion: what shells offer for the value.
  ///   - hidden: whether help, manuals and completions leave it out.
  ///   - parse: turns the text into the value, or says what was expected.
  public init(
    _ name: String, short: Character? = nil, aliases: [String] = [], value: String,
    bare: String? = nil, help: String, completion: Completion = .none, hidden: Bool = false,
    parse: @escaping @Sendable (String) throws(UsageError) -> Value
  ) {
    spec = OptionSpec(
      name: name, short: short, aliases: aliases, kind: .value, placeholder: value, help: help,
      bareText: bare, completion: completion, hidden: hidden, parse: erased(parse))
  }
}

/// An option whose value is never missing: what is not given comes from a default text.
public struct DefaultedKey<Value: Sendable>: OptionDescribing {
  /// The description without the type.
  public let spec: OptionSpec
  let defaultText: String
  let parse: @Sendable (String) throws(UsageError) -> Value

  /// Declares an option with a default, given as the text a user would type.
  ///
  /// The other parameters are those of ``Key``.
  public init(
    _ name: String, short: Character? = nil, aliases: [String] = [], value: String,
    default defaultText: String, bare: String? = nil, help: String,
    completion: Completion = .none, hidden: Bool = false,
    parse: @escaping @Sendable (String) throws(UsageError) -> Value
  ) {
    self.defaultText = defaultText
    self.parse = parse
    spec = OptionSpec(
      name: name, short: short, aliases: aliases, kind: .value, placeholder: value, help: help,
      defaultText: defaultText, bareText: bare, completion: completion, hidden: hidden,
      parse: erased(parse))
  }
}

/// An option that may be given several times; its values add up in order.
public struct RepeatedKey<Value: Sendable>: OptionDescribing {
  /// The description without the type.
  public let spec: OptionSpec

  /// Declares a repeatable option; the parameters are those of ``Key``.
  public init(
    _ name: String, short: Character? = nil, aliases: [String] = [], value: String, help: String,
    completion: Completion = .none, hidden: Bool = false,
    parse: @escaping @Sendable (String) throws(UsageError) -> Value
  ) {
    spec = OptionSpec(
      name: name, short: short, aliases: aliases, kind: .value, placeholder: value, help: help,
      repeatable: true, completion: completion, hidden: hidden, parse: erased(parse))
  }
}

private func erased<Value: Sendable>(
  _ parse: @escaping @Sendable (String) throws(UsageError) -> Value
) -> @Sendable (String) throws(UsageError) -> any Sendable {
  { (text: String) throws(UsageError) -> any Sendable in try parse(text) }
}

// MARK: - Shorter declarations

/// An enumeration whose cases are the words a user types.
public typealias WordChoice = CaseIterable & RawRepresentable<String> & Sendable

extension Key where Value == String {
  /// Declares an option whose value is any text.
  public init(
    _ name: String, short: Character? = nil, aliases: [String] = [], value: String,
    bare: String? = nil, help: String, completion: Completion = .none, hidden: Bool = false
  ) {
    self.init(
      name, short: short, aliases: aliases, value: value, bare: bare, help: help,
      completion: completion, hidden: hidden, parse: ValueParsers.text)
  }
}

extension DefaultedKey where Value == String {
  /// Declares an option whose value is any text, with a default.
  public init(
    _ name: String, short: Character? = nil, aliases: [String] = [], value: String,
    default defaultText: String, help: String, completion: Completion = .none, hidden: Bool = false
  ) {
    self.init(
      name, short: short, aliases: aliases, value: value, default: defaultText, help: help,
      completion: completion, hidden: hidden, parse: ValueParsers.text)
  }
}

extension RepeatedKey where Value == String {
  /// Declares a repeatable option whose values are any text.
  public init(
    _ name: String, short: Character? = nil, aliases: [String] = [], value: String, help: String,
    completion: Completion = .none, hidden: Bool = false
  ) {
    self.init(
      name, short: short, aliases: aliases, value: value, help: help, completion: completion,
      hidden: hidden, parse: ValueParsers.text)
  }
}

extension Key where Value: WordChoice {
  /// Declares an option that takes one of an enumeration's words.
  ///
  /// Placeholder (`a|b|c` unless given), parser and completion come from the cases.
  public init(
    _ name: String, short: Character? = nil, aliases: [String] = [], choices: Value.Type,
    value: String? = nil, bare: String? = nil, help: String, hidden: Bool = false
  ) {
    let words = choices.allCases.map(\.rawValue)
    self.init(
      name, short: short, aliases: aliases, value: value ?? words.joined(separator: "|"),
      bare: bare, help: help, completion: .choices(words), hidden: hidden,
      parse: ValueParsers.choice(of: choices))
  }
}

extension DefaultedKey where Value: WordChoice {
  /// Declares an option that takes one of an enumeration's words, with a default.
  ///
  /// Placeholder (`a|b|c` unless given), parser and completion come from the cases.
  public init(
    _ name: String, short: Character? = nil, aliases: [String] = [], choices: Value.Type,
    value: String? = nil, default defaultChoice: Value, bare: String? = nil, help: String,
    hidden: Bool = false
  ) {
    let words = choices.allCases.map(\.rawValue)
    self.init(
      name, short: short, aliases: aliases, value: value ?? words.joined(separator: "|"),
      default: defaultChoice.rawValue, bare: bare, help: help, completion: .choices(words),
      hidden: hidden, parse: ValueParsers.choice(of: choices))
  }
}
