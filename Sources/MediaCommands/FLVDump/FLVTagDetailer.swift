internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// Finds out what is told of a tag beyond its record, from the bytes of its body.
final class FLVTagDetailer {
  private let request: FLVDumpRequest
  /// Whether a line of text says what a payload is.
  private let describes: Bool
  /// Whether one says what a configuration is.
  private let describesConfigurations: Bool
  private let walksNALUnits: Bool
  /// Whether the fields of configurations are printed.
  private let listsFields: Bool
  /// Whether what changes among them is.
  private let listsChanges: Bool
  /// What is known of the tracks, by their index among the inspector's streams.
  private var tracks: [Track] = []

  private struct Track {
    var configuration: KnownConfiguration?
    var units: NALUnitLister?
    var sequenceHeader: AV1SequenceHeader?
  }

  init(_ request: FLVDumpRequest) {
    self.request = request
    // A line of text says what a picture is made of.
    describesConfigurations = request.format == .text && request.listsTags
    describes = describesConfigurations && !request.onlyChanges
    walksNALUnits = request.listsNALUnits || describes
    listsFields = request.format != .text && !request.isSummary
    listsChanges = listsFields || request.onlyChanges && !request.isSummary
  }

  var bodyPrefix: Int { describes || walksNALUnits ? Int.max : request.hexByteCount ?? 0 }

  func detail(
    _ record: inout FLVTagRecord, body: RawSpan, _ inspector: inout FLVInspector
  ) -> FLVTagDetail? {
    let isOrdinary = !walksNALUnits && record.kind == .codedFrames
    // Of most tags nothing is asked but what their records say.
    if isOrdinary, request.hexByteCount == nil { return nil }
    while tracks.count < inspector.streams.count { tracks.append(Track()) }
    var detail = FLVTagDetail()
    if let count = request.hexByteCount {
      detail.hex = [UInt8](copying: body.extracting(0..<min(count, body.byteCount)))
    }
    guard !isOrdinary, let kind = record.mediaKind, !record.isEncrypted else { return detail }
    if !record.configurationChanges.isEmpty {
      detail.changes = configure(record.configurationChanges, inspector)
    }
    detail.listsNALUnits = request.listsNALUnits
    var words: [String] = []
    for part in record.parts {
      // Of a body that is not all there, what there is.
      let payload = body.extracting(part.payload.clamped(to: 0..<body.byteCount))
      switch part.kind {
      case .codedFrames:
        guard let index = inspector.streamIndex(kind, trackID: part.trackID) else { continue }
        if let text = describe(part, payload, &record, index, &detail, &inspector) {
          words.append(text)
        }
      case .sequenceHeader:
        let configuration = [UInt8](copying: payload)
        if request.listsNALUnits,
          let index = inspector.streamIndex(kind, trackID: part.trackID),
          let units = NALUnitLister(part.codec, configuration: nil)
        {
          record.findings += FrameFindings(record, part, stream: index, units)
            .configuration(configuration)
        }
        if listsFields {
          let fields = ConfigurationFields(part.codec, configuration).list
          detail.configuration += fields.map {
            (record.multitrack == nil ? $0.name : "track \(part.trackID) \($0.name)", $0.value)
          }
        }
        if describesConfigurations { words.append(Self.describe(part.codec, configuration)) }
      case .metadata where !request.isSummary && detail.metadata == nil:
        var reader = ByteReader(
          payload, baseOffset: record.tag.body.lowerBound + part.payload.lowerBound)
        detail.metadata = FLVScriptData(parsing: &reader)
      case .multichannelConfig where describes: words.append(FrameWords.channels(payload))
      default: break
      }
    }
    if !words.isEmpty { detail.summary = Self.summary(words, record) }
    return detail
  }

  /// The words of all parts; a kind of frame that the tag's flags say as well is not said twice.
  private static func summary(_ words: [String], _ record: FLVTagRecord) -> String {
    let text = words.joined(separator: "; ")
    guard case .video(let video) = record.body else { return text }
    let flag = "\(video.frameType) "
    return text.hasPrefix(flag + "frame") ? String(text.dropFirst(flag.count)) : text
  }

  /// Takes new configurations and says what they change.
  private func configure(
    _ changes: [FLVConfigurationChange], _ inspector: FLVInspector
  ) -> [FieldChange] {
    changes.flatMap { change in
      tracks[change.stream].units = nil
      tracks[change.stream].sequenceHeader = nil
      guard listsChanges else { return [] as [FieldChange] }
      let codec = inspector.streams[change.stream].codec
      let known = KnownConfiguration(codec, change.after)
      let before = tracks[change.stream].configuration
      tracks[change.stream].configuration = known
      return before.map(known.changes) ?? []
    }
  }

  // MARK: What a payload is

  private static func describe(_ codec: Codec?, _ configuration: [UInt8]) -> String {
    guard !configuration.isEmpty else { return "empty" }
    let info = CodecInfo(codec, configuration: configuration)
    guard let facts = info.facts else { return Quantity.counted(configuration.count, "byte") }
    return facts + (info.frameRate.map { " \(Quantity.short($0.perSecond)) fps" } ?? "")
  }

  private func describe(
    _ part: FLVMediaPart, _ payload: RawSpan, _ record: inout FLVTagRecord, _ index: Int,
    _ detail: inout FLVTagDetail, _ inspector: inout FLVInspector
  ) -> String? {
    guard describes || walksNALUnits else { return nil }
    if var units = lister(part.codec, index, inspector) {
      let told = max(detail.nalUnits?.count ?? 0, record.findings.count)
      let frame = units.list(
        payload, at: record.tag.body.lowerBound + part.payload.lowerBound,
        limit: max(0, NALUnitLister.limit - told))
      tracks[index].units = units
      inspector.noteCaptions(stream: index, areCarried: frame.hasCaptions)
      if request.listsNALUnits {
        detail.nalUnits = (detail.nalUnits ?? []) + frame.units.elements.map(\.line)
        detail.nalUnitsLeftOut += frame.units.more
        record.findings += FrameFindings(record, part, stream: index, units).frame(frame)
      }
      return describes ? frame.words : nil
    }
    guard describes else { return nil }
    switch record.body {
    case .audio(let audio): return FrameWords.sound(part.codec, payload, audio.soundHeader)
    case .video(let video):
      if tracks[index].sequenceHeader == nil, part.codec == .av1 {
        tracks[index].sequenceHeader = Self.sequenceHeader(inspector.streams[index].configuration)
      }
      return FrameWords.picture(
        part.codec, payload, video.pictureSize, av1: &tracks[index].sequenceHeader)
    case .script, .unknown, .unreadable: return nil
    }
  }

  /// The lister of a track; nil where its codec has no NAL units, or they are not looked at.
  private func lister(
    _ codec: Codec?, _ index: Int, _ inspector: FLVInspector
  ) -> NALUnitLister? {
    guard walksNALUnits else { return nil }
    if let known = tracks[index].units { return known }
    return NALUnitLister(codec, configuration: inspector.streams[index].configuration)
  }

  private static func sequenceHeader(_ configuration: [UInt8]?) -> AV1SequenceHeader? {
    guard let configuration else { return nil }
    var reader = ByteReader(configuration.span)
    do throws(ParseError) {
      return try AV1CodecConfigurationRecord(parsing: &reader).sequenceHeader
    } catch {
      return nil  // frames are then read without it
    }
  }
}
