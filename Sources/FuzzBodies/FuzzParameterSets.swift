import MediaBitstream
import MediaBytes

/// Reads the bytes as a byte stream of H.264 and of H.265, and as each of the configuration
/// records with an access unit behind it.
///
/// Records survive being written, those made of the stream's own parameter sets too.
public func fuzzParameterSets(_ bytes: RawSpan) {
  walkH264(bytes)
  walkH265(bytes)
  if let found = rewrite(AVCDecoderConfigurationRecord.self, bytes) {
    _ = H264ParameterSets(found.value)
    let rest = bytes.extracting(found.end..<bytes.byteCount)
    convert(rest, AnnexBConverter(found.value, rules: .ffmpeg5))
    convert(rest, AnnexBConverter(found.value, rules: .ffmpeg9))
  }
  if let found = rewrite(HEVCDecoderConfigurationRecord.self, bytes) {
    _ = H265ParameterSets(found.value)
    let rest = bytes.extracting(found.end..<bytes.byteCount)
    convert(rest, AnnexBConverter(found.value, rules: .ffmpeg5))
    convert(rest, AnnexBConverter(found.value, rules: .ffmpeg9))
  }
  if let found = rewrite(VvcDecoderConfigurationRecord.self, bytes) {
    convert(bytes.extracting(found.end..<bytes.byteCount), AnnexBConverter(found.value))
  }
}

extension AVCDecoderConfigurationRecord: Rewritable {}
extension HEVCDecoderConfigurationRecord: Rewritable {}
extension VvcDecoderConfigurationRecord: Rewritable {}

/// Converts the same access unit twice, the second one after the first.
private func convert(_ accessUnit: RawSpan, _ converter: AnnexBConverter) {
  var converter = converter
  for _ in 0..<2 {
    var writer = ByteWriter()
    do throws(ParseError) {
      try converter.convert(accessUnit, into: &writer)
    } catch {
      precondition((0...accessUnit.byteCount).contains(error.offset), "error outside the input")
      precondition(writer.count == 0, "writes before it throws")
    }
  }
}

/// Where the units of a byte stream lie.
private func ranges(in bytes: RawSpan) -> [Range<Int>] {
  var cursor = NALUnitCursor(.annexB)
  var found: [Range<Int>] = []
  do throws(ParseError) {
    while let range = try cursor.next(in: bytes) { found.append(range) }
  } catch {
    preconditionFailure("start codes cannot be wrong")
  }
  return found
}

// MARK: - H.264

private func walkH264(_ bytes: RawSpan) {
  var stream = H264Stream()
  for range in ranges(in: bytes) {
    do throws(ParseError) {
      try stream.take(bytes.extracting(range), at: range.lowerBound)
    } catch {
      precondition(
        (range.lowerBound...range.upperBound).contains(error.offset), "error outside the unit")
    }
  }
  let record = AVCDecoderConfigurationRecord(
    sequenceParameterSets: stream.sequence, pictureParameterSets: stream.picture)
  if let record { checkRewriting(record) }
}

private struct H264Stream {
  private var sets = H264ParameterSets()
  private var last: H264SliceHeader?
  /// Whole units that can be read.
  private(set) var (sequence, picture): ([[UInt8]], [[UInt8]]) = ([], [])

  mutating func take(_ unit: RawSpan, at offset: Int) throws(ParseError) {
    let type = H264NALUnitType(header: unit.byte(at: 0))
    precondition(!type.name.isEmpty, "no words")
    try sets.take(unit, at: offset)
    switch type {
    case .sps:
      let set = try H264SequenceParameterSet(nalUnit: unit, at: offset)
      precondition(set.width > 0 && set.height > 0, "no picture is left")
      _ = (set.frameRate?.perSecond, set.profileLevel.profileName)
      precondition(!set.profileLevel.level.isEmpty, "no words")
      sequence.append([UInt8](copying: unit))
    case .pps: picture.append([UInt8](copying: unit))
    case .sei: try walkMessages(unit, at: offset, headerByteCount: 1)
    default: break
    }
    guard type.hasSliceHeader else { return }
    var slice = try H264SliceHeader(nalUnit: unit, at: offset, parameterSets: sets)
    _ = slice.beginsPicture(after: last)
    precondition(!slice.beginsPicture(after: slice) || slice.firstMacroblock == 0)
    last = slice
    slice.picture = nil
    let bare = try H264SliceHeader(nalUnit: unit, at: offset)
    precondition(bare == slice, "parameter sets change what comes before")
  }
}

