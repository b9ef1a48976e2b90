import MediaJSON

/// A made-up probe result which has every kind of field.
struct Probe: Sendable {
  struct Stream: Sendable {
    var index: Int
    var codecName: String?
    var width: UInt16?
    var duration: Double?
    var isDefault: Bool
    var profiles: [String] = []
    var tags: [(String, String)] = []
    var gop: Gop?
  }
  struct Gop: Sendable {
    var frames: Int
    var seconds: Double
  }
  struct Format: Sendable {
    var filename: String
    var duration: Double?
    var bitRate: Int64?
    var tags: [(String, String)]
  }
  struct Packet: Sendable {
    var pts: Int64?
    var size: Int
  }
  var input: String
  var format: Format
  var streams: [Stream]
  var packetCount: Int
  var extra: JSONValue?
}

let packetReport = Report<Probe.Packet>([
  .integer("pts", "Presentation time in ticks") { $0.pts },
  .integer("size", "Bytes of the packet") { $0.size },
])

private let gopReport = Report<Probe.Gop>([
  .integer("frames", "Frames from one key frame to the next") { $0.frames },
  .real("seconds", "The same in seconds") { $0.seconds },
])

private let streamReport = Report<Probe.Stream>([
  .integer("index", "Position in the file") { $0.index },
  .string("codec_name", "FFmpeg's name of the codec") { $0.codecName },
  .integer("width", "Width in pixels", when: { $0.width != nil }) { $0.width },
  .real("duration", "Duration in seconds") { $0.duration },
  .bool("default", "Whether players choose it") { $0.isDefault },
  .strings("profiles", "Profiles it conforms to") { $0.profiles },
  .map("tags", "Tags of the stream") { $0.tags },
  .object("gop", "The longest group of pictures", report: gopReport) { $0.gop },
])

private let formatReport = Report<Probe.Format>([
  .string("filename", "Name as given") { $0.filename },
  .real("duration", "Duration in seconds") { $0.duration },
  .integer("bit_rate", "Bits per second") { $0.bitRate },
  .map("tags", "Tags of the file") { $0.tags },
])

private let totalsReport = Report<Probe>([
  .integer("packets", "Packets read") { $0.packetCount },
  .integer("count", "A field of the name of the array's property") { _ in 9 },
])

let probeReport = Report<Probe>([
  .string("schema", "Name of this format") { _ in "mediatool.sample/1" },
  .string("input", "The input as given") { $0.input },
  .object("format", "The container", report: formatReport) { $0.format },
  .array("streams", "The streams", report: streamReport) { $0.streams },
  .streamed(
    "packets", "The packets", isOptional: true, totals: ["totals.packets"], report: packetReport),
  .json(
    "extra", "Anything", when: { $0.extra != nil },
    shape: .object([JSONShapeField("list", .array(.integer)), JSONShapeField("free", .any)])
  ) { $0.extra },
  .object("totals", "Sums", report: totalsReport) { $0 },
])

let sampleProbe = Probe(
  input: "in.mp4",
  format: .init(
    filename: "in.mp4", duration: 20, bitRate: 9_007_199_254_740_993,
    tags: [("title", "A \"film\""), ("com.apple.x", "y"), ("track", "5"), ("empty", "")]),
  streams: [
    .init(
      index: 0, codecName: "h264", width: 1920, duration: 19.96, isDefault: true,
      profiles: ["High", "Main"], tags: [("language", "eng")], gop: .init(frames: 50, seconds: 2)),
    .init(
      index: 1, codecName: "aac", width: nil, duration: nil, isDefault: false, profiles: [],
      tags: [("language", "deu")], gop: nil),
    .init(index: 2, codecName: nil, width: nil, duration: .nan, isDefault: false),
  ],
  packetCount: 1200, extra: ["list": [1, 2, 3], "free": ["a": [1, .null]]])
