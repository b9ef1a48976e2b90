internal import MediaCLI
internal import MediaModel

/// A track that the command line asks to be written to a file of its own.
struct ExtractionRequest {
  let kind: MediaKind
  /// The option's name, for messages.
  let option: String
  let path: String

  /// What the command line asks for: video, audio, both or nothing.
  ///
  /// - Throws: `UsageError` where two outputs would go to one place, one would replace the input, or
  ///   an option has nothing to act on.
  static func all(_ arguments: ParsedArguments) throws(UsageError) -> [Self] {
    var requests: [Self] = []
    if let path = arguments[FLVDump.extractVideo] {
      requests.append(Self(kind: .video, option: "--extract-video", path: path))
    }
    if let path = arguments[FLVDump.extractAudio] {
      requests.append(Self(kind: .audio, option: "--extract-audio", path: path))
    }
    let isListed = requests.isEmpty || isListed(arguments)
    if !isListed { try refuseListing(arguments) }
    let files = requests.map { (name: $0.option, path: $0.path) }
    let outputs = isListed ? NamedOutputs(results: arguments, files) : NamedOutputs(files)
    try outputs.refuseSharing()
    try outputs.refuse(inputs: arguments.operands)
    return requests
  }

  /// Whether something is printed besides.
  static func isListed(_ arguments: ParsedArguments) -> Bool {
    arguments[CommonOptions.json] || arguments[CommonOptions.jsonl] || arguments[FLVDump.summary]
  }

  private static func refuseListing(_ arguments: ParsedArguments) throws(UsageError) {
    let options: [any OptionDescribing] = [
      FLVDump.changes, FLVDump.nal, FLVDump.hex, FLVDump.tags, FLVDump.from, FLVDump.to,
      FLVDump.limit, CommonOptions.output,
    ]
    for option in options where arguments.given(option) {
      throw UsageError(
        "\(option.spec.longWord) is about what is listed, and extraction lists nothing without "
          + "--json, --jsonl or --summary")
    }
  }
}
