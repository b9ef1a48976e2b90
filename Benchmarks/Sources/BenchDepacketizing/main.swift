// Putting frames of so many Mbit/s together, against a memcpy of the same payloads into memory of the
// same kind: an array for each frame that grows as its packets come.
import Glibc
import MediaBytes
import MediaRTP

/// Pictures at 25 a second: every packet of 1400 bytes is a fragment (FU-A).
struct Stream {
  static let framesInSecond = 25
  static let seconds = 4

  struct Packet {
    var payload: Range<Int>
    var info: RTPPacketInfo
  }
  var bytes: [UInt8] = []
  var packets: [Packet] = []
  var frames = 0

  init(bitsPerSecond: Int) {
    let perFrame = bitsPerSecond / 8 / Self.framesInSecond
    var random = SystemRandomNumberGenerator()
    for frame in 0..<Self.framesInSecond * Self.seconds {
      let isKey = frame % Self.framesInSecond == 0
      let size = isKey ? perFrame * 4 : perFrame * 7 / 8
      var left = size
      while left > 0 {
        let count = min(left, 1398)
        let (isFirst, isLast) = (left == size, left <= 1398)
        let start = bytes.count
        bytes.append(isKey ? 0x7c : 0x5c)
        bytes.append((isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0) | (isKey ? 5 : 1))
        // The first byte behind the headers: first_mb_in_slice is 0.
        for index in 0..<count {
          bytes.append(isFirst && index == 0 ? 0x88 : UInt8.random(in: 1...255, using: &random))
        }
        packets.append(
          Packet(
            payload: start..<bytes.count,
            info: RTPPacketInfo(
              packet: packets.count, number: Int64(packets.count), timestamp: Int64(frame) * 3600,
              marker: isLast)))
        left -= count
      }
      frames += 1
    }
  }
}

/// Nanoseconds of the fastest of several runs, and what they made.
func best(_ runs: Int, _ body: () -> Int) -> (time: Double, result: Int) {
  let clock = ContinuousClock()
  var fastest = Double.infinity
  var result = 0
  for _ in 0..<runs {
    let elapsed = clock.measure { result = body() }
    fastest = min(
      fastest,
      Double(elapsed.components.attoseconds) / 1e9
        + Double(elapsed.components.seconds) * 1e9)
  }
  return (fastest, result)
}

func depacketize(_ stream: Stream) -> Int {
  var depacketizer = H264Depacketizer(parameters: nil)
  var output = RTPOutput()
  output.describesPackets = false
  var total = 0
  let bytes = stream.bytes.span.bytes
  for packet in stream.packets {
    depacketizer.receive(bytes.extracting(packet.payload), packet.info, into: &output)
    guard !output.frames.isEmpty else { continue }
    for frame in output.frames { total += frame.data.count }
    output.frames.removeAll(keepingCapacity: true)
  }
  depacketizer.finish(into: &output)
  for frame in output.frames { total += frame.data.count }
  return total
}

func copy(_ stream: Stream) -> Int {
  var frame: [UInt8] = []
  var total = 0
  stream.bytes.withUnsafeBytes { bytes in
    for packet in stream.packets {
      frame.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[packet.payload]))
      guard packet.info.marker else { continue }
      total += frame.count
      frame = []
    }
  }
  return total
}

guard let megabits = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }), megabits > 0
else {
  print("usage: BenchDepacketizing MEGABITS")
  exit(64)
}
let stream = Stream(bitsPerSecond: megabits * 1_000_000)
let ours = best(200, { depacketize(stream) })
let theirs = best(200, { copy(stream) })
// Each packet has two bytes of headers; each frame its length and the header of its NAL unit.
let expected = theirs.result - 2 * stream.packets.count + 5 * stream.frames
guard ours.result == expected else {
  print("\(ours.result) of \(expected) bytes came out")
  exit(70)
}
// Both in nanoseconds.
print(ours.time, theirs.time)
