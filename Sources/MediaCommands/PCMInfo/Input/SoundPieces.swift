internal import MediaIO
internal import MediaRaw
internal import MediaSignal

/// A chunk of a sound with the frames in front that filters want to have seen.
struct SoundPiece: Sendable {
  /// The frames to be measured, numbered within the input.
  var frames: Range<Int64>
  /// How many frames stand in front.
  var settling: Int
  /// All their bytes; nil where they are to be read from the file.
  var buffer: BufferPool.Buffer?
}

/// How long pieces are.
struct PieceSizes: Sendable {
  let chunkFrames: Int
  let settlingFrames: Int

  /// Whatever a header says, a piece takes no more than twice this.
  private static let mostBytes = 64 << 20

  init(_ format: PCMFormat, settlingFrames: Int) {
    let most = max(1, Self.mostBytes / format.blockAlign)
    // 10 s or 2 MiB, whichever is smaller; but settling is to stay the smaller part, which at a rate
    // of some hertz would else be nearly all of the work.
    let wanted = max(
      2 * settlingFrames, min(10 * format.sampleRate, (2 << 20) / format.blockAlign))
    chunkFrames = min(wanted, most)
    self.settlingFrames = min(settlingFrames, most)
  }

  var frames: Int { chunkFrames + settlingFrames }
}

/// Pieces of frames that lie in a file: only their places.
struct StoredPieces {
  let sizes: PieceSizes
  var next: Int64
  let end: Int64

  mutating func draw() -> SoundPiece? {
    guard next < end else { return nil }
    let last = min(end - next, Int64(sizes.chunkFrames)) + next
    defer { next = last }
    return SoundPiece(
      frames: next..<last, settling: Int(min(Int64(sizes.settlingFrames), next)))
  }
}

/// Pieces of frames that are read one after the other.
struct ReadPieces {
  private let source: any SoundSource
  private let sizes: PieceSizes
  private let blockAlign: Int
  private let pool: BufferPool
  private let range: Range<Int64>
  /// The number of the next frame.
  private var next: Int64 = 0
  /// The piece before, whose last frames come in front of the next one.
  private var last: (buffer: BufferPool.Buffer, frameCount: Int)?

  init(_ source: any SoundSource, _ sizes: PieceSizes, range: Range<Int64>) {
    self.source = source
    self.sizes = sizes
    self.range = range
    blockAlign = source.description.format.blockAlign
    pool = BufferPool(byteCount: sizes.frames * blockAlign)
  }

  /// - Throws: what reading throws.
  mutating func draw() throws -> SoundPiece? {
    while next < range.lowerBound {
      guard try read(until: range.lowerBound) != nil else { return nil }
    }
    return try read(until: range.upperBound)
  }

  private mutating func read(until end: Int64) throws -> SoundPiece? {
    let wanted = Int(min(Int64(sizes.chunkFrames), end - next))
    guard wanted > 0 else { return nil }
    let buffer = pool.take()
    let settling = min(last?.frameCount ?? 0, sizes.settlingFrames)
    if let last {
      let tail = last.buffer.bytes[..<(last.frameCount * blockAlign)].suffix(settling * blockAlign)
      buffer.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: tail))
    }
    let room = buffer.bytes[(settling * blockAlign)...].prefix(wanted * blockAlign)
    let frameCount =
      try source.read(into: UnsafeMutableRawBufferPointer(rebasing: room)) / blockAlign
    guard frameCount > 0 else { return nil }
    defer { next += Int64(frameCount) }
    last = (buffer, settling + frameCount)
    return SoundPiece(
      frames: next..<next + Int64(frameCount), settling: settling, buffer: buffer)
  }
}
