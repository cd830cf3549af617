"""Documents that are text, plain or with the headings of Markdown, in whatever letters they are written."""

import re
from collections.abc import Iterator

from wasl.assistant.documents.passages import Outline, Section, clean

# -- letters ----------------------------------------------------------------------------------------------------------

_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([A-Za-z0-9_-]{2,20})", re.IGNORECASE
)
_ARABIC_LETTER = re.compile("[\u0621-\u064a]")
_HIGH = re.compile(rb"[\x80-\xff]")


def decoded(content: bytes, told: str | None = None) -> str:
    """The text of a file that may be written in any of the usual ways: UTF-8, else what was `told` or it says itself,
    else the code page of Windows for Arabic or for Western Europe."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or told == "utf-16":
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    named = _CHARSET.search(content[:4096])
    for name in filter(None, (told, named[1].decode("ascii") if named else None)):
        try:
            return content.decode(name, "replace")
        except (LookupError, UnicodeError):
            pass  # It names none that anybody knows, or none of texts.
    arabic = content.decode("cp1256", "replace")
    # Hardly any French word has several accents in a row; every Arabic one is nothing but such letters.
    if len(_ARABIC_LETTER.findall(arabic)) > 0.6 * len(_HIGH.findall(content)):
        return arabic
    return content.decode("cp1252", "replace")


# -- plain text -------------------------------------------------------------------------------------------------------


def plain_sections(text: str, title: str) -> Iterator[Section]:
    """All of it under the name of the file."""
    yield Section(title, clean(text))


# -- Markdown ---------------------------------------------------------------------------------------------------------

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-{3,})[ \t]*")
_FENCE = re.compile(r" {0,3}(```|~~~)")
# As long as they may be, or a page of opening brackets would take hours.
_IMAGE = re.compile(r"!\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\]\n]{1,500})\]\(<?(https?://[^)\s>]{1,2000})>?[^)\n]{0,200}\)")
_OTHER_LINK = re.compile(r"\[([^\]\n]{1,500})\]\([^)\n]{0,2000}\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n]{1,500}?)(?<=\S)\1")


def markdown_sections(text: str, title: str) -> Iterator[Section]:
    """A section for each heading, with the headings above it. Links keep their address, as WhatsApp shows it."""
    lines = _COMMENT.sub("", _FRONT_MATTER.sub("", text.replace("\r\n", "\n"))).split("\n")
    outline, held, fenced = Outline(title), list[str](), False
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (found := _markdown_heading(line, below)):
            yield from outline.section(_plain_markdown("\n".join(held)))
            held = []
            outline.enter(found[0], _plain_markdown(found[1]))
        elif fenced or not _UNDERLINE.fullmatch(line):
            held.append(line)
    yield from outline.section(_plain_markdown("\n".join(held)))


def _markdown_heading(line: str, below: str) -> tuple[int, str] | None:
    """Level and words of a heading: with signs before it, or underlined."""
    if found := _HEADING.fullmatch(line):
        return len(found[1]), found[2]
    if line.strip() and line.lstrip()[0] not in "->|" and _UNDERLINE.fullmatch(below):
        return (1 if "=" in below else 2), line.strip()
    return None


def _plain_markdown(text: str) -> str:
    text = _OTHER_LINK.sub(r"\1", _LINK.sub(r"\1 (\2)", _IMAGE.sub(r"\1", text)))
    return _STRONG.sub(r"*\2*", text)
