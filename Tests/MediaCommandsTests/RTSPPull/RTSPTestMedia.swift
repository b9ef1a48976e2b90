import Foundation
import MediaModel
import MediaRTSP
import TestSupport

/// A clip in packets, as `rtp-pack` makes them, each with its time: what `RTSPTestServer` sends.
struct RTSPTestMedia: Sendable {
  struct Packet: Sendable {
    /// Nanoseconds from the first packet on.
    var time: Nanoseconds
    var track: Int
    var isRTCP: Bool
    var bytes: [UInt8]
    /// Whether it ends with BYE (RFC 3550 §6.6).
    var isGoodbye: Bool { isRTCP && bytes.dropLast(6).last == 203 }
  }

  /// The description, each track with `a=control:trackN`, counted from 1.
  var description: [UInt8]
  var trackCount: Int
  var packets: [Packet]

  /// Packs a file with the same random choices each time; `options` of `rtp-pack`, such as `--seq`.
  init(_ file: String, _ options: [String] = []) throws {
    let folder = try ScratchFolder()
    let (capture, session) = (folder["media.pcap"], folder["media.sdp"])
    let outcome = try Mediatool.run(
      ["rtp-pack", "-q", "--seed", "1"] + options + ["-o", capture, "--sdp", session, file])
    guard outcome.ending == .exit(0) else {
      throw StartFailure(program: "rtp-pack", reason: outcome.errors)
    }
    var lines: [Substring] = []
    var count = 0
    for line in try text(of: session).split(whereSeparator: \.isNewline) {
      if line.hasPrefix("m=") {
        // Ports are what SETUP agrees on.
        var words = line.split(separator: " ")
        words[1] = "0"
        lines.append(Substring(words.joined(separator: " ")))
        count += 1
        lines.append("a=control:track\(count)")
      } else {
        lines.append(line)
      }
    }
    description = Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    trackCount = count
    packets = Self.packets(of: try contents(of: capture))
  }

  /// Where the tracks begin, from a packet on, as `RTP-Info` says it.
  func starts(_ first: Int, uri: String) -> [RTSPStreamInfo] {
    let base = uri.hasSuffix("/") ? uri : uri + "/"
    return (0..<trackCount).compactMap { track in
      guard let packet = packets[first...].first(where: { $0.track == track && !$0.isRTCP }) else {
        return nil
      }
      let number = packet.bytes[2..<4].reduce(0) { $0 << 8 | UInt16($1) }
      let timestamp = packet.bytes[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
      return RTSPStreamInfo(
        url: "\(base)track\(track + 1)", sequenceNumber: number, timestamp: timestamp)
    }
  }

  /// Of classic pcap with Ethernet, IPv4 and UDP: the ports from 5004 on are two of each track.
  private static func packets(of capture: [UInt8]) -> [Packet] {
    var packets: [Packet] = []
    var (position, start) = (24, Nanoseconds?.none)
    func number(_ offset: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(capture[position + offset + $1]) << (8 * $1) }
    }
    // The last digit of the magic number tells nanoseconds from microseconds.
    let unit: Nanoseconds = capture[0] == 0x4d ? 1 : 1000
    while position + 16 <= capture.count {
      let time = Nanoseconds(number(0)) * 1_000_000_000 + Nanoseconds(number(4)) * unit
      let frame = position + 16
      let end = frame + number(8)
      let port = Int(capture[frame + 36]) << 8 + Int(capture[frame + 37])
      start = start ?? time
      packets.append(
        Packet(
          time: time - (start ?? 0), track: (port - 5004) / 2, isRTCP: port % 2 == 1,
          bytes: Array(capture[frame + 42..<end])))
      position = end
    }
    return packets
  }
}
