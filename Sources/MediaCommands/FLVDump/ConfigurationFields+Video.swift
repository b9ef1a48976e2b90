internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaModel

// MARK: - H.264

extension ConfigurationFields {
  mutating func add(_ record: AVCDecoderConfigurationRecord) {
    let general = record.profileLevel
    add("profile_idc", general.profileIDC, general.profileName)
    add("constraint_set_flags", Self.bits(general.constraintFlags >> 2, count: 6))
    add("level_idc", general.levelIDC, CodecInfo.decimal(general.level))
    add("lengthSizeMinusOne", record.lengthSize.rawValue - 1)
    add("numOfSequenceParameterSets", record.sequenceParameterSets.count)
    add("numOfPictureParameterSets", record.pictureParameterSets.count)
    let sets = H264ParameterSets(record)
    guard let set = sets.first else { return }
    add("width", set.width)
    add("height", set.height)
    add("chroma_format_idc", set.chromaFormatIDC, Self.chroma(set.chromaFormatIDC))
    add("bit_depth_luma", set.bitDepthLuma)
    add("bit_depth_chroma", set.bitDepthChroma)
    add("seq_scaling_matrix_present_flag", flag: set.hasScalingMatrix)
    add("log2_max_frame_num", set.log2MaxFrameNum)
    add("pic_order_cnt_type", set.pictureOrderCountType)
    add("max_num_ref_frames", set.maxReferenceFrames)
    add("frame_mbs_only_flag", flag: set.frameMacroblocksOnly)
    addCropping("frame_crop", set.cropping)
    if let usability = set.usability {
      add(usability.display)
      add("frame_rate", set.frameRate?.description)
      if usability.clock != nil {
        add("fixed_frame_rate_flag", flag: usability.hasFixedFrameRate)
      }
      add("bit_rate", (usability.nalHRD ?? usability.vclHRD)?.bitRate)
      add("cpb_size", (usability.nalHRD ?? usability.vclHRD)?.bufferSize)
      add("pic_struct_present_flag", flag: usability.hasPictureStructure)
      add("max_num_reorder_frames", usability.restrictions?.maxReorderFrames)
      add("max_dec_frame_buffering", usability.restrictions?.maxDecodedFrameBuffering)
    }
    addPicture(sets)
  }

  private mutating func addPicture(_ sets: H264ParameterSets) {
    guard let picture = sets.picture.keys.min().flatMap({ sets.picture[$0] }) else { return }
    add(
      "entropy_coding_mode_flag", flag: picture.usesCABAC, picture.usesCABAC ? "CABAC" : "CAVLC")
    guard let coding = picture.coding else { return }
    add("num_ref_idx_l0_default_active", coding.defaultReferencesL0)
    add("num_ref_idx_l1_default_active", coding.defaultReferencesL1)
    add("weighted_pred_flag", flag: coding.usesWeightedPrediction)
    add("weighted_bipred_idc", coding.weightedBipredictionIDC)
    add("pic_init_qp", coding.initialQP)
    add("transform_8x8_mode_flag", flag: coding.usesTransform8x8)
  }
}

// MARK: - H.265 and H.266

