"""What is compared with what. Command lines are given as they run, in the folder of the inputs;
SERVER stands for the host and port of a server on this machine."""
import dataclasses
import shlex
import typing


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    ours: str
    peer: str
    # The least ratio of peer to ours.
    wanted: typing.Optional[float] = None
    _: dataclasses.KW_ONLY
    # What the peer is called, where that is not the first word of its line.
    peer_name: str = ""
    # What is compared: time on the wall, CPU time, the time until the first media is sent, the time
    # from DESCRIBE to the first frame, or that of a function within one process.
    what: str = "wall"
    # Runs of each in a round.
    runs: int = 10
    # Who answers at SERVER: nobody, "nginx", "sink" for packets that nobody reads, "listener" for
    # one publisher, or the name of a capture that is played by RTSP.
    server: str = ""
    # The bit rate of what is played; None for its own pace.
    bit_rate: typing.Optional[float] = None
    # How many of the peer's processes run at once; $i is their number.
    copies: int = 1
    # Whether the output goes to a file instead of nowhere.
    to_file: bool = False
    weighs: bool = True
    # The least ratio of the peer's memory to ours, and the most megabytes that ours may take.
    memory_wanted: typing.Optional[float] = None
    memory_limit: typing.Optional[float] = None
    # Whether the peer does no work at all but what cannot be left out.
    is_limit: bool = False
    # Whether it is among the few that the README shows.
    is_headline: bool = False
    # What the reader should know, such as why a figure is missed.
    note: str = ""

    @property
    def against(self):
        return self.peer_name or shlex.split(self.peer)[0]

    @property
    def key(self):
        return f"{self.name}, {self.against}"


def probe(name, options, peer, file, *rest, **more):
    return Row(name, f"mediatool probe {options} {file}".replace("  ", " "),
               f"ffprobe -v error {peer} {file}", *rest, **more)


DESCRIPTION = "-show_format -show_streams"
PACKETS = "-show_packets -of json"

START = [
    Row("--help", "mediatool --help", "ffprobe -version", 20, weighs=False),
    Row("--version", "mediatool --version", "ffprobe -version", 20, weighs=False),
]

PROBE = [
    probe("probe", "", DESCRIPTION, "clip.mp4", 1.5, is_headline=True),
    probe("probe --packets, FLV", "--packets --jsonl", PACKETS, "long.flv", 2.5, runs=2),
    probe("probe --packets, MP4", "--packets --jsonl", PACKETS, "long.mp4", 2.5, runs=2,
          is_headline=True),
    # Its memory beside that of the long files shows that it is flat.
    probe("probe --packets, clip", "--packets --jsonl", PACKETS, "clip.mp4", runs=5),
]

FLV_DUMP = [
    Row("flv-dump --summary", "mediatool flv-dump --summary long.flv", "flvmeta -C long.flv", 3,
        memory_limit=16, is_headline=True),
    Row("flv-dump --check", "mediatool flv-dump --check long.flv", "flvmeta -C long.flv", 3,
        memory_limit=16,
        note="medians of several measurements lie from 2.8 to 3.3."),
    Row("flv-dump --jsonl", "mediatool flv-dump --jsonl long.flv", "flvmeta -F -j long.flv", 4,
        runs=5, to_file=True, memory_limit=16,
        note="medians of several measurements lie from 3.4 to 4.3. Lines are printed by a second "
             "thread; the first is bound by 10,000 calls of pread, one for each payload that it "
             "jumps over."),
    Row("flv-dump --jsonl", "mediatool flv-dump --jsonl long.flv",
        "ffprobe -v error -show_packets -of csv long.flv", 9, runs=3, to_file=True,
        memory_limit=16, is_headline=True),
    Row("flv-dump, 1 s clip", "mediatool flv-dump --summary second.flv",
        "ffprobe -v error -show_packets second.flv", 20, memory_limit=16),
]

