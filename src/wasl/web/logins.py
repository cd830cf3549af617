"""Who may try a password, and how often: guessing is slow, and yet nobody can lock somebody else out.

Tries are counted per person and network, per person, and per network. A browser in which a person has signed in before
carries a mark that says so; its tries are counted by themselves, so whatever strangers do, that person comes in.
"""

import asyncio
import hmac
import math
import secrets
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

from wasl.clock import monotonic
from wasl.domain.people import Operator
from wasl.errors import TooMany, WrongLogin
from wasl.limits import (
    LOGIN_FAILURES_MAX,
    LOGIN_FAILURES_PER_ADDRESS_MAX,
    LOGIN_FAILURES_PER_PERSON_MAX,
    LOGIN_WINDOW_SECONDS,
    LOGINS_AT_ONCE,
    LOGINS_WAITING_MAX,
)
from wasl.observe import Metrics
from wasl.store.passwords import nobodys_hash, password_fits
from wasl.store.secrets import SecretBox
from wasl.store.team import Team, email_form
from wasl.web.attempts import Attempts, network_of
from wasl.web.session_schemas import Login

_NONCE_CHARACTERS = 22
_PROOF_CHARACTERS = 64


class Logins:
    """Checks passwords, a few at a time."""

    def __init__(self, team: Team, box: SecretBox, metrics: Metrics, clock: Callable[[], float] = monotonic) -> None:
        self._team = team
        self._browser_key = box.derive("known browsers")
        self._metrics = metrics
        self._by_both = Attempts(LOGIN_FAILURES_MAX, LOGIN_WINDOW_SECONDS, clock)
        self._by_person = Attempts(LOGIN_FAILURES_PER_PERSON_MAX, LOGIN_WINDOW_SECONDS, clock)
        self._by_address = Attempts(LOGIN_FAILURES_PER_ADDRESS_MAX, LOGIN_WINDOW_SECONDS, clock)
        self._by_browser = Attempts(LOGIN_FAILURES_MAX, LOGIN_WINDOW_SECONDS, clock)
        self._strangers, self._known = _Turns(LOGINS_AT_ONCE), _Turns(1)
        self._nobodys_hash = nobodys_hash()

    async def check(self, login: Login, address: str, mark: str | None) -> Operator:
        """The operator whose password this is. `mark` is what the browser carries of an earlier login.

        Raises WrongLogin, the same for an unknown person and a wrong password, and TooMany.
        """
        email = email_form(login.email)
        nonce = self._nonce_of(mark, email)
        async with (self._known if nonce else self._strangers).turn():
            return await self._checked(email, login.password, network_of(address), nonce)

    def mark_for(self, operator: Operator, mark: str | None) -> str:
        """What the browser of a person who has just signed in shall carry."""
        email = email_form(operator.email)
        nonce = self._nonce_of(mark, email) or secrets.token_urlsafe(16)
        return nonce + self._proof(nonce, email)

    async def _checked(self, email: str, password: str, address: str, nonce: str | None) -> Operator:
        counted = self._counted(email, address, nonce)
        wait_seconds = max(attempts.wait_seconds(key) for attempts, key in counted)
        if wait_seconds > 0:
            self._metrics.logins.labels("too_many").inc()
            raise _too_many(wait_seconds)
        # Counted before the slow check, so that many tries at once do not slip through together.
        for attempts, key in counted:
            attempts.add(key)
        found = await self._team.login_of(email)
        password_hash = found[1] if found else self._nobodys_hash
        fits = await asyncio.to_thread(password_fits, password_hash, password)
        if found is None or not fits or found[0].disabled:
            self._metrics.logins.labels("wrong").inc()
            raise WrongLogin("The e-mail address or the password is wrong.")
        for attempts, key in counted:
            # Only where nobody else's tries are counted too may a right password wipe out the wrong ones before it.
            if attempts in (self._by_both, self._by_browser):
                attempts.forget(key)
            else:
                attempts.take_back(key)
        self._metrics.logins.labels("ok").inc()
        return found[0]

    def _counted(self, email: str, address: str, nonce: str | None) -> list[tuple[Attempts, str]]:
        if nonce:
            return [(self._by_browser, nonce)]
        both = f"{address} {email}"
        return [(self._by_both, both), (self._by_person, email), (self._by_address, address)]

    def _nonce_of(self, mark: str | None, email: str) -> str | None:
        if mark is None or len(mark) != _NONCE_CHARACTERS + _PROOF_CHARACTERS or not mark.isascii():
            return None
        nonce, proof = mark[:_NONCE_CHARACTERS], mark[_NONCE_CHARACTERS:]
        return nonce if hmac.compare_digest(proof, self._proof(nonce, email)) else None

    def _proof(self, nonce: str, email: str) -> str:
        return hmac.new(self._browser_key, f"{nonce} {email}".encode(), "sha256").hexdigest()


class _Turns:
    """Few passwords are checked at a time: each takes much memory and a whole core for a moment."""

    def __init__(self, at_once: int) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> Any:
        if self._waiting >= LOGINS_WAITING_MAX:
            raise _too_many(1)
        self._waiting += 1
        try:
            async with self._turns:
                yield
        finally:
            self._waiting -= 1


def _too_many(wait_seconds: float) -> TooMany:
    whole = max(1, math.ceil(wait_seconds))
    sentence = f"Too many tries. Wait {whole} seconds and try again."
    return TooMany(sentence, details={"retry_after_seconds": whole})
