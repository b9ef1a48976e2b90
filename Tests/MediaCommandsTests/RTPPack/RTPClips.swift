import TestSupport

/// What is sent to other programs: 0.6 seconds each, made once.
enum RTPClips {
  private static let picture = "-f lavfi -i testsrc2=s=320x240:r=25:d=0.6 "
  private static let tone = "-f lavfi -i sine=440:sample_rate=48000:duration=0.6 "
  private static let level = "setts=pts=PTS+1024:dts=DTS+1024"
  private static let long =
    "-f lavfi -i testsrc2=s=160x120:r=25:d=3 -f lavfi -i sine=440:sample_rate=48000:duration=3"
  private static let x264 = "-c:v libx264 -preset veryfast -threads 1 -x264-params keyint=10"
  private static let x265 =
    "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=1:frame-threads=1:keyint=10"
  private static let sliced = ":slices=2:aud=1:repeat-headers=1"

  /// Files by their names; the arguments of ffmpeg make each.
  private static let makes = [
    "rtp-plain.mp4": picture + tone + x264 + " -c:a aac",
    "rtp-sliced.h264": picture + x264 + sliced,
    "rtp-plain-h265.mp4": picture + x265,
    "rtp-sliced.hevc": picture + x265 + sliced,
    "rtp-opus.webm": tone + "-c:a libopus",
    "rtp-vp8.webm": picture + "-c:v libvpx -deadline realtime -threads 1",
    "rtp-vp9.webm": picture + "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 600k -threads 1",
    "rtp-av1.mp4": picture + "-c:v libsvtav1 -preset 12 -svtav1-params lp=1",
    // RTP has the Huffman tables of ISO/IEC 10918-1 Annex K and no others.
    "rtp-pictures.avi": picture + "-c:v mjpeg -q:v 4 -huffman default -pix_fmt yuvj420p",
    // FFmpeg's receiver shows no PES packet of unknown length before the next one begins, so that it
    // loses the last picture, of its own sender's too. This muxer is told to write lengths.
    "rtp-lengths.ts": picture + tone + x264 + " -c:a aac -omit_video_pes_length 0",
    // For GStreamer, whose demultiplexer of MP4 leaves out what edit lists hide.
    "rtsp-av.mkv": picture + tone + x264 + " -c:a aac",
    "rtsp-h265.mkv": picture + x265,
    "rtsp-pictures.mkv": picture + "-c:v mjpeg -q:v 4 -huffman default -pix_fmt yuvj420p",
    "rtsp-opus.mkv": tone + "-c:a libopus",
    // Sound begins with the pictures, as GStreamer cannot tell of the first ones otherwise.
    "rtsp-level.mkv": picture + tone + x264 + " -c:a aac -bsf:a " + level,
    // Three seconds of keyframes every 0.4, and a second of 8 Mbit/s.
    "rtsp-long.mp4": long + " -c:v libx264 -preset veryfast -threads 1 -x264-params "
      + "keyint=10:scenecut=0 -c:a aac",
    "rtsp-heavy.mp4": "-f lavfi -i testsrc2=s=640x360:r=25:d=1.2 -vf noise=alls=40:allf=t "
      + "-c:v libx264 -preset ultrafast -threads 1 -b:v 8M -minrate 8M -maxrate 8M -bufsize 1M "
      + "-x264-params keyint=10 -pix_fmt yuv420p",
    "rtsp-heavy.mkv": "-f lavfi -i testsrc2=s=640x360:r=25:d=1.2 "
      + "-f lavfi -i sine=440:sample_rate=48000:duration=1.2 -vf noise=alls=40:allf=t "
      + "-c:v libx264 -preset ultrafast -threads 1 -b:v 8M -minrate 8M -maxrate 8M -bufsize 1M "
      + "-x264-params keyint=10 -pix_fmt yuv420p -c:a aac -bsf:a " + level,
    "rtsp-pictures-only.mkv": long + " -map 0:v -c:v libx264 -preset veryfast -threads 1 "
      + "-x264-params keyint=10:scenecut=0",
    "rtsp-pcmu.wav": "-f lavfi -i sine=440:sample_rate=8000:duration=0.6 -c:a pcm_mulaw",
    "rtsp-pcma.wav": "-f lavfi -i sine=440:sample_rate=8000:duration=0.6 -c:a pcm_alaw",
  ]

  static func path(_ file: String) throws -> String {
    guard let make = makes[file] else { throw PackFailure(description: "no clip \(file)") }
    return try Clips.path(Recipe(file, make.split(separator: " ").map(String.init)))
  }
}
