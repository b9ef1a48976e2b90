"""The inputs, made by FFmpeg and by ourselves once, and kept."""
import shutil
import sys

from paths import CACHE, HERE, ROOT, run

FFMPEG = ["ffmpeg", "-v", "error", "-nostdin", "-y"]


def make(name, build):
    """Has `build` write the file `name`, which appears when complete."""
    path = CACHE / name
    if not path.exists():
        print(f"making {name}, once", file=sys.stderr)
        part = CACHE / f"part.{name}"
        build(part)
        part.rename(path)


def constant_rate(size, noise, seconds, video, audio):
    """Arguments of FFmpeg for moving shapes and noise as H.264 and AAC of constant rates."""
    return ["-f", "lavfi", "-i",
            f"testsrc2=size={size}:rate=25:duration={seconds},noise=alls={noise}:allf=t",
            "-f", "lavfi", "-i",
            f"anoisesrc=sample_rate=48000:amplitude=0.3:duration={seconds}",
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50",
            "-b:v", video, "-minrate", video, "-maxrate", video, "-bufsize", video,
            "-x264-params", "nal-hrd=cbr", "-c:a", "aac", "-b:a", audio, "-ac", "2"]


def make_files():
    """An FLV and an MP4 of the same 140 MB, 29 k packets; their pictures alone, as Annex B and as
    packets in a capture."""
    make("clip.mp4", lambda part: shutil.copy(ROOT / "Samples" / "clip.mp4", part))
    make("long.flv", lambda part: run(
        *FFMPEG, *constant_rate("320x180", 60, 400, "2700k", "96k"), part))
    make("long.mp4", lambda part: run(
        *FFMPEG, "-i", "long.flv", "-c", "copy", "-movflags", "+faststart", part))
    make("second.flv", lambda part: run(*FFMPEG, "-i", "long.flv", "-t", 1, "-c", "copy", part))
    make("long.h264", lambda part: run(*FFMPEG, "-i", "long.flv", "-an", "-c", "copy", part))
    make("long.pcap", lambda part: run(
        "mediatool", "rtp-pack", "-qy", "--seed", 1, "-o", part, "long.h264"))


def make_streams():
    """Packets of both tracks with their descriptions: 8 Mbit/s, 1 Mbit/s and the long file."""
    make("stream.mkv", lambda part: run(
        *FFMPEG, *constant_rate("1280x720", 40, 10, "7800k", "128k"), part))
    make("slow.mkv", lambda part: run(
        *FFMPEG, *constant_rate("320x180", 60, 5, "900k", "96k"), part))
    for name, source in (("stream", "stream.mkv"), ("slow", "slow.mkv"), ("wide", "long.flv")):
        make(f"{name}.pcap", lambda part, source=source, name=name: run(
            "mediatool", "rtp-pack", "-qy", "--seed", 1, "--sdp", f"{name}.sdp", "-o", part,
            source))


def make_sound():
    """Music it is not: noise that swells, over a tone."""
    for name, seconds in (("sound.wav", 600), ("second.wav", 1)):
        make(name, lambda part, seconds=seconds: run(
            *FFMPEG,
            "-f", "lavfi", "-i", f"anoisesrc=sample_rate=48000:color=pink:duration={seconds}",
            "-f", "lavfi", "-i", f"sine=frequency=997:sample_rate=48000:duration={seconds}",
            "-filter_complex", "[0]volume='0.2+0.3*abs(sin(t/7))':eval=frame[a];"
            "[1]volume=0.5[b];[a][b]join=inputs=2:channel_layout=stereo",
            "-c:a", "pcm_s16le", part))


def make_pictures():
    """Moving shapes with noise over them; and libyuv's program."""
    for size, frames, name in (("1920x1080", 200, "pictures"), ("320x240", 1, "picture")):
        make(f"{name}_{size}_yuv420p.yuv", lambda part, size=size, frames=frames: run(
            *FFMPEG, "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25,noise=alls=20:allf=t",
            "-frames:v", frames, "-pix_fmt", "yuv420p", "-f", "rawvideo", part))
    make("libyuv_rgb24", lambda part: run(
        "cc", "-O2", "-o", part, HERE / "peers" / "libyuv_rgb24.c", "-lyuv"))


def make_all():
    CACHE.mkdir(parents=True, exist_ok=True)
    make_files()
    make_streams()
    make_sound()
    make_pictures()
