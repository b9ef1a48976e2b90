/// A bar of level for terminals, from −60 to 0 dBFS, in parts that a caller may color.
public struct TerminalLevel: Equatable, Sendable {
  /// As far as the root mean square reaches.
  public var rms = ""
  /// From there to the peak.
  public var peak = ""
  /// From the peak to full scale.
  public var rest = ""
  /// Whether the peak is above full scale.
  public var isOver = false

  /// The whole bar.
  public var text: String { rms + peak + rest }

  /// The level of the left edge, dBFS.
  public static let lowest = -60.0

  /// A bar of `width` characters, 1 to 1000.
  ///
  /// - Parameters:
  ///   - peak: dBFS; nil of silence.
  ///   - rms: dBFS; nil of silence.
  ///   - width: characters in all.
  ///   - alphabet: what the bar is made of.
  public init(peak: Double?, rms: Double?, width: Int, alphabet: TerminalWave.Alphabet = .unicode) {
    let width = min(max(width, 1), 1000)
    let peakEighths = Self.eighths(peak, width)
    let rmsEighths = min(Self.eighths(rms, width), peakEighths)
    isOver = (peak ?? 0) > 0
    let isUnicode = alphabet == .unicode
    // A level within the range shows, however low.
    let peakEnd = (peakEighths + 7) / 8
    if isUnicode {
      let whole = rmsEighths / 8
      self.rms = String(repeating: "█", count: whole)
      let part = rmsEighths % 8
      if part > 0, let block = Unicode.Scalar(0x2590 - UInt32(part)) {
        self.rms.unicodeScalars.append(block)
      }
    } else {
      self.rms = String(repeating: "#", count: min(peakEnd, (rmsEighths + 4) / 8))
    }
    let rmsEnd = self.rms.unicodeScalars.count
    self.peak = String(repeating: isUnicode ? "░" : "-", count: max(0, peakEnd - rmsEnd))
    if !self.peak.isEmpty {
      self.peak.removeLast()
      self.peak += isUnicode ? "▏" : "|"
    }
    rest = String(repeating: " ", count: width - max(peakEnd, rmsEnd))
  }

  private static func eighths(_ level: Double?, _ width: Int) -> Int {
    guard let level, level > lowest else { return 0 }
    return max(1, Int((min(1, 1 - level / lowest) * Double(8 * width)).rounded()))
  }
}
