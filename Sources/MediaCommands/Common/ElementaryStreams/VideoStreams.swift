internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// H.264, H.265 and H.266 as byte streams with start codes (Annex B of each).
final class AnnexBStream: ElementaryStream {
  private let codec: Codec
  private let output: any ByteOutput
  private var converter: AnnexBConverter?
  private var writer = ByteWriter()

  init(_ codec: Codec, _ output: any ByteOutput) {
    self.codec = codec
    self.output = output
  }

  func configure(_ configuration: [UInt8]) throws {
    var reader = ByteReader(configuration.span)
    switch codec {
    case .h264: converter = AnnexBConverter(try AVCDecoderConfigurationRecord(parsing: &reader))
    case .hevc: converter = AnnexBConverter(try HEVCDecoderConfigurationRecord(parsing: &reader))
    default: converter = AnnexBConverter(try VvcDecoderConfigurationRecord(parsing: &reader))
    }
  }

  func write(_ frame: RawSpan, pts: Int64) throws {
    guard converter != nil else { throw MissingConfiguration() }
    try converter?.convert(frame, into: &writer)
    try output.drain(&writer)
  }
}

/// A frame came before the configuration without which it means nothing.
struct MissingConfiguration: Error, CustomStringConvertible {
  var description: String { "no sequence header comes before it" }
}

/// Frames before the one at hand that could not be written; it is.
struct LostHiddenFrames: Error, CustomStringConvertible {
  var count: Int
  var description: String { "\(count) hidden VP9 frames before it fit into no superframe" }
}

/// VP8, VP9 and AV1 in IVF, its times those of the FLV in milliseconds.
///
/// The header counts the frames.
final class IVFStream: ElementaryStream {
  private let codec: IVFHeader.FourCC
  private let output: HeadedOutput
  private var length = IVFLength()
  private var size: (width: Int, height: Int)?
  private var joiner = VP9SuperframeJoiner()
  /// OBUs of the configuration; a decoder needs those that the frames lack.
  private var configOBUs: [UInt8] = []
  private var sequenceHeader: AV1SequenceHeader?
  private var unit = ByteWriter()

  init(_ codec: IVFHeader.FourCC, _ output: any ByteOutput) {
    self.codec = codec
    self.output = HeadedOutput(output)
  }

  func configure(_ configuration: [UInt8]) throws {
    // Only that of AV1 says anything needed here; FFmpeg begins with an empty one.
    guard codec == .av1, !configuration.isEmpty else { return }
    var reader = ByteReader(configuration.span)
    let record = try AV1CodecConfigurationRecord(parsing: &reader)
    configOBUs = record.configOBUs
    sequenceHeader = record.sequenceHeader
  }

  func write(_ frame: RawSpan, pts: Int64) throws {
    switch codec {
    case .av1: try store(try av1Unit(frame), pts)
    case .vp9:
      let header = try VP9FrameHeader(frame: frame)
      if size == nil, let found = header.size { size = (found.width, found.height) }
      // Frames that are not shown go with the shown one behind them.
      let lost = joiner.lost
      if let packet = try joiner.add(frame) { try store(packet, pts) }
      if joiner.lost > lost { throw LostHiddenFrames(count: joiner.lost - lost) }
    default:
      var reader = ByteReader(frame)
      let header = try VP8FrameHeader(parsing: &reader)
      if size == nil, let key = header.keyFrame { size = (key.width, key.height) }
      try store([UInt8](copying: frame), pts)
    }
  }

  /// A whole temporal unit: with a delimiter, and with a sequence header where decoding begins.
  private func av1Unit(_ frame: RawSpan) throws -> [UInt8] {
    let found = try AV1TemporalUnit(frame, sequence: sequenceHeader)
    let lacksHeader = found.isKey && found.sequenceHeader == nil
    sequenceHeader = found.sequenceHeader ?? sequenceHeader
    if size == nil, let header = sequenceHeader {
      size = (header.maxFrameWidth, header.maxFrameHeight)
    }
    unit.removeAll()
    if lacksHeader, !configOBUs.isEmpty {
      var cursor = AV1OBUCursor()
      // Only the delimiter may stand before it.
      let start = found.hasTemporalDelimiter ? try cursor.next(in: frame)?.range.upperBound ?? 0 : 0
      var obus = [UInt8](copying: frame.extracting(0..<start)) + configOBUs
      obus.append(copying: frame.extracting(start..<frame.byteCount))
      try AV1TemporalUnit.write(obus.span.bytes, to: &unit)
    } else {
      try AV1TemporalUnit.write(frame, to: &unit)
    }
    return unit.bytes
  }

  private func store(_ packet: [UInt8], _ pts: Int64) throws {
    var header = ByteWriter()
    IVFFrameHeader(size: UInt32(packet.count), pts: pts).write(to: &header)
    try output.write(header.bytes.span.bytes) { fileHeader }
    try output.write(packet.span.bytes) { fileHeader }
    length.add(pts: pts)
  }

  func finish() throws { try output.finish(header: fileHeader) }

  private var fileHeader: [UInt8] {
    var writer = ByteWriter()
    IVFHeader(
      fourCC: codec, width: UInt16(clamping: size?.width ?? 0),
      height: UInt16(clamping: size?.height ?? 0), timebaseDenominator: 1000,
      length: length.frames
    ).write(to: &writer)
    return writer.bytes
  }
}
