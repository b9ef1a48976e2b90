internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// Sound without compression in WAV, its size in front.
final class WAVStream: ElementaryStream {
  private let output: any ByteOutput
  private let samples: HeadedOutput
  private let tag: UInt16
  private let bytesPerSample: UInt16
  private let channels: UInt16
  private let sampleRate: UInt32
  private var byteCount = 0
  private(set) var gaps: SampleGaps

  /// What WAV has a number for.
  static let codecs: Set<Codec> = [
    .pcmU8, .pcmS16LE, .pcmALaw, .pcmMuLaw, Codec(rawValue: "pcm_s24le"),
  ]

  init(_ track: RTPTrack, _ output: any ByteOutput) {
    self.output = output
    samples = HeadedOutput(output)
    switch track.codec {
    case .pcmALaw: (tag, bytesPerSample) = (6, 1)
    case .pcmMuLaw: (tag, bytesPerSample) = (7, 1)
    case .pcmU8: (tag, bytesPerSample) = (1, 1)
    case .pcmS16LE: (tag, bytesPerSample) = (1, 2)
    default: (tag, bytesPerSample) = (1, 3)
    }
    channels = UInt16(clamping: track.channels ?? 1)
    sampleRate = UInt32(clamping: track.sampleRate)
    gaps = SampleGaps(clockRate: track.clockRate, sampleRate: sampleRate)
  }

  /// Puts silence where samples are missing before so many bytes of a timestamp.
  func fill(before count: Int, at ticks: Int64) throws {
    let block = Int(bytesPerSample) * Int(max(1, channels))
    var missing = gaps.missing(before: ticks, of: count / block) * block
    let piece = [UInt8](repeating: Self.silence(tag, bytesPerSample), count: min(missing, 1 << 16))
    while missing > 0 {
      let part = min(missing, piece.count)
      try append(piece.span.bytes.extracting(0..<part))
      missing -= part
    }
  }

  /// The code of no sound: of G.711 +0 (ITU-T G.711), of 8 bits the middle.
  private static func silence(_ tag: UInt16, _ bytesPerSample: UInt16) -> UInt8 {
    switch (tag, bytesPerSample) {
    case (6, _): 0xd5
    case (7, _): 0xff
    case (_, 1): 0x80
    default: 0
    }
  }

  func write(_ frame: RawSpan, pts: Int64) throws { try append(frame) }

  private func append(_ bytes: RawSpan) throws {
    // A size that is not known is left to the end of the file.
    try samples.write(bytes) { header(.max) }
    byteCount += bytes.byteCount
  }

  func finish() throws {
    // So is one that 32 bits cannot say.
    let size = UInt32(clamping: byteCount)
    try samples.finish(header: header(size))
    guard size % 2 == 1 else { return }
    try output.write([0 as UInt8].span.bytes)
  }

  private func header(_ size: UInt32) -> [UInt8] {
    let block = bytesPerSample &* channels
    var writer = ByteWriter()
    writer.append([UInt8]("RIFF".utf8))
    writer.integer(littleEndian: size > UInt32.max - 36 ? UInt32.max : size + 36 + size % 2)
    writer.append([UInt8]("WAVEfmt ".utf8))
    writer.integer(littleEndian: 16 as UInt32)
    writer.integer(littleEndian: tag)
    writer.integer(littleEndian: channels)
    writer.integer(littleEndian: sampleRate)
    writer.integer(littleEndian: sampleRate &* UInt32(block))
    writer.integer(littleEndian: block)
    writer.integer(littleEndian: 8 * bytesPerSample)
    writer.append([UInt8]("data".utf8))
    writer.integer(littleEndian: size)
    return writer.bytes
  }
}
