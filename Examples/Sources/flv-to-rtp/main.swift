// Reads an FLV file and writes its frames as RTP packets: to a capture, with a session description.
import MediaCapture
import MediaFLV
import MediaIO
import MediaModel
import MediaRTP

guard CommandLine.arguments.count == 4, let local = IPAddress("127.0.0.1") else {
  fatalError("usage: flv-to-rtp IN.flv OUT.pcap OUT.sdp")
}

let input = try ReadableFile.open(CommandLine.arguments[1])
var source = try FLVFrameSource { try input.read(upTo: 1 << 16) }
var senders = try source.tracks.map { track in
  let type = RTPPayloadType(rawValue: 96 + UInt8(track.index))
  return try RTPSender(track, payloadType: type, ssrc: .random(in: 1 ... .max))
}

var capture = CaptureWriter(.pcap)
var output = try OutputFile(path: CommandLine.arguments[2], force: true)
let ends = senders.indices.map { Endpoint(address: local, port: 5004 + 2 * UInt16($0)) }
while let frame = try source.next() {
  for packet in try senders[frame.track].packets(of: frame) {
    let (end, time) = (ends[frame.track], (frame.dts ?? 0) * 1_000_000)
    try capture.write(packet, from: end, to: end, at: time)
  }
  try output.write(capture.takeBytes())
}
try output.finish()

var session = SDPSession(
  origin: SDPOrigin(address: "127.0.0.1"), connection: SDPConnection(address: "127.0.0.1"))
session.media = zip(senders, ends).map { $0.description(port: $1.port) }
var description = try OutputFile(path: CommandLine.arguments[3], force: true)
try description.write(session.text)
try description.finish()
