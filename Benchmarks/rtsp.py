"""An RTSP server for measurements: plays a capture of rtp-pack from memory, over TCP and UDP."""
import os
import re
import socket
import struct
import threading
import time

import processes
from paths import CACHE


class Clip:
    """What a capture and its description hold."""

    def __init__(self, capture, description, speed=1):
        count = 0
        lines = []
        for line in description.read_text().splitlines():
            lines.append(re.sub(r"^(m=\w+) \d+", r"\1 0", line))
            if line.startswith("m="):
                count += 1
                lines.append(f"a=control:track{count}")
        self.description = "".join(f"{line}\r\n" for line in lines).encode()
        # Seconds from the first packet on, track, whether it is RTCP, and the packet.
        self.packets = []
        data = capture.read_bytes()
        position, start = 24, None
        while position < len(data):
            seconds, fraction, size = struct.unpack_from("<III", data, position)
            frame = data[position + 16:position + 16 + size]
            position += 16 + size
            moment = seconds + fraction / 1e6
            start = moment if start is None else start
            port = int.from_bytes(frame[36:38], "big") - 5004
            self.packets.append(((moment - start) / speed, port // 2, port % 2, frame[42:]))
        self.seconds = self.packets[-1][0]
        self.bits = 8 * sum(len(packet) for *_, packet in self.packets)
        self.media_count = sum(not is_rtcp for _, _, is_rtcp, _ in self.packets)

    @property
    def bit_rate(self):
        return self.bits / self.seconds


def clip(path, bit_rate=None):
    """The clip whose capture and description have this path but for the suffix, at a bit rate."""
    capture, description = path.with_suffix(".pcap"), path.with_suffix(".sdp")
    as_it_is = Clip(capture, description)
    if not bit_rate:
        return as_it_is
    return Clip(capture, description, bit_rate / as_it_is.bit_rate)


class Server:
    """Plays the clip to each client, from its beginning to its end; over when left."""

    def __init__(self, clip):
        self.clip = clip
        # When DESCRIBE came last, and how long the last clip took.
        self.described = None
        self.took = None

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    @property
    def address(self):
        return f"127.0.0.1:{self.listener.getsockname()[1]}"

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        ways, data, lock = {}, b"", threading.Lock()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while received := connection.recv(65536):
                data += received
                while True:
                    if data[:1] == b"$":
                        end = 4 + int.from_bytes(data[2:4], "big")
                        if len(data) < max(end, 4):
                            break
                        data = data[end:]
                        continue
                    head, mark, rest = data.partition(b"\r\n\r\n")
                    if not mark:
                        break
                    data = rest
                    self.answer(connection, lock, head.decode(), ways)
        except OSError:
            pass  # The client has left.
        finally:
            connection.close()

    def answer(self, connection, lock, head, ways):
        method, uri = head.split()[:2]
        number = re.search(r"(?i)^cseq: *(\d+)", head, re.MULTILINE).group(1)
        fields, body = [f"CSeq: {number}", "Session: 7;timeout=60"], b""
        if method == "OPTIONS":
            fields[1] = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
        elif method == "DESCRIBE":
            self.described = time.perf_counter()
            body = self.clip.description
            fields[1:] = ["Content-Type: application/sdp", f"Content-Base: {uri}/",
                          f"Content-Length: {len(body)}"]
        elif method == "SETUP":
            transport = re.search(r"(?i)^transport: *(.*)", head, re.MULTILINE).group(1).strip()
            transport = transport.split(",")[0]
            fields.append(f"Transport: {transport}")
            fields[-1] += self.set_up(connection, uri, transport, ways)
        text = "RTSP/1.0 200 OK\r\n" + "".join(f"{field}\r\n" for field in fields) + "\r\n"
        with lock:
            connection.sendall(text.encode() + body)
        if method == "PLAY":
            threading.Thread(target=self.play, args=(connection, lock, ways), daemon=True).start()
        elif method == "TEARDOWN":
            connection.close()

    def set_up(self, connection, uri, transport, ways):
        track = int(uri[-1]) - 1
        if channels := re.search(r"interleaved=(\d+)-(\d+)", transport):
            ways[track] = [int(channels.group(1)), int(channels.group(2))]
            return ""
        ports = re.search(r"client_port=(\d+)-(\d+)", transport)
        host = connection.getpeername()[0]
        sockets = []
        for port in ports.groups():
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sender.bind(("127.0.0.1", 0))
            sockets.append((sender, (host, int(port))))
        ways[track] = sockets
        first, second = (sender.getsockname()[1] for sender, _ in sockets)
        return f";server_port={first}-{second}"

    def play(self, connection, lock, ways):
        start, index, packets = time.perf_counter(), 0, self.clip.packets
        try:
            while index < len(packets):
                now = time.perf_counter() - start
                pieces, size = [], 0
                while index < len(packets) and packets[index][0] <= now and size < 1 << 18:
                    _, track, is_rtcp, packet = packets[index]
                    index += 1
                    way = ways.get(track)
                    if way is None:
                        continue
                    if isinstance(way[0], int):
                        pieces += [struct.pack(">BBH", 0x24, way[is_rtcp], len(packet)), packet]
                        size += len(packet)
                    else:
                        sender, address = way[is_rtcp]
                        sender.sendto(packet, address)
                if pieces:
                    with lock:
                        connection.sendall(b"".join(pieces))
                elif index < len(packets):
                    time.sleep(max(0, packets[index][0] - (time.perf_counter() - start)))
        except OSError:
            return  # The client has left.
        self.took = time.perf_counter() - start


def seconds_to_first_frame(command, server):
    """From DESCRIBE until a command has written the first byte of media into a pipe."""
    pipe = CACHE / "first.h264"
    if not pipe.exists():
        os.mkfifo(pipe)
    process = processes.start(command)
    try:
        with open(pipe, "rb", buffering=0) as file:
            if not file.read(1):
                raise SystemExit(f"bench: {command[0]} writes nothing")
            return time.perf_counter() - server.described
    finally:
        process.terminate()
        process.wait()
