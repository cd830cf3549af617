"""Documents are brought as they are, and used passage by passage."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

import papers
from wasl.assistant.documents.limits import DOCUMENT_BYTES_MAX
from wasl.flow import bring_knowledge
from wasl.limits import REQUEST_BODY_BYTES_MAX
from wasl.web import knowledge_schemas as schemas
from wasl.web.schemas import Failure, SlowDown
from web.conftest import Office
from web.test_knowledge import page, questions
from web.test_live_chat import API, fits

pytestmark = pytest.mark.anyio
DOCUMENTS = f"{API}/knowledge/documents"


async def bring(who: httpx2.AsyncClient, content: Any, name: str = "handbook.md") -> httpx2.Response:
    return await who.post(DOCUMENTS, params={"name": name}, content=content)


async def brought(who: httpx2.AsyncClient, content: Any, name: str = "handbook.md") -> dict[str, Any]:
    return dict(fits(await bring(who, content, name), schemas.DocumentBrought))


async def listed(who: httpx2.AsyncClient) -> list[dict[str, Any]]:
    return list(fits(await who.get(DOCUMENTS), schemas.Documents)["documents"])


async def test_a_document_is_cut_listed_and_taken_out_of_use(office: Office) -> None:
    done = await brought(office.omar, papers.HANDBOOK.encode())
    document = done["document"]
    assert (done["passages"], done["is_new"], done["replaced"]) == (3, True, None)
    assert (document["name"], document["mime_type"], document["created_by_name"], document["bytes"]) == (
        "handbook.md",
        "text/markdown",
        "Omar",
        len(papers.HANDBOOK.encode()),
    )
    assert await listed(office.rana) == [document]
    passages = await page(office.rana, document_id=document["document_id"])
    assert questions(passages) == ["Delivery", "Delivery: How long does it take?", "Delivery: Returns"]
    assert [entry["document"] for entry in passages["entries"]] == [
        {"document_id": document["document_id"], "name": "handbook.md"}
    ] * 3
    assert questions(await page(office.rana, passages=False)) == []
    gone = await office.rana.delete(f"{DOCUMENTS}/{document['document_id']}")
    assert fits(gone, schemas.DocumentGone)["document_id"] == document["document_id"]
    assert (await listed(office.rana), (await page(office.rana))["total"]) == ([], 0)
    again = await office.rana.delete(f"{DOCUMENTS}/{document['document_id']}")
    assert fits(again, Failure, 404)["code"] == "not_found"


async def test_the_same_bytes_are_known_and_the_same_name_is_replaced(office: Office) -> None:
    first = await brought(office.omar, papers.HANDBOOK.encode())
    again = await brought(office.rana, papers.HANDBOOK.encode(), "other.md")
    assert (again["is_new"], again["document"]) == (False, first["document"])
    newer = await brought(office.rana, b"# Delivery\n\nOne day.")
    assert (newer["is_new"], newer["replaced"]) == (True, first["document"]["document_id"])
    assert [document["document_id"] for document in await listed(office.rana)] == [newer["document"]["document_id"]]
    assert questions(await page(office.rana)) == ["Delivery"]


async def test_a_table_of_questions_becomes_entries(office: Office) -> None:
    table = "Question;Réponse FR;Answer EN\nOuvert ?;À neuf heures.;At nine.\n"
    await brought(office.omar, table.encode(), "faq.csv")
    [entry] = (await page(office.omar, passages=False))["entries"]
    assert (entry["question"], entry["origin"]) == ("Ouvert ?", "imported")
    assert entry["answers"] == {"fr": "À neuf heures.", "en": "At nine."}


async def test_a_document_may_be_larger_than_any_other_body(office: Office) -> None:
    paragraph = "The bread is baked in the morning and sold until the evening. " * 8
    done = await brought(office.omar, "\n\n".join([paragraph] * 400).encode(), "long.txt")
    assert done["document"]["bytes"] > 3 * REQUEST_BODY_BYTES_MAX
    assert done["passages"] == 399


async def test_another_account_sees_nothing_of_it(office: Office) -> None:
    done = await brought(office.omar, papers.HANDBOOK.encode())
    assert await listed(office.clara) == []
    answer = await office.clara.delete(f"{DOCUMENTS}/{done['document']['document_id']}")
    assert fits(answer, Failure, 404)["code"] == "not_found"
    assert (await page(office.clara))["total"] == 0
    theirs = await brought(office.clara, papers.HANDBOOK.encode())
    assert theirs["is_new"]  # That somebody else has it, nobody hears.
    assert len(await listed(office.omar)) == 1


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.txt", "no_text"),
        (papers.PROGRAM, "handbook.pdf", "file_refused"),
        (b"#!/bin/sh\n", "handbook.md", "file_refused"),
        (b"%PDF-1.4\nnonsense", "handbook.pdf", "file_refused"),
        (papers.locked_pdf(), "handbook.pdf", "encrypted"),
        (papers.scanned_pdf(), "handbook.pdf", "no_text"),
        (papers.bomb(), "prices.xlsx", "unpacks_too_large"),
        (papers.entities(), "prices.xlsx", "file_refused"),
    ],
)
async def test_what_cannot_be_read_says_why(office: Office, content: bytes, name: str, code: str) -> None:
    refused = fits(await bring(office.omar, content, name), Failure, 415)
    assert refused["code"] == code
    assert refused["error"].endswith(".")
    assert await listed(office.omar) == []


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_only_so_much_is_taken(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"Content-Length": str(DOCUMENT_BYTES_MAX + 1)}
    answer = await office.omar.post(DOCUMENTS, content=b"words", headers=headers)
    assert "20 MB" in fits(answer, Failure, 413)["error"]

    async def trickle() -> AsyncIterator[bytes]:
        for _ in range(DOCUMENT_BYTES_MAX // 2**20 + 1):
            yield bytes(2**20)

    assert fits(await bring(office.omar, trickle()), Failure, 413)["code"] == "too_large"
    assert not list((office.parts.settings.data_dir / "scratch").glob("*"))
    monkeypatch.setattr(bring_knowledge, "DOCUMENTS_AT_ONCE", 0)
    answer = await bring(office.omar, b"words")
    assert fits(answer, SlowDown, 429)["code"] == "too_many_uploads"
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_names_that_nobody_can_show(office: Office) -> None:
    for number, (name, shown) in enumerate(
        (("../../etc/passwd.txt", "passwd.txt"), ("", "document"), ("a\x07b\u202ecod.txt", "abcod.txt"))
    ):
        done = await brought(office.omar, f"words {number}".encode(), name)
        assert done["document"]["name"] == shown
    for nothing in ("x", "0", "-1", "9" * 30):
        assert fits(await office.omar.delete(f"{DOCUMENTS}/{nothing}"), Failure, 404)["code"] == "not_found"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_store_that_cannot_write_says_so(office: Office) -> None:
    folder = office.parts.settings.data_dir / "scratch"
    folder.write_text("not a folder")
    assert fits(await bring(office.omar, b"words"), Failure, 503)["code"] == "file_not_kept"
