"""The live-chat API as its clients see it: every answer is what the OpenAPI document says, no more and no less."""

from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from arrivals import BISAN, DIMA, echoed, reacted, said
from wasl.domain.message import MessageType
from wasl.web import contact_schemas, schemas
from web.conftest import Office

pytestmark = pytest.mark.anyio
API = "/api/live-chat"


def fits(answer: httpx2.Response, model: type[BaseModel], status: int = 200) -> Any:
    """The JSON of an answer, which must be just what the model describes."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    # What need not be there, such as a part of an error, may be left out.
    assert model.model_validate(body).model_dump(mode="json", by_alias=True, exclude_unset=True) == body
    return body


async def lively(office: Office) -> None:
    """Three customers, many kinds of messages; one of them is being answered."""
    await office.arrives(said("a1", "marhaba"), said("a2", "kifak", at=1))
    await office.arrives(
        said("b1", "", party=BISAN, kind=MessageType.IMAGE, media={"id": "9", "mime_type": "image/jpeg"}),
        said("b2", "that", party=BISAN, reply_to="b1"),
    )
    await office.arrives(said("d1", party=DIMA), reacted("a1", "👍", at=5), echoed("e1", "on the phone", at=6))
    fits(await office.rana.post(f"{API}/takeover", json=await office.ids(2)), schemas.HandedOver)


async def test_every_read_answers_as_documented(office: Office) -> None:
    await lively(office)
    chats = fits(await office.rana.get(f"{API}/unified-chats"), schemas.Chats)
    assert [chat["user_name"] for chat in chats["chats"]] == ["Adam", "Dima", "Bisan"]
    assert (chats["total"], chats["page"], chats["page_size"], chats["has_more"]) == (3, 1, 30, False)
    for chat in chats["chats"]:
        address = f"{API}/conversation/{chat['user_id']}/{chat['conversation_id']}"
        history = fits(await office.rana.get(address), schemas.History)
        assert history["conversation"] == chat
        assert (history["as_of"], history["status"]) == (chats["as_of"], chat["status"])
        assert history["returned_messages"] == history["total_messages"] == chat["message_count"]
        assert history["messages"][-1]["message_id"] == chat["last_message"]["message_id"]
        for message in history["messages"]:
            trace = await office.rana.get(f"{API}/messages/{message['message_id']}/trace")
            assert fits(trace, schemas.Trace)["message_id"] == message["message_id"]
        found = await office.rana.get(f"{API}/client/{chat['user_id']}/conversations")
        assert fits(found, contact_schemas.Client)["conversations"] == [chat]
    assert fits(await office.rana.get(f"{API}/active-conversations"), schemas.Conversations)["total"] == 3
    queue = fits(await office.rana.get(f"{API}/waiting-queue"), schemas.Queue)
    assert [chat["user_name"] for chat in queue["queue"]] == ["Adam", "Dima"]
    metrics = fits(await office.rana.get(f"{API}/metrics"), schemas.Metrics)["metrics"]
    assert (metrics["human_conversations"], metrics["waiting_conversations"]) == (1, 2)


async def test_a_sent_message_answers_as_documented(office: Office) -> None:
    await lively(office)
    ids = await office.ids(2)
    asked = {**ids, "message": "Good morning", "reply_to": "b1", "client_message_id": "c-1"}
    sent = fits(await office.rana.post(f"{API}/send-message", json=asked), schemas.Sent)["message"]
    assert sent["reply_preview"] == {"message_id": "b1", "role": "user", "type": "image", "content": ""}
    history = await office.rana.get(f"{API}/conversation/{ids['user_id']}/{ids['conversation_id']}")
    assert fits(history, schemas.History)["messages"][-1]["message_id"] == sent["message_id"]
    trace = fits(await office.rana.get(f"{API}/messages/{sent['message_id']}/trace"), schemas.Trace)
    assert trace["hops"][0]["hop"] == "saved"


async def test_filters_and_pages(office: Office) -> None:
    await lively(office)
    assert [chat["user_name"] for chat in await office.chats(status="waiting_human")] == ["Adam", "Dima"]
    assert [chat["user_name"] for chat in await office.chats(search="bis")] == ["Bisan"]
    first = fits(await office.rana.get(f"{API}/unified-chats", params={"page_size": 2}), schemas.Chats)
    assert (len(first["chats"]), first["has_more"]) == (2, True)
    params = {"page_size": 2, "cursor": first["next_cursor"]}
    second = fits(await office.rana.get(f"{API}/unified-chats", params=params), schemas.Chats)
    assert [chat["user_name"] for chat in second["chats"]] == ["Bisan"]
    assert (second["page"], second["next_cursor"]) == (None, None)
    numbered = fits(await office.rana.get(f"{API}/unified-chats", params={"page_size": 2, "page": 2}), schemas.Chats)
    assert numbered["chats"] == second["chats"]


async def test_history_walks_back(office: Office) -> None:
    await office.arrives(*(said(f"m{n}", at=n) for n in range(5)))
    ids = await office.ids()
    address = f"{API}/conversation/{ids['user_id']}/{ids['conversation_id']}"
    page = fits(await office.rana.get(address, params={"limit": 2}), schemas.History)
    assert [m["message_id"] for m in page["messages"]] == ["m3", "m4"]
    page = fits(await office.rana.get(address, params={"limit": 3, "before": page["next_before"]}), schemas.History)
    assert [m["message_id"] for m in page["messages"]] == ["m0", "m1", "m2"]
    assert (page["has_more"], page["next_before"], page["total_messages"]) == (False, None, 5)


async def test_sending_is_idempotent_and_guarded(office: Office) -> None:
    await office.arrives(said("a1", "marhaba"))
    asked = {**await office.ids(), "message": "Good morning", "client_message_id": "c-1", "seen_sequence": 2}
    sent = fits(await office.rana.post(f"{API}/send-message", json=asked), schemas.Sent)["message"]
    assert (sent["role"], sent["operator_name"], sent["status"]) == ("operator", "Rana", "queued")
    again = fits(await office.rana.post(f"{API}/send-message", json=asked), schemas.Sent)["message"]
    assert again["message_id"] == sent["message_id"]
    late = {**asked, "client_message_id": "c-2", "message": "I answer this"}
    refused = fits(await office.omar.post(f"{API}/send-message", json=late), schemas.NewerMessage, 409)
    assert refused["code"] == "newer_message"
    assert [message["message_id"] for message in refused["newer"]] == [sent["message_id"]]
    assert refused["last_sequence"] == sent["sequence"]
    insisted = await office.omar.post(f"{API}/send-message", json={**late, "force": True})
    assert fits(insisted, schemas.Sent)["message"]["operator_name"] == "Omar"


async def test_a_request_that_a_proxy_repeats_is_one_message(office: Office) -> None:
    await office.arrives(said("a1", "marhaba"))
    asked = {**await office.ids(), "message": "Good morning"}
    repeated = {"Idempotency-Key": "0f0f"}
    ids = set()
    for headers in (repeated, repeated, {"Idempotency-Key": "1e1e"}, {}, {}):
        answer = await office.rana.post(f"{API}/send-message", json=asked, headers=headers)
        ids.add(fits(answer, schemas.Sent)["message"]["message_id"])
    assert len(ids) == 4
    named = {**asked, "client_message_id": "c-1"}
    for key in ("2d2d", "3c3c"):
        answer = await office.rana.post(f"{API}/send-message", json=named, headers={"Idempotency-Key": key})
        assert fits(answer, schemas.Sent)["message"]["client_message_id"] == "c-1"


async def test_handover_and_reading(office: Office) -> None:
    await office.arrives(said("a1"), said("a2"))
    ids = await office.ids()
    for path, status, operator_id in (
        ("takeover", "human", str(office.cast.rana.id)),
        ("release", "bot", None),
        ("end-conversation", "resolved", None),
    ):
        done = fits(await office.rana.post(f"{API}/{path}", json=ids), schemas.HandedOver)
        assert (done["status"], done["operator_id"]) == (status, operator_id)
        assert done["conversation"]["unread_count"] == 2
    asked = {"conversation_id": ids["conversation_id"], "sequence": 3}
    marker = fits(await office.rana.post(f"{API}/read", json=asked), schemas.ReadMarker)
    assert (marker["sequence"], marker["unread_count"]) == (3, 0)
    assert (await office.chats())[0]["unread_count"] == 0


async def test_an_operators_status(office: Office) -> None:
    told = await office.rana.post(f"{API}/operator-status", json={"status": "away"})
    assert fits(told, schemas.OperatorPresence)["status"] == "away"
    operators = (await office.rana.get(f"{API}/metrics")).json()["metrics"]["operators"]
    assert {operator["name"]: operator["status"] for operator in operators} == {"Omar": "available", "Rana": "away"}


async def test_another_account_finds_nothing_anywhere(office: Office) -> None:
    await office.arrives(said("a1", "marhaba"))
    ids = await office.ids()
    user, conversation = ids["user_id"], ids["conversation_id"]
    for path in (f"conversation/{user}/{conversation}", f"client/{user}/conversations", "messages/a1/trace"):
        assert fits(await office.clara.get(f"{API}/{path}"), schemas.Failure, 404)["code"] == "not_found"
    for path, body in (
        ("send-message", {**ids, "message": "hello"}),
        ("takeover", ids),
        ("release", ids),
        ("end-conversation", ids),
        ("read", {"conversation_id": conversation, "sequence": 2}),
    ):
        assert fits(await office.clara.post(f"{API}/{path}", json=body), schemas.Failure, 404)["code"] == "not_found"
    for path in ("unified-chats", "active-conversations", "waiting-queue", "metrics", "unified-chats?search=adam"):
        answer = await office.clara.get(f"{API}/{path}")
        assert answer.status_code == 200
        assert "Adam" not in answer.text
    assert (await office.clara.get(f"{API}/unified-chats")).json()["total"] == 0
    assert (await office.chats())[0]["status"] == "waiting_human"  # Nothing that was tried has changed anything.


async def test_nobody_gets_in_without_a_session(office: Office) -> None:
    document = (await office.nobody.get("/openapi.json")).json()
    paths = [path for path in document["paths"] if path.startswith(API)]
    assert len(paths) > 18
    for path in paths:
        for method in document["paths"][path]:
            address = path.replace("{user_id}", "1").replace("{conversation_id}", "x").replace("{message_id}", "x")
            address = address.replace("{sha256}", "0" * 64).replace("{upload_id}", "x")
            answer = await office.nobody.request(method.upper(), address, json={} if method == "post" else None)
            assert fits(answer, schemas.Failure, 401)["code"] == "not_signed_in", path


async def test_the_document_tells_of_every_failure(office: Office) -> None:
    document = (await office.nobody.get("/openapi.json")).json()
    for path, methods in document["paths"].items():
        if not path.startswith(API) or path in (f"{API}/events", f"{API}/media/{{sha256}}"):
            continue  # A stream and a file, which no model describes.
        for method, call in methods.items():
            expected = {"200", "401", "404", "422", "503"} | ({"413"} if method == "post" else set())
            assert expected <= call["responses"].keys(), path
            for response in call["responses"].values():
                schema = response["content"]["application/json"]["schema"]
                assert all("$ref" in one for one in schema.get("anyOf", [schema])), path
    assert "HTTPValidationError" not in str({p: m for p, m in document["paths"].items() if "/live-chat/" in p})
