"""Setting the assistant: everything can be set, nothing that makes no sense, by whoever may, and no key comes back."""

import json
from dataclasses import fields
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from wasl.assistant.tools.http_tool import METHODS
from wasl.assistant.tools.toolbox import BUILT_IN
from wasl.domain.assistant_settings import AssistantSettings, Hours, Limits, ModelTerms, Rules, settings_of, told_of
from wasl.flow.models import tools_of
from wasl.store.assistants import MODEL_KEY
from wasl.web import assistant_schemas as schemas
from wasl.web import tool_schemas
from wasl.web.schemas import Failure, InvalidRequest
from web.conftest import Office
from web.test_live_chat import API, fits

pytestmark = pytest.mark.anyio
SETTINGS, TOOLS = f"{API}/assistant/settings", f"{API}/assistant/tools"
KEY, SECRET = "sk-olives-and-cedars", "the secret of prices"
SERVER = "https://models.example/v1"
WHOLE: dict[str, Any] = {
    "mode": "auto",
    "quiet_seconds": 1.5,
    "burst_seconds": 12.0,
    "persona": "You are Zeit, of Olive Bakery.",
    "confident_from": 70,
    "agreement_from": 80,
    "agreement_samples": 5,
    "answer_characters_max": 900,
    "copilot": False,
    "handover_texts": {"en": "A colleague will answer.", "arabizi": "ra7 n3od"},
    "away_texts": {"ar": "نحن خارج أوقات العمل."},
    "hours": {
        "zone": "Asia/Beirut",
        "weekly": {"mon": [["09:00", "13:00"], ["14:00", "18:00"]], "sat": [["22:00", "02:00"]], "sun": []},
        "holidays": ["12-25", "2026-05-01", "02-29"],
        "assistant_answers": False,
    },
    "model": {
        "base_url": SERVER,
        "name": "small",
        "transcription": "listens",
        "sees": True,
        "timeout_seconds": 9.5,
        "answer_tokens_max": 300,
        "micros_per_million_in": 150_000,
        "micros_per_million_out": 600_000,
    },
    "limits": {"turns_per_day": 10, "tokens_per_day": 20, "micros_per_day": 30},
    "rules": {
        "keywords": ["lawyer", "محامي"],
        "vip_tags": ["gold"],
        "upset": False,
        "idle_minutes": 30,
        "idle_move": "release",
    },
}
PRICES: dict[str, Any] = {
    "name": "prices",
    "description": "What something costs.",
    "parameters": {"type": "object", "properties": {"what": {"type": "string"}}, "required": ["what"]},
    "url": "https://prices.example/look?shop=1",
    "method": "GET",
    "header": "X-Api-Key",
}


async def change(who: httpx2.AsyncClient, settings: Any, version: int = 0, **more: Any) -> httpx2.Response:
    asked = {"channel_id": None, "settings": settings, "version": version, **more}
    # As a client that escapes everything sends it, what no JSON should hold included.
    content = json.dumps(asked).encode("ascii")
    return await who.put(SETTINGS, content=content, headers={"Content-Type": "application/json"})


async def shown(office: Office) -> dict[str, Any]:
    return dict(fits(await office.omar.get(SETTINGS), schemas.AllSettings))


def test_everything_that_can_be_set_can_be_told() -> None:
    for kind, told in (
        (AssistantSettings, schemas.SettingsTold),
        (Hours, schemas.HoursTold),
        (ModelTerms, schemas.ModelTold),
        (Limits, schemas.LimitsTold),
        (Rules, schemas.RulesTold),
    ):
        assert {one.name for one in fields(kind)} == set(told.model_fields), kind
    assert schemas.SettingsTold().model_dump(mode="json") == told_of(AssistantSettings())


