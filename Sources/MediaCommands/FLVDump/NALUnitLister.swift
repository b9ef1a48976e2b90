internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// Takes the frames of one track of H.264, H.265 or H.266 apart into NAL units.
struct NALUnitLister {
  enum Codec { case h264, h265, h266 }

  /// How many units of a tag are listed, and how many of its faults.
  static let limit = 1000
  /// How many messages of an SEI unit are named.
  private static let messageLimit = 32

  /// What one frame is made of.
  struct Frame {
    var units: FirstOf<Unit>
    /// Whether start codes stand where lengths belong.
    var isAnnexB = false
    /// Why the units do not fill the frame.
    var lengthError: ParseError?
    /// Parameter sets, SEI messages and slice headers that cannot be read.
    var unreadable: FirstOf<ParseError>
    var hasCaptions = false
    /// Whether there are slices at all.
    var hasSlices = false
    /// Whether decoding can begin with the frame, by its NAL units.
    var isRandomAccess = false
    /// Whether no slice is predicted from another picture; only known of H.264 and H.265.
    var isIntra = true

    fileprivate init(limit: Int) {
      (units, unreadable) = (FirstOf(limit: limit), FirstOf(limit: limit))
    }
  }

  struct Unit {
    var line: NALUnitLine
    /// Whether it carries a slice of a picture.
    var isSlice = false
  }

  let codec: Codec
  /// The size of lengths that the configuration says, or 4 without one.
  private(set) var lengthSize = NALUnitLengthSize.four
  private var h264 = H264ParameterSets()
  private var h265 = H265ParameterSets()

  /// nil for a codec that has no NAL units.
  init?(_ codec: MediaModel.Codec?, configuration: [UInt8]?) {
    switch codec {
    case .h264: self.codec = .h264
    case .hevc: self.codec = .h265
    case .vvc: self.codec = .h266
    default: return nil
    }
    if let configuration { configure(configuration) }
  }

  private mutating func configure(_ configuration: [UInt8]) {
    var reader = ByteReader(configuration.span)
    do throws(ParseError) {
      switch codec {
      case .h264:
        let record = try AVCDecoderConfigurationRecord(parsing: &reader)
        lengthSize = record.lengthSize
        h264 = H264ParameterSets(record)
      case .h265:
        let record = try HEVCDecoderConfigurationRecord(parsing: &reader)
        lengthSize = record.lengthSize
        h265 = H265ParameterSets(record)
      case .h266: lengthSize = try VvcDecoderConfigurationRecord(parsing: &reader).lengthSize
      }
    } catch {
      return  // without it, lengths have 4 bytes and slices of H.265 no type
    }
  }

  /// Why parameter sets of a configuration cannot be read; nothing where it cannot be read at all.
  static func unreadableSets(_ codec: Codec, _ configuration: [UInt8]) -> FirstOf<ParseError> {
    var reader = ByteReader(configuration.span)
    var errors = FirstOf<ParseError>(limit: limit)
    var units: [[UInt8]] = []
    do throws(ParseError) {
      switch codec {
      case .h264:
        let record = try AVCDecoderConfigurationRecord(parsing: &reader)
        units = record.sequenceParameterSets + record.pictureParameterSets
      case .h265:
        units = try HEVCDecoderConfigurationRecord(parsing: &reader).arrays.flatMap(\.units)
      case .h266: return errors
      }
    } catch {
      return errors  // that is the checker's to say
    }
    var h264 = H264ParameterSets()
    var h265 = H265ParameterSets()
    for unit in units {
      do throws(ParseError) {
        let bytes = unit.span.bytes
        if codec == .h264 { try h264.take(bytes) } else { try h265.take(bytes) }
      } catch {
        errors.append(error)
      }
    }
    return errors
  }

