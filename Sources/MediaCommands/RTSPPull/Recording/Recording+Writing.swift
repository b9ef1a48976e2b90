internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel
internal import MediaRTP

extension Recording {
  /// Writes a frame to the file that is open.
  func write(_ frame: RecordedFrame) throws {
    guard let file else { return }
    let track = tracks[frame.track]
    let pts = frame.pts &- track.ticks(file.origin)
    // Pictures shown in front of the keyframe that a file begins with refer to the file before.
    guard pts >= 0 else { return leftOut += 1 }
    var frame = frame
    if track.needsSets, frame.frame.isKeyframe, let sets = track.sets, !sets.isInBand {
      frame.frame.data = sets.lengthPrefixed + frame.frame.data
    }
    if frame.track == main { file.count(until: frame.time &+ track.time(track.step)) }
    frames += 1
    switch file.writer {
    case .container:
      for timed in tracks[frame.track].times.add(frame, pts: pts) { try write(timed, to: file) }
    case .elementary(let stream):
      try write(frame, pts, to: stream, of: file)
    case nil: break
    }
  }

  private func write(
    _ timed: DecodeTimes<RecordedFrame>.Timed, to file: RecordingFile
  ) throws {
    guard case .container(let container, _) = file.writer else { return }
    let frame = timed.picture
    try container.write(
      frame.frame.data, place: frame.track, pts: timed.pts, dts: timed.dts,
      isKey: frame.frame.isKeyframe || tracks[frame.track].kind != .video)
  }

  private func write(
    _ frame: RecordedFrame, _ pts: Int64, to stream: any ElementaryStream, of file: RecordingFile
  ) throws {
    let track = tracks[frame.track]
    do {
      if let entry = track.entry?.configuration, !entry.isEmpty, entry != file.configured {
        file.configured = entry
        try stream.configure(track.source.configuration)
      }
      if let samples = stream as? WAVStream {
        try samples.fill(before: frame.frame.data.count, at: pts)
      }
      try stream.write(frame.frame.data.span.bytes, pts: track.time(pts) / 1_000_000)
    } catch let error as IOFailure {
      throw RecordingFile.failure(error)
    } catch let error as Failure {
      throw error
    } catch {
      leftOut += 1
    }
  }

  /// Writes what waits for its decode time; of one track, or of all.
  func drainTimes(_ only: Int? = nil) throws {
    guard let file else { return }
    for index in tracks.indices where only == nil || only == index {
      for timed in tracks[index].times.finish() { try write(timed, to: file) }
    }
  }

  // MARK: Words

  func tellConfiguration(_ frame: RecordedFrame, file: String?) throws {
    let track = tracks[frame.track]
    var copy = track
    let entry = copy.makeEntry(nil)
    let words = CodecInfo(track.codec, configuration: entry.configuration).words
    let size = words.contains("x") || entry.width == 0 ? "" : " \(entry.width)x\(entry.height)"
    let place = file.map { ", in \($0)" } ?? ""
    try tell(
      .configuration(
        "at \(Quantity.time(Double(frame.time) / 1e9)) it goes on as \(words)\(size)\(place)"))
  }

  func tellSoundChange(_ frame: RecordedFrame) throws {
    guard soundChanges.insert(frame.track).inserted else { return }
    try tell(
      .note(
        "\(tracks[frame.track].codec) changes at \(Quantity.time(Double(frame.time) / 1e9)): "
          + "it is left out until the next keyframe begins a new file"))
  }
}
