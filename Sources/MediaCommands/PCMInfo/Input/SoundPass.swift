internal import MediaIO
internal import MediaRaw
internal import MediaSignal

/// Measures the pieces of a sound, on several threads where there are several pieces.
struct SoundPass: Sendable {
  /// What one piece gave.
  struct Outcome: Sendable {
    var chunk: SoundChunk?
    /// The frame behind the last that was measured.
    var end: Int64
    var failure: Failure?
  }

  /// Why reading ended early, apart from what others throw.
  struct Ended: Error {
    var failure: Failure
  }

  private let meter: SoundChunkMeter
  private let gather: ChannelGather?
  private let stored: StoredFrames?
  private let blockAlign: Int
  /// The frame that is the first of the measurement.
  private let start: Int64
  private let blocks: BufferPool
  private let gathered: BufferPool?

  init(
    _ plan: SoundPlan, _ format: PCMFormat, gather: ChannelGather?, stored: StoredFrames?,
    start: Int64, pieceFrames: Int
  ) {
    meter = SoundChunkMeter(plan)
    self.gather = gather
    self.stored = stored
    self.start = start
    blockAlign = format.blockAlign
    blocks = BufferPool(byteCount: pieceFrames * format.blockAlign)
    gathered = gather.map { BufferPool(byteCount: pieceFrames * $0.target) }
  }

  /// Measures a piece; may run on any thread.
  func measure(_ piece: SoundPiece) -> Outcome {
    let wanted = (piece.settling + piece.frames.count) * blockAlign
    if let buffer = piece.buffer {
      return measure(piece, UnsafeRawBufferPointer(rebasing: buffer.bytes[..<wanted]), nil)
    }
    guard let stored else { return Outcome(end: piece.frames.lowerBound) }
    let buffer = blocks.take()
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<wanted])
    // Within the file, so neither product nor sum is beyond Int64.
    let first = piece.frames.lowerBound - Int64(piece.settling)
    let read = Result { () throws(IOFailure) in
      try stored.place.read(at: stored.offset + first * Int64(blockAlign), into: room)
    }
    switch read {
    case .failure(let error):
      return Outcome(end: piece.frames.lowerBound, failure: Failure(error))
    case .success(let count):
      let isCut = count < wanted
      return measure(
        piece, UnsafeRawBufferPointer(rebasing: room[..<(count / blockAlign * blockAlign)]),
        isCut ? Failure(.ioError, "the file was truncated while it was read") : nil)
    }
  }

  private func measure(
    _ piece: SoundPiece, _ bytes: UnsafeRawBufferPointer, _ failure: Failure?
  ) -> Outcome {
    let frameCount = bytes.count / blockAlign - piece.settling
    guard frameCount > 0 else { return Outcome(end: piece.frames.lowerBound, failure: failure) }
    let first = piece.frames.lowerBound - start
    let end = piece.frames.lowerBound + Int64(frameCount)
    guard let gather, let room = gathered?.take() else {
      let chunk = meter.measure(bytes, settling: piece.settling, firstFrame: first)
      return Outcome(chunk: chunk, end: end, failure: failure)
    }
    let chunk = meter.measure(
      gather.gather(bytes, into: room.bytes), settling: piece.settling, firstFrame: first)
    return Outcome(chunk: chunk, end: end, failure: failure)
  }
}