  /// Lists the first `limit` units of a frame whose first byte lies at `offset` of the input.
  mutating func list(_ payload: RawSpan, at offset: Int, limit: Int) -> Frame {
    var frame = Frame(limit: limit)
    walk(.lengthPrefixed(lengthSize), payload, offset, &frame)
    if frame.lengthError != nil, Self.beginsWithStartCode(payload) {
      frame = Frame(limit: limit)
      frame.isAnnexB = true
      walk(.annexB, payload, offset, &frame)
    }
    return frame
  }

  private mutating func walk(
    _ framing: NALUnitFraming, _ payload: RawSpan, _ offset: Int, _ frame: inout Frame
  ) {
    var cursor = NALUnitCursor(framing)
    do throws(ParseError) {
      while let range = try cursor.next(in: payload) {
        add(payload.extracting(range), at: offset + range.lowerBound, &frame)
      }
    } catch {
      frame.lengthError = ParseError(error.reason, error.field, at: offset + error.offset)
    }
  }

  private static func beginsWithStartCode(_ bytes: RawSpan) -> Bool {
    guard bytes.byteCount >= 4, bytes.byte(at: 0) == 0, bytes.byte(at: 1) == 0 else { return false }
    return bytes.byte(at: 2) == 1 || bytes.byte(at: 2) == 0 && bytes.byte(at: 3) == 1
  }

  // MARK: Units

  private mutating func add(_ unit: RawSpan, at offset: Int, _ frame: inout Frame) {
    var listed = Unit(
      line: NALUnitLine(offset: offset, size: unit.byteCount, type: 0, name: "unreadable"))
    do throws(ParseError) {
      if unit.byte(at: 0) & 0x80 != 0 {
        frame.unreadable.append(ParseError(.invalid(1), "forbidden_zero_bit", at: offset))
      }
      switch codec {
      case .h264: try describeH264(unit, &listed, &frame)
      case .h265: try describeH265(unit, &listed, &frame)
      case .h266: try describeH266(unit, &listed, &frame)
      }
    } catch {
      frame.unreadable.append(error)
    }
    frame.units.append(listed)
  }

  private mutating func describeH264(
    _ unit: RawSpan, _ listed: inout Unit, _ frame: inout Frame
  ) throws(ParseError) {
    let type = H264NALUnitType(header: unit.byte(at: 0))
    (listed.line.type, listed.line.name) = (Int(type.rawValue), type.name)
    switch type {
    case .sps, .pps: try h264.take(unit, at: listed.line.offset)
    case .sei: try describeSEI(unit, headerByteCount: 1, &listed.line, &frame)
    case _ where type.hasSliceHeader:
      listed.isSlice = true
      frame.hasSlices = true
      if type == .idrSlice { frame.isRandomAccess = true }
      let header = try H264SliceHeader(nalUnit: unit, at: listed.line.offset)
      listed.line.sliceType = header.type.name
      if !header.type.isIntra { frame.isIntra = false }
    default: break
    }
  }

  private mutating func describeH265(
    _ unit: RawSpan, _ listed: inout Unit, _ frame: inout Frame
  ) throws(ParseError) {
    var reader = ByteReader(unit, baseOffset: listed.line.offset)
    let type = try H265NALUnitHeader(parsing: &reader).type
    (listed.line.type, listed.line.name) = (Int(type.rawValue), type.name)
    switch type {
    case .vps, .sps, .pps: try h265.take(unit, at: listed.line.offset)
    case .prefixSEI, .suffixSEI: try describeSEI(unit, headerByteCount: 2, &listed.line, &frame)
    case _ where type.isVCL:
      listed.isSlice = true
      frame.hasSlices = true
      if type.isIRAP { frame.isRandomAccess = true }
      let header = try H265SliceSegmentHeader(
        nalUnit: unit, at: listed.line.offset, parameterSets: h265)
      listed.line.sliceType = header.type?.name
      if let slice = header.type, slice != .i { frame.isIntra = false }
    default: break
    }
  }

