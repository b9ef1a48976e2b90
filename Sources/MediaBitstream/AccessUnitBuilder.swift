import MediaBytes

/// Where a picture stands among those around it, as its slices say.
package struct PicturePlace: Sendable {
  /// PicOrderCnt, which says the order of presentation; nil where it is that of decoding.
  package var order: Int?
  /// Whether orders begin anew with it.
  package var startsSequence: Bool
  /// Whether it is one field, half of a frame.
  package var isField: Bool
  /// Whether decoding can begin with it.
  package var isKey: Bool
}

/// Says where access units begin, and what the parameter sets tell about them.
///
/// An access unit begins with the first slice of a picture, or with what may stand before that
/// behind the last slice of the one before (H.264 7.4.1.2.3, H.265 7.4.2.4.4).
package struct AccessUnitBuilder: Sendable {
  private let isH265: Bool
  private var sets264 = H264ParameterSets()
  private var sets265 = H265ParameterSets()
  private var lastSlice: H264SliceHeader?
  private var nextSlice: H264SliceHeader?
  private var counter264 = H264PictureOrderCounter()
  private var counter265 = H265PictureOrderCounter()
  private var place: PicturePlace?
  /// The first parameter sets of each kind, in the order they came.
  private var units: [UInt8: [[UInt8]]] = [:]
  package private(set) var frameRate: FrameRate?
  package private(set) var size: (width: Int, height: Int)?

  package init(isH265: Bool) { self.isH265 = isH265 }

  /// Whether a unit belongs to another access unit than those taken before it.
  package mutating func beginsAccessUnit(_ unit: RawSpan) -> Bool {
    guard place != nil, unit.byteCount > 0 else { return false }
    let first = unit.byte(at: 0)
    if isH265 {
      let type = first >> 1 & 0x3f
      switch type {
      // first_slice_segment_in_pic_flag of the base layer's slices.
      case 0...31: return unit.byteCount > 2 && unit.byte(at: 2) & 0x80 != 0 && isBaseLayer(unit)
      case 32...35, 39, 41...44, 48...55: return isBaseLayer(unit)
      default: return false
      }
    }
    switch first & 0x1f {
    case 1, 2, 5:
      guard let slice = try? H264SliceHeader(nalUnit: unit, parameterSets: sets264) else {
        return false
      }
      nextSlice = slice
      return slice.beginsPicture(after: lastSlice)
    case 6...9, 14...18: return true
    default: return false
    }
  }

  private func isBaseLayer(_ unit: RawSpan) -> Bool {
    unit.byteCount > 1 && unit.byte(at: 0) & 1 == 0 && unit.byte(at: 1) >> 3 == 0
  }

  /// Takes a unit of the access unit at hand.
  package mutating func take(_ unit: RawSpan) {
    guard unit.byteCount > 1 else { return }
    if isH265 { take265(unit) } else { take264(unit) }
  }

  /// Ends the access unit; nil where it has no picture.
  package mutating func takePlace() -> PicturePlace? {
    defer { place = nil }
    return place
  }

  private mutating func take264(_ unit: RawSpan) {
    let type = H264NALUnitType(header: unit.byte(at: 0))
    switch type {
    case .sps:
      guard let found = try? H264SequenceParameterSet(nalUnit: unit) else { return }
      sets264.sequence[found.id] = found
      keep(unit, type.rawValue)
      size = size ?? (found.width, found.height)
      frameRate = frameRate ?? found.frameRate
    case .pps:
      guard let found = try? H264PictureParameterSet(nalUnit: unit) else { return }
      sets264.picture[found.id] = found
      keep(unit, type.rawValue)
    case .nonIDRSlice, .idrSlice, .slicePartitionA:
      let slice = nextSlice ?? (try? H264SliceHeader(nalUnit: unit, parameterSets: sets264))
      nextSlice = nil
      guard let slice else { return }
      lastSlice = slice
      if place == nil { place = makePlace(slice) }
    default: break
    }
  }

  private mutating func take265(_ unit: RawSpan) {
    let type = H265NALUnitType(rawValue: unit.byte(at: 0) >> 1 & 0x3f)
    switch type {
    case .vps:
      if let found = try? H265VideoParameterSet(nalUnit: unit) { sets265.video[found.id] = found }
      keep(unit, type.rawValue)
    case .sps:
      guard isBaseLayer(unit), let found = try? H265SequenceParameterSet(nalUnit: unit) else {
        return
      }
      sets265.sequence[found.id] = found
      keep(unit, type.rawValue)
      size = size ?? (found.width, found.height)
      frameRate =
        frameRate ?? found.frameRate ?? sets265.video[found.videoParameterSetID]?.frameRate
    case .pps:
      guard let found = try? H265PictureParameterSet(nalUnit: unit) else { return }
      sets265.picture[found.id] = found
      keep(unit, type.rawValue)
    case _ where type.isVCL && place == nil && isBaseLayer(unit):
      guard let slice = try? H265SliceSegmentHeader(nalUnit: unit, parameterSets: sets265) else {
        return
      }
      place = makePlace(slice)
    default: break
    }
  }

  private mutating func makePlace(_ slice: H264SliceHeader) -> PicturePlace {
    let isIDR = slice.unitType == .idrSlice
    let sequence = sets264.sequence(forPicture: slice.pictureParameterSetID)
    return PicturePlace(
      order: sequence.flatMap { counter264.count(slice, $0) }.map { Int($0) },
      startsSequence: isIDR, isField: slice.picture?.isField ?? false, isKey: isIDR)
  }

  private mutating func makePlace(_ slice: H265SliceSegmentHeader) -> PicturePlace {
    let starts = counter265.beginsSequence(slice)
    let sequence = sets265.picture[slice.pictureParameterSetID]
      .flatMap { sets265.sequence[$0.sequenceParameterSetID] }
    return PicturePlace(
      order: sequence.flatMap { counter265.count(slice, $0) }.map { Int($0) },
      startsSequence: starts, isField: false, isKey: slice.unit.type.isIRAP)
  }

  /// Keeps what a configuration needs, within what fits in one.
  private mutating func keep(_ unit: RawSpan, _ type: UInt8) {
    let known = units[type] ?? []
    guard known.count < 16, unit.byteCount <= 0xffff else { return }
    let bytes = [UInt8](copying: unit)
    if !known.contains(bytes) { units[type] = known + [bytes] }
  }

  /// avcC or hvcC of the parameter sets met so far; empty where there are none.
  package var configuration: [UInt8] {
    var writer = ByteWriter()
    if isH265 {
      HEVCDecoderConfigurationRecord(
        videoParameterSets: units[32] ?? [], sequenceParameterSets: units[33] ?? [],
        pictureParameterSets: units[34] ?? [], isComplete: false)?.write(to: &writer)
    } else {
      AVCDecoderConfigurationRecord(
        sequenceParameterSets: units[7] ?? [], pictureParameterSets: units[8] ?? [])?
        .write(to: &writer)
    }
    return writer.bytes
  }
}