async def test_nothing_is_set_at_first(office: Office) -> None:
    found = await shown(office)
    nothing = {"settings": {}, "has_model_key": False, "has_own_model_key": False, "version": 0}
    assert found["account"] == {**nothing, "effective": found["defaults"]}
    [channel] = found["channels"]
    assert {name: channel[name] for name in nothing} == nothing
    assert (channel["channel_id"], channel["name"]) == (str(office.cast.olive_number.id), "Olive Bakery")
    assert (found["tools"], found["defaults"]["mode"]) == ([], "off")


async def test_all_of_it_can_be_set_and_is_shown_as_it_was_told(office: Office) -> None:
    done = fits(await change(office.rana, WHOLE, model_key=KEY), schemas.SettingsChanged)
    assert (done["channel_id"], done["version"], done["has_model_key"]) == (None, 1, True)
    found = await shown(office)
    assert found["account"]["settings"] == WHOLE
    sorted_days = {**WHOLE["hours"], "holidays": sorted(WHOLE["hours"]["holidays"])}
    assert found["account"]["effective"] == {**WHOLE, "hours": sorted_days}
    assert found["channels"][0]["effective"] == found["account"]["effective"]
    settings = office.parts.team.assistant(office.cast.olive.id, office.cast.olive_number.id).settings
    assert settings == settings_of(WHOLE)


async def test_a_number_says_only_what_is_otherwise_there(office: Office) -> None:
    await change(office.rana, {"mode": "auto", "rules": {"keywords": ["lawyer"]}})
    number = str(office.cast.olive_number.id)
    own = {"mode": "off", "rules": {"upset": False}}
    done = fits(await change(office.rana, own, channel_id=number), schemas.SettingsChanged)
    assert (done["channel_id"], done["settings"], done["version"]) == (number, own, 1)
    assert done["effective"]["rules"] == {
        "keywords": ["lawyer"],
        "vip_tags": ["vip"],
        "upset": False,
        "idle_minutes": 0,
        "idle_move": "end",
    }
    assert (await shown(office))["account"]["effective"]["mode"] == "auto"


async def test_whoever_has_seen_an_older_version_hears_so(office: Office) -> None:
    await change(office.rana, {"mode": "auto"})
    refused = fits(await change(office.rana, {"mode": "off"}), Failure, 409)
    assert refused["code"] == "newer_version"
    assert fits(await change(office.rana, {}, 1), schemas.SettingsChanged)["version"] == 2


async def test_a_key_is_kept_changed_and_forgotten(office: Office) -> None:
    model = {"model": {"base_url": SERVER, "name": "small"}}
    refused = fits(await change(office.rana, {"mode": "auto"}, model_key=KEY), Failure, 422)
    assert refused["code"] == "key_without_server"
    assert fits(await change(office.rana, model, 0, model_key=KEY), schemas.SettingsChanged)["has_model_key"]
    assert fits(await change(office.rana, {**model, "mode": "auto"}, 1), schemas.SettingsChanged)["has_model_key"]
    elsewhere = {"model": {"base_url": "https://elsewhere.example/v1", "name": "small"}}
    assert not fits(await change(office.rana, elsewhere, 2), schemas.SettingsChanged)["has_model_key"]
    assert fits(await change(office.rana, model, 3), schemas.SettingsChanged)["has_model_key"]
    assert not fits(await change(office.rana, model, 4, model_key=None), schemas.SettingsChanged)["has_model_key"]
    assert office.parts.team.assistant(office.cast.olive.id).secrets == {}


async def test_tools_are_told_as_a_whole(office: Office) -> None:
    stock = {**PRICES, "name": "stock", "url": "http://stock.example:8080/", "method": "POST", "parameters": {}}
    asked = {"tools": [{**PRICES, "secret": SECRET}, stock], "version": 0}
    done = fits(await office.rana.put(TOOLS, json=asked), tool_schemas.ToolsChanged)
    assert done["tools"] == [{**PRICES, "has_secret": True}, {**stock, "has_secret": False}]
    assert (await shown(office))["tools"] == done["tools"]
    assert (await shown(office))["account"]["version"] == done["version"] == 1
    refused = fits(await office.rana.put(TOOLS, json=asked), Failure, 409)
    assert refused["code"] == "newer_version"
    kept = await office.rana.put(TOOLS, json={"tools": [PRICES], "version": 1})
    assert fits(kept, tool_schemas.ToolsChanged)["tools"][0]["has_secret"]
    gone = await office.rana.put(TOOLS, json={"tools": [{**PRICES, "secret": None}], "version": 2})
    assert not fits(gone, tool_schemas.ToolsChanged)["tools"][0]["has_secret"]
    assistant = office.parts.team.assistant(office.cast.olive.id, office.cast.olive_number.id)
    assert assistant.tools == (PRICES,)


