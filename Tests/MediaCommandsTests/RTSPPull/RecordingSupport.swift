import Foundation
import MediaBytes
import MediaCapture
import MediaModel
import MediaRTP
import TestSupport
import Testing

@testable import MediaCommands

/// A clip as packets of RTP, as one connection after the other may bring it.
struct SentClip {
  struct Datagram {
    /// Nanoseconds since 1970.
    var time: Int64
    var source: Endpoint
    var destination: Endpoint
    var bytes: [UInt8]
  }

  let description: SDPSession
  private(set) var datagrams: [Datagram]

  /// Another `seed` gives other sources, numbers and timestamps.
  init(_ path: String, seed: Int = 1, _ options: [String] = [], in folder: ScratchFolder) throws {
    let (capture, sdp) = (folder["sent-\(seed).pcap"], folder["sent-\(seed).sdp"])
    let packed = try Mediatool.run(
      ["rtp-pack", "--seed", "\(seed)", "-y", "-o", capture, "--sdp", sdp] + options + [path])
    guard packed.ending == .exit(0) else { throw PackFailure(description: "\(packed)") }
    let text = try contents(of: sdp)
    var reader = ByteReader(text.span)
    description = try SDPSession(parsing: &reader)
    datagrams = Self.datagrams(try contents(of: capture))
  }

  /// Classic pcap of Ethernet, IPv4 and UDP.
  private static func datagrams(_ bytes: [UInt8]) -> [Datagram] {
    func little(_ place: Int) -> Int64 {
      (0..<4).reduce(0) { $0 | Int64(bytes[place + $1]) << (8 * $1) }
    }
    func endpoint(_ frame: ArraySlice<UInt8>, _ address: Int, _ port: Int) -> Endpoint {
      let start = frame.startIndex
      let host = frame[(start + address)..<(start + address + 4)].reduce(0) { $0 << 8 | UInt32($1) }
      return Endpoint(
        address: IPAddress(ipv4: host),
        port: UInt16(frame[start + port]) << 8 | UInt16(frame[start + port + 1]))
    }
    let unit: Int64 = little(0) == 0xa1b2_3c4d ? 1 : 1000
    var found: [Datagram] = []
    var place = 24
    while place + 16 <= bytes.count {
      let size = Int(little(place + 8))
      let frame = bytes[(place + 16)..<(place + 16 + size)]
      found.append(
        Datagram(
          time: little(place) * 1_000_000_000 + little(place + 4) * unit,
          source: endpoint(frame, 26, 34), destination: endpoint(frame, 30, 36),
          bytes: Array(frame.dropFirst(42))))
      place += 16 + size
    }
    return found
  }

  var tracks: [RecordableTrack] {
    description.media.enumerated().map { RecordableTrack($1, index: $0) }
  }

  /// Goes on with another clip so many nanoseconds after the beginning, from the same ports.
  mutating func goOn(with next: SentClip, after delay: Int64) {
    let (first, other) = (datagrams.first?.time ?? 0, next.datagrams.first?.time ?? 0)
    datagrams += next.datagrams.map { datagram in
      var datagram = datagram
      datagram.time += first + delay - other
      return datagram
    }
  }

  /// Takes some packets away, the first being number 0.
  mutating func drop(where isLost: (Int) -> Bool) {
    datagrams = datagrams.enumerated().filter { !isLost($0.offset) }.map(\.element)
  }
}

/// A recording, its news and its files.
final class TestRecording {
  let folder: ScratchFolder
  let recording: Recording
  private let box: Box
  /// When the first packet of what is played comes.
  static let start: Int64 = 1_700_000_000_000_000_000

  private final class Box { var news: [RecordingNews] = [] }

  init(_ plan: RecordingPlan, in folder: ScratchFolder) throws {
    self.folder = folder
    let box = Box()
    self.box = box
    let environment = CommandEnvironment(
      standardOutput: MemoryOutput(), standardError: MemoryOutput())
    recording = try Recording(plan, environment) { box.news.append($0) }
  }

  /// Records in a file of the folder.
  convenience init(
    to name: String, in folder: ScratchFolder, _ change: (inout RecordingPlan) -> Void = { _ in }
  ) throws {
    var plan = RecordingPlan()
    plan.output = RecordingPlan.Output(
      path: folder[name], form: try Self.form(name))
    change(&plan)
    try self.init(plan, in: folder)
  }

