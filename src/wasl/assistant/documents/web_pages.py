"""Saved web pages: what a browser would show of them, by its headings, without scripts, styles and navigation."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from html.parser import HTMLParser

from wasl.assistant.documents.passages import Outline, Section, one_line
from wasl.assistant.documents.written_texts import decoded


def _named(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "summary": 7, "dt": 7}
"""Questions of a list of questions are often written as the terms of a glossary, or as what unfolds."""
_FOLDED = ("dl", "details")
_NO_TEXT = _named(
    "script style noscript template svg math nav iframe object canvas audio video select button textarea dialog"
)
_VOID = _named("area base br col embed hr img input link meta param source track wbr")
_BLOCKS = _named(
    "address article aside blockquote body dd details div dl fieldset figure footer form header main ol p pre section"
    " table tbody thead ul"
)
_LINES = _named("br tr li option figcaption legend caption")
_CLOSED_BY = {
    **dict.fromkeys(_BLOCKS | _LEVELS.keys(), _named("p")),
    **dict.fromkeys(("dt", "dd"), _named("dt dd p")),
    **dict.fromkeys(("td", "th"), _named("td th p")),
    "tr": _named("td th tr p"),
    "li": _named("li p"),
    "option": _named("option"),
}
"""What ends without saying so where something begins (HTML, "Optional tags")."""
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0", re.IGNORECASE)
_DEPTH_MAX = 1_000


def page_sections(text: str, title: str) -> Iterator[Section]:
    """A section for each heading of a page; what a browser would not show is left out, and so is its navigation."""
    page = _Page(title)
    page.feed(text)
    page.close()
    yield from page.finished()


class _Page(HTMLParser):
    """Collects the sections of a page while it is read."""

    def __init__(self, title: str) -> None:
        super().__init__(convert_charrefs=True)
        self._outline = Outline(title)
        self._open: list[tuple[str, bool]] = []
        """Elements that were begun, and whether what is in them is shown."""
        self._held: list[str] = []
        self._heading: list[str] | None = None
        self._title: list[str] = []
        self._sections: list[Section] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            if tag in ("br", "hr"):
                self._write("\n")
            return
        while self._open and self._open[-1][0] in _CLOSED_BY.get(tag, ()):
            self.handle_endtag(self._open[-1][0])
        if len(self._open) < _DEPTH_MAX:
            self._open.append((tag, self._shown and tag not in _NO_TEXT and not _is_hidden(attrs)))
        if not self._shown:
            return
        if tag in _LEVELS:
            self._end_section()
            self._heading = []
        else:
            self._write("\n- " if tag == "li" else _space_around(tag))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        shown = self._shown
        if not any(name == tag for name, _ in self._open):
            return
        while self._open.pop()[0] != tag:
            pass
        if tag in _LEVELS and self._heading is not None:
            self._outline.enter(_LEVELS[tag], "".join(self._heading))
            self._heading = None
        elif shown and tag not in _LINES:
            self._write(_space_around(tag))
        if tag in _FOLDED:
            self._end_section()
            self._outline.leave(_LEVELS["dt"])

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "title":
            self._title.append(data)
        elif self._shown:
            # Lines of the source are no lines of the page.
            self._write(" ".join(data.split("\n")) if not self._in_pre else data)

    def finished(self) -> list[Section]:
        """All of them, under the page's own title where no heading stands above."""
        self._end_section()
        title = one_line("".join(self._title))
        untitled = self._outline.title
        return [Section(title, one.text) if title and one.heading == untitled else one for one in self._sections]

    @property
    def _shown(self) -> bool:
        return all(shown for _, shown in self._open[-1:])

    @property
    def _in_pre(self) -> bool:
        return any(name == "pre" for name, _ in self._open)

    def _write(self, text: str) -> None:
        (self._held if self._heading is None else self._heading).append(text)

    def _end_section(self) -> None:
        if self._heading is not None:  # One heading inside another: it was never closed.
            self._outline.enter(max(_LEVELS.values()), "".join(self._heading))
            self._heading = None
        self._sections.extend(self._outline.section("".join(self._held)))
        self._held = []


def _space_around(tag: str) -> str:
    if tag in _BLOCKS:
        return "\n\n"
    return "\n" if tag in _LINES else " " if tag in ("td", "th") else ""


def _is_hidden(attrs: list[tuple[str, str | None]]) -> bool:
    told = dict(attrs)
    style = told.get("style") or ""
    return "hidden" in told or told.get("aria-hidden") == "true" or bool(_HIDDEN_STYLE.search(style))


def page_of_archive(content: bytes) -> str:
    """The page in a file that holds it with its pictures (RFC 2557, MHTML)."""
    for part in message_from_bytes(content, policy=policy.default).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            if isinstance(page, bytes):
                return decoded(page, part.get_content_charset())
    return ""
