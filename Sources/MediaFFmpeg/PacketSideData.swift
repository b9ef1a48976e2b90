internal import CLibAV

/// Side data of tracks and packets in ffprobe's words.
///
/// FFmpeg hands out typed structs behind byte pointers; each is read only when the block is
/// large enough to hold it.
struct PacketSideDataReader {
  let libraries: FFmpegLibraries
  /// Picture size, which the bounds of a spherical tile are relative to.
  let width: CInt
  let height: CInt

  func describe(_ block: AVPacketSideData) -> SideDataDescription {
    var builder = SideDataBuilder()
    if let data = block.data {
      fill(&builder, block, UnsafeRawPointer(data), Int(block.size))
    }
    let name = FFmpegLibraries.string(libraries.codec.pointee.av_packet_side_data_name(block.type))
    return SideDataDescription(type: name ?? "unknown", fields: builder.fields)
  }

  private func fill(
    _ builder: inout SideDataBuilder, _ block: AVPacketSideData, _ data: UnsafeRawPointer,
    _ byteCount: Int
  ) {
    switch block.type {
    case AV_PKT_DATA_DISPLAYMATRIX where byteCount >= 36:
      builder.displayMatrix(data, libraries)
    case AV_PKT_DATA_STEREO3D where byteCount >= MemoryLayout<AVStereo3D>.size:
      stereo(&builder, data.loadUnaligned(as: AVStereo3D.self))
    case AV_PKT_DATA_SPHERICAL where byteCount >= MemoryLayout<AVSphericalMapping>.size:
      spherical(&builder, data.loadUnaligned(as: AVSphericalMapping.self))
    case AV_PKT_DATA_SKIP_SAMPLES where byteCount == 10:
      builder.integer("skip_samples", UInt32(littleEndian: data.loadUnaligned(as: UInt32.self)))
      builder.integer(
        "discard_padding",
        UInt32(littleEndian: data.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
      builder.integer("skip_reason", data.load(fromByteOffset: 8, as: UInt8.self))
      builder.integer("discard_reason", data.load(fromByteOffset: 9, as: UInt8.self))
    case AV_PKT_DATA_MASTERING_DISPLAY_METADATA
    where byteCount >= MemoryLayout<AVMasteringDisplayMetadata>.size:
      builder.masteringDisplay(data.loadUnaligned(as: AVMasteringDisplayMetadata.self))
    case AV_PKT_DATA_CONTENT_LIGHT_LEVEL
    where byteCount >= MemoryLayout<AVContentLightMetadata>.size:
      builder.contentLight(data.loadUnaligned(as: AVContentLightMetadata.self))
    case AV_PKT_DATA_DOVI_CONF
    where byteCount >= MemoryLayout<AVDOVIDecoderConfigurationRecord>.size:
      dolbyVision(&builder, data.loadUnaligned(as: AVDOVIDecoderConfigurationRecord.self))
    case AV_PKT_DATA_AUDIO_SERVICE_TYPE where byteCount >= 4:
      builder.integer("service_type", data.loadUnaligned(as: UInt32.self))
    case AV_PKT_DATA_MPEGTS_STREAM_ID where byteCount >= 1:
      builder.integer("id", data.load(as: UInt8.self))
    case AV_PKT_DATA_CPB_PROPERTIES where byteCount >= MemoryLayout<AVCPBProperties>.size:
      let properties = data.loadUnaligned(as: AVCPBProperties.self)
      builder.integer("max_bitrate", properties.max_bitrate)
      builder.integer("min_bitrate", properties.min_bitrate)
      builder.integer("avg_bitrate", properties.avg_bitrate)
      builder.integer("buffer_size", properties.buffer_size)
      builder.integer("vbv_delay", Int64(bitPattern: properties.vbv_delay))
    case AV_PKT_DATA_AFD where byteCount >= 1:
      builder.integer("active_format", data.load(as: UInt8.self))
    default:
      withUnsafePointer(to: block) { block in
        builder.gather { clibav_visit_packet_side_data(block, $0, $1) }
      }
    }
  }

  private func stereo(_ builder: inout SideDataBuilder, _ stereo: AVStereo3D) {
    let name = libraries.util.pointee.av_stereo3d_type_name(UInt32(stereo.type.rawValue))
    builder.string("type", FFmpegLibraries.string(name) ?? "unknown")
    builder.flag("inverted", stereo.flags & AV_STEREO3D_FLAG_INVERT != 0)
    withUnsafePointer(to: stereo) { stereo in
      builder.gather { clibav_visit_stereo_view(libraries.util, stereo, $0, $1) }
    }
  }

  private func spherical(_ builder: inout SideDataBuilder, _ mapping: AVSphericalMapping) {
    let name = libraries.util.pointee.av_spherical_projection_name(mapping.projection)
    builder.string("projection", FFmpegLibraries.string(name) ?? "unknown")
    switch mapping.projection {
    case AV_SPHERICAL_CUBEMAP:
      builder.integer("padding", mapping.padding)
    case AV_SPHERICAL_EQUIRECTANGULAR_TILE where width > 0 && height > 0:
      var (left, top, right, bottom) = (0, 0, 0, 0)
      withUnsafePointer(to: mapping) {
        libraries.util.pointee.av_spherical_tile_bounds(
          $0, Int(width), Int(height), &left, &top, &right, &bottom)
      }
      builder.integer("bound_left", left)
      builder.integer("bound_top", top)
      builder.integer("bound_right", right)
      builder.integer("bound_bottom", bottom)
    default:
      break
    }
    // 16.16 fixed point; ffprobe prints the whole degrees.
    builder.integer("yaw", mapping.yaw / 65536)
    builder.integer("pitch", mapping.pitch / 65536)
    builder.integer("roll", mapping.roll / 65536)
  }

  private func dolbyVision(
    _ builder: inout SideDataBuilder, _ record: AVDOVIDecoderConfigurationRecord
  ) {
    builder.integer("dv_version_major", record.dv_version_major)
    builder.integer("dv_version_minor", record.dv_version_minor)
    builder.integer("dv_profile", record.dv_profile)
    builder.integer("dv_level", record.dv_level)
    builder.integer("rpu_present_flag", record.rpu_present_flag)
    builder.integer("el_present_flag", record.el_present_flag)
    builder.integer("bl_present_flag", record.bl_present_flag)
    builder.integer("dv_bl_signal_compatibility_id", record.dv_bl_signal_compatibility_id)
    if let name = withUnsafePointer(to: record, { clibav_dovi_compression($0) }) {
      builder.string("dv_md_compression", String(cString: name))
    }
  }
}

/// Blocks that tracks, packets and frames share.
extension SideDataBuilder {
  /// Nine 32-bit numbers, as ffprobe lays them out, and the rotation in whole degrees.
  mutating func displayMatrix(_ data: UnsafeRawPointer, _ libraries: FFmpegLibraries) {
    let numbers = (0..<9).map { data.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
    var text = "\n"
    for row in 0..<3 {
      text += "0000000\(row): "
      for column in 0..<3 {
        let number = String(numbers[3 * row + column])
        text += " " + String(repeating: " ", count: max(0, 11 - number.count)) + number
      }
      text += "\n"
    }
    string("displaymatrix", text)
    let rotation = numbers.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { libraries.util.pointee.av_display_rotation_get($0) } ?? .nan
    }
    // A matrix that only flips has no rotation. FFmpeg 5 casts the NaN, which is INT64_MIN in C.
    let none = FFmpegVersion.formatMajor >= 60 ? 0 : Int64.min
    integer("rotation", rotation.isFinite ? Int64(rotation) : none)
  }

  mutating func masteringDisplay(_ display: AVMasteringDisplayMetadata) {
    if display.has_primaries != 0 {
      let primaries = display.display_primaries
      for (name, point) in [
        ("red", primaries.0), ("green", primaries.1), ("blue", primaries.2),
        ("white_point", display.white_point),
      ] {
        rational(name + "_x", point.0.num, point.0.den)
        rational(name + "_y", point.1.num, point.1.den)
      }
    }
    if display.has_luminance != 0 {
      rational("min_luminance", display.min_luminance.num, display.min_luminance.den)
      rational("max_luminance", display.max_luminance.num, display.max_luminance.den)
    }
  }

  mutating func contentLight(_ light: AVContentLightMetadata) {
    integer("max_content", light.MaxCLL)
    integer("max_average", light.MaxFALL)
  }
}
