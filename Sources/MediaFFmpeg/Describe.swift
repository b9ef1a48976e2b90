internal import CLibAV
internal import MediaModel

extension Demuxer {
  /// What is known of the input now.
  ///
  /// Decoders add to it what only they know.
  public func describe(decoders: [Int: Decoder] = [:]) -> MediaDescription {
    let streams = (0..<streamCount).compactMap { index in
      stream(index).map { describe($0, decoder: decoders[index]) }
    }
    return MediaDescription(
      format: describeFormat(), streams: streams, chapters: describeChapters(),
      programs: describePrograms())
  }

  private func describeFormat() -> FormatDescription {
    let format = context.pointee
    let size = format.pb.map { libraries.format.pointee.avio_size($0) } ?? -1
    return FormatDescription(
      filename: FFmpegLibraries.string(format.url) ?? "",
      streamCount: Int(format.nb_streams), programCount: Int(format.nb_programs),
      chapterCount: Int(format.nb_chapters),
      streamGroupCount: streamGroupCount,
      name: FFmpegLibraries.string(format.iformat.pointee.name) ?? "",
      longName: FFmpegLibraries.string(format.iformat.pointee.long_name),
      startTime: known(format.start_time), duration: known(format.duration),
      durationSource: durationSource(format), byteCount: size >= 0 ? size : nil,
      bitRate: format.bit_rate > 0 ? format.bit_rate : nil,
      probeScore: Int(format.probe_score), tags: libraries.entries(of: format.metadata),
      hasTimestamps: format.iformat.pointee.flags & AVFMT_NOTIMESTAMPS == 0,
      showsIdentifiers: format.iformat.pointee.flags & AVFMT_SHOW_IDS != 0)
  }

  private func durationSource(_ format: AVFormatContext) -> String? {
    guard known(format.duration) != nil else { return nil }
    switch format.duration_estimation_method {
    case AVFMT_DURATION_FROM_PTS: return "timestamps"
    case AVFMT_DURATION_FROM_STREAM: return "header"
    default: return "bit_rate"
    }
  }

  private var streamGroupCount: Int? {
    let count = clibav_stream_group_count(context)
    return count < 0 ? nil : Int(count)
  }

  private func describe(
    _ stream: UnsafeMutablePointer<AVStream>, decoder: Decoder?
  ) -> StreamDescription {
    let parameters = stream.pointee.codecpar.pointee
    let codec = libraries.codec.pointee.avcodec_descriptor_get(parameters.codec_id)
    let (aspect, display) = aspectRatios(stream)
    let isVideo = parameters.codec_type == AVMEDIA_TYPE_VIDEO
    let isAudio = parameters.codec_type == AVMEDIA_TYPE_AUDIO
    return StreamDescription(
      index: Int(stream.pointee.index),
      codecName: FFmpegLibraries.string(codec?.pointee.name),
      codecLongName: FFmpegLibraries.string(codec?.pointee.long_name),
      codecID: parameters.codec_id.rawValue,
      profile: parameters.profile == CLIBAV_PROFILE_UNKNOWN ? nil : Int(parameters.profile),
      profileName: FFmpegLibraries.string(
        libraries.codec.pointee.avcodec_profile_name(parameters.codec_id, parameters.profile)),
      kind: kind(parameters.codec_type), codecTag: parameters.codec_tag,
      mimeCodec: mimeCodec(stream),
      extradata: bytes(parameters.extradata, Int(parameters.extradata_size)),
      decoder: decoder?.describe(), demuxerOptions: demuxerOptions(),
      width: Int(parameters.width), height: Int(parameters.height),
      videoDelay: Int(parameters.video_delay), sampleAspectRatio: aspect,
      displayAspectRatio: display,
      pixelFormat: isVideo ? libraries.pixelFormatName(parameters.format) : nil,
      bitDepth: isVideo ? libraries.bitDepth(parameters.format) : nil,
      level: parameters.level == CLIBAV_LEVEL_UNKNOWN ? nil : Int(parameters.level),
      colorRange: libraries.name(parameters.color_range),
      colorSpace: libraries.name(parameters.color_space),
      colorTransfer: libraries.name(parameters.color_trc),
      colorPrimaries: libraries.name(parameters.color_primaries),
      chromaLocation: libraries.name(parameters.chroma_location),
      fieldOrder: fieldOrder(parameters.field_order),
      sampleFormat: isAudio ? libraries.sampleFormatName(parameters.format) : nil,
      sampleRate: Int(parameters.sample_rate),
      channelCount: Int(parameters.ch_layout.nb_channels),
      channelLayout: isAudio ? libraries.name(parameters.ch_layout) : nil,
      bitsPerSample: Int(libraries.codec.pointee.av_get_bits_per_sample(parameters.codec_id)),
      bitsPerRawSample: parameters.bits_per_raw_sample > 0
        ? Int(parameters.bits_per_raw_sample) : nil,
      initialPadding: Int(parameters.initial_padding),
      identifier: Int(stream.pointee.id), realFrameRate: Rational(stream.pointee.r_frame_rate),
      averageFrameRate: Rational(stream.pointee.avg_frame_rate),
      timeBase: Rational(stream.pointee.time_base), startTime: known(stream.pointee.start_time),
      duration: known(stream.pointee.duration),
      bitRate: parameters.bit_rate > 0 ? parameters.bit_rate : nil,
      frameCount: stream.pointee.nb_frames > 0 ? stream.pointee.nb_frames : nil,
      dispositions: dispositions(stream.pointee.disposition),
      tags: libraries.entries(of: stream.pointee.metadata),
      sideData: sideData(stream, parameters))
  }