// MARK: - H.265

private func walkH265(_ bytes: RawSpan) {
  var stream = H265Stream()
  for range in ranges(in: bytes) {
    do throws(ParseError) {
      try stream.take(bytes.extracting(range), at: range.lowerBound)
    } catch {
      precondition(
        (range.lowerBound...range.upperBound).contains(error.offset), "error outside the unit")
    }
  }
  let record = HEVCDecoderConfigurationRecord(
    videoParameterSets: stream.video, sequenceParameterSets: stream.sequence,
    pictureParameterSets: stream.picture, isComplete: true)
  if let record { checkRewriting(record) }
}

private struct H265Stream {
  private var sets = H265ParameterSets()
  /// Whole units that can be read.
  private(set) var (video, sequence, picture): ([[UInt8]], [[UInt8]], [[UInt8]]) = ([], [], [])

  mutating func take(_ unit: RawSpan, at offset: Int) throws(ParseError) {
    var reader = ByteReader(unit, baseOffset: offset)
    let type = try H265NALUnitHeader(parsing: &reader).type
    precondition(!type.name.isEmpty, "no words")
    try sets.take(unit, at: offset)
    switch type {
    case .vps: video.append([UInt8](copying: unit))
    case .sps:
      let set = try H265SequenceParameterSet(nalUnit: unit, at: offset)
      precondition(set.width > 0 && set.height > 0, "no picture is left")
      _ = (set.frameRate?.perSecond, set.profileTierLevel.profileName)
      precondition(!set.profileTierLevel.level.isEmpty, "no words")
      sequence.append([UInt8](copying: unit))
    case .pps: picture.append([UInt8](copying: unit))
    case .prefixSEI, .suffixSEI: try walkMessages(unit, at: offset, headerByteCount: 2)
    default: break
    }
    guard type.isVCL else { return }
    let slice = try H265SliceSegmentHeader(nalUnit: unit, at: offset, parameterSets: sets)
    let bare = try H265SliceSegmentHeader(nalUnit: unit, at: offset)
    precondition(
      bare.isFirstInPicture == slice.isFirstInPicture
        && bare.pictureParameterSetID == slice.pictureParameterSetID,
      "parameter sets change what comes before")
    precondition(slice.isDependent != true || slice.type == nil, "a dependent slice has no type")
  }
}

// MARK: - Supplemental enhancement information

private func walkMessages(
  _ unit: RawSpan, at offset: Int, headerByteCount: Int
) throws(ParseError) {
  var cursor = SEICursor(headerByteCount: headerByteCount)
  var end = headerByteCount
  while let message = try cursor.next(in: unit, at: offset) {
    // A message has two bytes at least, its type and its size.
    precondition(
      message.range.lowerBound >= end + 2 && message.range.upperBound <= unit.byteCount, "outside")
    end = message.range.upperBound
    let payload = message.payload(in: unit)
    precondition(payload.count == message.byteCount, "a payload of another size")
    precondition(!message.type.description.isEmpty, "no words")
    precondition(message.payload(in: unit, limit: 5) == Array(payload.prefix(5)), "not a prefix")
    readMessage(message, payload, unit, at: offset)
  }
}

private func readMessage(
  _ message: SEIMessage, _ payload: [UInt8], _ unit: RawSpan, at offset: Int
) {
  do throws(ParseError) {
    _ = try SEIUserData(message, in: unit, at: offset)
  } catch {
    precondition(
      (offset...offset + unit.byteCount).contains(error.offset), "error outside the unit")
  }
  switch message.type {
  case .masteringDisplayColourVolume:
    _ = attempt(payload.span.bytes, MasteringDisplay.init(parsing:))
  case .contentLightLevel: _ = attempt(payload.span.bytes, ContentLightLevel.init(parsing:))
  default: break
  }
}
