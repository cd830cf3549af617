"""The OpenAI wire: what is sent over it, what is read from it, and what that costs."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from assistant.asking import FORM, HELLO, KEY, access_to, ask, failure
from assistant.wire_server import Says, WireServer, calls, fails, says, wire_server
from wasl.assistant.limits import TOOL_CALLS_PER_ROUND_MAX
from wasl.assistant.models.model import Asked, ModelAccess, ModelFailed, Picture, Sound, ToolForm, Turn, is_near
from wasl.assistant.models.openai_chat import OpenAiChat
from wasl.domain.assistant import Usage
from wasl.domain.assistant_settings import ModelTerms

pytestmark = pytest.mark.anyio
PRICE = ToolForm("price", "What something costs.", {"type": "object", "properties": {"item": {"type": "string"}}})


# -- what is sent -----------------------------------------------------------------------------------------------------


async def test_a_question_is_a_streamed_chat_completion(model: OpenAiChat, server: WireServer) -> None:
    said = await ask(model, server, replace(HELLO, tools=[PRICE], form=FORM))
    assert (said.text, said.calls, said.refusal, said.cut) == ("hello", (), None, False)
    [asked] = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.messages == [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "hello"}]
    assert asked.tools == ["price"]
    assert (asked.body["stream"], asked.body["tool_choice"], asked.body["max_tokens"]) == (True, "auto", 600)
    told = {"name": "answer", "strict": True, "schema": FORM}
    assert asked.body["response_format"] == {"type": "json_schema", "json_schema": told}


async def test_pictures_go_along_as_they_are(model: OpenAiChat, server: WireServer) -> None:
    shown = Turn("user", "what is this?", (Picture(b"\xff\xd8\xff", "image/jpeg"),))
    await ask(model, server, Asked([shown]))
    assert server.asked[0].messages[0]["content"] == [
        {"type": "text", "text": "what is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,/9j/"}},
    ]


async def test_what_tools_were_called_and_answered_is_told_again(model: OpenAiChat, server: WireServer) -> None:
    server.will(calls(("price", {"item": "bread"}), ("price", {"item": "cake"})))
    said = await ask(model, server, replace(HELLO, tools=[PRICE]))
    assert [(call.name, call.arguments) for call in said.calls] == [
        ("price", '{"item": "bread"}'),
        ("price", '{"item": "cake"}'),
    ]
    turns = [*HELLO.turns, Turn("assistant", "", calls=said.calls)]
    turns += [Turn("tool", "2 $", answers=call.id) for call in said.calls]
    await ask(model, server, Asked(turns, [PRICE], may_call=False))
    assert server.asked[1].messages[2]["tool_calls"] == [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in said.calls
    ]
    assert [one["tool_call_id"] for one in server.asked[1].messages[3:]] == [call.id for call in said.calls]
    assert server.asked[1].body["tool_choice"] == "none"


async def test_nothing_of_the_environment_goes_along(
    model: OpenAiChat, server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-machine")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-of-the-administrator")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-machine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-the-machine")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    await ask(model, server)
    await model.ask(access_to(server, None), HELLO, 10.0)
    first, second = (asked.headers for asked in server.asked)
    assert first["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in second
    assert not [
        value for value in (*first.values(), *second.values()) if "machine" in value or "administrator" in value
    ]


async def test_connections_are_kept_and_keys_are_not(model: OpenAiChat, server: WireServer) -> None:
    async with wire_server() as other:
        other.otherwise = says("hello")
        for key in (KEY, "sk-of-cedar", KEY):
            await model.ask(access_to(server, key), HELLO, 10.0)
        await model.ask(access_to(other, None), HELLO, 10.0)
        assert [asked.headers["authorization"] for asked in server.asked] == [
            f"Bearer {KEY}",
            "Bearer sk-of-cedar",
            f"Bearer {KEY}",
        ]
        assert "authorization" not in other.asked[0].headers
    assert server.connections == 1


async def test_cookies_of_one_account_are_not_anothers(model: OpenAiChat, server: WireServer) -> None:
    server.will(says("hello", headers={"Set-Cookie": "whose=olive; Path=/"}))
    await ask(model, server)
    await model.ask(access_to(server, "sk-of-cedar"), HELLO, 10.0)
    assert "cookie" not in server.asked[1].headers


async def test_a_redirect_is_not_followed(model: OpenAiChat, server: WireServer) -> None:
    async with wire_server() as other:
        server.will(Says(status=302, headers={"Location": f"{other.url}/chat/completions"}))
        problem = await failure(model, server)
        assert (problem.code, problem.again) == ("moved", False)
        assert other.asked == []


def test_a_start_loads_neither_the_client_nor_what_opens_documents() -> None:
    """The client takes as long as the rest of the start; documents are opened by processes of their own."""
    code = "import wasl.app, sys; print([name for name in ('openai', 'pypdf', 'openpyxl') if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert loaded == "[]\n"


# -- what servers do not take -----------------------------------------------------------------------------------------


async def test_the_form_of_an_answer_is_asked_for_as_strictly_as_a_server_takes(
    model: OpenAiChat, server: WireServer
) -> None:
    server.will(fails(400, message="response_format json_schema is unknown"), fails(400, message="no json"))
    asked = replace(HELLO, form=FORM)
    assert (await ask(model, server, asked)).text == "hello"
    assert [one.format for one in server.asked] == ["json_schema", "json_object", "text"]
    await ask(model, server, asked)
    assert server.asked[-1].format == "text"


@pytest.mark.parametrize("complaint", ["Unknown field: stream_options", "extra inputs: include_usage"])
async def test_a_server_that_does_not_count_is_not_asked_to(
    model: OpenAiChat, server: WireServer, complaint: str
) -> None:
    server.will(fails(422, message=complaint))
    said = await ask(model, server, replace(HELLO, form=FORM))
    assert "stream_options" not in server.asked[1].body
    assert server.asked[1].format == "json_schema"
    # About as many tokens as there are words.
    assert said.usage == Usage("small", 4, 2, 0)


async def test_models_that_reason_are_told_the_limit_by_its_other_name(model: OpenAiChat, server: WireServer) -> None:
    server.will(fails(400, message="Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."))
    await ask(model, server)
    assert "max_tokens" not in server.asked[1].body
    assert server.asked[1].body["max_completion_tokens"] == 600


async def test_what_no_form_makes_better_is_not_asked_again(model: OpenAiChat, server: WireServer) -> None:
    server.will(fails(400, "context_length_exceeded", "This model's maximum context length is 4096 tokens."))
    problem = await failure(model, server, replace(HELLO, form=FORM))
    assert (problem.code, len(server.asked)) == ("refused", 1)


async def test_a_refusal_of_every_form_is_not_taken_for_one_of_them(model: OpenAiChat, server: WireServer) -> None:
    server.otherwise = fails(400, message="I do not like this")
    assert (await failure(model, server, replace(HELLO, form=FORM))).code == "refused"
    asked = len(server.asked)
    assert asked <= 4
    server.otherwise = says("hello")
    await ask(model, server, replace(HELLO, form=FORM))
    assert server.asked[asked].format == "json_schema"


# -- what models say --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (Says(refusal="I cannot help with that."), "I cannot help with that."),
        (says("", finish="content_filter"), ""),
        (Says(refusal="No.", streams=False), "No."),
    ],
)
async def test_a_refusal_is_told_from_an_answer(
    model: OpenAiChat, server: WireServer, answer: Says, refusal: str
) -> None:
    server.will(answer)
    assert (await ask(model, server)).refusal == refusal


async def test_a_server_that_does_not_stream_is_understood(model: OpenAiChat, server: WireServer) -> None:
    server.will(Says("hello", calls=(("price", "{}"),), streams=False))
    said = await ask(model, server, replace(HELLO, tools=[PRICE]))
    assert (said.text, [call.name for call in said.calls]) == ("hello", ["price"])
    assert (said.usage.tokens_in, said.usage.tokens_out) == (200, 30)


async def test_calls_that_share_a_place_are_told_apart(model: OpenAiChat, server: WireServer) -> None:
    def called(call_id: str, item: str) -> bytes:
        function = {"name": "price", "arguments": {"item": item}}
        piece = {
            "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": call_id, "function": function}]}}]
        }
        return b"data: " + json.dumps(piece).encode() + b"\n\n"

    server.will(Says(raw=called("a", "bread") + called("b", "cake") + b"data: [DONE]\n\n"))
    said = await ask(model, server)
    assert [(call.id, call.arguments) for call in said.calls] == [("a", '{"item":"bread"}'), ("b", '{"item":"cake"}')]


async def test_calls_without_end_are_a_few(model: OpenAiChat, server: WireServer) -> None:
    server.will(calls(*[("price", {}) for _ in range(500)]))
    assert len((await ask(model, server)).calls) == TOOL_CALLS_PER_ROUND_MAX + 1


# -- what it costs ----------------------------------------------------------------------------------------------------


async def test_what_a_call_has_used_is_counted_and_priced(model: OpenAiChat, server: WireServer) -> None:
    dear = access_to(server, micros_per_million_in=2_500_000, micros_per_million_out=10_000_000)
    server.will(says("hello", usage=(1_000, 50)))
    assert (await model.ask(dear, HELLO, 10.0)).usage == Usage("small", 1_000, 50, 3_000)
    server.will(says("hello", usage=(1, 0)))
    assert (await model.ask(dear, HELLO, 10.0)).usage.cost_micros == 3, "never less than it costs"


@pytest.mark.parametrize("usage", [(10**30, 5), (-5, 5)])
async def test_a_count_that_cannot_be_is_not_believed(
    model: OpenAiChat, server: WireServer, usage: tuple[int, int]
) -> None:
    server.will(says("hello", usage=usage))
    assert 0 < (await ask(model, server)).usage.tokens_in <= 10_000_000


async def test_where_a_server_does_not_count_we_do(model: OpenAiChat, server: WireServer) -> None:
    server.will(says("x" * 400, usage=None))
    shown = Turn("user", "x" * 4_000, (Picture(b"", "image/png"),))
    assert (await ask(model, server, Asked([shown]))).usage == Usage("small", 2_000, 100, 0)


# -- voice notes ------------------------------------------------------------------------------------------------------


NOTE = Sound(b"OggS and more", "note.ogg", "audio/ogg", 12.0)


async def test_a_voice_note_is_written_down(model: OpenAiChat, server: WireServer) -> None:
    server.hears = says(" when do you open? ")
    heard = await model.hear(access_to(server, transcription="ear"), NOTE, 10.0)
    assert (heard.text, heard.usage) == ("when do you open?", Usage("ear", 120, 0, 0))
    [asked] = server.heard
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert (asked.body["model"], asked.body["file"], asked.body["file_name"]) == ("ear", NOTE.content, "note.ogg")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (fails(400), "refused"),
        (fails(401), "wrong_key"),
        (fails(500), "server_error"),
        (Says(raw=b'{"text": 7}', content_type="application/json"), "no_wire"),
        (Says(resets_after=0), "broke_off"),
        (says("x", wait_seconds=600), "timeout"),
    ],
)
async def test_a_voice_note_that_cannot_be_written_down(
    model: OpenAiChat, server: WireServer, answer: Says, code: str
) -> None:
    server.hears = answer
    with pytest.raises(ModelFailed) as raised:
        await model.hear(access_to(server, transcription="ear"), NOTE, 0.5 if code == "timeout" else 10.0)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://localhost:8080/v1", True),
        ("http://127.0.0.1/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://192.168.1.20:8000/v1", True),
        ("http://ollama:80/v1", True),
        ("http://gpu.example.com:11434/v1", True),
        ("http://box.local/v1", True),
        ("https://api.openai.com/v1", False),
        ("https://8.8.8.8/v1", False),
        ("http://", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_models_of_ones_own_need_no_key(url: str, near: bool) -> None:
    assert is_near(url) is near
    assert ModelAccess(ModelTerms(base_url=url, name="small")).is_usable is near
