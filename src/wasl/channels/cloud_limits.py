"""What Meta's Cloud API takes (Meta, "Supported media types", "Throughput", "Pair rate limits")."""

from wasl.domain.channels import Capabilities, FileLimit
from wasl.domain.message import MessageType

_MB = 1024 * 1024

CLOUD_FILES = {
    MessageType.IMAGE: FileLimit(5 * _MB, frozenset(("image/jpeg", "image/png"))),
    MessageType.VIDEO: FileLimit(16 * _MB, frozenset(("video/mp4", "video/3gpp"))),
    MessageType.AUDIO: FileLimit(
        16 * _MB, frozenset(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"))
    ),
    MessageType.VOICE: FileLimit(16 * _MB, frozenset(("audio/ogg",))),
    MessageType.DOCUMENT: FileLimit(100 * _MB),
    MessageType.STICKER: FileLimit(500 * 1024, frozenset(("image/webp",))),
}

CLOUD_CAPABILITIES = Capabilities(
    kinds=frozenset(
        (
            MessageType.TEXT,
            *CLOUD_FILES,
            MessageType.LOCATION,
            MessageType.CONTACTS,
            MessageType.INTERACTIVE,
            MessageType.TEMPLATE,
        )
    ),
    files=CLOUD_FILES,
    interactive=frozenset(("button", "list", "cta_url")),
    quotes=True,
    reactions=True,
    read_receipts=True,
    typing=True,
    template_list=True,
    settles_lost_answers=True,
)
