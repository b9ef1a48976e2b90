import Foundation
import MediaIO
import TestSupport

@testable import MediaRTSP

/// The table of docs/rtsp.md: what each script's server does, and who copes with it.
struct RTSPQuirkTable: Equatable {
  struct Row: Equatable {
    var name: String
    var title: String
    /// What our client makes of it.
    var ours: String
    /// Whether each FFmpeg copes: `yes` or `no`.
    var theirs: [String]
  }

  static let start = "<!-- scripts -->"
  static let end = "<!-- end of scripts -->"

  var peers: [String]
  var rows: [Row]

  var text: String {
    let head = "| Script | What the server does | mediatool | \(peers.joined(separator: " | ")) |\n"
    let line = "|---|---|---|\(peers.map { _ in "---|" }.joined())\n"
    let body = rows.map {
      "| `\($0.name)` | \($0.title) | \($0.ours) | \($0.theirs.joined(separator: " | ")) |\n"
    }
    let counts = peers.indices.map { index in
      "\(rows.count { $0.theirs[index] == "yes" })"
    }
    let last = "| **\(rows.count) scripts** | copes with | **\(rows.count)** |"
    return head + line + body.joined() + last
      + counts.map { " **\($0)** |" }.joined() + "\n"
  }

  init(peers: [String], rows: [Row]) { (self.peers, self.rows) = (peers, rows) }

  /// Takes the table out of a document.
  init?(in document: String) {
    guard let start = document.range(of: Self.start + "\n"),
      let end = document.range(of: Self.end)
    else { return nil }
    let lines = document[start.upperBound..<end.lowerBound].split(separator: "\n").map(Self.cells)
    guard lines.count > 2 else { return nil }
    peers = Array(lines[0].dropFirst(3))
    rows = lines.dropFirst(2).dropLast().compactMap { cells in
      guard cells.count == 3 + lines[0].count - 3 else { return nil }
      return Row(
        name: cells[0].filter { $0 != "`" }, title: cells[1], ours: cells[2],
        theirs: Array(cells[3...]))
    }
  }

  private static func cells(_ line: Substring) -> [String] {
    line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// What our client makes of a script: how it ends, and what it tells.
  static func ours(_ script: RTSPScript) throws -> String {
    let run = try RTSPScriptTests.run(script)
    let outcome = run.outcome == "playing" ? "plays" : run.outcome
    let told = run.deviations.map { "`\($0)`" }.joined(separator: ", ")
    return told.isEmpty ? outcome : "\(outcome), tells \(told)"
  }
}

/// FFmpeg as the client of a scripted server on a port of 127.0.0.1.
struct RTSPQuirkTrial {
  let script: RTSPScript
  let program: String
  private let packets: [(channel: UInt8, bytes: [UInt8])]
  private var requests: [RTSPScriptedServer.Request] = []

  init(_ script: RTSPScript, _ program: String, picture: [[UInt8]]) {
    (self.script, self.program) = (script, program)
    var packets: [(channel: UInt8, bytes: [UInt8])] = []
    for (index, unit) in picture.enumerated() {
      let marker: UInt8 = index == picture.count - 1 ? 0x80 : 0
      let header: [UInt8] = [0x80, marker | 96, 0, UInt8(1 + index), 0, 0, 0, 0, 0, 0, 0, 1]
      packets.append((channel: 0, bytes: header + unit))
    }
    self.packets = packets + RTSPScriptTests.packets.filter { $0.channel != 0 }
  }

  /// The NAL units of a picture that FFmpeg can decode, as it does before it copies anything.
  static func picture() throws -> [[UInt8]] {
    let outcome = try ProcessRunner.run(
      "ffmpeg",
      [
        "-v", "error", "-nostdin", "-f", "lavfi", "-i", "color=s=64x64:d=0.04:r=25", "-c:v",
        "libx264", "-bsf:v", "filter_units=remove_types=6", "-f", "h264", "-",
      ])
    var units: [[UInt8]] = [[]]
    for byte in outcome.stdout {
      units[units.count - 1].append(byte)
      if units[units.count - 1].suffix(3) == [0, 0, 1] {
        units[units.count - 1].removeLast(3)
        // The start code may have a fourth byte.
        if units[units.count - 1].last == 0 { units[units.count - 1].removeLast() }
        units.append([])
      }
    }
    return units.filter { !$0.isEmpty }
  }

  /// Whether packets of every track arrive that we have packets of; where there is to be an error, whether
  /// it comes in time; where there are to be datagrams, whether they are asked for.
  mutating func copes() throws -> Bool {
    let outcome = try run()
    guard let outcome else { return false }
    switch script.expectation {
    case "playing", "described":
      let ours = try RTSPScriptTests.run(script)
      guard !ours.isUDP else { return requests.contains { $0.method == "PLAY" } }
      let tracks = Set(
        ours.events.compactMap { event in
          if case .packet(_, let track, false) = event { track } else { nil }
        })
      let lines = String(decoding: outcome.stdout, as: UTF8.self).split(separator: "\n")
      // Nothing to play is an error, in time.
      if tracks.isEmpty { return outcome.ending != .exit(0) }
      return tracks.allSatisfy { track in lines.contains { $0.hasPrefix("\(track),") } }
    case let text where text.hasPrefix("redirected"):
      return outcome.errors.contains("127.0.0.9")
        || requests.contains { $0.uri.hasSuffix("/other") }
    default: return outcome.ending != .exit(0)
    }
  }

  /// nil where it hangs.
  private mutating func run() throws -> Outcome? {
    guard let here = SocketAddress("127.0.0.1", port: 0) else { return nil }
    let listener = try TCPListener(at: here)
    let port = try listener.localAddress().port
    let process = try ProcessRunner.start(
      program,
      [
        "-v", "error", "-nostdin", "-rtsp_flags", "prefer_tcp", "-timeout", "1500000", "-i",
        "rtsp://admin:secret@127.0.0.1:\(port)/live", "-map", "0:v?", "-map", "0:a?", "-c", "copy",
        "-f", "framemd5", "-",
      ])
    defer { process.stop() }
    let limit = Date() + 12
    while !process.hasEnded, Date() < limit {
      let client = accept(listener.rawDescriptor, nil, nil)
      guard client >= 0 else {
        usleep(5000)
        continue
      }
      serve(client, "127.0.0.1:\(port)", until: limit, process)
      close(client)
    }
    return process.hasEnded ? process.wait() : nil
  }

  /// Speaks with one connection until its end; once it plays, half a second of silence is one.
  private mutating func serve(
    _ client: Int32, _ host: String, until limit: Date, _ process: RunningProcess
  ) {
    var server = RTSPScriptedServer(script, host: host, packets: packets)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var lastHeard = Date()
    while !server.isClosed, Date() < limit, !process.hasEnded {
      var ready = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
      if poll(&ready, 1, 50) == 0 {
        let plays = server.requests.contains { $0.method == "PLAY" }
        if plays, Date() > lastHeard + 0.5 { break }
        continue
      }
      let count = recv(client, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      lastHeard = Date()
      let answer = server.receive(Array(buffer[..<count]))
      guard send(client, answer, answer.count, Int32(MSG_NOSIGNAL)) == answer.count else {
        break
      }
    }
    requests += server.requests
  }
}
