public import MediaBytes

/// Turns the access units of one track from length prefixes into a byte stream with start codes,
/// and puts the configuration's parameter sets before random access pictures.
///
/// The bytes are those of FFmpeg's filters `h264_mp4toannexb`, `hevc_mp4toannexb` and
/// `vvc_mp4toannexb`, whose rules have changed over time: see `Rules`. Streams without parameter sets
/// and buffering period messages in band come out alike under all of them. Where the configuration
/// changes, begin again with the new record: FFmpeg 9 does so, FFmpeg 5 goes on with the first.
public struct AnnexBConverter: Sendable {
  /// Whose rules say where parameter sets go.
  public enum Rules: Hashable, Sendable {
    /// FFmpeg 5.1's.
    ///
    /// In H.264 the configuration's sets are inserted whatever sets came in band, and no longer
    /// after an IDR picture that brought its own.
    case ffmpeg5
    /// FFmpeg 9's.
    ///
    /// In H.264 the last sets in band take the place of the configuration's, and sets go before a
    /// buffering period message; in H.265 before sets in band, which so have the last word.
    case ffmpeg9
  }

  private enum Codec {
    case h264(H264Insertion)
    case h265
    case h266
  }

  /// The most bytes that one access unit may become: twice as many as fit in a tag of FLV.
  ///
  /// Every IDR picture gets the parameter sets, and nothing but this limits how many there are.
  private static let byteLimit = 32 << 20

  private let rules: Rules
  private var codec: Codec
  private var lengthSize: NALUnitLengthSize
  /// All units of the configuration with start codes, for H.265 and H.266.
  private var parameterSets: [UInt8] = []

  /// Begins a track of H.264.
  public init(_ record: AVCDecoderConfigurationRecord, rules: Rules = .ffmpeg5) {
    self.rules = rules
    codec = .h264(H264Insertion(record))
    lengthSize = record.lengthSize
  }

  /// Begins a track of H.265.
  public init(_ record: HEVCDecoderConfigurationRecord, rules: Rules = .ffmpeg5) {
    self.rules = rules
    codec = .h265
    lengthSize = record.lengthSize
    parameterSets = byteStream(record.arrays.flatMap(\.units))
  }

  /// Begins a track of H.266; FFmpeg 5 has no filter for it, so the rules are FFmpeg 9's.
  public init(_ record: VvcDecoderConfigurationRecord) {
    rules = .ffmpeg9
    codec = .h266
    lengthSize = record.lengthSize
    parameterSets = byteStream(record.arrays.flatMap(\.units))
  }

  /// Appends one access unit; when it throws, nothing is written and nothing remembered.
  ///
  /// Errors are lengths that run past the end, headers of H.265 and H.266 that are cut, and access
  /// units that would become larger than 32 MiB.
  public mutating func convert(
    _ accessUnit: RawSpan, into writer: inout ByteWriter
  ) throws(ParseError) {
    var trial = self
    var count = 0
    try trial.walk(accessUnit) { sets, unit throws(ParseError) in
      count += sets.count + 4 + unit.range.count
      guard count <= Self.byteLimit else {
        throw ParseError(
          .overLimit(UInt64(count), limit: Self.byteLimit), "access unit",
          at: unit.range.lowerBound)
      }
    }
    let hasShortCodes = if case .h264 = codec { true } else { false }
    let start = writer.count
    try walk(accessUnit) { sets, unit throws(ParseError) in
      writer.append(sets)
      let isSet = unit.type == 7 || unit.type == 8
      if !hasShortCodes || isSet || writer.count == start { writer.integer(0 as UInt8) }
      writer.u24(1)
      writer.append(accessUnit.extracting(unit.range))
    }
  }

  /// Shows each unit with the parameter sets to insert before it.
  private mutating func walk(
    _ accessUnit: RawSpan, _ visit: ([UInt8], NALUnit) throws(ParseError) -> Void
  ) throws(ParseError) {
    var cursor = NALUnitCursor(.lengthPrefixed(lengthSize))
    switch codec {
    case .h264(var insertion):
      if rules == .ffmpeg9 {
        insertion.remember(sequence: try sets(7, accessUnit), picture: try sets(8, accessUnit))
      }
      while let unit = try next(&cursor, accessUnit) {
        try visit(insertion.setsBefore(unit, in: accessUnit, rules), unit)
        insertion.pass(unit, rules)
      }
      codec = .h264(insertion)
    case .h265, .h266:
      let place = try place(in: accessUnit)
      var index = 0
      while let unit = try next(&cursor, accessUnit) {
        try visit(index == place ? parameterSets : [], unit)
        index += 1
      }
    }
  }

