"""What every adapter promises, held against one example of each provider; and that the recipe for another one works."""

import base64
import random
import re
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from channels.contract import CUSTOMER, NUMBER, WORDS, Example, examples, kinds_of
from channels.outgoing import CALLBACK
from channels.provider_server import (
    Answer,
    Provider,
    answering,
    drip,
    exchange_for,
    half_an_answer,
    hang_up,
    no_http,
    provider,
    reset,
    silence,
)
from wasl.channels import providers
from wasl.channels.adapter import Adapter, Knock, NotFetched, Upload
from wasl.channels.download import Downloads
from wasl.channels.exchange import Exchange, ProviderAway
from wasl.channels.registry import adapters, forms
from wasl.clock import monotonic
from wasl.domain.channels import Access, FilesBy
from wasl.domain.message import MessageType
from wasl.domain.sending import (
    NOT_BEGUN,
    Accepted,
    NotSent,
    Outgoing,
    Recipient,
    Refused,
    SendOutcome,
    Signal,
    SignalKind,
    Unclear,
)
from wasl.domain.updates import MessageReceived, Update
from wasl.errors import UnreadableBody

pytestmark = pytest.mark.anyio

RECIPE = Path(__file__).resolve().parents[2] / "docs" / "adding-a-provider.md"
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
THE_RECIPES = "olivepost"
EXAMPLES = examples()
LOST = [reset, hang_up, half_an_answer, no_http, silence, drip]
_FILE_KINDS = {"image", "video", "audio", "voice", "document", "sticker"}


