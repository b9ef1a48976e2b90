internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// The frames of an FLV file.
final class FLVSource: FrameSource {
  var tracks: [Track] { demuxer.tracks ?? [] }

  private let input: FLVInput
  private var scanner = FLVScanner(bodyPrefix: Int.max)
  private var demuxer = FLVDemuxer()
  private var isAtEnd = false
  /// Whether the end has been told.
  private var isFinished = false
  private var skipped = 0

  init(_ input: FLVInput) throws {
    self.input = input
    while demuxer.tracks == nil { try readTag() }
    guard !tracks.isEmpty else {
      throw Failure(.dataError, "there is no sound or picture in the FLV")
    }
  }

  /// What a user should know about what is not in the frames.
  var notes: [String] {
    var notes = [String](
      repeating: "a track that begins later than 3 s into the FLV is left out",
      count: demuxer.lateCount)
    if isFinished, skipped > 0 {
      notes.append("\(Quantity.counted(skipped, "byte")) of damage skipped")
    }
    return notes
  }

  func next() throws -> Frame? {
    while true {
      if let frame = demuxer.next() { return frame }
      isFinished = isAtEnd
      if isFinished { return nil }
      try readTag()
    }
  }

  /// Goes on to the next tag, or to the end.
  private func readTag() throws {
    while !isAtEnd {
      let step = try input.withWindow { window, offset in
        try scanner.step(window, at: offset, end: input.end, held: input.held)
      }
      switch step {
      case .needs(let range):
        do {
          try input.fill(range, retaining: scanner.retained)
        } catch let failure as FLVInputFailure {
          throw failure.reason
        }
      case .header(let header, _): demuxer.take(header)
      case .tag(let tag):
        return try input.withBytes(of: tag.body) { body throws(FLVFrameError) in
          try demuxer.take(tag, body: body)
        }
      case .tagEnd: break
      case .skipped(let skip): skipped += skip.range.count
      case .end(let end):
        isAtEnd = true
        skipped += end.skipped?.range.count ?? 0
        demuxer.finish()
      }
    }
  }
}
