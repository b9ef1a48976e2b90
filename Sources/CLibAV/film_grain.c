#include "telling.h"

/* Told since FFmpeg 7; before it, frames say no more than that there is grain. */
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(59, 5, 100)

static void bytes(struct telling *t, const char *name, const uint8_t (*points)[2], int count, int which) {
  struct list list = empty_list();
  for (int i = 0; i < count; i++) add_integer(&list, points[i][which]);
  string(t, name, list.text);
}

static void coefficients(struct telling *t, const char *name, const int8_t *values, int count) {
  struct list list = empty_list();
  for (int i = 0; i < count; i++) add_integer(&list, values[i]);
  string(t, name, list.text);
}

/* AV1 6.8.20. */
static void av1(struct telling *t, const AVFilmGrainParams *m) {
  const AVFilmGrainAOMParams *p = &m->codec.aom;
  int luma = 2 * at_most(p->ar_coeff_lag, 3) * (at_most(p->ar_coeff_lag, 3) + 1);
  int chroma = luma + (p->num_y_points != 0);
  integer(t, "chroma_scaling_from_luma", p->chroma_scaling_from_luma);
  integer(t, "scaling_shift", p->scaling_shift);
  integer(t, "ar_coeff_lag", p->ar_coeff_lag);
  integer(t, "ar_coeff_shift", p->ar_coeff_shift);
  integer(t, "grain_scale_shift", p->grain_scale_shift);
  integer(t, "overlap_flag", p->overlap_flag);
  integer(t, "limit_output_range", p->limit_output_range);
  mark(t, CLIBAV_BEGIN_LIST, "components");
  if (p->num_y_points) {
    int points = at_most(p->num_y_points, COUNT(p->y_points));
    mark(t, CLIBAV_BEGIN_GROUP, "component");
    integer(t, "bit_depth_luma", m->bit_depth_luma);
    bytes(t, "y_points_value", p->y_points, points, 0);
    bytes(t, "y_points_scaling", p->y_points, points, 1);
    coefficients(t, "ar_coeffs_y", p->ar_coeffs_y, at_most(luma, COUNT(p->ar_coeffs_y)));
  }
  for (int c = 0; c < 2; c++) {
    if (!p->num_uv_points[c] && !p->chroma_scaling_from_luma) continue;
    int points = at_most(p->num_uv_points[c], COUNT(p->uv_points[c]));
    mark(t, CLIBAV_BEGIN_GROUP, "component");
    integer(t, "bit_depth_chroma", m->bit_depth_chroma);
    bytes(t, "uv_points_value", p->uv_points[c], points, 0);
    bytes(t, "uv_points_scaling", p->uv_points[c], points, 1);
    coefficients(t, "ar_coeffs_uv", p->ar_coeffs_uv[c], at_most(chroma, COUNT(p->ar_coeffs_uv[c])));
    integer(t, "uv_mult", p->uv_mult[c]);
    integer(t, "uv_mult_luma", p->uv_mult_luma[c]);
    integer(t, "uv_offset", p->uv_offset[c]);
  }
  mark(t, CLIBAV_END_LIST, "components");
}

/* H.274 8.5. */
static void h274(struct telling *t, const AVFilmGrainParams *m) {
  const AVFilmGrainH274Params *p = &m->codec.h274;
  integer(t, "model_id", p->model_id);
  integer(t, "blending_mode_id", p->blending_mode_id);
  integer(t, "log2_scale_factor", p->log2_scale_factor);
  mark(t, CLIBAV_BEGIN_LIST, "components");
  for (int c = 0; c < 3; c++) {
    if (!p->component_model_present[c]) continue;
    mark(t, CLIBAV_BEGIN_GROUP, "component");
    integer(t, c ? "bit_depth_chroma" : "bit_depth_luma", c ? m->bit_depth_chroma : m->bit_depth_luma);
    mark(t, CLIBAV_BEGIN_LIST, "pieces");
    for (int i = 0; i < at_most(p->num_intensity_intervals[c], COUNT(p->comp_model_value[c])); i++) {
      struct list list = empty_list();
      mark(t, CLIBAV_BEGIN_GROUP, "piece");
      integer(t, "intensity_interval_lower_bound", p->intensity_interval_lower_bound[c][i]);
      integer(t, "intensity_interval_upper_bound", p->intensity_interval_upper_bound[c][i]);
      for (int k = 0; k < at_most(p->num_model_values[c], COUNT(p->comp_model_value[c][i])); k++)
        add_integer(&list, p->comp_model_value[c][i][k]);
      string(t, "comp_model_value", list.text);
    }
    mark(t, CLIBAV_END_LIST, "pieces");
  }
  mark(t, CLIBAV_END_LIST, "components");
}

void clibav_tell_film_grain(struct telling *t, const struct clibav_util *util, const AVFilmGrainParams *m) {
  static const char *const types[] = {"none", "av1", "h274"};
  char seed[24];
  if ((unsigned)m->type >= COUNT(types)) return;
  snprintf(seed, sizeof seed, "%" PRIu64, m->seed);
  string(t, "type", types[m->type]);
  string(t, "seed", seed);
  integer(t, "width", m->width);
  integer(t, "height", m->height);
  integer(t, "subsampling_x", m->subsampling_x);
  integer(t, "subsampling_y", m->subsampling_y);
  string(t, "color_range", util->av_color_range_name(m->color_range));
  string(t, "color_primaries", util->av_color_primaries_name(m->color_primaries));
  string(t, "color_trc", util->av_color_transfer_name(m->color_trc));
  string(t, "color_space", util->av_color_space_name(m->color_space));
  if (m->type == AV_FILM_GRAIN_PARAMS_AV1) av1(t, m);
  if (m->type == AV_FILM_GRAIN_PARAMS_H274) h274(t, m);
}

#endif
