"""Files that customers can send without anybody bringing one: invented on the spot, and whole, so that they play.

PyAV and Pillow are loaded only when such a file is asked for: an emulator that plays a million texts needs neither.
"""

import io
import math
from array import array
from functools import cache

_RATE = 16_000
_SYLLABLE_SECONDS = 0.3
_FRAMES_A_SECOND = 12
_FILM = (320, 240)
_STICKER_SIDE = 256


@cache
def voice_note(seconds: float = 3.0) -> bytes:
    """A hum that rises and falls as speech does, as Ogg Opus."""
    import av  # noqa: PLC0415

    count = int(_RATE * seconds)
    frame = av.AudioFrame(format="s16", layout="mono", samples=count)
    frame.sample_rate, frame.pts = _RATE, 0
    frame.planes[0].update(array("h", [_hum(place / _RATE) for place in range(count)]).tobytes())
    made = io.BytesIO()
    with av.open(made, mode="w", format="ogg") as target:
        stream = target.add_stream("libopus", rate=_RATE, layout="mono")
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout="mono", rate=_RATE, frame_size=_RATE // 50
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            target.mux(stream.encode(part))
        target.mux(stream.encode(None))
    return made.getvalue()


def _hum(at: float) -> int:
    syllable = math.sin(math.pi * (at % _SYLLABLE_SECONDS) / _SYLLABLE_SECONDS)
    stress = 0.35 + 0.65 * abs(math.sin(at * 2.1))
    return round(9_000 * syllable * stress * math.sin(2 * math.pi * (170 + 40 * math.sin(at * 3.7)) * at))


@cache
def film(seconds: int = 2) -> bytes:
    """Light that wanders over a grey ground, as MP4 with H.264."""
    import av  # noqa: PLC0415

    width, height = _FILM
    made = io.BytesIO()
    with av.open(made, mode="w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=_FRAMES_A_SECOND)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for place in range(seconds * _FRAMES_A_SECOND):
            frame = av.VideoFrame(width, height, "yuv420p")
            light = place * width // (seconds * _FRAMES_A_SECOND)
            row = bytes(max(40, 220 - abs(x - light) * 2) for x in range(width))
            for plane in frame.planes:
                # Of brightness there is a row for each line of the picture; of both colours none that would be seen.
                plane.update(row * height if plane.width == width else bytes([128]) * plane.buffer_size)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return made.getvalue()


@cache
def sticker() -> bytes:
    """A cedar on nothing, as WebP."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    side = _STICKER_SIDE
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((side * 0.46, side * 0.7, side * 0.54, side * 0.95), fill=(110, 78, 52, 255))
    for top, half in ((0.05, 0.2), (0.22, 0.3), (0.42, 0.4)):
        middle, low = side / 2, side * (top + 0.32)
        corners = [(middle, side * top), (middle - side * half, low), (middle + side * half, low)]
        draw.polygon(corners, fill=(34, 120, 74, 255))
    made = io.BytesIO()
    picture.save(made, "WEBP")
    return made.getvalue()
