import Foundation

/// What a server of RTSP does otherwise than a good one, and what is to come of it.
///
/// A script is a text file. Its first lines, each behind a `#`, say what the quirk is and which clause
/// it bends. Then, in any order:
///
///     expect OUTCOME            how a client ends: playing (the default), refused STATUS,
///                               unauthorized, broken, silent, described, redirected
///     deviation CODE            what a client must tell, once for each code
///     on METHOD                 the answer to the next request of that method, in the lines that
///                               follow, which are indented; the last such answer stays
///     asks METHOD URI           what a request of that method may be about, once for each; of all else
///                               the server says 404
///     needs METHOD TEXT         what a request must say, behind the first of its method, to have the
///                               next answer instead of the same again
///     sdp                       the description, in indented lines, instead of the usual one
///
/// Within an answer `{cseq}` is the request's number, `{transport}` what it asks for, `{uri}` its
/// address, `{sdp}` the description with its length in front and behind the head, `{host}` the
/// server's host and port, `{packets}` media on the connection, `{packets C}` those of the first track
/// on channel C, `{$C text}` a packet on channel C,
/// `{hex 00ff}` bytes, `{close}` the end of the connection and `{nothing}` no answer at all. A line
/// that ends with `\` goes on without a line end; an answer whose last line does not is a head, and
/// gets the empty line at its end.
public struct RTSPScript: Sendable, CustomStringConvertible {
  /// The file's name without its suffix.
  public var name: String
  /// What the quirk is.
  public var title = ""
  /// How a client ends.
  public var expectation = "playing"
  /// What a client tells.
  public var deviations: [String] = []
  /// Answers in the order of requests, by method.
  public var answers: [String: [String]] = [:]
  /// What requests may be about, by method; those not listed about anything.
  public var places: [String: [String]] = [:]
  /// What requests have to say for the second answer and those behind it, by method.
  public var needs: [String: [String]] = [:]
  /// The description; nil for the usual one.
  public var sdp: String?

  /// The name.
  public var description: String { name }

  /// All scripts of a folder, in the order of their names.
  public static func all(in folder: String) -> [RTSPScript] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".rtsp") }.sorted().map { name in
      let text = (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
      return RTSPScript(named: String(name.dropLast(5)), text)
    }
  }

  /// Reads a script.
  public init(named name: String, _ text: String) {
    self.name = name
    var block: (key: String, lines: [String])?
    func end(_ script: inout RTSPScript) {
      guard let (key, lines) = block else { return }
      block = nil
      if key == "sdp" {
        script.sdp = lines.map { $0 + "\r\n" }.joined()
      } else {
        script.answers[key, default: []].append(Self.joined(lines))
      }
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("  ") || line.isEmpty, block != nil {
        block?.lines.append(String(line.dropFirst(2)))
        continue
      }
      end(&self)
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      switch (words.first, words.dropFirst().first) {
      case ("#", let rest?): title += (title.isEmpty ? "" : " ") + rest
      case ("expect", let rest?): expectation = rest
      case ("deviation", let rest?): deviations.append(rest)
      case ("asks", let rest?): Self.add(rest, to: &places)
      case ("needs", let rest?): Self.add(rest, to: &needs)
      case ("on", let rest?): block = (rest, [])
      case ("sdp", nil): block = ("sdp", [])
      case (nil, _): break
      default: preconditionFailure("\(name): what is '\(line)'?")
      }
    }
    end(&self)
  }

  private static func add(_ rest: String, to table: inout [String: [String]]) {
    let words = rest.split(separator: " ", maxSplits: 1).map(String.init)
    table[words[0], default: []].append(words.dropFirst().first ?? "")
  }

  /// Lines with their ends, those behind a backslash in one; empty ones at the end are none.
  private static func joined(_ lines: [String]) -> String {
    var lines = lines
    while lines.last?.isEmpty == true { lines.removeLast() }
    let isHead = lines.last?.hasSuffix("\\") == false
    return lines.map { $0.hasSuffix("\\") ? String($0.dropLast()) : $0 + "\r\n" }.joined()
      + (isHead ? "\r\n" : "")
  }
}
