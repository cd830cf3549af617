"""The page for whoever writes a client names every call that there is, and every word by which a call may refuse."""

import re
from pathlib import Path
from typing import Any

import pytest

from web.conftest import Office

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("settings", ["sqlite"], indirect=True)]
ROOT = Path(__file__).parents[2]
CONTRACT = (ROOT / "docs" / "LIVE_CHAT_API_CONTRACT.md").read_text()
ASSISTANTS = ("assistant", "knowledge", "teaching", "copilot")


async def document(office: Office) -> dict[str, Any]:
    return dict((await office.omar.get("/openapi.json")).json())


async def test_it_names_every_call(office: Office) -> None:
    told = CONTRACT.replace("<", "{").replace(">", "}")
    paths = [path.removeprefix("/api/live-chat") for path in (await document(office))["paths"] if "live-chat" in path]
    assert len(paths) > 40
    assert [path for path in paths if not re.search(rf"{re.escape(path)}[`? ]", told)] == []


async def test_it_names_every_field_of_what_the_assistants_calls_ask_and_answer(office: Office) -> None:
    """Parts of settings and the like have pages of their own; what stands at the top is told here."""
    found = await document(office)
    schemas = found["components"]["schemas"]
    untold: set[str] = set()
    for path, calls in found["paths"].items():
        for method, call in calls.items():
            if set(call.get("tags", ())) & set(ASSISTANTS):
                bodies = [call.get("requestBody", {}), call["responses"]["200"]]
                refs = re.findall(r"#/components/schemas/(\w+)", str([body.get("content") for body in bodies]))
                names = {parameter["name"] for parameter in call.get("parameters", ()) if parameter["in"] != "header"}
                names |= {name for ref in refs for name in schemas[ref].get("properties", ())}
                untold |= {f"{method} {path}: {name}" for name in names if not re.search(rf"\b{name}\b", CONTRACT)}
    assert untold == set()


def test_it_names_every_word_by_which_the_assistants_calls_refuse(settings: object) -> None:
    store = [f"store/{name}.py" for name in ("entries", "documents", "teaching", "unanswered", "assistants")]
    files = ["web/teaching.py", "web/copilot.py", "web/asking.py", "flow/copilot.py", *store]
    codes = {code for file in files for code in re.findall(r'code="(\w+)"', (ROOT / "src" / "wasl" / file).read_text())}
    assert len(codes) > 10
    assert [code for code in sorted(codes) if f"`{code}`" not in CONTRACT] == []
