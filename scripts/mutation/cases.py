"""The command lines that are run, and which bytes each is given."""

import dataclasses
import fnmatch
import random

from . import changes, peers, seeds

PICTURES = "*.h264 *.h265 *.ivf *.y4m *.png *.jpg *.gif"
MOVIES = "*.mp4 *.mov *.mkv *.webm *.ts *.mpg *.flv *.avi *.wmv *.mxf *.ogv"
PLAIN = "*.wav *.w64 *.aiff *.au"
SOUND = PLAIN + " *.caf *.flac *.mp3 *.opus *.ogg *.aac *.m4a *.ac3"
MEDIA = f"{MOVIES} {PICTURES} {SOUND} *.srt"
PACKED = "*.h264 *.h265 *.aac sound.wav h264.flv *.opus *.mp3 *.mp4 *.webm *.ivf *.ts jpeg.avi"
CODED = "h264.flv sorenson.flv faststart.mp4 fragmented.mp4 h264.ts *.mkv"
CAPTURES = "*.pcap *.pcapng *.rtpdump"
OURS = " ".join(seeds.CAPTURES)
SERVED = " ".join(name for name in seeds.CAPTURES if name.endswith(".pcap"))
RAW = "*.yuv"

# The words of a command, the inputs that stand for {in}, and the peer whose answers are changed
# instead; `failing` where not even a whole input is to end well.
FORMS = {
    "probe": [
        ("{in}", MEDIA), ("--json {in}", MEDIA), ("--json --packets {in}", MOVIES),
        ("--jsonl --frames {in}", MOVIES),
        ("--json --count --gop --chapters --programs {in}", MEDIA),
        ("--check --decode {in}", MEDIA), ("--json --check --hash sha256 {in}", MEDIA),
        ("--plot {dir}/out.svg {in}", MOVIES), ("--ffprobe {in}", MEDIA), ("--json {stdin}", MEDIA),
        ("--json --timeout 1s {url}", MOVIES, "http"),
    ],
    "flv-dump": [
        ("{in}", "*.flv"), ("--json {in}", "*.flv"), ("--jsonl --nal --hex=32 {in}", "*.flv"),
        ("--check --summary {in}", "*.flv"),
        ("--changes {in}", "*.flv"),
        ("--json --check {stdin}", "*.flv"),
        ("--repair --verify -o {dir}/out.flv {in}", "*.flv"),
        ("--repair --split -o {dir}/out.flv {in}", "*.flv"),
        ("--from 100ms --to 300ms --json {in}", "*.flv"),
        ("--extract-video {dir}/out.h264 --extract-audio {dir}/out.aac {in}", "h264.flv"),
        ("--follow --jsonl --timeout 1s {url}", "*.flv", "http"),
    ],
    "rtp-pack": [
        ("--verify -o {dir}/out.pcap {in}", PACKED),
        ("--packets --jsonl -o {dir}/out.pcapng {in}", PACKED),
        ("--json --mtu 200 --sdp {dir}/out.sdp -o {dir}/out.rtpdump {in}", PACKED),
        ("--verify --aggregate all --json -o {dir}/out.pcap {in}",
         "*.h264 *.h265 h264.flv faststart.mp4"),
        ("--packetization-mode 0 --mtu 64000 -o {dir}/out.pcap {in}", "*.h264 h264.flv"),
        ("--payload latm --verify -o {dir}/out.pcap {in}", "*.aac h264.flv"),
        ("--payload aac-lbr --verify -o {dir}/out.pcap {in}", "*.aac", "failing"),
        ("--payload mp2t -o {dir}/out.pcap {in}", "*.ts"),
        ("--json -o {dir}/out.pcap {stdin}", PACKED),
        ("--fast --send rtp://127.0.0.1:{sink} {in}", PACKED),
    ],
    "rtp-unpack": [
        ("{in}", CAPTURES), ("--json --check {in}", CAPTURES), ("--jsonl --packets {in}", CAPTURES),
        ("--json --sdp {sdp} {in}", OURS), ("--sdp {in} {capture}", "*.sdp"),
        ("--keep-damaged --sdp {sdp} -o {dir}/out.mp4 {in}", OURS),
        ("--sdp {sdp} -o {dir}/out.mkv {in}", OURS),
        ("--keep-damaged -o {dir}/out.h264 --map 96=H264/90000 {in}", CAPTURES),
        ("-o {dir}/out.h265 --map 96=H265/90000 {in}", CAPTURES),
        ("-o {dir}/out.wav --sdp {sdp} {in}", "l16.pcap"),
        ("-o {dir}/out.ivf --sdp {sdp} {in}", "vp8.pcap vp9.pcap av1.pcap"),
        ("-o {dir}/out.mjpeg {in}", "jpeg.pcap"), ("-o {dir}/out.ts {in}", "ts.pcap"),
        ("--json --check {stdin}", CAPTURES),
        ("--json --timeout 500ms --duration 200ms --map 96=H264/90000 rtp://127.0.0.1:{live}",
         "both.pcap lossy.pcap", "sender"),
    ],
    "rtmp-push": [
        ("--fast --timeout 1s {in} {url}", CODED), ("--fast --json --timeout 1s {in} {url}", CODED),
        ("--fast --transcode auto --timeout 1s {in} {url}",
         "mpeg2.ts mpeg4.avi sorenson.flv sound.wav"),
        ("--fast --json --loop 3 --add-silence --timeout 1s {in} {url}", "h264.flv faststart.mp4"),
        ("--fast --raw-video yuv420p:32x24@25 --timeout 1s {in} {url}", RAW),
        ("--fast --timeout 1s {in} {url}", "h264.flv", "rtmp"),
        ("--fast --jsonl --timeout 1s {in} {url}", "h264.flv", "rtmp"),
        ("--fast --json --copies 2 --timeout 1s {in} {url}{n}", "h264.flv", "rtmp"),
        ("--fast --doctor --timeout 1s {in} {account}", "h264.flv", "rtmp"),
        ("--fast --timeout 1s --insecure {in} {tls}", "h264.flv", "rtmp failing"),
    ],
    "rtmp-pull": [
        ("-q -o {dir}/out.flv --timeout 1s {url}", "h264.flv sorenson.flv FuzzFLV*.flv", "rtmp"),
        ("--json --timeout 1s {url}", "*.flv", "rtmp"),
        ("--jsonl --timeout 1s {url}", "*.flv", "rtmp"),
        ("-o {dir}/out.flv --gaps {dir}/out.jsonl --timeout 1s {url}", "*.flv", "rtmp"),
        ("-o {dir}/out.mp4 --timeout 1s {url}", "h264.flv FuzzFLV*.flv", "rtmp"),
        ("-o {dir}/out.mkv --duration 200ms --timeout 1s {url}", "h264.flv", "rtmp"),
        ("--doctor --timeout 1s {account}", "h264.flv", "rtmp"),
        ("--json --retry 1 --timeout 1s -o {dir}/out.ts {url}", "h264.flv", "rtmp"),
    ],
    "rtsp-pull": [
        ("--timeout 1s {url}", SERVED, "rtsp"), ("--json --timeout 1s {url}", SERVED, "rtsp"),
        ("--jsonl --stats --timeout 1s {account}", SERVED, "rtsp account"),
        ("--describe --json --timeout 1s {url}", SERVED, "rtsp"),
        ("-o {dir}/out.mp4 --gaps {dir}/out.jsonl --timeout 1s {url}",
         "both.pcap h264.pcap lossy.pcap", "rtsp"),
        ("-o {dir}/out.ts --duration 200ms --timeout 1s {url}", "both.pcap", "rtsp"),
        ("-o {dir}/out-%s.mkv --segment 1s --timeout 1s {url}",
         "both.pcap vp8.pcap opus.pcap", "rtsp"),
        ("--snapshot {dir}/out.jpg --timeout 1s {url}", "both.pcap lossy.pcap", "rtsp"),
        ("--doctor --transcript {dir}/out.rtsp --timeout 1s {account}",
         "both.pcap", "rtsp account"),
        ("--capture {dir}/out.pcap --json --transport udp --timeout 1s {url}", "both.pcap", "rtsp"),
        ("--transport http --json --timeout 1s {url}", "both.pcap aac.pcap", "rtsp"),
    ],
    "pcm-info": [
        ("{in}", SOUND), ("--json {in}", SOUND), ("--jsonl --window 50ms {in}", SOUND),
        ("--check --dual-mono --target ebu-r128 {in}", PLAIN), ("--json {stdin}", PLAIN),
        ("--waveform {dir}/w.svg --spectrogram {dir}/s.png --loudness-plot {dir}/l.svg {in}",
         SOUND),
        ("--json -f s24le -ar 44100 -ac 3 {in}", "*.s16le"),
        ("--jobs 2 --from 100ms --to 300ms {in}", PLAIN),
        ("--json --no-loudness {in}", "*.wav *.mp4 *.mkv"),
    ],
    "yuv-convert": [
        ("--to rgb24 {in} {dir}/out.rgb", f"*.y4m {RAW}"),
        ("--verify --json --to p010 {in} {dir}/out.yuv", f"*.y4m {RAW}"),
        ("--report --check --to nv12 {in} {dir}/out.nv12", f"{PICTURES} {MOVIES}"),
        ("--json --scale 48x-1 --rotate 90 --pad 64x96+0+0 {in} {dir}/out.y4m",
         f"*.y4m {PICTURES}"),
        ("--crop 16x16+2+2 --flip hv --hash md5 {in} {dir}/out.y4m", "*.y4m *.mp4"),
        ("--deinterlace --interlaced tff {in} {dir}/out.y4m", "*.y4m mpeg2.ts"),
        ("--guess --json {in}", "*.yuv *.s16le"),
        ("--to bgr24 {stdin} {dir}/out.bgr", "*.y4m *.png *.mp4"),
        ("--frame-range 0-3 {in} {dir}/out-%d.png", f"*.y4m {PICTURES} {MOVIES}"),
        ("--jsonl --reference {in} --max-error 1 {in} {dir}/out.yuv", "*.y4m"),
        ("--skip 7 -s 20x16 -p rgb24 --stride 64 --frame-range 0 {in} {dir}/out.png", RAW),
    ],
}
# Neither may be seen in what a command says.
KEY, PASSWORD = "s3cretkey", "s3cretword"
# How many kinds of answers a peer has.
PEERS = {"rtmp": peers.RTMP.pieces, "rtsp": peers.RTSP.pieces, "http": peers.HTTP.pieces,
         "sender": peers.RTSP.pieces}
