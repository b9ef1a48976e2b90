/// Counts the pictures of an H.264 stream in output order (ISO/IEC 14496-10 8.2.1).
public struct H264PictureOrderCounter: Sendable {
  private var previous: (mostSignificant: Int64, leastSignificant: Int64) = (0, 0)
  private var frameNumbers: (offset: Int64, last: Int64) = (0, 0)

  /// Begins before the first picture.
  public init() {}

  /// The picture order count of a picture, by its first slice.
  ///
  /// Nil where it takes more of the slice header than is read: of type 1, and without `picture`.
  /// Counts begin again with each IDR picture. `memory_management_control_operation` 5 is not seen.
  public mutating func count(
    _ slice: H264SliceHeader, _ sequence: H264SequenceParameterSet
  ) -> Int64? {
    guard let picture = slice.picture else { return nil }
    let isIDR = slice.unitType == .idrSlice
    switch sequence.pictureOrderCountType {
    case 0:
      guard let bits = picture.pictureOrderCountLSB else { return nil }
      if isIDR { previous = (0, 0) }
      let wrap = Int64(1) << Int64(sequence.log2MaxPictureOrderCountLSB)
      let high = mostSignificant(Int64(bits), after: previous, wrap)
      if slice.referenceIDC != 0 { previous = (high, Int64(bits)) }
      return high &+ Int64(bits)
    case 2:
      let number = Int64(picture.frameNumber)
      if isIDR {
        frameNumbers = (0, number)
      } else {
        let wraps = frameNumbers.last > number
        let offset =
          wraps ? frameNumbers.offset &+ 1 << Int64(sequence.log2MaxFrameNum) : frameNumbers.offset
        frameNumbers = (offset, number)
      }
      return 2 &* (frameNumbers.offset &+ number) &- (slice.referenceIDC == 0 ? 1 : 0)
    default: return nil
    }
  }
}

/// Counts the pictures of an H.265 stream in output order (ISO/IEC 23008-2 8.3.1).
public struct H265PictureOrderCounter: Sendable {
  private var previous: (mostSignificant: Int64, leastSignificant: Int64) = (0, 0)
  private var isFirst = true

  /// Begins before the first picture.
  public init() {}

  /// The picture order count of a picture, by its first slice segment; nil where that does not tell.
  public mutating func count(
    _ slice: H265SliceSegmentHeader, _ sequence: H265SequenceParameterSet
  ) -> Int64? {
    guard let bits = slice.pictureOrderCountLSB.map(Int64.init) else { return nil }
    let type = slice.unit.type
    var high: Int64 = 0
    if !beginsSequence(slice) {
      let wrap = Int64(1) << Int64(sequence.log2MaxPictureOrderCountLSB)
      high = mostSignificant(bits, after: previous, wrap)
    }
    isFirst = false
    if slice.unit.temporalIDPlus1 == 1, !type.isLeadingOrUnreferenced { previous = (high, bits) }
    return high &+ bits
  }

  /// Whether counts begin again with a picture: IDR and BLA pictures, and the first of all.
  public func beginsSequence(_ slice: H265SliceSegmentHeader) -> Bool {
    let type = slice.unit.type
    return isFirst || type.isIDR || [.blaWLP, .blaWRADL, .blaNLP].contains(type)
  }
}

/// The high part of a count of which a slice header has only the low bits.
private func mostSignificant(
  _ bits: Int64, after previous: (mostSignificant: Int64, leastSignificant: Int64), _ wrap: Int64
) -> Int64 {
  let (high, low) = previous
  if bits < low, low - bits >= wrap / 2 { return high &+ wrap }
  if bits > low, bits - low > wrap / 2 { return high &- wrap }
  return high
}

// MARK: - How far pictures are out of order

extension H264SequenceParameterSet {
  /// How many frames at most precede one in decoding and follow it in output.
  ///
  /// `max_num_reorder_frames`, or what A.3.1 and E.2.1 infer where that is not said.
  public var reorderDepth: Int {
    if let said = usability?.restrictions?.maxReorderFrames { return Int(min(said, 16)) }
    let isIntraOnly = profileLevel.constraintFlags & 0x10 != 0
    switch profileLevel.profileIDC {
    case 66: return 0
    case 44, 86, 100, 110, 122,
      244 where isIntraOnly:
      return 0
    default: return pictureOrderCountType == 2 ? 0 : maxDecodedPictureBufferFrames
    }
  }

  /// `MaxDpbFrames` (A.3.1).
  private var maxDecodedPictureBufferFrames: Int {
    let macroblocks = widthInMacroblocks * heightInMapUnits * (frameMacroblocksOnly ? 1 : 2)
    let isLevel1b = profileLevel.levelIDC == 11 && profileLevel.constraintFlags & 0x10 != 0
    let limit =
      Self.maxDecodedMacroblocks.last { $0.level <= (isLevel1b ? 10 : profileLevel.levelIDC) }
    return min(16, (limit?.macroblocks ?? 396) / max(1, macroblocks))
  }

  /// `MaxDpbMbs` by the first `level_idc` it holds for (table A-1).
  private static let maxDecodedMacroblocks: [(level: UInt8, macroblocks: Int)] = [
    (9, 396), (11, 900), (12, 2376), (21, 4752), (22, 8100), (31, 18_000), (32, 20_480),
    (40, 32_768), (42, 34_816), (50, 110_400), (51, 184_320), (60, 696_320),
  ]
}