  private func describeH266(
    _ unit: RawSpan, _ listed: inout Unit, _ frame: inout Frame
  ) throws(ParseError) {
    var reader = ByteReader(unit, baseOffset: listed.line.offset)
    let type = try H266NALUnitHeader(parsing: &reader).type
    (listed.line.type, listed.line.name) = (Int(type.rawValue), type.name)
    if type == .prefixSEI || type == .suffixSEI {
      try describeSEI(unit, headerByteCount: 2, &listed.line, &frame)
    }
    guard type.isVCL else { return }
    listed.isSlice = true
    frame.hasSlices = true
    if type.isIRAP || type == .gdr { frame.isRandomAccess = true }
  }

  // MARK: Supplemental enhancement information

  private func describeSEI(
    _ unit: RawSpan, headerByteCount: Int, _ line: inout NALUnitLine, _ frame: inout Frame
  ) throws(ParseError) {
    var cursor = SEICursor(headerByteCount: headerByteCount)
    var kinds = FirstOf<String>(limit: Self.messageLimit)
    defer { line.seiKinds = kinds.words }
    while let message = try cursor.next(in: unit, at: line.offset) {
      if message.type == .recoveryPoint, codec == .h264 { frame.isRandomAccess = true }
      var data: SEIUserData?
      do throws(ParseError) {
        data = try SEIUserData(message, in: unit, at: line.offset)
      } catch {
        frame.unreadable.append(error)
      }
      if case .captions(let captions)? = data, !captions.carried.isEmpty {
        frame.hasCaptions = true
      }
      kinds.append(
        message.type.description + (data.flatMap(Self.words).map { " (\($0))" } ?? ""))
    }
  }

  /// What user data is, in a few words.
  private static func words(_ data: SEIUserData) -> String? {
    switch data {
    case .captions(let captions):
      var services: [String] = []
      if captions.carried.contains(.field1) { services.append("CEA-608 field 1") }
      if captions.carried.contains(.field2) { services.append("CEA-608 field 2") }
      if captions.carried.contains(.digital) { services.append("CEA-708") }
      return services.isEmpty ? "captions, empty" : "captions " + services.joined(separator: ", ")
    case .activeFormat(let format): return format.map { "active format \($0)" } ?? "active format"
    case .hdr10Plus(let version): return "HDR10+ version \(version)"
    case .unregistered(_, let text): return text.isEmpty ? nil : text
    case .registered(let country, let provider):
      return "country \(country), provider \(provider)"
    }
  }
}

// MARK: - In a few words

extension NALUnitLister.Frame {
  /// Such as `SEI, IDR 3 slices` or `P slice`.
  var words: String? {
    let listed = units.elements
    guard !listed.isEmpty || units.more > 0 else {
      return lengthError == nil ? "no NAL units" : "unreadable"
    }
    var words: [String] = []
    var index = 0
    while index < listed.count {
      guard listed[index].isSlice else {
        let name = listed[index].line.name
        if words.last != name { words.append(name) }
        index += 1
        continue
      }
      let run = listed[index...].prefix(while: \.isSlice)
      words.append(Self.slices(run))
      index += run.count
    }
    if units.more > 0 { words.append("\(units.more) more units") }
    return words.joined(separator: ", ")
  }

  /// Slices that follow each other: by the kind of picture where decoding can begin, else by type.
  private static func slices(_ units: ArraySlice<NALUnitLister.Unit>) -> String {
    var kinds: [String] = []
    for unit in units.map(\.line) {
      let kind = unit.pictureKind ?? unit.sliceType ?? unit.name
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    return kinds.joined(separator: " and ")
      + (units.count == 1 ? " slice" : " \(units.count) slices")
  }
}

extension NALUnitLine {
  /// IDR and the like; nil for pictures that need others.
  fileprivate var pictureKind: String? {
    for kind in ["IDR", "CRA", "BLA", "GDR"] where name.hasPrefix(kind) { return kind }
    return nil
  }
}