RTP = [
    # At most 1.5 times the time of a copy.
    Row("rtp-pack -o", "mediatool rtp-pack -qy -o packed.pcap long.h264",
        "cp long.pcap copy.pcap", 1 / 1.5, is_limit=True),
    Row("rtp-pack --send", "mediatool rtp-pack -q --fast --send rtp://SERVER long.h264",
        "ffmpeg -v error -nostdin -i long.h264 -c copy -f rtp rtp://SERVER?pkt_size=1400", 4,
        runs=2, what="cpu", server="sink", is_headline=True),
    Row("rtp-unpack", "mediatool rtp-unpack long.pcap",
        "tshark -q -n -r long.pcap -d udp.port==5004,rtp -z rtp,streams", 25, runs=5,
        is_headline=True,
        note="one thread reads, one judges packets, at 0.2 µs each. On two processors of a virtual "
             "machine a run takes about 23 or about 34 ms, as the host places them."),
    # At most twice the time of a copy of the payloads.
    *(
        Row(f"depacketizing, {megabits} Mbit/s", f"BenchDepacketizing {megabits}", "memcpy", 1 / 2,
            what="in process", weighs=False, is_limit=True)
        for megabits in (2, 8, 50, 200)
    ),
]

FFMPEG_PUSH = "ffmpeg -v error -nostdin {}-i long.flv -c copy -f flv rtmp://SERVER/live/theirs{}"

RTMP = [
    *(
        Row(f"rtmp-push --fast{name}",
            "mediatool rtmp-push -q --fast long.flv rtmp://SERVER/live/ours",
            FFMPEG_PUSH.format("", ""), wanted, runs=3, what=what, server="nginx",
            is_headline=what == "cpu")
        for name, what, wanted in ((", CPU", "cpu", 5), ("", "wall", 1))
    ),
    # Five seconds of a stream of 2.8 Mbit/s.
    Row("rtmp-push --copies 50",
        "mediatool rtmp-push -q --duration 5s --copies 50 long.flv rtmp://SERVER/live/ours{n}",
        FFMPEG_PUSH.format("-re -t 5 ", "$i"), 10, peer_name="50 ffmpeg", runs=1, what="cpu",
        server="nginx", copies=50, memory_wanted=20, is_headline=True),
    Row("rtmp-push, first media", "mediatool rtmp-push -q long.flv rtmp://SERVER/live/ours",
        FFMPEG_PUSH.format("-re ", ""), 10, what="first media", server="listener", weighs=False),
]

RTSP_PULL = "mediatool rtsp-pull -qy --transport {} -o {} rtsp://SERVER/live"
FFMPEG_PULL = ("ffmpeg -v error -nostdin -y -rtsp_transport {} -i rtsp://SERVER/live -c copy {}")

RTSP = [
    # At most 0.6 of the peer's CPU time.
    *(
        Row(f"rtsp-pull, {transport.upper()}", RTSP_PULL.format(transport, "ours.mp4"),
            FFMPEG_PULL.format(transport, "theirs.mp4"), 1 / 0.6, runs=1, what="cpu",
            server="stream", is_headline=transport == "tcp", note=note)
        for transport, note in (
            ("tcp", ""),
            ("udp", "medians of several measurements lie from 1.6 to 1.8. About 40 ms load "
                    "FFmpeg's libraries, which write the MP4: one second recorded as MP4 takes "
                    "54 ms, as H.264 alone 16. The rest goes into 276 wakes of ten seconds with "
                    "518 calls of recvmmsg: 580 context switches, where ffmpeg has 898."),
        )
    ),
    Row("rtsp-pull, first frame", RTSP_PULL.format("tcp", "first.h264"),
        FFMPEG_PULL.format("tcp", "-an -f h264 first.h264"), 1, runs=3, what="first frame",
        server="stream", weighs=False),
    Row("rtsp-pull, 200 Mbit/s", "taskset -c 0 " + RTSP_PULL.format("tcp", "ours.mp4"),
        "taskset -c 0 " + FFMPEG_PULL.format("tcp", "theirs.mp4"), peer_name="ffmpeg", runs=1,
        what="cpu", server="wide", bit_rate=200e6),
]


def measure(chain):
    return f"ffmpeg -v error -nostdin -i sound.wav -af {chain} -f null -"


EBUR128 = measure("ebur128=peak=true")

PCM_INFO = [
    Row("pcm-info", "mediatool pcm-info sound.wav", EBUR128, 8, runs=2, is_headline=True),
    Row("pcm-info, one thread", "taskset -c 0 mediatool pcm-info sound.wav", EBUR128, 5, runs=2),
    Row("pcm-info", "mediatool pcm-info sound.wav",
        shlex.join(["sh", "-c", f"sox sound.wav -n stats; {measure('astats')}; {EBUR128}"]), 18,
        peer_name="sox, astats and ebur128", runs=2),
    Row("pcm-info --no-loudness", "mediatool pcm-info --no-loudness sound.wav",
        "sox sound.wav -n stats", 4, runs=3),
    Row("pcm-info --no-loudness", "mediatool pcm-info --no-loudness sound.wav", "cat sound.wav",
        is_limit=True),
    Row("pcm-info, 1 s", "mediatool pcm-info second.wav",
        f"ffprobe -v error {DESCRIPTION} second.wav", 15),
]