  private func aspectRatios(_ stream: UnsafeMutablePointer<AVStream>) -> (Rational, Rational) {
    let parameters = stream.pointee.codecpar.pointee
    guard parameters.codec_type == AVMEDIA_TYPE_VIDEO else {
      return (Rational(0, 1), Rational(0, 1))
    }
    let sample = libraries.format.pointee.av_guess_sample_aspect_ratio(context, stream, nil)
    guard sample.num != 0 else { return (Rational(0, 1), Rational(0, 1)) }
    var (numerator, denominator): (CInt, CInt) = (0, 1)
    _ = libraries.util.pointee.av_reduce(
      &numerator, &denominator, Int64(parameters.width) &* Int64(sample.num),
      Int64(parameters.height) &* Int64(sample.den), 1024 * 1024)
    return (Rational(sample), Rational(Int(numerator), Int(denominator)))
  }

  private func sideData(
    _ stream: UnsafeMutablePointer<AVStream>, _ parameters: AVCodecParameters
  ) -> [SideDataDescription] {
    guard let blocks = clibav_stream_side_data(stream) else { return [] }
    let reader = PacketSideDataReader(
      libraries: libraries, width: parameters.width, height: parameters.height)
    return (0..<Int(max(0, clibav_stream_side_data_count(stream)))).map {
      reader.describe(blocks[$0])
    }
  }

  private func describeChapters() -> [ChapterDescription] {
    (0..<Int(context.pointee.nb_chapters)).compactMap { index in
      guard let chapter = context.pointee.chapters[index]?.pointee else { return nil }
      return ChapterDescription(
        identifier: chapter.id, timeBase: Rational(chapter.time_base), start: chapter.start,
        end: chapter.end, tags: libraries.entries(of: chapter.metadata))
    }
  }

  private func describePrograms() -> [ProgramDescription] {
    (0..<Int(context.pointee.nb_programs)).compactMap { index in
      guard let program = context.pointee.programs[index]?.pointee else { return nil }
      return ProgramDescription(
        identifier: Int(program.id), number: Int(program.program_num),
        pmtPID: Int(program.pmt_pid), pcrPID: Int(program.pcr_pid),
        tags: libraries.entries(of: program.metadata),
        streamIndexes: (0..<Int(program.nb_stream_indexes)).map {
          Int(program.stream_index[$0])
        })
    }
  }

  private func known(_ time: Int64) -> Int64? { time == CLIBAV_NOPTS ? nil : time }