async def test_no_key_is_ever_told(office: Office) -> None:
    with capture_logs() as logs:
        answers = [
            await change(office.rana, WHOLE, model_key=KEY),
            await office.rana.put(TOOLS, json={"tools": [{**PRICES, "secret": SECRET}], "version": 1}),
            await office.rana.get(SETTINGS),
            await change(office.rana, {"mode": "maybe"}, 2, model_key=KEY),
            await office.rana.put(TOOLS, json={"tools": [{**PRICES, "secret": SECRET, "name": "?"}], "version": 2}),
        ]
    assistant = office.parts.team.assistant(office.cast.olive.id)
    assert assistant.secrets == {MODEL_KEY: KEY, "tool:prices": SECRET}
    told = " ".join(answer.text for answer in answers) + str(logs) + repr(assistant)
    assert KEY not in told
    assert SECRET not in told


async def test_only_administrators_set_it(office: Office) -> None:
    for answer in (
        await change(office.omar, {"mode": "auto"}),
        await office.omar.put(TOOLS, json={"tools": [], "version": 0}),
    ):
        assert fits(answer, Failure, 403)["code"] == "forbidden"
    assert (await shown(office))["account"]["version"] == 0


async def test_another_account_sees_and_sets_its_own_alone(office: Office) -> None:
    await change(office.rana, {"mode": "auto", "persona": "Zeit"})
    theirs = fits(await office.clara.get(SETTINGS), schemas.AllSettings)
    assert (theirs["account"]["version"], len(theirs["channels"])) == (0, 1)
    assert "Zeit" not in json.dumps(theirs)
    number = str(office.cast.olive_number.id)
    for channel_id in (number, "999", "x", "-1", "9" * 400):
        refused = fits(await change(office.clara, {"mode": "off"}, channel_id=channel_id), Failure, 404)
        assert refused["code"] == "not_found"
    assert (await shown(office))["channels"][0]["version"] == 0


