#include "telling.h"

#include <libavutil/dovi_meta.h>
#include <libavutil/hdr_dynamic_metadata.h>
#include <libavutil/hdr_dynamic_vivid_metadata.h>
#include <libavutil/intreadwrite.h>
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 44, 100)
#include <libavutil/ambient_viewing_environment.h>
#endif

/* HDR10+, SMPTE ST 2094-40. */
static void hdr10_plus(struct telling *t, const AVDynamicHDRPlus *m) {
  int windows = at_most(m->num_windows, COUNT(m->params));
  integer(t, "application version", m->application_version);
  integer(t, "num_windows", m->num_windows);
  for (int n = 1; n < windows; n++) {
    const AVHDRPlusColorTransformParams *p = &m->params[n];
    rational(t, "window_upper_left_corner_x", p->window_upper_left_corner_x);
    rational(t, "window_upper_left_corner_y", p->window_upper_left_corner_y);
    rational(t, "window_lower_right_corner_x", p->window_lower_right_corner_x);
    rational(t, "window_lower_right_corner_y", p->window_lower_right_corner_y);
    /* ffprobe tells the upper left corner twice; so does a document that must equal its. */
    rational(t, "window_upper_left_corner_x", p->window_upper_left_corner_x);
    rational(t, "window_upper_left_corner_y", p->window_upper_left_corner_y);
    integer(t, "center_of_ellipse_x", p->center_of_ellipse_x);
    integer(t, "center_of_ellipse_y", p->center_of_ellipse_y);
    integer(t, "rotation_angle", p->rotation_angle);
    integer(t, "semimajor_axis_internal_ellipse", p->semimajor_axis_internal_ellipse);
    integer(t, "semimajor_axis_external_ellipse", p->semimajor_axis_external_ellipse);
    integer(t, "semiminor_axis_external_ellipse", p->semiminor_axis_external_ellipse);
    integer(t, "overlap_process_option", p->overlap_process_option);
  }
  rational(t, "targeted_system_display_maximum_luminance", m->targeted_system_display_maximum_luminance);
  if (m->targeted_system_display_actual_peak_luminance_flag) {
    int rows = at_most(m->num_rows_targeted_system_display_actual_peak_luminance, 25);
    int columns = at_most(m->num_cols_targeted_system_display_actual_peak_luminance, 25);
    integer(t, "num_rows_targeted_system_display_actual_peak_luminance", rows);
    integer(t, "num_cols_targeted_system_display_actual_peak_luminance", columns);
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j++)
        rational(t, "targeted_system_display_actual_peak_luminance",
                 m->targeted_system_display_actual_peak_luminance[i][j]);
  }
  for (int n = 0; n < windows; n++) {
    const AVHDRPlusColorTransformParams *p = &m->params[n];
    for (int i = 0; i < 3; i++) rational(t, "maxscl", p->maxscl[i]);
    rational(t, "average_maxrgb", p->average_maxrgb);
    integer(t, "num_distribution_maxrgb_percentiles", p->num_distribution_maxrgb_percentiles);
    for (int i = 0; i < at_most(p->num_distribution_maxrgb_percentiles, COUNT(p->distribution_maxrgb)); i++) {
      integer(t, "distribution_maxrgb_percentage", p->distribution_maxrgb[i].percentage);
      rational(t, "distribution_maxrgb_percentile", p->distribution_maxrgb[i].percentile);
    }
    rational(t, "fraction_bright_pixels", p->fraction_bright_pixels);
  }
  if (m->mastering_display_actual_peak_luminance_flag) {
    int rows = at_most(m->num_rows_mastering_display_actual_peak_luminance, 25);
    int columns = at_most(m->num_cols_mastering_display_actual_peak_luminance, 25);
    integer(t, "num_rows_mastering_display_actual_peak_luminance", rows);
    integer(t, "num_cols_mastering_display_actual_peak_luminance", columns);
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j++)
        rational(t, "mastering_display_actual_peak_luminance", m->mastering_display_actual_peak_luminance[i][j]);
  }
  for (int n = 0; n < windows; n++) {
    const AVHDRPlusColorTransformParams *p = &m->params[n];
    if (p->tone_mapping_flag) {
      rational(t, "knee_point_x", p->knee_point_x);
      rational(t, "knee_point_y", p->knee_point_y);
      integer(t, "num_bezier_curve_anchors", p->num_bezier_curve_anchors);
      for (int i = 0; i < at_most(p->num_bezier_curve_anchors, COUNT(p->bezier_curve_anchors)); i++)
        rational(t, "bezier_curve_anchors", p->bezier_curve_anchors[i]);
    }
    if (p->color_saturation_mapping_flag) rational(t, "color_saturation_weight", p->color_saturation_weight);
  }
}

