import MediaFFmpeg
import MediaModel
import TestSupport
import Testing

/// FLVs in the form of Enhanced RTMP, which not every FFmpeg writes, made of other files' packets.
enum EnhancedFLV {
  /// What `mediatool flv-dump --jsonl` says of each tag.
  static func tags(_ arguments: String...) throws -> [JSONText] {
    let outcome = try Mediatool.run(["flv-dump", "--jsonl"] + arguments)
    try #require(outcome.exitCode == 0 && outcome.stderr.isEmpty, "\(outcome)")
    return try outcome.output.split(separator: "\n").map { try JSONText($0) }
  }

  /// The first track of a file that FFmpeg reads, as an FLV.
  ///
  /// `configuration` stands in for what the file does not have.
  static func make(
    of path: String, _ fourCC: String, configuration: [UInt8]? = nil
  ) throws -> FLVBytes {
    let demuxer = try Demuxer(url: path)
    try demuxer.findStreamInfo()
    let stream = try #require(demuxer.describe().streams.first)
    let isVideo = stream.kind == .video
    let code = Array(fourCC.utf8)
    var flv = FLVBytes()
    // SequenceStart, in video of a keyframe.
    flv.append(
      type: isVideo ? 9 : 8, time: 0,
      body: [0x90] + code + (configuration ?? stream.extradata))
    let packet = try Packet()
    // Decoding may begin before 0; an FLV does not.
    var delay = 0
    while try demuxer.read(into: packet) {
      guard packet.streamIndex == stream.index else { continue }
      let pts = try #require(packet.pts)
      let (due, shown) = (
        milliseconds(packet.dts ?? pts, stream.timeBase), milliseconds(pts, stream.timeBase)
      )
      delay = max(delay, -due)
      // CodedFrames; those of AVC, HEVC and VVC begin with a composition time.
      var body: [UInt8] = [(isVideo ? (packet.isKey ? 0x90 : 0xa0) : 0x90) | 1] + code
      if ["avc1", "hvc1", "vvc1"].contains(fourCC) {
        body += [16, 8, 0].map { UInt8(truncatingIfNeeded: (shown - due) >> $0) }
      }
      body += packet.withPayload { Array($0) }
      flv.append(type: isVideo ? 9 : 8, time: due + delay, body: body)
    }
    return flv
  }

  private static func milliseconds(_ ticks: Int64, _ base: Rational) -> Int {
    Int((Double(ticks) * 1000 * Double(base.numerator) / Double(base.denominator)).rounded())
  }

  /// Runs ffmpeg, which must succeed.
  static func ffmpeg(_ words: String, _ paths: [String: String] = [:]) throws {
    let arguments = words.split(separator: " ").map { paths[String($0)] ?? String($0) }
    let outcome = try ProcessRunner.run("ffmpeg", ["-v", "error", "-nostdin", "-y"] + arguments)
    try #require(outcome.exitCode == 0, "\(outcome)")
  }
}

extension FLVBytes {
  /// Adds AVC video in the older form; `packetType` 0 is a sequence header, 1 a frame.
  mutating func appendAVC(
    _ packetType: UInt8, isKey: Bool = true, time: Int = 0, _ payload: [UInt8]
  ) {
    append(
      type: 9, time: time, body: [isKey ? 0x17 : 0x27, packetType, 0, 0, 0] + payload)
  }

  /// Adds AAC in the older form; `packetType` 0 is a sequence header, 1 a frame.
  mutating func appendAAC(_ packetType: UInt8, time: Int = 0, _ payload: [UInt8]) {
    append(type: 8, time: time, body: [0xaf, packetType] + payload)
  }
}