extension ConfigurationFields {
  mutating func add(_ record: HEVCDecoderConfigurationRecord) {
    let general = record.profileTierLevel
    add("general_profile_idc", general.profileIDC, general.profileName)
    add("general_tier_flag", flag: general.isHighTier, general.tierName)
    add("general_level_idc", general.levelIDC, CodecInfo.decimal(general.level))
    add("general_profile_compatibility_flags", Self.hex(UInt64(general.compatibilityFlags), 8))
    add("general_constraint_indicator_flags", Self.hex(general.constraintFlags, 12))
    add("min_spatial_segmentation_idc", record.minSpatialSegmentationIDC)
    add("parallelismType", record.parallelismType)
    add("avgFrameRate", record.averageFrameRate)
    add("constantFrameRate", record.constantFrameRate)
    add("numTemporalLayers", record.temporalLayerCount)
    add("temporalIdNested", flag: record.isTemporalIDNested)
    add("lengthSizeMinusOne", record.lengthSize.rawValue - 1)
    addCounts(record.arrays.map { ($0.type.name, $0.units.count) })
    let sets = H265ParameterSets(record)
    guard let set = sets.first else {
      add("chroma_format_idc", record.chromaFormat, Self.chroma(record.chromaFormat))
      add("bit_depth_luma", record.bitDepthLuma)
      add("bit_depth_chroma", record.bitDepthChroma)
      return
    }
    add("width", set.width)
    add("height", set.height)
    add("chroma_format_idc", set.chromaFormatIDC, Self.chroma(set.chromaFormatIDC))
    add("bit_depth_luma", set.bitDepthLuma)
    add("bit_depth_chroma", set.bitDepthChroma)
    addCropping("conf_win", set.conformanceWindow)
    add("sps_max_dec_pic_buffering", set.maxDecodedPictures)
    add("sps_max_num_reorder_pics", set.maxReorderPictures)
    add("coding_tree_block_size", 1 << Int(set.log2CodingTreeBlockSize))
    add("scaling_list_enabled_flag", flag: set.usesScalingLists)
    if let usability = set.usability {
      add(usability.display)
      add("field_seq_flag", flag: usability.codesFields)
      add("bit_rate", usability.hrd?.bitRate)
    }
    let frameRate = set.frameRate ?? sets.video[set.videoParameterSetID]?.frameRate
    add("frame_rate", frameRate?.description)
    guard let picture = sets.picture.keys.min().flatMap({ sets.picture[$0] }) else { return }
    add("weighted_pred_flag", flag: picture.usesWeightedPrediction)
    add("tiles_enabled_flag", flag: picture.usesTiles)
    add("entropy_coding_sync_enabled_flag", flag: picture.usesWavefronts)
  }

  mutating func add(_ record: VvcDecoderConfigurationRecord) {
    add("LengthSizeMinusOne", record.lengthSize.rawValue - 1)
    if let stream = record.stream {
      let general = stream.profileTierLevel
      add("general_profile_idc", general.profileIDC, general.profileName)
      add("general_tier_flag", flag: general.isHighTier, general.isHighTier ? "High" : "Main")
      add("general_level_idc", general.levelIDC, general.level)
      add("general_constraint_info", HexDump.digits(general.constraintInfo))
      add("ols_idx", stream.outputLayerSetIndex)
      add("num_sublayers", stream.subLayerCount)
      add("constant_frame_rate", stream.constantFrameRate)
      add("chroma_format_idc", stream.chromaFormatIDC, Self.chroma(stream.chromaFormatIDC))
      add("bit_depth", stream.bitDepth)
      add("max_picture_width", stream.maxPictureWidth)
      add("max_picture_height", stream.maxPictureHeight)
      add("avg_frame_rate", stream.averageFrameRate)
    }
    addCounts(record.arrays.map { ($0.type.name, $0.units.count) })
  }

  /// How many NAL units of each type, such as `numNalus VPS`.
  private mutating func addCounts(_ arrays: [(name: String, count: Int)]) {
    var counted: [(name: String, count: Int)] = []
    for array in arrays {
      if let index = counted.firstIndex(where: { $0.name == array.name }) {
        counted[index].count += array.count
      } else {
        counted.append(array)
      }
    }
    for array in counted { add("numNalus \(array.name)", array.count) }
  }
}

// MARK: - AV1, VP8 and VP9

extension ConfigurationFields {
  mutating func add(_ record: AV1CodecConfigurationRecord) {
    add("seq_profile", record.profile, record.profileName)
    add("seq_level_idx_0", record.levelIndex, record.levelName)
    add("seq_tier_0", flag: record.isHighTier)
    add("bit_depth", record.bitDepth)
    add("monochrome", flag: record.isMonochrome)
    add("chroma_subsampling_x", record.chromaSubsamplingX)
    add("chroma_subsampling_y", record.chromaSubsamplingY)
    add("chroma_sample_position", record.chromaSamplePosition)
    add("initial_presentation_delay_minus_one", record.initialPresentationDelayMinusOne)
    guard let header = record.sequenceHeader else { return }
    add("still_picture", flag: header.isStillPicture)
    add("operating_points_cnt", header.operatingPoints.count)
    add("max_frame_width", header.maxFrameWidth)
    add("max_frame_height", header.maxFrameHeight)
    if let rate = header.timing?.frameRate {
      add("frame_rate", "\(rate.numerator)/\(rate.denominator)")
    }
    add("color_primaries", ColourNames.primaries(header.color.primaries))
    add("transfer_characteristics", ColourNames.transfer(header.color.transfer))
    add("matrix_coefficients", ColourNames.matrix(header.color.matrix))
    add(
      "color_range", flag: header.color.isFullRange,
      header.color.isFullRange ? "full" : "limited"
    )
    add("film_grain_params_present", flag: header.hasFilmGrain)
  }

