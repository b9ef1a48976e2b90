internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// The frames of an FLV file.
final class FLVSource: FrameSource {
  var tracks: [Track] { demuxer.tracks ?? [] }

  private var tags: FLVTags
  private var demuxer = FLVDemuxer()
  private var isAtEnd = false
  /// Whether the end has been told.
  private var isFinished = false

  init(_ input: FLVInput) throws {
    tags = FLVTags(input)
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
    if isFinished, let note = tags.note { notes.append(note) }
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
    let tag: Void? = try tags.next { try demuxer.take($0, body: $1) }
    if let header = tags.header { demuxer.take(header) }
    if tag == nil {
      isAtEnd = true
      demuxer.finish()
    }
  }
}
