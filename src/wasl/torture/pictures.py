"""Small pictures, each of one colour: files that a run sends."""

import struct
import zlib
from functools import cache

SIDE_PIXELS = 32


@cache
def picture(number: int) -> bytes:
    """A PNG; the same number is the same file. W3C, "Portable Network Graphics Specification", 11.2."""
    colour = bytes((number * 50 % 256, 90, 120))
    header = struct.pack(">IIBBBBB", SIDE_PIXELS, SIDE_PIXELS, 8, 2, 0, 0, 0)
    line = b"\0" + colour * SIDE_PIXELS
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(line * SIDE_PIXELS)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
