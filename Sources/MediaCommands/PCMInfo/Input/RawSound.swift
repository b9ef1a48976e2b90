internal import MediaIO
internal import MediaModel
internal import MediaRaw

/// Samples with nothing around them.
final class UncontainedSound: SoundSource {
  private(set) var description: SoundDescription
  let stored: StoredFrames?
  private(set) var findings: [Finding] = []
  private let bytes: InputBytes

  init(_ bytes: InputBytes, _ format: PCMFormat) {
    self.bytes = bytes
    description = SoundDescription(
      containerName: format.sampleFormat.rawValue, codecName: format.sampleFormat.codecName,
      format: format)
    description.bitsPerSample = format.validBits
    description.bitRate = format.bitRate
    description.dataOffset = 0
    description.byteCount = bytes.byteCount
    description.setPositions(format.positions, layout: nil)
    guard let place = bytes.place, let byteCount = bytes.byteCount else {
      stored = nil
      bytes.input.keepNoMore()
      return
    }
    let frames = byteCount / Int64(format.blockAlign)
    stored = StoredFrames(place: place, offset: 0, frameCount: frames)
    describe(byteCount)
  }

  private func describe(_ byteCount: Int64) {
    let frameByteCount = Int64(description.format.blockAlign)
    description.dataByteCount = byteCount
    description.frames = byteCount / frameByteCount
    let rest = byteCount % frameByteCount
    guard rest > 0 else { return }
    findings = [
      Finding(
        .pcmPartialFrame,
        "\(Quantity.counted(rest, "byte")) after the last frame of \(frameByteCount)",
        offset: Int(clamping: byteCount - rest))
    ]
  }

  var position: Int64 { bytes.position }

  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    try bytes.readAvailable(into: room)
  }

  func finish() {
    guard stored == nil else { return }
    description.byteCount = bytes.position
    describe(bytes.position)
  }
}