  static func form(_ name: String) throws -> RecordingPlan.Form {
    let suffix = name.split(separator: ".").last.map(String.init) ?? ""
    if let format = ContainerFormat(suffix: suffix) { return .container(format) }
    return .elementary(try #require(ElementaryFormat(suffix: suffix)))
  }

  var news: [RecordingNews] { box.news }
  var opened: [String] {
    news.compactMap { if case .opened(let path) = $0 { path } else { nil } }
  }
  var closed: [MediaCommands.RecordedFile] {
    news.compactMap { if case .closed(let file) = $0 { file } else { nil } }
  }
  var gaps: [RecordingGap] {
    news.compactMap { if case .gap(let gap) = $0 { gap } else { nil } }
  }
  var notes: [String] {
    news.compactMap { if case .note(let text) = $0 { text } else { nil } }
  }
  var configurations: [String] {
    news.compactMap { if case .configuration(let text) = $0 { text } else { nil } }
  }

  /// Plays a clip on a connection of its own, which begins so many nanoseconds after the first.
  func play(_ clip: SentClip, after delay: Int64 = 0, share: Double = 1) throws {
    try recording.begin(clip.tracks)
    let receiver = Receiver(clip, recording, delay)
    try receiver.receive(clip.datagrams.prefix(Int(Double(clip.datagrams.count) * share)))
  }

  /// What a connection brings to a recording.
  private final class Receiver: RTPSessionObserver {
    private let session: RTPSession
    private let recording: Recording
    private let clip: SentClip
    private let delay: Int64
    private var now: Int64 = 0

    init(_ clip: SentClip, _ recording: Recording, _ delay: Int64) {
      var options = RTPSessionOptions()
      options.isLive = true
      session = RTPSession(options)
      session.descriptions.add(clip.description, origin: .sdp)
      (self.clip, self.recording, self.delay) = (clip, recording, delay)
      session.observer = self
    }

    func receive(_ datagrams: ArraySlice<SentClip.Datagram>) throws {
      let first = datagrams.first?.time ?? 0
      for (number, datagram) in datagrams.enumerated() {
        now = datagram.time - first + delay
        try session.receive(
          datagram.bytes.span.bytes,
          RTPDatagram(
            number: number + 1, time: now,
            flow: RTPFlow(source: datagram.source, destination: datagram.destination),
            byteCount: datagram.bytes.count))
        guard !recording.isComplete else { return }
      }
      try session.finish()
    }

    func frame(_ frame: RTPFrame, of source: RTPSource, _ payload: Int) throws {
      let port = source.flow.destination.port
      guard let track = RTPTrack(source, payload, stream: frame.elementaryStream),
        let index = clip.description.media.firstIndex(where: { $0.media.port == port })
      else { return }
      let timestamp = RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: frame.timestamp))
      try recording.take(
        RTSPFrame(
          frame: frame, track: track, index: index, now: now, wall: TestRecording.start + now,
          senderClock: session.facts(source)?.wallClock(timestamp, clockRate: track.clockRate)))
    }

    func rtcp(_ compound: RTCPCompound, _ datagram: RTPDatagram, time: Double?) {}
  }
}

/// What FFmpeg says of files.
enum Decoded {
  /// Hashes of the pictures, or blocks of samples, of a file in the order of display.
  static func hashes(_ path: String, _ stream: String = "v:0") throws -> [String] {
    let outcome = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "error", "-nostdin", "-i", path, "-map", "0:\(stream)", "-fps_mode", "passthrough"]
        + ["-f", "framemd5", "-"])
    #expect(outcome.ending == .exit(0) && outcome.errors.isEmpty, "\(outcome)")
    return outcome.output.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
      $0.split(separator: ",").last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// Times of packets of a stream in seconds, sorted.
  static func times(_ path: String, _ stream: String = "v:0") throws -> [Double] {
    let outcome = try ProcessRunner.run(
      "ffprobe",
      ["-v", "error", "-select_streams", stream, "-show_entries", "packet=pts_time", "-of"]
        + ["csv=p=0", path])
    #expect(outcome.ending == .exit(0) && outcome.errors.isEmpty, "\(outcome)")
    return outcome.output.split(separator: "\n").compactMap {
      Double($0.split(separator: ",").first.map(String.init) ?? "")
    }.sorted()
  }
}