  private func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    guard let start, count > 0 else { return [] }
    return Array(UnsafeBufferPointer(start: start, count: count))
  }

  private func kind(_ type: AVMediaType) -> StreamDescription.Kind {
    switch type {
    case AVMEDIA_TYPE_VIDEO: .video
    case AVMEDIA_TYPE_AUDIO: .audio
    case AVMEDIA_TYPE_SUBTITLE: .subtitle
    case AVMEDIA_TYPE_DATA: .data
    case AVMEDIA_TYPE_ATTACHMENT: .attachment
    default: .unknown
    }
  }

  private func fieldOrder(_ order: AVFieldOrder) -> String? {
    switch order {
    case AV_FIELD_PROGRESSIVE: "progressive"
    case AV_FIELD_TT: "tt"
    case AV_FIELD_BB: "bb"
    case AV_FIELD_TB: "tb"
    case AV_FIELD_BT: "bt"
    default: nil
    }
  }

  /// FFmpeg's names in the order of its bits, which is ffprobe's.
  private func dispositions(_ flags: CInt) -> [Disposition] {
    (0..<31).compactMap { bit in
      FFmpegLibraries.string(libraries.format.pointee.av_disposition_to_string(1 << bit)).map {
        Disposition(name: $0, isSet: flags & (1 << bit) != 0)
      }
    }
  }

  private func demuxerOptions() -> [Tag] {
    guard context.pointee.iformat.pointee.priv_class != nil else { return [] }
    return libraries.exportedOptions(of: context.pointee.priv_data)
  }

  private func mimeCodec(_ stream: UnsafeMutablePointer<AVStream>) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      start.initialize(repeating: 0, count: buffer.count)
      let isKnown = clibav_stream_mime_codec(
        libraries.util, libraries.format, stream, start, CUnsignedInt(buffer.count))
      return isKnown != 0 ? String(cString: start) : nil
    }
  }
}

extension Rational {
  init(_ ratio: AVRational) {
    self.init(Int(ratio.num), Int(ratio.den))
  }
}

/// FFmpeg's names of its constants; nil for unknown and unspecified ones.
extension FFmpegLibraries {
  func pixelFormatName(_ format: CInt) -> String? {
    Self.string(util.pointee.av_get_pix_fmt_name(AVPixelFormat(format)))
  }

  func sampleFormatName(_ format: CInt) -> String? {
    Self.string(util.pointee.av_get_sample_fmt_name(AVSampleFormat(format)))
  }

  func bitDepth(_ format: CInt) -> Int? {
    guard let descriptor = util.pointee.av_pix_fmt_desc_get(AVPixelFormat(format)),
      descriptor.pointee.nb_components > 0
    else { return nil }
    return Int(descriptor.pointee.comp.0.depth)
  }

  func name(_ layout: AVChannelLayout) -> String? {
    guard layout.order != AV_CHANNEL_ORDER_UNSPEC else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      start.initialize(repeating: 0, count: buffer.count)
      let code = withUnsafePointer(to: layout) {
        util.pointee.av_channel_layout_describe($0, start, buffer.count)
      }
      return code >= 0 ? String(cString: start) : nil
    }
  }

  func name(_ range: AVColorRange) -> String? {
    range == AVCOL_RANGE_UNSPECIFIED
      ? nil : Self.string(util.pointee.av_color_range_name(range))
  }
  func name(_ space: AVColorSpace) -> String? {
    space == AVCOL_SPC_UNSPECIFIED ? nil : Self.string(util.pointee.av_color_space_name(space))
  }
  func name(_ transfer: AVColorTransferCharacteristic) -> String? {
    transfer == AVCOL_TRC_UNSPECIFIED
      ? nil : Self.string(util.pointee.av_color_transfer_name(transfer))
  }
  func name(_ primaries: AVColorPrimaries) -> String? {
    primaries == AVCOL_PRI_UNSPECIFIED
      ? nil : Self.string(util.pointee.av_color_primaries_name(primaries))
  }
  func name(_ location: AVChromaLocation) -> String? {
    location == AVCHROMA_LOC_UNSPECIFIED
      ? nil : Self.string(util.pointee.av_chroma_location_name(location))
  }
}
