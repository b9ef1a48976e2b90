internal import MediaFFmpeg
internal import MediaModel
internal import MediaRaw

/// Sound of any kind that FFmpeg decodes, as its decoder gives it.
final class DecodedSound: SoundSource {
  private(set) var description: SoundDescription
  let stored: StoredFrames? = nil
  let findings: [Finding] = []

  private let reader: SoundReader
  /// Samples that had no room yet.
  private var rest: [UInt8] = []
  private var restStart = 0
  private var byteCount: Int64 = 0
  /// What ended reading; told once all before it has been given.
  private var failure: (any Error)?

  /// - Throws: `Failure`, `FFmpegError`.
  init(_ demuxer: Demuxer, tracks: TrackSelection?) throws {
    let media = demuxer.describe()
    let stream = try Self.choose(media.streams, tracks)
    reader = try SoundReader(demuxer, streamIndex: stream.index)
    let format = try Self.format(reader)
    description = SoundDescription(
      containerName: media.format.name, codecName: stream.codecName ?? "unknown", format: format)
    description.byteCount = media.format.byteCount
    let isPCM = stream.codecName?.hasPrefix("pcm_") == true
    description.bitsPerSample =
      reader.bitsPerRawSample ?? (isPCM && stream.bitsPerSample > 0 ? stream.bitsPerSample : nil)
    description.bitRate = Self.bitRate(stream, media, format)
    description.setPositions(
      reader.form.channelNumbers.map { $0.map(ChannelPosition.init(rawValue:)) },
      layout: reader.form.channelLayout)
    for tag in media.format.tags + stream.tags { description.metadata.tags[tag.name] = tag.value }
  }

  var position: Int64 { reader.position ?? 0 }
  var undecodablePackets: Int { reader.undecodableCount }

  func read(into room: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = take(into: room)
    if filled == 0, let failure { throw failure }
    while filled < room.count, failure == nil {
      let step = Result {
        try reader.read { samples in
          let taken = min(samples.count, room.count - filled)
          UnsafeMutableRawBufferPointer(rebasing: room[filled...]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: samples[..<taken]))
          filled += taken
          rest.append(contentsOf: samples[taken...])
        }
      }
      if case .failure(let error) = step {
        failure = error
        if filled > 0 { break }
      }
      guard try step.get() else { break }
    }
    byteCount += Int64(filled)
    return filled
  }

  private func take(into room: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(rest.count - restStart, room.count)
    rest.withUnsafeBytes { rest in
      room.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[restStart..<restStart + count]))
    }
    restStart += count
    if restStart == rest.count {
      rest.removeAll(keepingCapacity: true)
      restStart = 0
    }
    return count
  }

  func finish() { description.frames = byteCount / Int64(description.format.blockAlign) }

  // MARK: What it is

  /// The track asked for; else the one that is meant to be heard, of those the one with the most
  /// channels.
  private static func choose(
    _ streams: [StreamDescription], _ tracks: TrackSelection?
  ) throws -> StreamDescription {
    let sounds = streams.filter { $0.kind == .audio }
    guard !sounds.isEmpty else { throw Failure(.dataError, "there is no sound in it") }
    guard let tracks else {
      func rank(_ stream: StreamDescription) -> Int {
        let isDefault = stream.dispositions.contains { $0.name == "default" && $0.isSet }
        return (isDefault ? 1000 : 0) + min(stream.channelCount, 999)
      }
      // The first of the best.
      return sounds.dropFirst().reduce(sounds[0]) { rank($1) > rank($0) ? $1 : $0 }
    }
    let wanted = tracks.indices(kinds: streams.map(\.kind.rawValue))
    let chosen = sounds.filter { wanted.contains($0.index) }
    guard let first = chosen.first else {
      let there = streams.map { "#\($0.index) \($0.kind.rawValue)" }.joined(separator: ", ")
      throw Failure(.noInput, "no track of sound is \(tracks.text); the tracks are \(there)")
    }
    guard chosen.count == 1 else {
      throw Failure(
        .usage, "--tracks \(tracks.text) means \(chosen.count) tracks of sound; one is measured")
    }
    return first
  }

  private static func format(_ reader: SoundReader) throws -> PCMFormat {
    let form = reader.form
    #if _endian(little)
    let order = "le"
    #else
    let order = "be"
    #endif
    let names = ["u8": "u8", "s16": "s16", "s32": "s32", "flt": "f32", "dbl": "f64"]
    guard let name = names[form.sampleFormat],
      let sampleFormat = SampleFormat(rawValue: name == "u8" ? name : name + order),
      var format = PCMFormat(
        sampleFormat: sampleFormat, sampleRate: form.sampleRate, channelCount: form.channelCount)
    else {
      throw Failure(
        .unavailable, "samples of \(form.sampleFormat) at \(form.sampleRate) Hz are not measured")
    }
    // FFmpeg's integers stand at the top of their samples, as ours do.
    if let bits = reader.bitsPerRawSample, [.int16, .int32].contains(sampleFormat.lane) {
      format.validBits = min(bits, format.validBits)
    }
    return format
  }

  private static func bitRate(
    _ stream: StreamDescription, _ media: MediaDescription, _ format: PCMFormat
  ) -> Int? {
    if stream.codecName?.hasPrefix("pcm_") == true, stream.bitsPerSample > 0 {
      return format.sampleRate * format.channelCount * min(stream.bitsPerSample, 64)
    }
    if let rate = stream.bitRate { return Int(clamping: rate) }
    return media.streams.count == 1 ? media.format.bitRate.map { Int(clamping: $0) } : nil
  }
}
