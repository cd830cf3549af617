"""The emulator takes a template as Meta does: it must exist, be approved, and have every gap filled."""

from typing import Any

import pytest

from emulator.receiver import Stage

pytestmark = pytest.mark.anyio


def gaps(*texts: str, **named: str) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = [{"type": "text", "text": text} for text in texts]
    return plain + [{"type": "text", "parameter_name": name, "text": text} for name, text in named.items()]


BODY = {"type": "body", "parameters": gaps("Rana", "17")}
PICTURE = {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://x.example/a.png"}}]}
NAMED = {"type": "body", "parameters": gaps(first_name="Rana")}
BUTTON = {"type": "button", "sub_type": "url", "index": "0", "parameters": gaps("bread")}


def template(name: str, *components: dict[str, Any], language: str = "en") -> dict[str, Any]:
    return {"name": name, "language": {"code": language}, "components": list(components)}


@pytest.mark.parametrize(
    "asked",
    [
        template("welcome"),
        template("order_on_its_way", BODY),
        template("order_on_its_way", BODY, language="ar"),
        template("new_arrivals", PICTURE, NAMED, BUTTON),
    ],
)
async def test_what_fits_is_taken(scene: Stage, asked: dict[str, Any]) -> None:
    assert (await scene.send(type="template", template=asked)).status_code == 200


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        (132001, template("never_heard_of")),
        (132001, template("welcome", language="fr")),
        (132015, template("we_miss_you")),
        (132000, template("order_on_its_way")),
        (132000, template("order_on_its_way", {"type": "body", "parameters": gaps("one")})),
        (132000, template("welcome", {"type": "body", "parameters": gaps("one")})),
        (132005, template("order_on_its_way", {"type": "body", "parameters": gaps("x" * 1000, "y")})),
        (132012, template("new_arrivals", NAMED, BUTTON)),
        (132012, template("new_arrivals", {"type": "header", "parameters": gaps("x")}, NAMED, BUTTON)),
        (132012, template("new_arrivals", PICTURE, {"type": "body", "parameters": gaps("Rana")}, BUTTON)),
        (131008, template("new_arrivals", PICTURE, NAMED)),
    ],
)
async def test_what_does_not_fit_is_refused(scene: Stage, code: int, asked: dict[str, Any]) -> None:
    answer = await scene.send(type="template", template=asked)
    assert answer.json()["error"]["code"] == code
    assert answer.status_code == (404 if code == 132001 else 400)
