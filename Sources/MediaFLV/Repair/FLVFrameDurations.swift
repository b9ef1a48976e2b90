import MediaBitstream
import MediaBytes
import MediaModel

/// How long frames last by what else is known than their timestamps.
struct FLVFrameDurations: Sendable {
  /// Where nothing tells: what most files have.
  private static let assumed: (picture: Double, sound: Double) = (40, 20)
  private static let longest = 1000.0

  private var configured: [Int: Double] = [:]
  private var picture: Double?

  /// Takes a tag that may tell.
  mutating func take(_ tag: FLVRepairTag) {
    if case .metadata(let source) = tag.role, let rate = source["framerate"]?.number {
      picture = Self.lawful(1000 / rate) ?? picture
    }
    for change in tag.record.configurationChanges where tag.record.mediaKind == .audio {
      configured[change.stream] = Self.duration(configuration: change.after)
    }
  }

  /// How long a frame lasts, in milliseconds.
  func duration(of tag: FLVRepairTag, _ stream: Int) -> Double {
    guard tag.record.mediaKind == .audio else { return picture ?? Self.assumed.picture }
    let known: Double?
    switch tag.record.firstPart?.codec {
    case .aac?: known = configured[stream]
    case .mp3?:
      let rate = tag.record.firstPart?.coding.soundHeader?.sampleRate
      known = rate.flatMap { Self.lawful(($0 < 32_000 ? 576_000 : 1_152_000) / Double($0)) }
    default: known = nil
    }
    return known ?? Self.assumed.sound
  }

  private static func duration(configuration: [UInt8]) -> Double? {
    var bits = BitReader(ByteReader(configuration.span))
    do throws(ParseError) {
      let config = try AudioSpecificConfig(parsing: &bits)
      return config.samplesPerFrame.flatMap {
        lawful(1000 * Double($0) / Double(config.samplingFrequency))
      }
    } catch {
      // What cannot be read is said elsewhere.
      return nil
    }
  }

  private static func lawful(_ duration: Double) -> Double? {
    (1...longest).contains(duration) ? duration : nil
  }
}
