"""A token whose signature is known to be good is believed no longer, and by nobody else, than any other."""

from collections.abc import Callable

import jwt
import pytest

from cast import Cast
from wasl.clock import now_ms
from wasl.domain.people import Operator
from wasl.errors import NotSignedIn
from wasl.observe import Metrics
from wasl.settings import Settings
from wasl.store.secrets import SecretBox
from wasl.store.team import Team
from wasl.web import session as session_module
from wasl.web import tokens as tokens_module
from wasl.web.session import Sessions
from wasl.web.tokens import Tokens

pytestmark = pytest.mark.anyio

KEY = b"a key of the tests, thirty-two bytes"
HOUR = 3600


@pytest.fixture
def sessions(team: Team, settings: Settings, box: SecretBox) -> Sessions:
    return Sessions(team, settings, box, Metrics())


@pytest.fixture
def signed(box: SecretBox) -> Callable[[Operator], str]:
    """Makes the token of an operator, as a login does."""

    def token_of(operator: Operator) -> str:
        return jwt.encode(_claims(operator), box.derive("sessions"), "HS256")

    return token_of


def _claims(operator: Operator | None = None, name: str = "a session") -> dict[str, object]:
    now = now_ms() // 1000
    person = operator.id if operator else 1
    account, version = (operator.account_id, operator.token_version) if operator else (1, 1)
    return {"sub": str(person), "account": account, "version": version, "jti": name, "iat": now, "exp": now + HOUR}


async def test_a_remembered_token_ends_with_its_session(
    sessions: Sessions, team: Team, cast: Cast, signed: Callable[[Operator], str]
) -> None:
    rana, omar, clara = signed(cast.rana), signed(cast.omar), signed(cast.clara)
    for token in (rana, omar, clara):
        assert sessions.session_of_token(token) == sessions.session_of_token(token)
    await team.change_password(cast.rana.id, "another password")
    await team.disable(cast.omar.id)
    await team.end_session("a session", now_ms() + HOUR * 1000)
    for token in (rana, omar, clara):
        with pytest.raises(NotSignedIn, match="was ended"):
            sessions.session_of_token(token)


async def test_a_remembered_token_expires(
    sessions: Sessions, cast: Cast, signed: Callable[[Operator], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed(cast.omar)
    expires_ms = sessions.session_of_token(token).expires_ms
    for module in (tokens_module, session_module):
        monkeypatch.setattr(module, "now_ms", lambda: expires_ms - 1)
    assert sessions.session_of_token(token).operator == cast.omar
    for module in (tokens_module, session_module):
        monkeypatch.setattr(module, "now_ms", lambda: expires_ms)
    for _ in range(2):
        with pytest.raises(NotSignedIn) as refused:
            sessions.session_of_token(token)
        assert refused.value.code == "session_expired"


def test_only_the_very_bytes_that_were_proven_are_believed() -> None:
    tokens = Tokens(KEY)
    token = tokens.sign(_claims())
    head, body, signature = token.split(".")
    other = tokens.sign(_claims(name="another session")).split(".")[1]
    assert tokens.claims_of(token)["jti"] == "a session"
    for forged in (f"{head}.{other}.{signature}", f"{head}.{body}.", token[:-1], f"{token}.{signature}"):
        with pytest.raises(NotSignedIn):
            tokens.claims_of(forged)
    assert len(tokens) == 1


def test_what_is_remembered_is_bounded_and_holds_no_token() -> None:
    tokens = Tokens(KEY, remembered_max=3)
    signed = [tokens.sign(_claims(name=f"session {number}")) for number in range(10)]
    for number, token in enumerate(signed):
        assert tokens.claims_of(token)["jti"] == f"session {number}"
        assert len(tokens) <= 3
    for number in range(1_000):
        with pytest.raises(NotSignedIn):
            tokens.claims_of(f"{signed[0]}{number}")
    assert len(tokens) == 3, "forgeries push nobody out"
    assert all(tokens.claims_of(token)["jti"] == f"session {number}" for number, token in enumerate(signed))
    assert not any(signed[-1] in str(part) for part in vars(tokens).values())
