// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
/// Every kind of input the tests probe: short, small, made by the installed ffmpeg.
package enum Recipes {
  /// All of them.
  package static let all: [Recipe] = pictures + movies + transport + matroska + sound + texts

  static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  // Sources: 2 s of moving test picture at 25 fps, 2 s of tone.
  private static let picture = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2"]
  private static let tone = [
    "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2",
  ]
  private static let speech = ["-f", "lavfi", "-i", "sine=440:sample_rate=8000:duration=1"]
  private static let still = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25", "-frames:v", "1"]

  // Encoders, each on one thread so that the same bytes come out every time.
  private static let x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1"]
  private static let aac = ["-c:a", "aac", "-b:a", "64k"]
  private static let vp9 = words("-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 100k")
  private static let opus = ["-c:a", "libopus", "-b:a", "48k"]
  private static func x265(_ more: String = "") -> [String] {
    let parameters = "log-level=none:pools=1" + (more.isEmpty ? "" : ":\(more)")
    return ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", parameters]
  }
  private static func words(_ text: String) -> [String] {
    text.split(separator: " ").map(String.init)
  }

  private static let subtitles = """
    1
    00:00:00,200 --> 00:00:00,900
    First <i>line</i>

    2
    00:00:01,000 --> 00:00:01,800
    Second "line"

    """
  private static let chapters = """
    ;FFMETADATA1
    title=Chapters \\= and \\; signs
    [CHAPTER]
    TIMEBASE=1/1000
    START=0
    END=700
    title=One
    [CHAPTER]
    TIMEBASE=1/1000
    START=700
    END=1400
    title=Zwei "ü"
    [CHAPTER]
    TIMEBASE=1/1000
    START=1400
    END=2000

    """

  private static func make(
    _ file: String, _ arguments: [String], needs: [String] = [], files: [String: String] = [:],
    patches: [Recipe.Patch] = []
  ) -> Recipe {
    Recipe(file, arguments, needs: needs, files: files, patches: patches)
  }

  // MARK: Pictures

  private static let pictures = [
    make("still-png.png", still),
    make("still-jpeg.jpg", still),
    make("still-webp.webp", still),
    make("moving-gif.gif", picture),
    make("moving-apng.apng", picture + ["-f", "apng"]),
    make(
      "yuv4mpeg.y4m", words("-f lavfi -i testsrc2=s=32x32:r=5:d=1 -pix_fmt yuv420p")),
  ]

  // MARK: MP4, QuickTime, FLV, AVI and other containers of moving pictures

  private static let movies = [
    make("mp4-faststart.mp4", picture + tone + x264 + aac + ["-movflags", "+faststart"]),
    make("mp4-moov-last.mp4", picture + tone + x264 + aac),
    make(
      "mp4-fragmented.mp4",
      picture + tone + x264 + aac
        + ["-g", "25", "-movflags", "+frag_keyframe+empty_moov+default_base_moof"]),
    make("mp4-cmaf.mp4", picture + x264 + ["-movflags", "cmaf"]),
    make(
      "mov-rotated.mov",
      ["-i", "mp4-faststart.mp4", "-c", "copy"]
        + (Peers.ffmpegMajor < 7 ? ["-metadata:s:v:0", "rotate=90"] : []),
      needs: ["mp4-faststart"]),
    make(
      "mov-chapters.mov",
      words("-i mp4-faststart.mp4 -i c.txt -map_metadata 1 -map_chapters 1 -c copy"),
      needs: ["mp4-faststart"], files: ["c.txt": chapters]),
    make("mov-timecode.mov", picture + tone + x264 + aac + ["-timecode", "01:00:00:00"]),
    make(
      "mov-prores.mov", words("-f lavfi -i testsrc2=s=160x120:r=25:d=0.4 -c:v prores_ks")),
    make(
      "mov-tags.mov",
      picture + x264 + [
        "-metadata:s:v:0", "handler_name=Vidéo", "-metadata:s:v:0", "vendor_id=abcd",
        "-metadata", "location=+52.5+013.4/", "-movflags", "use_metadata_tags",
      ]),
    make(
      "mp4-subtitles.mp4", picture + ["-i", "s.srt"] + x264 + ["-c:s", "mov_text"],
      files: ["s.srt": subtitles]),
    make("mp4-pixel-shape.mp4", picture + ["-vf", "setsar=16/11,setdar=4/3"] + x264),
    make(
      "mp4-variable-rate.mp4",
      picture + ["-vf", "select='not(mod(n,3))+lt(n,20)'", "-fps_mode", "vfr"] + x264),
    make(
      "mp4-open-gop.mp4",
      picture + words("-c:v libx264 -preset veryfast -threads 1 -x264-params")
        + ["open-gop=1:keyint=12:min-keyint=12:bframes=3:b-adapt=0:scenecut=0"]),
    make(
      "mp4-hdr10.mp4",
      picture + words("-pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084")
        + ["-colorspace", "bt2020nc", "-tag:v", "hvc1"]
        + x265(
          "hdr10=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
            + ":master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)"
            + "L(10000000,1):max-cll=1000,400")),
    make(
      "mp4-hlg.mp4",
      picture + words("-pix_fmt yuv420p10le -tag:v hev1")
        + x265("colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc")),
    make("mp4-av1.mp4", picture + words("-c:v libsvtav1 -preset 12")),
    make("mp4-opus.mp4", tone + opus),
    make("mp4-flac.mp4", tone + words("-c:a flac -strict -2")),
    make(
      "mp4-surround.mp4",
      ["-f", "lavfi", "-i", "aevalsrc=sin(440*t*2*PI)|0|0|0|0|0:c=5.1:d=1", "-c:a", "aac"]),
    make("flv-h264.flv", picture + tone + x264 + aac + ["-ar", "44100"]),
    make("flv-sorenson.flv", picture + tone + words("-c:v flv -c:a libmp3lame -ar 44100")),
    make("avi-mpeg4.avi", picture + tone + words("-c:v mpeg4 -c:a libmp3lame")),
    make("avi-mjpeg.avi", picture + words("-c:v mjpeg -q:v 8")),
    make("asf-wmv.wmv", picture + tone + words("-c:v wmv2 -c:a wmav2")),
    make("nut-mpeg4.nut", picture + tone + words("-c:v mpeg4 -c:a pcm_s16le")),
    make("mxf-mpeg2.mxf", picture + tone + words("-c:v mpeg2video -c:a pcm_s16le -ar 48000")),
    make("ogg-theora.ogv", picture + tone + words("-c:v libtheora -c:a libvorbis")),
    make("dv-pal.dv", words("-f lavfi -i testsrc2=s=720x576:r=25:d=0.2 -pix_fmt yuv420p")),
    make("raw-h264.h264", picture + x264 + ["-f", "h264"]),
    make("raw-hevc.hevc", picture + x265() + ["-f", "hevc"]),
  ]

  // MARK: MPEG systems

  private static let transport = [
    make(
      "ts-two-programs.ts",
      picture + tone + words("-f lavfi -i smptebars=s=128x96:r=25:d=2 -f lavfi -i sine=880:d=2")
        + words("-map 0 -map 1 -map 2 -map 3") + x264
        + words("-c:a mp2 -program title=One:st=0:st=1 -program title=Two:st=2:st=3")),
    make(
      "ts-interlaced.ts",
      picture + tone
        + words("-c:v mpeg2video -vf setfield=tff -flags +ilme+ildct -b:v 300k -bf 2 -c:a mp2")),
    make(
      "ts-late-start.ts",
      picture + tone + x264 + aac + words("-avoid_negative_ts disabled -output_ts_offset 5")),
    make("ps-mpeg2.mpg", picture + tone + words("-c:v mpeg2video -c:a mp2")),
    make(
      "hls.m3u8", words("-i mp4-faststart.mp4 -c copy -f hls -hls_time 1"),
      needs: ["mp4-faststart"]),
  ]

  // MARK: Matroska and WebM

  private static let awkward =
    "quote \" back \\ tab\t esc \u{1b}[31m \u{1} \u{7f} ü漢🎬 nl\n / \u{2028} <&> end"
  private static let matroska = [
    make(
      "mkv-hevc-subtitles.mkv",
      picture + tone + ["-i", "s.srt"] + x265() + opus
        + words("-c:s srt -map 0 -map 1 -map 2 -metadata:s:s:0 language=fre"),
      files: ["s.srt": subtitles]),
    make("webm-vp9-opus.webm", picture + tone + vp9 + opus),
    make(
      "webm-vp8-vorbis.webm",
      picture + tone
        + words("-c:v libvpx -deadline realtime -cpu-used 8 -b:v 100k -c:a libvorbis")),
    make(
      "mkv-attachments.mkv",
      picture + tone + x264 + aac
        + words("-attach f.ttf -metadata:s:t:0 mimetype=application/x-truetype-font")
        + words("-attach still-png.png -metadata:s:t:1 mimetype=image/png")
        + words("-metadata:s:t:1 filename=cover.png"),
      needs: ["still-png"], files: ["f.ttf": "no real font"]),
    make(
      "mkv-languages.mkv",
      picture + tone
        + words("-f lavfi -i sine=660:d=2 -f lavfi -i anoisesrc=d=2:a=0.1:seed=1")
        + words("-map 0 -map 1 -map 2 -map 3") + x264 + aac
        + words("-metadata:s:a:0 language=eng -metadata:s:a:1 language=ger")
        + words("-metadata:s:a:1 title=Kommentar -disposition:a:0 default")
        + words("-disposition:a:1 comment -disposition:a:2 visual_impaired+descriptions")),
    make(
      "mkv-awkward-tags.mkv",
      picture + x264 + ["-metadata", "title=\(awkward)", "-metadata", "Odd key=<&> \"x\""]),
    make(
      "mkv-broken-tag.mkv", picture + x264 + ["-metadata", "title=bad XYZ end"],
      patches: [.init(from: Array("XYZ".utf8), to: [0xff, 0xc3, 0x28])]),
    make("mkv-av1.mkv", picture + words("-c:v libaom-av1 -cpu-used 8 -usage realtime")),
    make("mkv-ffv1.mkv", picture + words("-c:v ffv1 -pix_fmt bgra")),
    make("mkv-444-10bit.mkv", picture + x264 + words("-pix_fmt yuv444p10le")),
    make("mkv-stereo3d.mkv", picture + x264 + words("-metadata:s:v stereo_mode=left_right")),
  ]

  // MARK: Sound

  private static let sound = [
    make("wav-24bit.wav", tone + words("-c:a pcm_s24le")),
    make("wav-float.wav", tone + words("-c:a pcm_f32le -ac 2 -t 0.5")),
    make("wav-alaw.wav", speech + words("-c:a pcm_alaw")),
    make("wav-adpcm.wav", speech + words("-c:a adpcm_ima_wav")),
    make("flac-tags.flac", tone + ["-c:a", "flac", "-metadata", "artist=Somebody"]),
    make(
      "mp3-tags-cover.mp3",
      tone + words("-i still-png.png -map 0 -map 1 -c:a libmp3lame -c:v copy -id3v2_version 3")
        + ["-metadata", "title=Ttl", "-metadata", "artist=Å", "-metadata:s:v"]
        + ["comment=Cover (front)"],
      needs: ["still-png"]),
    make(
      "mp3-latin1-tag.mp3",
      tone + ["-c:a", "libmp3lame", "-id3v2_version", "3", "-metadata", "title=Caf?? noir"],
      patches: [.init(from: Array("??".utf8), to: [0xe9, 0x21])]),
    make("ogg-opus.opus", tone + opus),
    make("ogg-vorbis.ogg", tone + ["-c:a", "libvorbis", "-metadata", "title=V"]),
    make(
      "m4a-cover.m4a",
      tone + words("-i still-jpeg.jpg -map 0 -map 1") + aac
        + words("-c:v copy -disposition:v attached_pic -metadata album=Al"),
      needs: ["still-jpeg"]),
    make("raw-aac.aac", tone + aac + ["-f", "adts"]),
    make("latm-aac.latm", tone + aac + ["-f", "latm"]),
    make("raw-ac3.ac3", tone + ["-c:a", "ac3"]),
    make("raw-eac3.eac3", tone + ["-c:a", "eac3"]),
    make("caf-pcm.caf", tone + words("-c:a pcm_s16be")),
    make("aiff-pcm.aiff", tone + ["-metadata", "title=x"]),
    make("sun-pcm.au", tone),
    make("wavpack.wv", tone + ["-c:a", "wavpack"]),
    make("true-audio.tta", tone + ["-c:a", "tta"]),
  ]

  // MARK: Texts

  private static let texts = [
    make("subtitles.srt", ["-i", "s.srt"], files: ["s.srt": subtitles]),
    make("subtitles-ass.ass", ["-i", "s.srt"], files: ["s.srt": subtitles]),
    make("subtitles-vtt.vtt", ["-i", "s.srt"], files: ["s.srt": subtitles]),
  ]
}
#endif
