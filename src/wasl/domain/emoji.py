"""What may stand as a reaction."""

import unicodedata

EMOJI_CODE_POINTS_MAX = 16
"""The longest emoji, two people with skin tones who kiss, has ten; a flag of a region has seven."""
_JOINERS = frozenset("\u200d\ufe0f\u20e3")
_WRITTEN_SIGNS = frozenset("\u203c\u2049\u2139\u3030\u303d")
"""Punctuation and a letter that have a coloured form."""
_KEYS = frozenset("0123456789#*")


def is_emoji(text: str) -> bool:
    """Whether a text may be an emoji: WhatsApp's own list is not public, so letters and words are what is refused."""
    if not 0 < len(text) <= EMOJI_CODE_POINTS_MAX:
        return False
    if text[0] in _KEYS:
        return text[1:] in ("\u20e3", "\ufe0f\u20e3")
    return _is_picture(text[0]) and all(_is_picture(part) or part in _JOINERS or _is_tag(part) for part in text[1:])


def _is_picture(character: str) -> bool:
    if "\U0001f000" <= character <= "\U0001faff" or character in _WRITTEN_SIGNS:
        return True  # Also those that are younger than this Python.
    return unicodedata.category(character) in ("So", "Sm") and character >= "\u00a9"


def _is_tag(character: str) -> bool:
    return "\U000e0020" <= character <= "\U000e007f"
