import MediaBitstream
import MediaBytes

/// Names a codec whose configuration is any bytes.
///
/// The first byte picks the codec and the sample entry, the second stands for the numbers.
public func fuzzCodecStrings(_ bytes: RawSpan) {
  guard bytes.byteCount >= 2 else { return }
  let choice = Int(bytes.byte(at: 0))
  let number = Int(Int8(bitPattern: bytes.byte(at: 1)))
  var description = CodecDescription(codec: codecs[choice % codecs.count])
  description.configuration = [UInt8](copying: bytes.extracting(2..<bytes.byteCount))
  description.sampleEntry = sampleEntries[choice / codecs.count % sampleEntries.count]
  description.profile = number * 17
  description.level = number
  description.bitDepth = 8 + 2 * (choice & 3)
  description.dolbyVision = .init(profile: bytes.byte(at: 1), level: bytes.byte(at: 0))
  (description.width, description.height) = (number << 8, choice << 5)
  description.frameRate = Double(number)
  guard let text = description.codecString else { return }
  precondition((3...80).contains(text.utf8.count), "an odd length")
  for part in text.split(separator: ".", omittingEmptySubsequences: false) {
    precondition(!part.isEmpty, "an empty part")
    for byte in part.utf8 {
      let isLetterOrDigit =
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      precondition(isLetterOrDigit || byte == 0x2d, "needs quoting")  // the hyphen of ac-3
    }
  }
}

private let codecs = ["h264", "hevc", "av1", "vp9", "mpeg4", "aac", "mp3", "opus"]
private let sampleEntries: [String?] = [nil, "avc3", "hev1", "dvh1", "dav1", "[27]"]
