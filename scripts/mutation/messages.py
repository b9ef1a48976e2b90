"""What a server of RTMP says, as far as a client needs it: AMF0 and chunks."""

import struct

CHUNK = 4096


def text(value):
    return struct.pack(">H", len(value)) + value.encode()


def amf(*values):
    written = b""
    for value in values:
        match value:
            case None: written += b"\x05"
            case dict():
                written += b"\x03"
                for name, item in value.items():
                    written += text(name) + amf(item)
                written += b"\x00\x00\x09"
            case str(): written += b"\x02" + text(value)
            case _: written += b"\x00" + struct.pack(">d", value)
    return written


def message(kind, payload, stream=0, time=0, chunk=CHUNK):
    """A message in chunks, on the chunk stream that is usual for its kind."""
    basic = {1: 2, 4: 2, 5: 2, 6: 2, 20: 3, 18: 4, 8: 5, 9: 6}[kind]
    time = time & 0xFFFFFFFF
    extended = struct.pack(">I", time) if time >= 0xFFFFFF else b""
    head = bytes([basic]) + min(time, 0xFFFFFF).to_bytes(3, "big") + len(payload).to_bytes(3, "big")
    written = head + bytes([kind]) + struct.pack("<I", stream) + extended + payload[:chunk]
    for at in range(chunk, len(payload), chunk):
        written += bytes([0xC0 | basic]) + extended + payload[at:at + chunk]
    return written


def status(code, level="status", stream=1):
    information = {"level": level, "code": code, "description": "x"}
    return message(20, amf("onStatus", 0, None, information), stream)


def result(number, value):
    return message(20, amf("_result", number, None, value))


def connected(number):
    return (message(5, struct.pack(">I", 2500000), chunk=128)
            + message(6, struct.pack(">IB", 2500000, 2), chunk=128)
            + message(1, struct.pack(">I", CHUNK), chunk=128)
            + message(20, amf("_result", number, {"fmsVer": "FMS/3,0,1,123", "capabilities": 31},
                              {"level": "status", "code": "NetConnection.Connect.Success",
                               "description": "x", "objectEncoding": 0})))


def played(flv):
    """The tags of an FLV as a server plays them."""
    written, at = b"", 13
    while at + 11 <= len(flv):
        kind, size = flv[at], int.from_bytes(flv[at + 1:at + 4], "big")
        time = int.from_bytes(flv[at + 4:at + 7], "big") | flv[at + 7] << 24
        if kind in (8, 9, 18):
            written += message(kind, flv[at + 11:at + 11 + size], 1, time)
        at += 11 + size + 4
    return written
