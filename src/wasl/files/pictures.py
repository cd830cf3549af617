"""Pictures: how large they are, a small one for the bubble, and one that WhatsApp takes. Runs in the workshop only."""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from wasl.files.limits import PICTURE_PIXELS_MAX, PICTURE_SIDE_SENT_MAX, THUMBNAIL_SIDE

Image.MAX_IMAGE_PIXELS = PICTURE_PIXELS_MAX
_JPEG_QUALITIES = (88, 80, 70, 60, 45)
_SIDES = (1.0, 0.75, 0.5, 0.35)
_PLAIN_MODES = frozenset(("1", "L", "LA", "P", "RGB", "RGBA"))
_DECODERS = {
    "image/jpeg": ("JPEG",),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/gif": ("GIF",),
    "image/bmp": ("BMP",),
    "image/tiff": ("TIFF",),
    "image/avif": ("AVIF",),
    # What begins like a file of either kind.
    "image/heic": ("AVIF",),
}
"""By what the first bytes say: Pillow left to itself tries all that it has, and one of them starts Ghostscript."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a picture, seen as its maker held the camera."""

    width: int
    height: int
    animated: bool
    plain_colours: bool


def look(path: Path, mime_type: str) -> Picture:
    """Read what it is without unpacking it. Raises what Pillow does for a broken file, and for a bomb."""
    with _opened(path, mime_type) as image:
        turned = image.getexif().get(0x0112) in (5, 6, 7, 8)
        width, height = image.size
        if width * height > PICTURE_PIXELS_MAX:
            raise Image.DecompressionBombError(f"{width} × {height} pixels are too many")
        animated = bool(getattr(image, "is_animated", False))
        return Picture(*((height, width) if turned else (width, height)), animated, image.mode in _PLAIN_MODES)


def thumbnail(path: Path, mime_type: str) -> bytes:
    """A small JPEG on white."""
    with _opened(path, mime_type) as image:
        image.draft("RGB", (THUMBNAIL_SIDE * 2, THUMBNAIL_SIDE * 2))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        return _jpeg(upright, 80)


def fitted(path: Path, mime_type: str, bytes_max: int, side_max: int = PICTURE_SIDE_SENT_MAX) -> bytes:
    """The whole picture as a JPEG of at most so many bytes and pixels a side: first squeezed, then made smaller.

    Raises ValueError when even that is too much.
    """
    with _opened(path, mime_type) as image:
        upright = ImageOps.exif_transpose(image).convert("RGBA" if _has_alpha(image) else "RGB")
    upright.thumbnail((side_max, side_max))
    for side in _SIDES:
        smaller = upright if side == 1.0 else upright.resize((_part(upright.width, side), _part(upright.height, side)))
        for quality in _JPEG_QUALITIES:
            made = _jpeg(smaller, quality)
            if len(made) <= bytes_max:
                return made
    raise ValueError("the picture cannot be made small enough")


def _opened(path: Path, mime_type: str) -> Image.Image:
    return Image.open(path, formats=_DECODERS.get(mime_type, ()))


def _part(pixels: int, share: float) -> int:
    return max(1, round(pixels * share))


def _has_alpha(image: Image.Image) -> bool:
    return "A" in image.getbands() or "transparency" in image.info


def _jpeg(image: Image.Image, quality: int) -> bytes:
    if _has_alpha(image):
        # A transparent logo on black could not be read.
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.convert("RGBA").getchannel("A"))
        image = ground
    made = io.BytesIO()
    image.convert("RGB").save(made, "JPEG", quality=quality, optimize=True, progressive=True)
    return made.getvalue()
