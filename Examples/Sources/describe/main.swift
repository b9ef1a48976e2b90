// Describes any file or URL that FFmpeg opens: container, length, tracks and tags.
import MediaFFmpeg

guard CommandLine.arguments.count == 2 else { fatalError("usage: describe FILE") }
let demuxer = try Demuxer(url: CommandLine.arguments[1])
try demuxer.findStreamInfo()
let media = demuxer.describe()

let seconds = media.format.duration.map { "\(Double($0) / 1e6) s" } ?? "of unknown length"
print("\(media.format.longName ?? media.format.name), \(seconds)")
for stream in media.streams {
  let codec = stream.codecName ?? "unknown"
  switch stream.kind {
  case .video: print("#\(stream.index) video \(codec) \(stream.width)x\(stream.height)")
  case .audio: print("#\(stream.index) audio \(codec) \(stream.sampleRate) Hz")
  default: print("#\(stream.index) \(stream.kind.rawValue) \(codec)")
  }
  for tag in stream.tags { print("   \(tag.name): \(tag.value)") }
}