/* HDR Vivid, T/UWA 005.1. */
static void vivid_tone_mapping(struct telling *t, const AVHDRVividColorToneMappingParams *p) {
  rational(t, "targeted_system_display_maximum_luminance", p->targeted_system_display_maximum_luminance);
  integer(t, "base_enable_flag", p->base_enable_flag);
  if (p->base_enable_flag) {
    rational(t, "base_param_m_p", p->base_param_m_p);
    rational(t, "base_param_m_m", p->base_param_m_m);
    rational(t, "base_param_m_a", p->base_param_m_a);
    rational(t, "base_param_m_b", p->base_param_m_b);
    rational(t, "base_param_m_n", p->base_param_m_n);
    integer(t, "base_param_k1", p->base_param_k1);
    integer(t, "base_param_k2", p->base_param_k2);
    integer(t, "base_param_k3", p->base_param_k3);
    integer(t, "base_param_Delta_enable_mode", p->base_param_Delta_enable_mode);
    rational(t, "base_param_Delta", p->base_param_Delta);
  }
  integer(t, "3Spline_enable_flag", p->three_Spline_enable_flag);
  if (!p->three_Spline_enable_flag) return;
  integer(t, "3Spline_num", p->three_Spline_num);
#if LIBAVUTIL_VERSION_MAJOR >= 58
  for (int j = 0; j < at_most(p->three_Spline_num, COUNT(p->three_spline)); j++) {
    const AVHDRVivid3SplineParams *s = &p->three_spline[j];
    integer(t, "3Spline_TH_mode", s->th_mode);
    if (s->th_mode == 0 || s->th_mode == 2) rational(t, "3Spline_TH_enable_MB", s->th_enable_mb);
    rational(t, "3Spline_TH_enable", s->th_enable);
    rational(t, "3Spline_TH_Delta1", s->th_delta1);
    rational(t, "3Spline_TH_Delta2", s->th_delta2);
    rational(t, "3Spline_enable_Strength", s->enable_strength);
  }
#else
  integer(t, "3Spline_TH_mode", p->three_Spline_TH_mode);
  for (int j = 0; j < at_most(p->three_Spline_num, 2); j++) {
    rational(t, "3Spline_TH_enable_MB", p->three_Spline_TH_enable_MB);
    rational(t, "3Spline_TH_enable", p->three_Spline_TH_enable);
    rational(t, "3Spline_TH_Delta1", p->three_Spline_TH_Delta1);
    rational(t, "3Spline_TH_Delta2", p->three_Spline_TH_Delta2);
    rational(t, "3Spline_enable_Strength", p->three_Spline_enable_Strength);
  }
#endif
}

static void hdr_vivid(struct telling *t, const AVDynamicHDRVivid *m) {
  int windows = at_most(m->num_windows, COUNT(m->params));
  integer(t, "system_start_code", m->system_start_code);
  integer(t, "num_windows", m->num_windows);
  for (int n = 0; n < windows; n++) {
    const AVHDRVividColorTransformParams *p = &m->params[n];
    rational(t, "minimum_maxrgb", p->minimum_maxrgb);
    rational(t, "average_maxrgb", p->average_maxrgb);
    rational(t, "variance_maxrgb", p->variance_maxrgb);
    rational(t, "maximum_maxrgb", p->maximum_maxrgb);
  }
  for (int n = 0; n < windows; n++) {
    const AVHDRVividColorTransformParams *p = &m->params[n];
    integer(t, "tone_mapping_mode_flag", p->tone_mapping_mode_flag);
    if (p->tone_mapping_mode_flag || LIBAVUTIL_VERSION_MAJOR < 58)
      integer(t, "tone_mapping_param_num", p->tone_mapping_param_num);
    if (p->tone_mapping_mode_flag)
      for (int i = 0; i < at_most(p->tone_mapping_param_num, COUNT(p->tm_params)); i++)
        vivid_tone_mapping(t, &p->tm_params[i]);
    integer(t, "color_saturation_mapping_flag", p->color_saturation_mapping_flag);
    if (p->color_saturation_mapping_flag) {
      integer(t, "color_saturation_num", p->color_saturation_num);
      for (int i = 0; i < at_most(p->color_saturation_num, COUNT(p->color_saturation_gain)); i++)
        rational(t, "color_saturation_gain", p->color_saturation_gain[i]);
    }
  }
}

