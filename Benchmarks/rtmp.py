"""RTMP servers to push to: nginx, and one that notes when the first media arrives."""
import contextlib
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import processes


class Nginx:
    """nginx-rtmp, which takes what is published to `live` and keeps none of it."""

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        self.folder = tempfile.TemporaryDirectory()
        folder = self.folder.name
        configuration = pathlib.Path(folder, "nginx.conf")
        configuration.write_text(f"""
            load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
            daemon off; master_process off; pid {folder}/pid; error_log {folder}/log;
            events {{}}
            rtmp {{ server {{ listen {self.address}; application live {{ live on; }} }} }}
            """)
        self.process = subprocess.Popen(["nginx", "-p", folder, "-c", str(configuration)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(1000):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                return self
            time.sleep(0.01)
        self.__exit__()
        sys.exit("bench: nginx with its RTMP module does not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


class Listener:
    """A port where one publisher after another is waited for."""

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        return self

    def __exit__(self, *_):
        self.listener.close()


def seconds_to_first_media(command, listener):
    """Seconds from before the start of `command` until a message of sound or pictures begins to
    arrive at `listener`, which then hangs up."""
    start = time.perf_counter()
    process = processes.start(command)
    listener.settimeout(20)
    try:
        connection, _ = listener.accept()
        with connection:
            Publisher(connection).wait_for_media()
            return time.perf_counter() - start
    finally:
        # It may try to go on.
        process.terminate()
        process.wait()


class Publisher:
    """A connection of somebody who publishes; says yes to everything."""

    def __init__(self, connection):
        self.connection = connection
        self.buffer = b""
        self.chunk_size = 128
        # By chunk stream: length, type and what has come of the message.
        self.streams = {}

    def take(self, count):
        while len(self.buffer) < count:
            received = self.connection.recv(65536)
            if not received:
                sys.exit("bench: the publisher left before it sent media")
            self.buffer += received
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def wait_for_media(self):
        hello = self.take(1537)
        self.connection.sendall(hello[:1] + bytes(1536) + hello[1:])
        self.take(1536)
        while True:
            kind, payload = self.next_message()
            if kind in (8, 9):
                return
            if kind == 1:
                self.chunk_size = int.from_bytes(payload, "big")
            if kind == 20:
                self.answer(payload)

    def next_message(self):
        """The type and the payload of the next message; of media as soon as it begins."""
        while True:
            first = self.take(1)[0]
            number, form = first & 63, first >> 6
            length, kind, payload = self.streams.get(number, (0, 0, b""))
            header = self.take((11, 7, 3, 0)[form])
            if form < 2:
                length, kind = int.from_bytes(header[3:6], "big"), header[6]
            if header[:3] == b"\xff\xff\xff":
                self.take(4)
            if kind in (8, 9):
                return kind, b""
            payload += self.take(min(self.chunk_size, length - len(payload)))
            is_whole = len(payload) == length
            self.streams[number] = (length, kind, b"" if is_whole else payload)
            if is_whole:
                return kind, payload

    def answer(self, payload):
        """Commands begin with their name and number: a string and a double in AMF0."""
        size = int.from_bytes(payload[1:3], "big")
        name, number = payload[3:3 + size], payload[3 + size:12 + size]
        if name == b"connect":
            code = b"NetConnection.Connect.Success"
            self.send(0, string(b"_result") + number + b"\x05" + status(code))
        elif name == b"createStream":
            one = b"\0\x3f\xf0\0\0\0\0\0\0"
            self.send(0, string(b"_result") + number + b"\x05" + one)
        elif name == b"publish":
            zero = bytes(9)
            self.send(1, string(b"onStatus") + zero + b"\x05" + status(b"NetStream.Publish.Start"))

    def send(self, stream, payload):
        length = len(payload).to_bytes(3, "big")
        header = b"\x03\0\0\0" + length + b"\x14" + stream.to_bytes(4, "little")
        chunks = [payload[start:start + 128] for start in range(0, len(payload), 128)]
        self.connection.sendall(header + b"\xc3".join(chunks))


def string(text):
    return b"\x02" + len(text).to_bytes(2, "big") + text


def status(code):
    pairs = ((b"level", b"status"), (b"code", code), (b"description", b""))
    body = b"".join(len(name).to_bytes(2, "big") + name + string(text) for name, text in pairs)
    return b"\x03" + body + b"\0\0\x09"