NAN, ENDLESS, HALF = float("nan"), float("inf"), "a\ud800b"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "told",
    [
        None, [], "x", {"unknown": 1}, {"mode": "on"}, {"mode": None},
        {"quiet_seconds": -1}, {"quiet_seconds": 31}, {"quiet_seconds": "soon"}, {"quiet_seconds": NAN},
        {"burst_seconds": 61}, {"burst_seconds": ENDLESS}, {"quiet_seconds": 5, "burst_seconds": 4},
        {"persona": "x" * 4_001}, {"persona": "a\x00"}, {"persona": HALF}, {"persona": None},
        {"confident_from": 101}, {"confident_from": -1}, {"confident_from": 50.5}, {"agreement_from": 101},
        {"agreement_samples": 0}, {"answer_characters_max": 99}, {"answer_characters_max": 5_000}, {"copilot": "maybe"},
        {"handover_texts": {"en": ""}}, {"handover_texts": {"en": "  "}}, {"handover_texts": {"en": "x" * 1_001}},
        {"handover_texts": {"english": "x"}}, {"handover_texts": {"EN": "x"}}, {"handover_texts": {"": "x"}},
        {"handover_texts": {"en": "a\x00"}}, {"away_texts": {f"a{chr(97 + n)}": "x" for n in range(21)}},
        {"hours": {"zone": "Beirut"}}, {"hours": {"zone": "../../etc/passwd"}}, {"hours": {"zone": "utc"}},
        {"hours": {"zone": ""}}, {"hours": {"weekly": {"monday": []}}}, {"hours": {"weekly": {"mon": [["09:00"]]}}},
        {"hours": {"weekly": {"mon": [["9:00", "18:00"]]}}}, {"hours": {"weekly": {"mon": [["09:00", "24:00"]]}}},
        {"hours": {"weekly": {"mon": [["09:00", "18:00"]] * 7}}}, {"hours": {"holidays": ["25-12"]}},
        {"hours": {"holidays": ["2026-02-29"]}}, {"hours": {"holidays": ["02-30"]}}, {"hours": {"holidays": ["x"]}},
        {"hours": {"holidays": ["12-25"] * 401}}, {"hours": {"open": True}},
        {"model": {"base_url": "models.example"}}, {"model": {"base_url": "ftp://models.example"}},
        {"model": {"base_url": "https://"}}, {"model": {"base_url": "https://a:b@models.example/v1"}},
        {"model": {"base_url": "https://models.example/v1?key=1"}}, {"model": {"base_url": "https://models.example/#"}},
        {"model": {"base_url": "https://mo dels.example"}}, {"model": {"base_url": "https://models.example:99999"}},
        {"model": {"base_url": "https://models.example:x"}}, {"model": {"base_url": "https://[::1"}},
        {"model": {"base_url": "https://" + "x" * 2_000}}, {"model": {"name": "x" * 201}},
        {"model": {"timeout_seconds": 0}}, {"model": {"timeout_seconds": 61}}, {"model": {"answer_tokens_max": 1}},
        {"model": {"micros_per_million_in": -1}}, {"model": {"micros_per_million_out": 10**13}},
        {"model": {"key": "x"}},
        {"limits": {"turns_per_day": -1}}, {"limits": {"turns_per_day": 10**400}}, {"limits": {"per_day": 1}},
        {"rules": {"keywords": [""]}}, {"rules": {"keywords": ["x" * 101]}}, {"rules": {"keywords": ["x"] * 101}},
        {"rules": {"keywords": "lawyer"}}, {"rules": {"vip_tags": ["x" * 51]}}, {"rules": {"idle_minutes": 43_201}},
        {"rules": {"idle_minutes": -1}}, {"rules": {"idle_move": "delete"}}, {"rules": {"upset": None}},
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_with_a_sentence(office: Office, told: Any) -> None:
    refused = fits(await change(office.rana, told), InvalidRequest, 422)
    assert refused["code"] == "invalid_request"
    assert refused["error"].startswith("The request cannot be understood. settings")
    assert refused["error"].endswith(".")
    assert refused["fields"][0]["field"].startswith("settings")
    assert office.parts.team.assistant(office.cast.olive.id).version == 0


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", -1), ("version", "x"), ("version", None), ("version", 10**400), ("channel_id", ""),
        ("channel_id", 7), ("model_key", ""), ("model_key", " x"), ("model_key", "a\r\nHost: x"), ("model_key", "ключ"),
        ("model_key", "x" * 2_001), ("model_key", 5),
    ],
)  # fmt: skip
async def test_what_cannot_be_told_beside_it(office: Office, name: str, value: Any) -> None:
    refused = fits(await change(office.rana, {"mode": "auto"}, **{"version": 0, name: value}), InvalidRequest, 422)
    assert refused["fields"][0]["field"] == name


