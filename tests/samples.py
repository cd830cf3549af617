"""Files as people send them, made on the spot: nothing of anybody's stands in the repository."""

import io
import math
import struct
import zlib
from array import array
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import av
from PIL import Image

RATE = 48_000


@cache
def sound(container: str = "webm", codec: str = "libopus", seconds: float = 1.5, layout: str = "mono") -> bytes:
    """A tone that grows louder from nothing to full."""
    count = int(RATE * seconds)
    frame = av.AudioFrame(format="s16", layout="mono", samples=count)
    frame.sample_rate, frame.pts = RATE, 0
    frame.planes[0].update(array("h", [int(20_000 * math.sin(i / 20) * i / count) for i in range(count)]).tobytes())
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sound"
        with av.open(str(path), mode="w", format=container) as target:
            stream = target.add_stream(codec, rate=RATE, layout=layout)
            assert isinstance(stream, av.AudioStream)
            resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=RATE, frame_size=960)
            for part in [*resampler.resample(frame), *resampler.resample(None)]:
                target.mux(stream.encode(part))
            target.mux(stream.encode(None))
        return path.read_bytes()


@cache
def film(width: int = 320, height: int = 240, frames: int = 10) -> bytes:
    """A second of grey that grows lighter, as MP4 with H.264."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        with av.open(str(path), mode="w", format="mp4") as target:
            stream = target.add_stream("libx264", rate=10)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for place in range(frames):
                frame = av.VideoFrame(width, height, "yuv420p")
                for plane in frame.planes:
                    plane.update(bytes([place * 20]) * plane.buffer_size)
                target.mux(stream.encode(frame))
            target.mux(stream.encode(None))
        return path.read_bytes()


@cache
def picture(form: str = "PNG", size: tuple[int, int] = (640, 480), mode: str = "RGB", *, noisy: bool = False) -> bytes:
    """A picture; a noisy one cannot be squeezed."""
    if noisy:
        image = Image.effect_noise(size, 120).convert(mode)
    else:
        image = Image.linear_gradient("L").resize(size).convert(mode)
    made = io.BytesIO()
    image.save(made, form, **({"quality": 97} if form in ("JPEG", "WEBP") else {}))
    return made.getvalue()


def animation() -> bytes:
    """Two pictures in turn, as GIF."""
    made = io.BytesIO()
    one, other = (Image.new("RGB", (40, 30), colour) for colour in ("red", "green"))
    one.save(made, "GIF", save_all=True, append_images=[other])
    return made.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it unpacks to gigabytes."""
    parts = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(1024))))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (*parts, (b"IEND", b""))
    )


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(200) + b"PE\x00\x00"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