PICTURES = "pictures_1920x1080_yuv420p.yuv"


def convert(options, source=PICTURES, size="1920x1080"):
    return (f"mediatool yuv-convert -qy -s {size} -p yuv420p --matrix bt709 --range limited "
            f"{options} {source} /dev/null")


def ffmpeg_convert(options, source=PICTURES, size="1920x1080"):
    return (f"ffmpeg -v error -nostdin -y -f rawvideo -s {size} -pix_fmt yuv420p -i {source} "
            f"{options} -f rawvideo /dev/null")


SMALL = {"source": "picture_320x240_yuv420p.yuv", "size": "320x240"}

YUV_CONVERT = [
    Row("yuv-convert to RGB24", convert("--to rgb24"), ffmpeg_convert("-pix_fmt rgb24"), 2.5,
        runs=3, is_headline=True),
    Row("yuv-convert to RGB24", convert("--to rgb24"),
        ffmpeg_convert("-sws_flags accurate_rnd+full_chroma_int -pix_fmt rgb24"), 15,
        peer_name="accurate ffmpeg", runs=1, is_headline=True),
    Row("yuv-convert to RGB24, SSE2",
        "env MEDIATOOL_KERNELS=sse2 " + convert("--to rgb24"), ffmpeg_convert("-pix_fmt rgb24"),
        1.4, runs=3),
    Row("yuv-convert to RGB24, one thread", convert("--jobs 1 --to rgb24"),
        f"./libyuv_rgb24 1920 1080 {PICTURES} /dev/null", 1, peer_name="libyuv", runs=3),
    Row("yuv-convert to RGB24", convert("--to rgb24"), f"cat {PICTURES}", runs=3, is_limit=True),
    Row("yuv-convert to NV12", convert("--to nv12"), ffmpeg_convert("-pix_fmt nv12"), 3, runs=3),
    *(
        Row(f"yuv-convert {' '.join(options.split()[:most])}", convert(options),
            ffmpeg_convert(f"-vf {chain}"), wanted, runs=3)
        for options, most, chain, wanted in (
            ("--rotate 90", 2, "transpose=clock", 3),
            ("--flip h", 2, "hflip", 3),
            ("--flip v", 2, "vflip", 3),
            ("--crop 1280x720+320+180", 1, "crop=1280:720:320:180", 2.5),
            ("--scale 1280x720", 1, "scale=1280:720", 1),
        )
    ),
    Row("yuv-convert, one small frame", convert("--to rgb24", **SMALL),
        ffmpeg_convert("-pix_fmt rgb24", **SMALL), 15),
]

# By the heading under which the documents show them, with what there is to know about the inputs.
SECTIONS = {
    "Start": ("Nothing but the start of the program.", START),
    "probe": (
        "`long.flv` and `long.mp4` hold the same 400 s of H.264 and AAC, 140 MB and 29,000 "
        "packets; `clip.mp4` is the one in `Samples`.", PROBE),
    "flv-dump": ("The same file, and one second of it.", FLV_DUMP),
    "rtp-pack and rtp-unpack": (
        "`long.h264` holds the pictures of the same file, `long.pcap` is what rtp-pack makes of "
        "them. What is sent goes to sockets that nobody reads. Depacketizing is the function "
        "alone, FU-A to access units, against a copy of the same payloads into arrays of the same "
        "kind, each the fastest of 200 runs.", RTP),
    "rtmp-push": (
        "The server is nginx with its RTMP module, which keeps nothing; for the first media it is "
        "a listener that notes when it comes. The memory of fifty processes is the sum of their "
        "proportional set sizes.", RTMP),
    "rtsp-pull": (
        "Ten seconds of H.264 and AAC at 8 Mbit/s, and 140 MB at 200 Mbit/s, from a server of the "
        "benchmark's.", RTSP),
    "pcm-info": ("Ten minutes of stereo at 48 kHz and 16 bits, and one second of it.", PCM_INFO),
    "yuv-convert": ("Two hundred frames of 1080p in yuv420p, and one of 320x240.", YUV_CONVERT),
}

ROWS = [row for _, rows in SECTIONS.values() for row in rows]