def nested(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object"}
    for _ in range(depth):
        found = {"type": "object", "properties": {"in": found}}
    return found


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""}, {"name": "Prices"}, {"name": "look up"}, {"name": "1st"}, {"name": "x" * 65},
        {"name": "prices-of"},
        {"description": ""}, {"description": " "}, {"description": "x" * 1_001},
        {"parameters": []}, {"parameters": {"type": "string"}}, {"parameters": {"properties": {}}},
        {"parameters": {"type": "object", "properties": []}}, {"parameters": {"type": "object", "required": "what"}},
        {"parameters": nested(20)}, {"parameters": {"type": "object", "title": "x" * 9_000}},
        {"parameters": {"type": "object", "title": HALF}}, {"parameters": {"type": "object", "title": "a\x00"}},
        {"url": ""}, {"url": "prices.example"}, {"url": "file:///etc/passwd"}, {"url": "https://a:b@prices.example/"},
        {"url": "javascript:alert(1)"}, {"method": "HEAD"}, {"method": "get"},
        {"header": ""}, {"header": "X: y"}, {"header": "Host"}, {"header": "content-length"}, {"header": "a\nb"},
        {"secret": ""}, {"secret": "a\nb"}, {"secret": "x" * 2_001}, {"unknown": 1},
    ],
)  # fmt: skip
async def test_tools_that_are_none(office: Office, changed: dict[str, Any]) -> None:
    content = json.dumps({"tools": [{**PRICES, **changed}], "version": 0}).encode("ascii")
    answer = await office.rana.put(TOOLS, content=content, headers={"Content-Type": "application/json"})
    refused = fits(answer, InvalidRequest, 422)
    assert refused["fields"][0]["field"].startswith("tools.0")
    assert office.parts.team.assistant(office.cast.olive.id).tools == ()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changed", "code", "sentence"),
    [
        *(
            ({"name": form.name}, "tool_name_reserved", f"The assistant has a tool of its own called {form.name}")
            for form in BUILT_IN
        ),
        ({"parameters": {"type": "object", "oneOf": []}}, "tool_parameters", "“oneOf” is not checked here"),
        ({"parameters": {"type": "object", "properties": {"a": {"$ref": "#"}}}}, "tool_parameters", "“$ref”"),
        ({"parameters": {"type": "object", "properties": {"a": {"type": 5}}}}, "tool_parameters", "“type” names"),
        ({"parameters": {"type": "object", "required": ["a"]}}, "tool_parameters", "“a” is required"),
    ],
)
async def test_tools_that_the_assistant_would_not_take_are_not_kept(
    office: Office, changed: dict[str, Any], code: str, sentence: str
) -> None:
    answer = await office.rana.put(TOOLS, json={"tools": [PRICES, {**PRICES, "name": "b", **changed}], "version": 0})
    refused = fits(answer, InvalidRequest, 422)
    assert refused["code"] == code
    assert sentence in refused["error"]
    assert office.parts.team.assistant(office.cast.olive.id).tools == ()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_every_tool_that_is_kept_can_be_used(office: Office) -> None:
    told = [{**PRICES, "name": f"by_{method.lower()}", "method": method} for method in METHODS]
    told.append({"name": "bare", "description": "No more than it must say.", "url": "https://shop.example/"})
    fits(await office.rana.put(TOOLS, json={"tools": told, "version": 0}), tool_schemas.ToolsChanged)
    assistant = office.parts.team.assistant(office.cast.olive.id)
    taken = tools_of(assistant, office.cast.olive.id)
    assert [(tool.name, tool.only_reads) for tool in taken] == [
        ("by_get", True),
        *((f"by_{method}", False) for method in ("post", "put", "patch", "delete")),
        ("bare", False),
    ]
    assert all(tool.parameters["type"] == "object" for tool in taken)


async def test_so_many_tools_and_each_by_its_name(office: Office) -> None:
    twins = await office.rana.put(TOOLS, json={"tools": [PRICES, PRICES], "version": 0})
    assert fits(twins, InvalidRequest, 422)["code"] == "tool_name_twice"
    many = [{**PRICES, "name": f"tool_{number}"} for number in range(21)]
    fits(await office.rana.put(TOOLS, json={"tools": many, "version": 0}), InvalidRequest, 422)
    fits(await office.rana.put(TOOLS, json={"tools": many[:20], "version": 0}), tool_schemas.ToolsChanged)
    huge = [{**one, "parameters": {"type": "object", "title": "x" * 8_000}} for one in many[:20]]
    fits(await office.rana.put(TOOLS, json={"tools": huge, "version": 1}), Failure, 413)
