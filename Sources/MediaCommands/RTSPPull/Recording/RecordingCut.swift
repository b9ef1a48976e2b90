internal import MediaFFmpeg
internal import MediaModel
internal import MediaRTP

/// The end of a file and the beginning of the next, while tracks other than the main one have not
/// come so far yet.
struct RecordingCut {
  /// The moment of the recording that parts them.
  var time: Nanoseconds
  /// When the first frame behind it came.
  var since: Nanoseconds
  /// Frames behind it.
  var waiting: [RecordedFrame]
  var byteCount = 0

  static let mostWaitingBytes = 32 << 20
}

extension Recording {
  /// Sends a frame that is wanted to its file.
  func emit(_ frame: RecordedFrame) throws {
    if let cut { return try emit(frame, around: cut) }
    let change = tracks[frame.track].look(at: frame.frame)
    guard file != nil else {
      // What a file begins with is what it says of its tracks.
      guard change != .undecodable else { return leftOut += 1 }
      try beginFile(at: beginning, frame.wall)
      return try write(frame)
    }
    switch change {
    case .undecodable: leftOut += 1
    case .entry where goesOnWithinFile(frame): try changeEntry(frame)
    case .entry: try changeFile(frame)
    case .none where isSegmentOver(frame): try beginCut(frame)
    case .none: try write(frame)
    }
  }

  // MARK: The beginning

  /// Begins a file at a moment of the recording and of the wall clock.
  func beginFile(at origin: Nanoseconds, _ wall: Nanoseconds) throws {
    guard let files else { return }
    let output = try first ?? files.next(at: wall)
    first = nil
    let new = RecordingFile(
      files.last, output, origin: origin, start: wall, slot: segments?.clock.slot(wall))
    file = new
    try tell(.opened(files.last))
    try beginTracks(new)
    try new.flush()
  }

  private func beginTracks(_ file: RecordingFile) throws {
    guard let form else { return }
    for index in tracks.indices {
      let before = tracks[index].entry?.configuration
      let entry = tracks[index].makeEntry(form.container)
      tracks[index].beginTimes(hasChanged: entry.configuration != before)
      tracks[index].needsSets = false
    }
    switch form {
    case .natural: break
    case .elementary(let format):
      try file.begin(format, tracks[main])
    case .container(let format):
      try file.begin(format, tracks)
    }
  }

  // MARK: The end

  /// Whether a frame begins another segment.
  private func isSegmentOver(_ frame: RecordedFrame) -> Bool {
    guard let segments, let file, frame.track == main else { return false }
    guard frame.frame.isKeyframe || tracks[main].kind != .video else { return false }
    return segments.clock.slot(frame.wall) != file.slot
  }

  func beginCut(_ frame: RecordedFrame) throws {
    cut = RecordingCut(
      time: frame.time, since: frame.now, waiting: [frame], byteCount: frame.frame.data.count)
    try completeCutIfDue(frame.now)
  }

  private func emit(_ frame: RecordedFrame, around cut: RecordingCut) throws {
    if frame.track != main, frame.time < cut.time {
      // The file that ends has it, unless it cannot be decoded there.
      switch tracks[frame.track].look(at: frame.frame) {
      case .none: try write(frame)
      case .entry, .undecodable: leftOut += 1
      }
    } else {
      self.cut?.waiting.append(frame)
      self.cut?.byteCount += frame.frame.data.count
    }
    try completeCutIfDue(frame.now)
  }

  private func completeCutIfDue(_ now: Nanoseconds) throws {
    guard let cut else { return }
    let isDue = tracks.indices.allSatisfy { index in
      index == main || (tracks[index].latest.map(tracks[index].time) ?? .max) >= cut.time
    }
    if isDue || now &- cut.since > Self.patience
      || cut.byteCount > RecordingCut.mostWaitingBytes
    {
      try completeCut()
    }
  }

  /// Ends the file, and begins the next with what waits for it.
  func completeCut() throws {
    guard let cut, let first = cut.waiting.first else { return }
    self.cut = nil
    try endFile(at: first.wall)
    try beginFile(at: cut.time, first.wall)
    for frame in cut.waiting { try emit(frame) }
  }

  /// Completes the file that is written; `wall` is when the next one begins.
  func endFile(at wall: Nanoseconds?) throws {
    guard let file else { return }
    try drainTimes()
    self.file = nil
    guard file.frames > 0 else { return file.abandon() }
    var closed = try file.finish()
    if let wall { closed.end = max(closed.start, wall) }
    try tell(.closed(closed))
    try segments?.add(closed, tell)
  }

  // MARK: Changes

  private func goesOnWithinFile(_ frame: RecordedFrame) -> Bool {
    switch form {
    case .container(let format):
      format.beginsAnew || format.takesNewSets && tracks[frame.track].kind == .video
    case .elementary: tracks[frame.track].codec != .opus
    case .natural, nil: true
    }
  }

  /// Another configuration that the file takes.
  private func changeEntry(_ frame: RecordedFrame) throws {
    guard let file, let form else { return }
    try tellConfiguration(frame, file: nil)
    switch form {
    case .container(let format) where format.beginsAnew:
      try drainTimes()
      if case .container(let container, _) = file.writer { try container.finish() }
      for index in tracks.indices {
        let last = tracks[index].times.last
        _ = tracks[index].makeEntry(format)
        tracks[index].beginTimes(after: last, hasChanged: index == frame.track)
      }
      try file.begin(format, tracks)
    case .container(let format):
      try drainTimes(frame.track)
      let last = tracks[frame.track].times.last
      _ = tracks[frame.track].makeEntry(format)
      tracks[frame.track].beginTimes(after: last, hasChanged: true)
      tracks[frame.track].needsSets = true
    case .elementary, .natural:
      _ = tracks[frame.track].makeEntry(nil)
      tracks[frame.track].needsSets = true
    }
    try write(frame)
  }

  /// Another configuration that needs another file.
  private func changeFile(_ frame: RecordedFrame) throws {
    guard frame.track == main || tracks[main].kind != .video else {
      // The next file begins with a picture; until then it cannot be decoded.
      leftOut += 1
      return try tellSoundChange(frame)
    }
    if frame.track == main { try tellConfiguration(frame, file: "a new file") }
    try beginCut(frame)
  }
}
