internal import CLibAV

/// Side data of frames in ffprobe's words.
struct FrameSideDataReader {
  let libraries: FFmpegLibraries
  /// Time codes count frames at this rate.
  let averageFrameRate: AVRational

  func describe(_ block: AVFrameSideData) -> SideDataDescription {
    var builder = SideDataBuilder()
    if let data = block.data { fill(&builder, block, UnsafeRawPointer(data), Int(block.size)) }
    let name = FFmpegLibraries.string(libraries.util.pointee.av_frame_side_data_name(block.type))
    return SideDataDescription(type: name ?? "unknown", fields: builder.fields)
  }

  private func fill(
    _ builder: inout SideDataBuilder, _ block: AVFrameSideData, _ data: UnsafeRawPointer,
    _ byteCount: Int
  ) {
    switch block.type {
    case AV_FRAME_DATA_DISPLAYMATRIX where byteCount >= 36:
      builder.displayMatrix(data, libraries)
    case AV_FRAME_DATA_AFD where byteCount >= 1:
      builder.integer("active_format", data.load(as: UInt8.self))
    case AV_FRAME_DATA_GOP_TIMECODE where byteCount >= 8:
      builder.string("timecode", mpegTimecode(data.loadUnaligned(as: Int64.self)))
    case AV_FRAME_DATA_S12M_TIMECODE where byteCount == 16:
      let count = min(3, data.loadUnaligned(as: UInt32.self))
      builder.list(
        "timecodes",
        (0..<Int(count)).map { index in
          let code = data.loadUnaligned(fromByteOffset: 4 + 4 * index, as: UInt32.self)
          return [.init("value", .string(smpteTimecode(code)))]
        })
    case AV_FRAME_DATA_MASTERING_DISPLAY_METADATA
    where byteCount >= MemoryLayout<AVMasteringDisplayMetadata>.size:
      builder.masteringDisplay(data.loadUnaligned(as: AVMasteringDisplayMetadata.self))
    case AV_FRAME_DATA_CONTENT_LIGHT_LEVEL
    where byteCount >= MemoryLayout<AVContentLightMetadata>.size:
      builder.contentLight(data.loadUnaligned(as: AVContentLightMetadata.self))
    case AV_FRAME_DATA_ICC_PROFILE:
      for tag in libraries.entries(of: block.metadata) where tag.name == "name" {
        builder.string(tag.name, tag.value)
      }
      builder.integer("size", byteCount)
    default:
      builder.visit(block)
    }
  }

  private func mpegTimecode(_ code: Int64) -> String {
    text { _ = libraries.util.pointee.av_timecode_make_mpeg_tc_string($0, UInt32(truncatingIfNeeded: code)) }
  }

  private func smpteTimecode(_ code: UInt32) -> String {
    text {
      _ = libraries.util.pointee.av_timecode_make_smpte_tc_string2($0, averageFrameRate, code, 0, 0)
    }
  }

  private func text(_ fill: (UnsafeMutablePointer<CChar>) -> Void) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(AV_TIMECODE_STR_SIZE)) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      start.initialize(repeating: 0, count: buffer.count)
      fill(start)
      return String(cString: start)
    }
  }
}

/// What C tells of HDR and Dolby Vision blocks, gathered into nested lists.
private final class SideDataGatherer {
  private struct OpenList {
    var name: String
    var groups: [[SideDataDescription.Field]] = []
  }
  private var lists: [OpenList] = []
  private(set) var fields: [SideDataDescription.Field] = []

  func take(_ event: clibav_event, _ name: String, _ a: Int64, _ b: Int64, _ text: String) {
    switch event {
    case CLIBAV_INTEGER: add(.init(name, .integer(a)))
    case CLIBAV_RATIONAL: add(.init(name, .rational(Rational(Int(a), Int(b)))))
    case CLIBAV_STRING: add(.init(name, .string(text)))
    case CLIBAV_BEGIN_LIST: lists.append(OpenList(name: name))
    case CLIBAV_BEGIN_GROUP where !lists.isEmpty: lists[lists.count - 1].groups.append([])
    case CLIBAV_END_LIST:
      guard let list = lists.popLast() else { return }
      add(.init(list.name, .list(list.groups)))
    default: break
    }
  }

  private func add(_ field: SideDataDescription.Field) {
    guard let list = lists.indices.last, let group = lists[list].groups.indices.last else {
      fields.append(field)
      return
    }
    lists[list].groups[group].append(field)
  }
}

extension SideDataBuilder {
  fileprivate mutating func visit(_ block: AVFrameSideData) {
    let gatherer = SideDataGatherer()
    withUnsafePointer(to: block) { block in
      clibav_visit_hdr_side_data(
        block,
        { opaque, event, name, a, b, text in
          Unmanaged<SideDataGatherer>.fromOpaque(opaque).takeUnretainedValue()
            .take(event, String(cString: name), a, b, String(cString: text))
        }, Unmanaged.passUnretained(gatherer).toOpaque())
    }
    withExtendedLifetime(gatherer) { fields += gatherer.fields }
  }
}
