internal import MediaCLI
internal import MediaIO
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
    var outputs = requests.map { ($0.option, $0.path) }
    if isListed { outputs.append(("--output", arguments[CommonOptions.output] ?? "-")) }
    try refuseSharing(outputs, input: arguments.operands.first ?? "-")
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

  private static func refuseSharing(
    _ outputs: [(option: String, path: String)], input: String
  ) throws(UsageError) {
    for (index, output) in outputs.enumerated() {
      for other in outputs[..<index] where isSame(other.path, output.path) {
        let place = output.path == "-" ? "standard output" : Redactor.shown(output.path)
        throw UsageError("\(other.option) and \(output.option) cannot both go to \(place)")
      }
      let file = MediaURL(input).flatMap { $0.scheme == "file" ? $0.rest : nil } ?? input
      let name = file == "-" ? "/dev/stdin" : file
      if output.path != "-", isSame(output.path, name) {
        throw UsageError("\(output.option) \(output.path) is the input")
      }
    }
  }

  /// Whether both are standard output, or one file.
  private static func isSame(_ a: String, _ b: String) -> Bool {
    a == "-" || b == "-" ? a == b : FileIdentity.isSame(a, b)
  }
}

/// Output that nobody asked for.
final class NoOutput: ByteOutput {
  func write(_ bytes: UnsafeRawBufferPointer) {}
  func flush() {}
}
