"""Runs one case, and says what is wrong with how it ended."""

import collections
import json
import os
import pathlib
import re
import resource
import shutil
import time

from . import cases, peers

EXITS = {0, 1, 64, 65, 66, 68, 69, 71, 73, 74, 75, 76, 77}
SECONDS = 5
KILOBYTES = 512 * 1024
# What a terminal may obey; in JSON, of which DEL and C1 may be part, only what breaks it.
OBEYED = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")
UNLAWFUL = re.compile(rb"[\x00-\x08\x0b-\x1f]")

Result = collections.namedtuple("Result", "case exit seconds kilobytes faults")


class Runner:
    """Runs cases of one worker, in a folder of its own."""

    def __init__(self, tool, book, folder, kept):
        self.tool, self.book, self.folder, self.kept = tool, book, folder, kept
        self.peer = peers.Peer()
        self.environment = {"PATH": os.environ["PATH"], "SWIFT_BACKTRACE": "enable=no",
                            "TMPDIR": f"{folder}/run", "LC_ALL": "C.UTF-8"}
        self.environment |= {
            name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        # What writes or reserves without end fails, and does not take the machine with it.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 30, 2 << 30))

    def check(self, command, index):
        """A fault has to come again: a machine may be too busy once. A crash need not."""
        result = self.run(self.book.case(command, index))
        if result.faults and result.exit >= 0:
            result = self.run(self.book.case(command, index))
        if result.faults:
            self.keep(result)
        return result

    # MARK: Running

    def run(self, case):
        run = self.folder / "run"
        shutil.rmtree(run, ignore_errors=True)
        run.mkdir(parents=True)
        given = run / case.name
        given.write_bytes(case.data)
        self.begin(case)
        words = [self.filled(word, case, given) for word in case.words]
        self.words = ["mediatool", case.command, *words]
        stdin = given if "{stdin}" in case.words else "/dev/null"
        out, errors = self.folder / "out", self.folder / "errors"
        write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        began = time.monotonic()
        pid = os.posix_spawn(
            self.tool, self.words, self.environment,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, out, write, 0o644),
                (os.POSIX_SPAWN_OPEN, 2, errors, write, 0o644)],
            setsigdef=range(1, 32))
        is_over = self.wait(pid, began + SECONDS, case)
        _, status, usage = os.wait4(pid, 0)
        self.peer.end()
        seconds = time.monotonic() - began
        exit = os.waitstatus_to_exitcode(status)
        faults = list(self.faults(case, exit, out.read_bytes(), errors.read_bytes(), usage))
        if not is_over:
            faults = [f"did not end within {SECONDS} s"]
        return Result(case, exit, seconds, usage.ru_maxrss, faults)

    def begin(self, case):
        """Makes the peer what the case needs."""
        data, talk = self.book.files[case.name], None
        self.packets = []
        match case.peer:
            case "http": talk = lambda: peers.HTTP(data)
            case "rtsp":
                sdp, packets = self.described(case.name)
                talk = lambda: peers.RTSP(sdp, packets, self.peer, "account" in case.flags)
            case "sender": self.packets = [packet for _, packet in peers.packets(data)]
            case _: talk = lambda: peers.RTMP(data)
        # A whole dialogue has time, else a peer without an answer hangs up; few wait instead.
        patience = 4 if case.is_whole or case.random.random() < 0.03 else 0.15
        self.peer.begin(talk, self.book.change(case), patience)

    def described(self, name):
        sdp = self.book.files.get(f"{name}.sdp", b"")
        return peers.described(sdp), peers.packets(self.book.files[name])

    def filled(self, word, case, given):
        scheme = case.peer or "rtmp"
        name = cases.KEY if scheme == "rtmp" else "clip.flv"
        place = f"127.0.0.1:{self.peer.port}/live/{name}"
        values = {
            "in": lambda: given, "stdin": lambda: "-", "dir": lambda: self.folder / "run",
            "sdp": lambda: self.beside(f"{case.name}.sdp"),
            "capture": lambda: self.beside(case.name.removesuffix(".sdp")),
            "url": lambda: f"{scheme}://{place}", "tls": lambda: f"{scheme}s://{place}",
            "account": lambda: f"{scheme}://user:{cases.PASSWORD}@{place}",
            "sink": lambda: self.peer.sink, "live": self.live,
        }
        return re.sub(r"\{(\w+)\}", lambda name: str(values.get(name[1], lambda: name[0])()), word)

    def beside(self, name):
        path = self.folder / "run" / name
        if name in self.book.files and not path.exists():
            path.write_bytes(self.book.files[name])
        return path

    def live(self):
        """A port for the command to receive at, which no other worker has."""
        return 15000 + 10 * (self.peer.port % 1500)

    def wait(self, pid, limit, case):
        """Serves until the process has ended, or kills it."""
        handle = os.pidfd_open(pid)
        try:
            while (left := limit - time.monotonic()) > 0:
                if self.peer.serve([handle], min(left, 0.05)):
                    return True
                for packet in self.packets[:10]:
                    self.peer.send(packet, self.live())
                del self.packets[:10]
            os.kill(pid, 9)
            return False
        finally:
            os.close(handle)

    # MARK: Judging

    def faults(self, case, exit, out, errors, usage):
        if exit < 0:
            yield f"was ended by signal {-exit}: {errors[-300:].decode(errors='replace')}"
            return
        if exit not in EXITS:
            yield f"exit {exit} is not one of the table"
        if case.is_whole and exit > 1:
            yield f"exit {exit} of a whole input"
        if usage.ru_maxrss > KILOBYTES:
            yield f"took {usage.ru_maxrss // 1024} MB"
        if b"atal error" in errors or b"Sanitizer" in errors:
            yield "a fatal error"
        lines = errors.decode(errors="replace").splitlines()
        # Remarks may precede it, each a line, but not without end.
        if exit >= 64 and not lines or len(lines) > 8:
            yield f"{len(lines)} lines of messages"
        if exit >= 64 and lines and not lines[-1].startswith(("mediatool ", "See 'mediatool ")):
            yield "the last line does not say what failed"
        if OBEYED.search(errors) or (OBEYED if case.form == "text" else UNLAWFUL).search(out):
            yield "control characters of the input are shown"
        for name, bytes in (("standard output", out), ("standard error", errors)):
            if cases.KEY.encode() in bytes or cases.PASSWORD.encode() in bytes:
                yield f"a secret is in {name}"
        yield from self.format_faults(case, out)
        left = [name for name in os.listdir(self.folder / "run") if "mediatool-" in name]
        if left:
            yield f"left {left[0]} behind"

    @staticmethod
    def format_faults(case, out):
        try:
            shown = out.decode()
            if case.form == "document" and shown:
                json.loads(shown)
            if case.form == "lines":
                for line in shown.splitlines():
                    json.loads(line)
        except ValueError as error:
            yield f"standard output: {error}"

    # MARK: Keeping

    def keep(self, result):
        """The input, what the peer said is repeated by the number, and the command line."""
        case = result.case
        folder = self.kept / f"{case.command}-{case.index}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / case.name).write_bytes(case.data)
        for name in ("out", "errors"):
            shutil.copyfile(self.folder / name, folder / name)
        lines = [" ".join(map(str, self.words)), *result.faults,
                 f"again: SEED={self.book.seed} scripts/mutate 1 {case.command} {case.index}"]
        (folder / "case").write_text("\n".join(lines) + "\n")
