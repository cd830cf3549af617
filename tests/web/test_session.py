"""Only whoever knows the password comes in, stays no longer than allowed, and is not used by other sites."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx2
import jwt
import pytest
from fastapi import Depends, FastAPI

from cast import PASSWORD, Cast
from wasl.clock import now_ms
from wasl.domain.people import Operator, OperatorRole
from wasl.errors import NotSignedIn
from wasl.limits import LOGIN_FAILURES_MAX, LOGIN_FAILURES_PER_ADDRESS_MAX, LOGIN_WINDOW_SECONDS
from wasl.observe import Metrics
from wasl.settings import Settings
from wasl.store.secrets import SecretBox
from wasl.store.team import Team
from wasl.web.answers import install_handlers
from wasl.web.session import COOKIE, Sessions, require_role, signed_in

pytestmark = pytest.mark.anyio

RANA = {"email": "rana@olive.example", "password": PASSWORD}
OMAR = {"email": "omar@olive.example", "password": PASSWORD}


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(team: Team, cast: Cast, settings: Settings, box: SecretBox, clock: Clock) -> Sessions:
    return Sessions(team, settings, box, Metrics(), clock)


@pytest.fixture
async def client(sessions: Sessions, anyio_backend: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with _client(sessions) as client:
        yield client


def _client(sessions: Sessions, address: str = "192.0.2.1", url: str = "http://inbox.example") -> httpx2.AsyncClient:
    app = FastAPI()
    app.state.sessions = sessions
    install_handlers(app)
    app.include_router(sessions.router())

    async def act(operator: Annotated[Operator, Depends(signed_in)]) -> dict[str, str]:
        return {"name": operator.name}

    async def administer(operator: Annotated[Operator, Depends(require_role(OperatorRole.ADMIN))]) -> dict[str, str]:
        return {"name": operator.name}

    app.add_api_route("/act", act, methods=["GET", "POST"])
    app.add_api_route("/administer", administer)
    transport = httpx2.ASGITransport(app, client=(address, 1))
    return httpx2.AsyncClient(transport=transport, base_url=url)


async def test_a_login_opens_a_session_for_cookie_and_bearer(client: httpx2.AsyncClient, cast: Cast) -> None:
    answer = await client.post("/api/session", json=RANA)
    body = answer.json()
    assert answer.status_code == 200
    assert body["operator"] == {
        "operator_id": str(cast.rana.id),
        "name": "Rana",
        "email": "rana@olive.example",
        "role": "owner",
        "status": "available",
    }
    assert body["account"] == {"account_id": str(cast.olive.id), "name": "Olive Bakery"}
    assert answer.headers["cache-control"] == "no-store"
    cookie = answer.headers.get_list("set-cookie")[0].lower()
    assert cookie.startswith(f"{COOKIE}={body['token']}".lower())
    assert {part.strip() for part in cookie.split(";")[1:]} == {"httponly", "path=/", "samesite=lax", "max-age=43200"}
    shown = (await client.get("/api/session")).json()
    assert shown == {key: value for key, value in body.items() if key != "token"}
    client.cookies.clear()
    assert (await client.get("/api/session")).status_code == 401
    bearer = {"Authorization": f"Bearer {body['token']}"}
    assert (await client.get("/api/session", headers=bearer)).json() == shown


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("public_url", "secure_cookies", "secure"),
    [("https://inbox.example", None, True), ("http://inbox.example", None, False), (None, True, True)],
)
async def test_the_cookie_keeps_to_https_where_there_is_https(
    team: Team,
    cast: Cast,
    settings: Settings,
    box: SecretBox,
    public_url: str | None,
    secure_cookies: bool | None,
    secure: bool,
) -> None:
    changed = settings.model_copy(update={"public_url": public_url, "secure_cookies": secure_cookies})
    async with _client(Sessions(team, changed, box, Metrics())) as client:
        answer = await client.post("/api/session", json=RANA)
    assert ("; secure" in answer.headers["set-cookie"].lower()) is secure


async def test_wrong_password_unknown_address_and_disabled_operator_look_the_same(
    client: httpx2.AsyncClient, team: Team, cast: Cast
) -> None:
    await team.disable(cast.omar.id)
    tried = [RANA | {"password": "wrong password"}, RANA | {"email": "nobody@olive.example"}, OMAR]
    answers = [await client.post("/api/session", json=login) for login in tried]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["code"] == "wrong_login"
    assert "set-cookie" not in answers[0].headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"email": 1, "password": []}',
        b'{"email": "a"}',
        b'{"email":"a","password":"' + b"x" * 1001 + b'"}',
    ],
)
async def test_what_is_no_login_is_refused(client: httpx2.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/session", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["success"] is False


async def test_five_failures_close_an_address_for_five_minutes(client: httpx2.AsyncClient, clock: Clock) -> None:
    wrong = RANA | {"password": "wrong password"}
    failures = [(await client.post("/api/session", json=wrong)).status_code for _ in range(LOGIN_FAILURES_MAX)]
    assert failures == [401] * LOGIN_FAILURES_MAX
    refused = await client.post("/api/session", json=RANA)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert refused.headers["retry-after"] == str(LOGIN_WINDOW_SECONDS)
    assert (await client.post("/api/session", json=OMAR)).status_code == 200
    clock.seconds += LOGIN_WINDOW_SECONDS + 1
    assert (await client.post("/api/session", json=RANA)).status_code == 200


async def test_a_right_password_forgives_the_wrong_ones(client: httpx2.AsyncClient) -> None:
    for _ in range(3):
        for _ in range(LOGIN_FAILURES_MAX - 1):
            await client.post("/api/session", json=RANA | {"password": "wrong password"})
        assert (await client.post("/api/session", json=RANA)).status_code == 200


async def test_one_network_address_may_not_try_many_people(sessions: Sessions) -> None:
    async with _client(sessions) as client:
        for number in range(LOGIN_FAILURES_PER_ADDRESS_MAX):
            await client.post("/api/session", json={"email": f"p{number}@olive.example", "password": "wrong password"})
        assert (await client.post("/api/session", json=RANA)).status_code == 429
    async with _client(sessions, address="192.0.2.2") as elsewhere:
        assert (await elsewhere.post("/api/session", json=RANA)).status_code == 200


async def test_signing_out_ends_the_token_wherever_it_was_copied(client: httpx2.AsyncClient) -> None:
    first = (await client.post("/api/session", json=RANA)).json()["token"]
    second = (await client.post("/api/session", json=RANA)).json()["token"]
    client.cookies.clear()
    gone = await client.delete("/api/session", headers=_bearer(first))
    assert gone.json() == {"success": True}
    assert f'{COOKIE}=""' in gone.headers["set-cookie"]
    assert (await client.get("/act", headers=_bearer(first))).status_code == 401
    assert (await client.get("/act", headers=_bearer(second))).status_code == 200
    assert (await client.delete("/api/session", headers=_bearer(first))).status_code == 200


async def test_a_new_password_or_a_dismissal_ends_what_is_open(
    client: httpx2.AsyncClient, team: Team, cast: Cast
) -> None:
    rana = (await client.post("/api/session", json=RANA)).json()["token"]
    omar = (await client.post("/api/session", json=OMAR)).json()["token"]
    client.cookies.clear()
    await team.change_password(cast.rana.id, "another password")
    await team.disable(cast.omar.id)
    for token in (rana, omar):
        refused = await client.get("/act", headers=_bearer(token))
        assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_no_token_but_ours_is_believed(
    sessions: Sessions, client: httpx2.AsyncClient, cast: Cast, box: SecretBox
) -> None:
    token = (await client.post("/api/session", json=OMAR)).json()["token"]
    key, at = box.derive("sessions"), now_ms() // 1000
    claims = jwt.decode(token, key, ["HS256"])
    forged = [
        jwt.encode(claims, "", "none"),
        jwt.encode(claims, b"another key of thirty-two bytes.", "HS256"),
        "a.b.c",
        jwt.encode(claims | {"exp": at - 1}, key, "HS256"),
        jwt.encode(claims | {"account": cast.cedar.id}, key, "HS256"),
        jwt.encode(claims | {"version": 2}, key, "HS256"),
        jwt.encode(claims | {"sub": "99"}, key, "HS256"),
        jwt.encode({name: value for name, value in claims.items() if name != "jti"}, key, "HS256"),
        jwt.encode({name: value for name, value in claims.items() if name != "exp"}, key, "HS256"),
        token[:-2],
        "",
        "x" * 100_000,
        "…",
    ]
    for text in forged:
        with pytest.raises(NotSignedIn):
            sessions.session_of_token(text)
    assert sessions.session_of_token(token).operator.id == cast.omar.id


@pytest.mark.parametrize("authorization", ["", "Basic b21hcjpvbWFy", "Bearer", "Bearer x", "bearer  "])
async def test_a_bad_authorization_is_not_saved_by_the_cookie(client: httpx2.AsyncClient, authorization: str) -> None:
    await client.post("/api/session", json=OMAR)
    assert (await client.get("/act")).status_code == 200
    assert (await client.get("/act", headers={"Authorization": authorization})).status_code == 401


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://inbox.example.evil.example"},
    {"Origin": "http://inbox.example:8080"},
    {"Origin": "http://["},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://inbox.example"},
]
OURS = [
    {},
    {"Origin": "http://inbox.example"},
    {"Origin": "https://inbox.example", "Host": "inbox.example"},
    {"Origin": "http://inbox.example:80"},
    {"Origin": "http://127.0.0.1:5173", "Sec-Fetch-Site": "same-origin"},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_another_site_cannot_use_the_cookie(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    token = (await client.post("/api/session", json=OMAR)).json()["token"]
    refused = [await client.post("/act", headers=headers), await client.delete("/api/session", headers=headers)]
    assert [answer.status_code for answer in refused] == [403, 403]
    assert refused[0].json()["code"] == "wrong_origin"
    assert (await client.post("/api/session", json=OMAR, headers=headers)).status_code == 403
    assert (await client.get("/act", headers=headers)).status_code == 200
    client.cookies.clear()
    assert (await client.post("/act", headers=headers | _bearer(token))).status_code == 200


@pytest.mark.parametrize("headers", OURS)
async def test_our_own_pages_can(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    await client.post("/api/session", json=OMAR)
    assert (await client.post("/act", headers=headers)).status_code == 200


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_the_public_address_is_ours_whatever_a_proxy_makes_of_the_host(
    team: Team, cast: Cast, settings: Settings, box: SecretBox
) -> None:
    changed = settings.model_copy(update={"public_url": "http://desk.example/inbox"})
    async with _client(Sessions(team, changed, box, Metrics()), url="http://127.0.0.1:8000") as client:
        await client.post("/api/session", json=OMAR)
        accepted = await client.post("/act", headers={"Origin": "http://desk.example"})
        refused = await client.post("/act", headers={"Origin": "http://evil.example"})
    assert (accepted.status_code, refused.status_code) == (200, 403)


async def test_a_websocket_of_another_site_is_refused(sessions: Sessions, client: httpx2.AsyncClient) -> None:
    token = (await client.post("/api/session", json=OMAR)).json()["token"]
    headers = [(b"cookie", f"{COOKIE}={token}".encode()), (b"host", b"inbox.example")]
    scope = {"type": "websocket", "headers": [*headers, (b"origin", b"http://inbox.example")]}
    assert sessions.authenticate(scope).name == "Omar"
    with pytest.raises(Exception, match="another site"):
        sessions.authenticate({"type": "websocket", "headers": [*headers, (b"origin", b"http://evil.example")]})


async def test_a_role_opens_what_it_may(client: httpx2.AsyncClient) -> None:
    await client.post("/api/session", json=RANA)
    assert (await client.get("/administer")).json() == {"name": "Rana"}
    await client.post("/api/session", json=OMAR)
    refused = await client.get("/administer")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
