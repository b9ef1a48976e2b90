"""What commands take: time, processor and memory."""
import contextlib
import json
import os
import pathlib
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time

from paths import CACHE, run


def hyperfine(row, commands):
    """The median time of each command over one round, or its mean CPU time."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        run("hyperfine", "-N", "--warmup", 1, "--runs", row.runs, "--export-json", file.name,
            "--output", CACHE / "output" if row.to_file else "null",
            *(shlex.join(command) for command in commands))
        results = json.load(file)["results"]
    if row.what == "cpu":
        return [result["user"] + result["system"] for result in results]
    return [result["median"] for result in results]


# What commands complain about.
ERRORS = CACHE / "errors"


def start(command):
    with open(ERRORS, "ab") as errors:
        return subprocess.Popen(command, cwd=CACHE, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=errors)


def cpu_seconds(*processes):
    """What processes have used when they have ended, with all that they waited for."""
    total = 0
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"bench: {process.args[0]} failed with {process.returncode}, see {ERRORS}")
        total += usage.ru_utime + usage.ru_stime
    return total


def wall_seconds(command):
    began = time.perf_counter()
    cpu_seconds(start(command))
    return time.perf_counter() - began


def peak_kilobytes(command):
    """The most that a command holds at once, whose largest process alone counts."""
    with tempfile.NamedTemporaryFile("r") as file:
        cpu_seconds(start(["/usr/bin/time", "-f", "%M", "-o", file.name, *command]))
        return int(file.read())


def proportional_kilobytes(*processes):
    """What processes and all below them hold: what they share counts once."""
    waiting, total = [process.pid for process in processes], 0
    while waiting:
        folder = pathlib.Path("/proc", str(waiting.pop()))
        # Whoever has left holds nothing.
        with contextlib.suppress(OSError):
            total += int(re.search(r"^Pss: *(\d+)", (folder / "smaps_rollup").read_text(),
                                   re.MULTILINE).group(1))
            children = (folder / "task" / folder.name / "children").read_text()
            waiting += map(int, children.split())
    return total


class OtherWork:
    """How busy others kept the processors meanwhile: other programs, and other machines where this
    one is virtual."""

    def __enter__(self):
        self.began, self.machine, self.own = time.perf_counter(), self.busy(), self.ours()
        return self

    def __exit__(self, *_):
        elapsed = (time.perf_counter() - self.began) * os.cpu_count()
        others = self.busy() - self.machine - (self.ours() - self.own)
        self.share = round(min(max(others / elapsed, 0), 1), 3)

    @staticmethod
    def busy():
        ticks = list(map(int, pathlib.Path("/proc/stat").read_text().split(maxsplit=9)[1:9]))
        # All but waiting: idle and iowait.
        return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def ours():
        usages = [resource.getrusage(who)
                  for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in usages)
