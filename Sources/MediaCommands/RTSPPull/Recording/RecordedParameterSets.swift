internal import MediaBytes
internal import MediaModel
internal import MediaRTP

/// The parameter sets of H.264 or H.265, as the frames of a recording need them.
///
/// A sample entry has those that its first keyframe is decoded with. Where a keyframe brings other
/// sequence or video parameter sets, it needs another entry; picture parameter sets stay in band.
struct RecordedParameterSets {
  private let syntax: NALUnitSyntax
  private var inForce: ParameterSetList
  /// Those that the sample entry was made of.
  private var entry: ParameterSetList?
  /// Whether the last keyframe had them in itself.
  private(set) var isInBand = false

  /// nil for other codecs.
  init?(_ track: RTPTrack) {
    switch track.codec {
    case .h264: syntax = .h264
    case .hevc: syntax = .h265
    default: return nil
    }
    inForce = ParameterSetList(syntax, track.parameterSets)
  }

  /// Takes those of a description, as of another connection.
  mutating func describe(_ track: RTPTrack) {
    let described = ParameterSetList(syntax, track.parameterSets)
    if described.isComplete { inForce = described }
  }

  /// What a keyframe means for the sample entry.
  struct Verdict {
    /// Whether it can be decoded with what has come.
    var isDecodable: Bool
    var needsEntry: Bool
  }

  /// Takes the sets within a frame; a verdict on keyframes.
  mutating func take(_ frame: RTPFrame) -> Verdict? {
    var own = ParameterSetList(syntax)
    eachSet(of: frame.data) { unit in
      _ = inForce.take(unit)
      if frame.isKeyframe { _ = own.take(unit) }
    }
    guard frame.isKeyframe else { return nil }
    // Sets of other numbers may be left of what was described, or sent before.
    if own.isComplete { inForce = own }
    let isNew = entry.map { !$0.decodes(inForce) } ?? true
    isInBand = own.isComplete
    return Verdict(isDecodable: inForce.isComplete, needsEntry: isNew)
  }

  /// Makes a sample entry of what is in force: avcC or hvcC.
  mutating func makeEntry() -> [UInt8] {
    entry = inForce
    return inForce.configurationRecord ?? []
  }

  /// Those in force as NAL units behind their lengths.
  var lengthPrefixed: [UInt8] {
    var writer = ByteWriter()
    for unit in inForce.all {
      writer.integer(UInt32(clamping: unit.count))
      writer.append(unit)
    }
    return writer.bytes
  }

  /// Sets stand in front of the first slice.
  private func eachSet(of data: [UInt8], _ body: (RawSpan) -> Void) {
    let bytes = data.span.bytes
    var place = 0
    while place + 4 < bytes.byteCount {
      let length = (0..<4).reduce(0) { $0 << 8 | Int(bytes.byte(at: place + $1)) }
      let end = place + 4 + length
      guard length > 0, end <= bytes.byteCount else { return }
      let role = syntax.role(bytes.byte(at: place + 4))
      if role == .picture { return }
      if role.isParameterSet { body(bytes.extracting(place + 4..<end)) }
      place = end
    }
  }
}

extension ParameterSetList {
  /// Whether the sequence and video parameter sets of another list are all in this one.
  fileprivate func decodes(_ other: ParameterSetList) -> Bool {
    [NALUnitSyntax.Role.sps, .vps].allSatisfy { role in
      let known = units(role)
      return other.units(role).allSatisfy(known.contains)
    }
  }
}
