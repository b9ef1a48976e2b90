"""Takes the figures of a row."""
import contextlib
import shlex
import socket
import statistics
import time

import processes
import rtmp
import rtsp
from paths import CACHE, HERE, run

IN_PROCESS = HERE / ".build" / "release"


def measure(row, rounds):
    """Pairs of seconds, ours and the peer's, one a round, and the kilobytes of both."""
    with processes.OtherWork() as others:
        with serving(row) as server:
            commands = command_lines(row, server)
            pairs = [round_of(row, commands, server) for _ in range(rounds)]
            weights = weigh(row, commands) if row.weighs else [None, None]
    return {"ours": row.ours, "peer": row.peer, "pairs": pairs, "kilobytes": weights,
            "other_work": others.share}


def command_lines(row, server):
    """The words of both commands; of copies, a shell that starts them all and waits."""
    address = server.address if server else ""
    ours, peer = (line.replace("SERVER", address) for line in (row.ours, row.peer))
    if row.copies > 1:
        peer = shlex.join(["sh", "-c", f"for i in $(seq {row.copies}); do {peer} & done; wait"])
    return [shlex.split(ours), shlex.split(peer)]


def round_of(row, commands, server):
    if row.what == "in process":
        program, *arguments = commands[0]
        return [float(word) / 1e9 for word in run(IN_PROCESS / program, *arguments).split()]
    if row.what == "wall" or row.server in ("nginx", "sink"):
        return processes.hyperfine(row, commands)
    once = {
        "first media": lambda command: rtmp.seconds_to_first_media(command, server.listener),
        "first frame": lambda command: rtsp.seconds_to_first_frame(command, server),
        "cpu": lambda command: processes.cpu_seconds(processes.start(command)),
    }[row.what]
    pairs = [[once(command) for command in commands] for _ in range(row.runs)]
    return [statistics.median(times) for times in zip(*pairs)]


def weigh(row, commands):
    if row.copies == 1:
        return [processes.peak_kilobytes(command) for command in commands]
    weights = []
    for command in commands:
        process = processes.start(command)
        # In the midst of the five seconds.
        time.sleep(3)
        weights.append(processes.proportional_kilobytes(process))
        processes.cpu_seconds(process)
    return weights


def serving(row):
    """Who answers at SERVER."""
    if not row.server:
        return contextlib.nullcontext()
    if row.server in ("nginx", "listener", "sink"):
        return {"nginx": rtmp.Nginx, "listener": rtmp.Listener, "sink": Sink}[row.server]()
    return rtsp.Server(rtsp.clip(CACHE / row.server, row.bit_rate))


class Sink:
    """Sockets on a port and the next, for RTP and RTCP; what they cannot hold is dropped, and no
    refusal comes back."""

    def __enter__(self):
        while True:
            self.sockets = []
            try:
                self.sockets.append(self.socket(0))
                port = self.sockets[0].getsockname()[1]
                self.sockets.append(self.socket(port + 1))
            except (OSError, OverflowError):
                self.__exit__()
                continue
            self.address = f"127.0.0.1:{port}"
            return self

    def __exit__(self, *_):
        for one in self.sockets:
            one.close()

    @staticmethod
    def socket(port):
        sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sink.bind(("127.0.0.1", port))
        return sink
