internal import MediaBytes
internal import MediaModel
internal import MediaRaw

/// Sound of a WAV file: linear PCM and G.711, in blocks of 20 ms.
final class WAVSource: FrameSource {
  let tracks: [Track]
  /// What a user should know about what is left out or missing.
  private(set) var notes: [String] = []
  private let input: InputWindow
  private var parser: PCMFileParser
  private let blockAlign: Int
  private let samplesPerBlock: Int
  private let byteCount: Int64?
  private var passed: Int64 = 0

  /// Throws where it is no WAV file, or its coding is none that is read here.
  init(_ input: InputWindow) throws {
    self.input = input
    parser = PCMFileParser(byteCount: input.knownByteCount)
    byteCount = try Self.findSamples(&parser, input)
    guard let format = parser.format, let rate = UInt32(exactly: format.sampleRate),
      let scale = Timescale(rate)
    else { throw Failure(.dataError, "WAV without samples") }
    let codec = format.sampleFormat.codecName
    guard Self.sent.contains(format.sampleFormat),
      format.blockAlign == format.sampleFormat.byteCount * format.channelCount
    else { throw Failure(.unavailable, "WAV of \(codec) has no RTP payload format here") }
    blockAlign = format.blockAlign
    samplesPerBlock = max(1, format.sampleRate / 50)
    var track = Track(index: 0, kind: .audio, codec: Codec(rawValue: codec), timescale: scale)
    track.sampleRate = format.sampleRate
    track.channels = format.channelCount
    tracks = [track]
  }

  func next() throws -> Frame? {
    let left = byteCount.map { $0 - passed } ?? .max
    let wanted = Int(min(Int64(samplesPerBlock * blockAlign), left))
    _ = try input.has(wanted)
    let count = min(wanted, input.count) / blockAlign * blockAlign
    guard count > 0 else {
      end(min(wanted, input.count))
      return nil
    }
    var frame = Frame(track: 0, data: [UInt8](input.bytes[..<count]))
    frame.offset = input.offset
    frame.dts = passed / Int64(blockAlign)
    frame.pts = frame.dts
    frame.duration = Int64(count / blockAlign)
    frame.isKey = true
    input.consume(count)
    passed += Int64(count)
    return frame
  }

  /// The last bytes are of no whole frame, if there are any, or fewer than were promised.
  private func end(_ rest: Int) {
    guard case .samples = parser.next else { return }
    input.consume(rest)
    parser.pass(passed + Int64(rest))
    notes += LeftOver.note(rest, "is no whole sample of each channel")
    notes += parser.findings.filter { $0.code == .pcmDataCut }.map(\.message)
  }

  /// What has an RTP payload format, in the order of bytes that WAV has.
  private static let sent: Set<SampleFormat> = [.u8, .s16le, .s24le, .alaw, .mulaw]

  /// Reads as far as the first sample, and returns how many bytes of samples there are; nil for all
  /// that follow.
  private static func findSamples(
    _ parser: inout PCMFileParser, _ input: InputWindow
  ) throws -> Int64? {
    while true {
      switch parser.next {
      case .read(let wanted):
        _ = try input.has(wanted)
        let count = min(wanted, input.count)
        try parser.receive(UnsafeRawBufferPointer(rebasing: input.bytes[..<count]).bytes)
        input.consume(count)
      case .skip(let wanted): parser.pass(try skip(wanted, input))
      case .samples(let byteCount): return byteCount.map { max(0, $0) }
      case .end: return 0
      }
    }
  }

  private static func skip(_ byteCount: Int64, _ input: InputWindow) throws -> Int64 {
    var left = byteCount
    while left > 0, try input.has(1) {
      let part = Int(min(left, Int64(input.count)))
      input.consume(part)
      left -= Int64(part)
    }
    return byteCount - left
  }
}
