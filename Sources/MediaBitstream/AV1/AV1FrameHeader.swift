public import MediaBytes

/// The start of AV1's `uncompressed_header()` (5.9.2).
public struct AV1FrameHeader: Hashable, Sendable {
  /// `frame_type`, 2 bits.
  public enum FrameType: UInt8, Hashable, Sendable {
    /// KEY_FRAME.
    case key = 0
    /// INTER_FRAME.
    case inter = 1
    /// INTRA_ONLY_FRAME.
    case intraOnly = 2
    /// SWITCH_FRAME.
    case switching = 3

    /// `key`, `inter`, `intra only` or `switch`.
    public var name: String { ["key", "inter", "intra only", "switch"][Int(rawValue)] }
  }

  /// `frame_to_show_map_idx` when the header only shows a frame decoded before.
  public var existingFrameToShow: UInt8?
  /// `frame_type`; nil when an existing frame is shown.
  public var type: FrameType?
  /// `show_frame`, also of an existing one.
  public var isShown = true
  /// `showable_frame`: it may be shown later.
  public var isShowable = false
  /// `error_resilient_mode`.
  public var isErrorResilient = true

  /// Whether decoding can start here: a key frame that is shown at once.
  public var isShownKey: Bool { type == .key && isShown }

  /// Reads the first bits of a frame header OBU or a frame OBU.
  ///
  /// Without the sequence header that is in force they are read as those of a stream that is no
  /// still picture and has no decoder model, as nearly all are.
  public init(parsing reader: inout BitReader, sequence: AV1SequenceHeader?) throws(ParseError) {
    if sequence?.isReducedStillPictureHeader == true {
      type = .key
      return
    }
    var timeLength = 0
    if let model = sequence?.decoderModel, sequence?.timing?.ticksPerPicture == nil {
      timeLength = model.framePresentationTimeLength
    }
    if try reader.flag("show_existing_frame") {
      existingFrameToShow = UInt8(try reader.bits(3, "frame_to_show_map_idx"))
      return
    }
    type = FrameType(rawValue: UInt8(try reader.bits(2, "frame_type")))
    isShown = try reader.flag("show_frame")
    if isShown {
      try reader.skip(timeLength, "frame_presentation_time")
      isShowable = type != .key
    } else {
      isShowable = try reader.flag("showable_frame")
    }
    guard type != .switching, !isShownKey else { return }
    isErrorResilient = try reader.flag("error_resilient_mode")
  }

  /// One line, such as `key`, `inter hidden` or `shows frame 3`.
  public var summary: String {
    if let existingFrameToShow { return "shows frame \(existingFrameToShow)" }
    return (type?.name ?? "") + (isShown ? "" : " hidden")
  }
}

/// What the OBUs of one temporal unit, or of a sample of MP4 or FLV, amount to (AV1 7.5).
public struct AV1TemporalUnit: Hashable, Sendable {
  /// Whether it begins with a temporal delimiter.
  public var hasTemporalDelimiter = false
  /// The sequence header it carries; the last one of several.
  public var sequenceHeader: AV1SequenceHeader?
  /// The first thousand frame headers in order; those of redundant headers left out.
  public var frames: [AV1FrameHeader] = []
  /// How many there are.
  public var frameCount = 0
  /// Whether bytes are missing at the end; then later frames may be as well.
  public var isCut = false

  /// Whether decoding can start here: the first frame is a key frame shown at once.
  public var isKey: Bool { frames.first?.isShownKey ?? false }

  /// Reads the units' headers and the start of each frame.
  ///
  /// `sequence` is the header in force before. With `allowsCut` the bytes may be only the first of
  /// the unit: 64 of them as a rule show the first frame.
  public init(
    _ bytes: RawSpan, sequence: AV1SequenceHeader? = nil, allowsCut: Bool = false,
    baseOffset: Int = 0
  ) throws(ParseError) {
    var cursor = AV1OBUCursor(allowsCut: allowsCut)
    while let obu = try Self.next(&cursor, bytes, allowsCut, baseOffset) {
      isCut = obu.isCut
      var bits = BitReader(
        bytes.extracting(obu.payload), baseOffset: baseOffset + obu.payload.lowerBound)
      do throws(ParseError) {
        switch obu.type {
        case .temporalDelimiter: hasTemporalDelimiter = obu.range.lowerBound == 0
        case .sequenceHeader: sequenceHeader = try AV1SequenceHeader(parsing: &bits)
        case .frame, .frameHeader:
          let frame = try AV1FrameHeader(parsing: &bits, sequence: sequenceHeader ?? sequence)
          frameCount += 1
          if frameCount <= 1000 { frames.append(frame) }
        default: break
        }
      } catch {
        // A unit without a size reaches to the end, so only this shows that it is cut.
        if allowsCut, !obu.hasSize, case .truncated = error.reason { isCut = true }
        guard isCut else { throw error }
      }
    }
  }

  /// The next unit, where a header that is cut off counts as the end if it may.
  private static func next(
    _ cursor: inout AV1OBUCursor, _ bytes: RawSpan, _ allowsCut: Bool, _ baseOffset: Int
  ) throws(ParseError) -> AV1OBU? {
    do throws(ParseError) {
      return try cursor.next(in: bytes, baseOffset: baseOffset)
    } catch {
      guard allowsCut, case .truncated = error.reason else { throw error }
      return nil
    }
  }

  /// Writes the units as a whole temporal unit: a temporal delimiter first, every unit with its
  /// size, as IVF and MPEG-TS want it and FFmpeg's `av1_metadata=td=insert` makes it.
  public static func write(_ bytes: RawSpan, to writer: inout ByteWriter) throws(ParseError) {
    var cursor = AV1OBUCursor()
    var isFirst = true
    while let obu = try cursor.next(in: bytes) {
      if isFirst, obu.type != .temporalDelimiter {
        writer.integer(AV1OBUType.temporalDelimiter.rawValue << 3 | 2)
        writer.leb128(0)
      }
      isFirst = false
      writer.obu(obu, of: bytes)
    }
  }
}

extension AV1OBU {
  /// `obu_has_size_field`.
  fileprivate var hasSize: Bool { payload.lowerBound - range.lowerBound > (layer == nil ? 1 : 2) }
}

extension ByteWriter {
  /// Writes a unit with its size.
  mutating func obu(_ obu: AV1OBU, of bytes: RawSpan) {
    integer(obu.type.rawValue << 3 | (obu.layer == nil ? 0 : 4) | 2)
    if let layer = obu.layer { integer(layer.temporalID << 5 | layer.spatialID << 3) }
    leb128(obu.payload.count)
    append(bytes.extracting(obu.payload))
  }
}
