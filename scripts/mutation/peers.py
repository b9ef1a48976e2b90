"""Servers on 127.0.0.1 that serve well, but for what is changed of their answers."""

import base64
import re
import select
import socket
import struct
import time

from . import messages

REQUEST = re.compile(rb"^(\S+) \S+ \S+\r\n.*?\r\n\r\n", re.S)
COMMAND = re.compile(
    rb"\x02\x00.(connect|releaseStream|FCPublish|createStream|publish|play|deleteStream)"
    rb"\x00(.{8})", re.S)


class RTMP:
    """A server of one stream, that plays an FLV or takes what is published."""

    pieces = 5

    def __init__(self, media):
        self.media = messages.played(media)
        self.inbox = b""
        self.has_begun = False

    def answers(self, new):
        self.inbox += new
        if not self.has_begun:
            if len(self.inbox) < 1537:
                return
            self.has_begun = True
            yield False, b"\x03" + bytes(1536) + self.inbox[1:1537]
        while found := COMMAND.search(self.inbox):
            self.inbox = self.inbox[found.end():]
            number = struct.unpack(">d", found[2])[0]
            match found[1]:
                case b"connect": yield False, messages.connected(number)
                case b"createStream": yield False, messages.result(number, 1)
                case b"publish": yield False, messages.status("NetStream.Publish.Start")
                case b"deleteStream": yield False, messages.status("NetStream.Unpublish.Success")
                case b"play":
                    yield False, (messages.message(4, struct.pack(">HI", 0, 1))
                                  + messages.status("NetStream.Play.Start"))
                    yield False, self.media + messages.status("NetStream.Play.UnpublishNotify")
        self.inbox = self.inbox[-64:]


class RTSP:
    """A server of one presentation: its description, and its packets by channel."""

    pieces = 7

    def __init__(self, sdp, packets, peer, wants_account=False):
        self.sdp, self.packets, self.peer = sdp, packets, peer
        self.wants_account = wants_account
        self.inbox = b""
        self.is_post = False
        self.ways = []

    def answers(self, new):
        self.inbox += base64.b64decode(new + b"=" * (-len(new) % 4)) if self.is_post else new
        while self.inbox:
            if self.inbox[:1] == b"$":
                size = 4 + int.from_bytes(self.inbox[2:4], "big")
                if len(self.inbox) < size:
                    return
                self.inbox = self.inbox[size:]
                continue
            found = REQUEST.match(self.inbox)
            if not found:
                return
            self.inbox = self.inbox[found.end():]
            if found[1] == b"POST":
                # From here on the other connection's requests come by this one.
                self.is_post, rest, self.inbox = True, self.inbox, b""
                yield from self.answers(rest)
                return
            yield from self.answer(found[1].decode(), found[0].decode())

    def answer(self, method, request):
        if method == "GET":
            yield True, b"HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n"
            return
        if method.startswith("RTSP/"):
            return
        if self.wants_account and "Authorization:" not in request:
            yield True, (self.head(request, "401 Unauthorized")
                         + b'WWW-Authenticate: Digest realm="r", nonce="n0nce", qop="auth"\r\n\r\n')
            return
        head = self.head(request)
        match method:
            case "OPTIONS":
                yield True, head + b"Public: DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n\r\n"
            case "DESCRIBE":
                yield True, (head + b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n"
                             % len(self.sdp) + self.sdp)
            case "SETUP":
                transport = re.search(r"Transport: ([^\r,]*)", request)[1]
                if ports := re.search(r"client_port=(\d+)-(\d+)", transport):
                    self.ways += [int(ports[1]), int(ports[2])]
                    transport += ";server_port={}-{}".format(self.peer.port, self.peer.port + 1)
                yield True, head + b"Session: 12345678;timeout=60\r\nTransport: %s\r\n\r\n" % (
                    transport.encode())
            case "PLAY":
                yield True, head + b"Session: 12345678\r\nRange: npt=0-\r\n\r\n"
                if not self.ways:
                    yield False, b"".join(
                        struct.pack(">BBH", 0x24, channel, len(packet)) + packet
                        for channel, packet in self.packets)
                else:
                    for channel, packet in self.packets:
                        if channel < len(self.ways):
                            self.peer.send(packet, self.ways[channel])
            case _: yield True, head + b"\r\n"

    @staticmethod
    def head(request, status="200 OK"):
        number = re.search(r"CSeq: (\d+)", request)
        return f"RTSP/1.0 {status}\r\nCSeq: {number[1] if number else 0}\r\n".encode()


