internal import MediaFFmpeg
internal import MediaModel

/// Decodes packets, hands on frames, and turns decoding errors into findings.
final class FrameWalk: PacketObserver {
  private let decoders: [Int: Decoder]
  private let errors: () -> [FFmpegLog.Line]
  private let onFrame: ((DecodedFrame) throws -> Void)?
  private let onError: ((Finding) -> Void)?
  /// Frames by track.
  private(set) var frames: [Int: Int64] = [:]
  private var lastPlace: [Int: (offset: Int?, time: Double?)] = [:]

  /// `errors` gives the lines that FFmpeg logged since it was asked last.
  init(
    decoders: [Int: Decoder], errors: @escaping () -> [FFmpegLog.Line],
    onFrame: ((DecodedFrame) throws -> Void)?, onError: ((Finding) -> Void)?
  ) {
    self.decoders = decoders
    self.errors = errors
    self.onFrame = onFrame
    self.onError = onError
    for index in decoders.keys { frames[index] = 0 }
  }

  func take(_ packet: Packet, _ clock: TrackClock) throws {
    let index = packet.streamIndex
    lastPlace[index] = (
      packet.position.flatMap { Int(exactly: $0) }, clock.seconds(packet.pts ?? packet.dts)
    )
    try decode(packet, index)
  }

  /// Takes out what decoders hold back.
  func finish() throws {
    for index in decoders.keys.sorted() { try decode(nil, index) }
  }

  private func decode(_ packet: Packet?, _ index: Int) throws {
    guard let decoder = decoders[index] else { return }
    _ = errors()
    var failure: FFmpegError?
    do {
      try decoder.decode(packet) { output in
        frames[index, default: 0] += 1
        try onFrame?(DecodedFrame(output))
      }
    } catch let error as FFmpegError {
      failure = error
    }
    guard let onError else { return }
    var texts: [String] = []
    for line in errors() where texts.last != line.text { texts.append(line.text) }
    if texts.isEmpty, let failure { texts = ["\(failure)"] }
    guard !texts.isEmpty else { return }
    let place = lastPlace[index]
    onError(
      Finding(
        .decodingError, texts.joined(separator: "; "), offset: place?.offset, time: place?.time,
        stream: index))
  }
}