/* Dolby Vision. */
static void rationals(struct telling *t, const char *name, const AVRational *q, int count) {
  struct list list = empty_list();
  for (int i = 0; i < count; i++) {
    char text[32];
    snprintf(text, sizeof text, "%d/%d", q[i].num, q[i].den);
    add(&list, text);
  }
  string(t, name, list.text);
}

static void dovi_piece(struct telling *t, const AVDOVIReshapingCurve *curve, int i) {
  struct list list = empty_list();
  integer(t, "mapping_idc", curve->mapping_idc[i]);
  switch (curve->mapping_idc[i]) {
  case AV_DOVI_MAPPING_POLYNOMIAL:
    string(t, "mapping_idc_name", "polynomial");
    integer(t, "poly_order", curve->poly_order[i]);
    for (int k = 0; k < at_most(curve->poly_order[i] + 1, COUNT(curve->poly_coef[i])); k++)
      add_integer(&list, curve->poly_coef[i][k]);
    string(t, "poly_coef", list.text);
    break;
  case AV_DOVI_MAPPING_MMR:
    string(t, "mapping_idc_name", "mmr");
    integer(t, "mmr_order", curve->mmr_order[i]);
    integer(t, "mmr_constant", curve->mmr_constant[i]);
    for (int k = 0; k < at_most(curve->mmr_order[i], COUNT(curve->mmr_coef[i])); k++)
      for (int l = 0; l < 7; l++) add_integer(&list, curve->mmr_coef[i][k][l]);
    string(t, "mmr_coef", list.text);
    break;
  default: string(t, "mapping_idc_name", "unknown"); break;
  }
}

static void dovi_component(struct telling *t, const AVDOVIDataMapping *mapping, int c) {
  const AVDOVIReshapingCurve *curve = &mapping->curves[c];
  int pivots = at_most(curve->num_pivots, COUNT(curve->pivots));
  struct list list = empty_list();
  for (int i = 0; i < pivots; i++) add_integer(&list, curve->pivots[i]);
  string(t, "pivots", list.text);
  mark(t, CLIBAV_BEGIN_LIST, "pieces");
  for (int i = 0; i < pivots - 1; i++) {
    mark(t, CLIBAV_BEGIN_GROUP, "piece");
    dovi_piece(t, curve, i);
  }
  mark(t, CLIBAV_END_LIST, "pieces");
  if (mapping->nlq_method_idc == AV_DOVI_NLQ_NONE) return;
  const AVDOVINLQParams *nlq = &mapping->nlq[c];
  integer(t, "nlq_offset", nlq->nlq_offset);
  integer(t, "vdr_in_max", (int64_t)nlq->vdr_in_max);
  if (mapping->nlq_method_idc == AV_DOVI_NLQ_LINEAR_DZ) {
    integer(t, "linear_deadzone_slope", (int64_t)nlq->linear_deadzone_slope);
    integer(t, "linear_deadzone_threshold", (int64_t)nlq->linear_deadzone_threshold);
  }
}

