/// `payloadType` of an SEI message, numbered alike in H.264 and H.265 (D.1.1, D.2.1).
public struct SEIPayloadType: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: Int
  /// Makes a type of its number.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// How the coded picture buffer fills from here on.
  public static let bufferingPeriod = Self(rawValue: 0)
  /// When to decode and show a picture, and in which fields.
  public static let pictureTiming = Self(rawValue: 1)
  /// Bytes without meaning.
  public static let fillerPayload = Self(rawValue: 3)
  /// Data of an organisation registered by ITU-T T.35: captions, HDR10+.
  public static let userDataRegistered = Self(rawValue: 4)
  /// Data marked by a UUID: encoder settings.
  public static let userDataUnregistered = Self(rawValue: 5)
  /// A point other than an IDR picture where decoding can begin.
  public static let recoveryPoint = Self(rawValue: 6)
  /// How to add film grain after decoding.
  public static let filmGrainCharacteristics = Self(rawValue: 19)
  /// Two views in one picture.
  public static let framePackingArrangement = Self(rawValue: 45)
  /// How to rotate or flip the picture.
  public static let displayOrientation = Self(rawValue: 47)
  /// Which parameter sets are in use.
  public static let activeParameterSets = Self(rawValue: 129)
  /// A checksum of the decoded picture.
  public static let decodedPictureHash = Self(rawValue: 132)
  /// Hours, minutes, seconds and frames.
  public static let timeCode = Self(rawValue: 136)
  /// The display on which the content was mastered.
  public static let masteringDisplayColourVolume = Self(rawValue: 137)
  /// The brightest sample and the brightest frame average.
  public static let contentLightLevel = Self(rawValue: 144)
  /// A transfer function to prefer to that of the VUI.
  public static let alternativeTransferCharacteristics = Self(rawValue: 147)
  /// The light around the viewer.
  public static let ambientViewingEnvironment = Self(rawValue: 148)

  /// The name of the payload's syntax, such as `pic_timing`; nil for a reserved number.
  public var name: String? { Self.names[rawValue] }

  private static let names: [Int: String] = [
    0: "buffering_period", 1: "pic_timing", 2: "pan_scan_rect", 3: "filler_payload",
    4: "user_data_registered_itu_t_t35", 5: "user_data_unregistered", 6: "recovery_point",
    7: "dec_ref_pic_marking_repetition", 8: "spare_pic", 9: "scene_info", 10: "sub_seq_info",
    11: "sub_seq_layer_characteristics", 12: "sub_seq_characteristics", 13: "full_frame_freeze",
    14: "full_frame_freeze_release", 15: "full_frame_snapshot",
    16: "progressive_refinement_segment_start", 17: "progressive_refinement_segment_end",
    18: "motion_constrained_slice_group_set", 19: "film_grain_characteristics",
    20: "deblocking_filter_display_preference", 21: "stereo_video_info", 22: "post_filter_hint",
    23: "tone_mapping_info", 24: "scalability_info", 25: "sub_pic_scalable_layer",
    26: "non_required_layer_rep", 27: "priority_layer_info", 28: "layers_not_present",
    29: "layer_dependency_change", 30: "scalable_nesting", 31: "base_layer_temporal_hrd",
    32: "quality_layer_integrity_check", 33: "redundant_pic_property", 34: "tl0_dep_rep_index",
    35: "tl_switching_point", 36: "parallel_decoding_info", 37: "mvc_scalable_nesting",
    38: "view_scalability_info", 39: "multiview_scene_info", 40: "multiview_acquisition_info",
    41: "non_required_view_component", 42: "view_dependency_change",
    43: "operation_points_not_present", 44: "base_view_temporal_hrd",
    45: "frame_packing_arrangement", 46: "multiview_view_position", 47: "display_orientation",
    48: "mvcd_scalable_nesting", 49: "mvcd_view_scalability_info",
    50: "depth_representation_info", 51: "three_dimensional_reference_displays_info",
    52: "depth_timing", 53: "depth_sampling_info",
    54: "constrained_depth_parameter_set_identifier", 56: "green_metadata",
    128: "structure_of_pictures_info", 129: "active_parameter_sets", 130: "decoding_unit_info",
    131: "temporal_sub_layer_zero_idx", 132: "decoded_picture_hash", 133: "scalable_nesting",
    134: "region_refresh_info", 135: "no_display", 136: "time_code",
    137: "mastering_display_colour_volume", 138: "segmented_rect_frame_packing_arrangement",
    139: "temporal_motion_constrained_tile_sets", 140: "chroma_resampling_filter_hint",
    141: "knee_function_info", 142: "colour_remapping_info",
    143: "deinterlaced_field_identification", 144: "content_light_level_info",
    145: "dependent_rap_indication", 146: "coded_region_completion",
    147: "alternative_transfer_characteristics", 148: "ambient_viewing_environment",
    149: "content_colour_volume", 150: "equirectangular_projection", 151: "cubemap_projection",
    154: "sphere_rotation", 155: "regionwise_packing", 156: "omni_viewport",
    157: "regional_nesting", 158: "mcts_extraction_info_sets",
    159: "mcts_extraction_info_nesting", 160: "layers_not_present",
    161: "inter_layer_constrained_tile_sets", 162: "bsp_nesting",
    163: "bsp_initial_arrival_time", 164: "sub_bitstream_property", 165: "alpha_channel_info",
    166: "overlay_info", 167: "temporal_mv_prediction_constraints", 168: "frame_field_info",
    176: "three_dimensional_reference_displays_info", 177: "depth_representation_info",
    178: "multiview_scene_info", 179: "multiview_acquisition_info",
    180: "multiview_view_position", 181: "alternative_depth_info", 200: "sei_manifest",
    201: "sei_prefix_indication", 202: "annotated_regions", 205: "shutter_interval_info",
  ]
}

extension SEIPayloadType: CustomStringConvertible {
  /// The name, or `reserved N`.
  public var description: String { name ?? "reserved \(rawValue)" }
}
