import Foundation
import MediaIO
import TestSupport
import Testing

/// What a peer sent, and what says what it is.
struct SentRTP {
  var packets: [(time: Int64, bytes: [UInt8])]
  /// `--sdp FILE` or `--map PT=NAME/CLOCK`.
  var description: [String]

  /// The packets of RTP.
  var media: [[UInt8]] {
    packets.map(\.bytes).filter { !(200...207).contains($0[1]) }
  }

  /// What stands behind the 12 bytes of each header, which has no extensions, joined.
  var payload: [UInt8] { media.flatMap { $0.dropFirst(12) } }

  /// Writes a capture and unpacks it; gives the report.
  func unpack(_ scratch: ScratchFolder, to output: String, exit: Int32 = 0) throws -> JSONText {
    try RTPCaptures.write(packets, to: scratch["sent.pcap"])
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--json", "-y", "-o", scratch[output]] + description + [scratch["sent.pcap"]])
    try #require(outcome.ending == .exit(exit), "\(outcome)")
    return try JSONText(outcome.stdout)
  }
}

/// Programs that send RTP.
enum RTPSenders {
  struct Unavailable: Error { var reason: String }

  /// Makes a file of FFmpeg's arguments, parted by spaces.
  @discardableResult static func make(
    _ arguments: String, _ name: String, _ scratch: ScratchFolder
  ) throws -> String {
    try encoded(name, arguments, in: scratch)
  }

  // MARK: FFmpeg

  /// What FFmpeg's muxer sends at the pace of the media, heard at a pair of ports.
  static func ffmpeg(
    _ arguments: String, muxer: String = "rtp", _ scratch: ScratchFolder
  ) throws -> SentRTP {
    let (media, control) = try pair()
    let port = try media.localAddress().port
    // MPEG-TS has a static type and needs no description.
    let sdp = muxer == "rtp" ? ["-sdp_file", scratch["sent.sdp"]] : []
    let words = arguments.split(separator: " ").map { word in
      word.hasPrefix("@") ? scratch[String(word.dropFirst())] : String(word)
    }
    let ended = DispatchSemaphore(value: 0)
    let process = try ProcessRunner.start(
      "ffmpeg",
      ["-v", "error", "-nostdin", "-y", "-re"] + words + ["-f", muxer] + sdp
        + ["rtp://127.0.0.1:\(port)"])
    Thread.detachNewThread {
      _ = process.wait(limit: 60)
      ended.signal()
    }
    let packets = try hear([media, control], until: ended)
    let outcome = process.wait()
    try #require(outcome.ending == .exit(0), "\(outcome)")
    guard muxer == "rtp" else { return SentRTP(packets: packets, description: []) }
    // The capture has other ports than the sockets had.
    let text = try text(of: scratch["sent.sdp"]).replacingOccurrences(of: "\(port)", with: "5004")
    return SentRTP(
      packets: packets, description: ["--sdp", try scratch.write(text, to: "sent.sdp")])
  }

  private static func pair() throws -> (UDPSocket, UDPSocket) {
    for _ in 0..<100 {
      guard let any = SocketAddress("127.0.0.1", port: 0) else { break }
      let first = try UDPSocket(bindingTo: any)
      let port = try first.localAddress().port
      guard port % 2 == 0, let next = SocketAddress("127.0.0.1", port: port + 1),
        let second = try? UDPSocket(bindingTo: next)
      else { continue }
      try first.setReceiveBuffer(1 << 20)
      return (first, second)
    }
    throw Unavailable(reason: "no pair of free ports")
  }

  private static func hear(
    _ sockets: [UDPSocket], until ended: DispatchSemaphore
  ) throws -> [(time: Int64, bytes: [UInt8])] {
    let inbox = DatagramInbox()
    var packets: [(time: Int64, bytes: [UInt8])] = []
    var hasEnded = false
    while true {
      var count = 0
      for socket in sockets {
        count += try socket.receive(into: inbox)
        for index in 0..<inbox.count {
          packets.append((inbox.datagrams[index].arrival, inbox.bytes(index)))
        }
      }
      if count > 0 { continue }
      if hasEnded { break }
      hasEnded = ended.wait(timeout: .now() + 0.002) == .success
    }
    packets.sort { $0.time < $1.time }
    let first = packets.first?.time ?? 0
    return packets.map { ($0.time - first, $0.bytes) }
  }

  // MARK: GStreamer

  /// What a payloader of GStreamer's makes, at the end of a pipeline; `@NAME` is a file in the folder.
  static func gstreamer(_ pipeline: String, _ scratch: ScratchFolder) throws -> SentRTP {
    let file = scratch["sent.4571"]
    let words = pipeline.replacingOccurrences(of: "@", with: scratch.path + "/")
      .split(separator: " ").map(String.init)
    // The packets behind their lengths: no socket that could lose any, and no clock to wait for.
    let outcome = try ProcessRunner.run(
      "gst-launch-1.0", ["-v"] + words + ["!", "rtpstreampay", "!", "filesink", "location=\(file)"])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    let (map, clockRate) = try #require(caps(outcome.output), "\(outcome)")
    return SentRTP(
      packets: timed(framed(try contents(of: file)), clockRate: clockRate),
      description: ["--map", map])
  }

  /// Packets behind two bytes of length each (RFC 4571).
  static func framed(_ bytes: [UInt8]) -> [[UInt8]] {
    var (packets, position): ([[UInt8]], Int) = ([], 0)
    while position + 2 <= bytes.count {
      let end = position + 2 + Int(bytes[position]) << 8 + Int(bytes[position + 1])
      packets.append(Array(bytes[(position + 2)..<min(end, bytes.count)]))
      position = end
    }
    return packets
  }