  private func next(
    _ cursor: inout NALUnitCursor, _ accessUnit: RawSpan
  ) throws(ParseError) -> NALUnit? {
    guard let range = try cursor.next(in: accessUnit) else { return nil }
    var reader = ByteReader(accessUnit.extracting(range), baseOffset: range.lowerBound)
    let type =
      switch codec {
      case .h264: H264NALUnitType(header: try reader.u8("nal_unit header")).rawValue
      case .h265: try H265NALUnitHeader(parsing: &reader).type.rawValue
      case .h266: try H266NALUnitHeader(parsing: &reader).type.rawValue
      }
    return NALUnit(range: range, type: type)
  }

  /// All units of one type, with start codes.
  private func sets(_ type: UInt8, _ accessUnit: RawSpan) throws(ParseError) -> [UInt8] {
    var cursor = NALUnitCursor(.lengthPrefixed(lengthSize))
    var found: [UInt8] = []
    while let unit = try next(&cursor, accessUnit) {
      guard unit.type == type else { continue }
      found += [0, 0, 0, 1]
      found.append(copying: accessUnit.extracting(unit.range))
    }
    return found
  }

  /// Before which unit the parameter sets go; nil when there is no random access picture.
  private func place(in accessUnit: RawSpan) throws(ParseError) -> Int? {
    var cursor = NALUnitCursor(.lengthPrefixed(lengthSize))
    var index = 0
    var earliest: Int?
    while let unit = try next(&cursor, accessUnit) {
      if case .h266 = codec {
        // Before the picture header even, but after a delimiter.
        let type = H266NALUnitType(rawValue: unit.type)
        if type != .accessUnitDelimiter { earliest = earliest ?? index }
        if type.isIRAPOrGDR { return earliest }
      } else {
        if rules == .ffmpeg9, (32...34).contains(unit.type) { earliest = earliest ?? index }
        if H265NALUnitType(rawValue: unit.type).isIRAP { return earliest ?? index }
      }
      index += 1
    }
    return nil
  }
}

/// One unit of an access unit.
private struct NALUnit {
  /// Where it lies in the access unit, its header included.
  var range: Range<Int>
  /// `nal_unit_type`.
  var type: UInt8
}

/// NAL units, each after a start code of four bytes.
private func byteStream(_ units: [[UInt8]]) -> [UInt8] {
  units.flatMap { [0, 0, 0, 1] + $0 }
}

/// What of an H.264 stream decides where parameter sets are inserted.
private struct H264Insertion: Sendable {
  /// Sequence parameter sets with start codes.
  private var sequence: [UInt8]
  /// Picture parameter sets with start codes.
  private var picture: [UInt8]
  /// Whether the next IDR slice belongs to a picture that still lacks what it needs.
  private var awaitsSets = true
  private var sawSequence = false
  private var sawPicture = false

  init(_ record: AVCDecoderConfigurationRecord) {
    sequence = byteStream(record.sequenceParameterSets)
    picture = byteStream(record.pictureParameterSets)
  }

  /// Takes the sets of an access unit, where it has some, in place of those before.
  mutating func remember(sequence: [UInt8], picture: [UInt8]) {
    if !sequence.isEmpty { self.sequence = sequence }
    if !picture.isEmpty { self.picture = picture }
  }

  /// The sets to insert before a unit.
  mutating func setsBefore(
    _ unit: NALUnit, in bytes: RawSpan, _ rules: AnnexBConverter.Rules
  ) -> [UInt8] {
    let second = unit.range.count > 1 ? bytes.byte(at: unit.range.lowerBound + 1) : nil
    switch H264NALUnitType(rawValue: unit.type) {
    case .sps:
      sawSequence = true
      awaitsSets = true
    case .pps:
      defer { (sawPicture, awaitsSets) = (true, true) }
      guard !sawSequence, !sequence.isEmpty else { break }
      sawSequence = true
      return sequence
    case .sei:
      // Its first message is a buffering period, which refers to a sequence parameter set.
      guard rules == .ffmpeg9, second == 0, !sawSequence, !sawPicture else { break }
      sawSequence = !sequence.isEmpty
      sawPicture = !picture.isEmpty
      return sequence + picture
    case .idrSlice:
      // first_mb_in_slice is 0: another IDR picture.
      if let second, second & 0x80 != 0 { awaitsSets = true }
      guard awaitsSets, !sawPicture else { break }
      if sawSequence { return picture }
      awaitsSets = false
      return sequence + picture
    default: break
    }
    return []
  }

  /// Goes on after a unit: past another picture, the next IDR picture needs its sets again.
  mutating func pass(_ unit: NALUnit, _ rules: AnnexBConverter.Rules) {
    guard H264NALUnitType(rawValue: unit.type) == .nonIDRSlice else { return }
    guard rules == .ffmpeg9 || !awaitsSets else { return }
    (awaitsSets, sawSequence, sawPicture) = (true, false, false)
  }
}
