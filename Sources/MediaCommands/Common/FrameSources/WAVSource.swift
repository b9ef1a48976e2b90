internal import MediaBytes
internal import MediaModel

/// Sound of a WAV file: linear PCM and G.711, in blocks of 20 ms.
final class WAVSource: FrameSource {
  let tracks: [Track]
  /// What a user should know about what is left out.
  private(set) var notes: [String] = []
  private let input: InputWindow
  private let blockAlign: Int
  private let samplesPerBlock: Int
  private var left: Int
  private var position: Int64 = 0

  /// Throws where it is no WAV file, or its coding is none that is read here.
  init(_ input: InputWindow) throws {
    self.input = input
    guard try input.has(12) else { throw Failure(.dataError, "the input ends inside RIFF") }
    input.consume(12)
    var format: Format?
    while true {
      guard try input.has(8) else { throw Failure(.dataError, "WAV without a chunk of data") }
      let id = String(decoding: input.bytes.prefix(4), as: UTF8.self)
      let size = Int(input.bytes.little32(at: 4))
      input.consume(8)
      if id == "data" {
        // Streams are written without knowing their size.
        left = size == 0xffff_ffff || size == 0 ? Int.max : size
        break
      }
      guard size <= 1 << 24, try input.has(size + size % 2) else {
        throw Failure(.dataError, "the input ends inside the chunk \(id)")
      }
      if id == "fmt " { format = Format(input.bytes, size) }
      input.consume(size + size % 2)
    }
    guard let format, let codec = format.codec, let scale = Timescale(format.rate) else {
      throw Failure(.unavailable, format?.unknown ?? "WAV without a chunk fmt")
    }
    blockAlign = format.channels * format.bits / 8
    samplesPerBlock = max(1, Int(format.rate) / 50)
    var track = Track(index: 0, kind: .audio, codec: Codec(rawValue: codec), timescale: scale)
    track.sampleRate = Int(format.rate)
    track.channels = format.channels
    tracks = [track]
  }

  func next() throws -> Frame? {
    let wanted = min(samplesPerBlock * blockAlign, left)
    _ = try input.has(wanted)
    let count = min(wanted, input.count) / blockAlign * blockAlign
    guard count > 0 else {
      let rest = min(wanted, input.count)
      notes += LeftOver.note(rest, "is no whole sample of each channel")
      input.consume(rest)
      left = 0
      return nil
    }
    var frame = Frame(track: 0, data: [UInt8](input.bytes[..<count]))
    frame.offset = input.offset
    frame.dts = position
    frame.pts = position
    frame.duration = Int64(count / blockAlign)
    frame.isKey = true
    input.consume(count)
    if left != Int.max { left -= count }
    position += Int64(count / blockAlign)
    return frame
  }

  /// The chunk `fmt `.
  private struct Format {
    var tag: Int
    var channels: Int
    var rate: UInt32
    var bits: Int

    init?(_ bytes: UnsafeRawBufferPointer, _ size: Int) {
      guard size >= 16 else { return nil }
      tag = Int(bytes.little16(at: 0))
      channels = Int(bytes.little16(at: 2))
      rate = bytes.little32(at: 4)
      bits = Int(bytes.little16(at: 14))
      // WAVE_FORMAT_EXTENSIBLE: the code begins the GUID of the subformat.
      if tag == 0xfffe, size >= 26 { tag = Int(bytes.little16(at: 24)) }
    }

    var codec: String? {
      guard (1...255).contains(channels), rate > 0 else { return nil }
      switch (tag, bits) {
      case (1, 8): return "pcm_u8"
      case (1, 16): return "pcm_s16le"
      case (1, 24): return "pcm_s24le"
      case (6, 8): return "pcm_alaw"
      case (7, 8): return "pcm_mulaw"
      default: return nil
      }
    }

    var unknown: String {
      "WAV of format \(tag) with \(bits) bits and \(channels) channels has no RTP payload format here"
    }
  }
}

extension UnsafeRawBufferPointer {
  /// 16 bits, least significant byte first; they must be there.
  func little16(at index: Int) -> UInt16 {
    UInt16(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt16.self))
  }

  /// 32 bits, least significant byte first; they must be there.
  func little32(at index: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt32.self))
  }
}
