internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// One track as its codec's own stream format, written frame by frame.
///
/// What a writer throws is about the input, but `Failure`, which ends the extraction, and what the
/// output throws.
protocol ElementaryStream: AnyObject {
  /// Takes the first decoder configuration, or one that differs from that in effect.
  func configure(_ configuration: [UInt8]) throws
  /// Appends one frame of at least one byte.
  func write(_ frame: RawSpan, pts: Int64) throws
  /// Writes what can only be written at the end.
  func finish() throws
}

extension ElementaryStream {
  func configure(_ configuration: [UInt8]) throws {}
  func finish() throws {}
}

/// The stream format of each codec that has one.
enum ElementaryStreams {
  /// - Throws: `Failure`, `unavailable`, where nothing but a container carries the codec.
  static func writer(
    for codec: Codec, to output: any ByteOutput
  ) throws(Failure) -> any ElementaryStream {
    switch codec {
    case .h264, .hevc, .vvc: AnnexBStream(codec, output)
    case .vp8: IVFStream(.vp8, output)
    case .vp9: IVFStream(.vp9, output)
    case .av1: IVFStream(.av1, output)
    case .aac: ADTSStream(output)
    case .flac: FLACStream(output)
    case .opus: OggOpusStream(output)
    // PCM has no header of its own: the samples as they are.
    case .mp3, .ac3, .eac3, .pcmU8, .pcmS16LE, .pcmALaw, .pcmMuLaw: RawStream(output)
    default:
      throw Failure(.unavailable, "\(codec) has no stream format of its own to be extracted to")
    }
  }
}

/// Frames one after the other, as they are.
final class RawStream: ElementaryStream {
  private let output: any ByteOutput

  init(_ output: any ByteOutput) { self.output = output }

  func write(_ frame: RawSpan, pts: Int64) throws { try output.write(frame) }
}

extension ByteOutput {
  func write(_ bytes: RawSpan) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Appends what a writer holds, and empties it.
  func drain(_ writer: inout ByteWriter) throws {
    defer { writer.removeAll() }
    try write(writer.bytes.span.bytes)
  }
}
