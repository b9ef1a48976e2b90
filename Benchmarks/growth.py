"""Time and memory against the size of the input, the copies pushed and the streams pulled."""
import dataclasses
import statistics
import time

import processes
import rtmp
import rtsp
from inputs import FFMPEG
from paths import CACHE, run

SIZES = [10 ** power for power in range(6, 11)]
COPIES = [1, 2, 5, 10, 20, 50, 100, 200]
STREAMS = [1, 2, 5, 10, 20, 50, 100]


@dataclasses.dataclass(frozen=True)
class Curve:
    name: str
    command: str
    # What grows: "bytes", "copies" or "streams"; the command names the number N.
    axis: str = "bytes"
    memory_limit: float | None = None
    # What the reader should know.
    note: str = ""

    @property
    def file(self):
        return self.command.split()[-1]

CURVES = [
    Curve("probe --count", "mediatool probe --count growth.flv",
          note="libavformat keeps an index entry of each of FLV's packets of sound, 24 bytes, in our "
          "process as in ffprobe's; that is what grows."),
    Curve("ffprobe", "ffprobe -v error -count_packets -show_streams growth.flv"),
    Curve("flv-dump --check", "mediatool flv-dump --check growth.flv", memory_limit=16),
    Curve("rtp-unpack", "mediatool rtp-unpack growth.pcap"),
    Curve("pcm-info", "mediatool pcm-info growth.wav"),
    Curve("yuv-convert",
          "mediatool yuv-convert -qy --to rgb24 --matrix bt709 --range limited -o /dev/null "
          "growth_1280x720_yuv420p.yuv"),
    Curve("rtmp-push --copies",
          "mediatool rtmp-push -q --duration 5s --copies N long.flv rtmp://SERVER/live/n{n}",
          axis="copies"),
    Curve("rtsp-pull", "mediatool rtsp-pull -qy --transport tcp -o pull-N.mp4 rtsp://SERVER/live",
          axis="streams"),
]


def flv(path, size):
    run(*FFMPEG, "-stream_loop", -1, "-i", "long.flv", "-c", "copy", "-fs", size, path)


def pcap(path, size):
    run("sh", "-c", f"ffmpeg -v error -nostdin -stream_loop -1 -i long.flv -an -c copy -fs {size} "
        f"-f flv - | mediatool rtp-pack -qy --seed 1 -o {path} -")


def wav(path, size):
    run(*FFMPEG, "-stream_loop", -1, "-i", "sound.wav", "-c", "copy", "-rf64", "auto",
        "-fs", size, path)


def yuv(path, size):
    """Whole frames, at least one."""
    frame = 1280 * 720 * 3 // 2
    with open(CACHE / "pictures_1920x1080_yuv420p.yuv", "rb") as file:
        some = file.read(100 * frame)
    left = max(size // frame, 1) * frame
    with open(path, "wb") as file:
        while left:
            left -= file.write(some[:left])


MAKERS = {"flv": flv, "pcap": pcap, "wav": wav, "yuv": yuv}


def measure(curves, runs):
    """Each curve's name and results, as it is complete."""
    for file in dict.fromkeys(curve.file for curve in curves if curve.axis == "bytes"):
        together = [curve for curve in curves if curve.file == file]
        points = {curve: [] for curve in together}
        for curve, point in over_sizes(file, together, runs):
            points[curve].append(point)
        yield from ((curve.name, entry(curve, points[curve])) for curve in together)
    for axis, over in (("copies", over_copies), ("streams", over_streams)):
        for curve in curves:
            if curve.axis == axis:
                yield curve.name, entry(curve, list(over(curve, runs)))


def entry(curve, points):
    return {"command": curve.command, "points": points}


def over_sizes(file, curves, runs):
    """One file at a time, gone before the next: the largest are most of what a disk may spare."""
    path = CACHE / file
    try:
        for size in SIZES:
            MAKERS[path.suffix[1:]](path, size)
            for curve in curves:
                command = curve.command.split()
                with processes.OtherWork() as others:
                    # The first reading also fills the page cache.
                    kilobytes = processes.peak_kilobytes(command)
                    times = [processes.wall_seconds(command) for _ in range(runs)]
                yield curve, point(path.stat().st_size, times, kilobytes, others)
            path.unlink()
    finally:
        path.unlink(missing_ok=True)


def over_copies(curve, runs):
    with rtmp.Nginx() as server:
        for count in COPIES:
            line = curve.command.replace("N", str(count)).replace("SERVER", server.address)
            yield point(count, *at_once([line.split()], runs))


def over_streams(curve, runs):
    with rtsp.Server(rtsp.clip(CACHE / "slow")) as server:
        for count in STREAMS:
            line = curve.command.replace("SERVER", server.address)
            commands = [line.replace("N", str(number)).split() for number in range(count)]
            yield point(count, *at_once(commands, runs))
    for file in CACHE.glob("pull-*.mp4"):
        file.unlink()


def at_once(commands, runs):
    """CPU seconds, and kilobytes in the midst of it, of commands at once that take five seconds."""
    times, kilobytes = [], []
    with processes.OtherWork() as others:
        for _ in range(runs):
            running = [processes.start(command) for command in commands]
            time.sleep(3)
            kilobytes.append(processes.proportional_kilobytes(*running))
            times.append(processes.cpu_seconds(*running))
    return times, statistics.median(kilobytes), others


def point(at, times, kilobytes, others):
    return {"at": at, "seconds": times, "kilobytes": kilobytes, "other_work": others.share}
