"""Templates: where their gaps are, what fills them, and which ones a send cannot fill."""

from typing import Any

import pytest

from wasl.domain.templates import MissingValues, Template, Values, WrongValues, described, fill

LINK = {"type": "URL", "text": "See", "url": "https://x.example/{{1}}"}
NOTHING = Values({}, {}, {})


def template(*components: dict[str, Any], status: str = "approved") -> Template:
    return Template("a_name", "en", "utility", status, "green", components)


def body(text: str) -> dict[str, Any]:
    return {"type": "BODY", "text": text}


def buttons(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": list(listed)}


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("no gap", []),
        ("{{1}} and {{2}}, {{1}} again", ["1", "2"]),
        ("{{ first_name }}", ["first_name"]),
        ("{{Name}} {1} {{}}", []),
        ("", []),
    ],
)
def test_gaps(text: str, gaps: list[str]) -> None:
    assert template(body(text)).gaps("BODY") == gaps


def test_every_gap_that_stays_open_is_named() -> None:
    parts = [
        {"type": "HEADER", "format": "TEXT", "text": "For {{1}}"},
        body("{{1}} {{2}}"),
        buttons({"type": "QUICK_REPLY"}, {"type": "URL", "url": "https://x.example/{{1}}"}, {"type": "COPY_CODE"}),
    ]
    with pytest.raises(MissingValues) as missing:
        fill(template(*parts), Values({"1": " "}, {"2": "b"}, {}))
    assert missing.value.gaps == ["header 1", "body 1", "button 2", "button 3"]
    made = fill(template(*parts), Values({"1": "a"}, {"1": "b", "2": "c"}, {"1": "x", "2": "CODE"}))
    assert made.preview["header"] == {"format": "TEXT", "text": "For a"}
    assert made.preview["body"] == "b c"
    assert [part["type"] for part in made.components] == ["header", "body", "button", "button"]


@pytest.mark.parametrize(
    "values",
    [Values({"1": "x"}, {}, {}), Values({}, {"name": "x"}, {}), Values({}, {}, {"0": "x"}), Values({}, {}, {"9": "x"})],
)
def test_a_value_without_a_gap_is_a_mistake(values: Values) -> None:
    with pytest.raises(WrongValues, match="no gap"):
        fill(template(body("plain"), buttons({"type": "QUICK_REPLY", "text": "Stop"})), values)


def test_a_text_that_becomes_too_long() -> None:
    long = template(body("{{1}}."))
    assert fill(long, Values({}, {"1": "x" * 1023}, {}))
    with pytest.raises(WrongValues, match="1024"):
        fill(long, Values({}, {"1": "x" * 1024}, {}))


@pytest.mark.parametrize(
    "part",
    [
        {"type": "CAROUSEL", "cards": []},
        {"type": "LIMITED_TIME_OFFER"},
        {"type": "HEADER", "format": "LOCATION"},
        buttons({"type": "FLOW", "text": "Book"}),
        buttons({"type": "MPM", "text": "See all"}),
    ],
)
def test_what_cannot_be_filled_is_not_offered(part: dict[str, Any]) -> None:
    assert not template(body("x"), part).usable
    assert not described(template(body("x"), part))["usable"]


@pytest.mark.parametrize(("status", "usable"), [("approved", True), ("paused", False), ("rejected", False)])
def test_only_approved_ones_are_offered(status: str, usable: bool) -> None:
    assert template(body("x"), status=status).usable is usable


def test_what_a_preview_needs() -> None:
    parts = [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://x.example"]}},
        body("Hello {{1}}"),
        {"type": "FOOTER", "text": "Cedar"},
        buttons(LINK, {"type": "QUICK_REPLY", "text": "Stop"}),
    ]
    assert described(template(*parts)) == {
        "name": "a_name",
        "language": "en",
        "category": "utility",
        "status": "approved",
        "quality": "green",
        "usable": True,
        "wants_file": "image",
        "header": {"format": "IMAGE", "text": "", "gaps": []},
        "body": {"text": "Hello {{1}}", "gaps": ["1"]},
        "footer": "Cedar",
        "buttons": [
            {"type": "url", "text": "See", "url": "https://x.example/{{1}}", "gap": True},
            {"type": "quick_reply", "text": "Stop", "url": None, "gap": False},
        ],
    }
    plain = described(template())
    assert (plain["header"], plain["footer"], plain["buttons"]) == (None, None, [])
    assert plain["body"] == {"text": "", "gaps": []}
    assert fill(template(*parts), Values({}, {"1": "Rana"}, {"0": "7"})).components[0] == {
        "type": "header",
        "parameters": [{"type": "image"}],
    }
    assert fill(template(body("x")), NOTHING).components == []