@pytest.fixture(params=[*EXAMPLES, THE_RECIPES])
def example(request: pytest.FixtureRequest) -> Example:
    if request.param in EXAMPLES:
        return EXAMPLES[request.param]
    found: Example = request.getfixturevalue("recipe")
    return found


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Example:
    """The provider that the recipe makes: its first piece of code as a file of `providers/`, its second as example."""
    code, made = _BLOCK.findall(RECIPE.read_text(encoding="utf-8"))
    (tmp_path / f"{THE_RECIPES}.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(tmp_path)])
    module = ModuleType("channels.olivepost.example")
    exec(compile(made, "the recipe's example.py", "exec"), module.__dict__)
    found: Example = module.EXAMPLE
    return found


@asynccontextmanager
async def speaking(example: Example, answer: Answer) -> AsyncIterator[tuple[Adapter, Provider]]:
    async with provider(answer) as played, aclosing(exchange_for(answer)) as exchange:
        downloads = Downloads()
        yield example.adapter(exchange, downloads), played
        await downloads.aclose()


def quiet(example: Example) -> Adapter:
    """An adapter of which nothing is sent."""
    return example.adapter(Exchange(), Downloads())


async def send(
    example: Example, answer: Answer, outgoing: Outgoing, until: float = 1e12, key: str | None = None
) -> tuple[SendOutcome, Provider]:
    changes = {} if key is None else {example.key: key}
    async with speaking(example, answer) as (adapter, played):
        return await adapter.send(example.access(played.url, **changes), outgoing, until), played


def plain(updates: list[Update]) -> list[str]:
    return [repr(update).partition("origin_json")[0] for update in updates]


# -- the set -----------------------------------------------------------------------------------------------------------


def test_every_provider_has_an_example() -> None:
    assert set(EXAMPLES) == set(forms())


def test_a_file_among_the_providers_is_all_it_takes(recipe: Example) -> None:
    assert set(forms()) == {*EXAMPLES, THE_RECIPES}
    assert THE_RECIPES in adapters(Exchange(), Downloads())
    assert recipe.form.title == "Olive Post"


# -- the form ----------------------------------------------------------------------------------------------------------


def test_the_form_can_be_filled_in(example: Example) -> None:
    form = example.form
    assert form.provider == example.provider
    assert re.fullmatch(r"[a-z][a-z0-9]*", form.provider)
    assert form.api_base_url.startswith("https://")
    names = [known.name for known in form.fields]
    assert len(set(names)) == len(names)
    for known in form.fields:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", known.name)
        assert known.about
        assert not known.default or re.fullmatch(known.pattern, known.default), known.name
        assert not (known.secret and known.default), known.name
    if form.proof is not None:
        proof = form.field_named(form.proof)
        assert proof is not None
        # An empty one would let everybody in.
        assert (proof.secret, proof.default) == (True, None)
    key = form.field_named(example.key)
    assert key is not None
    assert (key.secret, key.default) == (True, None)


def test_what_it_can_is_declared_without_contradiction(example: Example) -> None:
    can = example.form.capabilities
    assert MessageType.TEXT in can.kinds
    possible = can.switched(can.switchable)
    assert {kind for kind in possible.kinds if kind.value in _FILE_KINDS} == set(possible.files)
    assert all(limit.bytes_max > 0 for limit in possible.files.values())
    assert bool(can.interactive) == (MessageType.INTERACTIVE in can.kinds)
    assert can.interactive <= {"button", "list", "cta_url"}
    words = {kind.value for kind in MessageType} | {"quotes", "reactions", "read_receipts", "typing", "interactive"}
    assert can.switchable <= words
    assert can.per_second > 0
    assert can.as_json()


# -- webhooks ----------------------------------------------------------------------------------------------------------


def test_only_who_knows_the_secret_is_believed(example: Example) -> None:
    adapter, access = quiet(example), example.access()
    assert adapter.proves(example.posted(access), access)
    if example.forged is None:
        # Then the address itself must be what nobody can guess: it is never one for several.
        assert not adapter.form.app_level_url
        return
    assert not adapter.proves(example.forged(access), access)
    bare = replace(example.posted(access), raw_headers=())
    assert not adapter.proves(bare, access)
    assert not adapter.proves(replace(bare, body=b""), access)


def test_nobody_is_told_that_an_address_is_ours_for_no_word_or_a_wrong_one(example: Example) -> None:
    adapter = quiet(example)
    for query in ("", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=", "hub.verify_token=x&hub.challenge=1"):
        assert adapter.verify(Knock("GET", "/", query, (), b""), ["", "another"]) is None


def test_a_customers_words_are_read(example: Example) -> None:
    access = example.access()
    [update] = quiet(example).read(example.posted(access), access)
    assert isinstance(update, MessageReceived)
    assert (update.phone_number_id, update.content.text, update.party.phone) == (NUMBER, WORDS, CUSTOMER)
    assert (update.from_customer, bool(update.message_id)) == (True, True)
    assert update.timestamp_seconds > 0


def test_the_same_body_twice_is_the_same_message_and_so_is_what_is_kept_of_it(example: Example) -> None:
    adapter, access = quiet(example), example.access()
    first, second = (list(adapter.read(example.posted(access), access)) for _ in range(2))
    assert [getattr(one, "message_id", None) for one in first] == [getattr(one, "message_id", None) for one in second]
    for update in first:
        kept = update.origin_json()
        again = list(adapter.read(Knock.kept(kept), access))
        assert plain(again) == plain([update])
        assert again[0].origin_json() == kept


def test_any_bytes_are_read_or_refused_as_a_whole_and_nothing_is_left_out(example: Example) -> None:
    adapter, access = quiet(example), example.access()
    body, choose = example.posted(access).body, random.Random(7)
    bent = [b"", b"\x00", b"{}", b"[]", b"null", b"[[[[", b"\xff\xfe", b"a=b&c", b'"text"', body[:-1], body * 2]
    for _ in range(300):
        place, bytes_ = choose.randrange(len(body)), choose.randbytes(choose.randrange(4))
        bent.append(body[:place] + bytes_ + body[place + choose.randrange(6) :])
    for one in bent:
        try:
            updates = adapter.read(replace(example.posted(access), body=one), access)
        except UnreadableBody:
            continue
        for update in updates:
            assert isinstance(update.origin_json(), bytes)


# -- sending -----------------------------------------------------------------------------------------------------------


async def test_every_kind_that_is_offered_leaves_in_one_request(example: Example) -> None:
    for word, outgoing in kinds_of(example).items():
        outcome, played = await send(example, answering(200, example.takes), outgoing)
        assert isinstance(outcome, Accepted), (word, outcome)
        assert outcome.provider_message_id
        assert len(played.requests) == 1


async def test_the_key_stands_in_no_address(example: Example) -> None:
    _, played = await send(example, answering(200, example.takes), kinds_of(example)["text"])
    [(line, headers, _)] = played.requests
    assert example.values[example.key] not in line
    assert any(example.values[example.key] in _unpacked(value) for value in headers.values())


async def test_what_settles_a_lost_answer_is_sent_along(example: Example) -> None:
    if not example.form.capabilities.settles_lost_answers:
        return
    _, played = await send(example, answering(200, example.takes), kinds_of(example)["text"])
    said = str(played.requests[0][2])
    assert CALLBACK in said or CALLBACK.replace(":", "%253A") in said


@pytest.mark.parametrize("answer", LOST)
async def test_a_lost_answer_is_unclear_and_never_asked_for_twice(example: Example, answer: Answer) -> None:
    outcome, played = await send(example, answer, kinds_of(example)["text"])
    assert isinstance(outcome, Unclear), outcome
    assert len(played.requests) == 1


@pytest.mark.parametrize(
    ("status", "body"), [(200, b"<html>hello</html>"), (502, b"<html>bad gateway</html>"), (500, b""), (302, b"")]
)
async def test_an_answer_of_something_in_between_says_nothing(example: Example, status: int, body: bytes) -> None:
    outcome, played = await send(example, answering(status, body, Location="/elsewhere"), kinds_of(example)["text"])
    assert isinstance(outcome, Unclear), outcome
    assert len(played.requests) == 1


async def test_where_nobody_listens_nothing_has_left(example: Example) -> None:
    async with aclosing(Exchange()) as exchange:
        adapter = example.adapter(exchange, Downloads())
        outcome = await adapter.send(example.access("http://127.0.0.1:9"), kinds_of(example)["text"], 1e12)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.holds) == ("connect_error", "channel")


async def test_whoever_stood_still_for_too_long_sends_nothing(example: Example) -> None:
    outcome, played = await send(example, answering(200, example.takes), kinds_of(example)["text"], monotonic())
    assert outcome is NOT_BEGUN
    assert played.requests == []


@pytest.mark.parametrize("key", ["", "a-key\nX-Evil: 1", "kéy"])
async def test_a_key_that_cannot_be_one_waits_for_an_administrator(example: Example, key: str) -> None:
    answer = answering(200, example.takes)
    outcome, played = await send(example, answer, kinds_of(example)["text"], key=key)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.counts_as_attempt, played.requests) == ("misconfigured", False, [])


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 422, 429, 500, 503])
async def test_no_answer_shows_a_secret_or_lacks_a_sentence(example: Example, status: int) -> None:
    secret = example.values[example.key]
    for body in (
        '{"error": {"code": 100, "message": "bad %s", "error_data": {"details": "bad %s"}}}',
        '{"code": 77777, "message": "bad %s"}',
        '{"errors": [{"code": 77777, "title": "bad %s"}], "message": "bad %s"}',
        '{"success": false, "message": "bad %s"}',
        '{"error": "bad %s"}',
    ):
        said = body.replace("%s", secret).encode()
        outcome, played = await send(example, answering(status, said), kinds_of(example)["text"])
        assert secret not in repr(outcome)
        assert len(played.requests) == 1
        if isinstance(outcome, NotSent | Refused):
            assert outcome.message[:1].isupper(), outcome.message
        if isinstance(outcome, NotSent):
            assert outcome.retry_after_seconds > 0


