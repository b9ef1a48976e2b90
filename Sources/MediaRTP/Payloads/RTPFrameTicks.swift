import MediaBitstream
import MediaBytes

/// How long frames of sound last, for formats in which that is known without decoding.
public struct RTPFrameTicks: Sendable {
  private enum Length {
    case samples(PCMPayloadFormat)
    case opus
    case fixed(Double)
  }
  private let length: Length

  /// nil for any other format.
  public init?(_ format: SDPPayloadFormat) {
    if let found = PCMPayloadFormat(format) {
      length = .samples(found)
    } else if format.isNamed("opus") {
      length = .opus
    } else if format.isNamed("mpeg4-generic") {
      let found = AACPayloadFormat(format)
      guard found.constantDuration != nil || found.configuration?.samplesPerFrame != nil else {
        return nil
      }
      let each = found.frameLength
      length = .fixed(
        Double(each.samples) * Double(each.clockRate) / Double(max(each.samplingFrequency, 1)))
    } else {
      return nil
    }
  }

  /// Whether the description alone says it, not the frames.
  public var isFixed: Bool {
    if case .fixed = length { return true }
    return false
  }

  /// How many ticks a frame lasts; 0 where it cannot be read.
  public func ticks(_ frame: RTPFrame) -> Double {
    switch length {
    case .fixed(let ticks): return ticks
    case .samples(let format): return Double(format.ticks(frame.data.count))
    case .opus:
      var reader = ByteReader(frame.data.span)
      return Double((try? OpusPacket(parsing: &reader))?.samples ?? 0)
    }
  }
}
