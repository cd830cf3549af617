"""What a file is, found out from its bytes: what somebody calls it is only a hint."""

import re
from dataclasses import dataclass

from wasl.domain.message import MessageType

OCTETS = "application/octet-stream"
PROGRAM = "application/x-executable"


@dataclass(frozen=True, slots=True)
class FileKind:
    """`mime_type` without parameters. What is dangerous is refused from operators, and never shown in a browser."""

    mime_type: str
    dangerous: bool = False

    @property
    def message_type(self) -> MessageType:
        """As which kind of message it would be sent."""
        match self.mime_type.partition("/")[0]:
            case "image" if self.mime_type in _PICTURES:
                return MessageType.IMAGE
            case "video":
                return MessageType.VIDEO
            case "audio":
                return MessageType.AUDIO
            case _:
                return MessageType.DOCUMENT

    @property
    def shown_inline(self) -> bool:
        """Whether a browser may show it itself: what can hold no program."""
        return not self.dangerous and (self.mime_type.startswith(_INLINE) or self.mime_type == "application/pdf")


_PICTURES = frozenset(f"image/{name}" for name in ("jpeg", "png", "webp", "gif", "heic", "avif", "bmp"))
_INLINE = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/")
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"fLaC", "audio/flac"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_PROGRAMS: tuple[bytes, ...] = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xcf\xfa\xed\xfe",
    b"#!",
    b"dex\n",
)
_BRANDS = {
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"avif": "image/avif",
    b"3gp4": "video/3gpp",
    b"3gp5": "video/3gpp",
    b"3gp6": "video/3gpp",
}
_ACTIVE = re.compile(rb"<\s*(?:!doctype|html|script|svg|\?xml|body|iframe|object|embed|link|meta)", re.IGNORECASE)
_OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    b"mimetypeapplication/vnd.oasis.opendocument.text": "application/vnd.oasis.opendocument.text",
    b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet": "application/vnd.oasis.opendocument.spreadsheet",
    b"META-INF/MANIFEST.MF": "application/java-archive",
    b"AndroidManifest.xml": "application/vnd.android.package-archive",
}
_BY_ENDING = {
    "docx": _OFFICE[b"word/"],
    "xlsx": _OFFICE[b"xl/"],
    "pptx": _OFFICE[b"ppt/"],
}
"""Where an archive does not show at its beginning what it is."""
_PROGRAM_ARCHIVES = frozenset(("application/java-archive", "application/vnd.android.package-archive"))
_TEXTS = {"csv": "text/csv", "md": "text/markdown", "txt": "text/plain", "vcf": "text/vcard", "ics": "text/calendar"}
_SCRIPTS = frozenset(
    (
        "js",
        "mjs",
        "html",
        "htm",
        "xhtml",
        "svg",
        "xml",
        "bat",
        "cmd",
        "ps1",
        "vbs",
        "hta",
        "scr",
        "com",
        "jar",
        "apk",
        "msi",
        "lnk",
        "sh",
        "py",
        "php",
        "wsf",
        "reg",
        "dll",
        "exe",
    )
)


_ENDINGS = {
    "image": frozenset(("jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "tif", "tiff", "avif")),
    "video": frozenset(("mp4", "mov", "3gp", "webm", "avi", "mkv")),
    "audio": frozenset(("mp3", "ogg", "oga", "opus", "m4a", "aac", "amr", "wav", "flac")),
}
_PLAYED = frozenset(("audio", "video"))


def kind_of(head: bytes, name: str = "", claimed: str = "") -> FileKind:
    """Tell what a file is by its first bytes; its name and what is claimed only tell apart what those leave open."""
    if head.startswith(_PROGRAMS) and not head.startswith(b"#!AMR") and (head[:2] == b"#!" or not _is_text(head)):
        return FileKind(PROGRAM, dangerous=True)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    # Text of two bytes a letter reads like text without its zeros.
    words = head[2:].replace(b"\x00", b"") if wide else head
    found = _by_magic(head) if not wide else None
    extension = _extension_of(name)
    if found is not None:
        kind = FileKind(_told_apart(found, claimed, extension), dangerous=found in _PROGRAM_ARCHIVES)
        return kind if extension not in _SCRIPTS else FileKind(kind.mime_type, dangerous=True)
    if _ACTIVE.search(words.lstrip(b"\xef\xbb\xbf \t\r\n")[:1024]) or extension in _SCRIPTS:
        return FileKind("image/svg+xml" if b"<svg" in words.lower() else "text/html", dangerous=True)
    if wide:
        return FileKind("text/plain")
    if _is_text(head):
        return FileKind(_TEXTS.get(extension, "text/plain"))
    return FileKind(OCTETS)


def is_another(kind: FileKind, name: str, claimed: str) -> str | None:
    """What somebody says that a file is, when its bytes are nothing of the kind: `image`, `video` or `audio`."""
    family = kind.mime_type.partition("/")[0]
    for said in ("image", "video", "audio"):
        if claimed.lower().startswith(f"{said}/") or _extension_of(name) in _ENDINGS[said]:
            # One container holds sounds and films.
            return said if family != said and not {family, said} <= _PLAYED else None
    return None


def _extension_of(name: str) -> str:
    # What some systems leave out at the end of a name hides nothing from them.
    name = name.rstrip(" .")
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def _by_magic(head: bytes) -> str | None:
    # Two letters alone begin many a text.
    bitmap = (head[:2] == b"BM" and head[6:10] == bytes(4) and len(head) > 14, "image/bmp")
    by_letters = ((head.startswith(magic, offset), mime_type) for offset, magic, mime_type in _MAGIC)
    for is_it, mime_type in (*by_letters, bitmap):
        if is_it:
            return mime_type
    if head[:4] == b"RIFF" and len(head) >= 12:
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"PK\x03\x04":
        return next((mime_type for mark, mime_type in _OFFICE.items() if mark in head), "application/zip")
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "audio/aac" if head[1] & 0xF6 == 0xF0 else "audio/mpeg"
    return None


def _told_apart(found: str, claimed: str, extension: str) -> str:
    """A container says nothing of what is in it."""
    if found == "application/zip":
        return _BY_ENDING.get(extension, found)
    claimed = claimed.partition(";")[0].strip().lower()
    if found == "video/webm" and claimed.startswith("audio/"):
        return "audio/webm"
    if found == "video/mp4" and claimed in ("audio/mp4", "audio/x-m4a", "audio/aac"):
        return "audio/mp4"
    if found == "audio/ogg" and claimed.startswith("video/"):
        return "video/ogg"
    if found == "application/x-ole-storage" and claimed in (
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
    ):
        return claimed
    return found


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and error.reason == "unexpected end of data"
    return True