FORMATTED = {"--json": "document", "--ffprobe": "document", "--jsonl": "lines", "--doctor": "text"}


@dataclasses.dataclass
class Case:
    """One run: what is given to a command, and what is changed of it."""

    command: str
    index: int
    words: list
    name: str
    data: bytes
    is_whole: bool
    peer: str
    flags: list
    random: random.Random
    pieces: set = dataclasses.field(default_factory=set)

    @property
    def form(self):
        """How standard output is to be read."""
        return next((FORMATTED[word] for word in self.words if word in FORMATTED), "text")


class Book:
    """All cases of a seed: the same number is the same case."""

    def __init__(self, seed, files):
        self.seed, self.files = seed, files
        self.forms = {
            command: [self.read(*form) for form in forms] for command, forms in FORMS.items()}

    def read(self, words, patterns, flags=""):
        names = [name for name in self.files
                 if any(fnmatch.fnmatch(name, pattern) for pattern in patterns.split())]
        # Those of the fuzzers may be odd as they are.
        return words, sorted(names, key=lambda name: name.startswith("Fuzz")), flags.split()

    def case(self, command, index):
        """The first of each form are as they are."""
        forms = [form for form in self.forms[command] if form[1]]
        words, names, flags = forms[index % len(forms)]
        chance = random.Random(f"{self.seed} {command} {index}")
        is_whole = index < len(forms) and "failing" not in flags
        name = names[0] if is_whole else chance.choice(names)
        data = self.files[name]
        peer = next((flag for flag in flags if flag in PEERS), "")
        case = Case(command, index, words.split(), name, data, is_whole, peer, flags, chance)
        if is_whole:
            return case
        # An input beside a peer stays as it is, and of the peer's answers most do.
        if peer:
            count = PEERS[peer]
            case.pieces = set(range(count)) if chance.random() < 0.15 else {chance.randrange(count)}
        else:
            case.data = changes.changed(
                data, chance, list(self.files.values()), name.endswith((".sdp", ".srt")))
        return case

    def change(self, case):
        """What becomes of the peer's answers."""
        others = list(self.files.values())

        def change(number, data, is_text):
            # All behind the last are of one kind.
            if number not in case.pieces or not data:
                return data
            return changes.changed(data, case.random, others, is_text)
        return change
