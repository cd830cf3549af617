"""Sounds and films: how long, how loud, and voice notes as WhatsApp takes them. Runs in the workshop only."""

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av

from wasl.files.limits import PEAKS, SOUND_SECONDS_MAX

_VOICE_RATE = 48_000
_PEAK_RATE = 4_000
"""Samples a second from which loudness is told: speech is louder or softer for longer than that."""
_CONTAINERS = {
    "audio/ogg": "ogg",
    "video/ogg": "ogg",
    "video/webm": "matroska",
    "audio/webm": "matroska",
    "video/mp4": "mp4",
    "audio/mp4": "mp4",
    "video/3gpp": "mp4",
    "video/quicktime": "mov",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "video/x-msvideo": "avi",
}
"""What opens each type. A list of other files, which a player would go and fetch, is none of them."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What is known of a sound or a film."""

    duration_ms: int
    width: int | None
    height: int | None
    audio_codec: str | None
    video_codec: str | None
    channels: int | None


def look(path: Path, mime_type: str) -> Recording:
    """Read the streams' heads. Raises what PyAV does for a broken file, and ValueError for a type that none opens."""
    with _opened(path, mime_type) as container:
        audio = next(iter(container.streams.audio), None)
        video = next(iter(container.streams.video), None)
        if audio is None and video is None:
            raise ValueError("nothing to play")
        duration = container.duration / av.time_base * 1000 if container.duration else 0.0
        return Recording(
            duration_ms=round(duration) or _played_ms(path, mime_type),
            width=video.codec_context.width if video is not None else None,
            height=video.codec_context.height if video is not None else None,
            audio_codec=audio.codec_context.name if audio is not None else None,
            video_codec=video.codec_context.name if video is not None else None,
            channels=audio.codec_context.layout.nb_channels if audio is not None else None,
        )


def peaks(path: Path, mime_type: str) -> list[int]:
    """How loud it is from beginning to end: so many numbers from 0 to 100. Empty without sound."""
    loud = array("f")
    with _opened(path, mime_type) as container:
        stream = next(iter(container.streams.audio), None)
        if stream is None:
            return []
        resampler = av.AudioResampler(format="flt", layout="mono", rate=_PEAK_RATE)
        for frame in container.decode(stream):
            for made in resampler.resample(frame):
                loud.frombytes(bytes(made.planes[0])[: made.samples * loud.itemsize])
            if len(loud) > SOUND_SECONDS_MAX * _PEAK_RATE:
                break
    if not loud:
        return []
    edges = [len(loud) * part // PEAKS for part in range(PEAKS + 1)]
    parts = [max(map(abs, loud[start:end]), default=0.0) for start, end in pairwise(edges)]
    greatest = max(parts) or 1.0
    return [round(100 * part / greatest) for part in parts]


def voice_note(path: Path, mime_type: str, made: Path) -> None:
    """Write it as Ogg Opus, mono. What is Opus in mono already is only put into another container, without loss."""
    with _opened(path, mime_type) as source, av.open(str(made), mode="w", format="ogg") as target:
        stream = source.streams.audio[0]
        if stream.codec_context.name in ("opus", "libopus") and stream.codec_context.layout.nb_channels == 1:
            _repack(source, target, stream)
        else:
            _encode(source, target, stream)


def poster(path: Path, mime_type: str, made: Path) -> None:
    """Write the first picture of a film."""
    with _opened(path, mime_type) as container:
        stream = container.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        frame = next(iter(container.decode(stream)))
        frame.to_image().save(made, "PNG")  # type: ignore[no-untyped-call]


@contextmanager
def _opened(path: Path, mime_type: str) -> Iterator[av.container.InputContainer]:
    container = _CONTAINERS.get(mime_type)
    if container is None:
        raise ValueError("no sound and no film")
    # Nothing that a file names is followed, neither on this machine nor elsewhere.
    with av.open(str(path), mode="r", format=container, options={"protocol_whitelist": "file"}) as opened:
        yield opened


def _repack(source: av.container.InputContainer, target: av.container.OutputContainer, stream: av.AudioStream) -> None:
    copy = target.add_stream_from_template(stream)
    for packet in source.demux(stream):
        if packet.dts is not None:
            packet.stream = copy
            target.mux(packet)


def _encode(source: av.container.InputContainer, target: av.container.OutputContainer, stream: av.AudioStream) -> None:
    coded = target.add_stream("libopus", rate=_VOICE_RATE, layout="mono")
    coded.codec_context.bit_rate = 32_000
    resampler = av.AudioResampler(format="s16", layout="mono", rate=_VOICE_RATE)
    for frame in source.decode(stream):
        for part in resampler.resample(frame):
            target.mux(coded.encode(part))
    for part in resampler.resample(None):
        target.mux(coded.encode(part))
    target.mux(coded.encode(None))


def _played_ms(path: Path, mime_type: str) -> int:
    """The length of a recording whose head does not tell it, as browsers write them."""
    last = 0.0
    with _opened(path, mime_type) as container:
        for packet in container.demux():
            if packet.pts is not None and packet.time_base is not None:
                last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return round(last * 1000)