async def test_a_refused_key_holds_the_channel_and_costs_no_attempt(example: Example) -> None:
    said = b'{"error": {"code": 190, "message": "x"}, "code": 20003, "message": "x"}'
    outcome, _ = await send(example, answering(401, said), kinds_of(example)["text"])
    assert isinstance(outcome, NotSent)
    assert (outcome.holds, outcome.counts_as_attempt) == ("channel", False)


async def test_to_nobody_nothing_is_sent(example: Example) -> None:
    outgoing = replace(kinds_of(example)["text"], to=Recipient())
    outcome, played = await send(example, answering(200, example.takes), outgoing)
    assert isinstance(outcome, Refused)
    assert (outcome.code, played.requests) == ("no_recipient", [])


async def test_a_file_that_is_gone_is_not_sent_as_something_else(example: Example) -> None:
    for word, outgoing in kinds_of(example).items():
        if word in _FILE_KINDS:
            outcome, played = await send(example, answering(200, example.takes), replace(outgoing, file=None))
            assert isinstance(outcome, Refused)
            assert (outcome.code, played.requests) == ("no_file", [])


# -- beside messages ---------------------------------------------------------------------------------------------------


async def test_nothing_is_told_that_is_not_offered(example: Example) -> None:
    can = example.form.capabilities
    offered = {
        SignalKind.REACTION: can.reactions,
        SignalKind.READ: can.read_receipts,
        SignalKind.TYPING: can.typing,
    }
    for kind, offers in offered.items():
        async with speaking(example, answering(200, b'{"success": true, "messages": [{"id": "x"}]}')) as (
            adapter,
            played,
        ):
            urls = {known.name: played.url for known in example.form.fields if known.name.endswith("_url")}
            access = example.access(played.url, **urls)
            outcome = await adapter.signal(access, Signal(kind, example.to, "a-message", "👍"))
        if offers:
            assert isinstance(outcome, Accepted), (kind, outcome)
            assert len(played.requests) == 1
        elif not can.switchable:
            assert isinstance(outcome, Refused), (kind, outcome)
            assert played.requests == []


