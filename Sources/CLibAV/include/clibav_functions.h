/* Every FFmpeg function the project calls, by library. One line here makes a
   function pointer in the library's table and has it looked up when the
   library is opened. */
#ifndef CLIBAV_FUNCTIONS_H
#define CLIBAV_FUNCTIONS_H

#include <libavformat/version.h>
#include <libavutil/version.h>

/* Functions that came with a later release than FFmpeg 5, where these headers
   have them. */
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(59, 29, 100)
#define CLIBAV_UTIL_FUNCTIONS_OF_7_1(X) X(av_stereo3d_primary_eye_name) X(av_stereo3d_view_name)
#else
#define CLIBAV_UTIL_FUNCTIONS_OF_7_1(X)
#endif
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(60, 11, 100)
#define CLIBAV_UTIL_FUNCTIONS_OF_8_1(X) X(av_alpha_mode_name)
#else
#define CLIBAV_UTIL_FUNCTIONS_OF_8_1(X)
#endif
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(62, 7, 100)
#define CLIBAV_FORMAT_FUNCTIONS_OF_8_1(X) X(av_mime_codec_str)
#else
#define CLIBAV_FORMAT_FUNCTIONS_OF_8_1(X)
#endif

#define CLIBAV_UTIL_FUNCTIONS(X) \
  CLIBAV_UTIL_FUNCTIONS_OF_7_1(X) \
  CLIBAV_UTIL_FUNCTIONS_OF_8_1(X) \
  X(av_audio_fifo_alloc) \
  X(av_audio_fifo_free) \
  X(av_audio_fifo_read) \
  X(av_audio_fifo_size) \
  X(av_audio_fifo_write) \
  X(av_bprint_init_for_buffer) \
  X(av_buffer_allocz) \
  X(av_channel_layout_compare) \
  X(av_channel_layout_copy) \
  X(av_channel_layout_default) \
  X(av_channel_layout_describe) \
  X(av_channel_layout_from_string) \
  X(av_channel_layout_uninit) \
  X(av_chroma_location_name) \
  X(av_color_primaries_name) \
  X(av_color_range_name) \
  X(av_color_space_name) \
  X(av_color_transfer_name) \
  X(av_dict_free) \
  X(av_dict_get) \
  X(av_dict_set) \
  X(av_display_rotation_get) \
  X(av_frame_alloc) \
  X(av_frame_copy_props) \
  X(av_frame_free) \
  X(av_frame_get_buffer) \
  X(av_frame_ref) \
  X(av_frame_side_data_name) \
  X(av_frame_unref) \
  X(av_free) \
  X(av_get_media_type_string) \
  X(av_get_picture_type_char) \
  X(av_get_pix_fmt) \
  X(av_get_pix_fmt_name) \
  X(av_get_sample_fmt_name) \
  X(av_image_get_buffer_size) \
  X(av_image_get_linesize) \
  X(av_log_set_callback) \
  X(av_malloc) \
  X(av_mallocz) \
  X(av_opt_get) \
  X(av_opt_next) \
  X(av_opt_set_int) \
  X(av_pix_fmt_count_planes) \
  X(av_pix_fmt_desc_get) \
  X(av_pix_fmt_desc_get_id) \
  X(av_pix_fmt_desc_next) \
  X(av_reduce) \
  X(av_samples_set_silence) \
  X(av_spherical_projection_name) \
  X(av_spherical_tile_bounds) \
  X(av_stereo3d_type_name) \
  X(av_strerror) \
  X(av_timecode_make_mpeg_tc_string) \
  X(av_timecode_make_smpte_tc_string2) \
  X(av_version_info) \
  X(avutil_version)

#define CLIBAV_CODEC_FUNCTIONS(X) \
  X(av_codec_is_encoder) \
  X(av_codec_iterate) \
  X(av_get_bits_per_sample) \
  X(av_get_exact_bits_per_sample) \
  X(av_new_packet) \
  X(av_packet_alloc) \
  X(av_packet_free) \
  X(av_packet_rescale_ts) \
  X(av_packet_side_data_name) \
  X(av_packet_unpack_dictionary) \
  X(av_packet_unref) \
  X(av_parser_close) \
  X(av_parser_init) \
  X(av_parser_parse2) \
  X(avcodec_alloc_context3) \
  X(avcodec_decode_subtitle2) \
  X(avcodec_descriptor_get) \
  X(avcodec_descriptor_get_by_name) \
  X(avcodec_find_best_pix_fmt_of_list) \
  X(avcodec_find_decoder) \
  X(avcodec_find_decoder_by_name) \
  X(avcodec_find_encoder_by_name) \
  X(avcodec_flush_buffers) \
  X(avcodec_free_context) \
  X(avcodec_open2) \
  X(avcodec_parameters_to_context) \
  X(avcodec_profile_name) \
  X(avcodec_receive_frame) \
  X(avcodec_receive_packet) \
  X(avcodec_send_frame) \
  X(avcodec_send_packet) \
  X(avcodec_version) \
  X(avsubtitle_free)

#define CLIBAV_FORMAT_FUNCTIONS(X) \
  CLIBAV_FORMAT_FUNCTIONS_OF_8_1(X) \
  X(av_disposition_to_string) \
  X(av_find_input_format) \
  X(av_guess_sample_aspect_ratio) \
  X(av_interleaved_write_frame) \
  X(av_probe_input_format3) \
  X(av_read_frame) \
  X(av_write_trailer) \
  X(avformat_alloc_context) \
  X(avformat_alloc_output_context2) \
  X(avformat_close_input) \
  X(avformat_find_stream_info) \
  X(avformat_free_context) \
  X(avformat_index_get_entries_count) \
  X(avformat_index_get_entry) \
  X(avformat_init_output) \
  X(avformat_new_stream) \
  X(avformat_open_input) \
  X(avformat_version) \
  X(avformat_write_header) \
  X(avio_alloc_context) \
  X(avio_closep) \
  X(avio_context_free) \
  X(avio_find_protocol_name) \
  X(avio_flush) \
  X(avio_open2) \
  X(avio_read_partial) \
  X(avio_size)

#define CLIBAV_SCALING_FUNCTIONS(X) \
  X(sws_alloc_context) \
  X(sws_freeContext) \
  X(sws_getCoefficients) \
  X(sws_getContext) \
  X(sws_init_context) \
  X(sws_isSupportedInput) \
  X(sws_isSupportedOutput) \
  X(sws_scale) \
  X(sws_setColorspaceDetails) \
  X(swscale_version)

#define CLIBAV_RESAMPLING_FUNCTIONS(X) \
  X(swr_alloc_set_opts2) \
  X(swr_convert) \
  X(swr_free) \
  X(swr_get_delay) \
  X(swr_get_out_samples) \
  X(swr_init) \
  X(swresample_version)

#define CLIBAV_FILTERING_FUNCTIONS(X) \
  X(av_buffersink_get_frame) \
  X(av_buffersrc_add_frame_flags) \
  X(avfilter_get_by_name) \
  X(avfilter_graph_alloc) \
  X(avfilter_graph_config) \
  X(avfilter_graph_create_filter) \
  X(avfilter_graph_free) \
  X(avfilter_graph_set_auto_convert) \
  X(avfilter_link) \
  X(avfilter_version)

#endif
