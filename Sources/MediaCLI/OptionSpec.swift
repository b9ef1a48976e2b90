/// What a shell should offer for a value.
public enum Completion: Sendable, Equatable {
  /// Nothing can be guessed.
  case none
  /// Files, those with one of the extensions (without the dot) first where any are given.
  case file(extensions: [String] = [])
  /// Directories.
  case directory
  /// One of these words.
  case choices([String])
  /// A host name.
  case host
  /// A URL, or a file.
  case url
}

/// One option without its type: what the parser, help, manuals and completions need to know.
public struct OptionSpec: Sendable {
  /// What an option does with the words after it.
  public enum Kind: Sendable, Equatable {
    /// On or off.
    case flag
    /// How many times it is given.
    case count
    /// Takes a value.
    case value
  }

  /// The long name without dashes, which also identifies the option.
  public var name: String
  /// The one-letter form, if any.
  public var short: Character?
  /// Other whole words that mean the same, dashes included, such as `-ar`.
  public var aliases: [String]
  /// Flag, count or value.
  public var kind: Kind
  /// The name of the value in help, such as `FILE`; nil for flags and counts.
  public var placeholder: String?
  /// One line: starts with a capital, ends without a full stop.
  public var help: String
  /// The value when the option is not given, as it would be typed.
  public var defaultText: String?
  /// The value when the option is given bare; such an option takes a value only by `=`.
  public var bareText: String?
  /// Whether values add up instead of the last one winning.
  public var repeatable: Bool
  /// Whether `--no-NAME` turns it off.
  public var negatable: Bool
  /// What shells offer for the value.
  public var completion: Completion
  /// Whether help, manuals and completions leave it out.
  public var hidden: Bool
  /// Turns the text into the value; nil for flags and counts.
  public var parse: (@Sendable (String) throws(UsageError) -> any Sendable)?

  /// Makes a description; only the name, the kind and the help are needed.
  public init(
    name: String, short: Character? = nil, aliases: [String] = [], kind: Kind,
    placeholder: String? = nil, help: String, defaultText: String? = nil, bareText: String? = nil,
    repeatable: Bool = false, negatable: Bool = false, completion: Completion = .none,
    hidden: Bool = false,
    parse: (@Sendable (String) throws(UsageError) -> any Sendable)? = nil
  ) {
    self.name = name
    self.short = short
    self.aliases = aliases
    self.kind = kind
    self.placeholder = placeholder
    self.help = help
    self.defaultText = defaultText
    self.bareText = bareText
    self.repeatable = repeatable
    self.negatable = negatable
    self.completion = completion
    self.hidden = hidden
    self.parse = parse
  }

  /// `--name`, the way messages call the option.
  public var longWord: String { "--" + name }

  /// `--no-name`, where that turns the option off.
  public var negatedWord: String? { negatable ? "--no-" + name : nil }

  /// Every word that turns the option on, in the order help shows them: `-o`, `-ar`, `--output`.
  public var words: [String] {
    let single = aliases.filter { !$0.hasPrefix("--") }
    let double = aliases.filter { $0.hasPrefix("--") }
    return (short.map { ["-\($0)"] } ?? []) + single + [longWord] + double
  }

  /// Whether a flag is on until it is turned off.
  public var isOnByDefault: Bool { kind == .flag && defaultText != nil }
}

/// Anything that can stand in an ``OptionGroup``.
public protocol OptionDescribing: Sendable {
  /// The description without the type.
  var spec: OptionSpec { get }
}