  /// Times as by the timestamps, none before that of the packet in front.
  private static func timed(
    _ packets: [[UInt8]], clockRate: Int
  ) -> [(time: Int64, bytes: [UInt8])] {
    func timestamp(_ packet: [UInt8]) -> UInt32 {
      packet[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard let first = packets.first.map(timestamp) else { return [] }
    var last: Int64 = 0
    return packets.map { packet in
      let ticks = Int64(Int32(bitPattern: timestamp(packet) &- first))
      last = max(last + 1000, ticks * 1_000_000_000 / Int64(clockRate))
      return (last, packet)
    }
  }

  /// What the caps of the payloader's source pad say, as `--map` takes it.
  private static func caps(_ log: String) -> (map: String, clockRate: Int)? {
    let lines = log.split(separator: "\n").filter {
      $0.contains("caps = application/x-rtp,") && $0.contains("payload=(int)")
    }
    guard let line = lines.first else { return nil }
    var fields: [String: String] = [:]
    for field in line.split(separator: /, (?=[a-z])/) {
      let parts = field.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      let value = parts[1].split(separator: ")", maxSplits: 1).last.map(String.init) ?? ""
      fields[parts[0]] = value.filter { !"\"\\".contains($0) }
    }
    guard let type = fields["payload"], let name = fields["encoding-name"],
      let rate = fields["clock-rate"].flatMap({ Int($0) })
    else { return nil }
    var map = "\(type)=\(name)/\(rate)"
    if let channels = fields["encoding-params"] { map += "/\(channels)" }
    let wanted = [
      "packetization-mode", "sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps", "mode",
      "config", "cpresent", "sizelength", "indexlength", "indexdeltalength", "streamtype",
    ]
    for name in wanted { if let value = fields[name] { map += ";\(name)=\(value)" } }
    return (map, rate)
  }
}

/// What a file holds, to be compared.
enum MediaContents {
  /// Hashes of its packets as they are; of H.26x and AV1 less parameter sets and delimiters, an
  /// access unit each.
  static func frames(_ path: String, _ stream: String = "0") throws -> [String] {
    let kind = try ProcessRunner.run(
      "ffprobe",
      ["-v", "error", "-select_streams", stream]
        + ["-show_entries", "stream=codec_name", "-of", "csv=p=0", path])
    var filter: [String] = []
    if kind.output.hasPrefix("h264") { filter = ["-bsf", "filter_units=remove_types=7-9"] }
    // Temporal delimiters.
    if kind.output.hasPrefix("av1") { filter = ["-bsf", "filter_units=remove_types=2"] }
    if kind.output.hasPrefix("hevc") { filter = ["-bsf", "filter_units=remove_types=32-35|39"] }
    return try hashes(["-i", path, "-map", "0:\(stream)", "-c", "copy"] + filter)
  }

  /// Hashes of decoded pictures or blocks of sound.
  static func decoded(_ path: String) throws -> [String] {
    try hashes((path.hasSuffix(".mjpeg") ? ["-f", "mjpeg"] : []) + ["-i", path])
  }

  private static func hashes(_ arguments: [String]) throws -> [String] {
    let outcome = try ProcessRunner.run(
      "ffmpeg", ["-v", "error", "-nostdin"] + arguments + ["-f", "framemd5", "-"])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return outcome.output.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
      let fields = $0.split(separator: ",")
      return fields.count > 5 ? String(fields[5]) : nil
    }
  }

  /// Samples of sound, joined.
  static func samples(_ path: String) throws -> [UInt8] {
    try ProcessRunner.run(
      "ffmpeg",
      ["-v", "error", "-nostdin", "-i", path, "-map", "0:a", "-c", "copy", "-f", "data", "-"]
    ).stdout
  }

  /// Presentation and decoding times of a stream, in seconds, in the order of decoding; nil where
  /// the container has none.
  static func times(_ path: String, _ stream: String) throws -> [(pts: Double, dts: Double?)] {
    let outcome = try ProcessRunner.run(
      "ffprobe",
      ["-v", "error", "-select_streams", stream, "-show_entries", "packet=pts_time,dts_time"]
        + ["-of", "compact=p=0:nk=1", path])
    return outcome.output.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "|")
      guard let pts = fields.first.flatMap({ Double($0) }) else { return nil }
      return (pts, fields.count > 1 ? Double(fields[1]) : nil)
    }
  }

  /// What FFmpeg complains about when it decodes all of it.
  static func complaints(_ path: String) throws -> [String] {
    let outcome = try ProcessRunner.run(
      "ffmpeg", ["-v", "warning", "-nostdin", "-i", path, "-f", "null", "-"])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    // Streams without a container have no duration, and WAV's kin no layout of their channels.
    let own = ["Estimating duration", "detected only with low score", "Guessed Channel Layout"]
    return outcome.errorLines.filter { line in !own.contains { line.contains($0) } }
  }
}

/// Waits until someone listens at a port.
func waitForListener(_ port: UInt16) throws {
  let digits = String(port, radix: 16, uppercase: true)
  let word = ":" + String(repeating: "0", count: 4 - digits.count) + digits + " "
  for _ in 0..<2000 {
    let tables = try ["/proc/net/udp", "/proc/net/udp6"].map {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self)
    }
    if tables.contains(where: { $0.contains(word) }) { return }
    usleep(5000)
  }
  throw RTPSenders.Unavailable(reason: "does not listen")
}