static void dolby_vision(struct telling *t, const AVDOVIMetadata *m) {
  const AVDOVIRpuDataHeader *header = av_dovi_get_header(m);
  const AVDOVIDataMapping *mapping = av_dovi_get_mapping(m);
  const AVDOVIColorMetadata *color = av_dovi_get_color(m);
  integer(t, "rpu_type", header->rpu_type);
  integer(t, "rpu_format", header->rpu_format);
  integer(t, "vdr_rpu_profile", header->vdr_rpu_profile);
  integer(t, "vdr_rpu_level", header->vdr_rpu_level);
  integer(t, "chroma_resampling_explicit_filter_flag", header->chroma_resampling_explicit_filter_flag);
  integer(t, "coef_data_type", header->coef_data_type);
  integer(t, "coef_log2_denom", header->coef_log2_denom);
  integer(t, "vdr_rpu_normalized_idc", header->vdr_rpu_normalized_idc);
  integer(t, "bl_video_full_range_flag", header->bl_video_full_range_flag);
  integer(t, "bl_bit_depth", header->bl_bit_depth);
  integer(t, "el_bit_depth", header->el_bit_depth);
  integer(t, "vdr_bit_depth", header->vdr_bit_depth);
  integer(t, "spatial_resampling_filter_flag", header->spatial_resampling_filter_flag);
  integer(t, "el_spatial_resampling_filter_flag", header->el_spatial_resampling_filter_flag);
  integer(t, "disable_residual_flag", header->disable_residual_flag);
  integer(t, "vdr_rpu_id", mapping->vdr_rpu_id);
  integer(t, "mapping_color_space", mapping->mapping_color_space);
  integer(t, "mapping_chroma_format_idc", mapping->mapping_chroma_format_idc);
  integer(t, "nlq_method_idc", mapping->nlq_method_idc);
  string(t, "nlq_method_idc_name",
         mapping->nlq_method_idc == AV_DOVI_NLQ_NONE        ? "none"
         : mapping->nlq_method_idc == AV_DOVI_NLQ_LINEAR_DZ ? "linear_dz"
                                                            : "unknown");
  integer(t, "num_x_partitions", mapping->num_x_partitions);
  integer(t, "num_y_partitions", mapping->num_y_partitions);
  mark(t, CLIBAV_BEGIN_LIST, "components");
  for (int c = 0; c < 3; c++) {
    mark(t, CLIBAV_BEGIN_GROUP, "component");
    dovi_component(t, mapping, c);
  }
  mark(t, CLIBAV_END_LIST, "components");
  integer(t, "dm_metadata_id", color->dm_metadata_id);
  integer(t, "scene_refresh_flag", color->scene_refresh_flag);
  rationals(t, "ycc_to_rgb_matrix", color->ycc_to_rgb_matrix, COUNT(color->ycc_to_rgb_matrix));
  rationals(t, "ycc_to_rgb_offset", color->ycc_to_rgb_offset, COUNT(color->ycc_to_rgb_offset));
  rationals(t, "rgb_to_lms_matrix", color->rgb_to_lms_matrix, COUNT(color->rgb_to_lms_matrix));
  integer(t, "signal_eotf", color->signal_eotf);
  integer(t, "signal_eotf_param0", color->signal_eotf_param0);
  integer(t, "signal_eotf_param1", color->signal_eotf_param1);
  integer(t, "signal_eotf_param2", color->signal_eotf_param2);
  integer(t, "signal_bit_depth", color->signal_bit_depth);
  integer(t, "signal_color_space", color->signal_color_space);
  integer(t, "signal_chroma_format", color->signal_chroma_format);
  integer(t, "signal_full_range_flag", color->signal_full_range_flag);
  integer(t, "source_min_pq", color->source_min_pq);
  integer(t, "source_max_pq", color->source_max_pq);
  integer(t, "source_diagonal", color->source_diagonal);
}

#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 44, 100)
/* H.274's ambient viewing environment. */
static void ambience(struct telling *t, const AVAmbientViewingEnvironment *m) {
  rational(t, "ambient_illuminance", m->ambient_illuminance);
  rational(t, "ambient_light_x", m->ambient_light_x);
  rational(t, "ambient_light_y", m->ambient_light_y);
}
#endif