async def test_a_file_is_left_there_only_where_that_is_how_files_go(example: Example) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"PNG"

    async with speaking(example, answering(200, b'{"id": "media-1"}')) as (adapter, played):
        upload = Upload("a.png", "image/png", chunks(), 3)
        outcome = await adapter.upload(example.access(played.url), upload)
    by_upload = example.form.capabilities.files_by is FilesBy.UPLOAD and bool(example.form.capabilities.files)
    assert isinstance(outcome, Refused) is not by_upload
    assert len(played.requests) == int(by_upload)


async def test_no_private_address_is_ever_fetched_from(example: Example) -> None:
    async with provider(answering(200, b"secret")) as stranger, aclosing(Exchange()) as exchange:
        adapter = example.adapter(exchange, Downloads())
        with pytest.raises(NotFetched) as error:
            await _fetched(adapter, example.access(), {"id": "m-1", "url": f"{stranger.url}/x"})
    assert stranger.requests == []
    assert error.value.message.endswith(".")


async def test_where_nobody_listens_questions_say_so(example: Example) -> None:
    async with aclosing(Exchange()) as exchange:
        adapter = example.adapter(exchange, Downloads())
        for question in (adapter.templates, adapter.examine):
            found: object = None
            with suppress(ProviderAway):
                found = await question(example.access())
            assert found in ([], None)


async def _fetched(adapter: Adapter, access: Access, media: dict[str, str]) -> bytes:
    async with adapter.fetch(access, media) as download:
        return b"".join([chunk async for chunk in download.chunks])


def _unpacked(value: str) -> str:
    word, _, packed = value.partition(" ")
    return base64.b64decode(packed).decode() if word == "Basic" else value
