import Foundation
import TestSupport
import Testing

/// A file on its way to a program that has nothing but our session description.
struct RTPTransfer {
  let folder: ScratchFolder
  let input: String
  /// The session description's file.
  let sdp: String
  /// Where everything goes.
  let url: String
  private let arguments: [String]
  /// `streams` of the report.
  private let streams: [JSONText]

  /// Sends everything once to nobody, for the description and the numbers of packets.
  init(
    _ input: String, _ options: [String] = [], to host: String = "127.0.0.1",
    in folder: ScratchFolder
  ) throws {
    self.folder = folder
    self.input = input
    sdp = folder["session.sdp"]
    url = "rtp://\(host):\(try freePorts())"
    arguments = ["rtp-pack", "--send", url, "--seed", "3"] + options + [input]
    let described = try Mediatool.run(arguments + ["--json", "--fast", "--sdp", sdp])
    guard described.ending == .exit(0) else { throw PackFailure(description: "\(described)") }
    streams = try JSONText(described.stdout)["streams"]?.items ?? []
  }

  /// Starts a program, sends at the media's pace once it listens, and waits for its end.
  @discardableResult
  func received(by program: String, _ words: [String]) throws -> Outcome {
    let receiver = try ProcessRunner.start(program, words)
    defer { receiver.stop() }
    let ports = streams.compactMap { $0["port"]?.integer }
    guard receiver.waitForOutput(limit: 20, { _ in ports.allSatisfy(Self.isTaken) }) else {
      throw PackFailure(description: "does not listen: \(receiver.wait(limit: 1))")
    }
    let sent = try Mediatool.run(arguments + ["-q"])
    #expect(sent.ending == .exit(0), "\(sent)")
    let outcome = receiver.wait(limit: 30)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    return outcome
  }

  /// Whether a socket of UDP has the port.
  private static func isTaken(_ port: Int) -> Bool {
    ["/proc/net/udp", "/proc/net/udp6"].contains { path in
      guard let table = try? text(of: path) else { return false }
      return table.split(separator: "\n").contains { line in
        let fields = line.split(separator: " ")
        return fields.count > 1
          && Int(fields[1].split(separator: ":").last ?? "", radix: 16) == port
      }
    }
  }

  // MARK: FFmpeg

  /// Receives by FFmpeg, which ends at the BYE of every stream.
  ///
  /// It looks for RTCP before it looks for RTP: where they share no port, BYE overtakes what waits
  /// while FFmpeg has no processor.
  func receivedByFFmpeg(
    _ output: [String], options: [String] = [], program: String = "ffmpeg"
  ) throws {
    try received(
      by: program,
      ["-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file,udp,rtp", "-buffer_size"]
        + ["4194304"] + options + ["-i", sdp] + output)
  }

  // MARK: GStreamer

  /// Receives by GStreamer: each stream goes through an element, and what comes out of it into files
  /// of one buffer each, in their order.
  func receivedByGStreamer(
    _ elements: [String], source: [String] = []
  ) throws -> [[[UInt8]]] {
    var words = ["-q"]
    for (index, (stream, element)) in zip(streams, elements).enumerated() {
      let packets = stream["packets"]?.integer ?? 0
      words += ["udpsrc", "port=\(stream["port"]?.integer ?? 0)", "buffer-size=4194304"]
      // Nothing but their number ends it: udpsrc knows no BYE.
      words += ["num-buffers=\(packets)", "caps=\(try caps(index))"] + source + ["!"]
      words += element.split(separator: " ").map(String.init)
      words += ["!", "multifilesink", "sync=false", "location=\(folder["gst-\(index)-%06d"])"]
    }
    try received(by: "gst-launch-1.0", words)
    return try streams.indices.map { index in
      try folder.names.filter { $0.hasPrefix("gst-\(index)-") }.map { try contents(of: folder[$0]) }
    }
  }

  /// What `sdpdemux` would make of a stream's lines in the description.
  private func caps(_ stream: Int) throws -> String {
    let lines = try text(of: sdp).split(separator: "\r\n").map(String.init)
    let starts = lines.indices.filter { lines[$0].hasPrefix("m=") }
    let media = lines[starts[stream]...]
    let words = media[starts[stream]].dropFirst(2).split(separator: " ")
    func attribute(_ name: String) -> Substring? {
      let prefix = "a=\(name):\(words[3]) "
      let section = media.dropFirst().prefix { !$0.hasPrefix("m=") }
      return section.first { $0.hasPrefix(prefix) }?.dropFirst(prefix.count)
    }
    let map = try #require(attribute("rtpmap")).split(separator: "/")
    var caps =
      "application/x-rtp,media=(string)\(words[0]),payload=(int)\(words[3]),"
      + "clock-rate=(int)\(map[1]),encoding-name=(string)\(map[0].uppercased())"
    for parameter in (attribute("fmtp") ?? "").split(separator: ";") {
      let pair = parameter.trimmingPrefix(" ").split(separator: "=", maxSplits: 1)
      caps += ",\(pair[0])=(string)\"\(pair.count > 1 ? pair[1] : "1")\""
    }
    return caps
  }
}

// MARK: - What media consist of

enum ReceivedContent {
  /// NAL units of a byte stream, delimiters and parameter sets aside.
  static func units(_ path: String, isH265: Bool) throws -> [[UInt8]] {
    try byteStreamUnits(contents(of: path)).filter { unit in
      let type = isH265 ? unit[0] >> 1 & 0x3f : unit[0] & 0x1f
      return !(isH265 ? [32, 33, 34, 35] : [7, 8, 9]).contains(type)
    }
  }

  /// Stream, size and checksum of every packet, as FFmpeg's `framecrc` writes them.
  static func checksums(_ path: String) throws -> [String] {
    try text(of: path).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let fields = line.split(separator: ",").map { $0.drop { $0 == " " } }
      return "\(fields[0]) \(fields[4]) \(fields[5])"
    }
  }

  /// The same of frames that somebody else wrote, as stream 0.
  static func checksums(_ frames: [[UInt8]]) -> [String] {
    frames.map { frame in
      var (low, high): (UInt32, UInt32) = (0, 0)  // Adler-32, which FFmpeg begins with 0
      for byte in frame {
        low = (low + UInt32(byte)) % 65_521
        high = (high + low) % 65_521
      }
      let digits = String(high << 16 | low, radix: 16)
      return "0 \(frame.count) 0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
  }

  /// Writes a file by ffmpeg and says where.
  static func copied(
    _ input: String, _ arguments: [String], to name: String, in folder: ScratchFolder,
    by program: String = "ffmpeg"
  ) throws -> String {
    let outcome = try ProcessRunner.run(
      program, ["-v", "error", "-nostdin", "-y", "-i", input] + arguments + [folder[name]])
    guard outcome.ending == .exit(0) else { throw PackFailure(description: "\(outcome)") }
    return folder[name]
  }
}