void clibav_visit_frame_side_data(const struct clibav_util *util, const AVFrameSideData *block,
                                  clibav_visitor visitor, void *opaque) {
  struct telling telling = {visitor, opaque}, *t = &telling;
  switch (block->type) {
  case AV_FRAME_DATA_DYNAMIC_HDR_PLUS:
    if (block->size >= sizeof(AVDynamicHDRPlus)) hdr10_plus(t, (const AVDynamicHDRPlus *)block->data);
    break;
  case AV_FRAME_DATA_DYNAMIC_HDR_VIVID:
    if (block->size >= sizeof(AVDynamicHDRVivid)) hdr_vivid(t, (const AVDynamicHDRVivid *)block->data);
    break;
  case AV_FRAME_DATA_DOVI_METADATA:
    if (block->size >= sizeof(AVDOVIMetadata)) dolby_vision(t, (const AVDOVIMetadata *)block->data);
    break;
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 44, 100)
  case AV_FRAME_DATA_AMBIENT_VIEWING_ENVIRONMENT:
    if (block->size >= sizeof(AVAmbientViewingEnvironment))
      ambience(t, (const AVAmbientViewingEnvironment *)block->data);
    break;
#endif
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(59, 5, 100)
  case AV_FRAME_DATA_FILM_GRAIN_PARAMS:
    if (block->size >= sizeof(AVFilmGrainParams))
      clibav_tell_film_grain(t, util, (const AVFilmGrainParams *)block->data);
    break;
#endif
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(59, 38, 100)
  case AV_FRAME_DATA_VIEW_ID:
    if (block->size >= sizeof(int)) integer(t, "view_id", *(const int *)block->data);
    break;
#endif
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(60, 10, 100)
  case AV_FRAME_DATA_EXIF: integer(t, "size", (int64_t)block->size); break;
#endif
  default: break;
  }
  (void)util;
}

void clibav_visit_packet_side_data(const AVPacketSideData *block, clibav_visitor visitor, void *opaque) {
  struct telling telling = {visitor, opaque}, *t = &telling;
  switch (block->type) {
#if LIBAVCODEC_VERSION_MAJOR >= 60
  case AV_PKT_DATA_DYNAMIC_HDR10_PLUS:
    if (block->size >= sizeof(AVDynamicHDRPlus)) hdr10_plus(t, (const AVDynamicHDRPlus *)block->data);
    break;
#endif
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 39, 100)
  case AV_PKT_DATA_AMBIENT_VIEWING_ENVIRONMENT:
    if (block->size >= sizeof(AVAmbientViewingEnvironment))
      ambience(t, (const AVAmbientViewingEnvironment *)block->data);
    break;
#endif
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 10, 100)
  case AV_PKT_DATA_FRAME_CROPPING:
    if (block->size < 16) break;
    integer(t, "crop_top", AV_RL32(block->data));
    integer(t, "crop_bottom", AV_RL32(block->data + 4));
    integer(t, "crop_left", AV_RL32(block->data + 8));
    integer(t, "crop_right", AV_RL32(block->data + 12));
    break;
#endif
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(62, 14, 100)
  case AV_PKT_DATA_EXIF: integer(t, "size", (int64_t)block->size); break;
  case AV_PKT_DATA_MATROSKA_BLOCKADDITIONAL:
    if (block->size >= 8) integer(t, "block_additional_id", (int64_t)AV_RB64(block->data));
    break;
#endif
  default: break;
  }
  (void)t;
}

void clibav_visit_stereo_view(const struct clibav_util *util, const AVStereo3D *stereo,
                              clibav_visitor visitor, void *opaque) {
  struct telling telling = {visitor, opaque}, *t = &telling;
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(59, 29, 100)
  string(t, "view", util->av_stereo3d_view_name(stereo->view));
  string(t, "primary_eye", util->av_stereo3d_primary_eye_name(stereo->primary_eye));
  integer(t, "baseline", stereo->baseline);
  rational(t, "horizontal_disparity_adjustment", stereo->horizontal_disparity_adjustment);
  rational(t, "horizontal_field_of_view", stereo->horizontal_field_of_view);
#else
  (void)util, (void)stereo, (void)t;
#endif
}

const char *clibav_dovi_compression(const AVDOVIDecoderConfigurationRecord *record) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(59, 30, 100)
  switch (record->dv_md_compression) {
  case AV_DOVI_COMPRESSION_NONE: return "none";
  case AV_DOVI_COMPRESSION_LIMITED: return "limited";
  case AV_DOVI_COMPRESSION_RESERVED: return "reserved";
  case AV_DOVI_COMPRESSION_EXTENDED: return "extended";
  default: return "unknown";
  }
#else
  (void)record;
  return NULL;
#endif
}