  mutating func add(_ record: VPCodecConfigurationRecord) {
    add("profile", record.profile)
    add(
      "level", record.level,
      record.level == 0 ? "unknown" : "\(record.level / 10).\(record.level % 10)")
    add("bitDepth", record.bitDepth)
    let chroma = ["4:2:0 vertical", "4:2:0 collocated", "4:2:2", "4:4:4"]
    add(
      "chromaSubsampling", record.chromaSubsampling,
      chroma.indices.contains(Int(record.chromaSubsampling))
        ? chroma[Int(record.chromaSubsampling)] : nil)
    add("videoFullRangeFlag", flag: record.isFullRange)
    add("colourPrimaries", ColourNames.primaries(record.primaries))
    add("transferCharacteristics", ColourNames.transfer(record.transfer))
    add("matrixCoefficients", ColourNames.matrix(record.matrix))
    add("codecInitializationDataSize", record.initializationData.count)
  }
}

// MARK: - What they share

extension ConfigurationFields {
  private mutating func add(_ display: VideoDisplayDescription) {
    add("sar", display.sampleAspectRatio.map { "\($0.width):\($0.height)" })
    add("overscan_appropriate_flag", flag: display.isOverscanAppropriate)
    if let signal = display.signalType {
      add("video_format", signal.videoFormat)
      add("video_full_range_flag", flag: signal.isFullRange)
      add("colour_primaries", ColourNames.primaries(signal.colourPrimaries))
      add("transfer_characteristics", ColourNames.transfer(signal.transferCharacteristics))
      add("matrix_coefficients", ColourNames.matrix(signal.matrixCoefficients))
    }
    add("chroma_sample_loc_type_top_field", display.chromaLocationTop)
    add("chroma_sample_loc_type_bottom_field", display.chromaLocationBottom)
  }

  /// Luma samples cut off; nothing where none are.
  private mutating func addCropping(_ name: String, _ edges: PictureCropping) {
    let all = [edges.left, edges.right, edges.top, edges.bottom]
    guard all.contains(where: { $0 > 0 }) else { return }
    for (edge, samples) in zip(["left", "right", "top", "bottom"], all) {
      add("\(name)_\(edge)", samples)
    }
  }

  private static func chroma(_ formatIDC: UInt8) -> String {
    ["monochrome", "4:2:0", "4:2:2", "4:4:4"][Int(formatIDC & 3)]
  }

  private static func bits(_ value: UInt8, count: Int) -> String {
    let digits = String(value, radix: 2)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }

  private static func hex(_ value: UInt64, _ count: Int) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}

/// FFmpeg's names of the code points of ITU-T H.273 (8.1, 8.2, 8.3).
enum ColourNames {
  static func primaries(_ code: UInt8) -> String {
    name(
      code,
      [
        1: "bt709", 2: "unspecified", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m",
        8: "film", 9: "bt2020", 10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213",
      ])
  }

  static func transfer(_ code: UInt8) -> String {
    name(
      code,
      [
        1: "bt709", 2: "unspecified", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m",
        8: "linear", 9: "log100", 10: "log316", 11: "iec61966-2-4", 12: "bt1361e",
        13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 17: "smpte428",
        18: "arib-std-b67",
      ])
  }

  static func matrix(_ code: UInt8) -> String {
    name(
      code,
      [
        0: "gbr", 1: "bt709", 2: "unspecified", 4: "fcc", 5: "bt470bg", 6: "smpte170m",
        7: "smpte240m", 8: "ycgco", 9: "bt2020nc", 10: "bt2020c", 11: "smpte2085",
        12: "chroma-derived-nc", 13: "chroma-derived-c", 14: "ictcp",
      ])
  }

  private static func name(_ code: UInt8, _ names: [UInt8: String]) -> String {
    names[code] ?? "reserved (\(code))"
  }
}
