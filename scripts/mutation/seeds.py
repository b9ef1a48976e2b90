"""Inputs to begin with: short clips by FFmpeg, packets by the tool itself, and the fuzz corpora."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).parents[2]
PICTURE = "-f lavfi -i testsrc2=s=96x64:r=25:d=0.4"
TONE = "-f lavfi -i sine=440:sample_rate=48000:duration=0.4"
SPEECH = "-f lavfi -i sine=440:sample_rate=8000:duration=0.4"
X264 = "-c:v libx264 -preset ultrafast -threads 1 -g 5"
X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=1:keyint=5"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8"
AV1 = "-c:v libaom-av1 -cpu-used 8 -usage realtime"
AAC = "-c:a aac -b:a 64k"
BOTH = f"{PICTURE} {TONE}"

# By FFmpeg, each on its own.
CLIPS = {
    "faststart.mp4": f"{BOTH} {X264} {AAC} -movflags +faststart",
    "fragmented.mp4": f"{BOTH} {X264} {AAC} -movflags +frag_keyframe+empty_moov+default_base_moof",
    "late.mov": f"{BOTH} {X264} {AAC} -timecode 01:00:00:00",
    "hevc.mp4": f"{PICTURE} {X265} -tag:v hvc1",
    "av1.mp4": f"{PICTURE} {AV1}",
    "hevc-opus.mkv": f"{BOTH} {X265} -c:a libopus",
    "vp9-opus.webm": f"{BOTH} {VP9} -c:a libopus",
    "vp8-vorbis.webm": f"{BOTH} -c:v libvpx -deadline realtime -cpu-used 8 -c:a libvorbis",
    "h264.ts": f"{BOTH} {X264} {AAC}",
    "mpeg2.ts": f"{BOTH} -c:v mpeg2video -flags +ilme+ildct -c:a mp2",
    "mpeg2.mpg": f"{BOTH} -c:v mpeg2video -c:a mp2",
    "h264.flv": f"{BOTH} {X264} {AAC} -ar 44100",
    "sorenson.flv": f"{BOTH} -c:v flv -c:a libmp3lame -ar 44100",
    "mpeg4.avi": f"{BOTH} -c:v mpeg4 -c:a libmp3lame",
    "jpeg.avi": f"{PICTURE} -pix_fmt yuvj420p -c:v mjpeg -q:v 8 -huffman default",
    "wmv.wmv": f"{BOTH} -c:v wmv2 -c:a wmav2",
    "mpeg2.mxf": f"{BOTH} -c:v mpeg2video -c:a pcm_s16le -ar 48000",
    "theora.ogv": f"{BOTH} -c:v libtheora -c:a libvorbis",
    "pictures.h264": f"{PICTURE} {X264}",
    "pictures.h265": f"{PICTURE} {X265} -f hevc",
    "vp8.ivf": f"{PICTURE} -c:v libvpx -deadline realtime -cpu-used 8",
    "still.png": "-f lavfi -i testsrc2=s=96x64 -frames:v 1",
    "still.jpg": "-f lavfi -i testsrc2=s=96x64 -frames:v 1",
    "moving.gif": PICTURE,
    "pictures.y4m": "-f lavfi -i testsrc2=s=32x24:r=25:d=0.2 -pix_fmt yuv420p",
    "deep.y4m": "-f lavfi -i testsrc2=s=32x24:r=25:d=0.2 -pix_fmt yuv422p10le -strict -1",
    "pictures_32x24_25_yuv420p.yuv":
        "-f lavfi -i testsrc2=s=32x24:r=25:d=0.2 -pix_fmt yuv420p -f rawvideo",
    "sound.wav": f"{TONE} -ac 2",
    "float.wav": f"{TONE} -c:a pcm_f32le",
    "alaw.wav": f"{SPEECH} -c:a pcm_alaw",
    "adpcm.wav": f"{SPEECH} -c:a adpcm_ima_wav",
    "large.wav": f"{TONE} -rf64 always",
    "sound.w64": TONE,
    "sound.aiff": f"{TONE} -metadata title=x",
    "sound.au": TONE,
    "sound.caf": TONE,
    "sound.flac": f"{TONE} -metadata title=x",
    "sound.mp3": f"{TONE} -c:a libmp3lame -metadata title=x",
    "sound.opus": f"{TONE} -c:a libopus",
    "sound.ogg": f"{TONE} -c:a libvorbis",
    "sound.aac": f"{TONE} {AAC} -f adts",
    "sound.m4a": f"{TONE} {AAC}",
    "sound.ac3": f"{TONE} -c:a ac3",
    "samples.s16le": f"{TONE} -ac 2 -f s16le",
    "texts.srt": "-f srt -i -",
}
# By the tool, of those: a capture, and its description beside it.
CAPTURES = {
    "both.pcap": ["faststart.mp4"], "h264.pcap": ["pictures.h264"], "h265.pcap": ["pictures.h265"],
    "h264.pcapng": ["pictures.h264"], "h265.rtpdump": ["pictures.h265"],
    "aac.pcap": ["sound.aac"], "latm.pcap": ["sound.aac", "--payload", "latm"],
    "l16.pcap": ["sound.wav"],
    "opus.pcap": ["sound.opus"], "vp8.pcap": ["vp8.ivf"], "vp9.pcap": ["vp9-opus.webm"],
    "av1.pcap": ["av1.mp4"], "ts.pcap": ["h264.ts", "--payload", "mp2t"], "jpeg.pcap": ["jpeg.avi"],
    "mpeg-audio.pcap": ["sound.mp3"], "lossy.pcap": ["h264.flv", "--drop", "5%", "--reorder", "3"],
}
# Inputs of the fuzzers that are files as they are.
CORPORA = {"FuzzFLVInspector": "flv", "FuzzFLVReader": "flv", "FuzzCapture": "pcap",
           "FuzzPCMFiles": "wav", "FuzzY4M": "y4m"}
SUBTITLES = b"1\n00:00:00,200 --> 00:00:00,900\nFirst <i>line</i>\n\n"


def make(tool, folder):
    """Fills the folder, unless it is filled; parts of FFmpeg that are missing make no clip."""
    folder.mkdir(parents=True, exist_ok=True)

    def run(words, name, stdin=b""):
        part = folder / f"part-{name}"
        done = subprocess.run([*words, part], input=stdin, capture_output=True)
        if done.returncode == 0:
            os.rename(part, folder / name)
        else:
            part.unlink(missing_ok=True)
            print(f"mutate: no {name}: {done.stderr.decode(errors='replace').strip()[-200:]}")

    def clip(name):
        words = f"ffmpeg -v error -y {CLIPS[name]} -fflags +bitexact -flags +bitexact"
        run(words.split(), name, SUBTITLES)

    def capture(name):
        source, *more = CAPTURES[name]
        if (folder / source).exists():
            sdp = folder / f"{name}.sdp"
            words = ["rtp-pack", "-q", "-y", "--seed", "1", "--sdp", sdp, folder / source, *more]
            run([tool, *words, "-o"], name)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(clip, [name for name in CLIPS if not (folder / name).exists()]))
        list(pool.map(capture, [name for name in CAPTURES if not (folder / name).exists()]))
    for name, suffix in CORPORA.items():
        for file in sorted((ROOT / "Fuzz/corpus" / name).iterdir()):
            shutil.copyfile(file, folder / f"{name}-{file.name}.{suffix}")
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}
