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
      withUnsafePointer(to: block) { block in
        builder.gather { clibav_visit_frame_side_data(libraries.util, block, $0, $1) }
      }
    }
  }

  private func mpegTimecode(_ code: Int64) -> String {
    text {
      _ = libraries.util.pointee.av_timecode_make_mpeg_tc_string(
        $0, UInt32(truncatingIfNeeded: code))
    }
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