class HTTP:
    """A server of one file, without ranges."""

    pieces = 2

    def __init__(self, data):
        self.data = data

    def answers(self, new):
        if b"\r\n\r\n" in new:
            yield True, (b"HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\n"
                         b"Content-Length: %d\r\n\r\n" % len(self.data))
            yield False, self.data


class Connection:
    def __init__(self, handle, talk):
        self.handle, self.talk = handle, talk
        self.outbox = b""
        self.last = time.monotonic()


class Peer:
    """Listens for the runs of one worker, one run after the other."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind(("127.0.0.1", 0))
        self.sink = self.datagrams.getsockname()[1]
        self.begin(None, None, 0)

    def begin(self, talk, change, patience):
        """For a run: who answers each connection, what is changed of the answers, and how many
        seconds of silence end a connection."""
        self.talk, self.change, self.patience = talk, change, patience
        self.connections = []
        self.count = 0

    def send(self, packet, port):
        """A datagram, which may be changed as if it were the sixth piece."""
        try:
            self.datagrams.sendto(self.change(5, packet, False)[:60000], ("127.0.0.1", port))
        except OSError:
            pass  # the port is 0, or nobody is there yet

    def serve(self, handles, seconds):
        """Does what there is to do until one of the handles is ready."""
        writing = [each.handle for each in self.connections if each.outbox]
        reading = [each.handle for each in self.connections]
        ready, ready_to_write, _ = select.select(
            [*handles, self.listener, *reading], writing, [], seconds)
        if self.listener in ready:
            handle, _ = self.listener.accept()
            handle.setblocking(False)
            self.connections.append(Connection(handle, self.talk() if self.talk else None))
        now = time.monotonic()
        for each in list(self.connections):
            if each.handle in ready:
                self.read(each)
            if each.handle in ready_to_write:
                self.write(each)
            if each.last + self.patience < now:
                self.close(each)
        return [handle for handle in handles if handle in ready]

    def read(self, each):
        try:
            new = each.handle.recv(1 << 16)
        except OSError:
            new = b""
        if not new or not each.talk:
            return self.close(each)
        each.last = time.monotonic()
        # What is said through a tunnel is answered by its first connection.
        for is_text, piece in each.talk.answers(new):
            out = self.connections[0] if getattr(each.talk, "is_post", False) else each
            out.outbox += self.change(self.count, piece, is_text)
            self.count += 1
            self.write(out)

    def write(self, each):
        try:
            sent = each.handle.send(each.outbox)
            each.outbox = each.outbox[sent:]
            each.last = time.monotonic()
        except BlockingIOError:
            pass
        except OSError:
            self.close(each)

    def close(self, each):
        if each in self.connections:
            self.connections.remove(each)
        each.handle.close()

    def end(self):
        """Closes what a run has left."""
        for each in list(self.connections):
            self.close(each)
        try:
            while True:
                self.listener.accept()[0].close()
        except BlockingIOError:
            pass


def packets(pcap):
    """The UDP payloads of a capture that the tool wrote, with their channels from port 5004 on."""
    at, found = 24, []
    while at + 16 <= len(pcap):
        size = struct.unpack("<I", pcap[at + 8:at + 12])[0]
        record = pcap[at + 16:at + 16 + size]
        ip = record[14:] if pcap[20] == 1 else record
        if ip[:1] == b"\x45" and ip[9] == 17:
            port = int.from_bytes(ip[22:24], "big")
            found.append((port - 5004, ip[28:]))
        at += 16 + size
    return found


def described(sdp):
    """A description of a capture as a server of RTSP gives it: each medium has an address."""
    head, *media = sdp.replace(b"\r\n", b"\n").split(b"m=")
    parts = [part + b"a=control:track%d\n" % (index + 1) for index, part in enumerate(media)]
    return b"m=".join([head + b"a=control:*\n", *parts]).replace(b"\n", b"\r\n")
