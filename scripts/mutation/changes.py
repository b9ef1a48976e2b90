"""What may happen to bytes on their way: each change is small, and all come from one seed."""

import re

EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
            2**63 - 1, 2**63, 2**64 - 1)
NUMBERS = (b"0", b"-1", b"1", b"65535", b"65536", b"2147483648", b"4294967295", b"4294967296",
           b"9223372036854775807", b"9223372036854775808", b"99999999999999999999", b"1e999",
           b"0.0000000001", b"nan", b"")


def place(data, random):
    """An index into the bytes; headers are where most is decided."""
    limit = random.choice((64, 1024, len(data), len(data)))
    return random.randrange(max(1, min(limit, len(data))))


def stretch(data, random):
    """The bounds of some of the bytes, rarely of many."""
    start = place(data, random)
    return start, min(len(data), start + 2 ** random.randrange(13))


def flip(data, random, others):
    data[place(data, random)] ^= 1 << random.randrange(8)


def put(data, random, others):
    data[place(data, random)] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))


def cut(data, random, others):
    del data[place(data, random):]


def remove(data, random, others):
    start, end = stretch(data, random)
    del data[start:end]


def insert(data, random, others):
    start, end = stretch(data, random)
    new = bytes(data[start:end]) if random.random() < 0.5 else random.randbytes(end - start)
    at = place(data, random)
    data[at:at] = new


def blank(data, random, others):
    start, end = stretch(data, random)
    data[start:end] = bytes([random.choice((0, 0xFF))]) * (end - start)


def swap(data, random, others):
    (a, b), (c, d) = sorted((stretch(data, random), stretch(data, random)))
    if b <= c:
        data[a:d] = data[c:d] + data[b:c] + data[a:b]


def length(data, random, others):
    """A field of 1 to 8 bytes at an extreme, at what is left, or one off."""
    size = random.choice((1, 2, 3, 4, 4, 8))
    at = place(data, random)
    field = data[at:at + size]
    order = random.choice(("big", "big", "little"))
    one_off = int.from_bytes(field, order) + random.choice((-1, 1))
    value = random.choice((random.choice(EXTREMES), len(data) - at, one_off))
    if len(field) == size:
        data[at:at + size] = (value % 256**size).to_bytes(size, order)


def splice(data, random, others):
    other = random.choice(others)
    if other:
        data[place(data, random):] = other[place(other, random):]


def number(data, random, others):
    """A decimal number of a text, near some place, becomes another."""
    found = re.compile(rb"\d+").search(data, place(data, random))
    if found:
        data[found.start():found.end()] = random.choice(NUMBERS)


def line(data, random, others):
    """A line or a word of a text twice, elsewhere, without its end, or not at all."""
    mark = random.choice((b"\n", b"\n", b";", b" ", b"="))
    lines = bytes(data).split(mark)
    index = random.randrange(len(lines))
    match random.randrange(4):
        case 0: lines.insert(random.randrange(len(lines)), lines[index])
        case 1: lines.insert(random.randrange(len(lines)), lines.pop(index))
        case 2: lines[index:index + 2] = [b"".join(lines[index:index + 2])]
        case 3: del lines[index]
    data[:] = mark.join(lines)


BINARY = (flip, flip, put, put, cut, remove, insert, blank, swap, length, length, length, splice)
TEXT = BINARY + (number, line) * 4


def changed(data, random, others, is_text=False):
    """The bytes after one to eight changes."""
    data = bytearray(data)
    for _ in range(2 ** random.randrange(4)):
        if data:
            random.choice(TEXT if is_text else BINARY)(data, random, others)
    return bytes(data)
