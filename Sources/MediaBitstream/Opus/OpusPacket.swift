public import MediaBytes

/// The head of an Opus packet: its table of contents byte and how many frames follow (RFC 6716 3).
public struct OpusPacket: Hashable, Sendable {
  /// Which part of the codec coded it.
  public enum Mode: Hashable, Sendable {
    /// Linear prediction, for speech.
    case silk
    /// Both.
    case hybrid
    /// Transform coding, for music and low delay.
    case celt
  }

  /// What audio bandwidth is coded.
  public enum Bandwidth: Hashable, Sendable, CaseIterable {
    /// 4 kHz.
    case narrow
    /// 6 kHz.
    case medium
    /// 8 kHz.
    case wide
    /// 12 kHz.
    case superWide
    /// 20 kHz.
    case full
  }

  /// `config`, 5 bits (Table 2).
  public var configuration: UInt8
  /// `s`: two channels coded.
  public var isStereo: Bool
  /// Frames in the packet, 1...48.
  public var frameCount: Int

  /// Reads as much of a packet as tells its duration: one byte, or two.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    let toc = try reader.u8("TOC")
    configuration = toc >> 3
    isStereo = toc & 4 != 0
    switch toc & 3 {
    case 0: frameCount = 1
    case 1, 2: frameCount = 2
    default: frameCount = Int(try reader.u8("frame count") & 0x3f)
    }
    // 120 ms at most, RFC 6716 3.2.5.
    guard frameCount > 0, samples <= 5760 else {
      throw ParseError(.invalid(UInt64(frameCount)), "frame count", at: start + 1)
    }
  }

  /// Samples of one channel in a frame, at 48 kHz: 120...2880.
  public var samplesPerFrame: Int {
    switch configuration {
    case 0..<12: [480, 960, 1920, 2880][Int(configuration & 3)]
    case 12..<16: configuration & 1 == 0 ? 480 : 960
    default: 120 << Int(configuration & 3)
    }
  }

  /// The packet's duration in samples at 48 kHz, 5760 at most.
  public var samples: Int { samplesPerFrame * frameCount }

  /// Which part of the codec coded it.
  public var mode: Mode {
    configuration < 12 ? .silk : configuration < 16 ? .hybrid : .celt
  }

  /// What audio bandwidth is coded.
  public var bandwidth: Bandwidth {
    switch configuration {
    case 0..<4, 16..<20: .narrow
    case 4..<8: .medium
    case 8..<12, 20..<24: .wide
    case 12..<14, 24..<28: .superWide
    default: .full
    }
  }
}
