internal import MediaCLI

/// The files that a command line asks to be written, each with the words that ask for it.
struct NamedOutputs {
  typealias Output = (name: String, path: String)

  private let outputs: [Output]

  init(_ outputs: [Output]) { self.outputs = outputs }

  /// Those of the options that are given.
  init(_ arguments: ParsedArguments, _ options: [Key<String>]) {
    outputs = options.compactMap { option in
      arguments[option].map { (option.spec.longWord, $0) }
    }
  }

  /// Where results go, by `--output` or not, and others.
  init(results arguments: ParsedArguments, _ others: [Output]) {
    let results = arguments[CommonOptions.output].map { (name: "--output", path: $0) }
    outputs = [results ?? ("the results", "-")] + others
  }

  /// How many go to standard output.
  var standardCount: Int { outputs.count { $0.path == "-" } }

  /// - Throws: `UsageError` where two would go to one place.
  func refuseSharing() throws(UsageError) {
    for (index, output) in outputs.enumerated() {
      for other in outputs[..<index] {
        if output.path == "-", other.path == "-" {
          throw UsageError("\(other.name) and \(output.name) cannot both go to standard output")
        }
        if Self.isSame(other.path, output.path) {
          let path = Redactor.shown(output.path)
          throw UsageError("\(other.name) and \(output.name) cannot both be \(path)")
        }
      }
    }
  }

  /// Whether both are one file; devices and pipes may be written to by several.
  private static func isSame(_ a: String, _ b: String) -> Bool {
    guard a != "-", b != "-" else { return false }
    return a == b && !a.hasPrefix("/dev/") || FileIdentity.isSame(a, b)
  }

  /// A result must never take the place of what it is made of.
  ///
  /// - Throws: `UsageError` where one is an input, whatever it is called there.
  func refuse(inputs: [String]) throws(UsageError) {
    try refuse(inputs, as: inputs.count == 1 ? "the input" : "an input")
  }

  func refuse(_ inputs: [String], as what: String) throws(UsageError) {
    for (name, path) in outputs where path != "-" {
      for input in inputs where FileIdentity.isSame(path, asInput: input) {
        throw UsageError("\(name) \(Redactor.shown(path)) is \(what)")
      }
    }
  }
}
