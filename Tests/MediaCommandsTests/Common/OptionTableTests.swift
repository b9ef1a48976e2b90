import MediaCLI
import Testing

@testable import MediaCommands

/// One word, one meaning: the options of all commands side by side.
@Suite struct OptionTableTests {
  private struct Entry {
    var command: String
    var option: OptionSpec
    /// What it takes, and what it does unless told otherwise.
    var form: String {
      let parts = [
        "\(option.kind)", option.placeholder, option.defaultText.map { "default \($0)" },
        option.bareText.map { "bare \($0)" }, option.short.map { "-\($0)" },
        option.repeatable ? "repeatable" : nil,
      ]
      return parts.compactMap(\.self).joined(separator: " ")
    }
  }

  private static let entries = Tool.commands.flatMap { command in
    command.spec.groups.flatMap(\.options).map {
      Entry(command: command.spec.name, option: $0.spec)
    }
  }

  /// Options of one name that are not of one form, and why that stays.
  private static let ownForms = [
    "jobs": "probe reads one input after the other unless told, as its inputs may be one disk",
    "loop": "rtp-pack takes the number only by =, as its --loop alone is for ever",
    "mtu": "what rtp-pack makes by default is less than what rtp-unpack lets pass",
    "range": "rtsp-pull: RTSP's own word for a part; yuv-convert: FFmpeg's for a range of codes",
    "to": "yuv-convert: what to convert to; elsewhere the end of a span",
  ]

  @Test func oneNameHasOneForm() {
    for (name, same) in Dictionary(grouping: Self.entries, by: \.option.name) {
      let forms = Set(same.map(\.form))
      let text = same.map { "\($0.command): \($0.form)" }.joined(separator: "; ")
      #expect(forms.count == 1 || Self.ownForms[name] != nil, "--\(name): \(text)")
      #expect(
        forms.count > 1 || Self.ownForms[name] == nil, "--\(name) needs no exception any more")
    }
  }

  /// Options of one form that say in each command what they are about there.
  private static let ownHelp: Set = [
    "expect", "fast", "format", "from", "hash", "header", "jobs", "mtu", "output", "packets",
    "range",
    "retry", "sdp", "start", "to", "verify",
  ]

  @Test func oneNameHasOneHelp() {
    for (name, same) in Dictionary(grouping: Self.entries, by: \.option.name) {
      let texts = Set(same.map(\.option.help))
      #expect(texts.count == 1 || Self.ownHelp.contains(name), "--\(name): \(texts.sorted())")
    }
  }

  /// Words that are names of one option in one command and of another one elsewhere.
  private static let ownWords = [
    "-r": "FFmpeg's for the rate of pictures, SoX's for that of samples",
    "--frame-rate": "of rtp-pack that is --fps, too",
  ]

  @Test func oneWordIsOneOption() {
    var names: [String: Set<String>] = [:]
    for entry in Self.entries {
      for word in entry.option.words { names[word, default: []].insert(entry.option.name) }
    }
    for (word, found) in names where found.count > 1 {
      #expect(Self.ownWords[word] != nil, "\(word): \(found.sorted())")
    }
    #expect(!names.isEmpty)
  }
}
